"""Articles of earlier releases get copies, stories and a time to look again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from pipelines.backfill import backfill, count_lacking
from pipelines.group import StoryKeeper
from pipelines.items import ArticleItem
from pipelines.storage.copies import WINDOW
from pipelines.storage.copy_models import Anchor, StoryVector, TextPrint
from pipelines.storage.event_models import Event
from pipelines.storage.models import Article, Story
from pipelines.store import store_article
from tests.examples import at, make_item
from tests.integration.test_storage_stories import report

Sessions = sessionmaker[Session]
NOW = at(24 * 60)


def copy_of(item: ArticleItem) -> ArticleItem:
    """The same text in another paper."""
    return make_item(
        source="harbour-courier",
        url=item.url.replace("valleypost", "courier"),
        requested_url=None,
        headline=item.headline + " - Courier",
        article_body=item.article_body,
        first_seen_at=item.first_seen_at,
        fetched_at=item.fetched_at,
    )


def store_all(sessions: Sessions, items: list[ArticleItem], keeper: StoryKeeper) -> None:
    for item in items:
        with sessions.begin() as session:
            store_article(session, item, stories=keeper)


def as_earlier_releases_left_it(sessions: Sessions) -> None:
    """Take away all that today's storing adds."""
    with sessions.begin() as session:
        for table in (Anchor, TextPrint, StoryVector):
            session.execute(delete(table))
        nothing = ("copy_group_id", "copy_of_id", "copy_kind", "copy_score", "story_id", "event_id")
        nothing += ("story_score", "next_check_at", "last_checked_at")
        session.execute(update(Article).values(dict.fromkeys(nothing)))
        session.execute(delete(Event))
        session.execute(delete(Story))


def identity(sessions: Sessions) -> list[tuple[object, ...]]:
    with sessions() as session:
        rows = session.scalars(select(Article).order_by(Article.id)).all()
        firsts: dict[int | None, int] = {}
        for row in rows:
            firsts.setdefault(row.story_id, row.id)
        return [
            (row.id, row.copy_group_id, row.copy_of_id, row.copy_kind, firsts[row.story_id])
            for row in rows
        ]


def reports() -> list[ArticleItem]:
    items = [report(event, n) for n in range(1, 25) for event in ("ferry", "budget", "cup")]
    return [*items, *map(copy_of, items[::5])]


def test_old_articles_become_as_new_ones_are(sessions: Sessions) -> None:
    store_all(sessions, reports(), StoryKeeper())
    wanted = identity(sessions)
    assert any(row[3] == "copy" for row in wanted)
    as_earlier_releases_left_it(sessions)

    done = list(backfill(sessions, now=NOW, sleep=lambda _: None))

    assert sum(done) == len(wanted)
    assert len(done) > 1  # several short transactions
    assert identity(sessions) == wanted
    with sessions() as session:
        assert count_lacking(session) == 0
        assert session.scalars(select(Article.next_check_at)).first() == NOW + timedelta(hours=1)
    assert list(backfill(sessions, now=NOW)) == []


def test_a_backfill_that_was_stopped_goes_on(sessions: Sessions) -> None:
    store_all(sessions, reports(), StoryKeeper())
    wanted = identity(sessions)
    as_earlier_releases_left_it(sessions)

    stopped = backfill(sessions, now=NOW, sleep=lambda _: None)
    first = next(stopped)
    stopped.close()
    with sessions() as session:
        assert count_lacking(session) == len(wanted) - first
    list(backfill(sessions, now=NOW, sleep=lambda _: None))

    assert identity(sessions) == wanted


def test_what_was_stored_since_the_upgrade_is_the_later_one(sessions: Sessions) -> None:
    old = report("ferry", 1)
    store_all(sessions, [old], StoryKeeper())
    as_earlier_releases_left_it(sessions)
    store_all(sessions, [copy_of(old)], StoryKeeper())

    list(backfill(sessions, now=NOW))

    with sessions() as session:
        first, second = session.scalars(select(Article).order_by(Article.id)).all()
    assert first.copy_group_id == second.copy_group_id
    assert (first.copy_of_id, second.copy_of_id, second.copy_kind) == (None, first.id, "copy")


def test_texts_that_left_the_window_are_not_indexed(sessions: Sessions) -> None:
    store_all(sessions, [report("ferry", 1)], StoryKeeper())
    as_earlier_releases_left_it(sessions)

    list(backfill(sessions, now=NOW + WINDOW + timedelta(days=1)))

    with sessions() as session:
        assert session.scalars(select(TextPrint)).all() == []
        assert session.scalars(select(Article.next_check_at)).all() == [None]
        assert count_lacking(session) == 0
