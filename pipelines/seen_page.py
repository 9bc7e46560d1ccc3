"""One page as it was read, and what can be asked about it: its promise, its text, its twins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.copies import MOST_CANDIDATES, CopyIndex, compare, copy_kind
from pipelines.deduplicate import keys_of, listed_key, own_addresses
from pipelines.fingerprint import Fingerprint, text_hash
from pipelines.items import ArticleItem
from pipelines.promises import Promise, keeps
from pipelines.storage.held_pages import held_by_others, is_alike, is_settled
from pipelines.storage.listed_promises import (
    SectionNow,
    is_trusted,
    promise_at,
    promise_of,
    section_now,
)
from pipelines.storage.memory_models import HeldPage
from pipelines.storage.models import Article
from pipelines.url_key import url_key
from pipelines.walls import text_key


@dataclass
class SeenPage:
    """One page as it was read, and what can be asked about it."""

    session: Session
    item: ArticleItem
    source_id: int
    text: Fingerprint
    copies: CopyIndex
    at: datetime
    speed: float
    known: Article | None = None
    _promises: dict[int, Promise] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """That of its text."""
        return text_key(self.item.article_body)

    @cached_property
    def listed_key(self) -> str:
        """The address under which it is held back."""
        return url_key(self.known.url) if self.known else listed_key(self.item)

    @cached_property
    def keys(self) -> set[str]:
        """Of all addresses that are this page's own."""
        own = {self.listed_key, *own_addresses(self.item)}
        return own | (keys_of(self.session, self.known) if self.known else set())

    @cached_property
    def promise(self) -> Promise:
        """What the listings say of it; of a known article also its last good headline."""
        item, more = self.item, [self.item.listed_headline]
        if self.known is not None:
            more.append(self.known.headline)
        keys = self.keys if self.known else {self.listed_key}
        return promise_at(self.session, keys, item.requested_url or item.url, more)

    @cached_property
    def kept(self) -> bool | None:
        """Whether it holds what was promised; None where nothing was, or nothing reliable."""
        held = keeps(self.promise, self.item.headline, self.item.article_body)
        if held is False and not is_trusted(self.session, self.source_id, self.promise):
            return None
        return held

    @cached_property
    def section(self) -> SectionNow:
        """What the last look at its section says of the whole list."""
        return section_now(self.session, self.source_id, self.item.section)

    @cached_property
    def alike(self) -> list[tuple[Article, bool]]:
        """Other articles of the source with this text, or nearly; True: the very same words."""
        body, found = self.item.article_body, dict[int, tuple[Article, bool]]()
        same = select(Article).where(
            Article.source_id == self.source_id, Article.text_hash == text_hash(body)
        )
        for article in self.session.scalars(same.order_by(Article.id)):
            found[article.id] = article, True
        for candidate in self.copies.candidates(self.text.looked_up, MOST_CANDIDATES):
            if candidate.article_id in found:
                continue
            if copy_kind(compare(self.text, candidate.text)) == "copy":
                other = self.session.get(Article, candidate.article_id)
                if other is not None and other.source_id == self.source_id:
                    found[other.id] = other, text_key(other.article_body) == self.key
        if self.known is not None:
            found.pop(self.known.id, None)
        return sorted(found.values(), key=lambda one: not one[1])

    @cached_property
    def _others(self) -> list[HeldPage]:
        return held_by_others(self.session, self.source_id, self.keys, now=self.at)

    def held_alike(self, *, near: bool) -> list[HeldPage]:
        """Other addresses that are held back and show this text."""
        return [row for row in self._others if is_alike(row, self.key, self.text, near=near)]

    @cached_property
    def is_settled(self) -> bool:
        """Whether it showed the same text for long, while its site was well."""
        return is_settled(
            self.session, self.listed_key, self.key, self.text, at=self.at, speed=self.speed
        )

    def promise_of(self, article: Article) -> Promise:
        """Return what the listings promised of another article."""
        if article.id not in self._promises:
            self._promises[article.id] = promise_of(self.session, article)
        return self._promises[article.id]

    def keeps_its_own(self, article: Article) -> bool:
        """Whether a stored article holds what its listing promised."""
        promise = self.promise_of(article)
        return keeps(promise, article.headline, article.article_body) is True
