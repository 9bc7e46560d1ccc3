"""Search: the watch language with help as you type, hits marked, back-tested, saved as a watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from pipelines.storage.alerts import article_facts
from pipelines.storage.models import Article, Source
from pipelines.storage.search import SearchQuery, iter_found
from pipelines.storage.story_list import Place, source_choices
from pipelines.watch_files import WatchDefinition, WatchFileError, load_lists, load_watches
from pipelines.watches.explain import explain
from pipelines.watches.parsing import parse_watch
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.syntax_error import WatchSyntaxError
from pipelines.watches.tree import Watch
from pipelines.web.desk import Desk
from pipelines.web.pages.backtest_days import BacktestDays, backtest_days
from pipelines.web.pages.forms import form_token
from pipelines.web.pages.marking import Marked, marked
from pipelines.web.pages.rendering import render, wants_part
from pipelines.web.pages.today import WINDOWS, place_text, read_place
from pipelines.web.reading import reading

PER_PAGE = 25
TEST_DAYS = 30
_LONGEST_QUERY = 4_000
_MOST_WATCHES = 40


@dataclass(frozen=True, slots=True)
class Understood:
    """A query as it is understood, or what is wrong with it."""

    words: str
    tree: Watch | None = None
    drawn: str = ""
    error: WatchSyntaxError | None = None

    @property
    def around_error(self) -> tuple[str, str, str]:
        """What stands before the fault, the sign it is at, and what follows, on its line."""
        if self.error is None:
            return "", "", ""
        line = self.words.split("\n")[self.error.line - 1]
        at = self.error.column - 1
        return line[:at], line[at : at + 1] or "␣", line[at + 1 :]


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that answers, with its hits marked."""

    article: Article
    source: Source
    shown: Marked


def understand(words: str, lists: Mapping[str, Sequence[str]]) -> Understood:
    """Return how a query is understood."""
    if not words.strip():
        return Understood(words)
    try:
        tree = parse_watch(words[:_LONGEST_QUERY], lists=lists)
    except WatchSyntaxError as error:
        return Understood(words, error=error)
    except ValueError as error:
        return Understood(words, error=WatchSyntaxError(str(error), words, 0))
    return Understood(words, tree, explain(tree))


def lists_of(desk: Desk) -> Mapping[str, Sequence[str]]:
    """Return the named lists beside the watches; a broken file has none."""
    try:
        return load_lists(desk.watches_folder) if desk.watches_folder else {}
    except WatchFileError:
        return {}


def search_routes(desk: Desk) -> APIRouter:
    """Return the routes of the search."""
    router = APIRouter()

    @router.get("/search/check", response_class=HTMLResponse)
    def check(request: Request, q: str = "") -> HTMLResponse:
        with reading(desk) as session:
            return render(
                request,
                desk,
                session,
                "search_check.html",
                page="search",
                understood=understand(q, lists_of(desk)),
            )

    @router.get("/search", response_class=HTMLResponse)
    def search(request: Request, q: str = "", test: str = "", after: str = "") -> HTMLResponse:
        return search_page(request, desk, q, is_tested=bool(test), after=after)

    @router.get("/search/backtest", response_class=HTMLResponse)
    def backtest_part(request: Request, q: str = "") -> HTMLResponse:
        understood = understand(q, lists_of(desk))
        with reading(desk) as session:
            return render(
                request,
                desk,
                session,
                "search_backtest.html",
                page="search",
                understood=understood,
                test=_test(session, understood, desk.clock()),
                test_days=TEST_DAYS,
            )

    return router


def search_page(
    request: Request,
    desk: Desk,
    words: str,
    *,
    is_tested: bool = False,
    after: str = "",
    refused: str = "",
) -> HTMLResponse:
    """Return the page of a query; ``refused`` says why it could not be saved as a watch."""
    understood = understand(words, lists_of(desk))
    with reading(desk) as session:
        asked = request.query_params
        hits, more = _hits(session, understood, asked, desk.clock(), after)
        return render(
            request,
            desk,
            session,
            "search_hits.html" if wants_part(request) else "search.html",
            page="search",
            status=400 if refused else 200,
            understood=understood,
            hits=hits,
            more=more,
            is_first_page=not after,
            chosen={name: asked.get(name, "") for name in ("source", "window")},
            sources=source_choices(session),
            windows=WINDOWS,
            watches=_saved(desk),
            saved=asked.get("saved", ""),
            test=_test(session, understood, desk.clock()) if is_tested else None,
            test_days=TEST_DAYS,
            token=form_token(),
            refused=refused,
        )


def _hits(
    session: Session, understood: Understood, asked: Mapping[str, str], now: datetime, after: str
) -> tuple[list[Hit], str | None]:
    """Return a page of hits, and where the next one begins."""
    if understood.tree is None:
        return [], None
    place, window = read_place(after), asked.get("window", "")
    query = SearchQuery(
        tree=understood.tree,
        since=now - WINDOWS[window] if window in WINDOWS else None,
        until=place.first_seen_at + timedelta(microseconds=1) if place else None,
        sources=(asked["source"],) if asked.get("source") else (),
    )
    found = iter_found(session, query)
    later = (pair for pair in found if place is None or _is_after(pair[0], place))
    page = list(islice(later, PER_PAGE + 1))
    hits = [_hit(understood.tree, article, source) for article, source in page[:PER_PAGE]]
    last = page[PER_PAGE - 1][0] if len(page) > PER_PAGE else None
    return hits, place_text(Place(last.first_seen_at, last.id)) if last else None


def _is_after(article: Article, place: Place) -> bool:
    return (article.first_seen_at, article.id) < (place.first_seen_at, place.story_id)


def _hit(tree: Watch, article: Article, source: Source) -> Hit:
    return Hit(article, source, marked(tree, ReadableArticle(article_facts(article, source))))


def _test(session: Session, understood: Understood, now: datetime) -> BacktestDays | None:
    if understood.tree is None:
        return None
    watch = WatchDefinition(
        slug="query", name="query", query=understood.words, tree=understood.tree
    )
    return backtest_days(session, watch, now=now, days=TEST_DAYS)


def _saved(desk: Desk) -> list[dict[str, Any]]:
    """Return the watches there are, for choosing one."""
    if desk.watches_folder is None:
        return []
    watches, _ = load_watches(desk.watches_folder)
    return [
        {"slug": watch.slug, "name": watch.name, "query": watch.query, "paused": watch.paused}
        for watch in list(watches.values())[:_MOST_WATCHES]
    ]
