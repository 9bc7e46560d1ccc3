"""Which stories stay apart, because one source tells a series in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.instalments import LONGEST_READ, Template, are_instalments, read_template
from pipelines.storage.models import Article, Story

_MOST_MEMBERS = 20  # of one story, the latest: whoever is in it with these is in it with all


@dataclass(frozen=True, slots=True)
class _Member:
    article_id: int
    source_id: int
    template: Template


class SeriesKeeper:
    """Tells for one new article which stories are not one, though their words are alike.

    Instalments of one source from one template are different events. And a story that one source
    alone has told for longer than the ``window`` is not told on for ever.
    """

    def __init__(self, session: Session, article: Article, window: timedelta) -> None:
        self._session = session
        self._article = article
        self._window = window
        self._known: dict[int, list[_Member]] = {}
        self._own: list[_Member] | None = None

    def apart(self, own_story: int, other_story: int) -> bool:
        """Whether the story of the new article, or the article alone, is not the other one.

        What an analyst shaped is as the analyst wants it.
        """
        story = self._session.get(Story, other_story)
        if story is not None and story.pinned:
            return False
        ours, theirs = [self._new(), *self._members(own_story)], self._members(other_story)
        if story is not None and self._goes_on_for_ever(story.first_seen_at, ours, theirs):
            return True
        return any(
            one.source_id == other.source_id and are_instalments(one.template, other.template)
            for one in ours
            for other in theirs
            if one.article_id != other.article_id
        )

    def _goes_on_for_ever(
        self, began_at: datetime, ours: list[_Member], theirs: list[_Member]
    ) -> bool:
        is_old = began_at < self._article.first_seen_at - self._window
        return is_old and len({member.source_id for member in (*ours, *theirs)}) == 1

    def _new(self) -> _Member:
        if self._own is None:
            article = self._article
            template = read_template(article.headline, article.article_body)
            self._own = [_Member(article.id, article.source_id, template)]
        return self._own[0]

    def _members(self, story_id: int) -> list[_Member]:
        known = self._known.get(story_id)
        if known is None:
            known = self._known[story_id] = self._read(story_id)
        return known

    def _read(self, story_id: int) -> list[_Member]:
        columns = (Article.id, Article.source_id, Article.headline)
        query = (
            select(*columns, func.substr(Article.article_body, 1, LONGEST_READ))
            .where(
                Article.story_id == story_id,
                Article.first_seen_at >= self._article.first_seen_at - self._window,
                Article.id != self._article.id,
            )
            .order_by(Article.id.desc())
            .limit(_MOST_MEMBERS)
        )
        return [
            _Member(article_id, source_id, read_template(headline, body))
            for article_id, source_id, headline, body in self._session.execute(query)
        ]
