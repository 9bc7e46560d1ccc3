"""What becomes of a page that is nobody's: held back, asked for again, and undone where stored."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.copies import MOST_CANDIDATES
from pipelines.deduplicate import listed_key, own_addresses
from pipelines.fingerprint import Fingerprint
from pipelines.group import StoryKeeper
from pipelines.items import ArticleItem
from pipelines.looks import PageOutcome
from pipelines.promises import keeps
from pipelines.recheck_ladder import next_check
from pipelines.recognise import HeldBack, Recognition
from pipelines.storage.copies import DatabaseCopyIndex
from pipelines.storage.held_pages import hold_page, release_page
from pipelines.storage.listed_promises import promise_of
from pipelines.storage.models import FOLLOWED, Article, ArticleUrl, Page, Source
from pipelines.storage.visits import record_page
from pipelines.storage.withdraw import withdraw_article
from pipelines.url_key import url_key
from pipelines.walls import text_key

logger = logging.getLogger(__name__)

#: A wall is a fault of the moment: the first repeat comes with the next look, later ones ever more
#: slowly, for as long as the address is listed.
_FIRST_GAP, _LONGEST_GAP = timedelta(minutes=5), timedelta(hours=6)
_MOST_DOUBLINGS = 8


@dataclass(frozen=True, slots=True)
class PageHeld:
    """A page that was not stored. ``page`` is None for a further look at a known article."""

    outcome: HeldBack
    article_id: int | None = None
    page: PageOutcome | None = None


def hold_back(
    session: Session,
    item: ArticleItem,
    source_id: int,
    text: Fingerprint,
    found: Recognition,
    *,
    at: datetime,
    speed: float = 1.0,
) -> PageHeld:
    """Keep which address showed the text, and when to ask again; a known article stays as it is."""
    outcome = found.held_back
    assert outcome is not None
    known = _known(session, item)
    key = url_key(known.url) if known else listed_key(item)
    hold_page(session, key, source_id, text_key(item.article_body), text, at=at)
    if known is not None:
        known.last_checked_at, known.missing_since = at, None  # the page is there, if not its text
        known.next_check_at = next_check(known.first_seen_at, at, speed=speed)
        return PageHeld(outcome, known.id)
    page = _page(session, item.requested_url or item.url, key, item, found, at)
    record_page(session, page)
    return PageHeld(outcome, page=page)


def _known(session: Session, item: ArticleItem) -> Article | None:
    if item.article_id is not None:
        return session.get(Article, item.article_id)
    row = session.get(ArticleUrl, listed_key(item))
    return session.get(Article, row.article_id) if row and row.seen_as in FOLLOWED else None


def _page(
    session: Session, url: str, key: str, item: ArticleItem, found: Recognition, at: datetime
) -> PageOutcome:
    earlier = session.get(Page, key)
    tries = earlier.tries if earlier is not None else 0
    return PageOutcome(
        url=url,
        url_key=key,
        source=item.source,
        outcome=str(found.held_back),
        at=at,
        retry_at=at + _gap(tries),
        visit_id=item.visit_id,
        detail=found.detail,
        section=item.section,
    )


def _gap(tries: int) -> timedelta:
    return (
        min(_FIRST_GAP * (2 ** min(tries - 1, _MOST_DOUBLINGS)), _LONGEST_GAP)
        if tries
        else timedelta()
    )


def give_up_texts(
    session: Session, found: Recognition, *, at: datetime, stories: StoryKeeper | None
) -> None:
    """Undo what recognising has shown to be wrong: articles made of a wall, an alias that left."""
    if found.lost_alias is not None:
        session.delete(found.lost_alias)
        session.flush()
    for article in found.withdrawn:
        _take_back(session, article, at)
    if found.withdrawn and stories is not None:
        stories.forget()


def _take_back(session: Session, article: Article, at: datetime) -> None:
    """Withdraw an article that was made of a wall; its addresses are asked for again."""
    source = session.get_one(Source, article.source_id).slug
    query = select(ArticleUrl).where(
        ArticleUrl.article_id == article.id, ArticleUrl.seen_as.in_(FOLLOWED)
    )
    addresses = [(row.url, row.url_key) for row in session.scalars(query)]
    number, url, seen_at = article.id, article.url, article.fetched_at
    told = withdraw_article(session, article)
    detail = f"taken back: what was stored at {seen_at:%Y-%m-%d %H:%M} UTC was not its article"
    if told:
        detail += f"; {told} alerts had been told of it"
    for address, key in addresses:
        page = PageOutcome(address, key, source, "wall", at, retry_at=at, detail=detail)
        record_page(session, page)
    logger.warning(
        "taken back source=%s article=%d alerts_told=%d url=%s", source, number, told, url
    )


def settle_page(
    session: Session,
    item: ArticleItem,
    source_id: int,
    *,
    at: datetime,
    stories: StoryKeeper | None,
) -> None:
    """Forget that a page was held back, now that it shows its article.

    Where an article was made of the text that was held back here, and nobody promised it that
    text, it was a wall's.
    """
    keys = {listed_key(item), *own_addresses(item)}
    if item.article_id is not None:
        query = select(ArticleUrl.url_key).where(ArticleUrl.article_id == item.article_id)
        keys |= set(session.scalars(query))
    shown, made = text_key(item.article_body), list[Article]()
    for held in release_page(session, keys):
        if held.text_key != shown:
            text = Fingerprint.from_bytes(held.fingerprint)
            made += _made_of(session, held.text_key, text, source_id, at)
    give_up_texts(session, Recognition(withdrawn=tuple(made)), at=at, stories=stories)


def _made_of(
    session: Session, key: str, text: Fingerprint, source_id: int, at: datetime
) -> list[Article]:
    """The source's articles with this text whose listings do not promise it."""
    found = []
    for candidate in DatabaseCopyIndex(session, at).candidates(text.looked_up, MOST_CANDIDATES):
        article = session.get(Article, candidate.article_id)
        if article is None or article.source_id != source_id:
            continue
        promise = promise_of(session, article)
        is_promised = keeps(promise, article.headline, article.article_body)
        if not is_promised and text_key(article.article_body) == key:
            found.append(article)
    return found
