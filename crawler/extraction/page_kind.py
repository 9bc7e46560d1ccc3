"""What a page may be, and what it is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.extraction.blocks import Block

PageKind = Literal[
    "article",
    "front",
    "consent",
    "login",
    "paywall",
    "challenge",
    "soft-404",
    "liveblog",
    "gallery",
    "video",
    "audio",
    "sponsored",
    "script-only",
    "empty",
    "not-html",
    "unreadable",  # a fault of ours: the reason names the part and what it raised
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What kind of page it is, and why, in one sentence for the person who asks."""

    kind: PageKind
    reason: str


@dataclass(frozen=True, slots=True)
class Clues:
    """What reading found on the page, as far as it matters for the page's kind."""

    headline: str
    body: Sequence[Block]
    blocks: Sequence[Block]
    has_machine_date: bool  # JSON-LD, meta or <time> of the article
    has_author: bool
    has_dateline_date: bool  # any date at all
    listed_headline: str | None = None  # under which a listing promised the page
