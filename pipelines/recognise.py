"""Is this page an article we have, a new one, or a text that is nobody's?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.copies import CopyIndex
from pipelines.deduplicate import (
    SHORTEST_TELLING_TEXT,
    article_at,
    hinted_addresses,
    is_moved_address,
    keys_of,
    listed_key,
    own_addresses,
)
from pipelines.fingerprint import Fingerprint, text_hash
from pipelines.items import ArticleItem
from pipelines.promises import body_keeps, keeps, same_headline, slug_agrees, slugs_agree
from pipelines.seen_page import SeenPage
from pipelines.storage.listed_promises import (
    is_listed_beside,
)
from pipelines.storage.models import Article, ArticleUrl, Revision
from pipelines.url_key import url_key
from pipelines.walls import is_from_template

#: wall: other addresses, that promise something else, show this text. unconfirmed: nobody knows
#: yet; it is asked for again. Neither is stored.
HeldBack = Literal["wall", "unconfirmed"]
_SHORTEST_BRIEF = 60  # signs; below that even one headline and one text may be two notices
_CROWD = 2  # other addresses that show a text of which nothing was promised


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a page was found to be. Neither ``article`` nor ``held_back``: a new article.

    ``withdrawn`` are articles whose own text has turned out to be a wall's. ``lost_alias`` is an
    address that led to another article and no longer does. ``is_relaunch``: the article came
    under a new address with nearly the whole of its section.
    """

    article: Article | None = None
    held_back: HeldBack | None = None
    detail: str = ""
    withdrawn: tuple[Article, ...] = ()
    lost_alias: ArticleUrl | None = None
    is_relaunch: bool = False


def recognise(
    session: Session,
    item: ArticleItem,
    source_id: int,
    text: Fingerprint,
    copies: CopyIndex,
    *,
    at: datetime,
    speed: float = 1.0,
) -> Recognition:
    """Return what a page is. In order of trust: the article that was asked for; the address we
    followed, while its text agrees; an equal text whose listing and headline agree; a likely one.

    ``at`` is the time of the look; ``speed`` that of replays, in which days pass in minutes.
    """
    page = SeenPage(session, item, source_id, text, copies, at, speed)
    known, lost = _asked_for(page)
    page.known = known
    if known is not None and text_hash(item.article_body) in _wordings(page, known):
        return Recognition(known)
    held = _held_back(page)
    if held is not None:
        return held
    if known is None:
        found = _under_another_address(page)
        return Recognition(
            found.article, found.held_back, found.detail, found.withdrawn, lost, found.is_relaunch
        )
    if _was_wall(page, known):
        told = "what was stored of it was not what its listing promises; it is read anew"
        return Recognition(None, "unconfirmed", told, (known,))
    return Recognition(known)


def _asked_for(page: SeenPage) -> tuple[Article | None, ArticleUrl | None]:
    """The article at the address that was asked for, or the alias that no longer leads to it."""
    if page.item.article_id is not None:
        return page.session.get(Article, page.item.article_id), None
    row = article_at(page.session, [listed_key(page.item)])
    if row is None:
        return None, None
    article = page.session.get_one(Article, row.article_id)
    return (None, row) if _shows_another(page, row, article) else (article, None)


def _shows_another(page: SeenPage, row: ArticleUrl, article: Article) -> bool:
    """Whether an alias shows a good text of its own: not the article's, not a wall's."""
    item = page.item
    if row.url_key == url_key(article.url) or same_headline(item.headline, article.headline):
        return False
    if text_hash(item.article_body) in {row.text_hash, *_wordings(page, article)}:
        return False
    return page.kept is not False and all(one.id != article.id for one, _ in page.alike)


def _wordings(page: SeenPage, article: Article) -> set[str]:
    query = select(Revision.text_hash).where(Revision.article_id == article.id)
    return set(page.session.scalars(query))


def _was_wall(page: SeenPage, known: Article) -> bool:
    """Whether the listing agrees with what is read now, and not at all with what was stored."""
    promise = page.promise_of(known)
    if not promise.told or page.kept is not True:
        return False
    now = keeps(promise, page.item.headline, page.item.article_body)
    return now is True and not page.keeps_its_own(known)


# ---- texts that are nobody's


def _held_back(page: SeenPage) -> Recognition | None:
    """Why a page is not to be stored, None when it may be."""
    if page.kept is False:
        others = [article for article, _ in page.alike]
        if others or page.held_alike(near=True):
            return _wall(page, others)
        return None if page.is_settled else _unconfirmed("nothing of what its listing promises")
    held, speaks = page.held_alike(near=False), body_keeps(page.promise, page.item.article_body)
    if len(held) >= _CROWD or (held and page.promise.says_something and not speaks):
        return _wall(page, [article for article, same in page.alike if same])
    if page.promise.told and not speaks:
        others = [article for article, same in page.alike if same and _is_other(page, article)]
        if others:
            return _wall(page, others)
    return None


def _is_other(page: SeenPage, article: Article) -> bool:
    """Whether an article with the same words was promised under another headline, of which its
    text has as little as this one: a wall may carry the headline of every page."""
    if _same_promise(page, article) is not False:
        return False
    return not body_keeps(page.promise_of(article), article.article_body)


def _wall(page: SeenPage, others: list[Article]) -> Recognition:
    withdrawn = tuple(article for article in others if not _speaks_for_itself(page, article))
    told = "the text of other addresses that promise something else"
    return Recognition(None, "wall", told, withdrawn)


def _speaks_for_itself(page: SeenPage, article: Article) -> bool:
    own = page.promise_of(article)
    return page.keeps_its_own(article) and (
        not own.told or body_keeps(own, article.article_body) or page.kept is False
    )


def _unconfirmed(told: str) -> Recognition:
    return Recognition(None, "unconfirmed", told)


# ---- the same article under another address


def _under_another_address(page: SeenPage) -> Recognition:
    final = article_at(page.session, [*own_addresses(page.item)])
    if final is not None:
        article = page.session.get_one(Article, final.article_id)
        if page.kept or _has_headline(page, article):
            return Recognition(article)
    for article, is_equal in _moved_here(page):
        if is_equal or _is_likely(page, article):
            return Recognition(article, is_relaunch=page.section.was_replaced)
    return _merely_equal(page)


def _moved_here(page: SeenPage) -> Iterator[tuple[Article, bool]]:
    for article, same_words in page.alike:
        if not same_words:
            yield article, False
        elif _is_telling(page, article) and _is_promised_alike(page, article):
            yield article, True


def _is_telling(page: SeenPage, article: Article) -> bool:
    """Whether an equal text is long enough; of a brief also headline and address must agree."""
    length = len(page.item.article_body)
    if length >= SHORTEST_TELLING_TEXT:
        return True
    return (
        length >= _SHORTEST_BRIEF
        and _has_headline(page, article)
        and _is_likely_place(page, article)
    )


def _is_promised_alike(page: SeenPage, article: Article) -> bool:
    if is_moved_address(article.url, page.item.url):
        return True
    same = _same_promise(page, article)
    if same is False:  # another headline, and the old address is no longer listed: it moved
        speaks = body_keeps(page.promise, page.item.article_body)
        return speaks and not is_listed_beside(page.session, article, page.keys)
    hints = keys_of(page.session, article) & set(hinted_addresses(page.item))
    if not (hints or _has_headline(page, article)):
        return False
    speaks = slug_agrees(page.promise, page.item.headline)
    speaks = speaks or slugs_agree(page.promise, page.promise_of(article))
    return bool(same or page.kept or hints or speaks or _is_likely_place(page, article))


def _is_likely_place(page: SeenPage, article: Article) -> bool:
    """Whether the address itself speaks for a move: a parameter, or a section all new."""
    return page.section.was_replaced or _without_query(page.item.url) == _without_query(article.url)


def _without_query(url: str) -> str:
    return url_key(url.partition("?")[0])


def _same_promise(page: SeenPage, article: Article) -> bool | None:
    """Whether both addresses were listed for one thing; None where a listing names no headline."""
    mine, theirs = page.promise.headlines, page.promise_of(article).headlines
    if not mine or not theirs:
        return None
    if any(same_headline(a, b, page.section.kicker) for a in mine for b in theirs):
        return True
    # Two listings may tease one article in two ways; a wall keeps neither's promise.
    return _has_headline(page, article) and page.kept is True and page.keeps_its_own(article)


def _has_headline(page: SeenPage, article: Article) -> bool:
    return same_headline(page.item.headline, article.headline, page.section.kicker)


def _is_likely(page: SeenPage, article: Article) -> bool:
    """Whether an article that was edited on its way moved here."""
    body, replaced = page.item.article_body, page.section.was_replaced
    if len(body) < SHORTEST_TELLING_TEXT and not (replaced and len(body) >= _SHORTEST_BRIEF):
        return False
    if is_moved_address(article.url, page.item.url):
        return True
    if is_from_template(article.article_body, body):
        return False
    if _has_headline(page, article):
        return _same_promise(page, article) is not False
    return replaced and not is_listed_beside(page.session, article, page.keys)


def _merely_equal(page: SeenPage) -> Recognition:
    """Nothing was promised, and headline and text are another address's: both are asked again."""
    if page.kept is not None or len(page.item.article_body) < SHORTEST_TELLING_TEXT:
        return Recognition()
    equal = [a for a, same in page.alike if same and _has_headline(page, a)]
    if not equal:
        return Recognition()
    if len(equal) + len(page.held_alike(near=False)) >= _CROWD:
        return _wall(page, equal)
    if page.is_settled:
        return Recognition(equal[0])
    return _unconfirmed("the text of another address, and no listing says what to expect")
