"""Takes a long feed apart at its entries, so that no entry costs another one its place."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.discovery.dates import parse_date

#: Of one element's text in an entry, characters; a teaser is 2,000 of them.
LONGEST_TEXT = 4_000
#: Of one entry that holds no single long text, characters.
LONGEST_ENTRY = 40_000
_PIECE = 100_000  # characters handed to the parser at a time

_ENTRY = re.compile(r"<((?:[\w.-]+:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_OPAQUE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_DATE = re.compile(
    r"<(?:[\w.-]+:)?(?:pubDate|published|date|issued|updated|modified|created)\b[^>]{0,200}>"
    r"\s*(?:<!\[CDATA\[)?([^<\]]{6,60})",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"<((?:[\w.-]+:)?(?:description|summary|content|encoded|body|fulltext))\b([^>]{0,500})>"
    r"(.*?)</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_CDATA = "<![CDATA["
_INSIDE = r"[^>]{0,500}>\s*(?:<!\[CDATA\[)?"
_PICKED = (
    ("link", re.compile(rf"<(?:[\w.-]+:)?link\b{_INSIDE}(https?://[^\s<>\]]{{1,2000}})", re.I)),
    ("id", re.compile(rf"<(?:[\w.-]+:)?(?:guid|id)\b{_INSIDE}([^<\]]{{1,1000}})", re.I)),
    ("title", re.compile(rf"<(?:[\w.-]+:)?title\b{_INSIDE}([^<\]]{{1,500}})", re.I)),
    ("published", _DATE),
)
# An escaped text may be cut before a reference or a tag, never within one.
_UNSAFE_END = re.compile(r"[&<][^;>]{0,200}\Z")


@dataclass(frozen=True, slots=True)
class FeedParts:
    """A feed as text: what stands before its entries, the entries, what follows them."""

    head: str
    entries: tuple[str, ...]
    tail: str

    def pieces(self, places: Sequence[int]) -> Iterator[list[str]]:
        """Yield the entries at ``places``, without their long texts, some at a time."""
        piece, size = list[str](), 0
        for place in places:
            entry = shortened(self.entries[place])
            if piece and size + len(entry) > _PIECE:
                yield piece
                piece, size = [], 0
            piece.append(entry)
            size += len(entry)
        yield piece

    def with_entries(self, entries: Sequence[str]) -> str:
        """Return the feed with these entries and no others."""
        return f"{self.head}{''.join(entries)}{self.tail}"

    def dates(self) -> list[datetime | None]:
        """Return what each entry claims in its first date, None where it claims nothing."""
        found = (_DATE.search(entry) for entry in self.entries)
        return [parse_date(date[1]) if date else None for date in found]


def take_apart(document: str) -> FeedParts | None:
    """Return the parts of a feed, None where no entry can be told from the rest.

    What looks like an entry within CDATA or a comment is text.
    """
    masked = _OPAQUE.sub(lambda found: " " * len(found[0]), document)
    first = _ENTRY.search(masked)
    if first is None:
        return None
    name = re.escape(first[1])
    starts = [found.start() for found in re.finditer(rf"<{name}(?=[\s>])", masked)]
    end_tag = re.compile(rf"</{name}\s*>")
    last = end_tag.search(masked, starts[-1])
    ends = [*starts[1:], last.end() if last else len(document)]
    entries = tuple(document[a:b] for a, b in zip(starts, ends, strict=True))
    return FeedParts(document[: starts[0]], entries, document[ends[-1] :])


def shortened(entry: str) -> str:
    """Return an entry without the long texts that nobody needs of a listing."""
    if len(entry) <= LONGEST_TEXT:
        return entry
    entry = _TEXT.sub(_with_short_text, entry)
    return entry if len(entry) <= LONGEST_ENTRY else _without_long_rest(entry)


def _with_short_text(found: re.Match[str]) -> str:
    name, attributes, text = found[1], found[2], found[3]
    if len(text) <= LONGEST_TEXT:
        return found[0]
    opening = text.lstrip()
    if opening.startswith(_CDATA):
        short = f"{opening[:LONGEST_TEXT].removesuffix(']]')}]]>"
    elif "<" in text:  # markup as markup: cut, it would not be well-formed
        short = ""
    else:
        short = _UNSAFE_END.sub("", text[:LONGEST_TEXT])
    return f"<{name}{attributes}>{short}</{name}>"


def _without_long_rest(entry: str) -> str:
    """Keep the small elements of an entry that is long for another reason."""
    small = re.findall(r"<((?:[\w.-]+:)?[\w.-]+)\b([^<>]{0,2000})>([^<]{0,2000})</\1\s*>", entry)
    linked = re.findall(r"<(?:[\w.-]+:)?link\b[^<>]{0,2000}/>", entry)
    name = _ENTRY.match(entry)
    opened = entry[: entry.index(">") + 1] if ">" in entry else ""
    if name is None or not opened:
        return entry[:LONGEST_ENTRY]
    kept = [f"<{tag}{rest}>{text}</{tag}>" for tag, rest, text in small[:50]]
    return f"{opened}{''.join(kept)}{''.join(linked[:20])}</{name[1]}>"


def rough_entry(entry: str) -> dict[str, str]:
    """Return what can be picked out of an entry that no parser reads, under feedparser's names."""
    found = ((name, pattern.search(entry)) for name, pattern in _PICKED)
    return {name: html.unescape(part[1].strip()) for name, part in found if part}
