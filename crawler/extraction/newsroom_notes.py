# ruff: noqa: E501 - one line of phrases per group of languages reads best
"""Reads what newsrooms write into the text itself: dateline, agency credit, corrections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from crawler.extraction.blocks import Block
from crawler.extraction.plain_text import one_line
from pipelines.wire_credit import agency_named

MAX_CORRECTIONS = 10
# "ISTANBUL, May 16 (Reuters) - ", "Berlin (dpa) – ", "(Reuters) - ", "WASHINGTON — "
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][^()\[\]:;!?\n]{1,60}?)?\s*"
    r"(?:[(\[](?P<agency>[^()\[\]]{2,40})[)\]]\s*[-–—.:]*|(?P<dash>[–—]|\s-)\s)",
)
_DAY = re.compile(r",?\s+(?:[^\W\d_]{3,9}\.?\s+\d{1,2}|\d{1,2}\.?\s+[^\W\d_]{3,9}\.?)$")
# "Correction:", "Korrektur (12. Mai):", "Clarification, May 4 -"; not "Correction officers said"
_LABEL_END = r"\s*(?:\([^()]{1,40}\)|,?\s[^:.\n]{3,18}\d{4}|,?\s[^\W\d_]{3,9}\.? \d{1,2})?\s*(?:[:：.–—\]】)-]|$)"
_CORRECTION = re.compile(
    r"(?:(?:corrections?|clarification|editor.s note|korrektur|richtigstellung|anmerkung der redaktion|"
    r"rectificati(?:f|on)|correctif|fe de erratas?|rectificación|correzione|rettifica|correção|errat(?:a|um)|"
    r"rättelse|rettelse|oikaisu|sprostowanie|исправление|поправка|訂正|정정)"
    + _LABEL_END
    + r"|(?:this (?:article|story) (?:has been|was) (?:corrected|amended|updated)|"
    r"an earlier version of this|in einer früheren (?:version|fassung))\b)",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s*[–—-]\s")
_DIGIT = re.compile(r"\d")
_LONGEST_NOTE = 1500
_MARKED = ("span", "b", "strong", "em", "i")
_LEADING_PARAGRAPHS = 3  # what stands above the report may be read as its first paragraph


def read_dateline(first_paragraph: str) -> tuple[str | None, list[str]]:
    """Return (place as printed, agencies) of the words that open a report."""
    match = _DATELINE.match(first_paragraph[:140])
    if match is None:
        return None, []
    agencies = []
    for name in re.split(r"[/,]", match["agency"] or ""):
        if agency := agency_named(name):
            agencies.append(agency)
    place = _DAY.sub("", (match["place"] or "").strip(" ,"))
    if not agencies and not (match["dash"] and _is_place(place)):
        return None, []
    return (place if 1 < len(place) <= 50 else None), agencies


def _is_place(text: str) -> bool:
    """Without an agency only capitals mark a place: "WASHINGTON — " is one, "Well — " is not."""
    head = text.split(",")[0]
    return len(head) > 2 and head.isupper()


def read_marked_dateline(paragraphs: Sequence[Block]) -> str | None:
    """Return the place that the template marks at the head of a report, as printed.

    <span class="dateline">Sarnbrück</span> is one by its name, <b>Saint-Aubry</b> – by the dash.
    """
    for block in paragraphs[:_LEADING_PARAGRAPHS]:
        if not (block.bold_chars or block.inline_hints):
            continue
        for element in islice(block.container.element.iter(*_MARKED), 3):
            text = one_line("".join(element.itertext())).strip(" ,.:–—-")
            if not 2 <= len(text) <= 50 or not block.text.startswith(text) or not text[0].isupper():
                continue
            dashed = element.tag in ("b", "strong") and _DASH.match(element.tail or "")
            if "dateline" in (element.get("class") or "").lower() or dashed:
                place = _DAY.sub("", text)
                return None if agency_named(place) or _DIGIT.search(place) else place
    return None


def is_correction(paragraph: str) -> bool:
    """Say whether a paragraph is a note by which the newsroom corrects itself."""
    return len(paragraph) < _LONGEST_NOTE and bool(_CORRECTION.match(paragraph.lstrip("*([【 ")))


def without_corrections(paragraphs: Sequence[str]) -> list[str]:
    """Return the paragraphs of the report itself: its corrections are a field of their own."""
    return [p for p in paragraphs if not is_correction(p)] or list(paragraphs)


def read_corrections(paragraphs: Sequence[str]) -> list[str]:
    """Return the notes by which the newsroom corrects itself, in the order of the page."""
    return list(dict.fromkeys(filter(is_correction, paragraphs)))[:MAX_CORRECTIONS]
