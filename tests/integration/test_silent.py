"""What is not told: copies of old texts, impossible dates, and the list of it all."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from crawler.claim_losses import read_claim_losses
from crawler.cli import main
from pipelines.backtest import backtest
from pipelines.items import ArticleItem
from pipelines.silent import silent_matches
from pipelines.watch_files import WatchDefinition
from tests.examples import BODY, NOON, at, claimed, make_item
from tests.integration.test_match import Desk, at_outlet, make_watch, save_outlets

Sessions = sessionmaker[Session]
LONG_AGO = datetime(2019, 5, 14, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text_of(number: int) -> str:
    """A text of its own that speaks of the harbour levy."""
    words = random.Random(number)
    made = ["".join(words.choices("bdfgklmnprstvaeiou", k=8)) for _ in range(90)]
    lines = [" ".join(made[start : start + 15]) + "." for start in range(0, 90, 15)]
    return "\n".join([*lines, "It is the harbour levy again."])


def article(number: int, **fields: Any) -> ArticleItem:
    minute = 15 * number
    values = {
        "headline": text_of(number)[:44],
        "article_body": text_of(number),
        "first_seen_at": at(minute),
        "not_seen_at": at(minute - 15),
        "fetched_at": at(minute),
    }
    return make_item(f"/2026/levy-story-of-number-{number}", **(values | fields))


def silent(sessions: Sessions, *watches: WatchDefinition) -> list[tuple[int, str]]:
    with sessions() as session:
        found = silent_matches(session, watches, since=NOON - timedelta(days=9))
        return [(match.article.id, match.kind) for match in found]


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("claim", "wanted", "is_odd"),
    [
        (lambda moment: EPOCH, 4, True),
        (lambda moment: LONG_AGO, 4, True),
        (lambda moment: moment.replace(year=2025), 4, True),
        (lambda moment: moment, 4, False),
        (lambda moment: moment - timedelta(days=3), 0, True),
    ],
)
def test_what_was_seen_to_appear_alerts_whatever_year_it_claims(
    sessions: Sessions, claim: Any, wanted: int, is_odd: bool
) -> None:
    desk = Desk(sessions, make_watch())
    for number in range(4):
        first = article(
            number,
            date_published=claimed(claim(at(-60 * number))),
            arrival="baseline",
            baseline=True,
            first_seen_at=NOON,
            not_seen_at=None,
        )
        desk.store(first)

    for number in range(4, 8):
        desk.now = at(15 * number)
        desk.store(article(number, date_published=claimed(claim(at(15 * number - 5)))))

    assert len(desk.alerts) == wanted
    with sessions() as session:
        losses = read_claim_losses(session, now=at(200))
    told = " ".join(loss.reason for loss in losses)
    if wanted == 0:
        assert [loss.is_ill for loss in losses] == [True]
        assert told.startswith("no article of this source can alert: all claim 2026-11-20; ")
    elif is_odd:
        assert [loss.is_ill for loss in losses] == [False]
        assert told.startswith("4 of 4 new articles claim ")
    else:
        assert losses == []


def test_what_came_after_an_article_does_not_change_why_it_was_silent(sessions: Sessions) -> None:
    desk = Desk(sessions, make_watch())
    of_one_look = {"first_seen_at": at(15), "not_seen_at": at(0), "fetched_at": at(15)}
    desk.now = at(15)

    for number in range(8):
        claim = claimed(at(15) - timedelta(days=2, hours=3 * number))
        desk.store(article(number, date_published=claim, **of_one_look))

    told = {alert.article_id for alert in desk.alerts}
    kept_silent = silent(sessions, make_watch())
    assert told
    assert kept_silent
    assert kept_silent == [(number, "claim") for number, _ in kept_silent]
    assert {number for number, _ in kept_silent} == {*range(1, 9)} - told


def test_an_alert_tells_the_odd_date(sessions: Sessions) -> None:
    desk = Desk(sessions, make_watch())

    desk.store(article(0, date_published=claimed(LONG_AGO)))

    rules = desk.alerts[0].details["rules"]
    assert rules[0] == "new story"
    assert rules[1].startswith("it claims to be of 2019-05-14, which does not count: it was not")
    with sessions() as session:
        assert len(backtest(session, make_watch(), since=NOON - timedelta(days=1))) == 1


# ---------------------------------------------------------------- copies of what was there


def old_one(**fields: Any) -> ArticleItem:
    values = {"first_seen_at": at(-60), "not_seen_at": None, "fetched_at": at(-60)}
    return at_outlet("outlet-a", 0, **(values | fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"baseline": True},
        {"arrival": "older"},
        {"date_published": claimed(NOON - timedelta(days=3)), "not_seen_at": at(-75)},
        {"first_seen_at": NOON - timedelta(days=2), "fetched_at": NOON - timedelta(days=2)},
    ],
)
@pytest.mark.parametrize(
    "copy",
    [
        {},
        {"article_body": BODY + "\nWritten by our staff on the quay."},
        {"headline": "Levy put off", "byline": "By Jo Doe"},
    ],
)
def test_a_copy_of_what_was_there_before_is_no_news(
    sessions: Sessions, fields: dict[str, Any], copy: dict[str, Any]
) -> None:
    save_outlets(sessions)
    desk = Desk(sessions, make_watch())
    desk.store(old_one(**fields))

    number = desk.store(at_outlet("outlet-b", 0, not_seen_at=at(-15), **copy))

    assert desk.reasons == []
    assert silent(sessions, make_watch())[0] == (number, "copy")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_copied_brief_is_no_news_either(sessions: Sessions) -> None:
    save_outlets(sessions)
    desk = Desk(sessions, make_watch(query="levy"))
    brief = {"headline": "Levy put off", "article_body": "The council put off the levy."}
    desk.store(old_one(baseline=True, **brief))

    desk.store(at_outlet("outlet-b", 0, **brief))
    desk.store(at_outlet("outlet-c", 0, **(brief | {"headline": "Levy vote: a new date"})))

    assert desk.reasons == [("levy", "new")]


def test_a_copy_of_news_goes_with_its_original(sessions: Sessions) -> None:
    save_outlets(sessions)
    desk = Desk(sessions, make_watch())
    desk.store(old_one(not_seen_at=at(-75)))
    late = Desk(sessions, make_watch("late"))

    late.store(at_outlet("outlet-b", 0))

    # Its original would raise now, too.
    assert desk.reasons == [("levy", "new"), ("late", "new")]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_story_that_was_told_grows_by_copies_of_old_texts(sessions: Sessions) -> None:
    save_outlets(sessions)
    desk = Desk(sessions, make_watch(again={"sources": ["outlet-c"], "articles": True}))
    desk.store(old_one(baseline=True))
    own = BODY.replace("The council", "Outlet b heard that it").replace("put off", "delayed")
    desk.store(at_outlet("outlet-b", 0, article_body=own.replace("day", "morning")))

    desk.store(at_outlet("outlet-c", 1))

    assert [alert.details["rules"] for alert in desk.alerts] == [
        ["new story"],
        ["Outlet-C joined"],
    ]


# ---------------------------------------------------------------- the list


def test_every_match_that_was_not_told_is_listed_with_its_reason(sessions: Sessions) -> None:
    save_outlets(sessions)
    before = Desk(sessions)
    younger = before.store(article(1))
    desk = Desk(sessions, make_watch())
    baseline = desk.store(article(2, baseline=True, not_seen_at=None))
    older = desk.store(article(3, arrival="older"))
    old = desk.store(article(4, date_published=claimed(NOON - timedelta(days=3))))
    desk.store(article(5))
    same = desk.store(
        article(
            6,
            article_body=text_of(5) + "\nMore of it.",
            source="harbour-courier",
            url="https://courier.example/levy-6",
            requested_url=None,
        )
    )
    desk.now = NOON + timedelta(days=3)
    late = desk.store(article(7, fetched_at=NOON + timedelta(days=3)))
    desk.store(article(8, headline="Storm", article_body="The storm took the roof of a barn."))

    assert len(desk.alerts) == 1
    assert silent(sessions, make_watch()) == [
        (late, "late"),
        (same, "told"),
        (old, "claim"),
        (older, "older"),
        (baseline, "baseline"),
        (younger, "watch"),
    ]
    assert silent(sessions, make_watch(sources=["harbour-courier"])) == [(same, "told")]
    assert silent(sessions, make_watch(paused=True)) == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_command_lists_what_was_not_told(
    database_url: str,
    sessions: Sessions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    desk = Desk(sessions, make_watch())
    desk.store(article(1, baseline=True, not_seen_at=None))
    (tmp_path / "firstseen.toml").write_text(f'[database]\nurl = "{database_url}"\n')
    (tmp_path / "watches").mkdir()
    (tmp_path / "watches" / "levy.toml").write_text('name = "Levy"\nquery = "levy"\n')
    monkeypatch.chdir(tmp_path)

    def told(*options: str) -> tuple[int, str, str]:
        status = main(["alerts", "list", "--silent", "--since", "2026-11-01", *options])
        return status, *capsys.readouterr()

    status, out, _ = told()
    assert (status, "baseline" in out) == (0, True)
    status, out, _ = told("--watch", "levy", "--format", "json")
    assert [(row["watch"], row["reason"]) for row in json.loads(out)] == [("levy", "baseline")]
    assert told("--watch", "lavy")[0] != 0
    assert told("--state", "parked")[0] != 0
