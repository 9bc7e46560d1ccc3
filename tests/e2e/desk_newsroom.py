"""A small rich database of fictional outlets for the desk's tests and pictures, made in a second.

Articles go through the program's own storing, grouping and matching; only the looks and requests
that a crawl would have left are written as rows. One clock, no randomness, no network.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.items import ArticleImage, ArticleItem, ClaimedDate
from pipelines.lane_hours import LaneHour
from pipelines.match import WatchKeeper
from pipelines.storage.conduct import record_conduct
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Section, Source, Visit
from pipelines.storage.schema import upgrade
from pipelines.storage.shaping import merge_stories
from pipelines.storage.sources import SectionFacts, SourceFacts, save_sources
from pipelines.storage.watch_models import Delivery
from pipelines.store import store_article
from pipelines.watch_editing import write_watch
from pipelines.watch_files import load_watches
from pipelines.watch_set import WatchSet
from tests.e2e.desk_texts import PIECES, SOURCES, WATCHES

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
_DAYS = 14  # of looks


def make_newsroom(
    folder: Path, *, hostile: tuple[str, ...] = ()
) -> tuple[str, sessionmaker[Session]]:
    """Make the database and the watch files in ``folder``; return its address and its sessions.

    ``hostile`` are texts that sites might send: each becomes an article with it in every field.
    """
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'newsroom.db'}"
    engine = open_engine(url, create=True)
    upgrade(engine)
    sessions = session_factory(engine)
    fill_newsroom(sessions, folder, hostile=hostile)
    return url, sessions


def fill_newsroom(
    sessions: sessionmaker[Session], folder: Path, *, hostile: tuple[str, ...] = ()
) -> None:
    """Fill a database that has its tables, and write the watch files into ``folder``."""
    watched = (*WATCHES, ("hostile", "Hostile", '"council met again"', ("mail",)))
    for slug, name, query, channels in watched if hostile else WATCHES:
        write_watch(folder / "watches", slug, name=name, query=query, channels=channels)
    now = [NOW]
    watches = WatchKeeper(
        lambda: WatchSet(load_watches(folder / "watches")[0]), clock=lambda: now[0]
    )
    with sessions.begin() as session:
        save_sources(session, _sources(hostile))
        _tell(session, [*_hostile_pieces(hostile), *PIECES], watches, now)
        _fill_archive(session)
        _look(session)
        _deliver(session)


def _sources(hostile: tuple[str, ...]) -> list[SourceFacts]:
    facts = [
        SourceFacts(
            slug=slug,
            name=name,
            home_url=f"https://{slug}.example/",
            country=country,
            language=language,
            family=family,
            wikidata=None,
            sections=(
                SectionFacts("news", "feed", f"https://{slug}.example/news.rss", f"{slug}.example"),
                SectionFacts("front", "front", f"https://{slug}.example/", f"{slug}.example"),
            ),
        )
        for slug, name, country, language, family, _, _ in SOURCES
    ]
    if hostile:
        section = SectionFacts(hostile[1][:90], "feed", hostile[2], "hostile.example")
        named = {"slug": "hostile", "name": hostile[0]}
        facts.append(replace(facts[0], **named, sections=(section,), family=hostile[3][:90]))
    return facts


def _hostile_pieces(texts: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Thirty texts to an article: one in each of its fields, the others as its paragraphs."""
    for number, start in enumerate(range(0, len(texts), 30)):
        some = [*texts[start : start + 30], *[texts[0]] * 12]
        more = "\n".join(some[12:])
        yield {
            "source": "hostile",
            "ago": 200 + number,
            "gap": 9,
            "headline": some[0][:400] or "-",
            "article_body": f"{some[1]}\nThe council met again, case {number}.\n{some[2]}\n{more}",
            "byline": some[3],
            "authors": [some[3]],
            "description": some[4],
            "article_section": some[5],
            "keywords": [some[6]],
            "wire_credit": [some[7][:200]],
            "dateline": some[8],
            "alternative_headline": some[8],
            "corrections": [some[9]],
            "images": [ArticleImage(some[10], caption=some[10], credit=some[11])],
            "in_language": some[11][:30],
            "evidence": {"headline": some[5], "byline": some[6]},
            "edits": [(100 + number, {"headline": some[4][:400] or "-", "article_body": some[0]})],
        }


def _ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def _tell(
    session: Session, pieces: list[dict[str, Any]], watches: WatchKeeper, now: list[datetime]
) -> None:
    """Store every piece and every edit at its time."""
    keeper = StoryKeeper()
    steps: list[tuple[float, Callable[[], None]]] = []

    def tell(item: ArticleItem) -> None:
        store_article(session, item, stories=keeper, watches=watches)

    for number, piece in enumerate(pieces):
        for ago, item in _wordings(number, dict(piece)):
            steps.append((ago, partial(tell, item)))
    for ago, step in sorted(steps, key=lambda pair: -pair[0]):
        now[0] = _ago(ago)
        step()
    session.flush()
    _join_languages(session)
    for number, piece in enumerate(pieces):
        if "gone" in piece:
            article = session.scalars(
                select(Article).where(Article.url.like(f"%/{number}-%"))
            ).one()
            article.missing_since, article.gone_at = _ago(piece["gone"] + 90), _ago(piece["gone"])


def _wordings(number: int, piece: dict[str, Any]) -> Iterator[tuple[float, ArticleItem]]:
    ago, gap, source = piece.pop("ago"), piece.pop("gap"), piece.pop("source")
    edits = piece.pop("edits", ())
    piece.pop("story", None), piece.pop("gone", None)
    seen_at = _ago(ago)
    url = f"https://{source}.example/2026/11/{number}-{source}"
    claimed = seen_at - timedelta(minutes=min(gap or 5, 7))
    read_at = {
        "headline": "json-ld",
        "article_body": "visible",
        "date_published": "json-ld",
        "images": "meta",
        "article_section": "visible",
    }
    named = {"byline": "meta", "description": "meta", "in_language": "json-ld"}
    named |= {"authors": "json-ld", "wire_credit": "visible", "corrections": "visible"}
    read_at |= {name: where for name, where in named.items() if piece.get(name)}
    item = ArticleItem(
        **{
            "url": url,
            "requested_url": url,
            "source": source,
            "section": "news",
            "first_seen_at": seen_at,
            "not_seen_at": _ago(ago + gap) if gap else None,
            "fetched_at": seen_at + timedelta(seconds=4),
            "parser_version": "7",
            "date_published": ClaimedDate(claimed, "minute", "json-ld", claimed.isoformat()),
            "evidence": read_at,
            "images": [ArticleImage(f"https://{source}.example/{number}.jpg", "The scene", "Desk")],
            "article_section": "Politics" if number % 3 else "Transport",
            "keywords": ["harbour", "council"] if number % 2 else [],
            **piece,
        }
    )
    yield ago, item
    for later, changed in edits:
        times = {"fetched_at": _ago(later), "first_seen_at": _ago(later)}
        item = replace(item, **times, **changed)
        yield later, item


def _join_languages(session: Session) -> None:
    """An analyst has put the same event in other languages together."""
    for group in ("ferry", "budget", "strike"):
        sources = {p["source"]: p["headline"] for p in PIECES if p.get("story") == group}
        lead = next(
            p
            for p in PIECES
            if p["source"]
            == {"ferry": "harbour-courier", "budget": "island-gazette"}.get(group, "al-marfa")
            and p["ago"] in (74, 326, 402)
        )
        into = _story_with(session, lead)
        for source, headline in sources.items():
            other = session.scalars(
                select(Article.story_id)
                .join(Source)
                .where(Source.slug == source, Article.headline == headline)
            ).one()
            if other is not None and other != into:
                merge_stories(session, other, into=into, at=_ago(20))
    session.flush()


def _story_with(session: Session, piece: dict[str, Any]) -> int:
    query = (
        select(Article.story_id)
        .join(Source)
        .where(Source.slug == piece["source"], Article.first_seen_at == _ago(piece["ago"]))
    )
    return session.scalars(query).one() or 0


def _fill_archive(session: Session) -> None:
    """A fortnight of articles for the figures; a relaunch cost one house its bylines."""
    chance = random.Random(7)
    daily = {slug: count for slug, *_, count in SOURCES}
    rows = []
    query = select(Source, Section).join(Section).where(Section.key == "news")
    for source, section in session.execute(query):
        for number in range(daily.get(source.slug, 0) * (_DAYS - 2)):
            at = _ago(1440 * (2.3 + chance.random() * (_DAYS - 3)))
            has_byline = chance.random() < 0.9
            if source.slug == "nordkurier" and at > _ago(1440 * 7):
                has_byline = False
            rows.append(
                {
                    "source_id": source.id,
                    "section_id": section.id,
                    "url": f"https://{source.slug}.example/archive/{number}",
                    "headline": _archived(source.language, at),
                    "article_body": _archived(source.language, at),
                    "first_seen_at": at,
                    "fetched_at": at,
                    "text_hash": f"{source.id}-{number}",
                    "parser_version": "7",
                    "baseline": False,
                    "byline": "Desk" if has_byline else None,
                    "description": "Lead" if chance.random() < 0.8 else None,
                    "date_published": at,
                    "images": [{"url": "x"}] if chance.random() < 0.7 else [],
                    "keywords": ["x"] if chance.random() < 0.5 else [],
                    "wire_credit": ["Meridian"] if chance.random() < 0.2 else [],
                    "authors": [],
                    "robots_directives": [],
                    "corrections": [],
                    "date_flags": [],
                    "evidence": {},
                    "cut_fields": [],
                }
            )
    session.execute(insert(Article), rows)


def _archived(language: str, at: datetime) -> str:
    told = {
        "de": "Aus dem Rathaus, {:%d.%m., %H Uhr}",
        "fr": "En bref, {:%d/%m à %H h}",
        "es": "Breves del {:%d/%m, %H h}",
        "ar": "موجز الأخبار {:%d/%m %H:00}",
        "he": "חדשות בקצרה {:%d/%m %H:00}",
        "ja": "短信 {:%m月%d日 %H時}",
    }
    return told.get(language, "In brief, {:%d %B, %H:00}").format(at)


# ---- what a crawl would have left: looks and requests


def _look(session: Session) -> None:
    chance = random.Random(20261123)
    numbers = {slug: (minutes, daily) for slug, *_, minutes, daily in SOURCES}
    for section, source in session.execute(select(Section, Source).join(Source)):
        minutes, daily = numbers.get(source.slug, (30, 4))
        if section.key == "front":
            minutes, daily = minutes * 3, daily // 4
        rows = list(_visits(section, source.slug, minutes, daily, chance))
        session.execute(insert(Visit), rows)
        last = [row for row in rows if row["outcome"] in ("ok", "unchanged")][-1]
        section.last_looked_at, section.last_started_at = last["arrived_at"], last["started_at"]
        section.next_visit_at = NOW + timedelta(minutes=minutes / 2)
        if source.slug == "voz-del-norte":
            section.failures = 7
        if section.key == "news":
            record_conduct(session, list(_hours(section.lane, minutes, chance)))


def _visits(
    section: Section, slug: str, minutes: int, daily: int, chance: random.Random
) -> Iterator[dict[str, Any]]:
    at = NOW - timedelta(days=_DAYS)
    first = True
    while (at := at + timedelta(minutes=minutes * chance.uniform(0.8, 1.2))) < NOW:
        outcome, status, detail = _outcome(slug, at, chance)
        if outcome == "skip":
            continue
        busy = 0.15 + 1.9 * max(0.0, 1 - abs(at.hour + at.minute / 60 - 12) / 7)
        busy *= 0.4 if at.weekday() > 4 else 1.0
        new = sum(chance.random() < daily / 1440 * minutes * busy / 3 for _ in range(3))
        yield {
            "section_id": section.id,
            "planned_at": at,
            "started_at": at,
            "outcome": outcome,
            "arrived_at": at + timedelta(seconds=1),
            "http_status": status,
            "detail": detail,
            "size_bytes": 41_200,
            "conditional": True,
            "links": 30 if outcome == "ok" else 0,
            "new_links": new if outcome == "ok" else 0,
            "articles_stored": new if outcome == "ok" else 0,
            "pages_without_article": 0,
            "window_overflow": False,
            "baseline": first,
        }
        first = False


def _outcome(slug: str, at: datetime, chance: random.Random) -> tuple[str, int | None, str]:
    hours = (NOW - at) / timedelta(hours=1)
    if 19 < hours < 22.5:
        return "skip", None, ""  # the machine was off
    if slug == "voz-del-norte" and hours < 7.6:
        return "timeout", None, "no answer within 60 s"
    if slug == "diario-del-puerto" and 3 < hours < 9:
        return "held-off", 429, "Retry-After 6 h"
    if slug == "nordkurier" and 10.2 < hours < 14:
        return "http-503", 503, "Service Unavailable"
    if chance.random() < 0.006:
        return "timeout", None, "no answer within 60 s"
    return ("ok", 200, "") if chance.random() < 0.45 else ("unchanged", 304, "")


def _hours(lane: str, minutes: int, chance: random.Random) -> Iterator[LaneHour]:
    for back in range(14 * 24):
        hour = (NOW - timedelta(hours=back)).replace(minute=0)
        looks = max(1, 60 // minutes)
        for purpose, count in (("listing", looks), ("article", chance.randrange(0, 4))):
            yield LaneHour(
                lane=lane,
                hour_at=hour,
                purpose=purpose,
                requests=count,
                conditional=count if purpose == "listing" else 0,
                not_modified=count // 2 if purpose == "listing" else 0,
                received_bytes=count * 38_000,
                smallest_gap_seconds=1.0 + chance.random() * 3,
                last_at=hour + timedelta(minutes=50),
            )


def _deliver(session: Session) -> None:
    """Most deliveries were made; the chat channel refuses."""
    for number, row in enumerate(session.scalars(select(Delivery).order_by(Delivery.id))):
        if row.channel == "phone":
            row.state, row.tries, row.detail = "parked", 6, "400 Bad Request: topic is reserved"
        elif number % 5 == 4:
            row.state = "waiting"
        else:
            row.state, row.tries, row.delivered_at = "delivered", 1, _ago(60 - number)
