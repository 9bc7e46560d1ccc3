"""Recorded pages: what was read from a page once, to be compared with what is read now."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.catalogue import SourceDefinition
from crawler.extraction.article import read_page
from pipelines.clean import clean_item
from pipelines.items import ArticleItem
from pipelines.operator_error import OperatorError

#: Fields of an item that depend on the page alone.
COMPARED = (
    *("headline", "alternative_headline", "description", "article_body", "byline", "authors"),
    *("dateline", "wire_credit", "article_section", "keywords", "in_language", "images"),
    *("is_accessible_for_free", "corrections", "date_published", "date_modified"),
    *("canonical_url",),
)


@dataclass(frozen=True, slots=True)
class Recording:
    """One saved page. ``expected`` is None when the page held no article."""

    folder: Path
    url: str
    content_type: str | None
    read_at: datetime
    body: bytes
    expected: dict[str, Any] | None

    @property
    def source(self) -> str:
        """The slug of the source it was recorded for."""
        return self.folder.parent.name


def read_fields(
    body: bytes,
    url: str,
    source: SourceDefinition | None,
    *,
    content_type: str | None,
    read_at: datetime,
) -> tuple[dict[str, Any] | None, str]:
    """Return the compared fields of a page as JSON values, and the kind of page it is."""
    rules = source.rules_on(read_at.date()) if source else None
    reading = read_page(body, url, content_type=content_type, rules=rules, read_at=read_at)
    item = clean_item(reading.item) if reading.item else None
    return (_fields(item) if item else None), reading.kind


def _fields(item: ArticleItem) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in COMPARED}
    values["images"] = [asdict(image) for image in item.images]
    for name in ("date_published", "date_modified"):
        values[name] = asdict(values[name]) if values[name] else None
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_json_value))
    return plain


def _json_value(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def save_recording(
    root: Path,
    source: str,
    *,
    url: str,
    content_type: str | None,
    read_at: datetime,
    body: bytes,
    expected: dict[str, Any] | None,
) -> Path:
    """Write page and expectation below ``root`` and return their folder.

    The folder is named by us, never by the site: letters and digits of the address, and the day.
    """
    words = re.sub(r"[^a-z0-9]+", "-", urlsplit(url).path.lower()).strip("-")[-60:] or "page"
    folder = root / source / f"{words}-{read_at:%Y%m%d}"
    meta = {"url": url, "content_type": content_type, "read_at": read_at.isoformat()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "page.html.gz").write_bytes(gzip.compress(body, mtime=0))
        _write_json(folder / "meta.json", meta)
        _write_json(folder / "expected.json", expected)
    except OSError as error:
        raise OperatorError(f"{folder}: cannot be written: {error.strerror}") from error
    return folder


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def load_recordings(root: Path, sources: set[str]) -> Iterator[Recording]:
    """Yield the recordings below ``root``, of these sources or of all when there is none.

    Raises OperatorError for a recording that cannot be read.
    """
    for meta_path in sorted(root.glob("*/*/meta.json")):
        folder = meta_path.parent
        if sources and folder.parent.name not in sources:
            continue
        try:
            meta = json.loads(meta_path.read_text(encoding="utf-8"))
            yield Recording(
                folder=folder,
                url=meta["url"],
                content_type=meta["content_type"],
                read_at=datetime.fromisoformat(meta["read_at"]),
                body=gzip.decompress((folder / "page.html.gz").read_bytes()),
                expected=json.loads((folder / "expected.json").read_text(encoding="utf-8")),
            )
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise OperatorError(f"{folder}: not a recording: {error}") from error


def differences(recording: Recording, now: dict[str, Any] | None) -> dict[str, tuple[Any, Any]]:
    """Return the fields that are read differently now: name -> (expected, now)."""
    expected, found = recording.expected or {}, now or {}
    return {
        name: (expected.get(name), found.get(name))
        for name in COMPARED
        if expected.get(name) != found.get(name)
    }
