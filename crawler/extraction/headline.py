"""Chooses the headline: what readers see, checked against what the page tells machines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extraction.blocks import Block
from crawler.extraction.hints import bits_of
from crawler.extraction.page import ParsedPage
from crawler.extraction.plain_text import name_key, words
from crawler.extraction.site_name import SiteNames
from crawler.extraction.structured_data import StructuredData
from pipelines.items import Evidence

MAX_HEADLINE = 500
_AWAY = bits_of("nav footer sidebar related consent popup login")
# Desks and media named behind a headline are not part of it.
_LABEL = re.compile(
    r"\s*(?:[|–—]\s*(?:editorial|opinion|commentary|video|watch|photos|column)"
    r"|\((?:video|photos|watch|listen)\))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline, where it was read, and the block that shows it (None: only in the head)."""

    text: str
    evidence: Evidence
    block: Block | None


def choose_headline(
    page: ParsedPage, data: StructuredData, blocks: Sequence[Block]
) -> Headline | None:
    """Return the headline, or None when the page has nothing that could be one."""
    names = SiteNames(page, data, blocks)
    stated: list[tuple[str, Evidence]] = []
    for text, evidence in (
        (data.text("headline", "name"), "json-ld"),
        (page.meta("og:title"), "meta"),
        (page.meta("twitter:title", "dc.title", "title", "headline"), "meta"),
        (page.title, "meta"),
    ):
        if text and (cut := names.without(text)):
            stated.append((cut, evidence))  # type: ignore[arg-type]  # literals of Evidence
    visible = _visible_headline([text for text, _ in stated], blocks)
    agreed = _agreed(stated)
    if agreed and (visible is None or words(agreed) != words(visible.text)):
        # JSON-LD and OpenGraph name the same headline: what is printed is a shorter form of it
        return Headline(agreed[:MAX_HEADLINE], "json-ld", visible or _block_showing(agreed, blocks))
    if visible is not None:
        text = _well_spaced(_LABEL.sub("", visible.text), [t for t, _ in stated])
        return Headline(text[:MAX_HEADLINE], "visible", visible)
    if not stated:
        return None
    text, evidence = stated[0]
    return Headline(text[:MAX_HEADLINE], evidence, _block_showing(text, blocks))


def _well_spaced(visible: str, stated: Sequence[str]) -> str:
    """Return the stated form where it has the letters of the printed one with other spaces.

    A kicker and a headline in two inline elements print as "National dayMarch in the rain".
    """
    spaces = visible.count(" ")
    return next(
        (t for t in stated if t.count(" ") > spaces and name_key(t) == name_key(visible)), visible
    )


def _agreed(stated: Sequence[tuple[str, Evidence]]) -> str | None:
    """Return the JSON-LD headline where a meta title says the same in the same words."""
    machine = [text for text, evidence in stated if evidence == "json-ld"]
    metas = [text for text, evidence in stated if evidence == "meta"]
    if machine and metas and words(machine[0]) == words(metas[0]):
        return machine[0]
    return None


def _visible_headline(stated: Sequence[str], blocks: Sequence[Block]) -> Block | None:
    """Return the h1 (else h2, or a block named headline) that says what the head says."""
    wanted = [set(words(text)) for text in stated]
    best: tuple[float, Block] | None = None
    for block in blocks:
        tag = block.tag
        if tag not in ("h1", "h2") or len(block.text) > MAX_HEADLINE:
            continue
        said = set(words(block.text))
        if not said:
            continue
        share = max((len(said & w) / len(said) for w in wanted), default=0.6 if tag == "h1" else 0)
        cover = max((len(said & w) / len(w) for w in wanted if w), default=1)
        if share < 0.5 or (tag == "h2" and (share < 0.8 or cover < 0.8)):
            continue
        rank = min(share, 0.9) + min(cover, 0.9) + (0.5 if tag == "h1" else 0)
        if best is None or rank > best[0] + 1e-9:
            best = (rank, block)
    if best is None:
        lone = [b for b in blocks if b.tag == "h1" and 12 < len(b.text) <= MAX_HEADLINE]
        return lone[0] if len(lone) == 1 and not lone[0].hints & _AWAY else None
    return best[1]


def _block_showing(text: str, blocks: Sequence[Block]) -> Block | None:
    wanted = words(text)
    return next((b for b in blocks if len(b.text) < 600 and words(b.text) == wanted), None)
