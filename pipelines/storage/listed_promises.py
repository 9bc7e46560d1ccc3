"""What the listings promised of an address, and whether a source's pages keep such promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.promises import Kicker, Promise, keeps, shared_kicker, slug_of
from pipelines.storage.models import FOLLOWED, Article, ArticleUrl, ListedLink, Section

# Articles by which a source's promises are judged, and how many of them must break theirs before
# they are no evidence: listings of another language, addresses of transliterated words.
_JUDGED, _FEWEST_JUDGED = 20, 5
_MOST_BROKEN_BY_HEADLINE, _MOST_BROKEN_BY_SLUG = 0.3, 0.1
#: A section is replaced at once when it lists at least so many, and so many of them for the first
#: time in its last look: a feed of five seldom is, of itself.
_FEWEST_LISTED, _REPLACED = 5, 0.8


def promise_at(
    session: Session, keys: Iterable[str], url: str, headlines: Sequence[str | None] = ()
) -> Promise:
    """Return what is promised at an address: listed headlines, ``headlines`` among them, or words.

    ``keys`` are those under which it may have been listed.
    """
    query = select(ListedLink.headline).where(ListedLink.url_key.in_(sorted(set(keys))))
    listed = [*headlines, *session.scalars(query.order_by(ListedLink.section_id))]
    return Promise(tuple(dict.fromkeys(filter(None, listed))), slug_of(url))


def promise_of(session: Session, article: Article) -> Promise:
    """Return what was promised of a stored article."""
    query = select(ArticleUrl).where(
        ArticleUrl.article_id == article.id, ArticleUrl.seen_as.in_(FOLLOWED)
    )
    rows = session.scalars(query.order_by(ArticleUrl.first_seen_at)).all()
    listed = next((row.url for row in rows if row.seen_as == "listed"), article.url)
    return promise_at(session, [row.url_key for row in rows], listed)


def is_trusted(session: Session, source_id: int, promise: Promise) -> bool:
    """Whether a source's listings mostly say what its pages then hold.

    By its latest articles. Before there are any, headlines are believed and addresses are not.
    """
    query = select(Article).where(Article.source_id == source_id).order_by(Article.id.desc())
    by_headline = bool(promise.told)
    kept = [
        keeps(given, article.headline, article.article_body)
        for article in session.scalars(query.limit(_JUDGED))
        if bool((given := promise_of(session, article)).told) == by_headline
    ]
    judged = [one for one in kept if one is not None]
    if len(judged) < _FEWEST_JUDGED:
        return by_headline
    most = _MOST_BROKEN_BY_HEADLINE if by_headline else _MOST_BROKEN_BY_SLUG
    return judged.count(False) <= most * len(judged)


@dataclass(frozen=True, slots=True)
class SectionNow:
    """What a section's last look says of it as a whole."""

    kicker: Kicker
    was_replaced: bool  # nearly all it lists, it lists for the first time


def section_now(session: Session, source_id: int, key: str) -> SectionNow:
    """Return the words all its headlines share, and whether its whole list is another."""
    section = session.scalar(
        select(Section.id).where(Section.source_id == source_id, Section.key == key)
    )
    newest = (
        select(func.max(ListedLink.last_listed_at))
        .where(ListedLink.section_id == section)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ListedLink.headline, ListedLink.first_listed_at, ListedLink.last_listed_at).where(
            ListedLink.section_id == section, ListedLink.last_listed_at == newest
        )
    ).all()
    fresh = sum(first == last for _, first, last in rows)
    return SectionNow(
        shared_kicker([headline for headline, *_ in rows if headline]),
        len(rows) >= _FEWEST_LISTED and fresh >= _REPLACED * len(rows),
    )


def is_listed_beside(session: Session, article: Article, keys: Iterable[str]) -> bool:
    """Whether one look of a section listed an article and one of these addresses together."""
    own = select(ArticleUrl.url_key).where(
        ArticleUrl.article_id == article.id, ArticleUrl.seen_as.in_(FOLLOWED)
    )
    looks = select(ListedLink.section_id, ListedLink.last_listed_at)
    theirs = looks.where(ListedLink.url_key.in_(sorted(set(keys))))
    return bool(
        {tuple(row) for row in session.execute(looks.where(ListedLink.url_key.in_(own)))}
        & {tuple(row) for row in session.execute(theirs)}
    )
