"""Full-text search means the same on SQLite and PostgreSQL, in every script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from pipelines.clean import clean_item
from pipelines.export.tables import iter_articles
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.search import SearchQuery, search_articles
from pipelines.store import store_article
from pipelines.watches.syntax_error import WatchSyntaxError
from tests.conftest import DIALECTS, prepared_database
from tests.examples import BODY, at, make_item

Sessions = sessionmaker[Session]


def store(sessions: Sessions, path: str, **fields: Any) -> None:
    with sessions.begin() as session:
        store_article(session, make_item(path, **fields))


def found(sessions: Sessions, words: str = "", **more: Any) -> list[str]:
    with sessions() as session:
        return [a.headline for a, _ in search_articles(session, SearchQuery(words, **more))]


HEADLINES = {
    "french": "L'Élysée dément: « aucun accord à Genève »",
    "german": "Größere Änderungen am Grundgesetz beschlossen",
    "czech": "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "turkish": "İstanbul'da barış görüşmeleri yeniden başladı",
    "chinese": "俄乌在伊斯坦布尔恢复和平谈判",
    "japanese": "首相が記者会見で辞任を表明した",
    "thai": "รัฐบาลประกาศยุบสภา",
    "arabic": "استئنافُ محادثات السلام في إسطنبول",
    "hindi": "शांति वार्ता फिर से शुरू हुई",
    "korean": "이스탄불에서 평화 회담 재개",
    "hebrew": "שיחות השלום חודשו באיסטנבול",
    "greek": "Οι ειρηνευτικές συνομιλίες ξανάρχισαν",
    "russian": "Ещё один раунд переговоров в Стамбуле",
    "vietnamese": "Đàm phán hòa bình được nối lại",
    "english": "U.S. and EU agree on the AI Act's 2nd reading",
}


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("elysee", "french"),
        ("ÉLYSÉE", "french"),
        ("Geneve accord", "french"),
        ("grossere anderungen", "german"),
        ("GRUNDGESETZ", "german"),
        ("prilis zlutoucky", "czech"),
        ('"ďábelské ódy"', "czech"),
        ("istanbul'da barış", "turkish"),
        ("和平谈判", "chinese"),
        ("伊斯坦布尔", "chinese"),
        ("記者会見", "japanese"),
        ("辞任", "japanese"),
        ("ยุบสภา", "thai"),
        ("محادثات السلام", "arabic"),
        ("استئناف", "arabic"),
        ("वार्ता", "hindi"),
        ("शांति वार्ता", "hindi"),
        ("평화 회담", "korean"),
        ("השלום", "hebrew"),
        ("ΕΙΡΗΝΕΥΤΙΚΕΣ", "greek"),
        ("еще раунд", "russian"),
        ("переговоров", "russian"),
        ("dam phan".replace("d", "đ", 1), "vietnamese"),
        ("hoa binh", "vietnamese"),
        ("ai act", "english"),
        ('"agree on"', "english"),
        ("“agree on”", "english"),
        ("«agree on»", "english"),
        ("2nd u.s.", "english"),
    ],
)
def test_words_are_found_whatever_their_accents_case_and_script(
    archive: Sessions, words: str, language: str
) -> None:
    assert found(archive, words) == [HEADLINES[language]]


@pytest.mark.parametrize(
    "words",
    [
        '"on agree"',  # a phrase keeps its order
        "谈和",  # as signs of a word do
        "agree zebra",  # all words must occur
        "agre",  # whole words only
        "वार्",
    ],
)
def test_what_does_not_occur_is_not_found(archive: Sessions, words: str) -> None:
    assert found(archive, words) == []


@pytest.fixture(scope="module", params=DIALECTS)
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sessions]:
    """One article in each language, whose body says nothing of it, and one of the levy."""
    folder = tmp_path_factory.mktemp("search")
    engine = open_engine(prepared_database(request.param, request, folder, "postgres_databases"))
    sessions = session_factory(engine)
    store(sessions, "/2026/harbour-levy-vote-1")
    for number, (language, headline) in enumerate(HEADLINES.items()):
        body = f"zz{language} " * 60
        store(sessions, f"/2026/{language}-{number}", headline=headline, article_body=body)
    yield sessions
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("levy OR zebra", 1),
        ("levy AND zebra", 0),
        ("NOT zebra", 1 + len(HEADLINES)),
        ("lev*", 1),
        ("levy NEAR/9 council", 1),
        ("title:levy", 1),
        ("body:levy title:council", 1),
        ("country:no -zebra", 1 + len(HEADLINES)),
        ("levy source:harbour-courier", 0),
        ("!Levy", 0),
        ("minsources:2", 0),
        ("revised: OR gone:", 0),
        ("^levy", 1),
        ("levy' OR '1'='1", 1),
        ("levy & council", None),
        ("\\levy\\", 1),
        ("%levy%", 1),
        ("levy\ncouncil\tharbour", 1),
        ("levy " * 300, 1),
        ("headline:levy", None),
        ("levy NEAR", None),
        ('"levy', None),
        ("!!!", None),
        ("-", None),
        ("\ud800", None),
        ("levy); DROP TABLE articles; --", None),
    ],
)
def test_the_archive_is_asked_in_the_watch_language(
    archive: Sessions, words: str, hits: int | None
) -> None:
    if hits is None:
        with pytest.raises(ValueError, match="line 1, column"):
            found(archive, words)
    else:
        assert len(found(archive, words)) == hits
    assert len(found(archive)) == 1 + len(HEADLINES)


def test_headline_description_and_body_are_searched(sessions: Sessions) -> None:
    store(sessions, "/a-1", headline="Alpha", description="Bravo", article_body=f"Charlie {BODY}")

    for word in ("alpha", "bravo", "charlie", "alpha bravo charlie"):
        assert found(sessions, word) == ["Alpha"], word


def test_a_revision_is_found_by_its_new_words_only(sessions: Sessions) -> None:
    store(sessions, "/a-1", headline="Minister denies", description="Bravo", article_body=BODY)

    for day in (1, 2):
        changed = BODY.replace("council", f"senate, version {day},")
        store(
            sessions,
            "/a-1",
            headline=f"Minister resigns, take {day}",
            article_body=changed,
            fetched_at=at(60 * day),
        )

    assert len(found(sessions, "senate resigns")) == 1
    assert found(sessions, '"resigns take 2"') == ["Minister resigns, take 2"]
    for gone in ("denies", "council", "bravo", '"take 1"', '"version 1"'):
        assert found(sessions, gone) == [], gone


def test_the_newest_come_first_and_bounds_hold(sessions: Sessions) -> None:
    for minute in range(5):
        body = f"{BODY} Number {minute}."
        store(
            sessions,
            f"/2026/story-of-the-day-{minute}",
            headline=str(minute),
            article_body=body,
            first_seen_at=at(minute),
        )

    assert found(sessions) == ["4", "3", "2", "1", "0"]
    assert found(sessions, "levy", limit=2) == ["4", "3"]
    assert found(sessions, since=at(3)) == ["4", "3"]
    assert found(sessions, until=at(2)) == ["1", "0"]
    assert found(sessions, since=at(1), until=at(2)) == ["1"]
    assert found(sessions, sources=("harbour-courier",)) == []
    assert len(found(sessions, sources=("harbour-courier", "valley-post"))) == 5


def test_an_export_yields_what_a_search_finds(sessions: Sessions) -> None:
    for minute in range(3):
        body = f"{BODY} Number {minute}."
        store(sessions, f"/2026/day-{minute}", headline=str(minute), article_body=body)

    with sessions() as session:
        exported = [a.headline for a, _ in iter_articles(session, SearchQuery("levy"))]

    assert exported == found(sessions, "levy")


def test_naughty_strings_are_kept_as_they_are_and_harmless_to_ask_for(
    shared: Path, sessions: Sessions
) -> None:
    path = shared / "hostile" / "pack" / "strings" / "dev" / "cases.jsonl"
    naughty = [json.loads(line)["input"] for line in path.read_text("utf-8").splitlines()]
    kept = {}
    with sessions.begin() as session:
        for number, text in enumerate(naughty):
            body = f"{text}\nNumber {number} of the list. {text}"
            item = make_item(f"/2026/day-{number}", headline=text or "-", article_body=body)
            item = clean_item(item)
            item.headline = item.headline or "-"
            kept[store_article(session, item).article_id] = (item.headline, item.article_body)

    with sessions() as session:
        for article, _ in search_articles(session, SearchQuery()):
            assert (article.headline, article.article_body) == kept[article.id]
        for text in naughty:
            with suppress(WatchSyntaxError):  # told to whoever typed it
                search_articles(session, SearchQuery(text, limit=1))
        assert len(search_articles(session, SearchQuery())) == len(naughty)
