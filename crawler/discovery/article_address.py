"""Tells from an address alone whether it looks like an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

from crawler.discovery import address_words as words
from crawler.discovery.addresses import registrable_domain
from crawler.discovery.linear_model import LinearModel

_WEIGHTS = "address_weights.json"

_DATE = re.compile(
    r"(?<!\d)(?:19[89]|20[0-4])\d(?:[-/._]?(?:1[0-2]|0?[1-9])(?:[-/._]?(?:3[01]|[12]\d|0?[1-9]))?"
    r"|/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/\d{1,2})(?!\d)"
)
_FULL_DATE = re.compile(
    r"(?<!\d)(?:19[89]|20[0-4])\d(?:([-/._]?)(?:1[0-2]|0[1-9])\1(?:3[01]|[12]\d|0[1-9])"
    r"|/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/\d{1,2})(?!\d)"
)
_DATED_NAME = re.compile(
    r"/(?:19[89]|20[0-4])\d(?:[-/]?(?:1[0-2]|0[1-9])(?:[-/]?(?:3[01]|[12]\d|0[1-9]))?"
    r"|/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/\d{1,2})/([^/]{3,})/?\Z"
)
_INDEX_NAMES = frozenset(("index.html", "index.htm", "index.php", "index", "feed", "page"))
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{20,}")
_NUMBER = re.compile(r"\d+")
_CODE = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{6,}")
_NAMED_NUMBER = re.compile(r"(?:article|story|news|post|art|id|a|n|p|s|t)[-_]?\d{4,}")
_SPLIT = re.compile(r"[-_+ ,;~!'()]+|(?<=[a-z])(?=[A-Z])")


def is_other_kind(url: str) -> bool:
    """Return True for addresses that say they are a video, a gallery, a live ticker, a list ...

    Whole segments only: ``/video/minister-answers`` is, ``/politics/video-shows-minister`` not.
    """
    path = url.partition("://")[2].partition("?")[0].lower()
    return not words.NEVER_ARTICLES.isdisjoint(path.split("/")[1:])


def is_dated(url: str) -> bool:
    """Return True when a name or number follows a date in the path: ``/2026/11/brief-3.html``."""
    found = _DATED_NAME.search(url.partition("://")[2].partition("?")[0])
    return found is not None and found[1].lower() not in _INDEX_NAMES


def address_is_article(url: str) -> bool:
    """Return True when an address, absolute or relative to a site, looks like an article's."""
    return address_score(url) > 0.0


def address_score(url: str) -> float:
    """Return the log-odds that an address is an article's, from the address alone."""
    return _model().score(address_features(url))


@lru_cache(maxsize=1)
def _model() -> LinearModel:
    return LinearModel.load(_WEIGHTS)


def address_features(url: str) -> frozenset[str]:
    """Return the named properties of an address that the model weighs."""
    url = url.strip()
    try:
        parts = urlsplit(url[:2000])
        host = parts.hostname or ""
    except ValueError:
        return frozenset(("no-address",))
    if parts.scheme not in ("", "http", "https") or not (parts.path.strip("/") or parts.query):
        return frozenset(("no-path",))
    return frozenset(_features(parts, host))


def _features(parts: SplitResult, host: str) -> Iterator[str]:
    path = unquote(parts.path)
    segments = [s for s in path.split("/") if s]
    query = frozenset(_query_features(parts))
    if segments or "query=id" not in query:
        yield f"depth={min(len(segments), 6)}"
    else:
        yield "depth=query"  # "/?p=4711": the parameter is the path
    yield from query
    yield from _host_features(host)
    if parts.fragment:
        yield "fragment"
    if not segments:
        return
    yield "ends-in-slash" if path.endswith("/") else "no-slash"
    stem, suffix = _stem_and_suffix(segments[-1])
    if suffix in words.FILES:
        yield "suffix=file"
    elif suffix:
        yield "suffix=page"
    if stem.lower() in words.EMPTY_NAMES and len(segments) > 1:
        segments = segments[:-1]
        yield "index-page"
        stem = segments[-1]
    names = [*segments[:-1], stem]
    yield from _word_features([n.lower() for n in names])
    yield from _number_features(path.lower(), stem.lower())
    yield from _slug_features(names)


def _stem_and_suffix(segment: str) -> tuple[str, str]:
    stem, dot, suffix = segment.rpartition(".")
    if dot and stem and suffix.lower() in words.PAGES | words.FILES:
        return stem, suffix.lower()
    return segment, ""


_SERVICE_HOSTS = (words.SERVICE | words.MEDIA | words.LISTS) - {"edition", "services"}


def _host_features(host: str) -> Iterator[str]:
    if not host:
        return
    domain = registrable_domain(host)
    if domain.partition(".")[0] in words.PLATFORMS:
        yield "host=platform"
    labels = host.removesuffix(domain).strip(".").split(".") if domain else []
    if any(label in _SERVICE_HOSTS for label in labels):
        yield "host=service"
    elif labels and labels[0] not in ("", "www", "edition", "news", "m"):
        yield "host=other-subdomain"


def _query_features(parts: SplitResult) -> Iterator[str]:
    if not parts.query:
        return
    names = [p.partition("=") for p in parts.query.lower().split("&")[:20]]
    if any(n in words.ID_PARAMETERS and v.isdigit() for n, _, v in names):
        yield "query=id"
    if any(n in words.LIST_PARAMETERS for n, _, _ in names):
        yield "query=list"
    yield "query"


def _word_features(names: list[str]) -> Iterator[str]:
    """Whole segments, and the words of short ones, that name a kind of page."""
    *before, last = names
    last_words = _words_of(last)
    found = [("last", last)]
    found += [("first" if n == 0 else "inner", name) for n, name in enumerate(before)]
    for name in before:
        name_words = _words_of(name)
        if 1 < len(name_words) <= 3:
            found += [("before-word", word) for word in name_words]
    if len(last_words) <= 3:
        found += [("last-word", word) for word in last_words]
    else:
        found.append(("last-begins", last_words[0]))
    for place, word in found:
        for kind in _KINDS_OF.get(word, ()):
            yield f"{place}={kind}"
    if last in words.NAVIGATION:
        yield "last=navigation"


_KINDS = {
    "lists": words.LISTS,
    "media": words.MEDIA,
    "service": words.SERVICE,
    "article": words.ARTICLE,
    "desk": words.DESKS,
}
_KINDS_OF = {
    word: tuple(kind for kind, known in _KINDS.items() if word in known)
    for word in frozenset().union(*_KINDS.values())
}


def _number_features(path: str, stem: str) -> Iterator[str]:
    if _FULL_DATE.search(path):
        yield "date=day"
    elif _DATE.search(path):
        yield "date=month" if re.search(r"\d{4}[-/._]?\d", path) else "date=year"
    if _UUID.search(path):
        yield "uuid"
    without_dates = _FULL_DATE.sub("/", path)
    numbers = [len(n) for n in _NUMBER.findall(_UUID.sub("", without_dates))]
    longest = max(numbers, default=0)
    yield f"number={_named(longest, _NUMBER_LENGTHS)}"
    if _NAMED_NUMBER.fullmatch(stem):
        yield "last=named-number"
    elif stem.isdigit():
        yield "last=number" if len(stem) > 4 else "last=small-number"
    elif re.search(r"[-_,a-z]\d{5,}$", stem):
        yield "last-ends-in-number"
    elif re.match(r"\d{4,}[-_]", stem):
        yield "last-begins-with-number"
    elif any(_CODE.fullmatch(word) for word in _SPLIT.split(stem)[-1:]):
        yield "last-ends-in-code"


def _slug_features(names: list[str]) -> Iterator[str]:
    counts = [_slug_words(name) for name in names]
    yield f"slug={_named(counts[-1], _WORD_COUNTS)}"
    if max(counts) > counts[-1]:
        yield f"slug-before={_named(max(counts[:-1]), _WORD_COUNTS)}"
    yield f"letters={_named(len(names[-1]), _NAME_LENGTHS)}"
    if names[-1] != names[-1].lower():
        yield "upper-case"
    if not names[-1].isascii():
        yield "beyond-ascii"


def _slug_words(name: str) -> int:
    """How many words a segment spells; letters of scripts without blanks count as half a word."""
    if not name.isascii():
        wide = sum(1 for c in name if c > "\u2e7f")
        if wide:
            return wide // 2
    return sum(1 for word in _words_of(name) if word and not word.isdigit())


@lru_cache(maxsize=10_000)  # asked twice of every segment, and a site has few sections
def _words_of(name: str) -> tuple[str, ...]:
    # most segments are one word, and asking that costs a tenth of splitting
    return (name,) if name.isalnum() and name == name.lower() else tuple(_SPLIT.split(name))


def _named(value: int, limits: tuple[tuple[int, str], ...]) -> str:
    """The name of the first range whose end is not below ``value``."""
    return next(name for end, name in limits if value <= end)


_ANY = 1_000_000
_NUMBER_LENGTHS = ((0, "none"), (2, "1-2"), (4, "3-4"), (6, "5-6"), (_ANY, "7+"))
_NAME_LENGTHS = ((7, "1-7"), (14, "8-14"), (24, "15-24"), (39, "25-39"), (_ANY, "40+"))
_WORD_COUNTS = (*((n, str(n)) for n in range(6)), (7, "6-7"), (_ANY, "8+"))
