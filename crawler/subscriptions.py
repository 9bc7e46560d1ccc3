"""Turns the feeds of another reader into source files, one for each publisher; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.catalogue import SourceDefinition
from crawler.opml import Subscription
from pipelines.public_suffix import registrable_domain

_UNKNOWN_COUNTRY = "ZZ"  # ISO 3166-1 keeps it free for users; a person must replace it
_UNKNOWN_LANGUAGE = "und"  # BCP 47: undetermined
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 60
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source file to be written."""

    slug: str
    text: str
    feeds: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What becomes of each feed of a list; every feed is in one of these, in its order.

    ``followed``: the workspace has this feed. ``bundled``: the catalogue has its publisher, by
    slug. ``known``: the workspace has its publisher, by slug, but not this feed.
    """

    new: tuple[NewSource, ...]
    followed: tuple[Subscription, ...]
    bundled: Mapping[str, tuple[Subscription, ...]]
    known: Mapping[str, tuple[Subscription, ...]]


class _Catalogue:
    """Sources by what a list of feeds tells of them: a feed's address, a publisher's domain."""

    def __init__(self, sources: Iterable[SourceDefinition]) -> None:
        self.by_feed: dict[str, str] = {}
        self.by_domain: dict[str, str] = {}
        for source in sources:
            for section in source.sections:
                self.by_feed.setdefault(_feed_key(section.url), source.slug)
            self.by_domain.setdefault(_domain(source.home_url), source.slug)

    def slug_of(self, feed: Subscription) -> str | None:
        return self.by_feed.get(_feed_key(feed.url)) or self.by_domain.get(_publisher(feed))


def plan_import(
    feeds: Sequence[Subscription],
    workspace: Collection[SourceDefinition],
    bundled: Collection[SourceDefinition],
) -> ImportPlan:
    """Return what to do with each feed. A publisher that is known already gets no second file."""
    have, offered = _Catalogue(workspace), _Catalogue(bundled)
    followed: list[Subscription] = []
    known: dict[str, list[Subscription]] = {}
    better: dict[str, list[Subscription]] = {}
    fresh: dict[str, list[Subscription]] = {}
    for feed in feeds:
        if _feed_key(feed.url) in have.by_feed:
            followed.append(feed)
        elif slug := have.slug_of(feed):
            known.setdefault(slug, []).append(feed)
        elif slug := offered.slug_of(feed):
            better.setdefault(slug, []).append(feed)
        else:
            fresh.setdefault(_publisher(feed), []).append(feed)
    taken = {source.slug for source in workspace} | {source.slug for source in bundled}
    return ImportPlan(
        new=tuple(_new_source(domain, own, taken) for domain, own in fresh.items()),
        followed=tuple(followed),
        bundled={slug: tuple(own) for slug, own in better.items()},
        known={slug: tuple(own) for slug, own in known.items()},
    )


def _feed_key(url: str) -> str:
    """Return what two spellings of one feed's address have in common."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def _domain(url: str) -> str:
    return registrable_domain((urlsplit(url).hostname or "").removeprefix("www."))


def _publisher(feed: Subscription) -> str:
    """Return the domain of a feed's publisher: its home page's, for feeds also live at services."""
    return _domain(feed.home_url or feed.url)


def _new_source(domain: str, feeds: Sequence[Subscription], taken: set[str]) -> NewSource:
    slug = _slug(domain, taken)
    taken.add(slug)
    return NewSource(slug, source_text(domain, feeds), tuple(feeds))


def _slug(domain: str, taken: Collection[str]) -> str:
    """Return a free slug made of a domain's letters and digits; titles never name a file."""
    whole = _NOT_SLUG.sub("-", domain.lower())[:_LONGEST_SLUG].strip("-")
    name = _NOT_SLUG.sub("-", domain.lower().partition(".")[0])[:_LONGEST_SLUG].strip("-")
    for slug in (name, whole):
        if slug and not slug.isdecimal() and slug not in taken:
            return slug
    number = 2
    while f"{whole or 'source'}-{number}" in taken:
        number += 1
    return f"{whole or 'source'}-{number}"


def source_text(domain: str, feeds: Sequence[Subscription]) -> str:
    """Return the text of one publisher's source file."""
    home = next((feed.home_url for feed in feeds if feed.home_url), "")
    parts = urlsplit(home or feeds[0].url)
    language = next((f.language for f in feeds if _LANGUAGE.fullmatch(f.language)), "")
    lines = [
        f"name = {_text(_name(domain, feeds))}",
        f"home_url = {_text(home or f'{parts.scheme}://{parts.netloc}/')}",
        f"country = {_text(_UNKNOWN_COUNTRY)}  # not known: please put in the ISO 3166-1 code",
        f"language = {_text(language or _UNKNOWN_LANGUAGE)}"
        + ("" if language else "  # not known: please put in the BCP 47 tag"),
        "verified = false",
        'notes = "Imported from a list of feeds (OPML)."',
    ]
    keys: set[str] = set()
    for feed in feeds:
        lines += ["", *_section(feed, keys)]
    return "\n".join(lines) + "\n"


def _section(feed: Subscription, keys: set[str]) -> list[str]:
    key = wanted = _NOT_SLUG.sub("-", feed.title.lower())[:40].strip("-") or "news"
    number = 2
    while key in keys:
        key, number = f"{wanted}-{number}", number + 1
    keys.add(key)
    lines = ["[[sections]]", f"key = {_text(key)}", 'kind = "feed"', f"url = {_text(feed.url)}"]
    if feed.title:
        lines.append(f"name = {_text(feed.title)}")
    if feed.home_url and _domain(feed.home_url) != _domain(feed.url):
        # The feed lives at a feed service; the articles it lists are at home.
        lines.append(f"hosts = [{_text(urlsplit(feed.home_url).hostname or '')}]")
    return lines


def _name(domain: str, feeds: Sequence[Subscription]) -> str:
    """Return what the list calls the publisher, or what its feeds' titles have in common."""
    for feed in feeds:
        if feed.publisher:
            return feed.publisher
    titles = [feed.title.split() for feed in feeds]
    common = []
    for words in zip(*titles, strict=False):
        if len(set(words)) > 1:
            break
        common.append(words[0])
    name = " ".join(common).rstrip(" -:|–—»›/")
    return name if len(name) >= _SHORTEST_NAME else domain


def _text(value: str) -> str:
    # A JSON string is a TOML basic string; titles and addresses hold no control characters here.
    return json.dumps(value, ensure_ascii=False)
