# ruff: noqa: E501 - one line of phrases per group of languages reads best
"""Reads what newsrooms write into the text itself: dateline, agency credit, corrections."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.wire_credit import agency_named

MAX_CORRECTIONS = 10
# "ISTANBUL, May 16 (Reuters) - ", "Berlin (dpa) – ", "(Reuters) - ", "WASHINGTON — "
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][^()\[\]:;!?\n]{1,60}?)?\s*"
    r"(?:[(\[](?P<agency>[^()\[\]]{2,40})[)\]]\s*[-–—.:]*|(?P<dash>[–—]|\s-)\s)",
)
_DAY = re.compile(r",?\s+(?:[^\W\d_]{3,9}\.?\s+\d{1,2}|\d{1,2}\.?\s+[^\W\d_]{3,9}\.?)$")
_CORRECTION = re.compile(
    r"(?:correction|clarification|editor.s note|this (?:article|story) (?:has been|was) (?:corrected|amended|updated)|"
    r"an earlier version of this|korrektur|richtigstellung|in einer früheren (?:version|fassung)|anmerkung der redaktion|"
    r"rectificati(?:f|on)|correctif|fe de errata|rectificación|correzione|rettifica|correção|errata|"
    r"rättelse|rettelse|oikaisu|sprostowanie|исправление|поправка|訂正|정정)\b",
    re.IGNORECASE,
)


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


def read_corrections(paragraphs: Sequence[str]) -> list[str]:
    """Return the notes by which the newsroom corrects itself, in the order of the page."""
    notes = [p for p in paragraphs if len(p) < 1500 and _CORRECTION.match(p.lstrip("*([ "))]
    return list(dict.fromkeys(notes))[:MAX_CORRECTIONS]
