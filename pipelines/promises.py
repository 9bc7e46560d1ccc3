"""Does a page hold what its listing promised? The listed headline and the address are evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pipelines.story_text import terms_of
from pipelines.words import is_unspaced, words_of

#: Fewer telling words promise nothing ("Watch live", "Read more").
FEWEST_TERMS, FEWEST_SLUG_TERMS = 2, 3
#: A page whose headline has less of the promised words, and whose text has less than the second
#: share of them, is doubtful. Measured on real pages: docs/identity.md, "Walls".
HEADLINE_SHARE, BODY_SHARE = 0.2, 0.5
#: A slug shortens and leaves out; a third of its words anywhere in the article is enough.
SLUG_SHARE = 0.34
#: Words a kicker has at most, and a headline at least to be recognised behind one.
_LONGEST_KICKER, _SHORTEST_HEADLINE = 4, 3
_SLUG_PART = re.compile(r"[^\W_]+")
#: Headlines of a listing that must begin or end alike before that is its kicker, and their share.
_FEWEST_HEADLINES, _SHARED_BY = 5, 0.8


@dataclass(frozen=True, slots=True)
class Promise:
    """What the listings say that stands at an address: their headlines, or the address's words."""

    headlines: tuple[str, ...] = ()
    slug: str = ""

    @property
    def says_something(self) -> bool:
        """Whether a page can break it."""
        return bool(self.told or self.slug_terms)

    @property
    def told(self) -> tuple[frozenset[str], ...]:
        """The telling words of each listed headline that has enough of them."""
        terms = (terms_of(headline) for headline in self.headlines)
        return tuple(found for found in terms if len(found) >= FEWEST_TERMS)

    @property
    def slug_terms(self) -> frozenset[str]:
        """The telling words of the address; none where they are too few."""
        terms = terms_of(self.slug)
        return terms if len(terms) >= FEWEST_SLUG_TERMS else frozenset()


def slug_of(url: str) -> str:
    """Return the words of an address's longest segment; "" where it is an id."""
    words: list[str] = []
    for segment in unquote(urlsplit(url).path).split("/"):
        found = [w for w in _SLUG_PART.findall(segment) if w.isalpha() and len(w) > 1]
        words = max(words, found, key=len)
    return " ".join(words)


def keeps(promise: Promise, headline: str, body: str) -> bool | None:
    """Whether a page holds what was promised; None where nothing was.

    A listed headline outranks the address. In doubt it does: a page is doubtful only when its
    headline has hardly a word of the promised ones, and its text less than half of them.
    """
    if promise.told:
        return any(_is_kept(terms, headline, body) for terms in promise.told)
    if not promise.slug_terms:
        return None
    return share(promise.slug_terms, f"{headline}\n{body}") >= SLUG_SHARE


def _is_kept(promised: frozenset[str], headline: str, body: str) -> bool:
    return share(promised, headline) >= HEADLINE_SHARE or share(promised, body) >= BODY_SHARE


def slug_agrees(promise: Promise, headline: str) -> bool:
    """Whether the words of an address, few as they may be, speak for a headline."""
    return share(terms_of(promise.slug), headline) >= SLUG_SHARE


def slugs_agree(one: Promise, other: Promise) -> bool:
    """Whether two addresses are made of the same words, one of fewer."""
    shorter, longer = sorted(map(terms_of, (one.slug, other.slug)), key=len)
    return len(shorter) >= FEWEST_TERMS and shorter <= longer


def body_keeps(promise: Promise, body: str) -> bool:
    """Whether the text itself speaks of what was promised: a wall may carry any headline."""
    terms = promise.told or ((promise.slug_terms,) if promise.slug_terms else ())
    return any(share(promised, body) >= BODY_SHARE for promised in terms)


def share(terms: frozenset[str], text: str) -> float:
    """Return how many of the terms a text has, as a share of them."""
    return len(terms & terms_of(text)) / len(terms) if terms else 0.0


# ---- two headlines of one article


@dataclass(frozen=True, slots=True)
class Kicker:
    """The words with which a listing's headlines now all begin, and those with which they end."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def left_out_of(self, headline: str) -> list[str]:
        """Return the words of a headline without the kicker."""
        words = words_of(headline)
        if self.before and tuple(words[: len(self.before)]) == self.before:
            words = words[len(self.before) :]
        if self.after and tuple(words[-len(self.after) :]) == self.after:
            words = words[: -len(self.after)]
        return words


def shared_kicker(headlines: Sequence[str]) -> Kicker:
    """Return what nearly all of a listing's headlines have before or after their own words."""
    split = [words_of(headline) for headline in headlines]
    if len(split) < _FEWEST_HEADLINES:
        return Kicker()
    return Kicker(
        _shared([tuple(words) for words in split]),
        tuple(reversed(_shared([tuple(reversed(words)) for words in split]))),
    )


def _shared(split: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest beginning that nearly all have and after which each goes on."""
    found: tuple[str, ...] = ()
    for length in range(1, 2 * _LONGEST_KICKER + 1):
        begins = Counter(words[:length] for words in split if len(words) > length)
        if not begins:
            break
        longest, count = begins.most_common(1)[0]
        if count < _SHARED_BY * len(split):
            break
        found = longest
    return found


def same_headline(one: str, other: str, kicker: Kicker | None = None) -> bool:
    """Whether two headlines are one article's: equal, or one has a kicker before or after it.

    ``kicker`` is what the listing's headlines share, and counts on neither side.
    """
    kicker = kicker or Kicker()
    shorter, longer = sorted(map(kicker.left_out_of, (one, other)), key=lambda w: len("".join(w)))
    if not shorter or shorter == longer:
        return shorter == longer and bool(shorter)
    text, whole = " ".join(shorter), " ".join(longer)
    if is_unspaced(text):  # a character says about half a word
        extra, enough = (len(whole) - len(text)) / 2, len(text) / 2 > _SHORTEST_HEADLINE
        is_inside = whole.startswith(text) or whole.endswith(text)
    else:
        extra, enough = len(longer) - len(shorter), len(shorter) >= _SHORTEST_HEADLINE
        is_inside = whole.startswith(f"{text} ") or whole.endswith(f" {text}")
    return enough and extra <= _LONGEST_KICKER and is_inside
