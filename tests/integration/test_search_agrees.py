"""The archive's answer is live matching's answer: on the real schema, in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipelines.storage import candidates
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Revision, Source, Story
from pipelines.storage.search import SearchQuery, search_articles
from pipelines.storage.search_index import INDEXED_SIGNS, index_article
from tests.conftest import DIALECTS, prepared_database
from tests.examples import NOON
from tests.integration.random_queries import RandomQueries, random_expression
from tests.integration.search_archive import LISTS, Archive, Sessions, live_articles
from tests.unit.watches import naive

ARTICLES, QUERIES = 160, 80
LANGUAGES = ("en", "en-GB", "de", "ja", "zh", "th", "ar", "he", "hi", "", None)
#: Sentences of many scripts; words repeat, so that queries meet.
SENTENCES = (
    "The Minister put off the tax on oil, and the bank of May said nothing of the tax.",
    "US banks told us: no tax, no talks. Oil talks may follow the tax talks in May.",
    "Der Straßenbau in Łódź: „teuer“, sagt Minister Müller, die Steuer auf Öl bleibt.",
    "L'Élysée dément l'accord à Genève : « aucune taxe », dit la banque de mai.",
    "北京2022年の会議で首相が辞任、石油税は延期。ﾊﾟｰﾃｨｰも中止。",
    "俄乌在北京恢复和平谈判，石油税谈判延期。AI技术公司。",
    "รัฐมนตรีกล่าวว่าภาษีน้ำมันไม่มีความเห็น",
    "وزير الخارجية مُحَمَّد قال إن المحـادثات مستمرة والضريبة على النفط",
    "שר החוץ אמר: ״אין תגובה״ על המס על הנפט",
    "प्रधानमंत्री ने हिन्दी में कहा कि तेल पर नया कर आएगा, मंत्री ने कहा",
    "İstanbul’da Şişli ILIK ısı ½ ﬁnance naïve co-operate U.S. 5৳6 x٣ 1e5 0x1f 12e AT&T o'neill",
    "tax tax oil tax bank bank oil tax",
)


@pytest.fixture(scope="module", params=DIALECTS)
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("agrees")
    engine = open_engine(prepared_database(request.param, request, folder, "postgres_databases"))
    sessions = session_factory(engine)
    with sessions.begin() as session:
        _fill(session, Random(6))
    with sessions() as session:
        articles = tuple(live_articles(session))
    yield Archive(sessions, articles)
    engine.dispose()


def _fill(session: Session, rng: Random) -> None:
    sources = list(session.scalars(select(Source).order_by(Source.id)))
    sources[0].language, sources[1].language = "en", "de"
    session.execute(
        insert(Story),
        [
            {"id": n, "title": "", "first_seen_at": NOON, "last_seen_at": NOON, "pinned": False}
            for n in range(1, 100)
        ],
    )
    for number in range(1, ARTICLES + 1):
        article = _article(rng, number, rng.choice(sources).id)
        session.add(article)
        session.flush()
        index_article(session, article)
        for wording in range(1, rng.choice((1, 1, 1, 2)) + 1):
            session.add(_revision(article, wording))


def _article(rng: Random, number: int, source_id: int) -> Article:
    def some(most: int) -> str:
        return " ".join(rng.choice(SENTENCES) for _ in range(rng.randint(0, most)))

    seen_at = NOON - timedelta(hours=rng.randint(0, 100))  # often the same, never in order of ids
    return Article(
        id=number if rng.random() < 0.9 else number + 50_000,
        source_id=source_id,
        story_id=rng.choice((None, *range(1, 100))),
        url=f"https://valleypost.example/{number}",
        first_seen_at=seen_at,
        fetched_at=seen_at,
        headline=some(1) or "-",
        description=rng.choice((None, some(1))),
        article_body="\n".join(some(2) for _ in range(rng.randint(0, 3))),
        in_language=rng.choice(LANGUAGES),
        date_published=rng.choice((None, seen_at, seen_at - timedelta(days=400))),
        gone_at=NOON if rng.random() < 0.05 else None,
        text_hash=str(number),
        parser_version="1",
        **{name: [] for name in LISTS},
        evidence={},
    )


def _revision(article: Article, number: int) -> Revision:
    return Revision(
        article_id=article.id,
        number=number,
        observed_at=NOON,
        headline=article.headline,
        article_body=article.article_body + " more" * (2 - number),
        text_hash=str(number),
    )


# ---------------------------------------------------------------- queries


def _answers(archive: Archive, seed: int) -> Iterator[tuple[str, list[int], list[int]]]:
    queries = RandomQueries(SENTENCES, Random(seed))
    for _ in range(QUERIES):
        query = queries.query()
        yield query, archive.found(query), archive.meant(query)


def test_the_archive_answers_as_live_matching_does_in_the_same_order(archive: Archive) -> None:
    hits = 0
    for query, found, meant in _answers(archive, 1):
        assert found == meant, query
        hits += bool(meant) and len(meant) < ARTICLES
    assert hits > QUERIES / 3  # or the queries would say nothing


def test_walking_back_through_time_finds_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        *(("MOST_SORTED", 3), ("MOST_JUDGED", 2), ("_FIRST_WINDOW", 7), ("_WIDEST_WINDOW", 30)),
        *(("_LEAST_WALKED", 100), ("_FREQUENT", 10), ("_FAR_APART", 20)),
    ):
        monkeypatch.setattr(candidates, name, value)
    for query, found, meant in _answers(archive, 2):
        assert found == meant, query
        assert archive.found(query, limit=5) == meant[:5]


def test_bounds_and_sources_hold_on_every_way(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    since, until = NOON - timedelta(hours=60), NOON - timedelta(hours=20)
    for most in (20_000, 3):
        monkeypatch.setattr(candidates, "MOST_SORTED", most)
        for query in ("tax", "NOT tax", "lang:en OR oil", ""):
            meant = archive.meant(query) if query else [row_id for row_id, _ in archive.articles]
            with archive.sessions() as session:
                within = [
                    row_id
                    for row_id in meant
                    if since <= (row := session.get_one(Article, row_id)).first_seen_at < until
                    and row.source.slug == "valley-post"
                ]
            bounds = {"since": since, "until": until, "sources": ("valley-post",)}
            assert archive.found(query, **bounds) == within, query


def test_the_archive_answers_as_trying_everything_does(archive: Archive) -> None:
    """The naive reading of the language, on texts that are words and spaces already."""
    rng = Random(3)
    for _ in range(QUERIES // 4):
        expression = random_expression(_PLAIN, rng)
        written = naive.written(expression)
        assert archive.found(written) == archive.by_trying(expression), written


_PLAIN = ("tax", "oil", "bank", "talks", "may", "the", "of", "minister", "us")


# ---------------------------------------------------------------- what an index cannot hold


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("word " * (INDEXED_SIGNS // 5 + 100) + "zebra crossing", '"zebra crossing"'),
        ("北京" * 60_000 + "斑馬線", "斑馬線"),  # each sign takes two
        ("tax " * 300 + "tax bank", '"tax bank"'),  # beyond the places kept of one word
        ("tax " * 300 + "tax bank", "tax ONEAR/1 bank"),
        ("tax " * 300 + "bank tax", "bank NEAR/1 tax"),
        (" ".join(f"w{n}" for n in range(17_000)) + " zebra crossing", '"zebra crossing"'),
        (" ".join(f"w{n}" for n in range(17_000)) + " zebra of crossing", "zebra NEAR/2 crossing"),
        ("a " + "x" * 3_000 + " b", "x" * 3_000),  # a "word" that no database indexes
        ("a " + "x" * 3_000 + " b", "xxxx*"),
    ],
    ids=range(9),
)
def test_what_stands_beyond_the_index_is_found(body: str, query: str, sessions: Sessions) -> None:
    with sessions.begin() as session:
        article = _article(Random(1), 1, session.scalars(select(Source.id)).first() or 0)
        article.story_id = None
        article.headline, article.description, article.article_body = "-", None, body
        session.add(article)
        session.flush()
        index_article(session, article)

    with sessions() as session:
        assert len(search_articles(session, SearchQuery(query))) == 1
        assert search_articles(session, SearchQuery("title:zebra OR title:tax")) == []
