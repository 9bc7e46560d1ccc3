"""Writes the source file by which firstseen follows an outlet of the demonstration."""

from __future__ import annotations

import json
from typing import Literal

from crawler.demo.newsroom import Newsroom
from crawler.demo.outlets import OutletKind

SectionKind = Literal["feed", "sitemap", "front"]


def section_kind(kind: OutletKind) -> SectionKind:
    """Return the kind of section by which an outlet is followed."""
    if kind in ("rss", "atom", "rdf"):
        return "feed"
    return "sitemap" if kind == "sitemap" else "front"


def source_file(room: Newsroom) -> str:
    """Return the text of the outlet's source file, ready for a workspace's ``sources/``."""
    outlet = room.outlet
    lines = [
        f"# {outlet.name} is fictional; it runs inside `firstseen demo` only.",
        f"name = {_text(outlet.name)}",
        f"home_url = {_text(room.origin + '/')}",
        f"country = {_text(outlet.country)}",
        f"language = {_text(outlet.language)}",
    ]
    if outlet.family:
        lines.append(f"family = {_text(outlet.family)}")
    if outlet.kind == "script":
        lines.append('render = "always"  # its front is empty without JavaScript')
    lines += [
        "",
        "[[sections]]",
        'key = "politics"',
        f"kind = {_text(section_kind(outlet.kind))}",
        f"url = {_text(room.origin + outlet.listing_path)}",
        f"name = {_text(outlet.section_name)}",
    ]
    if outlet.include:
        lines.append(f"include = [{', '.join(_text(pattern) for pattern in outlet.include)}]")
    return "\n".join([*lines, ""])


def _text(value: str) -> str:
    # A JSON string is a TOML basic string as long as it holds no escaped surrogates.
    return json.dumps(value, ensure_ascii=False)
