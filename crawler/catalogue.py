"""Reads source files (TOML, one per publisher) into SourceDefinitions; errors name file and key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from pipelines.operator_error import OperatorError
from pipelines.toml_values import (
    SLUG,
    Check,
    checked,
    matching,
    one_of,
    read_toml,
    text,
    texts,
    truth,
)

SectionKind = Literal["feed", "sitemap", "front"]
Render = Literal["never", "auto", "always"]

BUNDLED_SOURCES = Path(__file__).with_name("sources")
_COUNTRY = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2
_LANGUAGE = re.compile(r"(?!.{36})[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # BCP 47, shape only
_WIKIDATA = re.compile(r"(?!.{21})Q[1-9]\d*")


class SourceFileError(OperatorError):
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

    ``include`` and ``exclude`` are regular expressions searched in an article address;
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


def reading_key(source: SourceDefinition, section: SectionDefinition) -> str:
    """Return a key that changes with what else than its address decides what a section lists.

    Its first word tells how the page is rendered, the second stands for our filters.
    """
    hosts = sorted({*source.hosts, *(host.lower() for host in section.hosts)})
    home = urlsplit(source.home_url).hostname or ""
    filters = repr((section.include, section.exclude, hosts, home))
    digest = blake2b(filters.encode(), digest_size=16).hexdigest()
    return f"{section.render or source.render} {digest}"


def load_source_file(path: Path) -> SourceDefinition:
    """Return the source described by one TOML file.

    Raises SourceFileError when the file cannot be read, is not TOML, has an unknown or missing key,
    or a value of the wrong kind.
    """
    slug = path.stem
    if not SLUG.fullmatch(slug):
        raise SourceFileError(
            f"{path}: a source file is named like my-paper.toml (a-z, 0-9, -, at most 100)"
        )
    return _parse_source(read_toml(path, SourceFileError), slug=slug, path=path)


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """All source files of a folder: by slug what they say, and what is wrong with the others."""

    sources: Mapping[str, SourceDefinition]
    faults: Mapping[Path, SourceFileError] = field(default_factory=dict)

    @property
    def enabled(self) -> list[SourceDefinition]:
        """The sources that are to be looked at."""
        return [source for source in self.sources.values() if source.enabled]


def read_folder(folder: Path) -> SourceFolder:
    """Return every source below ``folder`` by slug, in alphabetical order, and the faulty files."""
    sources: dict[str, SourceDefinition] = {}
    faults: dict[Path, SourceFileError] = {}
    for path in sorted(folder.rglob("*.toml")):
        try:
            definition = load_source_file(path)
            if other := sources.get(definition.slug):
                raise SourceFileError(
                    f"{path}: the slug {definition.slug!r} is taken by {other.path}"
                )
        except SourceFileError as error:
            faults[path] = error
        else:
            sources[definition.slug] = definition
    return SourceFolder(dict(sorted(sources.items())), faults)


def load_sources(folder: Path = BUNDLED_SOURCES) -> dict[str, SourceDefinition]:
    """Return every source below ``folder`` by slug, in alphabetical order.

    Raises SourceFileError for the first unusable file, and when two files share a slug.
    """
    found = read_folder(folder)
    for fault in found.faults.values():
        raise fault
    return dict(found.sources)


def _parse_source(data: dict[str, Any], *, slug: str, path: Path) -> SourceDefinition:
    where = str(path)
    sections = _tables(data.pop("sections", None), f"{where}: [[sections]]")
    rules = _tables(data.pop("rules", []), f"{where}: [[rules]]")
    values = _values(data, SourceDefinition, where, leave_out={"slug", "path", "sections", "rules"})
    definition = SourceDefinition(
        slug=slug,
        path=path,
        sections=tuple(_parse_section(t, f"{where}: [[sections]] {i}") for i, t in sections),
        rules=tuple(_parse_rules(t, f"{where}: [[rules]] {i}") for i, t in rules),
        **values,
    )
    keys = [section.key for section in definition.sections]
    if repeated := {key for key in keys if keys.count(key) > 1}:
        raise SourceFileError(f"{where}: section key {sorted(repeated)} is used twice")
    return replace(definition, hosts=tuple(host.lower() for host in definition.hosts))


def _parse_section(table: dict[str, Any], where: str) -> SectionDefinition:
    section = SectionDefinition(**_values(table, SectionDefinition, where))
    for name in ("include", "exclude"):
        for pattern in cast("tuple[str, ...]", getattr(section, name)):
            try:
                re.compile(pattern)
            except re.error as error:
                raise SourceFileError(
                    f"{where}: {name} = {pattern!r} is not a regular expression: {error}"
                ) from error
    return section


def _parse_rules(table: dict[str, Any], where: str) -> SiteRules:
    return SiteRules(**_values(table, SiteRules, where))


def _tables(value: object, where: str) -> list[tuple[int, dict[str, Any]]]:
    if value is None:
        raise SourceFileError(f"{where} is missing: a source needs at least one section")
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise SourceFileError(f"{where} must be written with double brackets")
    return list(enumerate(value, 1))


def _web_address(value: object) -> str:
    address = text(value)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an http:// or https:// address")
    return address


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise ValueError("a date like 2026-12-31, without quotes")
    return value


def _render(value: object) -> Render:
    if isinstance(value, bool):
        return "always" if value else "never"
    return cast(Render, one_of(*get_args(Render))(value))


_CHECKS: Mapping[str, Check] = {
    "name": text,
    "notes": text,
    "key": matching(SLUG, "a short name like politics (a-z, 0-9, -, at most 100)"),
    "family": matching(SLUG, "a short name like axel-springer (a-z, 0-9, -, at most 100)"),
    "home_url": _web_address,
    "url": _web_address,
    "kind": one_of(*get_args(SectionKind)),
    "country": matching(_COUNTRY, "an ISO 3166-1 code in capitals, like US"),
    "language": matching(_LANGUAGE, "a BCP 47 language tag, like en or pt-BR (at most 35 signs)"),
    "wikidata": matching(_WIKIDATA, "a Wikidata id, like Q123 (at most 20 signs)"),
    "enabled": truth,
    "verified": truth,
    "render": _render,
    "include": texts,
    "exclude": texts,
    "hosts": texts,
    "drop": texts,
    "valid_until": _day,
}


def _values(
    table: dict[str, Any], kind: type, where: str, leave_out: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the table's values, each of the kind its key asks for."""
    known = {f.name: f for f in fields(kind) if f.name not in set(leave_out)}
    checks = {name: _CHECKS.get(name, text) for name in known}
    needed = [name for name, spec in known.items() if _is_required(spec)]
    return checked(table, checks, where=where, fault=SourceFileError, needed=needed)


def _is_required(spec: Field[Any]) -> bool:
    return spec.default is MISSING and spec.default_factory is MISSING
