"""Step 4: puts a stored article into its story."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from pipelines.storage.events import put_into_event
from pipelines.storage.groups import living, take_over, widen
from pipelines.storage.models import Article, Story
from pipelines.storage.series import SeriesKeeper
from pipelines.storage.story_vectors import load_vectors, prune_vectors, save_vector
from pipelines.stories import StoryAssignment, StoryIndex

_ROWS_AT_ONCE = 500
# Programs on other machines commit their articles in another order than that of the numbers.
_LOOK_BACK = 200
# ... and shaped stories may become visible a little after the time they carry.
_CLOCK_SLACK = timedelta(minutes=2)
_PRUNED_EVERY = 500  # articles
# The number of a story until it has a row: higher than any row's, for the older story keeps its own
_NO_ROW_YET = 1 << 62


class StoryKeeper:
    """The stories of the last days, in memory beside the database that holds them.

    Used by one thread. Filled from the rows when the first article comes; once in every
    transaction it takes in what other programs stored and what analysts changed meanwhile. When
    the transaction fails it forgets everything, for it may know articles that do not exist; after
    a failure inside a savepoint call ``forget``.
    """

    def __init__(self) -> None:
        self._index: StoryIndex | None = None
        self._last_id = 0
        self._shaped_at: datetime | None = None
        self._transaction: Any = None
        self._grouped = 0

    def forget(self) -> None:
        """Read everything anew before the next article."""
        self._index, self._last_id, self._transaction = None, 0, None
        self._shaped_at = None

    def group_into_story(self, session: Session, article: Article) -> Story:
        """Find or open the story of a new article and note it on its row; flushes the session.

        A copy enters the story of the article it repeats. An instalment of its source's series
        opens one of its own.
        """
        index = self._caught_up(session, article)
        opened = _NO_ROW_YET + article.id
        placed = index.assign(
            article.id,
            article.headline,
            article.article_body,
            seen_at=article.first_seen_at,
            new_story_id=opened,
            copy_of=_repeated(article),
            apart=SeriesKeeper(session, article, index.window).apart,
        )
        story = self._row_of(session, index, article, placed, opened)
        article.story_id = story.id
        article.story_score = round(placed.match.score, 4) if placed.match else None
        for absorbed in placed.absorbed:
            if absorbed != opened:
                _merge_rows(session, absorbed, story)
        put_into_event(session, article, story)
        save_vector(session, article.id, index.text_of(article.id), article.first_seen_at)
        self._last_id = max(self._last_id, article.id)
        self._grouped += 1
        if self._grouped % _PRUNED_EVERY == 0:
            prune_vectors(session, before=article.first_seen_at - index.window)
        session.flush()
        return story

    def _row_of(
        self,
        session: Session,
        index: StoryIndex,
        article: Article,
        placed: StoryAssignment,
        opened: int,
    ) -> Story:
        """The row of the story an article was placed in, with its times widened."""
        if placed.story_id == opened:
            story = Story(title=article.headline, first_seen_at=article.first_seen_at)
            story.last_seen_at = article.first_seen_at
            session.add(story)
            session.flush()
            index.move(article.id, story.id)
            return story
        found = living(session, Story, placed.story_id)
        if found is None:
            raise LookupError(f"story {placed.story_id} has no row")
        if found.id != placed.story_id:  # another program has merged it meanwhile
            index.merge(placed.story_id, into=found.id)
        widen(found, article.first_seen_at)
        return found

    def _caught_up(self, session: Session, article: Article) -> StoryIndex:
        index = self._index
        if index is None:
            index = self._index = StoryIndex()
        elif self._transaction is session.get_transaction():
            return index
        since = article.first_seen_at - index.window
        self._take_in_articles(session, index, since, before_id=article.id)
        self._take_in_changes(session, index, since)
        self._watch(session)
        return index

    def _watch(self, session: Session) -> None:
        """Forget everything when this transaction is rolled back."""
        self._transaction = mine = session.get_transaction()

        def rolled_back(_session: Session) -> None:
            if self._transaction is mine:
                self.forget()

        event.listen(session, "after_rollback", rolled_back, once=True)

    def _take_in_articles(
        self, session: Session, index: StoryIndex, since: datetime, *, before_id: int
    ) -> None:
        query = (
            select(Article.id, Article.first_seen_at, Article.story_id)
            .where(
                Article.id > self._last_id - _LOOK_BACK,
                Article.id < before_id,
                Article.first_seen_at >= since,
                Article.story_id.is_not(None),
            )
            .order_by(Article.first_seen_at, Article.id)
        )
        rows = [row for row in session.execute(query) if index.story_of(row.id) is None]
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[start : start + _ROWS_AT_ONCE]
            texts = dict(load_vectors(session, [row.id for row in part]))
            for row in part:
                text = texts.get(row.id) or _read(session, index, row.id)
                index.add(row.id, text, row.story_id, row.first_seen_at)
        self._last_id = max([self._last_id, *(row.id for row in rows)])

    def _take_in_changes(self, session: Session, index: StoryIndex, since: datetime) -> None:
        """Move articles where analysts put them, and leave alone what they shaped."""
        query = select(Story.id, Story.shaped_at).where(
            Story.shaped_at.is_not(None), Story.last_seen_at >= since
        )
        if self._shaped_at is not None:
            query = query.where(Story.shaped_at > self._shaped_at - _CLOCK_SLACK)
        shaped = dict(session.execute(query).all())
        if not shaped:
            return
        known = select(Article.id, Article.story_id).where(Article.story_id.in_(shaped))
        for article_id, story_id in session.execute(known):
            here = index.story_of(article_id)
            if here is not None and story_id is not None and here != story_id:
                index.move(article_id, story_id)
        for story_id in shaped:
            index.pin(story_id)
        self._shaped_at = max(at for at in shaped.values() if at is not None)


def _merge_rows(session: Session, gone_id: int, into: Story) -> None:
    gone = living(session, Story, gone_id)
    if gone is None or gone is into:
        return
    take_over(session, gone, into)
    widen(into, gone.first_seen_at)
    widen(into, gone.last_seen_at)
    into.pinned = into.pinned or gone.pinned


def _repeated(article: Article) -> int | None:
    """An article with the same text: the one it repeats, or one that repeats it."""
    if article.copy_kind == "copy":
        return article.copy_of_id
    return article.copy_group_id if article.copy_group_id != article.id else None


def _read(session: Session, index: StoryIndex, article_id: int) -> Any:
    """The vector of an article that an earlier release grouped."""
    article = session.get_one(Article, article_id)
    return index.read(article.headline, article.article_body)


_idle: dict[str, list[StoryKeeper]] = {}


def take_keeper(url: str) -> StoryKeeper:
    """Return a keeper that knows the stories of a database, from an earlier crawl if there is one.

    A daemon's crawls come one after another; reading three days of stories for each would be
    waste. Give it back with ``give_back_keeper``.
    """
    waiting = _idle.get(url)
    return waiting.pop() if waiting else StoryKeeper()


def give_back_keeper(url: str, keeper: StoryKeeper) -> None:
    """Leave a keeper to the next crawl of the same database."""
    _idle.setdefault(url, []).append(keeper)
