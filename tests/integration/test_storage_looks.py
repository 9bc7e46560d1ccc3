"""The ledger of looks: what appeared when, what is to be fetched, and what was not seen before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.looks import LookResult, PageOutcome, SectionLook
from pipelines.storage.models import ListedLink, Page, Section, Visit
from pipelines.storage.sources import find_section, save_sources
from pipelines.storage.visits import record_look, record_page
from pipelines.store import store_article
from pipelines.url_key import url_key
from tests.examples import SITE, SOURCES, at, make_item, make_link, make_look

Sessions = sessionmaker[Session]
FAILURES = ("timeout", "http-500", "not-a-listing", "robots", "stopped")


def asked(minute: float) -> datetime:
    """When the look that arrived at that minute was asked for."""
    return make_look(minute=minute).started_at


def look(sessions: Sessions, *paths: str, **more: Any) -> LookResult:
    with sessions.begin() as session:
        return record_look(session, make_look(*paths, **more))


def failed_look(sessions: Sessions, minute: float, outcome: str = "timeout") -> LookResult:
    return look(sessions, minute=minute, outcome=outcome, links=None, http_status=None)


def make_page(path: str, **fields: Any) -> PageOutcome:
    values: dict[str, Any] = {
        "url": SITE + path,
        "url_key": url_key(SITE + path),
        "source": "valley-post",
        "outcome": "timeout",
        "at": at(0),
        "retry_at": None,
    }
    return PageOutcome(**(values | fields))


def page(sessions: Sessions, path: str, **fields: Any) -> None:
    with sessions.begin() as session:
        record_page(session, make_page(path, **fields))


def wanted(result: LookResult) -> list[str]:
    return [found.link.url.removeprefix(SITE) for found in result.to_fetch]


def visits(sessions: Sessions) -> list[Visit]:
    with sessions() as session:
        return list(session.scalars(select(Visit).order_by(Visit.id)))


def section(sessions: Sessions, key: str = "politics") -> Section:
    with sessions() as session:
        return find_section(session, "valley-post", key)


# ---------------------------------------------------------------- appearing


def test_what_the_first_look_finds_is_baseline(sessions: Sessions) -> None:
    result = look(sessions, "/a-1", "/b-2")

    assert result.baseline
    assert not result.window_overflow
    assert wanted(result) == ["/a-1", "/b-2"]
    assert {(f.baseline, f.first_seen_at, f.not_seen_at) for f in result.to_fetch} == {
        (True, at(0), None)
    }


def test_what_a_later_look_finds_appeared_since_the_look_before(sessions: Sessions) -> None:
    look(sessions, "/a-1")
    look(sessions, "/a-1", minute=15)

    result = look(sessions, "/b-2", "/a-1", minute=30)

    assert not result.baseline
    assert [link.url for link in result.fresh] == [f"{SITE}/b-2"]
    new = result.to_fetch[0]
    assert (new.first_seen_at, new.not_seen_at, new.baseline) == (at(30), asked(15), False)


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failed_look_proves_no_absence(sessions: Sessions, outcome: str) -> None:
    look(sessions, "/a-1")
    failed_look(sessions, 15, outcome)

    result = look(sessions, "/b-2", "/a-1", minute=30)

    assert result.to_fetch[0].not_seen_at == asked(0)


@pytest.mark.parametrize(("asks_once_more", "minute"), [(True, 15), (False, 0)])
def test_an_unchanged_answer_proves_absence_to_whom_is_told_of_the_change(
    sessions: Sessions, asks_once_more: bool, minute: float
) -> None:
    """Some servers answer 304 for ever: a listing asked for in full says nothing of their word."""
    look(sessions, "/a-1")
    said = {"outcome": "unchanged", "links": None, "http_status": 304, "unsent": True}
    look(sessions, minute=15, conditional=True, **said)

    result = look(sessions, "/b-2", minute=30, conditional=asks_once_more)

    assert result.to_fetch[0].not_seen_at == asked(minute)


def test_an_unchanged_answer_that_was_sent_proves_absence(sessions: Sessions) -> None:
    """The bytes of last time are a look like any other."""
    look(sessions, "/a-1")
    look(sessions, minute=15, outcome="unchanged", links=None)

    result = look(sessions, "/b-2", minute=30)

    assert result.to_fetch[0].not_seen_at == asked(15)


def test_an_empty_listing_is_no_baseline_and_proves_no_absence(sessions: Sessions) -> None:
    """A cold cache, a page of maintenance: what the next look lists was there all the time."""
    empty = look(sessions)
    assert (empty.outcome, empty.baseline) == ("sparse", False)

    result = look(sessions, "/a-1", minute=15)

    assert (result.to_fetch[0].not_seen_at, result.to_fetch[0].baseline) == (None, True)


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failed_first_look_is_no_baseline(sessions: Sessions, outcome: str) -> None:
    assert not failed_look(sessions, 0, outcome).baseline

    result = look(sessions, "/a-1", minute=15)

    assert result.baseline
    assert result.to_fetch[0].baseline


def test_links_of_a_failed_first_look_stay_baseline(sessions: Sessions) -> None:
    """One part of a sitemap was read before another failed."""
    look(sessions, "/a-1", outcome="partial", lacks_parts=True)

    result = look(sessions, "/a-1", "/b-2", minute=15)

    assert {found.baseline for found in result.to_fetch} == {True}


def test_unchanged_at_a_first_look_asks_for_a_full_one(sessions: Sessions) -> None:
    """The validators are another section's, or of an address this section had before."""
    result = look(sessions, minute=0, outcome="unchanged", links=None)

    assert result.needs_full_look
    assert visits(sessions) == []
    assert look(sessions, "/a-1", minute=1).baseline


def test_the_first_listing_is_written_once(sessions: Sessions) -> None:
    look(sessions, "/a-1")
    look(sessions, "/b-2", minute=15)
    for minute in (30, 45):
        look(sessions, "/b-2", minute=minute)

    with sessions() as session:
        row = session.get(ListedLink, (url_key(f"{SITE}/b-2"), section(sessions).id))
    assert row is not None
    assert (row.first_listed_at, row.not_listed_at) == (at(15), asked(0))
    assert row.last_listed_at == at(45)


def test_the_first_section_to_list_an_article_dates_it(sessions: Sessions) -> None:
    for key in ("politics", "front"):
        look(sessions, "/a-1", section=key)
    look(sessions, "/b-2", minute=15)

    result = look(sessions, "/b-2", minute=30, section="front")

    assert (result.to_fetch[0].first_seen_at, result.to_fetch[0].not_seen_at) == (at(15), asked(0))


def test_a_section_at_another_address_begins_with_a_baseline_again(sessions: Sessions) -> None:
    look(sessions, "/a-1")
    (facts, _) = SOURCES
    moved = type(facts.sections[0])("politics", "feed", f"{SITE}/new.rss", "valleypost.example")
    with sessions.begin() as session:
        save_sources(session, [type(facts)(**{**_fields(facts), "sections": (moved,)})])

    assert look(sessions, "/b-2", minute=15).baseline


def _fields(facts: object) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}  # type: ignore[attr-defined]  # a dataclass


# ---------------------------------------------------------------- overflow


@pytest.mark.parametrize(
    ("before", "now", "key", "overflow"),
    [
        (["/a-1", "/b-2"], ["/c-3", "/d-4"], "politics", True),
        (["/a-1", "/b-2"], ["/c-3", "/b-2"], "politics", False),
        (["/a-1"], [], "politics", False),
        (["/a-1"], ["/c-3"], "front", False),  # fronts do not keep an order
    ],
)
def test_a_feed_that_shows_nothing_known_may_have_hidden_something(
    sessions: Sessions, before: list[str], now: list[str], key: str, overflow: bool
) -> None:
    look(sessions, *before, section=key)

    result = look(sessions, *now, minute=15, section=key)

    assert result.window_overflow is overflow
    assert visits(sessions)[-1].window_overflow is overflow


# ---------------------------------------------------------------- visits


@pytest.mark.parametrize("outcome", ["ok", "unchanged", *FAILURES])
def test_every_look_is_a_visit(sessions: Sessions, outcome: str) -> None:
    look(sessions, "/a-1")

    result = look(
        sessions,
        minute=15,
        outcome=outcome,
        links=None,
        size_bytes=1234,
        conditional=True,
        detail="one line",
    )

    visit = visits(sessions)[-1]
    assert visit.id == result.visit_id
    assert (visit.outcome, visit.size_bytes, visit.conditional) == (outcome, 1234, True)
    assert (visit.arrived_at, visit.detail) == (at(15), "one line")
    assert (visit.links, visit.new_links, visit.baseline) == (0, 0, False)


def test_failures_in_a_row_are_counted_until_a_look_succeeds(sessions: Sessions) -> None:
    look(sessions, "/a-1")
    failed_look(sessions, 15)
    failed_look(sessions, 30)
    assert (section(sessions).failures, section(sessions).last_looked_at) == (2, at(0))

    look(sessions, "/a-1", minute=45)

    assert (section(sessions).failures, section(sessions).last_looked_at) == (0, at(45))


def test_an_address_listed_twice_counts_once(sessions: Sessions) -> None:
    result = look(sessions, "/a-1", "/b-2", "/a-1?utm_source=rss")

    assert wanted(result) == ["/a-1", "/b-2"]
    assert [link.position for link in result.fresh] == [0, 1]
    assert (visits(sessions)[0].links, visits(sessions)[0].new_links) == (2, 2)


def test_a_listing_of_thousands_is_kept(sessions: Sessions) -> None:
    paths = [f"/story-{number}" for number in range(1_800)]

    assert wanted(look(sessions, *paths)) == paths
    assert look(sessions, *paths, minute=15).fresh == ()


def test_looks_at_an_unknown_section_are_refused(sessions: Sessions) -> None:
    for change in ({"source": "nobody"}, {"section": "nothing"}):
        with pytest.raises(LookupError, match="is not in the database"):
            look(sessions, "/a-1", **change)


def test_a_listing_may_hold_what_no_database_can(sessions: Sessions) -> None:
    hostile = "left\x00 \ud800right"
    link = make_link(
        "/a-1", headline=hostile, guid=hostile, date_published_raw=hostile, url=f"{SITE}/{hostile}"
    )

    result = look(sessions, links=(link,), detail=hostile)

    assert result.to_fetch[0].link.headline == "left right"
    page(sessions, "/a-1", detail=hostile)


# ---------------------------------------------------------------- what is to be fetched


def test_what_a_crash_left_unfetched_is_offered_again(sessions: Sessions) -> None:
    look(sessions, "/a-1", "/b-2")
    with sessions.begin() as session:
        store_article(session, make_item("/a-1"))

    later = look(sessions, "/c-3", minute=15)

    assert wanted(later) == ["/c-3", "/b-2"]
    left_over = later.to_fetch[1]
    assert (left_over.first_seen_at, left_over.baseline) == (at(0), True)
    assert left_over.visit_id == later.visit_id


@pytest.mark.parametrize(
    ("minute", "outcome"), [(15, "unchanged"), (15, "timeout")], ids=["unchanged", "failed"]
)
def test_left_overs_are_offered_even_when_nothing_could_be_listed(
    sessions: Sessions, minute: float, outcome: str
) -> None:
    look(sessions, "/a-1")

    assert wanted(look(sessions, minute=minute, outcome=outcome, links=None)) == ["/a-1"]


def test_a_stored_article_is_not_offered_again(sessions: Sessions) -> None:
    look(sessions, "/a-1")
    with sessions.begin() as session:
        store_article(session, make_item("/x-9", requested_url=f"{SITE}/a-1"))

    assert wanted(look(sessions, "/a-1", "/x-9", minute=15)) == []


@pytest.mark.parametrize(
    ("retry_at", "minute", "offered"),
    [
        (None, 10_000, False),  # never again
        (at(20), 15, False),
        (at(20), 20, True),
        (at(20), 25, True),
    ],
)
def test_a_page_without_article_is_offered_at_its_time(
    sessions: Sessions, retry_at: datetime | None, minute: float, offered: bool
) -> None:
    look(sessions, "/a-1")
    page(sessions, "/a-1", retry_at=retry_at)

    result = look(sessions, "/a-1", minute=minute)

    assert wanted(result) == (["/a-1"] if offered else [])
    assert [found.tries for found in result.to_fetch] == ([1] if offered else [])


def test_pages_without_article_count_their_tries_and_their_visit(sessions: Sessions) -> None:
    visit_id = look(sessions, "/a-1").visit_id
    for outcome in ("timeout", "http-500", "front"):
        page(sessions, "/a-1", outcome=outcome, visit_id=visit_id, detail=outcome.upper())

    with sessions() as session:
        (row,) = session.scalars(select(Page))
    assert (row.tries, row.outcome, row.detail) == (3, "front", "FRONT")
    assert visits(sessions)[0].pages_without_article == 3


def test_the_newest_listing_comes_first_and_in_its_order(sessions: Sessions) -> None:
    look(sessions, "/a-1", "/b-2", "/c-3")

    assert wanted(look(sessions, "/d-4", "/c-3", minute=15)) == ["/d-4", "/c-3", "/a-1", "/b-2"]


def test_a_planner_changes_the_section_in_the_same_transaction(sessions: Sessions) -> None:
    seen: list[tuple[Any, ...]] = []

    def plan(row: Section, ended: SectionLook, result: LookResult) -> None:
        seen.append((row.failures, ended.outcome, len(result.fresh)))
        row.next_visit_at = at(15)

    with sessions.begin() as session:
        record_look(session, make_look("/a-1", "/b-2"), plan)

    assert seen == [(0, "ok", 2)]
    assert section(sessions).next_visit_at == at(15)
    look(sessions, "/a-1", minute=16)
    assert visits(sessions)[-1].planned_at == at(15)


def by_key(rows: Iterable[Section]) -> dict[str, Section]:
    return {row.key: row for row in rows}


def test_sections_that_left_their_file_keep_their_history(sessions: Sessions) -> None:
    look(sessions, "/a-1", section="front")
    facts = SOURCES[0]
    with sessions.begin() as session:
        only = type(facts)(**{**_fields(facts), "name": "New name", "sections": facts.sections[:1]})
        save_sources(session, [only])

    with sessions() as session:
        rows = by_key(session.scalars(select(Section).where(Section.source_id == 1)))
        assert rows["front"].source.name == "New name"
    assert {key: row.enabled for key, row in rows.items()} == {"politics": True, "front": False}
    assert rows["front"].last_looked_at == at(0)
