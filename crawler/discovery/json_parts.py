"""Reads a JSON Feed as far as it is JSON: no item costs another one its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# Control characters within strings are common, and harmless.
_DECODER = json.JSONDecoder(strict=False)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_NEXT = re.compile(r"[\s,]*")
_NEXT_ITEM = re.compile(r"\}\s*,\s*(?=\{)")
_PICKED = tuple(
    (name, re.compile(rf'"{name}"\s*:\s*"([^"\\]{{1,2000}})"(?=\s*[,}}])'))
    for name in ("id", "url", "title", "date_published", "date_modified")
)


def parse_feed(text: str) -> tuple[Any, str]:
    """Return what a feed's JSON says, and what of its items was not seen, in words ("": nothing).

    What follows a whole document does not matter. Of a broken one everything before its items and
    each item count by themselves. Raises ValueError where not even that can be read.
    """
    try:
        return _DECODER.raw_decode(text.lstrip())[0], ""
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError:
        opened = _ITEMS.search(text)
        if opened is None:
            raise
    items, is_ended, lost = list[Any](), False, 0
    for item in _items(text, opened.end()):
        is_ended = item is None
        lost += item == {}
        items += [item] if item else []
    missing = [f"{lost} entries could not be read"] if lost else []
    missing += [] if is_ended else [f"it breaks off; {len(items)} entries read"]
    return _head(text[: opened.start()]) | {"items": items}, "; ".join(missing)


def _head(text: str) -> dict[str, Any]:
    """What stands before the items; nothing where that is broken as well."""
    try:
        found = _DECODER.decode(text.rstrip().rstrip(",") + "}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _items(text: str, at: int) -> Iterator[dict[str, Any] | None]:
    """Yield each item, {} for one that cannot be read, and None where their list ends."""
    while True:
        found = _NEXT.match(text, at)
        at = found.end() if found else at
        if text.startswith("]", at):
            yield None
        if not text.startswith("{", at):
            return
        try:
            item, at = _DECODER.raw_decode(text, at)
            yield item or {"id": ""}
        except (ValueError, RecursionError):
            following = _NEXT_ITEM.search(text, at)
            if following is None and not text.rstrip().endswith("}"):
                return  # cut off: half an address is a wrong one
            end = following.end() if following else len(text)
            yield _rough_item(text[at:end])
            at = end


def _rough_item(text: str) -> dict[str, Any]:
    """What can be picked out of an item that is broken; {} where it shows no address."""
    found = ((name, pattern.search(text)) for name, pattern in _PICKED)
    said = {name: part[1] for name, part in found if part}
    return said if "url" in said or "id" in said else {}
