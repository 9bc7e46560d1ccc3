"""Are two texts of one source instalments of a series: one template, other names or numbers?"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pipelines.copies import SHARED_NUMBERS
from pipelines.story_words import COMMON_WORDS, FUNCTION_WORDS
from pipelines.words import UNSPACED

#: Signs of a text that are read: a template shows at the beginning.
LONGEST_READ = 4_000
# Share of the shorter text's runs of three words, names and numbers masked, from which both are
# made by one template: an update of one's own report keeps less, or is a copy of it.
_SAME_TEMPLATE = 0.6
_RUN = 3
_FEWEST_RUNS = 8
_FEWEST = 2  # names or numbers; of one nobody can tell a share
# So many names on either side that the other has not: German writes all nouns like names, so that
# those of the template are shared.
_MANY = 4
_TOKEN = re.compile(rf"[0-9][0-9.,:]*|{UNSPACED.pattern}|[^\W\d_]+", re.UNICODE)
_MASK = "·"


@dataclass(frozen=True, slots=True)
class Template:
    """A text taken apart: what a template would say, and the names and numbers filled in."""

    runs: frozenset[tuple[str, ...]]
    names: frozenset[str]
    numbers: frozenset[str]


def read_template(headline: str, body: str) -> Template:
    """Return a text with its names and numbers taken out."""
    tokens = _TOKEN.findall(f"{headline}\n{body[:LONGEST_READ]}")
    small = {token for token in tokens if token.islower()}
    names, numbers = set(), set()
    words: list[str] = []
    for token in tokens:
        word = token.casefold()
        if token[0].isdigit():
            numbers.add(token.rstrip(".,:"))
        elif _is_name(token, word, small):
            names.add(word)
        else:
            words.append(word)
            continue
        if not words or words[-1] != _MASK:  # a name of two words fills one place
            words.append(_MASK)
    runs = zip(*(words[start:] for start in range(_RUN)), strict=False)
    return Template(frozenset(runs), frozenset(names), frozenset(numbers))


def _is_name(token: str, word: str, small: AbstractSet[str]) -> bool:
    is_capital = token[0].isupper() and len(token) > 1
    return is_capital and word not in small | FUNCTION_WORDS | COMMON_WORDS


def are_instalments(one: Template, other: Template) -> bool:
    """Whether two texts say the same of other people, places or figures."""
    fewest = min(len(one.runs), len(other.runs))
    if fewest < _FEWEST_RUNS or len(one.runs & other.runs) < _SAME_TEMPLATE * fewest:
        return False
    if _differ(one.numbers, other.numbers) or _differ(one.names, other.names):
        return True
    if min(len(one.names - other.names), len(other.names - one.names)) >= _MANY:
        return True
    return _differ(one.names | one.numbers, other.names | other.numbers)


def _differ(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    fewest = min(len(one), len(other))
    return fewest >= _FEWEST and len(one & other) < SHARED_NUMBERS * fewest
