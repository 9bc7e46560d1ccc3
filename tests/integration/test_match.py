"""Alerts: once per watch and story, again only on growth asked for, never from the past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.items import PAGE_IN_PART, ArticleItem
from pipelines.looks import RecheckOutcome
from pipelines.match import WatchKeeper
from pipelines.storage.models import Story
from pipelines.storage.rechecks import record_recheck
from pipelines.storage.sources import SectionFacts, SourceFacts, save_sources
from pipelines.storage.watch_models import Alert, Delivery, Watch
from pipelines.store import store_once_more
from pipelines.watch_files import WatchDefinition, parse_definition
from pipelines.watch_set import WatchSet
from tests.examples import BODY, NOON, at, claimed, make_item

Sessions = sessionmaker[Session]


def make_watch(slug: str = "levy", **keys: Any) -> WatchDefinition:
    table = {"name": slug.title(), "query": '"harbour levy"', "channels": ["desk"]} | keys
    return parse_definition(table, slug=slug, where=f"{slug}.toml", lists={})


#: For rules in which no SQL differs; the rest runs on both databases.
ONE_DATABASE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


class Desk:
    """A database with watches on it, and the clock of its program."""

    def __init__(self, sessions: Sessions, *watches: WatchDefinition) -> None:
        self.sessions = sessions
        self.now = NOON
        self.watches = WatchKeeper(
            lambda: WatchSet({w.slug: w for w in watches}), clock=lambda: self.now
        )
        self.stories = StoryKeeper()

    def store(self, item: ArticleItem) -> int:
        with self.sessions.begin() as session:
            result = store_once_more(session, item, stories=self.stories, watches=self.watches)
            return result.article_id

    @property
    def reasons(self) -> list[tuple[str, str]]:
        with self.sessions() as session:
            query = select(Watch.slug, Alert.reason).join(Watch).order_by(Alert.id)
            return [(slug, reason) for slug, reason in session.execute(query)]

    @property
    def alerts(self) -> list[Alert]:
        with self.sessions() as session:
            return list(session.scalars(select(Alert).order_by(Alert.id)))

    @property
    def outbox(self) -> list[Delivery]:
        with self.sessions() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(sessions: Sessions) -> OpenDesk:
    return lambda *watches: Desk(sessions, *watches)


OUTLETS = ("outlet-a", "outlet-b", "outlet-c", "outlet-d", "outlet-e", "outlet-f")


def save_outlets(sessions: Sessions) -> None:
    with sessions.begin() as session:
        save_sources(
            session,
            [
                SourceFacts(
                    slug=slug,
                    name=slug.title(),
                    home_url=f"https://{slug}.example/",
                    country="US",
                    language="en",
                    family=slug,
                    wikidata=None,
                    sections=(
                        SectionFacts(
                            "politics", "feed", f"https://{slug}.example/rss", f"{slug}.example"
                        ),
                    ),
                )
                for slug in OUTLETS
            ],
        )


def at_outlet(slug: str, minute: float, **fields: Any) -> ArticleItem:
    url = f"https://{slug}.example/2026/11/23/harbour-levy-{minute:.0f}"
    values = {
        "source": slug,
        "url": url,
        "requested_url": url,
        "first_seen_at": at(minute),
        "fetched_at": at(minute),
    }
    return make_item(**(values | fields))


def test_a_new_story_raises_one_alert_with_what_matched(open_desk: OpenDesk) -> None:
    desk = open_desk(make_watch(), make_watch("weather", query="storm"))

    desk.store(make_item())

    (alert,) = desk.alerts
    assert desk.reasons == [("levy", "new")]
    assert alert.query == '"harbour levy"'
    assert alert.raised_at == NOON
    assert alert.details["rules"] == ["new story"]
    assert alert.details["excerpts"][0] == {
        "field": "headline",
        "before": "Council puts off ",
        "match": "harbour levy",
        "after": "",
    }
    (delivery,) = desk.outbox
    assert (delivery.channel, delivery.state, delivery.mode) == ("desk", "waiting", "single")
    assert delivery.next_try_at == NOON
    assert (delivery.key or "").startswith("msg_")


def test_a_syndicated_story_at_six_outlets_is_told_once(
    sessions: Sessions, open_desk: OpenDesk
) -> None:
    save_outlets(sessions)
    desk = open_desk(make_watch())

    for minute, slug in enumerate(OUTLETS):
        desk.store(at_outlet(slug, minute))

    with sessions() as session:
        assert len(list(session.scalars(select(Story)))) == 1
    assert desk.reasons == [("levy", "new")]


def test_the_same_article_again_is_not_told_again(open_desk: OpenDesk) -> None:
    desk = open_desk(make_watch())
    desk.store(make_item())

    desk.store(make_item())

    assert desk.reasons == [("levy", "new")]


@ONE_DATABASE
@pytest.mark.parametrize(
    "fields",
    [
        {"baseline": True},
        {"date_published": claimed(NOON - timedelta(hours=25))},
        {"date_published": claimed(NOON - timedelta(days=3), precision="day")},
        {"first_seen_at": NOON - timedelta(hours=25), "not_seen_at": None},
    ],
)
def test_what_was_there_before_never_alerts(fields: dict[str, Any], open_desk: OpenDesk) -> None:
    desk = open_desk(make_watch())

    desk.store(make_item(**fields))

    assert desk.reasons == []


@ONE_DATABASE
@pytest.mark.parametrize(
    "fields",
    [
        {"date_published": claimed(NOON - timedelta(hours=23))},
        {"date_published": claimed(NOON - timedelta(hours=12), precision="day")},
        {"date_published": claimed(NOON + timedelta(days=3))},  # wrong, and no reason for silence
        {"not_seen_at": None},
    ],
)
def test_what_is_young_enough_alerts(fields: dict[str, Any], open_desk: OpenDesk) -> None:
    desk = open_desk(make_watch())

    desk.store(make_item(**fields))

    assert desk.reasons == [("levy", "new")]


def test_a_new_watch_is_silent_about_what_is_stored(open_desk: OpenDesk) -> None:
    open_desk().store(make_item())
    desk = open_desk(make_watch())

    desk.store(make_item())
    desk.store(make_item("/2026/other-2", headline="Storm", article_body=STORM))

    assert desk.reasons == []


STORM = "\n".join(f"The storm took the roof of barn {n} at Nordvik in the night." for n in range(9))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"sources": ["valley-post"]}, 1),
        ({"sources": ["harbour-courier"]}, 0),
        ({"sections": ["politics"]}, 1),
        ({"sections": ["sport"]}, 0),
        ({"paused": True}, 0),
        ({"query": "country:no lang:en domain:valleypost.example levy"}, 1),
        ({"query": "removed:levy OR gone:"}, 0),
    ],
)
def test_a_watch_looks_only_where_it_should(
    keys: dict[str, Any], expected: int, open_desk: OpenDesk
) -> None:
    desk = open_desk(make_watch(**keys))

    desk.store(make_item())

    assert len(desk.reasons) == expected


# ---------------------------------------------------------------- growth


def rewritten(number: int) -> str:
    return "\n".join(
        f"Westhaven council, day {n}: outlet {number} heard that the harbour levy vote waits, "
        f"reporter {number} writes {'again ' * number}from bench {n * number}."
        for n in range(1, 7)
    )


def test_growth_is_told_when_it_was_asked_for(sessions: Sessions, open_desk: OpenDesk) -> None:
    save_outlets(sessions)
    asked = make_watch("asked", again={"publishers": [2, 3], "sources": ["outlet-e"]})
    desk = open_desk(asked, make_watch("plain"))

    ids = [desk.store(at_outlet(s, m)) for m, s in enumerate(OUTLETS[:1])]
    ids += [
        desk.store(at_outlet(slug, minute, article_body=rewritten(minute)))
        for minute, slug in enumerate(OUTLETS[1:], 1)
    ]

    with sessions() as session:
        assert len(list(session.scalars(select(Story)))) == 1
    assert [reason for slug, reason in desk.reasons if slug == "plain"] == ["new"]
    assert [reason for slug, reason in desk.reasons if slug == "asked"] == [
        "new",
        f"growth {ids[1]}",
        f"growth {ids[2]}",
        f"growth {ids[4]}",
    ]
    told = [a.details["rules"] for a in desk.alerts if a.reason.startswith("growth")]
    assert told == [
        ["2 independent publishers carry it"],
        ["3 independent publishers carry it"],
        ["Outlet-E joined"],
    ]


def test_every_article_is_told_where_that_was_asked_for(
    sessions: Sessions, open_desk: OpenDesk
) -> None:
    save_outlets(sessions)
    every = make_watch("every", again={"articles": True})
    desk = open_desk(every, make_watch("plain"))

    first = desk.store(at_outlet("outlet-a", 0))
    desk.store(at_outlet("outlet-b", 1))  # a copy is the same text
    own = desk.store(at_outlet("outlet-c", 2, article_body=rewritten(2)))
    plain = rewritten(3).replace("harbour levy", "vote")  # of the story, but not asked for
    desk.store(at_outlet("outlet-d", 3, article_body=plain, headline="The port waits on"))

    assert first != own
    assert [reason for slug, reason in desk.reasons if slug == "plain"] == ["new"]
    assert [r for slug, r in desk.reasons if slug == "every"] == ["new", f"growth {own}"]
    assert desk.alerts[-1].details["rules"] == ["a further article"]


def test_a_watch_may_wait_for_independent_publishers(
    sessions: Sessions, open_desk: OpenDesk
) -> None:
    save_outlets(sessions)
    desk = open_desk(make_watch(query='"harbour levy" minsources:2'))

    desk.store(at_outlet("outlet-a", 0))
    desk.store(at_outlet("outlet-b", 1))  # a copy: no second voice
    assert desk.reasons == []
    desk.store(at_outlet("outlet-c", 2, article_body=rewritten(2)))

    assert desk.reasons == [("levy", "new")]


def edited(**fields: Any) -> ArticleItem:
    return make_item(**({"fetched_at": at(30)} | fields))


EDITS: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"headline": True}, {"headline": "Council drops its tax on the port"}, ["headline was"]),
    ({"correction": True}, {"corrections": ["Correction: five days, not six."],
      "article_body": BODY + "\nCorrection: five days, not six."}, ["correction was added"]),
    ({"removed": ["Westhaven met on day 5"]},
     {"article_body": BODY.rpartition("\n")[0]}, ["was removed"]),
    ({"headline": True, "removed": ["put off its vote"]},
     {"headline": "Council drops its tax on the port"}, ["headline was"]),
    ({}, {"headline": "Council drops its tax on the port"}, []),
    ({"removed": ["nobody said this"]}, {"article_body": BODY.rpartition("\n")[0]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("again", "fields", "expected"), EDITS)
def test_an_edit_is_told_when_it_was_asked_for(
    again: dict[str, Any], fields: dict[str, Any], expected: list[str], open_desk: OpenDesk
) -> None:
    desk = open_desk(make_watch(again=again))
    number = desk.store(make_item())

    desk.store(edited(**fields))

    edits = [alert for alert in desk.alerts if alert.reason == f"edit {number}.2"]
    assert len(edits) == bool(expected)
    for told, alert in zip(expected, edits, strict=True):
        assert told in alert.details["rules"][0]
    assert desk.alerts[0].reason == "new"


def test_a_watch_on_edits_hears_of_articles_from_the_first_look(open_desk: OpenDesk) -> None:
    desk = open_desk(make_watch(query='removed:"day 5"'))
    number = desk.store(make_item(baseline=True))

    desk.store(edited(baseline=True, article_body=BODY.rpartition("\n")[0]))

    assert desk.reasons == [("levy", f"edit {number}.2")]
    assert "day 5" in desk.alerts[0].details["removed"][0]


def test_an_edit_that_brings_the_words_is_told_as_new(open_desk: OpenDesk) -> None:
    desk = open_desk(make_watch(query="zebra"))
    desk.store(make_item())

    desk.store(edited(article_body=BODY + "\nA zebra was seen on the pier by two councillors."))

    assert desk.reasons == [("levy", "new")]


def test_the_rest_of_a_page_shown_in_part_is_told_once_and_as_no_edit(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk(
        make_watch("rest", query='"nobody but the rest"', again={"headline": True}),
        make_watch("part", again={"removed": ["day 5"], "headline": True}),
    )
    desk.store(make_item(cut_fields=[PAGE_IN_PART]))
    assert [slug for slug, _ in desk.reasons] == ["part"]
    whole = BODY + "\nSo said nobody but the rest of the page."
    for _ in range(2):
        desk.store(edited(article_body=whole))
    assert [slug for slug, _ in desk.reasons] == ["part", "rest"]
    assert not [reason for _, reason in desk.reasons if reason.startswith("edit")]


def test_a_new_watch_is_silent_about_an_old_article_that_is_edited(open_desk: OpenDesk) -> None:
    open_desk().store(make_item())
    desk = open_desk(make_watch())

    desk.store(edited(article_body=BODY + "\nA zebra was seen on the pier by two councillors."))

    assert desk.reasons == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [({}, 1), ({"again": {"gone": True}}, 2), ({"query": "levy gone:"}, 1)],
)
def test_an_article_that_is_gone_is_told_when_it_was_asked_for(
    keys: dict[str, Any], expected: int, sessions: Sessions, open_desk: OpenDesk
) -> None:
    desk = open_desk(make_watch(**keys))
    number = desk.store(make_item())

    for hours in (1, 9, 10):
        with sessions.begin() as session:
            look = RecheckOutcome(article_id=number, at=at(60 * hours), outcome="missing")
            if gone := record_recheck(session, look):
                desk.watches.match_gone(session, gone)

    assert len(desk.reasons) == expected
    if keys:
        assert desk.reasons[-1] == ("levy", f"gone {number}")


def test_a_story_merged_into_another_is_not_told_twice(
    sessions: Sessions, open_desk: OpenDesk
) -> None:
    save_outlets(sessions)
    desk = open_desk(make_watch(query="Westhaven"))
    desk.store(at_outlet("outlet-a", 0))
    with sessions.begin() as session:
        first = session.scalars(select(Story)).one()
        other = Story(title="Else", first_seen_at=NOON, last_seen_at=NOON)
        session.add(other)
        session.flush()
        for alert in session.scalars(select(Alert)):
            alert.story_id = other.id
        other.merged_into_id = first.id

    desk.store(at_outlet("outlet-b", 1))

    assert len(desk.reasons) == 1


def test_a_rolled_back_article_takes_its_alerts_with_it(
    sessions: Sessions, open_desk: OpenDesk
) -> None:
    desk = open_desk(make_watch())

    def fail(session: Session) -> None:
        store_once_more(session, make_item(), stories=desk.stories, watches=desk.watches)
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError), sessions.begin() as session:
        fail(session)
    desk.watches.forget()
    desk.stories.forget()
    assert (desk.reasons, desk.outbox) == ([], [])

    desk.store(make_item())

    assert desk.reasons == [("levy", "new")]


# ---------------------------------------------------------------- when it may leave

EXCEPT = {"quiet": {"from": "11:00", "to": "15:00", "except_sources": ["valley-post"]}}


@ONE_DATABASE
@pytest.mark.parametrize(
    ("keys", "hours", "mode"),
    [
        ({"deliver": "digest at 18:30"}, 6.5, "digest"),
        ({"deliver": "digest at 08:00", "zone": "Europe/Oslo"}, 19, "digest"),
        ({"quiet": {"from": "11:00", "to": "15:00"}}, 3, "digest"),
        ({"quiet": {"from": "22:00", "to": "13:00"}}, 1, "digest"),
        (EXCEPT, 0, "single"),
        ({"quiet": {"from": "13:00", "to": "15:00"}}, 0, "single"),
    ],
)  # fmt: skip
def test_quiet_hours_and_digests_delay_what_is_sent(
    keys: dict[str, Any], hours: float, mode: str, open_desk: OpenDesk
) -> None:
    desk = open_desk(make_watch(**keys))

    desk.store(make_item())

    (delivery,) = desk.outbox
    assert delivery.next_try_at == NOON + timedelta(hours=hours)
    assert delivery.mode == mode
    assert desk.alerts[0].raised_at == NOON


def test_every_channel_is_told_once(tmp_path: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(make_watch(channels=["desk", "phone", "desk"]))

    desk.store(make_item())

    assert [d.channel for d in desk.outbox] == ["desk", "phone"]
    assert len({d.key for d in desk.outbox}) == 2
