"""Addresses whose text is held back: who shows the same, since when, and what settles it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from pipelines.fingerprint import Fingerprint
from pipelines.storage.memory_models import HeldPage
from pipelines.storage.models import Article, Revision
from pipelines.walls import is_same_wall

#: A text that nobody else shows is believed after so long, when another page of the source was
#: read well meanwhile, or after the longer time.
SETTLED_AFTER, SETTLED_ANYWAY = timedelta(minutes=30), timedelta(hours=24)
#: Texts seen longer ago are no witnesses.
REMEMBERED = timedelta(days=14)
_MOST_COMPARED = 200
_YOUNG = timedelta(days=31)  # articles that are still looked at again


def held_by_others(
    session: Session, source_id: int, keys: Collection[str], *, now: datetime
) -> list[HeldPage]:
    """Return the source's other addresses that are held back, the latest shown first."""
    query = select(HeldPage).where(
        HeldPage.source_id == source_id,
        HeldPage.last_shown_at > now - REMEMBERED,
        HeldPage.url_key.not_in(keys),
    )
    return list(
        session.scalars(query.order_by(HeldPage.last_shown_at.desc()).limit(_MOST_COMPARED))
    )


def is_alike(held: HeldPage, key: str, text: Fingerprint, *, near: bool) -> bool:
    """Whether a held page shows this text; ``near``: or one that differs in a part."""
    if held.text_key == key:
        return True
    return near and is_same_wall(Fingerprint.from_bytes(held.fingerprint), text)


def hold_page(
    session: Session, url_key: str, source_id: int, key: str, text: Fingerprint, *, at: datetime
) -> HeldPage:
    """Keep that an address shows this text; the time since when starts anew with another text."""
    row = session.get(HeldPage, url_key)
    if row is None:
        row = HeldPage(url_key=url_key, source_id=source_id, first_shown_at=at)
        session.add(row)
    elif not is_alike(row, key, text, near=True):
        row.first_shown_at = at
    row.text_key, row.fingerprint, row.last_shown_at = key, text.to_bytes(), at
    session.flush()
    return row


def is_settled(
    session: Session,
    url_key: str,
    key: str,
    text: Fingerprint,
    *,
    at: datetime,
    speed: float = 1.0,
) -> bool:
    """Whether an address showed the same text for long, while its site was well.

    The site was well when another of its pages was read with its own words in between.
    """
    row = session.get(HeldPage, url_key)
    if row is None or not is_alike(row, key, text, near=True):
        return False
    lasted = (at - row.first_shown_at) * speed
    if lasted >= SETTLED_ANYWAY:
        return True
    return lasted >= SETTLED_AFTER and _was_well(session, row)


def _was_well(session: Session, held: HeldPage) -> bool:
    well = exists().where(
        Article.source_id == held.source_id,
        Article.first_seen_at > held.first_shown_at - _YOUNG,
        Article.last_checked_at > held.first_shown_at,
        Revision.article_id == Article.id,
        Revision.last_seen_at > held.first_shown_at,
    )
    return bool(session.scalar(select(well)))


def release_page(session: Session, keys: Collection[str]) -> list[HeldPage]:
    """Forget what was held back at these addresses; return what it was."""
    rows = list(session.scalars(select(HeldPage).where(HeldPage.url_key.in_(keys))))
    for row in rows:
        session.delete(row)
    return rows


def prune_held(session: Session, now: datetime) -> int:
    """Forget addresses that were not asked for long; returns how many."""
    done = session.execute(delete(HeldPage).where(HeldPage.last_shown_at <= now - REMEMBERED))
    return int(getattr(done, "rowcount", 0))
