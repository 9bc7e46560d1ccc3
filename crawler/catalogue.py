"""Reads source files (TOML, one per publisher) into SourceDefinitions; errors name file and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

SectionKind = Literal["feed", "sitemap", "front"]
Render = Literal["never", "auto", "always"]

BUNDLED_SOURCES = Path(__file__).with_name("sources")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # BCP 47, shape only
_WIKIDATA = re.compile(r"Q[1-9]\d*")


class SourceFileError(ValueError):
    """A source file cannot be used; the message names the file, the key and what is accepted."""


@dataclass(frozen=True, slots=True)
class SiteRules:
    """Dated extraction rules of one source. Selectors are CSS, or XPath where they begin with "/".

    ``valid_until`` is the last day on which the rules apply; None means no known end.
    A rule for a field wins over generic reading; ``drop`` removes elements before the body is read.
    """

    valid_until: date | None = None
    headline: str | None = None
    description: str | None = None
    body: str | None = None
    byline: str | None = None
    dateline: str | None = None
    section: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    image: str | None = None
    image_caption: str | None = None
    image_credit: str | None = None
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionDefinition:
    """One feed, news sitemap or section front. ``key`` is unique within its source.

    ``include`` and ``exclude`` are regular expressions on an article address (searched, not matched);
    ``hosts`` lists further hosts whose articles this section may list.
    """

    key: str
    url: str
    kind: SectionKind
    name: str = ""
    render: Render | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """A publisher as its TOML file describes it. ``slug`` is the file's name without ".toml"."""

    slug: str
    name: str
    home_url: str
    country: str
    language: str
    sections: tuple[SectionDefinition, ...]
    family: str = ""  # publishing house: copies inside one family are not independent
    wikidata: str | None = None
    enabled: bool = True
    verified: bool = True  # False: addresses not yet confirmed against the live site
    render: Render = "never"
    hosts: tuple[str, ...] = ()
    rules: tuple[SiteRules, ...] = ()
    notes: str = ""
    path: Path | None = field(default=None, compare=False)

    def rules_on(self, day: date) -> SiteRules | None:
        """Return the rules in force on ``day``: those that expire first among the still valid."""
        valid = [r for r in self.rules if r.valid_until is None or r.valid_until >= day]
        return min(valid, key=lambda r: r.valid_until or date.max, default=None)

    @property
    def publisher_family(self) -> str:
        """The publishing house, or the source itself where none is named."""
        return self.family or self.slug
