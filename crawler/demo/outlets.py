"""The fictional outlets as their files describe them: traits, words of the page, and its parts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal

OUTLETS = Path(__file__).parent / "outlets"
OutletKind = Literal["rss", "atom", "rdf", "sitemap", "front", "script"]
Metadata = Literal["json-ld", "meta", "graph", "none"]
_PART = re.compile(r"^<!-- part: (\w+) -->\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outlet:
    """One fictional outlet. ``kind`` says how its politics section can be followed.

    ``listing_path`` is what a source file names; ``section_path`` the front its readers see.
    ``validators`` are those it sends and honours: "etag", "last-modified" or both.
    ``parts`` are HTML fragments with ``$name`` slots; ``labels`` its words ("Most read").
    """

    slug: str
    name: str
    kind: OutletKind
    language: str
    country: str
    section_path: str
    section_name: str
    listing_path: str
    metadata: Metadata
    family: str = ""
    in_demo: bool = True
    window: int = 12
    gzip: bool = True
    validators: tuple[str, ...] = ("etag", "last-modified")
    crawl_delay: bool = False
    tracking: str = ""
    disallow: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()  # service pages linked in the frame but not in the footer
    include: tuple[str, ...] = ()
    utc_offset: int = 0  # hours; the clock its readers live by
    date_format: str = "{day} {month} {year}, {time} UTC"
    day_format: str = "{day} {month} {year}"
    months: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    nav: tuple[tuple[str, str], ...] = ()
    service: tuple[tuple[str, str], ...] = ()
    topics: tuple[str, ...] = ()
    videos: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    def part(self, name: str, **slots: object) -> str:
        """Return the named HTML fragment with its slots and the outlet's own words filled in."""
        return Template(self.parts[name]).substitute(self.labels, site=self.name, **slots)


@cache
def load_outlets() -> tuple[Outlet, ...]:
    """Return every bundled outlet, in the order of their ``order`` numbers."""
    found = [_outlet(path.parent) for path in OUTLETS.glob("*/outlet.toml")]
    return tuple(outlet for _, outlet in sorted(found, key=lambda pair: pair[0]))


def _outlet(folder: Path) -> tuple[int, Outlet]:
    data: dict[str, Any] = tomllib.loads((folder / "outlet.toml").read_text(encoding="utf-8"))
    order = int(data.pop("order"))
    theme = data.pop("theme", folder.name)  # titles of one house share their pages
    pairs = {"nav", "service", "videos"}
    for key, value in data.items():
        if isinstance(value, list):
            data[key] = tuple(tuple(pair) for pair in value) if key in pairs else tuple(value)
    return order, Outlet(slug=folder.name, parts=_parts(folder.with_name(theme)), **data)


def _parts(folder: Path) -> dict[str, str]:
    """Split ``theme.html`` at its part markers; the style sheet is put in as it is."""
    pieces = _PART.split((folder / "theme.html").read_text(encoding="utf-8"))
    parts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    return parts | {"style": (folder / "style.css").read_text(encoding="utf-8")}
