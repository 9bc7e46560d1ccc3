"""Every outcome is in one table: of whom it tells, how far the request came, and a sentence."""

from __future__ import annotations

from typing import get_args

import pytest

from crawler.middlewares.outcomes import Outcome
from pipelines.looks import ANSWERED
from pipelines.outcome_words import MEANINGS, explain_outcome, is_ours, is_sent, meaning_of
from pipelines.page_outcomes import is_for_the_site


def test_every_end_of_a_request_or_of_a_look_is_in_the_table_with_a_sentence() -> None:
    words = {*get_args(Outcome), *ANSWERED}

    assert words <= set(MEANINGS)
    assert [w for w, meaning in MEANINGS.items() if not meaning.told] == ["ok", "unchanged"]


@pytest.mark.parametrize(
    ("outcome", "ours", "sent", "site"),
    [
        ("stopped", True, False, False),
        ("proxy-failed", True, False, False),
        ("no-browser", True, False, False),
        ("failed", True, True, False),
        ("held-off", False, False, True),
        ("robots", False, False, False),
        ("wants-cookies", False, True, True),
        ("timeout", False, True, True),
        ("http-403", False, True, True),
        ("http-410", False, True, False),
        ("front", False, True, False),  # a page's own word
    ],
)
def test_an_outcome_tells_of_us_of_the_site_or_of_the_page(
    outcome: str, ours: bool, sent: bool, site: bool
) -> None:
    assert (is_ours(outcome), is_sent(outcome), is_for_the_site(outcome)) == (ours, sent, site)


def test_a_whole_status_has_the_sentence_of_its_class() -> None:
    assert meaning_of("http-403") is MEANINGS["http-4xx"]
    assert explain_outcome("http-503").startswith("the site has a fault of its own")


def test_what_a_look_says_itself_comes_before_what_its_outcome_means() -> None:
    told = explain_outcome("all-filtered", "9 listed, none kept", slug="paper")

    assert told.startswith("9 listed, none kept; the listing has entries")
    assert explain_outcome("dns", "X: no", slug="paper").endswith(
        "`firstseen sources doctor paper` (X: no)"
    )
