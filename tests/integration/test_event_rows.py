"""Events as rows: made of the stories of earlier releases, and shaped by analysts like them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, MetaData, insert, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.operator_error import UsageError
from pipelines.storage.database import session_factory
from pipelines.storage.event_models import Event, EventToldBeforeSplit
from pipelines.storage.groups import living
from pipelines.storage.models import Article, Story
from pipelines.storage.schema import upgrade
from pipelines.storage.shaping import (
    merge_events,
    merge_stories,
    rename_event,
    split_event,
    split_story,
)
from pipelines.storage.watch_models import Alert
from pipelines.storage.withdraw import withdraw_article
from tests.examples import at
from tests.integration.test_storage_schema import OpenDatabase, example_row, upgrade_to
from tests.integration.test_storage_stories import report, store

Sessions = sessionmaker[Session]
FILLED = ("sources", "sections", "stories", "articles", "watches", "alerts", "told_before_split")
LATER = datetime(2026, 11, 24, 13, tzinfo=UTC)


def fill_before_events(engine: Engine, stories: dict[int, int | None]) -> None:
    """Rows as an earlier release left them: a story each, merged as told, an article and alert."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name not in FILLED:
                continue
            rows = [example_row(table, number) for number in sorted(stories)]
            for number, row in enumerate(rows, start=1):
                if table.name == "stories":
                    row |= {"merged_into_id": stories[number], "pinned": number == 1}
                if table.name == "articles":
                    row["story_id"] = number
                    while (into := stories[row["story_id"]]) is not None:
                        row["story_id"] = into
            connection.execute(insert(table), rows)


def test_the_stories_of_an_earlier_release_become_events(
    empty_database_url: str, open_database: OpenDatabase
) -> None:
    """Merges stay merged, over any number of steps, and what was told stays told."""
    engine = open_database(empty_database_url, create=True)
    upgrade_to(engine, "20261130_last_read")
    fill_before_events(engine, {1: None, 2: 1, 3: 2, 4: None})

    upgrade(engine)

    with session_factory(engine)() as session:
        events = {event.id: event for event in session.scalars(select(Event))}
        assert {number: event.story_id for number, event in events.items()} == {
            **dict.fromkeys((1, 2, 3), 1),
            4: 4,
        }
        assert [events[n].merged_into_id for n in (1, 2, 3, 4)] == [None, 1, 2, None]
        assert [events[n].pinned for n in (1, 4)] == [True, False]
        assert events[1].title == session.get_one(Story, 1).title
        articles = session.scalars(select(Article).order_by(Article.id)).all()
        assert [(a.story_id, a.event_id) for a in articles] == [(1, 1)] * 3 + [(4, 4)]
        alerts = session.scalars(select(Alert).order_by(Alert.id)).all()
        assert [alert.event_id for alert in alerts] == [1, 2, 3, 4]
        told = session.scalars(select(EventToldBeforeSplit)).all()
        assert [row.event_id for row in told] == [1, 2, 3, 4]
    with session_factory(engine).begin() as session:
        new = Event(story_id=4, title="Next", first_seen_at=LATER, last_seen_at=LATER)
        session.add(new)
        session.flush()
        assert new.id == 5


def test_an_archive_without_stories_is_upgraded(
    empty_database_url: str, open_database: OpenDatabase
) -> None:
    engine = open_database(empty_database_url, create=True)
    upgrade_to(engine, "20261130_last_read")
    upgrade(engine)
    with session_factory(engine).begin() as session:
        story = Story(title="First", first_seen_at=LATER, last_seen_at=LATER)
        session.add(story)
        session.flush()
        session.add(
            event := Event(story_id=story.id, title="", first_seen_at=LATER, last_seen_at=LATER)
        )
        session.flush()
        assert event.id == 1


# ---------------------------------------------------------------- what an analyst may change


@pytest.fixture
def ferry(sessions: Sessions) -> list[int]:
    """Four articles of one story and event."""
    keeper = StoryKeeper()
    return [store(sessions, keeper, report("ferry", number)) for number in range(1, 5)]


def places(sessions: Sessions, ids: list[int]) -> list[tuple[int | None, int | None]]:
    with sessions() as session:
        rows = [session.get_one(Article, number) for number in ids]
        return [(row.story_id, row.event_id) for row in rows]


def in_one_event(sessions: Sessions, ids: list[int]) -> tuple[int, int]:
    """Put articles into the event of the first one, whatever they were taken for."""
    with sessions.begin() as session:
        first = session.get_one(Article, ids[0])
        assert first.story_id is not None
        assert first.event_id is not None
        for number in ids[1:]:
            session.get_one(Article, number).event_id = first.event_id
        return first.story_id, first.event_id


def test_an_event_is_split_and_merged_within_its_story(
    sessions: Sessions, ferry: list[int]
) -> None:
    story, event = in_one_event(sessions, ferry)
    with sessions.begin() as session:
        new = split_event(session, event, ferry[2:], at=LATER)
    assert places(sessions, ferry) == [(story, event)] * 2 + [(story, new)] * 2
    with sessions.begin() as session:
        assert all(session.get_one(Event, n).shaped_at == LATER for n in (event, new))
        assert session.get_one(Event, new).first_seen_at == at(3)
        merge_events(session, new, into=event, at=LATER)
        rename_event(session, new, "The collision", at=LATER)
    assert places(sessions, ferry) == [(story, event)] * 4
    with sessions() as session:
        assert living(session, Event, new) is session.get_one(Event, event)
        assert session.get_one(Event, event).title == "The collision"


def test_events_go_along_when_their_story_is_split_or_merged(
    sessions: Sessions, ferry: list[int]
) -> None:
    story, event = in_one_event(sessions, ferry)
    with sessions.begin() as session:
        late = split_event(session, event, ferry[3:], at=LATER)
        new = split_story(session, story, ferry[1:], at=LATER)  # one goes whole, one is parted
    split = places(sessions, ferry)
    assert split[0] == (story, event)
    assert split[1] == split[2]
    assert split[1][0] == new
    assert split[1][1] not in (event, late)
    assert split[3] == (new, late)
    with sessions.begin() as session:
        merge_stories(session, new, into=story, at=LATER)
    assert places(sessions, ferry) == [(story, place[1]) for place in split]
    with sessions() as session:
        assert set(session.scalars(select(Event.story_id))) == {story}


def test_what_cannot_be_done_with_events_is_said(sessions: Sessions, ferry: list[int]) -> None:
    _, event = in_one_event(sessions, ferry)
    other = store(sessions, StoryKeeper(), report("budget", 9))
    elsewhere = places(sessions, [other])[0][1] or 0
    with sessions.begin() as session:
        with pytest.raises(UsageError, match="there is no event 77"):
            split_event(session, 77, [1], at=LATER)
        with pytest.raises(UsageError, match=f"both sides of event {event}"):
            split_event(session, event, ferry, at=LATER)
        with pytest.raises(UsageError, match=f"not in event {event}: {other}"):
            split_event(session, event, [ferry[0], other], at=LATER)
        with pytest.raises(UsageError, match="the same event already"):
            merge_events(session, event, into=event, at=LATER)
        with pytest.raises(UsageError, match="merge these first"):
            merge_events(session, event, into=elsewhere, at=LATER)


def test_an_event_goes_with_its_last_article(sessions: Sessions) -> None:
    keeper = StoryKeeper()
    number = store(sessions, keeper, report("ferry", 1))
    with sessions.begin() as session:
        withdraw_article(session, session.get_one(Article, number))
    with sessions() as session:
        assert session.scalars(select(Event)).all() == []
        assert session.scalars(select(Story)).all() == []
