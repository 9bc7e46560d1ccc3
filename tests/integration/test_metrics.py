"""What monitoring learns from either database, and from a database that is away."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from crawler.schedule.metrics import DatabaseCollector
from pipelines.storage.models import Section
from pipelines.storage.visits import record_look
from tests.examples import NOON, at, make_look

Sessions = sessionmaker[Session]


class Times:
    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> datetime:
        return NOON

    def clock(self) -> float:
        return self.seconds


def scraped(collector: DatabaseCollector) -> str:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry).decode()


def test_each_source_tells_its_last_success_and_its_lag(
    sessions: Sessions, database_url: str
) -> None:
    with sessions.begin() as session:
        record_look(session, make_look("/a", minute=-20))
        session.execute(
            update(Section).where(Section.key == "politics").values(next_visit_at=at(-5))
        )
        session.execute(update(Section).where(Section.key == "front").values(next_visit_at=at(60)))
    collector = DatabaseCollector(database_url, Times().now)

    told = scraped(collector)
    collector.close()

    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }
    success = "firstseen_source_last_success_timestamp_seconds"
    assert found[success, "valley-post"] == at(-20).timestamp()
    assert (success, "harbour-courier") not in found  # never looked at
    assert found["firstseen_source_lag_seconds", "valley-post"] == 300
    assert found["firstseen_sections_due",] == 2  # both are called politics


def test_failing_sections_are_counted_by_how_their_last_look_ended(
    sessions: Sessions, database_url: str
) -> None:
    with sessions.begin() as session:
        record_look(session, make_look(outcome="timeout", minute=-40))
        record_look(session, make_look(outcome="no-browser", minute=-20))
        record_look(session, make_look(section="front", outcome="ok", minute=-20))
    collector = DatabaseCollector(database_url, Times().now)

    told = scraped(collector)
    collector.close()

    assert 'firstseen_sections_failing{outcome="no-browser"} 1.0' in told
    assert told.count("firstseen_sections_failing{") == 1


def test_two_scrapes_in_a_row_ask_the_database_once(sessions: Sessions, database_url: str) -> None:
    times = Times()
    collector = DatabaseCollector(database_url, times.now, times.clock)
    before = scraped(collector)
    with sessions.begin() as session:
        session.execute(update(Section).values(next_visit_at=at(60)))

    at_once = scraped(collector)
    times.seconds += 11
    later = scraped(collector)
    collector.close()

    assert ("due 3.0" in before, "due 3.0" in at_once, "due 0.0" in later) == (True, True, True)


def test_a_database_that_cannot_be_read_leaves_a_gap(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"not a database at all, not at all" * 40)
    collector = DatabaseCollector(f"sqlite:///{tmp_path / 'broken.db'}", Times().now)

    assert scraped(collector) == ""
