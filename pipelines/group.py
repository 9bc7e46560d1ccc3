"""Step 4: puts a stored article into its story."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Story
from pipelines.stories import StoryIndex

_ROWS_AT_ONCE = 500


class StoryKeeper:
    """The stories of the last days, in memory beside the database that holds them.

    Used by one thread. Filled from the rows when the first article comes, and before each further
    one with what other programs stored meanwhile. After a failed transaction call ``forget``: the
    memory may know an article that the database does not.
    """

    def __init__(self) -> None:
        self._index: StoryIndex | None = None
        self._last_id = 0

    def forget(self) -> None:
        """Read everything anew before the next article."""
        self._index, self._last_id = None, 0

    def group_into_story(self, session: Session, article: Article) -> Story:
        """Find or open the story of a new article and note it on its row; flushes the session.

        A copy enters the story of the article it repeats.
        """
        index = self._caught_up(session, article)
        opened = -article.id  # until the story has a row, and only if it needs one
        placed = index.assign(
            article.id,
            article.headline,
            article.article_body,
            seen_at=article.first_seen_at,
            new_story_id=opened,
            copy_of=article.copy_of_id if article.copy_kind == "copy" else None,
        )
        if placed.story_id == opened:
            story = Story(title=article.headline, first_seen_at=article.first_seen_at)
            story.last_seen_at = article.first_seen_at
            session.add(story)
            session.flush()
            index.move(article.id, story.id)
        else:
            story = session.get_one(Story, placed.story_id)
            _widen(story, article.first_seen_at)
        article.story_id = story.id
        article.story_score = round(placed.match.score, 4) if placed.match else None
        for absorbed in placed.absorbed:
            if absorbed != opened:
                merge_rows(session, absorbed, story)
        session.flush()
        return story

    def _caught_up(self, session: Session, article: Article) -> StoryIndex:
        index = self._index
        if index is None:
            index = self._index = StoryIndex()
        query = (
            select(
                Article.id,
                Article.headline,
                Article.article_body,
                Article.first_seen_at,
                Article.story_id,
                Story.pinned,
            )
            .join(Story, Story.id == Article.story_id)
            .where(
                Article.id > self._last_id,
                Article.id < article.id,
                Article.first_seen_at >= article.first_seen_at - index.window,
            )
            .order_by(Article.first_seen_at, Article.id)
            .execution_options(yield_per=_ROWS_AT_ONCE)
        )
        for row_id, headline, body, seen_at, story_id, pinned in session.execute(query):
            if index.story_of(row_id) is not None or story_id is None:
                continue
            index.restore(row_id, headline, body, seen_at=seen_at, story_id=story_id)
            if pinned:
                index.pin(story_id)
        self._last_id = max(self._last_id, article.id)
        return index


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


def merge_rows(session: Session, gone_id: int, into: Story) -> None:
    """Make all articles of one story another's; the row stays and says where they went."""
    gone = session.get_one(Story, gone_id)
    session.execute(update(Article).where(Article.story_id == gone_id).values(story_id=into.id))
    gone.merged_into_id = into.id
    _widen(into, gone.first_seen_at)
    _widen(into, gone.last_seen_at)
    into.pinned = into.pinned or gone.pinned


def _widen(story: Story, at: datetime) -> None:
    story.first_seen_at = min(story.first_seen_at, at)
    story.last_seen_at = max(story.last_seen_at, at)
