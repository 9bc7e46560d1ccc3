"""Article: its text, its wordings, and where each of its fields was read."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipelines.operator_error import UsageError
from pipelines.storage.alerts import find_facts
from pipelines.storage.article_traces import article_traces
from pipelines.storage.models import Article
from pipelines.storage.revisions import ArticleHistory, article_history
from pipelines.storage.wordings import article_with_source
from pipelines.watch_files import WatchFileError, load_lists
from pipelines.watches.parsing import parse_watch
from pipelines.watches.predicate import matching_spans
from pipelines.watches.readable import ReadableArticle
from pipelines.watches.tree import Watch
from pipelines.web.desk import Desk
from pipelines.web.pages.edits import told_edit
from pipelines.web.pages.marking import Part, mark_spans
from pipelines.web.pages.numbers import RowNumber, number_in
from pipelines.web.pages.rendering import render
from pipelines.web.reading import reading

_MOST_STEPS = 8  # wordings compared on one page
#: Our names of what was read, and what a reader calls it.
FIELD_NAMES = {
    "headline": "Headline",
    "alternative_headline": "Other headline",
    "description": "Description",
    "article_body": "Text",
    "byline": "Byline",
    "authors": "Authors",
    "dateline": "Dateline",
    "wire_credit": "Agencies",
    "article_section": "Section",
    "keywords": "Keywords",
    "in_language": "Language",
    "images": "Pictures",
    "is_accessible_for_free": "Free to read",
    "date_published": "Published",
    "date_modified": "Modified",
    "corrections": "Corrections",
    "robots_directives": "Robots",
    "tdm_reserved": "Text mining reserved",
    "canonical_url": "Canonical address",
}


def article_routes(desk: Desk) -> APIRouter:
    """Return the route of one article."""
    router = APIRouter()

    @router.get("/articles/{article_id}", response_class=HTMLResponse)
    def article(request: Request, article_id: RowNumber) -> HTMLResponse:
        asked = request.query_params
        with reading(desk) as session:
            history = article_history(session, article_id)
            found = history.article
            earlier = article_with_source(session, found.copy_of_id) if found.copy_of_id else None
            tree = _query(desk, asked.get("q", ""))
            facts, context = find_facts(session, article_id) if tree else ({}, {})
            return render(
                request,
                desk,
                session,
                "article.html",
                page="search" if tree else "today",
                article=found,
                source=history.source,
                wordings=history.wordings,
                steps=_steps(history, asked.get("from", ""), asked.get("to", "")),
                earlier=earlier,
                traces=article_traces(session, found),
                paragraphs=_paragraphs(found, tree, facts, context),
                evidence=_evidence(found),
                has_pictures=desk.picture is not None,
            )

    return router


def _query(desk: Desk, words: str) -> Watch | None:
    """Return the query whose words are to be marked; a broken one marks nothing."""
    if not words.strip():
        return None
    try:
        lists = load_lists(desk.watches_folder) if desk.watches_folder else {}
        return parse_watch(words, lists=lists)
    except (ValueError, WatchFileError):
        return None


def _paragraphs(
    article: Article, tree: Watch | None, facts: dict[str, Any], context: dict[str, Any]
) -> list[tuple[Part, ...]]:
    text = article.article_body
    spans: list[tuple[int, int]] = []
    if tree is not None:
        found = matching_spans(tree, ReadableArticle(facts, context))
        spans = [(s.start, s.end) for s in found if s.field == "article_body"]
    paragraphs, at = [], 0
    for line in text.split("\n"):
        inside = [(a - at, b - at) for a, b in spans if at <= a < at + len(line)]
        if line.strip():
            paragraphs.append(mark_spans(line, [(a, min(b, len(line))) for a, b in inside]))
        at += len(line) + 1
    return paragraphs


def _steps(history: ArticleHistory, since: str, until: str) -> list[dict[str, Any]]:
    """Return the compared wordings, the newest step first."""
    try:
        pairs = history.steps(number_in(since), number_in(until))
    except UsageError:
        pairs = history.steps()
    return [told_edit(before, after) for before, after in reversed(pairs[-_MOST_STEPS:])]


def _evidence(article: Article) -> list[tuple[str, str, str]]:
    """Return name, value and where it was read, of every field that the page gave."""
    found = []
    for field, name in FIELD_NAMES.items():
        if field in ("article_body", "images"):
            continue
        value = getattr(article, field)
        read_at = str(article.evidence.get(field, ""))
        if value in (None, "", []) and not read_at:
            continue
        found.append((name, _shown(value), read_at))
    return found


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "isoformat"):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return "" if value is None else str(value)
