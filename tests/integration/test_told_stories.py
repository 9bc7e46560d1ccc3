"""Stories that an analyst shapes stay told: split, merged, renamed, grown afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.past import PastStory, tell_past
from pipelines.storage.event_models import Event
from pipelines.storage.models import Article, Story
from pipelines.storage.shaping import merge_stories, rename_story, split_story
from pipelines.storage.watch_models import Alert, Delivery
from pipelines.store import store_once_more
from tests.examples import at
from tests.integration.test_match import OUTLETS, Desk, at_outlet, make_watch, save_outlets

Sessions = sessionmaker[Session]
OTHER_BODY = "\n".join(
    f"The ferry company of Westhaven told passenger {number} to expect another winter of delays."
    for number in range(1, 9)
)


class Newsroom(Desk):
    """A desk at which each article is put into a story by hand."""

    def put(self, number: int, minute: float, story_id: int | None = None, **fields: Any) -> int:
        """Store an article where it goes by itself, in that story, or (0) in one of its own."""
        self.now = at(minute)
        item = at_outlet(OUTLETS[number], minute, **fields)
        with self.sessions.begin() as session:
            result = store_once_more(session, item, stories=self.stories, watches=None)
            article = session.get_one(Article, result.article_id)
            if story_id == 0:
                session.add(
                    own := Story(title="", first_seen_at=at(minute), last_seen_at=at(minute))
                )
                session.flush()
                story_id = own.id
            if story_id is not None:
                article.story_id, article.event_id = story_id, self.event_in(session, story_id)
                session.flush()
            self.watches.match_new(session, article)
            return article.id

    def event_in(self, session: Session, story_id: int) -> int:
        """The story's one event, opened where it has none."""
        of_story = select(Event).where(Event.story_id == story_id, Event.merged_into_id.is_(None))
        event = session.scalars(of_story.order_by(Event.id.desc())).first()
        if event is None:
            event = Event(story_id=story_id, title="", first_seen_at=at(0), last_seen_at=at(0))
            session.add(event)
            session.flush()
        return event.id

    def split(self, story_id: int, *ids: int, minute: float) -> int:
        with self.sessions.begin() as session:
            return split_story(session, story_id, ids, at=at(minute))

    def story_of(self, article_id: int) -> int:
        with self.sessions() as session:
            return session.get_one(Article, article_id).story_id or 0

    @property
    def told(self) -> list[tuple[int, int, str]]:
        with self.sessions() as session:
            rows = session.scalars(select(Alert).order_by(Alert.id))
            return [(row.story_id, row.article_id, row.reason.split()[0]) for row in rows]


def newsroom(sessions: Sessions, **keys: Any) -> Newsroom:
    save_outlets(sessions)
    return Newsroom(sessions, make_watch(**keys))


@pytest.mark.parametrize("moved", [[0, 1], [2, 3]], ids=["told one moves", "told one stays"])
def test_both_sides_of_a_split_stay_told(moved: list[int], sessions: Sessions) -> None:
    desk = newsroom(sessions)
    first = desk.put(0, 0)
    story = desk.story_of(first)
    ids = [first, *(desk.put(n, n, story) for n in (1, 2, 3))]
    new = desk.split(story, *(ids[n] for n in moved), minute=10)
    assert desk.told == [(new if 0 in moved else story, first, "new")]

    desk.put(4, 20, new)
    desk.put(5, 21, story)

    assert len(desk.told) == 1
    with desk.sessions() as session:
        assert len(session.scalars(select(Delivery)).all()) == 1


def test_the_side_that_is_left_without_a_matching_article_may_be_told(sessions: Sessions) -> None:
    desk = newsroom(sessions)
    told = desk.put(0, 0)
    story = desk.story_of(told)
    desk.put(1, 1, story, headline="Ferries late", article_body=OTHER_BODY)
    new = desk.split(story, told, minute=10)
    assert desk.told == [(new, told, "new")]

    fresh = desk.put(2, 20, story)
    desk.put(3, 21, story)
    desk.put(4, 22, new)

    assert desk.told == [(new, told, "new"), (story, fresh, "new")]


def test_a_split_of_a_split_stays_told(sessions: Sessions) -> None:
    desk = newsroom(sessions)
    first = desk.put(0, 0)
    story = desk.story_of(first)
    ids = [first, *(desk.put(n, n, story) for n in (1, 2, 3))]
    second = desk.split(story, ids[2], ids[3], minute=10)
    third = desk.split(second, ids[3], minute=11)

    for number, place in ((4, story), (5, second)):
        desk.put(number, 20 + number, place)
    desk.put(0, 30, third)

    assert len(desk.told) == 1


def test_merged_stories_that_were_both_told_may_be_split_again(sessions: Sessions) -> None:
    desk = newsroom(sessions, query="westhaven")
    one = desk.put(0, 0)
    other = desk.put(1, 1, 0, headline="Ferries late", article_body=OTHER_BODY)
    third = desk.put(2, 2, desk.story_of(other), headline="Late", article_body=OTHER_BODY)
    gone, kept = desk.story_of(one), desk.story_of(other)
    assert gone != kept
    assert len(desk.told) == 2
    with sessions.begin() as session:
        merge_stories(session, gone, into=kept, at=at(5))
        rename_story(session, kept, "The harbour", at=at(6))
    desk.put(3, 7, kept)
    new = desk.split(kept, one, other, minute=10)

    desk.put(4, 20, new)
    desk.put(5, 21, kept)

    assert len(desk.told) == 2
    assert desk.story_of(third) == kept


def test_growth_after_a_split_is_counted_on_each_side(sessions: Sessions) -> None:
    desk = newsroom(sessions, again={"publishers": [3]})
    first = desk.put(0, 0)
    story = desk.story_of(first)
    second = desk.put(1, 1, story)
    new = desk.split(story, second, minute=10)

    def body(number: int) -> str:
        return "\n".join(
            f"Line {number} {n} on the harbour levy of {number * n}." for n in range(9)
        )

    for number in (2, 3):
        desk.put(number, 10 + number, new, article_body=body(number))
    assert [reason for _, _, reason in desk.told] == ["new", "growth"]
    for number in (4, 5):
        desk.put(number, 20 + number, story, article_body=body(number))

    assert [(place, reason) for place, _, reason in desk.told] == [
        (story, "new"),
        (new, "growth"),
        (story, "growth"),
    ]


def test_the_past_of_a_split_story_is_not_told_again(sessions: Sessions) -> None:
    desk = newsroom(sessions)
    first = desk.put(0, 0)
    story = desk.story_of(first)
    second = desk.put(1, 1, story)
    desk.split(story, first, minute=10)

    with sessions.begin() as session:
        found = [PastStory(story, second, at(1))]
        assert tell_past(session, make_watch(), found, now=at(20)) == 0
