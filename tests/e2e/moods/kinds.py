"""The moods of sites: what they answer instead of what they should, for a while or for good."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from crawler.demo.exchange import Response
from tests.e2e.moods import texts
from tests.e2e.moods.rewriting import (
    addresses_changed,
    cut_to_teaser,
    dates_changed,
    number_of,
    paragraphs_appended,
    retold,
    without_entries,
)
from tests.e2e.moods.server import Answer, Cut, Does, Exchange, Slow

LONGER_THAN_WE_WAIT = 5.0
_SITE = "http://elsewhere.invalid"


@dataclass(frozen=True, slots=True)
class Mood:
    """One mood. ``for_good``: the site stays like that, and everything is right all the same.

    ``seen``: whether anybody could see it (docs/evidence-model.md says where nobody could): where
    not, neither a name for what it hides is promised nor an interval.
    """

    name: str
    does: Does
    for_good: bool = False
    seen: bool = True


# ---------------------------------------------------------------- everything or the pages


def _instead(response: Response, where: str = "all") -> Does:
    def does(x: Exchange) -> Answer:
        touched = {"all": not x.is_robots, "pages": x.is_page, "lists": x.is_listing}
        touched |= {"robots": x.is_robots, "host": True}
        return response if touched[where] else x.usual()

    return does


def _error(status: int, **headers: str) -> Response:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(f"<h1>{status}</h1>".encode(), status=status, headers=told)


def _says(text: tuple[str, ...]) -> Response:
    return Response(texts.page(text))


def _own_address(text: tuple[str, ...]) -> Does:
    """The same text at every page, each of which says that it is the canonical one."""

    def does(x: Exchange) -> Answer:
        if not x.is_page:
            return x.usual()
        return Response(texts.page(text, address=x.outlet.origin + x.request.path))

    return does


def _to_front(x: Exchange) -> Answer:
    return Response(status=302, headers={"Location": "/"}) if x.is_page else x.usual()


def _parked(status: int) -> Does:
    """Everything leads to another host, on which nothing but an offer stands."""

    def does(x: Exchange) -> Answer:
        to = {"Location": x.memory["parked"] + "/"}
        return x.usual() if x.is_robots else Response(status=status, headers=to)

    return does


# ---------------------------------------------------------------- listings


def _listing(change: Callable[[Exchange, str], str]) -> Does:
    def does(x: Exchange) -> Answer:
        usual = x.usual()
        return retold(usual, lambda text: change(x, text)) if x.is_listing else usual

    return does


def _paths(x: Exchange) -> list[str]:
    return [article.paths[0] for article in x.outlet.articles()]


def _cut(x: Exchange) -> Answer:
    return Cut(x.usual()) if x.is_listing else x.usual()


def _broken_xml(x: Exchange, text: str) -> str:
    middle = text.find("<", len(text) // 2)
    return text[:middle] + "Fish & chips <b>" + text[middle:]


def _other_host(x: Exchange, text: str) -> str:
    return addresses_changed(text, x.outlet.origin, {p: _SITE + p for p in _paths(x)}).replace(
        x.outlet.origin + _SITE, _SITE
    )


def _token(form: str) -> Does:
    """Every address of an article has a token that is another one at each answer."""

    def does(x: Exchange) -> Answer:
        path = re.sub(r";sid=\w+|[?&](sid|cb)=\w+", "", x.request.target)
        usual = x.ask(path)
        if x.is_robots:
            return usual
        fresh = form.format(random.SystemRandom().randrange(10**9))
        changes = {path: path + fresh for path in _paths(x)}
        return retold(usual, lambda text: addresses_changed(text, x.outlet.origin, changes))

    return does


def _same_headlines(x: Exchange, text: str) -> str:
    for article in x.outlet.articles():
        for headline in article.headlines:
            text = text.replace(headline, "Breaking news")
    return text


def _doubled(x: Exchange, text: str) -> str:
    return re.sub(
        r"(?s)(<(item|entry|url)\b[^>]*>.*?</\2>)",
        lambda m: m[1] + re.sub(r"(</loc>|</link>|\"/>)", r"#comments\1", m[1], count=1),
        text,
    )


def _dates(to: Callable[[datetime, datetime], datetime]) -> Does:
    """All times that a machine reads are wrong, in listings and on pages."""

    def does(x: Exchange) -> Answer:
        if x.is_robots:
            return x.usual()
        now = x.clock.now()

        def iso(stated: str) -> str:
            try:
                said = datetime.fromisoformat(stated)
            except ValueError:
                return stated
            said = said if said.tzinfo else said.replace(tzinfo=now.tzinfo)
            return to(said, now).isoformat(timespec="seconds")

        def rfc(stated: str) -> str:
            return format_datetime(to(parsedate_to_datetime(stated), now), usegmt=True)

        return retold(x.usual(), lambda text: dates_changed(text, iso, rfc))

    return does


# ---------------------------------------------------------------- articles' pages


def _pages(change: Callable[[Exchange, str], str]) -> Does:
    def does(x: Exchange) -> Answer:
        usual = x.usual()
        is_article = x.request.path in _paths(x)
        return retold(usual, lambda text: change(x, text)) if is_article else usual

    return does


def _paragraphs(x: Exchange) -> tuple[str, ...]:
    path = x.request.path
    return next(a.paragraphs for a in x.outlet.articles() if a.paths[0] == path)


def _design(x: Exchange, text: str) -> str:
    return paragraphs_appended(text, texts.DESIGN)


def _kicker(x: Exchange, text: str) -> str:
    for article in x.outlet.articles():
        for headline in article.headlines:
            text = text.replace(headline, f"{texts.KICKER}: {headline}")
    return text


def _wrong_page(x: Exchange) -> Answer:
    """A broken cache: every article's address shows the newest article."""
    articles = x.outlet.articles()
    newest = max(articles, key=lambda article: article.put_up_at)
    is_article = x.request.path in _paths(x)
    return x.ask(newest.paths[0]) if is_article else x.usual()


# ---------------------------------------------------------------- new addresses


def _new_path(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    return f"{folder}/{stem}-{number_of(path) % 10**6}{dot}{ending}"


def _relaunch(old: str, *, change: Callable[[Exchange, str], str] = lambda x, text: text) -> Does:
    """New addresses for all articles; what the old ones answer says ``old``: 404, 301, both."""

    def does(x: Exchange) -> Answer:
        changes = {path: _new_path(path) for path in _paths(x)}
        path = x.request.path
        if path in changes and old == "301":
            return Response(status=301, headers={"Location": x.outlet.origin + changes[path]})
        if path in changes and old == "404":
            return Response(texts.page(texts.MISSING), status=404)
        was = {new: path for path, new in changes.items()}.get(path, x.request.target)
        origin = x.outlet.origin
        return retold(x.ask(was), lambda text: change(x, addresses_changed(text, origin, changes)))

    return does


def _new_look(x: Exchange, text: str) -> str:
    return _kicker(x, text) if x.is_listing else _design(x, _kicker(x, text))


# ---------------------------------------------------------------- talk of machines


def _coded(name: str, where: str = "all") -> Does:
    def does(x: Exchange) -> Answer:
        usual = x.usual()
        if x.is_robots or (where == "lists" and not x.is_listing):
            return usual
        return replace(usual, headers={**usual.headers, "Content-Encoding": name})

    return does


def _typed(x: Exchange) -> Answer:
    usual = x.usual()
    return replace(usual, content_type="text/plain") if x.is_listing else usual


def _unchanged(x: Exchange) -> Answer:
    usual = x.usual()
    if not x.is_listing:
        return usual
    return replace(usual, headers={**usual.headers, "ETag": '"1"', "X-Says-Unchanged": "1"})


def _cached(x: Exchange) -> Answer:
    """What a cache kept of the first answer, and it says how old that is."""
    if not x.is_listing:
        return x.usual()
    kept = x.memory.setdefault(f"cached {x.request.path}", (x.usual(), x.clock.now()))
    age = int((x.clock.now() - kept[1]).total_seconds())
    return replace(kept[0], headers={**kept[0].headers, "Age": str(age)})


def _cookies(*, taken: bool) -> Does:
    """Who has no cookie is sent round once more; not ``taken``: who has one, too."""

    def does(x: Exchange) -> Answer:
        has = "seen=1" in x.request.headers.get("cookie", "")
        if x.is_robots or (has and taken):
            return x.usual()
        to = x.outlet.origin + x.request.target
        return Response(status=302, headers={"Location": to, "Set-Cookie": "seen=1; Path=/"})

    return does


def _slow(where: str) -> Does:
    def does(x: Exchange) -> Answer:
        touched = {"lists": x.is_listing, "pages": x.is_page, "robots": x.is_robots}
        return Slow(x.usual(), LONGER_THAN_WE_WAIT) if touched[where] else x.usual()

    return does


def _times(hours: float) -> Callable[[datetime, datetime], datetime]:
    return lambda said, now: now + timedelta(hours=hours)


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_ONE_DATE = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
_BUSY = _error(429, Retry_After="5400")
_CLOSED = Response(b"User-agent: *\nDisallow: /\n", "text/plain")

SITE_MOODS = (
    Mood("maintenance", _instead(_says(texts.MAINTENANCE))),
    Mood("maintenance-of-pages", _instead(_says(texts.MAINTENANCE), "pages")),
    Mood("maintenance-own-address", _own_address(texts.MAINTENANCE)),
    Mood("maintenance-of-lists", _instead(_says(texts.MAINTENANCE), "lists")),
    Mood("are-you-human", _own_address(texts.HUMAN)),
    Mood("are-you-human-403", _instead(replace(_says(texts.HUMAN), status=403))),
    Mood("soft-404", _own_address(texts.MISSING)),
    Mood("nothing-in-it", _instead(Response(b""))),
    Mood("503", _instead(_error(503))),
    Mood("503-everywhere", _instead(_error(503), "host")),
    Mood("500-of-pages", _instead(_error(500), "pages")),
    Mood("429-retry-after", _instead(_BUSY)),
    Mood("429-of-pages", _instead(_error(429), "pages")),
    Mood("403", _instead(_error(403))),
    Mood("403-of-pages", _instead(_error(403), "pages")),
    Mood("404-of-pages", _instead(_error(404), "pages")),
    Mood("410-of-pages", _instead(_error(410), "pages")),
    Mood("404-of-lists", _instead(_error(404), "lists")),
    Mood("hangs-up", lambda x: None),
    Mood("slow-lists", _slow("lists")),
    Mood("slow-pages", _slow("pages")),
    Mood("cut-connection", _cut),
    Mood("cut-text", _listing(lambda x, text: text[: len(text) * 6 // 10])),
    Mood("broken-xml", _listing(_broken_xml)),
    Mood("empty-list", _listing(lambda x, text: without_entries(text, _paths(x)))),
    Mood(
        "one-entry",
        _listing(lambda x, text: without_entries(text, _paths(x), keep=1)),
        seen=False,
    ),
    Mood("other-host", _listing(_other_host)),
    Mood("same-headlines", _listing(_same_headlines)),
    Mood("doubled-entries", _listing(_doubled)),
    Mood("token-in-query", _token("?sid={}")),
    Mood("token-in-path", _token(";sid={}")),
    Mood("dates-epoch", _dates(lambda said, now: _EPOCH)),
    Mood("dates-to-come", _dates(_times(24 * 300))),
    Mood("dates-now", _dates(_times(0))),
    Mood("dates-constant", _dates(lambda said, now: _ONE_DATE)),
    Mood("dates-last-year", _dates(lambda said, now: said - timedelta(days=366))),
    Mood("robots-500", _instead(_error(500), "robots")),
    Mood("robots-slow", _slow("robots")),
    Mood("robots-closed", _instead(_CLOSED, "robots")),
    Mood("robots-html", _instead(_says(texts.MAINTENANCE), "robots")),
    Mood("moved-302", _parked(302)),
    Mood("moved-301", _parked(301)),
    Mood("pages-to-front", _to_front),
    Mood("coding-utf-8", _coded("utf-8")),
    Mood("coding-gzip-untrue", _coded("gzip", "lists")),
    Mood("type-of-plain-text", _typed),
    Mood("always-unchanged", _unchanged, seen=False),
    Mood("old-from-a-cache", _cached),
    Mood("cookies-wanted", _cookies(taken=True)),
    Mood("cookies-never-enough", _cookies(taken=False)),
    Mood("teaser-wall", _pages(lambda x, text: cut_to_teaser(text, _paragraphs(x), texts.TEASER))),
    Mood("wrong-page", _wrong_page),
    Mood("redesign", _pages(_design), for_good=True),
    Mood("redesign-taken-back", _pages(_design)),
    Mood("relaunch-404", _relaunch("404"), for_good=True),
    Mood("relaunch-301", _relaunch("301"), for_good=True),
    Mood("relaunch-both", _relaunch("both"), for_good=True),
    Mood("relaunch-new-look", _relaunch("404", change=_new_look), for_good=True),
    Mood("relaunch-taken-back", _relaunch("404")),
)
