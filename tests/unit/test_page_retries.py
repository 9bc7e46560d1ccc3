from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request

from crawler.spiders.page_retries import is_sent, next_try

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "tries", "gap"),
    [
        ("video", 1, timedelta(days=7)),  # mostly stays what it is
        ("front", 1, timedelta(hours=1)),  # a site under repair shows it for every article
        ("front", 3, timedelta(hours=16)),  # for an hour, or for two days
        ("front", 5, timedelta(days=7)),
        ("robots", 1, timedelta(days=1)),
        ("http-503", 1, timedelta(0)),  # with the next look
        ("timeout", 2, timedelta(minutes=20)),
        ("empty", 1, timedelta(minutes=5)),
        ("http-404", 3, timedelta(minutes=80)),
        ("timeout", 6, timedelta(days=1)),  # the site's mood, for as long as it is listed
        ("http-403", 40, timedelta(days=1)),
        ("empty", 40, timedelta(minutes=5) * 1024),
        ("stopped", 0, timedelta(0)),
        ("proxy-failed", 9, timedelta(0)),
    ],
)
def test_a_page_is_asked_again_by_its_kind_of_failure(
    outcome: str, tries: int, gap: timedelta
) -> None:
    assert next_try(outcome, tries=tries, now=NOW) == NOW + gap


def test_the_host_s_own_wish_counts_when_it_is_later() -> None:
    asked = NOW + timedelta(hours=2)

    assert next_try("http-503", tries=1, now=NOW, asked=asked) == asked
    assert next_try("held-off", tries=3, now=NOW, asked=asked) == asked


@pytest.mark.parametrize(
    ("was_sent", "outcome", "expected"),
    [
        (True, "http-429", True),
        (True, "timeout", True),
        (False, "held-off", False),
        (False, "robots", False),
        (True, "stopped", False),  # its answer was not waited for
        (True, "proxy-failed", False),
    ],
)
def test_only_a_request_that_left_for_the_site_is_a_try(
    was_sent: bool, outcome: str, expected: bool
) -> None:
    request = Request("https://valleypost.example/1", meta={"firstseen_sent": was_sent})

    assert is_sent(request, outcome) is expected
