"""A source's address noise: learnt from what its addresses led to, left out of their keys."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines.address_noise import (
    FEWEST_ARTICLES,
    Places,
    find_noise,
    joins_any,
    may_have_noise,
    without,
)
from pipelines.looks import ListedLink, SectionLook
from pipelines.storage.history_models import SourceChange
from pipelines.storage.memory_models import HeldPage
from pipelines.storage.models import FOLLOWED, Article, ArticleUrl, Page, Section, Source
from pipelines.storage.models import ListedLink as ListedRow
from pipelines.storage.pages import in_chunks

logger = logging.getLogger(__name__)

_LEARNT_FROM = 1000  # the source's latest articles
#: What changes at each look is new in nearly all of the addresses that have it; most of these
#: are, without it, articles we have.
_FRESH_SHARE, _KNOWN_SHARE = 0.8, 0.5


def noise_of(source: Source) -> Places:
    """Return the places of a source's addresses that identify nothing."""
    return frozenset((source.address_noise or {}).get("places", ()))


def without_noise(session: Session, section: Section, look: SectionLook) -> SectionLook:
    """Return the look with keys that lack its source's noise, learning of some where it shows.

    What was listed before gets such keys as well. Noise that would join two entries of this
    listing is none: it is forgotten.
    """
    links = look.links or ()
    if not any(may_have_noise(link.url_key) for link in links):
        return look
    source = section.source
    known = noise_of(source)
    if known and joins_any(_promised(links), known):
        _note(session, source, frozenset(), look.arrived_at, before=known)
        return look
    look = _rekeyed(look, known)
    found = _learn(session, section, look.links or ())
    if not found:
        return look
    _note(session, source, known | found, look.arrived_at, before=known)
    _rekey_listed(session, source, known | found)
    return _rekeyed(look, found)


def _promised(links: Iterable[ListedLink]) -> dict[str, str | None]:
    return {link.url_key: link.headline for link in links}


def _rekeyed(look: SectionLook, places: Places) -> SectionLook:
    if not places or look.links is None:
        return look
    links, left_out = (
        tuple(replace(link, url_key=without(link.url_key, places)) for link in some)
        for some in (look.links, look.left_out)
    )
    return replace(look, links=links, left_out=left_out)


# ---- learning


def _learn(session: Session, section: Section, links: Sequence[ListedLink]) -> Places:
    listed = {link.url_key for link in links if may_have_noise(link.url_key)}
    fresh = listed - _listed_before(session, section.id, listed)
    if section.baseline_at is None or len(fresh) < FEWEST_ARTICLES:
        return frozenset()
    owners = _owners(session, section.source_id)
    by_article: dict[int, list[str]] = defaultdict(list)
    for key, article_id in owners.items():
        by_article[article_id].append(key)
    by_guid = _under_one_guid(session, section.id, links, fresh)
    known = [*owners, *(keys[0] for keys in by_guid)]
    for places in find_noise([*by_article.values(), *by_guid]):
        if joins_any(owners, places) or joins_any(_promised(links), places):
            continue
        if _changes_at_each_look(places, listed, fresh, known):
            return places
    return frozenset()


def _changes_at_each_look(
    places: Places, listed: Iterable[str], fresh: Iterable[str], known: Iterable[str]
) -> bool:
    bearers = [key for key in listed if without(key, places) != key]
    new = [key for key in fresh if without(key, places) != key]
    had = {without(key, places) for key in known}
    again = sum(without(key, places) in had for key in new)
    return (
        len(new) >= _FRESH_SHARE * len(bearers)
        and again >= FEWEST_ARTICLES
        and again >= _KNOWN_SHARE * len(new)
    )


def _listed_before(session: Session, section_id: int, keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in in_chunks(list(keys)):
        query = select(ListedRow.url_key).where(
            ListedRow.section_id == section_id, ListedRow.url_key.in_(some)
        )
        found.update(session.scalars(query))
    return found


def _owners(session: Session, source_id: int) -> dict[str, int]:
    """The addresses we followed to the source's latest articles, the latest first: key -> id."""
    latest = (
        select(Article.id)
        .where(Article.source_id == source_id)
        .order_by(Article.first_seen_at.desc())
        .limit(_LEARNT_FROM)
    )
    query = (
        select(ArticleUrl.url_key, ArticleUrl.article_id)
        .where(ArticleUrl.article_id.in_(latest.scalar_subquery()))
        .where(ArticleUrl.seen_as.in_(FOLLOWED))
        .order_by(ArticleUrl.first_seen_at.desc())
    )
    return {row.url_key: row.article_id for row in session.execute(query)}


def _under_one_guid(
    session: Session, section_id: int, links: Sequence[ListedLink], fresh: Iterable[str]
) -> list[tuple[str, str]]:
    """Pairs of a key listed before and a fresh one, under one guid and one headline."""
    uses = Counter(link.guid for link in links)
    new = set(fresh)
    mine = {
        link.guid: link
        for link in links
        if link.guid and uses[link.guid] == 1 and link.url_key in new
    }
    pairs: list[tuple[str, str]] = []
    for some in in_chunks(list(mine)):
        query = select(ListedRow.url_key, ListedRow.guid, ListedRow.headline).where(
            ListedRow.section_id == section_id, ListedRow.guid.in_(some)
        )
        for key, guid, headline in session.execute(query):
            link = mine[guid or ""]
            if headline and headline == link.headline:
                pairs.append((key, link.url_key))
    return pairs


def _note(
    session: Session, source: Source, places: Places, at: datetime, *, before: Places
) -> None:
    told, was = (", ".join(sorted(some)) for some in (places, before))
    source.address_noise = {"places": sorted(places), "at": at.isoformat()} if places else None
    session.add(SourceChange(source_id=source.id, at=at, kind="noise", before=was, after=told))
    logger.info("address noise source=%s places=%s before=%s", source.slug, told or "-", was or "-")


# ---- what was kept under keys with noise


def _rekey_listed(session: Session, source: Source, places: Places) -> None:
    """Give what the source's sections listed its new keys; the earliest interval of each stays."""
    query = (
        select(ListedRow)
        .join(Section, Section.id == ListedRow.section_id)
        .where(Section.source_id == source.id)
        .order_by(ListedRow.first_listed_at)
    )
    groups: dict[tuple[int, str], list[ListedRow]] = defaultdict(list)
    for row in session.scalars(query):
        groups[row.section_id, without(row.url_key, places)].append(row)
    former: dict[str, set[str]] = defaultdict(set)
    for (_, key), rows in groups.items():
        former[key].update(row.url_key for row in rows)
        _join_rows(session, key, rows)
    session.flush()
    for key, keys in former.items():
        if keys != {key}:
            _follow(session, key, keys)


def _join_rows(session: Session, key: str, rows: Sequence[ListedRow]) -> None:
    """Make one row of those that are one address; ``rows`` with the earliest first."""
    first, latest = rows[0], max(rows, key=lambda row: row.last_listed_at)
    moving = ("url", "headline", "position", "last_listed_at", "left_out")
    values = {name: getattr(latest, name) for name in moving}
    for row in rows[1:]:
        session.delete(row)
    if len(rows) > 1:
        session.flush()  # one of them may have had the key
    for name, value in values.items():
        setattr(first, name, value)
    first.url_key = key


def _follow(session: Session, key: str, former: Iterable[str]) -> None:
    """Let a new key lead where its former ones led; what waited for an article waits on."""
    keys = sorted({*former, key})
    aliases = select(ArticleUrl).where(
        ArticleUrl.url_key.in_(keys), ArticleUrl.seen_as.in_(FOLLOWED)
    )
    row = session.scalar(aliases.order_by(ArticleUrl.first_seen_at.desc()).limit(1))
    pages = list(session.scalars(select(Page).where(Page.url_key.in_(keys)).order_by(Page.tries)))
    for page in pages[:-1] if row is None else pages:
        session.delete(page)
    # Held back under its own former key, a page would bear witness against itself.
    session.execute(delete(HeldPage).where(HeldPage.url_key.in_(keys)))
    session.flush()
    if row is None:
        if pages:
            pages[-1].url_key = key
        return
    alias = session.get(ArticleUrl, key)
    if alias is None:
        alias = ArticleUrl(url_key=key, first_seen_at=row.first_seen_at)
        session.add(alias)
    elif alias.seen_as in FOLLOWED:
        return
    alias.article_id, alias.url, alias.seen_as = row.article_id, row.url, "listed"
    alias.text_hash, alias.confirmed_at = row.text_hash, row.confirmed_at
