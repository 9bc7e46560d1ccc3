"""What the answers of one look say of the moment they speak of, and of what was really sent."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.spiders.looks import OpenLook, asked_at
from tests.examples import NOON, SITE

SECTION = SectionDefinition("politics", f"{SITE}/politics.rss", "feed")
SOURCE = SourceDefinition("valley-post", "The Valley Post", SITE, "NO", "en", (SECTION,))
HOUR = timedelta(hours=1)


def answer(status: int = 200, *, conditional: bool = False, **headers: str) -> TextResponse:
    meta = {"firstseen_asked_at": NOON, "firstseen_conditional": conditional}
    request = Request(SECTION.url, meta=meta)
    return TextResponse(SECTION.url, status=status, headers=headers, request=request)


@pytest.mark.parametrize(
    ("headers", "age"),
    [
        ({}, 0),
        ({"Date": format_datetime(NOON + HOUR)}, 0),  # a clock that is ahead
        ({"Date": format_datetime(NOON - HOUR)}, 3600),  # what the origin said, kept
        ({"Date": format_datetime(NOON - HOUR), "Age": "3600"}, 3600),
        ({"Date": format_datetime(NOON), "Age": "3600"}, 3600),  # a cache's own Date
        ({"Age": "600"}, 600),
        ({"Age": "-600"}, 0),
        ({"Age": "soon"}, 0),
        ({"Date": "Thu, 01 Jan 1970 00:00:00 GMT", "Age": "5"}, 5),  # a server without a clock
        ({"Date": "yesterday", "Age": "5"}, 5),
    ],
)
def test_an_answer_speaks_of_the_moment_at_which_its_origin_gave_it(
    headers: dict[str, str], age: int
) -> None:
    assert asked_at(answer(**headers)) == NOON - timedelta(seconds=age)


def test_an_age_of_centuries_is_a_slip() -> None:
    found = asked_at(answer(Age="9999999999"))
    assert found is not None
    assert found > NOON - timedelta(days=4000)


@pytest.mark.parametrize(
    ("statuses", "asked", "unsent", "conditional"),
    [
        ((200,), (False,), False, False),
        ((200,), (True,), False, True),
        ((304,), (True,), True, True),
        ((200, 304, 200), (True, True, True), True, True),
        ((200, 304, 200), (True, True, False), True, False),  # one part was asked for in full
    ],
)
def test_a_look_knows_what_was_sent_and_whether_all_was_asked_with_validators(
    statuses: tuple[int, ...], asked: tuple[bool, ...], unsent: bool, conditional: bool
) -> None:
    look = OpenLook(SOURCE, SECTION, NOON)
    for status, is_conditional in zip(statuses, asked, strict=True):
        look.note_response(answer(status, conditional=is_conditional))

    ended = look.ended()

    assert (ended.unsent, ended.conditional) == (unsent, conditional)
