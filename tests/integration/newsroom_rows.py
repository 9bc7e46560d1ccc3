"""The same busy fictional newsroom in any database: stories, copies, edits, looks and alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from pipelines.storage.models import Article, Revision, Section, Source, Story, Visit
from pipelines.storage.sources import SectionFacts, SourceFacts, save_sources
from pipelines.storage.watch_models import Alert, Delivery, Watch
from tests.examples import NOON

BEGIN = NOON - timedelta(days=2)
AGENCIES = ("AP", "Reuters", "ČTK")
OUTCOMES = ("ok", "ok", "ok", "unchanged", "unchanged", "timeout", "robots", "http-5xx")
_SOURCES = (
    ("north-star", "NO", "star-house"),
    ("south-star", "SE", "star-house"),
    ("river-mail", "GB", "river-mail"),
    ("hill-gazette", "GB", "hill-gazette"),
    ("île-matin", "FR", "ile"),
)


def fill_newsroom(session: Session, stories: int = 8, seed: int = 5) -> None:
    """Put rows into a database that has the schema, the same ones for the same ``seed``."""
    rng = Random(seed)
    save_sources(session, [_source(*facts) for facts in _SOURCES])
    session.flush()
    sections = list(session.query(Section).join(Source).where(Source.family != "valley-media"))
    session.add_all(_visits(rng, sections))
    for number in range(stories):
        _add_story(session, rng, number, sections)
    kept, gone = Story(title="Kept", first_seen_at=NOON, last_seen_at=NOON), None
    session.add(kept)
    session.flush()
    gone = Story(title="Merged", first_seen_at=NOON, last_seen_at=NOON, merged_into_id=kept.id)
    session.add(gone)
    _add_alerts(session, rng)


def _source(slug: str, country: str, family: str) -> SourceFacts:
    home = f"https://{slug}.example/"
    sections = tuple(
        SectionFacts(key, "feed", f"{home}{key}.rss", f"{slug}.example")
        for key in ("politics", "world")
    )
    return SourceFacts(slug, slug.title(), home, country, "en", family, None, sections)


def _visits(rng: Random, sections: list[Section]) -> Iterator[Visit]:
    for section in sections:
        at = BEGIN + timedelta(minutes=rng.uniform(0, 90))
        while at < NOON:
            outcome = rng.choice(OUTCOMES)
            yield Visit(
                section_id=section.id,
                started_at=at,
                arrived_at=at + timedelta(seconds=rng.uniform(0, 50)),
                outcome=outcome,
                new_links=rng.randrange(4) if outcome == "ok" else 0,
                window_overflow=rng.random() < 0.02,
            )
            at += timedelta(minutes=rng.uniform(15, 200))


def _add_story(session: Session, rng: Random, number: int, sections: list[Section]) -> None:
    story = Story(title=f"Levy {number}", first_seen_at=NOON, last_seen_at=NOON)
    session.add(story)
    session.flush()
    origins: list[Article] = []
    first: datetime | None = None
    at = BEGIN + timedelta(minutes=rng.uniform(0, 2000))
    for _ in range(rng.randrange(1, 12)):
        # Several at one moment, and intervals that overlap or not: the cases that decide.
        at += timedelta(minutes=rng.choice((0, 0, 4, 30, 200)))
        article = _article(rng, rng.choice(sections), story, at)
        session.add(article)
        session.flush()
        _place(rng, article, origins)
        session.add_all(_wordings(rng, article))
        first = first or at
    story.first_seen_at, story.last_seen_at = first or at, at


def _article(rng: Random, section: Section, story: Story, at: datetime) -> Article:
    agency = [rng.choice(AGENCIES)] if rng.random() < 0.4 else []
    claimed = at - timedelta(minutes=rng.uniform(-5, 300)) if rng.random() < 0.9 else None
    no = rng.randrange(10**6)
    return Article(
        source_id=section.source_id,
        section_id=section.id,
        story_id=story.id,
        url=f"https://paper.example/{no}",
        first_seen_at=at,
        not_seen_at=at - timedelta(minutes=rng.uniform(1, 90)) if rng.random() < 0.9 else None,
        baseline=rng.random() < 0.1,
        fetched_at=at + timedelta(seconds=20),
        headline=f"Council puts off “levy” {no}",
        article_body="The council met.\nIt put off its vote.",
        authors=rng.choice(([], ["Ada Alder"], ["Zoë Birk", "Ada Alder"])),
        wire_credit=agency,
        keywords=["levy", "harbour; tax"],
        images=[{"url": "https://img.example/1.jpg", "caption": "Harbour", "credit": None}],
        is_accessible_for_free=rng.choice((True, False, None)),
        robots_directives=[],
        corrections=["The vote is on Monday."] if rng.random() < 0.2 else [],
        date_published=claimed,
        date_published_source="json-ld" if claimed else None,
        date_published_precision=rng.choice(("second", "minute", "day")) if claimed else None,
        date_flags=["future"] if claimed and claimed > at else [],
        evidence={},
        cut_fields=[],
        text_hash=f"{no:032x}",
        parser_version="1",
        gone_at=at + timedelta(hours=9) if rng.random() < 0.2 else None,
    )


def _place(rng: Random, article: Article, origins: list[Article]) -> None:
    if origins and rng.random() < 0.5:
        first = rng.choice(origins)
        article.copy_of_id, article.copy_group_id = first.id, first.copy_group_id
        article.copy_kind, article.copy_score = rng.choice(("copy", "contains")), 0.75
        if rng.random() < 0.5:
            article.wire_credit = first.wire_credit
    elif rng.random() < 0.7:
        article.copy_group_id = article.id
        origins.append(article)


def _wordings(rng: Random, article: Article) -> Iterator[Revision]:
    headline = article.headline
    for number in range(1, rng.choice((1, 1, 2, 4)) + 1):
        kind = "first" if number == 1 else rng.choice(("edit", "edit", "replaced"))
        changed = kind == "edit" and rng.random() < 0.5
        headline = f"{article.headline} ({number})" if changed else headline
        yield Revision(
            article_id=article.id,
            number=number,
            observed_at=article.first_seen_at + timedelta(minutes=40 * (number - 1), seconds=0.25),
            last_seen_at=None,
            headline=headline,
            article_body="The council met." * number,
            text_hash=f"{number:032x}",
            kind=kind,
            headline_changed=changed,
            correction_added=kind == "edit" and rng.random() < 0.3,
        )


def _add_alerts(session: Session, rng: Random) -> None:
    watch = Watch(slug="levy", name="Levy", query="levy OR tax", created_at=BEGIN)
    session.add(watch)
    session.flush()
    for number, article in enumerate(session.query(Article).order_by(Article.id).limit(6)):
        later = (f"growth {article.id}", f"edit {article.id}.2", f"gone {article.id}")
        alert = Alert(
            watch_id=watch.id,
            story_id=article.story_id,
            article_id=article.id,
            reason=later[number % 3] if number else "new",
            raised_at=article.first_seen_at + timedelta(minutes=1),
            query=watch.query,
            publishers=rng.randrange(1, 5),
            details={"rules": ["new story", "2 independent publishers carry it"][: number % 3]},
        )
        session.add(alert)
        session.flush()
        state = rng.choice(("delivered", "parked", "waiting"))
        done = alert.raised_at + timedelta(seconds=9) if state == "delivered" else None
        session.add(Delivery(alert_id=alert.id, channel="desk", state=state, delivered_at=done))
