"""A story does not swallow a series: each instalment is told, and none is told on for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.items import ArticleItem
from pipelines.storage.models import Article, Story
from tests.examples import NOON, make_item
from tests.integration.test_match import Desk, make_watch
from tests.unit.pipelines_identity.test_instalments import SERIES, Text, by_election

Sessions = sessionmaker[Session]


def of(text: Text, hours: float, **fields: Any) -> ArticleItem:
    seen_at = NOON + timedelta(hours=hours)
    values = {
        "headline": text[0],
        "article_body": text[1],
        "first_seen_at": seen_at,
        "not_seen_at": seen_at - timedelta(minutes=15),
        "fetched_at": seen_at,
    }
    return make_item(f"/2026/part-of-the-series-{hours:.0f}", **(values | fields))


def store(desk: Desk, item: ArticleItem) -> int:
    assert item.first_seen_at is not None
    desk.now = item.first_seen_at
    return desk.store(item)


def stories(sessions: Sessions) -> list[int | None]:
    with sessions() as session:
        return list(session.scalars(select(Article.story_id).order_by(Article.id)))


@pytest.mark.parametrize("series", SERIES)
def test_every_instalment_opens_a_story_of_its_own(
    sessions: Sessions, series: Callable[[int], Text]
) -> None:
    watch = make_watch(query="by OR poll OR man OR mann OR weather OR 汇率")
    desk = Desk(sessions, watch)

    for number in range(5):
        store(desk, of(series(number), 3 * number))

    assert len(set(stories(sessions))) >= 4
    assert len(desk.alerts) >= 4


def test_other_sources_join_the_instalment_that_they_are_about(sessions: Sessions) -> None:
    desk = Desk(sessions)
    for number in range(3):
        store(desk, of(by_election(number), number))
    winner = by_election(1)[0].split()[0]
    place = by_election(1)[0].split()[2]
    report = f"In {place} the voters chose {winner} in the by-election. {winner} spoke in {place}."

    other = {"source": "harbour-courier", "url": "https://courier.example/1", "requested_url": None}
    store(desk, of((f"{place} votes for {winner}", report), 4, **other))

    ids = stories(sessions)
    assert len(set(ids[:3])) == 3
    assert ids[3] == ids[1]


def test_the_same_event_reported_again_by_its_source_is_one_story(sessions: Sessions) -> None:
    desk = Desk(sessions, make_watch(query="by"))
    headline, body = by_election(1)
    place = headline.split()[2]
    store(desk, of((headline, body), 0))

    words = headline.split()
    told = f"{words[0]} thanked {place} a day after the by-election that the Harbour Party won. "
    store(desk, of((f"After the {place} by-election: {words[0]} thanks", told + body[:150]), 5))

    assert len(set(stories(sessions))) == 1
    assert len(desk.alerts) == 1


def column(day: int) -> Text:
    own = " ".join(f"w{day}x{number}" for number in range(25))
    return "Harbour levy diary", (
        f"Harbour levy diary of Westhaven, kept by Ada Korn on the quay with tolls. {own}."
    )


def test_a_story_that_one_source_feeds_every_day_ends_with_its_window(sessions: Sessions) -> None:
    desk = Desk(sessions, make_watch())

    for day in range(9):
        store(desk, of(column(day), 24 * day))

    found = stories(sessions)
    assert len(set(found[:4])) == 1  # of one window
    assert len(set(found)) == 3
    assert len(desk.alerts) == 3


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_an_analyst_shaped_takes_in_a_series(sessions: Sessions) -> None:
    desk = Desk(sessions)
    store(desk, of(by_election(0), 0))
    with sessions.begin() as session:
        session.scalars(select(Story)).one().pinned = True

    store(desk, of(by_election(1), 1))

    assert len(set(stories(sessions))) == 1
