"""When are two texts one wall, and when two reports from one template? Pure functions."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.copies import compare, copy_kind
from pipelines.fingerprint import Fingerprint, text_hash
from pipelines.revisions import Span, diff_words
from pipelines.words import words_of

#: Numbers of requests, sessions and visitors, times to the second, addresses of machines: what a
#: wall shows of the one who is asking. Prices, results and temperatures are shorter.
_OF_THE_REQUEST = re.compile(
    r"""\b(?: (?=[0-9a-f-]*[0-9])[0-9a-f]{6,}(?:-[0-9a-f]{2,})* | \d{6,}
          | \d{1,2}:\d\d(?::\d\d)?(?:\.\d+)? | \d{4}-\d\d-\d\dT\S+ | \d{1,3}(?:\.\d{1,3}){3}
          | (?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{8,} )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_SUBSTITUTION = 4  # words
_FEW_WORDS = 60


def text_key(text: str) -> str:
    """Return a key that is equal for the same words, whatever number the request had."""
    return text_hash(_OF_THE_REQUEST.sub(" ", text))


def is_same_wall(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two texts that are nobody's are one: a part of them may be made for the visitor."""
    return copy_kind(compare(one, other)) == "copy"


def is_from_template(one: str, other: str) -> bool:
    """Whether two alike texts tell of two things: other names or numbers in the same places.

    An article that was edited on the way to another address gains or loses passages; a few words
    that stand in for each other, with a name or number on both sides, are another report.
    """
    spans = diff_words(one, other)
    found = {
        (before.text, after.text)
        for before, after in pairwise(spans)
        if {before.kind, after.kind} == {"removed", "added"} and _stand_in(before, after)
    }
    few = min(len(words_of(one)), len(words_of(other))) < _FEW_WORDS
    return len(found) >= (1 if few else 2)


def _stand_in(before: Span, after: Span) -> bool:
    return all(
        len(span.text.split()) <= _LONGEST_SUBSTITUTION and _names_something(span.text)
        for span in (before, after)
    )


def _names_something(text: str) -> bool:
    """A number, a capital, or letters of a script that has no capitals."""
    return any(sign.isdigit() or (sign.isalpha() and not sign.islower()) for sign in text)
