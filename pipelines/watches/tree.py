"""What a watch means, as a tree of frozen values; every other file of this room reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TextField = Literal[
    "headline",
    "description",
    "lead",
    "article_body",
    "author",
    "article_section",
    "wire_credit",
    "removed",
    "added",
    "headline_before",
    "headline_after",
]
#: Where a word counts that names no field: what the article says, not who wrote it.
EVERYWHERE: tuple[TextField, ...] = ("headline", "description", "article_body")

MetaField = Literal["source", "domain", "country", "lang"]
EventKind = Literal["revised", "removed", "headline_changed", "gone"]


@dataclass(frozen=True, slots=True)
class Words:
    """A word or a phrase: ``words`` (folded) one after another in one of ``fields``.

    ``is_prefix``: the last word only has to begin so. ``spelling`` is set for a case-exact term:
    the words as written. ``glued[i]`` says that sign i+1 must follow sign i without a gap, as in
    the running text of scripts without spaces. ``shown`` is how the query wrote it.
    """

    fields: tuple[TextField, ...]
    words: tuple[str, ...]
    shown: str
    is_prefix: bool = False
    spelling: tuple[str, ...] | None = None
    glued: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """Two operands at most ``distance`` words apart (neighbours are 1 apart), in one field.

    ``in_order``: the left one comes first. The two never share a word, so ``a NEAR/3 a`` asks
    for two of them.
    """

    left: Words | Near | AnyOf
    right: Words | Near | AnyOf
    distance: int
    in_order: bool


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Watch, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds. ``name`` is that of the named list it was written as."""

    parts: tuple[Watch, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Watch


@dataclass(frozen=True, slots=True)
class Meta:
    """A fact about the article that is no text: its source, domain, country or language."""

    field: MetaField
    value: str


@dataclass(frozen=True, slots=True)
class DateBound:
    """The article is dated at or after ``at``, or (``is_upper``) before it. Aware UTC."""

    at: datetime
    is_upper: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to the article since it was first read."""

    kind: EventKind


@dataclass(frozen=True, slots=True)
class MinSources:
    """At least ``count`` independent publishers carry the story."""

    count: int


Watch = Words | Near | AllOf | AnyOf | Not | Meta | DateBound | Event | MinSources
