"""Reads a JSON Feed (version 1 and 1.1) into a Listing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from crawler.discovery.addresses import absolute_address, clean_address, duplicate_key
from crawler.discovery.dates import parse_date
from crawler.discovery.json_parts import parse_feed
from crawler.discovery.limits import choose_entries
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.discovery.plain_text import one_line, plain_text


def read_json_feed(text: str, url: str, *, most_links: int, now: datetime) -> Listing:
    """Return what a JSON Feed lists, as far as it is JSON; ListingError when it is none."""
    try:
        feed, missing = parse_feed(text)
    except ValueError as error:
        raise ListingError(f"broken JSON instead of a feed: {type(error).__name__}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ListingError("JSON without a list of items instead of a feed")
    home = absolute_address(_text(feed, "home_page_url"), url) or url
    dates = [_date(item) for item in items] if len(items) > most_links else [None] * len(items)
    chosen = choose_entries(dates, most_links, now=now)
    items = [items[place] for place in chosen.places]
    links: dict[str, ArticleLink] = {}
    for link in _links(items, home, one_line(_text(feed, "language"), limit=35)):
        links.setdefault(duplicate_key(link.url), link)
    if items and not links:
        raise ListingError("JSON items without addresses instead of a feed")
    return Listing(
        links=tuple(replace(link, position=n) for n, link in enumerate(links.values())),
        hub_url=_hub(feed, url),
        self_url=absolute_address(_text(feed, "feed_url"), url),
        title=plain_text(_text(feed, "title"), limit=500),
        cut=missing or chosen.cut,
        cut_at=chosen.cut_at,
    )


def _date(item: Any) -> datetime | None:
    return parse_date(_claim(item)) if isinstance(item, dict) else None


def _claim(item: Mapping[str, Any]) -> str:
    return _text(item, "date_published") or _text(item, "date_modified")


def _links(items: list[Any], home: str, language: str | None) -> Iterator[ArticleLink]:
    for item in items:
        if not isinstance(item, dict):
            continue
        # JSON Feed 1.1: url is the permalink; an id is often the same address.
        identity = item.get("id")
        guid = str(identity) if isinstance(identity, str | int) else ""
        found = _text(item, "url") or _text(item, "external_url")
        if not found and guid.startswith(("http://", "https://")):
            found = guid
        address = absolute_address(found, home) if found else None
        if address is None:
            continue
        markup = (
            _text(item, "summary") or _text(item, "content_text") or _text(item, "content_html")
        )
        raw = _claim(item)
        yield ArticleLink(
            url=clean_address(address),
            headline=plain_text(_text(item, "title"), limit=500),
            description=plain_text(markup, limit=2000),
            date_published=parse_date(raw),
            date_published_raw=one_line(raw, limit=100),
            guid=one_line(guid, limit=1000),
            authors=_names(item),
            keywords=_tags(item),
            language=one_line(_text(item, "language"), limit=35) or language,
        )


def _names(item: Mapping[str, Any]) -> tuple[str, ...]:
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]  # 1.0 had one author
    names = (plain_text(_text(p, "name"), limit=200) for p in people[:20] if isinstance(p, dict))
    return tuple(dict.fromkeys(name for name in names if name))


def _tags(item: Mapping[str, Any]) -> tuple[str, ...]:
    tags = item.get("tags")
    plain = (
        plain_text(tag, limit=100)
        for tag in (tags if isinstance(tags, list) else ())[:50]
        if isinstance(tag, str)
    )
    return tuple(dict.fromkeys(tag for tag in plain if tag))


def _hub(feed: Mapping[str, Any], url: str) -> str | None:
    hubs = feed.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub":
            return absolute_address(_text(hub, "url"), url)
    return None


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""
