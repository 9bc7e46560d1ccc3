"""Storing articles: one article once, under all its addresses, whatever the pages claim."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.clean import clean_item
from pipelines.items import ArticleImage, ArticleItem
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, ArticleUrl, Page, Revision, Visit
from pipelines.storage.visits import record_look, record_page
from pipelines.store import StoreResult, store_article, store_once_more
from pipelines.url_key import url_key
from tests.examples import BODY, NOON, SITE, at, claimed, make_item, make_look
from tests.integration.test_storage_looks import make_page

Sessions = sessionmaker[Session]


def store(sessions: Sessions, item: ArticleItem) -> StoreResult:
    with sessions.begin() as session:
        return store_article(session, item)


def articles(sessions: Sessions) -> list[Article]:
    with sessions() as session:
        return list(session.scalars(select(Article).order_by(Article.id)))


def aliases(sessions: Sessions) -> dict[str, tuple[int, str]]:
    """Every address: key without the site -> (article, how it was seen)."""
    with sessions() as session:
        rows = session.scalars(select(ArticleUrl))
        prefix = url_key(SITE + "/").rstrip("/")
        return {r.url_key.removeprefix(prefix): (r.article_id, r.seen_as) for r in rows}


def other_text(words: str) -> str:
    return "\n".join(f"{words}: paragraph {n} speaks of something else, {words}." for n in range(9))


# ---------------------------------------------------------------- the same again


def test_a_new_article_is_kept_with_all_that_was_read(sessions: Sessions) -> None:
    item = make_item(
        alternative_headline="Levy",
        description="The vote was put off.",
        byline="By Jane Doe",
        authors=["Jane Doe"],
        wire_credit=["Reuters"],
        keywords=["levy", "harbour"],
        in_language="en",
        images=[ArticleImage("https://img.example/1.jpg", "The harbour", "J. Doe")],
        is_accessible_for_free=False,
        date_published=claimed(at(-5)),
        evidence={"headline": "json-ld"},
        cut_fields=["description"],
    )

    result = store(sessions, item)

    (article,) = articles(sessions)
    assert result == StoreResult(article.id, "new")
    for name in (
        *("url", "headline", "alternative_headline", "description", "article_body", "byline"),
        *("authors", "wire_credit", "keywords", "in_language", "is_accessible_for_free"),
        *("first_seen_at", "not_seen_at", "baseline", "fetched_at", "evidence", "cut_fields"),
    ):
        assert getattr(article, name) == getattr(item, name), name
    assert article.date_published == at(-5)
    assert (article.date_published_source, article.date_published_precision) == (
        "json-ld",
        "second",
    )
    assert article.images == [
        {"url": "https://img.example/1.jpg", "caption": "The harbour", "credit": "J. Doe"}
    ]
    assert article.date_flags == []


def test_the_same_item_again_changes_nothing_but_the_time_of_the_last_look(
    sessions: Sessions,
) -> None:
    first = store(sessions, make_item())
    before = articles(sessions)[0]

    again = store(sessions, make_item(first_seen_at=at(60), not_seen_at=at(45), fetched_at=at(61)))

    after = articles(sessions)[0]
    assert again == StoreResult(first.article_id, "known")
    changed = {
        column.key
        for column in Article.__table__.columns
        if getattr(before, column.key) != getattr(after, column.key)
    }
    assert changed <= {"last_checked_at", "next_check_at"}
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 1


def test_another_wording_is_a_revision_and_first_seen_stays(sessions: Sessions) -> None:
    store(sessions, make_item(date_published=claimed(at(-5))))

    result = store(
        sessions,
        make_item(
            article_body=BODY + "\nThe mayor resigned.",
            first_seen_at=at(60),
            not_seen_at=at(45),
            fetched_at=at(61),
        ),
    )

    (article,) = articles(sessions)
    assert result.outcome == "revision"
    assert (article.first_seen_at, article.not_seen_at) == (NOON, at(-15))
    assert article.article_body.endswith("The mayor resigned.")
    with sessions() as session:
        rows = session.execute(
            select(Revision.number, Revision.observed_at).order_by(Revision.number)
        ).all()
    assert [tuple(row) for row in rows] == [(1, at(0.1)), (2, at(61))]


# ---------------------------------------------------------------- addresses


def test_another_address_with_the_same_text_and_headline_is_an_alias(sessions: Sessions) -> None:
    first = store(sessions, make_item("/2026/harbour-levy-vote-1"))

    second = store(sessions, make_item("/politics/live/council-evening-2"))

    assert second == StoreResult(first.article_id, "known")
    assert aliases(sessions) == {
        "/2026/harbour-levy-vote-1": (first.article_id, "final"),
        "/politics/live/council-evening-2": (first.article_id, "final"),
    }


def test_the_same_text_under_another_headline_is_another_article(sessions: Sessions) -> None:
    """A page that was read badly may give the same boilerplate as many others."""
    store(sessions, make_item("/2026/harbour-levy-vote-1"))

    result = store(sessions, make_item("/2026/quay-rovers-win-2", headline="Rovers win the cup"))

    assert result.outcome == "new"
    assert len(articles(sessions)) == 2


def test_the_same_text_in_another_source_is_another_article(sessions: Sessions) -> None:
    store(sessions, make_item())
    url = "https://courier.example/harbour-levy-vote-1"

    copy = make_item(url=url, requested_url=url, source="harbour-courier")

    assert store(sessions, copy).outcome == "new"


def test_two_short_notices_with_one_text_stay_two(sessions: Sessions) -> None:
    store(sessions, make_item("/2026/closed-road-north-1", article_body="The road is closed."))

    result = store(
        sessions, make_item("/2026/closed-road-south-2", article_body="The road is closed.")
    )

    assert result.outcome == "new"


def test_two_short_notices_with_nearly_one_text_stay_two(sessions: Sessions) -> None:
    text = "The road between the harbour and the town is closed until {} because of ice."
    for day in ("Monday", "Tuesday"):
        item = make_item(
            f"/2026/closed-road-{day.lower()}-1",
            headline="Road closed",
            article_body=text.format(day),
        )
        assert store(sessions, item).outcome == "new"


def test_listed_and_final_address_lead_to_the_article(sessions: Sessions) -> None:
    item = make_item("/2026/harbour-levy-vote-1", requested_url=f"{SITE}/r/4711-go-there")

    result = store(sessions, item)

    assert aliases(sessions) == {
        "/r/4711-go-there": (result.article_id, "listed"),
        "/2026/harbour-levy-vote-1": (result.article_id, "final"),
    }


def test_the_address_a_page_was_read_from_outweighs_the_listed_one(sessions: Sessions) -> None:
    """ "/latest" led to one article yesterday and leads to another today: it is given up."""
    latest = f"{SITE}/r/latest-story-of-today"
    old = store(sessions, make_item("/2026/old-story-of-1", requested_url=latest))
    new = make_item("/2026/new-story-of-2", headline="New", article_body=other_text("new"))
    newer = store(sessions, new)

    again = store(
        sessions,
        make_item(
            "/2026/new-story-of-2",
            headline="New",
            article_body=other_text("new"),
            requested_url=latest,
        ),
    )

    assert again == StoreResult(newer.article_id, "known")
    assert old.article_id != newer.article_id
    assert aliases(sessions)["/r/latest-story-of-today"] == (newer.article_id, "listed")


# ---------------------------------------------------------------- hints


@pytest.mark.parametrize(
    "hint",
    [
        f"{SITE}/",
        f"{SITE}/politics",
        f"{SITE}/author/jane-doe",
        "https://courier.example/2026/harbour-levy-vote-1",
        "https://evil.example/2026/harbour-levy-vote-1",
        "javascript:alert(1)",
        "/relative/address-to-nowhere-1",
        "http://[broken/",
        "https://a b.example/harbour-levy-vote-1",
        f"{SITE}:99999999/harbour-levy-vote-1",
        "https://xn--/harbour-levy-vote-1",
        "https://пример\ud800.example/harbour-levy-1",
        "",
    ],
)
def test_a_poisoned_hint_costs_nothing_and_leads_nowhere(sessions: Sessions, hint: str) -> None:
    for number in range(3):
        item = make_item(
            f"/2026/story-of-the-day-{number}",
            headline=f"Story {number}",
            article_body=other_text(f"story {number}"),
            canonical_url=hint,
            other_urls=[hint],
            guid="the-same-for-all",
        )
        assert store(sessions, clean_item(item)).outcome == "new"

    assert len(articles(sessions)) == 3
    assert set(aliases(sessions)) == {f"/2026/story-of-the-day-{n}" for n in range(3)}


def test_a_page_cannot_claim_the_address_of_another_article(sessions: Sessions) -> None:
    liar = make_item("/2026/first-story-of-1", canonical_url=f"{SITE}/2026/second-story-of-2")
    first = store(sessions, liar)

    second = store(
        sessions,
        make_item("/2026/second-story-of-2", headline="B", article_body=other_text("second")),
    )
    again = store(sessions, liar)

    assert (second.outcome, again.outcome) == ("new", "known")
    assert aliases(sessions) == {
        "/2026/first-story-of-1": (first.article_id, "final"),
        "/2026/second-story-of-2": (second.article_id, "final"),
    }


def test_a_claimed_address_is_still_fetched(sessions: Sessions) -> None:
    with sessions.begin() as session:
        record_look(session, make_look("/2026/second-story-of-2"))
    store(sessions, make_item("/2026/a-b-c-1", canonical_url=f"{SITE}/2026/second-story-of-2"))

    with sessions.begin() as session:
        result = record_look(session, make_look("/2026/second-story-of-2", minute=15))

    assert [found.link.url for found in result.to_fetch] == [f"{SITE}/2026/second-story-of-2"]


def test_one_canonical_address_for_a_whole_site_merges_nothing(sessions: Sessions) -> None:
    for number in range(4):
        item = make_item(
            f"/2026/story-of-the-day-{number}",
            headline=f"Story {number}",
            article_body=other_text(f"story {number}"),
            canonical_url=f"{SITE}/2026/the-one-and-only-9",
        )
        assert store(sessions, item).outcome == "new"


def test_the_order_of_arrival_loses_no_address(sessions: Sessions) -> None:
    paths = ("/2026/levy-vote-tonight-1", "/politics/levy-vote-tonight-2", "/amp-x/levy-vote-3")
    for number, order in enumerate(permutations(paths)):
        for path in order:
            body = other_text(f"round {number}")
            store(sessions, make_item(f"{path}{number}", headline=str(number), article_body=body))

    assert len(articles(sessions)) == 6
    assert len(aliases(sessions)) == 18


@st.composite
def a_sites_pages(draw: st.DrawFn) -> list[ArticleItem]:
    """Looks at the articles of a site in any order, each page claiming any addresses."""
    numbers = st.integers(0, 4)
    looks = draw(st.lists(st.tuples(numbers, numbers, st.lists(numbers, max_size=2)), max_size=10))
    address = "{site}/2026/story-of-the-day-{n}"
    return [
        make_item(
            f"/2026/story-of-the-day-{number}",
            headline=f"Story {number}",
            article_body=other_text(f"story {number}"),
            requested_url=f"{SITE}/r/go-to-this-story-{number}",
            canonical_url=address.format(site=SITE, n=canonical),
            other_urls=[address.format(site=SITE, n=n) for n in others],
        )
        for number, canonical, others in looks
    ]


@given(pages=a_sites_pages())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_address_followed_leads_to_its_own_article_in_any_order(
    pages: list[ArticleItem], sqlite_template: Path, tmp_path: Path
) -> None:
    path = tmp_path / "firstseen.db"
    path.write_bytes(sqlite_template.read_bytes())
    for old in tmp_path.glob("firstseen.db-*"):
        old.unlink()
    sessions = session_factory(open_engine(f"sqlite:///{path}"))

    for item in pages:
        store(sessions, item)

    stored = {article.id: article.headline for article in articles(sessions)}
    found = aliases(sessions)
    assert sorted(stored.values()) == sorted({item.headline for item in pages})
    for item in pages:
        for url in (item.url, item.requested_url):
            assert url is not None
            assert stored[found[url.removeprefix(SITE)][0]] == item.headline


# ---------------------------------------------------------------- two programs at once


def at_once(engine: Engine, items: list[ArticleItem]) -> list[StoreResult]:
    """Store items in as many transactions that begin together."""
    together = threading.Barrier(len(items), timeout=10)

    def one(item: ArticleItem) -> StoreResult:
        with session_factory(engine).begin() as session:
            session.execute(select(1))
            if engine.dialect.name == "postgresql":  # SQLite lets one in at a time
                together.wait()
            return store_once_more(session, item)

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(one, items))


def test_programs_that_store_one_page_at_once_make_one_article(
    engine: Engine, sessions: Sessions
) -> None:
    for number in range(5):
        path = f"/2026/story-of-the-day-{number}"
        body = other_text(f"story {number}")
        item = {"headline": f"Story {number}", "article_body": body}

        results = at_once(engine, [make_item(path, **item) for _ in range(4)])

        assert sorted(result.outcome for result in results) == ["known", "known", "known", "new"]
        assert len({result.article_id for result in results}) == 1
    assert len(articles(sessions)) == 5


def test_programs_that_store_a_claimed_page_at_once_make_one_article(
    engine: Engine, sessions: Sessions
) -> None:
    """The address has a row already, as another page's claim; both programs want to take it."""
    for number in range(5):
        path = f"/2026/story-of-the-day-{number}"
        claim = {"headline": f"Liar {number}", "canonical_url": SITE + path}
        liar = other_text(f"liar {number}")
        store(sessions, make_item(f"/2026/liar-of-the-day-{number}", article_body=liar, **claim))
        true = {"headline": f"Story {number}", "article_body": other_text(f"story {number}")}

        results = at_once(engine, [make_item(path, **true) for _ in range(4)])

        assert len({result.article_id for result in results}) == 1
        assert aliases(sessions)[path] == (results[0].article_id, "final")
    assert len(articles(sessions)) == 10


# ---------------------------------------------------------------- the rest of the row


def test_an_article_forgets_that_its_page_failed_before(sessions: Sessions) -> None:
    with sessions.begin() as session:
        record_page(session, make_page("/2026/harbour-levy-vote-1", retry_at=at(5)))

    store(sessions, make_item("/2026/harbour-levy-vote-1"))

    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Page)) == 0


def test_an_article_is_counted_for_the_visit_that_led_to_it(sessions: Sessions) -> None:
    with sessions.begin() as session:
        visit_id = record_look(session, make_look("/2026/harbour-levy-vote-1")).visit_id

    for _ in range(2):
        store(sessions, make_item("/2026/harbour-levy-vote-1", visit_id=visit_id))

    with sessions() as session:
        assert session.scalar(select(Visit.articles_stored)) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"source": "unheard-of"}, LookupError),
        ({"first_seen_at": None}, ValueError),
        ({"fetched_at": None}, ValueError),
        ({"first_seen_at": NOON.replace(tzinfo=None)}, Exception),
    ],
)
def test_an_item_that_lacks_what_the_visit_knows_is_refused_whole(
    sessions: Sessions, change: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        store(sessions, make_item(**change))

    assert articles(sessions) == []
    assert aliases(sessions) == {}


UNSTORABLE = "left\x00 \ud800right"


def test_what_no_database_can_hold_costs_no_article(sessions: Sessions) -> None:
    """Cleaning removes it from texts; keys, raw dates and evidence come as the site wrote them."""
    item = make_item(
        headline=UNSTORABLE,
        description=UNSTORABLE,
        article_body=UNSTORABLE + BODY,
        byline=UNSTORABLE,
        authors=[UNSTORABLE],
        keywords=[UNSTORABLE],
        canonical_url=f"{SITE}/{UNSTORABLE}",
        images=[ArticleImage(UNSTORABLE, UNSTORABLE, UNSTORABLE)],
        date_published=claimed(NOON, raw=UNSTORABLE),
    )

    store(sessions, item)

    (article,) = articles(sessions)
    assert article.headline == article.byline == article.date_published_raw == "left right"


def test_texts_at_their_caps_are_stored_and_found(sessions: Sessions) -> None:
    """Hundreds of thousands of different words are more than one PostgreSQL vector holds."""
    words = (f"ж{number:05x}" for number in range(100_000))
    item = clean_item(make_item(article_body=" ".join(words), headline="х" * 2_000))

    assert store(sessions, item).outcome == "new"

    (article,) = articles(sessions)
    assert len(article.article_body) == 500_000
    assert sorted(article.cut_fields) == ["article_body", "headline"]


@pytest.mark.parametrize("delay", [timedelta(0), timedelta(microseconds=1), timedelta(days=3650)])
def test_times_come_back_to_the_microsecond_and_in_utc(
    sessions: Sessions, delay: timedelta
) -> None:
    store(sessions, make_item(first_seen_at=NOON + delay, not_seen_at=None))

    (article,) = articles(sessions)
    assert article.first_seen_at == NOON + delay
    assert article.first_seen_at.utcoffset() == timedelta(0)


def test_the_oldest_and_the_newest_dates_a_page_can_claim_are_kept(sessions: Sessions) -> None:
    ancient, remote = NOON.replace(year=1), NOON.replace(year=9999)

    store(sessions, make_item(date_published=claimed(ancient), date_modified=claimed(remote)))

    (article,) = articles(sessions)
    assert (article.date_published, article.date_modified) == (ancient, remote)
    assert article.date_flags == ["backdated", "stale"]
