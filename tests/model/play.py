"""Plays one history and compares what we concluded with the truth; shortens one that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.items import ArticleItem
from pipelines.looks import LedgerError
from pipelines.storage.models import Article, ArticleUrl, Page, Section, Source, Visit
from pipelines.store import store_article
from pipelines.url_key import url_key
from tests.model.bytes import WholeReading
from tests.model.history import History, Step
from tests.model.reader import KilledError, Reader
from tests.model.reading import QuickReading
from tests.model.site import START
from tests.model.truth import Verdict, judge
from tests.model.world import World, is_publishers

_FEWEST_TO_SHRINK = 8
_NO_LIMIT = 1000


def play(history: History, sessions: sessionmaker[Session], *, whole: bool = False) -> Verdict:
    """Return what is true and false of all that was concluded in one history.

    ``whole``: listings and pages are bytes, read by the real readers, and articles are stored as
    ever; all that is listed is within our limits.
    """
    if whole:
        history = replace(history, most=_NO_LIMIT)
    world = World(history, history.site())
    if whole:
        reader = Reader(world, sessions, store_article, WholeReading())
    else:
        reader = Reader(world, sessions, keep_article, QuickReading(world))
    reader.configure()
    with asyncio.Runner() as runner:
        runner.run(_live(history, world, reader))
    with sessions() as session:
        return judge(session, reader)


async def _live(history: History, world: World, reader: Reader) -> None:
    for step in history.steps:
        if step.what == "shrunken" and not _shows_enough(reader):
            world.forget(step)
        if is_publishers(step):
            continue
        world.advance(START + timedelta(seconds=step.seconds))
        if step.what.startswith("look"):
            await _look(reader, step)
        else:
            _change(world, reader, step)


async def _look(reader: Reader, step: Step) -> None:
    if step.what == "look":
        await reader.run()
    else:
        error = KilledError if step.what == "look, killed" else LedgerError
        await reader.run(breaks_after=step.which % 6, breaks_with=error)


def _change(world: World, reader: Reader, step: Step) -> None:
    what = step.what
    if what == "filter":
        reader.configure(include=() if reader.include else ("/politics/",))
    elif what == "hosts":
        host = world.site.elsewhere.removeprefix("https://")
        reader.configure(hosts=() if reader.hosts else (host,))
    elif what == "address":
        reader.configure(first_list=2 if reader.first_list == 0 else 0, era=reader.era + 1)
    elif what == "all well":
        world.site.get_well()
        world.offset = timedelta(0)
    else:
        hours = 1 + step.which % 30
        world.offset = timedelta(hours={"clock ahead": hours, "clock back": -hours}.get(what, 0))
        world.was_wrong = True


def _shows_enough(reader: Reader) -> bool:
    """Whether a listing that shrinks now will be seen to have shrunk."""
    history = reader.world.history
    if history.kind in ("sitemap", "index"):
        return False
    query = (
        select(Visit.links)
        .join(Section)
        .join(Source)
        .where(Source.slug == reader.definition.slug, Visit.outcome == "ok")
        .order_by(Visit.id.desc())
    )
    with reader.sessions() as session:
        rows = list(session.scalars(query.limit(1)))
    return history.sections == 1 and bool(rows) and rows[0] >= _FEWEST_TO_SHRINK


def keep_article(session: Session, item: ArticleItem) -> None:
    """Store an article as far as looks are concerned: a row and its addresses, no text."""
    keys = {url_key(url): url for url in (item.requested_url or item.url, item.url)}
    query = select(ArticleUrl.article_id).where(ArticleUrl.url_key.in_(keys))
    known = session.scalar(query)
    if known is None:
        known = session.scalar(insert(Article).values(**_row(session, item)).returning(Article.id))
    for key, url in keys.items():
        if session.get(ArticleUrl, key) is None:
            session.add(
                ArticleUrl(
                    url_key=key,
                    article_id=known,
                    url=url,
                    seen_as="listed" if url == item.requested_url else "final",
                    first_seen_at=item.first_seen_at,
                )
            )
        if (page := session.get(Page, key)) is not None:
            session.delete(page)


def _row(session: Session, item: ArticleItem) -> dict[str, object]:
    source_id = session.scalar(select(Source.id).where(Source.slug == item.source))
    lists = ("authors", "wire_credit", "keywords", "images", "robots_directives", "corrections")
    return {
        "source_id": source_id,
        "url": item.url,
        "headline": item.headline,
        "article_body": item.article_body,
        "text_hash": item.article_body[:64],
        "parser_version": "1",
        "evidence": {},
        **{name: [] for name in (*lists, "date_flags", "cut_fields")},
        **{
            name: getattr(item, name)
            for name in ("first_seen_at", "not_seen_at", "baseline", "arrival", "fetched_at")
        },
    }


def shortened(history: History, fails: Callable[[History], bool]) -> History:
    """Return the history without the steps that its failure does not need."""
    size = max(1, len(history.steps) // 2)
    while size:
        at = 0
        while at < len(history.steps):
            fewer = replace(history, steps=history.steps[:at] + history.steps[at + size :])
            if fails(fewer):
                history = fewer
            else:
                at += size
        size //= 2
    return history
