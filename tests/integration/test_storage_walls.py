"""Texts that several addresses show are nobody's: nothing stored, no alias, no revision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.items import ArticleItem
from pipelines.storage.memory_models import HeldPage
from pipelines.storage.models import Article, ArticleUrl, ListedLink, Page, Revision, Story
from pipelines.storage.search import SearchQuery, search_articles
from pipelines.storage.visits import record_look
from pipelines.store import StoreResult, store_article
from pipelines.url_key import url_key
from tests.examples import SITE, at, make_item, make_link, make_look

Sessions = sessionmaker[Session]

EVENTS = {
    "harbour": ("Council of Westhaven puts off harbour levy", "harbour levy council Westhaven"),
    "ferry": ("Ferry to Nordby runs aground in fog", "ferry Nordby captain fog"),
    "budget": ("Minister defends school budget cuts", "minister budget school teachers"),
    "orchard": ("Late frost ruins orchards near Telmark", "frost orchard apple Telmark"),
}
MAINTENANCE = (
    "We will be right back",
    "We are carrying out planned work on our systems and the archive is not available today.\n"
    "Subscribers can read the digital paper in our app, and saved pages are not affected.\n"
    "We expect to be back in the course of the day and apologise for any trouble. Ref {ref}.",
)
CONSENT = (
    "Ihre Privatsphäre",
    "Wir und unsere Partner verarbeiten Daten auf Ihrem Gerät, um Anzeigen zu messen.\n"
    "Sie können Ihre Einwilligung jederzeit in den Einstellungen widerrufen oder ablehnen.\n"
    "Mit einem Abonnement lesen Sie ohne Werbung und ohne Verfolgung. Vorgang {ref}.",
)
HUMAN = (
    "아직 한 단계가 남았습니다",
    "이 질문은 방문자가 사람인지 확인하고 자동 접속을 막기 위한 것입니다.\n"
    "계속하려면 확인을 눌러 주세요.\n"
    "브라우저가 스크립트를 지원하는지 확인해 주세요. 도움이 필요하면 고객 센터에 문의해 주세요.\n"
    "문의하실 때 아래의 번호를 알려 주세요. {ref}",
)
WALLS = {"maintenance": MAINTENANCE, "consent": CONSENT, "human": HUMAN}


def body_of(event: str) -> str:
    words = EVENTS[event][1].split()
    return "\n".join(
        f"In the {n}th hour the {words[n % 4]} was spoken of beside the {words[(n + 1) % 4]}, "
        f"and {event} witness {n} told of {words[(n + 2) % 4]} and {event}{n}."
        for n in range(6)
    )


def path_of(event: str) -> str:
    return f"/2026/{event}-{len(event)}"


def page(event: str, minute: float = 1, **fields: Any) -> ArticleItem:
    values: dict[str, Any] = {
        "headline": EVENTS[event][0],
        "article_body": body_of(event),
        "listed_headline": EVENTS[event][0],
        "fetched_at": at(minute),
    }
    return make_item(path_of(event), **(values | fields))


def wall(event: str, minute: float, which: str = "maintenance", **fields: Any) -> ArticleItem:
    headline, body = WALLS[which]
    ref = f"7{len(event)}{int(minute * 977) + 10**6:x}a9"
    more = {"headline": headline, "article_body": body.format(ref=ref)}
    return page(event, minute, **(more | fields))


def listed(sessions: Sessions, *events: str, minute: float = 0, headlines: bool = True) -> None:
    links = tuple(
        make_link(path_of(e), position=n, headline=EVENTS[e][0] if headlines else None)
        for n, e in enumerate(events)
    )
    with sessions.begin() as session:
        record_look(session, make_look(minute=minute, links=links))


def store(sessions: Sessions, item: ArticleItem, **more: Any) -> StoreResult:
    with sessions.begin() as session:
        return store_article(session, item, **more)


def count(sessions: Sessions, table: type[Any]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def owners(sessions: Sessions) -> dict[str, str]:
    """Each followed address with the headline of the article it leads to."""
    query = select(ArticleUrl.url_key, Article.headline).join(
        Article, Article.id == ArticleUrl.article_id
    )
    with sessions() as session:
        return dict(session.execute(query).all())


@pytest.mark.parametrize("which", list(WALLS))
def test_a_wall_before_new_addresses_stores_nothing_and_loses_nothing(
    sessions: Sessions, which: str
) -> None:
    listed(sessions, *EVENTS)

    during = [store(sessions, wall(event, 1, which)).outcome for event in EVENTS]

    assert during[0] in ("unconfirmed", "wall")
    assert set(during[1:]) == {"wall"}
    assert (count(sessions, Article), count(sessions, ArticleUrl)) == (0, 0)
    with sessions() as session:
        assert set(session.scalars(select(Page.outcome))) <= {"wall", "unconfirmed"}
        assert all(row.retry_at is not None for row in session.scalars(select(Page)))
    after = [store(sessions, page(event, 90)).outcome for event in EVENTS]
    assert after == ["new"] * 4
    assert owners(sessions) == {url_key(SITE + path_of(e)): EVENTS[e][0] for e in EVENTS}
    assert (count(sessions, Page), count(sessions, HeldPage)) == (0, 0)


@pytest.mark.parametrize("which", list(WALLS))
def test_known_articles_keep_their_wording_and_get_no_revision(
    sessions: Sessions, which: str
) -> None:
    listed(sessions, *EVENTS)
    ids = {event: store(sessions, page(event)).article_id for event in EVENTS}

    for minute in (16, 60, 26 * 60):
        for event in EVENTS:
            look = wall(event, minute, which, article_id=ids[event], listed_headline=None)
            assert store(sessions, look).outcome in ("wall", "unconfirmed")

    assert count(sessions, Revision) == 4
    with sessions() as session:
        assert set(session.scalars(select(Article.headline))) == {h for h, _ in EVENTS.values()}


def test_one_article_alone_waits_until_it_is_itself(sessions: Sessions) -> None:
    listed(sessions, "harbour", "ferry")
    store(sessions, page("harbour"))

    assert store(sessions, wall("ferry", 2)).outcome == "unconfirmed"
    assert store(sessions, wall("ferry", 50)).outcome == "unconfirmed"

    assert store(sessions, page("ferry", 60)).outcome == "new"


def test_an_odd_page_that_stays_alone_is_stored_once_the_site_was_well(sessions: Sessions) -> None:
    listed(sessions, "harbour", "ferry")
    known = store(sessions, page("harbour")).article_id
    assert store(sessions, wall("ferry", 2)).outcome == "unconfirmed"

    store(sessions, page("harbour", 20, article_id=known))  # it answers with its own text

    assert store(sessions, wall("ferry", 25)).outcome == "unconfirmed"
    assert store(sessions, wall("ferry", 40)).outcome == "new"


def test_without_listed_headlines_what_was_stored_of_a_wall_is_taken_back(
    sessions: Sessions,
) -> None:
    paths = {e: f"/a/{n}7{n}{n}9" for n, e in enumerate(EVENTS, 1)}
    with sessions.begin() as session:
        links = tuple(make_link(path) for path in paths.values())
        record_look(session, make_look(links=links))

    def at_id(item: ArticleItem, event: str) -> ArticleItem:
        item.url = item.requested_url = SITE + paths[event]
        item.listed_headline = None
        return item

    keeper = StoryKeeper()
    for event in EVENTS:
        store(sessions, at_id(wall(event, 1), event), stories=keeper)

    assert (count(sessions, Article), count(sessions, Revision), count(sessions, Story)) == (0,) * 3
    with sessions() as session:
        assert search_articles(session, SearchQuery(words="subscribers")) == []
        assert len(session.scalars(select(Page)).all()) == 4
    for event in EVENTS:
        assert store(sessions, at_id(page(event, 90), event), stories=keeper).outcome == "new"
    assert set(owners(sessions).values()) == {headline for headline, _ in EVENTS.values()}


def test_a_wall_that_carries_each_pages_headline_is_one_too(sessions: Sessions) -> None:
    listed(sessions, *EVENTS)

    for event in EVENTS:
        store(sessions, wall(event, 1, headline=EVENTS[event][0]))

    assert count(sessions, Article) == 0
    for event in EVENTS:
        assert store(sessions, page(event, 90)).outcome == "new"


def test_addresses_that_are_led_to_one_page_do_not_become_its_addresses(
    sessions: Sessions,
) -> None:
    listed(sessions, *EVENTS)
    ids = {event: store(sessions, page(event)).article_id for event in ("harbour", "ferry")}
    for event in ("budget", "orchard"):
        found = store(sessions, wall(event, 2, url=f"{SITE}/about-the-planned-work-tonight"))
        assert found.outcome in ("wall", "unconfirmed")
    moved = wall("ferry", 2, url=f"{SITE}/about-the-planned-work-tonight")
    moved.article_id = ids["ferry"]
    assert store(sessions, moved).outcome == "wall"

    assert not any("planned-work" in key for key in owners(sessions))


def test_one_article_under_two_addresses_stays_one(sessions: Sessions) -> None:
    listed(sessions, "harbour")
    first = store(sessions, page("harbour"))
    second = page("harbour", 2)
    second.url = second.requested_url = f"{SITE}/politics/levy-again-put-off-99"

    assert store(sessions, second) == StoreResult(first.article_id, "known")


def test_an_alias_whose_address_shows_another_text_is_given_up(sessions: Sessions) -> None:
    listed(sessions, "harbour")
    first = store(sessions, page("harbour"))
    other = f"{SITE}/politics/today"

    def at_other(item: ArticleItem) -> ArticleItem:
        item.url = item.requested_url = other
        item.listed_headline = None
        return item

    store(sessions, at_other(page("harbour", 2, listed_headline=EVENTS["harbour"][0])))
    with sessions.begin() as session:
        session.execute(
            update(ArticleUrl)
            .where(ArticleUrl.url_key == url_key(other))
            .values(article_id=first.article_id, url=other, seen_as="listed")
        )
    item = at_other(page("ferry", 90))

    assert store(sessions, item).outcome == "new"
    assert owners(sessions)[url_key(other)] == EVENTS["ferry"][0]


def test_the_addresses_of_a_wall_are_asked_again_and_keep_when_they_appeared(
    sessions: Sessions,
) -> None:
    listed(sessions, *EVENTS)
    for event in EVENTS:
        store(sessions, wall(event, 1))
    with sessions.begin() as session:
        links = tuple(make_link(path_of(e), headline=EVENTS[e][0]) for e in EVENTS)
        result = record_look(session, make_look(minute=15, links=links))

    assert {link.link.url_key for link in result.to_fetch} == {
        url_key(SITE + path_of(event)) for event in EVENTS
    }
    with sessions() as session:
        firsts = set(session.scalars(select(ListedLink.first_listed_at)))
    assert firsts == {at(0)}
    assert at(15) - at(0) == timedelta(minutes=15)
