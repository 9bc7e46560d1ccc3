"""The archive's answer is live matching's answer for real articles in fifteen languages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.extraction.language import language_of_text
from pipelines.storage import candidates
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Source
from pipelines.storage.search_index import index_article
from pipelines.word_spans import text_words
from tests.conftest import DIALECTS, prepared_database
from tests.examples import NOON
from tests.integration.random_queries import RandomQueries, random_expression
from tests.integration.search_archive import LISTS, Archive, live_articles
from tests.unit.watches import naive

MOST_OF_A_LANGUAGE = 12
QUERIES, EXPRESSIONS = 120, 30


def real_articles(shared: Path) -> list[dict[str, Any]]:
    """Return labelled pages with a text, few of each language, so that every script is there."""
    counts: Counter[str] = Counter()
    chosen = []
    with (shared / "pages" / "truth.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            language = language_of_text(row.get("text") or "")
            if language is not None and counts[language] < MOST_OF_A_LANGUAGE:
                counts[language] += 1
                chosen.append({**row, "language": language})
    return chosen


@pytest.fixture(scope="module", params=DIALECTS)
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Path
) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("real")
    engine = open_engine(prepared_database(request.param, request, folder, "postgres_databases"))
    sessions = session_factory(engine)
    with sessions.begin() as session:
        _fill(session, real_articles(shared), Random(9))
    with sessions() as session:
        articles = tuple(live_articles(session))
    yield Archive(sessions, articles)
    engine.dispose()


def _fill(session: Session, rows: list[dict[str, Any]], rng: Random) -> None:
    sources = list(session.scalars(select(Source.id)))
    for number, row in enumerate(rows, start=1):
        seen_at = NOON - timedelta(hours=rng.randint(0, 100))
        article = Article(
            id=number,
            source_id=rng.choice(sources),
            url=f"https://valleypost.example/{number}",
            first_seen_at=seen_at,
            fetched_at=seen_at,
            headline=row.get("title") or "-",
            article_body=row["text"],
            in_language=row["language"],
            text_hash=str(number),
            parser_version="1",
            **{name: [] for name in LISTS},
            evidence={},
        )
        session.add(article)
        session.flush()
        index_article(session, article)


def _lines(archive: Archive) -> list[str]:
    """The paragraphs by language and not by length: Thai is asked as often as English."""
    texts = [str(readable.article["article_body"]) for _, readable in archive.articles]
    return [line for text in texts for line in text.splitlines()[:4] if len(line) > 20]


def test_real_articles_are_of_many_scripts(archive: Archive) -> None:
    languages = {readable.article["in_language"] for _, readable in archive.articles}
    assert len(languages) >= 15
    assert {"ja", "ko", "hi", "ru", "en", "de"} <= languages


@pytest.mark.parametrize("walks", [False, True])
def test_the_archive_answers_as_live_matching_does(
    archive: Archive, walks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if walks:  # back through time, as large archives do for frequent words
        for name in ("MOST_SORTED", "MOST_JUDGED", "_FREQUENT"):
            monkeypatch.setattr(candidates, name, 3)
    queries = RandomQueries(_lines(archive), Random(21 + walks))
    hits = 0
    for _ in range(QUERIES):
        query = queries.query()
        meant = archive.meant(query)
        assert archive.found(query) == meant, query
        hits += 0 < len(meant) < len(archive.articles)
    assert hits > QUERIES / 3  # or the queries would say nothing


def test_the_archive_answers_as_trying_everything_does(archive: Archive) -> None:
    rng = Random(22)
    lines = _lines(archive)
    said = Counter(word for line in lines for word in text_words(line) if word.isascii())
    # frequent words meet each other; rare ones leave next to nothing to be wrong about
    words = [word for word, _ in said.most_common(40) if word.isalpha() and len(word) > 1]
    for _ in range(EXPRESSIONS):
        expression = random_expression(words, rng)
        written = naive.written(expression)
        assert archive.found(written) == archive.by_trying(expression), written
