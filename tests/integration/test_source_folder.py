"""What a folder of source files says is what is looked at, and history outlives its changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from crawler.schedule.budget import current_budget
from crawler.schedule.due import claim_due, claim_named, plan_visit
from pipelines.storage.coverage import coverage
from pipelines.storage.hubs import confirm, note_push, secret_of, wanted_subscriptions
from pipelines.storage.memory_models import HubSubscription, ListingValidators
from pipelines.storage.metric_queries import due_sections, freshness_by_source
from pipelines.storage.models import Article, ListedLink, Section, Source
from pipelines.storage.source_folder import save_folder
from pipelines.storage.source_history import told_changes
from pipelines.storage.sources import SourceFacts, find_section, save_sources
from pipelines.storage.visits import record_look
from pipelines.store import store_article
from tests.examples import NOON, SITE, SOURCES, at, make_item, make_look

Sessions = sessionmaker[Session]
POST, COURIER = SOURCES


def take_up(sessions: Sessions, *found: SourceFacts, unreadable: tuple[str, ...] = ()) -> list[str]:
    with sessions.begin() as session:
        changes = save_folder(session, found, unreadable=unreadable, now=at(1))
    return [f"{change.name}: {change.told}" for change in changes]


def in_use(sessions: Sessions) -> set[str]:
    with sessions() as session:
        query = select(Source.slug).join(Section).where(Section.enabled)
        return set(session.scalars(query))


def moved(facts: SourceFacts, **changes: str) -> SourceFacts:
    """Return a source whose first section is another in these respects."""
    first, *others = facts.sections
    return replace(facts, sections=(replace(first, **changes), *others))


def look_at(sessions: Sessions, *paths: str, minute: float, outcome: str = "ok") -> None:
    more = {} if outcome == "ok" else {"links": None, "http_status": 404}
    with sessions.begin() as session:
        look = make_look(*paths, minute=minute, outcome=outcome, **more)
        record_look(session, look, lambda s, seen, r: plan_visit(s, seen, r, theta=1e5))


GONE = {
    "its file is gone": ((POST,), "retired"),
    "its file says enabled = false": ((POST, replace(COURIER, enabled=False)), "disabled"),
}


@pytest.mark.parametrize(("folder", "use"), GONE.values(), ids=GONE)
def test_what_is_out_of_use_is_out_of_plan_budget_hubs_and_figures(
    sessions: Sessions, folder: tuple[SourceFacts, ...], use: str
) -> None:
    with sessions.begin() as session:
        courier = find_section(session, "harbour-courier", "politics")
        courier.hints = {"hub_url": "https://hub.example/", "topic_url": courier.url}
        (asked,) = wanted_subscriptions(session, NOON)
        both = current_budget(session, 24, now=NOON).theta

    told = take_up(sessions, *folder)

    assert len(told) == 1
    assert told[0].startswith("harbour-courier: ")
    with sessions.begin() as session:
        slugs = {"valley-post", "harbour-courier"}
        due = claim_due(session, now=at(2), owner="elsewhere:1:1", most_lanes=9, sources=slugs)
        assert {claimed.source for claimed in due} == {"valley-post"}
        assert current_budget(session, 24, now=at(2)).theta < both
        assert wanted_subscriptions(session, at(2)) == []
        topic = asked.topic_url
        assert not confirm(session, asked.token, topic, now=at(2), lease=timedelta(days=1))
        assert secret_of(session, asked.token) is None
        note_push(session, asked.token, now=at(2))
        assert set(freshness_by_source(session)) == {"valley-post"}
        assert due_sections(session, now=at(2)) == len(POST.sections)
        covered = coverage(session, sources=(), since=at(-60), until=at(2))
        uses = {c.use for c in covered if c.source == "harbour-courier"}
        assert uses == {use}
    assert take_up(sessions, *folder) == []  # told once


def test_one_source_by_name_leaves_the_others_as_they_are(sessions: Sessions) -> None:
    with sessions.begin() as session:
        save_sources(session, [POST])

    assert in_use(sessions) == {"valley-post", "harbour-courier"}


def test_a_disabled_source_that_is_named_is_looked_at_and_stays_disabled(
    sessions: Sessions,
) -> None:
    disabled = replace(COURIER, enabled=False)
    take_up(sessions, POST, disabled)

    with sessions.begin() as session:
        save_sources(session, [disabled])
        claimed, busy = claim_named(
            session, now=at(2), owner="elsewhere:1:1", sources={"harbour-courier"}
        )

    assert [due.section for due in claimed] == ["politics"]
    assert busy == []
    assert in_use(sessions) == {"valley-post"}


@pytest.mark.parametrize("unreadable", [(), ("harbour-courier",)])
def test_a_file_that_cannot_be_read_leaves_what_was(
    sessions: Sessions, unreadable: tuple[str, ...]
) -> None:
    take_up(sessions, POST, unreadable=unreadable)

    assert in_use(sessions) == {"valley-post", *unreadable}


def test_a_folder_that_lost_all_files_retires_nobody(sessions: Sessions) -> None:
    assert take_up(sessions) == []
    assert in_use(sessions) == {"valley-post", "harbour-courier"}


def test_who_comes_back_is_looked_at_whatever_failed_before(sessions: Sessions) -> None:
    for minute in range(5):
        look_at(sessions, minute=minute, outcome="http-4xx")
    take_up(sessions, COURIER)
    take_up(sessions, POST, COURIER)

    with sessions() as session:
        assert find_section(session, "valley-post", "politics").next_visit_at is None


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("changes", "is_other"),
    [
        ({"url": f"{SITE}/new.rss"}, True),
        ({"kind": "front"}, True),
        ({"reading": "always f"}, True),
        ({"reading": "never g"}, False),
        ({"url": "http://www.valleypost.example/politics.rss"}, False),
    ],
)
def test_a_corrected_section_is_looked_at_now_and_proves_its_own(
    sessions: Sessions, changes: dict[str, str], is_other: bool
) -> None:
    post = moved(POST, reading="never f")
    take_up(sessions, post, COURIER)
    look_at(sessions, "/2026/known-1", minute=2)
    for minute in range(3, 13):
        look_at(sessions, minute=minute, outcome="http-4xx")
    with sessions.begin() as session:
        key = f"valley-post/politics {SITE}/politics.rss"
        session.add(ListingValidators(url=key, body_sha256="", full_at=NOON, looks_since_full=0))

    told = take_up(sessions, moved(post, **changes), COURIER)

    assert len(told) == 1
    with sessions.begin() as session:
        section = find_section(session, "valley-post", "politics")
        assert (section.next_visit_at, section.failures) == (None, 0)
        assert (section.last_looked_at is None) is is_other
        assert session.scalar(select(func.count()).select_from(ListingValidators)) == 0
    look_at(sessions, "/2026/known-1", "/2026/other-2", minute=20)
    with sessions() as session:
        rows = {c.kind for c in told_changes(session, slugs=["valley-post"])}
        assert rows  # it is kept


def test_what_a_new_address_lists_first_was_not_proved_absent_by_the_old(
    sessions: Sessions,
) -> None:
    look_at(sessions, "/2026/known-1", minute=2)
    look_at(sessions, "/2026/known-1", minute=12)
    take_up(sessions, moved(POST, url=f"{SITE}/new.rss"), COURIER)

    with sessions.begin() as session:
        look = make_look("/2026/known-1", "/2026/other-2", minute=20)
        result = record_look(session, look)

    assert [link.url for link in result.fresh] == [f"{SITE}/2026/other-2"]  # the other is known
    other = {found.link.url: found for found in result.to_fetch}[f"{SITE}/2026/other-2"]
    assert (other.not_seen_at, other.baseline) == (None, True)


def test_a_look_at_the_old_address_proves_nothing_of_the_new(sessions: Sessions) -> None:
    look_at(sessions, "/2026/known-1", minute=2)
    take_up(sessions, moved(POST, url=f"{SITE}/new.rss"), COURIER)

    with sessions.begin() as session:  # it was under way meanwhile
        look = make_look("/2026/known-1", minute=3, url=f"{SITE}/politics.rss")
        record_look(session, look, lambda s, seen, r: plan_visit(s, seen, r, theta=1e5))
        section = find_section(session, "valley-post", "politics")
        assert (section.last_whole_at, section.baseline_at) == (None, None)
        assert section.next_visit_at is None


def test_a_shorter_listing_at_a_new_address_is_a_whole_one(sessions: Sessions) -> None:
    for minute in range(5):
        look_at(sessions, *(f"/2026/known-{n}" for n in range(200)), minute=minute)
    take_up(sessions, moved(POST, url=f"{SITE}/new.rss"), COURIER)

    for minute in (20, 30):
        look_at(sessions, "/2026/known-1", "/2026/other-2", minute=minute)

    with sessions() as session:
        assert find_section(session, "valley-post", "politics").last_whole_at is not None


def test_a_look_under_other_filters_bounds_nothing(sessions: Sessions) -> None:
    """Of what a filter hid nobody knows whether it was there; what is news is told as before."""
    take_up(sessions, moved(POST, reading="never some-filters"), COURIER)
    look_at(sessions, "/2026/known-1", minute=2)
    take_up(sessions, moved(POST, reading="never other-filters"), COURIER)

    for minute, name in ((3, "hidden-2"), (4, "young-3")):
        look_at(sessions, f"/2026/{name}", "/2026/known-1", minute=minute)

    with sessions() as session:
        rows = {row.url.rpartition("/")[2]: row for row in session.scalars(select(ListedLink))}
    assert (rows["hidden-2"].arrival, rows["hidden-2"].not_listed_at) == ("new", None)
    assert (rows["young-3"].arrival, rows["young-3"].not_listed_at) == ("new", at(3 - 0.01))


def test_a_corrected_address_ends_the_old_subscription(sessions: Sessions) -> None:
    with sessions.begin() as session:
        section = find_section(session, "valley-post", "politics")
        section.hints = {"hub_url": "https://hub.example/", "topic_url": section.url}
        wanted_subscriptions(session, NOON)

    take_up(sessions, moved(POST, url=f"{SITE}/new.rss"), COURIER)

    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(HubSubscription)) == 0


# ---------------------------------------------------------------- names


def history_of(sessions: Sessions, slug: str) -> int:
    with sessions() as session:
        query = select(func.count()).select_from(Article).join(Source).where(Source.slug == slug)
        return session.scalar(query) or 0


RENAMED = {
    "the file alone": replace(POST, slug="the-valley-post"),
    "with another home page": replace(POST, slug="the-valley-post", home_url="https://vp.example/"),
    "with one section of two": replace(POST, slug="the-valley-post", sections=POST.sections[:1]),
}


@pytest.mark.parametrize("facts", RENAMED.values(), ids=RENAMED)
@pytest.mark.parametrize("between", [False, True])
def test_a_renamed_file_keeps_its_history_and_says_so(
    sessions: Sessions, facts: SourceFacts, between: bool
) -> None:
    with sessions.begin() as session:
        store_article(session, make_item())
    if between:  # the old file was gone for a while
        take_up(sessions, COURIER)

    told = take_up(sessions, facts, COURIER)

    assert any(t.startswith("the-valley-post: was called valley-post") for t in told)
    assert history_of(sessions, "the-valley-post") == 1
    assert in_use(sessions) == {"the-valley-post", "harbour-courier"}


OTHERS = {
    "the same home page alone": replace(
        POST,
        slug="valley-weekly",
        sections=(replace(POST.sections[0], url=f"{SITE}/weekly.rss"),),
    ),
    "one section of two, and another home page": replace(
        POST,
        slug="valley-weekly",
        home_url="https://weekly.example/",
        sections=(POST.sections[0], replace(POST.sections[1], url="https://weekly.example/")),
    ),
}


@pytest.mark.parametrize("facts", OTHERS.values(), ids=OTHERS)
def test_in_doubt_two_sources_stay_two_and_that_is_said(
    sessions: Sessions, facts: SourceFacts
) -> None:
    with sessions.begin() as session:
        store_article(session, make_item())

    told = take_up(sessions, facts, COURIER)

    assert any(t.startswith("valley-weekly: may be valley-post") for t in told)
    assert history_of(sessions, "valley-post") == 1
    assert in_use(sessions) == {"valley-weekly", "harbour-courier"}


def test_two_new_files_that_look_like_one_old_one_stay_apart(sessions: Sessions) -> None:
    one, two = replace(POST, slug="post-one"), replace(POST, slug="post-two")

    told = take_up(sessions, one, two, COURIER)

    assert sum("may be valley-post" in t for t in told) == 2
    assert in_use(sessions) == {"post-one", "post-two", "harbour-courier"}


def test_a_copy_beside_the_old_file_is_another_source(sessions: Sessions) -> None:
    take_up(sessions, POST, replace(POST, slug="post-copy"), COURIER)

    assert in_use(sessions) == {"valley-post", "post-copy", "harbour-courier"}


def test_a_renamed_section_keeps_its_row(sessions: Sessions) -> None:
    look_at(sessions, "/2026/known-1", minute=0)
    with sessions() as session:
        before = find_section(session, "valley-post", "politics").id

    told = take_up(sessions, moved(POST, key="parliament"), COURIER)

    with sessions() as session:
        assert find_section(session, "valley-post", "parliament").id == before
    assert told == [
        "valley-post/parliament: the section was called politics: "
        "its history goes on under the new name"
    ]
