"""Reads a feed (RSS 0.9x-2.0, RDF, Atom, JSON Feed), broken ones too, into a Listing."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from crawler.decoding import decode_xml
from crawler.discovery.addresses import absolute_address, clean_address, duplicate_key, is_same_site
from crawler.discovery.dates import parse_date
from crawler.discovery.feed_parts import rough_entry, take_apart
from crawler.discovery.json_feed import read_json_feed
from crawler.discovery.limits import Choice, choose_entries
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.discovery.plain_text import one_line, plain_text
from crawler.discovery.unpacking import chunks_of
from crawler.discovery.xml_text import allowed_in_xml, is_sound, mended, with_closed_cdata

MOST_BYTES = 15_000_000
MOST_LINKS = 5_000
LONGEST_HEADLINE = 500
LONGEST_TEASER = 2_000
_LONGEST_PROLOGUE = 10_000
# The parser needs a second for some MB of sound XML and for 200 KB of the worst broken text: what
# is longer is read some entries at a time.
_LONG = 100_000
_LONGEST_WITHOUT_ENTRIES = 300_000

_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(rss|rdf|feed|channel|xml)\b", re.IGNORECASE)
# All has been said where the channel is closed, even if its root is not.
_CHANNEL_END = re.compile(r"</channel\s*>\s*\Z", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<([A-Za-z][\w:.-]*)")
_ITEM_START = re.compile(r"<(item|entry)[\s>]", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_HTML_TAGS = frozenset(("html", "head", "body", "title", "meta", "div", "p", "h1", "script"))
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def read_feed(
    body: bytes, url: str, *, content_type: str | None = None, now: datetime | None = None
) -> Listing:
    """Return what a feed lists, in its order; ``url`` is where it was fetched.

    Titles and teasers are plain text. A link that is relative is resolved against xml:base, else
    the channel's own link, else ``url``; an entry without any http(s) link is left out. Raises
    ListingError when the bytes are no feed. A truncated feed yields its complete entries.
    """
    body = b"".join(chunks_of(body))  # some are served as .xml.gz
    if len(body) > MOST_BYTES:
        raise ListingError(f"feed of {len(body)} bytes; at most {MOST_BYTES} are read")
    text = decode_xml(body, content_type)
    start = text[:200].lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return read_json_feed(text, url, most_links=MOST_LINKS, now=now or datetime.now(UTC))
    prologue, document, root = _feed_text(text)
    whole = _completed(document, root)
    listing = _read_xml_feed(prologue, whole, url, now=now or datetime.now(UTC))
    if whole is document or listing.cut or _CHANNEL_END.search(document[-_LONG:]):
        return listing
    return replace(listing, cut=f"it breaks off; {len(listing.links)} entries read")


def _feed_text(text: str) -> tuple[str, str, str]:
    """Return what stands before a feed, the feed as XML may hold it, and its root."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text:
        raise ListingError("empty body instead of a feed")
    root = _ROOT.search(text, 0, 200_000)
    first = _FIRST_TAG.search(text)
    if first is None:
        raise ListingError("plain text instead of a feed")
    if root is None or (first.start() < root.start() and first[1].lower() in ("html", "head")):
        kind = "an HTML page" if first[1].lower() in _HTML_TAGS else f"a <{first[1][:40]}> document"
        raise ListingError(f"{kind} instead of a feed")
    prologue = text[: root.start()] if first.start() == root.start() else ""
    prologue = _DECLARATION.sub("", prologue, count=1)
    if len(prologue) > _LONGEST_PROLOGUE:
        prologue = ""  # entity declarations beyond any honest need
    document = with_closed_cdata(allowed_in_xml(text[root.start() :]))
    return prologue.lstrip(), document, root[0].removeprefix("<")


def _completed(document: str, root: str) -> str:
    """Close a feed that breaks off, without the entry that was cut: half a link is a wrong link."""
    tail = document[-_LONG:]
    ended = deque(re.finditer(rf"</{re.escape(root)}\s*>", tail, re.IGNORECASE), maxlen=1)
    if ended and not _ITEM_START.search(tail, ended[0].end()):
        return document  # what servers and proxies write behind it is none of it
    last = deque(_ITEM_START.finditer(tail), maxlen=1)
    if last and f"</{last[0][1]}" not in tail[last[0].start() :]:
        document = document[: len(document) - len(tail) + last[0].start()]
    return document + ("</channel>" if root.lower() == "rss" else "") + f"</{root}>"


def _parsed_in_parts(
    prologue: str, document: str, now: datetime
) -> tuple[Mapping[str, Any], list[Any], Choice]:
    """Return the feed as parsed, its entries, and which of them were read."""
    parts = take_apart(document) if len(document) > _LONG else None
    if parts is None:
        cut = ""
        if len(document) > _LONGEST_WITHOUT_ENTRIES:
            cut = f"{_LONGEST_WITHOUT_ENTRIES} of {len(document)} characters read"
        found = _parse(prologue + document[:_LONGEST_WITHOUT_ENTRIES])
        return found, found["entries"], Choice((), cut)
    chosen = choose_entries(parts.dates(), MOST_LINKS, now=now)
    first: Mapping[str, Any] = {}
    entries: list[Any] = []
    for pieces in parts.pieces(chosen.places):
        whole = prologue + parts.with_entries(pieces)
        # An entry that is broken costs itself, not its neighbours.
        if is_sound(whole):
            found = _parse(whole)
            entries += found["entries"]
        else:
            found = _parse(parts.with_entries([]))
            for piece in pieces:
                entries += _entries_of(parts.with_entries([piece])) or [rough_entry(piece)]
        first = first or found
    return first, entries, chosen


def _entries_of(text: str) -> list[Any]:
    """Return the entries that can be read of a broken feed, none where they have no address."""
    sound = mended(text)
    entries: list[Any] = _parse(sound)["entries"] if sound else []
    return entries if any(_text_of(e, "link") or _text_of(e, "id") for e in entries) else []


def _read_xml_feed(prologue: str, document: str, url: str, *, now: datetime) -> Listing:
    parsed, entries, chosen = _parsed_in_parts(prologue, document, now)
    feed: Mapping[str, Any] = parsed["feed"]
    if not parsed.get("version") and not entries:
        raise ListingError("no feed: unknown root element and no entries")
    home = absolute_address(_text_of(feed, "link"), url) or url
    base = home if is_same_site(home, url) else url
    language = _language(feed)
    return Listing(
        links=_unique(_links(entries, base, language)),
        update_interval=_update_interval(feed),
        hub_url=_related(feed, "hub", url),
        self_url=_related(feed, "self", url),
        title=plain_text(_text_of(feed, "title"), limit=LONGEST_HEADLINE),
        cut=chosen.cut,
        cut_at=chosen.cut_at,
    )


def _parse(text: str) -> Mapping[str, Any]:
    """Run feedparser with everything off that we do not use; its dictionaries are read with care.

    A stream is handed over, never bytes, which feedparser would try as a file name. No location is
    given, so that only xml:base resolves links and ``_links`` may choose the base of the rest.
    """
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    options = {"response_headers": headers, "sanitize_html": False, "resolve_relative_uris": False}
    try:
        parsed: Mapping[str, Any] = feedparser.parse(stream, **options)
    except (
        RecursionError,
        ValueError,
        LookupError,
        AssertionError,
        AttributeError,
        TypeError,
    ) as e:
        raise ListingError(f"unreadable feed: {type(e).__name__}") from e
    return parsed


def _links(entries: Iterable[Any], base: str, language: str | None) -> Iterator[ArticleLink]:
    for entry in entries:
        address = _address(entry, base)
        if address is None:
            continue
        raw = (
            _text_of(entry, "published") or _text_of(entry, "updated") or _text_of(entry, "created")
        )
        yield ArticleLink(
            url=clean_address(address),
            headline=plain_text(_text_of(entry, "title"), limit=LONGEST_HEADLINE),
            description=_teaser(entry),
            date_published=parse_date(raw),
            date_published_raw=one_line(raw, limit=100),
            guid=one_line(_text_of(entry, "id"), limit=1000),
            authors=_authors(entry),
            keywords=_keywords(entry),
            language=language,
        )


def _address(entry: Any, base: str) -> str | None:
    """The first http(s) link: the publisher's own behind FeedBurner, the alternate, the guid."""
    candidates = [_text_of(entry, "feedburner_origlink"), _text_of(entry, "link")]
    candidates += [
        _text_of(link, "href")
        for link in dict.get(entry, "links") or ()
        if _text_of(link, "rel") in ("alternate", "") and _text_of(link, "href")
    ]
    for candidate in candidates:
        if candidate and (address := absolute_address(candidate, base)):
            return address
    guid = _text_of(entry, "id")
    return absolute_address(guid, base) if guid.startswith(("http://", "https://")) else None


def _teaser(entry: Any) -> str | None:
    markup = _text_of(entry, "summary")
    if not markup:
        contents = dict.get(entry, "content") or ()
        markup = next((_text_of(c, "value") for c in contents if _text_of(c, "value")), "")
    return plain_text(markup, limit=LONGEST_TEASER) if markup else None


def _authors(entry: Any) -> tuple[str, ...]:
    names = [_text_of(author, "name") for author in dict.get(entry, "authors") or ()]
    plain = (plain_text(name, limit=200) for name in names if name)
    return tuple(dict.fromkeys(name for name in plain if name))[:20]


def _keywords(entry: Any) -> tuple[str, ...]:
    terms = [_text_of(t, "label") or _text_of(t, "term") for t in dict.get(entry, "tags") or ()]
    plain = (plain_text(term, limit=100) for term in terms if term)
    return tuple(dict.fromkeys(term for term in plain if term))[:50]


def _unique(links: Iterable[ArticleLink]) -> tuple[ArticleLink, ...]:
    """Number the links in their order; a second entry for the same address is left out."""
    kept: dict[str, ArticleLink] = {}
    for link in links:
        kept.setdefault(duplicate_key(link.url), link)
    return tuple(replace(link, position=n) for n, link in enumerate(kept.values()))


def _update_interval(feed: Mapping[str, Any]) -> timedelta | None:
    """ttl in minutes (RSS 2.0), else the syndication module's period over its frequency."""
    minutes = _text_of(feed, "ttl").strip()
    if minutes.isdecimal() and 0 < int(minutes[:9]) <= 525_600:
        return timedelta(minutes=int(minutes[:9]))
    period = _PERIODS.get(_text_of(feed, "sy_updateperiod").strip().lower())
    frequency = _text_of(feed, "sy_updatefrequency").strip()
    if period is None:
        return None
    times = int(frequency[:6]) if frequency.isdecimal() and int(frequency[:6]) > 0 else 1
    return period / times


def _related(feed: Mapping[str, Any], relation: str, url: str) -> str | None:
    """The feed's own link of one relation (WebSub section 4: hub and self)."""
    for link in feed.get("links", ()):
        if _text_of(link, "rel") == relation:
            return absolute_address(_text_of(link, "href"), url)
    return None


def _language(feed: Mapping[str, Any]) -> str | None:
    tag = _text_of(feed, "language").strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag) else None


def _text_of(mapping: Any, key: str) -> str:
    """feedparser's plain value: its own look-up would answer with aliases, and warn."""
    value = dict.get(mapping, key) if isinstance(mapping, dict) else None
    return value if isinstance(value, str) else ""
