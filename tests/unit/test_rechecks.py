"""Further looks, from the answer to what is noted of it."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, signals
from scrapy.http import HtmlResponse
from twisted.python.failure import Failure

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.middlewares.crawl_delay import HostHeldOff
from crawler.middlewares.host_state import MemoryHostState, Validators
from crawler.spiders.readings import Readings
from crawler.spiders.rechecks import Rechecks
from pipelines.items import ArticleItem
from pipelines.looks import MemoryLedger, Recheck, RecheckOutcome
from tests.examples import NOON, at

HOME, PAGES = "https://valleypost.example/", "https://pages.example/2026/levy-1"
TITLE = "Council puts off harbour levy"
TEXT = "".join(
    f"<p>The council met on day {n} and put off its vote on the levy.</p>" for n in "abcdef"
)
PAGE = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{TEXT}</article>"
NOT_FOUND = PAGE.replace(TITLE, "Page not found")


class Noted(MemoryLedger):
    """A ledger that keeps what is noted of further looks."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[RecheckOutcome] = []

    async def record_recheck(self, look: RecheckOutcome) -> None:
        self.noted.append(look)


def source(*hosts: str) -> SourceDefinition:
    section = SectionDefinition("politics", f"{HOME}rss", "feed", hosts=hosts)
    return SourceDefinition("valley-post", "The Valley Post", HOME, "NO", "en", (section,))


class Desk:
    """One spider's further looks, without a network."""

    def __init__(self) -> None:
        self.ledger, self.host_state = Noted(), MemoryHostState()
        self.on: dict[object, Any] = {}
        bus = SimpleNamespace(connect=lambda call, signal: self.on.setdefault(signal, call))
        self.rechecks = Rechecks(
            SimpleNamespace(  # type: ignore[arg-type]  # all of a spider that is needed
                crawler=SimpleNamespace(signals=bus, stats=None),
                ledger=self.ledger,
                host_state=self.host_state,
                readings=Readings(self.ledger),
                logger=logging.getLogger("desk"),
            ),
            9,
        )

    def answer(
        self, body: str, *, status: int = 200, hosts: tuple[str, ...] = ("pages.example",)
    ) -> list[ArticleItem]:
        recheck = Recheck(1, PAGES, "politics", NOON, TITLE)
        request = Request(
            PAGES,
            meta={
                "firstseen_purpose": "recheck",
                "firstseen_validators": Validators('"1"', None, "", NOON),
            },
            cb_kwargs={"recheck": recheck},
        )
        self.response = HtmlResponse(
            PAGES, status=status, body=body, encoding="utf-8", request=request
        )

        async def read() -> list[ArticleItem]:
            return [
                item async for item in self.rechecks.parse(self.response, source(*hosts), recheck)
            ]

        return asyncio.run(read())

    def outcomes(self) -> list[str]:
        return [look.outcome for look in self.ledger.noted]


def test_what_may_be_read_first_may_be_read_again() -> None:
    desk = Desk()
    (item,) = desk.answer(PAGE)
    assert (item.article_id, item.requested_url, desk.outcomes()) == (1, PAGES, [])

    assert desk.answer(PAGE, hosts=()) == []
    assert desk.outcomes() == ["off-site"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_article_that_is_shown_with_a_status_of_missing_is_there(status: int) -> None:
    desk = Desk()
    assert len(desk.answer(PAGE, status=status)) == 1
    assert desk.outcomes() == []


@pytest.mark.parametrize("body", [NOT_FOUND, "<html><p>Nothing here", "", "\0"])
@pytest.mark.parametrize("status", [404, 410])
def test_any_other_page_with_such_a_status_is_missing(status: int, body: str) -> None:
    desk = Desk()
    assert desk.answer(body, status=status, hosts=()) == []
    assert desk.outcomes() == ["missing"]


@pytest.mark.parametrize(
    ("store_outcome", "is_kept"),
    [("known", True), ("revision", True), ("wall", False), (None, False)],
)
def test_validators_are_kept_when_the_wording_is(store_outcome: Any, is_kept: bool) -> None:
    desk = Desk()
    (item,) = desk.answer(PAGE)
    assert desk.host_state.validators(PAGES) is None

    item.store_outcome = store_outcome
    desk.on[signals.item_scraped](item=item, response=desk.response)

    assert (desk.host_state.validators(PAGES) is not None) is is_kept


@pytest.mark.parametrize("signal", [signals.item_error, signals.item_dropped])
def test_a_wording_that_could_not_be_kept_is_a_look_that_failed(signal: object) -> None:
    desk = Desk()
    (item,) = desk.answer(PAGE)
    asyncio.run(desk.on[signal](item=item, response=desk.response))

    assert desk.outcomes() == ["failed"]
    assert desk.host_state.validators(PAGES) is None


def test_a_host_that_asked_for_a_pause_is_left_alone_until_then() -> None:
    desk = Desk()
    failure = Failure(HostHeldOff("pages.example", at(600)))
    failure.request = Request(  # type: ignore[attr-defined]  # Scrapy sets it
        PAGES, cb_kwargs={"recheck": Recheck(1, PAGES, "politics", NOON)}
    )
    asyncio.run(desk.rechecks.failed(failure))

    (noted,) = desk.ledger.noted
    assert (noted.outcome, noted.not_before) == ("held-off", at(600))
