"""Every section is in one state, and the reasons say of what it suffers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.field_shares import fallen_fields
from crawler.health import SectionFacts, State, exit_status, judge_section
from crawler.schedule.learnt_rate import DAY, RhythmState
from pipelines.storage.health_queries import DAY as LAST_DAY
from pipelines.storage.health_queries import MONTH, WEEK, FieldCounts, LastVisit
from tests.examples import NOON

HOUR = timedelta(hours=1)


def last(outcome: str, status: int | None = None, detail: str = "") -> LastVisit:
    return LastVisit(outcome, status, detail, NOON - HOUR)


BUSY = RhythmState(articles=1500, exposure=30 * DAY, watched_until=(NOON - HOUR).timestamp())
WELL = SectionFacts(
    "valley-post",
    "politics",
    last_success_at=NOON - HOUR,
    next_visit_at=NOON + HOUR,
    last=last("ok", 200),
    rhythm=BUSY,
    first_look_at=NOON - timedelta(days=60),
    last_new_at=NOON - HOUR,
    seen_day=50,
    seen_week=350,
)
FULL = FieldCounts(200, {"byline": 192, "images": 60})
BARE = FieldCounts(12, {"byline": 0, "images": 1})


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({}, "ok", ""),
        ({"enabled": False, "failures": 9, "last": last("dns")}, "retired", "no enabled source"),
        ({"failures": 1, "last": last("robots")}, "blocked", "robots.txt asks us not"),
        (
            {"failures": 2, "last": last("http-4xx", 403)},
            "blocked",
            "refuses us: HTTP 403, 2 times",
        ),
        ({"failures": 1, "last": last("http-4xx", 403)}, "ok", ""),
        ({"failures": 1, "last": last("timeout")}, "ok", ""),
        (
            {"failures": 3, "last": last("timeout", None, "no answer")},
            "failing",
            "3 in a row: the answer did not come",
        ),
        (
            {"failures": 1, "last": last("all-filtered", 200, "6 listed, none kept: 6 on ...")},
            "failing",
            "6 listed, none kept: 6 on ...; the listing has entries and our own filters keep none",
        ),
        (
            {"failures": 1, "last": last("moved", 200, "moved for good to https://x.example/")},
            "failing",
            "moved for good to https://x.example/",
        ),
        (
            {"last": last("partial", 200, "2 of 7 child sitemaps not read")},
            "partial",
            "2 of 7 child sitemaps not read; a part of the listing was not seen",
        ),
        (
            {"last_whole_at": NOON - 26 * HOUR},
            "partial",
            "no whole look for 26 h: what is new has no lower bound",
        ),
        ({"last_whole_at": NOON - 26 * HOUR, "usual_wait": 30 * HOUR}, "ok", ""),
        ({"last": last("sparse", 200, "lists nothing")}, "quiet", "lists nothing; it lists"),
        (
            {"last": last("sparse", 200, "lists 1"), "last_whole_at": NOON - 2 * HOUR},
            "ok",
            "",
        ),
        ({"failures": 2, "last": last("http-4xx", 404)}, "failing", "http-4xx, 2 in a row"),
        (
            {"failures": 1, "last": last("no-browser", None, "NoBrowser: ...")},
            "failing",
            "no-browser, 1 in a row: its pages must be shown in a browser and none was found",
        ),
        (
            {"failures": 3, "last": last("needs-rendering", 200)},
            "failing",
            "needs-rendering, 3 in a row: the page lists nothing until its scripts have run",
        ),
        ({"failures": 1, "last": last("needs-rendering", 200)}, "ok", ""),
        ({"failures": 1, "last": last("dns"), "last_success_at": None}, "failing", "dns"),
        (
            {"failures": 1, "last": last("dns"), "last_success_at": NOON - 30 * HOUR},
            "failing",
            "dns, 1 in a row",
        ),
        ({"last": None, "next_visit_at": None}, "late", "never looked at"),
        ({"next_visit_at": NOON - timedelta(minutes=20)}, "ok", ""),
        ({"next_visit_at": NOON - 3 * HOUR}, "late", "due for 3 h"),
        ({"last_new_at": NOON - 20 * HOUR, "seen_day": 0}, "quiet", "nothing new for 19 h, where"),
        ({"seen_day": 1}, "quiet", "1 new in 24 hours, where 48 were"),
        (
            {"fields": {LAST_DAY: BARE, WEEK: FULL}},
            "degraded",
            "byline fell from 96% to 0%",
        ),
        (
            {
                "pages": {
                    LAST_DAY: FieldCounts(20, {"readable": 1}),
                    WEEK: FieldCounts(90, {"readable": 85}),
                }
            },
            "degraded",
            "readable fell from 94% to 5%",
        ),
        (
            {
                "kept": {
                    LAST_DAY: FieldCounts(300, {"kept entries": 12}),
                    WEEK: FieldCounts(2000, {"kept entries": 1900}),
                }
            },
            "degraded",
            "kept entries fell from 95% to 4%",
        ),
    ],
)
def test_the_state_says_what_is_wrong(change: dict[str, object], state: State, reason: str) -> None:
    health = judge_section(replace(WELL, **change), now=NOON)  # type: ignore[arg-type]  # a table

    assert (health.state, reason in "; ".join(health.reasons)) == (state, True)
    assert bool(health.reasons) is (state != "ok")


def test_the_worst_state_is_named_and_every_reason_told() -> None:
    ill = replace(
        WELL, next_visit_at=NOON - 5 * HOUR, seen_day=0, fields={LAST_DAY: BARE, WEEK: FULL}
    )

    health = judge_section(ill, now=NOON)

    assert health.state == "late"
    assert len(health.reasons) == 3


def test_what_was_not_looked_at_is_not_silence() -> None:
    unseen = replace(
        WELL,
        rhythm=replace(BUSY, watched_until=(NOON - 30 * HOUR).timestamp()),
        last_new_at=NOON - 30 * HOUR,
        seen_day=0,
    )

    assert judge_section(unseen, now=NOON).state == "ok"


def test_a_section_with_few_articles_a_day_is_compared_by_the_week() -> None:
    slow = replace(
        WELL,
        fields={
            LAST_DAY: FieldCounts(2, {"byline": 0}),
            WEEK: FieldCounts(10, {"byline": 0}),
            MONTH: FieldCounts(40, {"byline": 39}),
        },
    )

    assert judge_section(slow, now=NOON).reasons == ("byline fell from 98% to 0%",)


@pytest.mark.parametrize(
    ("recent", "before"),
    [
        (FieldCounts(7, {"byline": 0}), FULL),  # too few to tell
        (BARE, FieldCounts(19, {"byline": 19})),
        (FieldCounts(50, {"byline": 40}), FULL),  # 80 % of 96 %
        (FieldCounts(50, {"images": 0}), FULL),  # never usual: 30 %
        (FieldCounts(8, {"byline": 2}), FieldCounts(100, {"byline": 60})),  # may be chance
        (FieldCounts(50, {"byline": 50}), FieldCounts(100, {"byline": 60})),  # a rise
    ],
)
def test_small_numbers_and_small_falls_are_no_alarm(
    recent: FieldCounts, before: FieldCounts
) -> None:
    recent = replace(
        recent, having={**dict.fromkeys(before.having, recent.articles), **recent.having}
    )

    assert fallen_fields(recent, before) == []


@pytest.mark.parametrize(
    ("states", "status"),
    [(["ok", "retired"], 0), ([], 0), (["ok", "quiet"], 3), (["late", "failing"], 1)],
)
def test_the_exit_status_tells_monitoring_how_much_is_wrong(
    states: list[State], status: int
) -> None:
    judged = [replace(judge_section(WELL, now=NOON), state=state) for state in states]

    assert exit_status(judged) == status
