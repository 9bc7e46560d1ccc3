"""Guesses which known word a mistyped one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?" with the nearest known words, "" when none is near."""
    near = get_close_matches(given, list(known), n=2, cutoff=0.75)
    return f"; did you mean {' or '.join(near)}?" if near else ""
