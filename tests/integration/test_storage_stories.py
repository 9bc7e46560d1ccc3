"""Stories in the database: what analysts shape stays, restarts and neighbours change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.items import ArticleItem
from pipelines.operator_error import UsageError
from pipelines.storage.copy_models import StoryVector
from pipelines.storage.models import Article, Story
from pipelines.storage.shaping import merge_stories, rename_story, split_story
from pipelines.storage.stories import find_stories, find_story
from pipelines.store import store_article, store_once_more
from tests.examples import at, make_item

Sessions = sessionmaker[Session]
SHAPED_AT = datetime(2026, 11, 23, 13, tzinfo=UTC)
EVENTS = {
    "ferry": "ferry harbour Alder collision captain fog passengers rescue coastguard pier hull",
    "budget": "budget parliament Westhaven minister deficit vote coalition tax bond spending bill",
    "cup": "cup final Norwick goalkeeper penalty stadium striker referee trophy season coach",
}


def report(event: str, number: int, minutes: float | None = None) -> ArticleItem:
    """A report on an event: words of the event in other sentences each time."""
    words = EVENTS[event].split()
    turned = words[number % len(words) :] + words[: number % len(words)]
    lines = [f"{' '.join(turned)} version{number}x{line} of the day." for line in range(4)]
    when = at(number if minutes is None else minutes)
    return make_item(
        f"/2026/{event}-report-number-{number}",
        headline=f"{turned[0]} {turned[1]} {turned[2]} report {number}",
        article_body="\n".join(lines),
        first_seen_at=when,
        fetched_at=when,
    )


def store(sessions: Sessions, keeper: StoryKeeper, item: ArticleItem) -> int:
    with sessions.begin() as session:
        return store_once_more(session, item, stories=keeper).article_id


def story_of(sessions: Sessions, article_id: int) -> int:
    with sessions() as session:
        return session.get_one(Article, article_id).story_id or 0


def test_a_restart_changes_no_decision(sessions: Sessions) -> None:
    items = [report(event, n) for n in range(1, 9) for event in EVENTS]
    keeper = StoryKeeper()
    for number, item in enumerate(items):
        if number % 5 == 0:
            keeper = StoryKeeper()  # another program, or the same one after a restart
        store(sessions, keeper, item)

    with sessions() as session:
        told = find_stories(session)
        vectors = session.scalar(select(func.count()).select_from(StoryVector))
    assert sorted(story.articles for story in told) == [8, 8, 8]
    assert vectors == len(items)


def test_articles_grouped_by_an_earlier_release_are_read_again(sessions: Sessions) -> None:
    first = store(sessions, StoryKeeper(), report("ferry", 1))
    with sessions.begin() as session:
        session.query(StoryVector).delete()

    second = store(sessions, StoryKeeper(), report("ferry", 2))
    assert story_of(sessions, first) == story_of(sessions, second)


@pytest.mark.parametrize("restarted", [True, False])
def test_later_articles_follow_a_split(sessions: Sessions, restarted: bool) -> None:
    keeper = StoryKeeper()
    ferry = [store(sessions, keeper, report("ferry", n)) for n in (1, 2)]
    with sessions.begin() as session:  # an analyst found the budget reports in the ferry story
        budget_story = story_of(sessions, ferry[0])
    budget = [store(sessions, keeper, report("budget", n)) for n in (3, 4)]
    with sessions.begin() as session:
        merge_stories(session, story_of(sessions, budget[0]), into=budget_story, at=at(5))
    with sessions.begin() as session:
        parted = split_story(session, budget_story, budget, at=SHAPED_AT)

    keeper = StoryKeeper() if restarted else keeper
    later_budget = store(sessions, keeper, report("budget", 5, 70))
    later_ferry = store(sessions, keeper, report("ferry", 6, 71))
    assert story_of(sessions, later_budget) == parted
    assert story_of(sessions, later_ferry) == story_of(sessions, ferry[0]) != parted


@pytest.mark.parametrize("restarted", [True, False])
def test_later_articles_follow_a_merge_and_keep_the_new_title(
    sessions: Sessions, restarted: bool
) -> None:
    keeper = StoryKeeper()
    ferry, budget = (
        store(sessions, keeper, report(e, n)) for e, n in (("ferry", 1), ("budget", 2))
    )
    kept, gone = story_of(sessions, ferry), story_of(sessions, budget)
    with sessions.begin() as session:
        merge_stories(session, gone, into=kept, at=SHAPED_AT)
        rename_story(session, gone, "A day in Westhaven", at=SHAPED_AT)  # by its old number

    keeper = StoryKeeper() if restarted else keeper
    for event, number in (("budget", 3), ("ferry", 4)):
        assert story_of(sessions, store(sessions, keeper, report(event, number))) == kept
    with sessions() as session:
        told = find_story(session, gone)
    assert (told.story_id, told.title, told.articles) == (kept, "A day in Westhaven", 4)


def test_a_story_is_found_through_a_chain_of_merges(sessions: Sessions) -> None:
    keeper = StoryKeeper()
    ids = [story_of(sessions, store(sessions, keeper, report(e, 1))) for e in EVENTS]
    with sessions.begin() as session:
        merge_stories(session, ids[2], into=ids[1], at=SHAPED_AT)
        merge_stories(session, ids[1], into=ids[0], at=SHAPED_AT)
    with sessions() as session:
        assert find_story(session, ids[2]).story_id == ids[0]
    with sessions() as session, pytest.raises(UsageError, match="same story already"):
        merge_stories(session, ids[2], into=ids[0], at=SHAPED_AT)


def test_a_program_whose_story_another_merged_goes_on_with_the_merged_one(
    sessions: Sessions,
) -> None:
    mine, theirs = StoryKeeper(), StoryKeeper()
    ferry = story_of(sessions, store(sessions, mine, report("ferry", 1)))
    budget = story_of(sessions, store(sessions, theirs, report("budget", 2)))
    store(sessions, mine, report("cup", 3))  # takes the budget story in
    with sessions.begin() as session:  # as a program merges by itself: nothing is pinned
        gone = session.get_one(Story, budget)
        session.query(Article).filter_by(story_id=budget).update({"story_id": ferry})
        gone.merged_into_id = ferry

    assert story_of(sessions, store(sessions, mine, report("budget", 4))) == ferry


def test_nothing_is_remembered_of_a_transaction_that_failed(sessions: Sessions) -> None:
    keeper = StoryKeeper()

    def lose_power() -> None:
        with sessions.begin() as session:
            store_article(session, report("ferry", 1), stories=keeper)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        lose_power()

    article = store(sessions, keeper, report("ferry", 2))
    story = story_of(sessions, article)
    with sessions() as session:
        assert session.scalars(select(Story.id)).all() == [story]


def test_two_programs_at_once_lose_no_story(sessions: Sessions) -> None:
    def program(part: int) -> list[int]:
        keeper = StoryKeeper()
        items = [report(e, n) for n in range(part, 12, 2) for e in EVENTS]
        return [store(sessions, keeper, item) for item in items]

    with ThreadPoolExecutor(2) as pool:
        stored = [number for part in pool.map(program, (0, 1)) for number in part]

    with sessions() as session:
        rows = session.execute(select(Article.story_id, Story.merged_into_id).join(Story)).all()
        told = find_stories(session)
    assert len(rows) == len(stored) == 36
    assert all(merged is None for _, merged in rows)
    assert sum(story.articles for story in told) == 36
    assert len(told) <= 6  # what two programs began at the same moment may stay two
