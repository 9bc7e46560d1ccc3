from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.catalogue import SiteRules
from crawler.extraction.article import read_page
from tests.unit.extraction.pages import HEADLINE, NEWS_ARTICLE, PARAGRAPHS, article_page

URL = "https://lantern.example/politics/harbour-wall-48213"
_HTML = article_page(
    json_ld=NEWS_ARTICLE,
    before='<p class="writers">By Ada Marsh and Tom Reed</p><span class="when">16 May 2024</span>',
    inside='<p class="plea">Readers like you pay for our reporting, so please give today.</p>',
)
NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


def test_rules_win_over_generic_reading_and_say_where_they_disagree() -> None:
    rules = SiteRules(
        byline=".writers", date_published="//span[@class='when']", drop=(".plea",), headline="h1"
    )
    reading = read_page(_HTML, URL, rules=rules, read_at=NOON)
    assert reading.item is not None
    assert reading.item.authors == ["Ada Marsh", "Tom Reed"]
    assert reading.item.date_published is not None
    assert reading.item.date_published.at == datetime(2024, 5, 16, tzinfo=UTC)
    assert reading.item.evidence["date_published"] == "rule"
    assert reading.item.headline == HEADLINE
    assert "Readers like you" not in reading.item.article_body
    assert reading.rules.used == ("headline", "byline", "date_published")
    assert reading.rules.disagreements == ("byline", "date_published")


def test_a_rule_that_finds_nothing_is_reported_and_costs_no_field() -> None:
    reading = read_page(_HTML, URL, rules=SiteRules(byline=".gone", body="/html/nothing"))
    assert reading.item is not None
    assert reading.item.authors == ["Jonas Verrell"]
    assert reading.item.article_body
    assert reading.rules.vanished == ("body", "byline")


def test_the_body_of_a_rule_keeps_its_paragraphs() -> None:
    reading = read_page(_HTML, URL, rules=SiteRules(body=".article-body > p:not(.plea)"))
    assert reading.item is not None
    assert reading.item.article_body.split("\n") == list(PARAGRAPHS)
    assert reading.item.evidence["article_body"] == "rule"


def test_expired_rules_are_not_used() -> None:
    rules = SiteRules(byline=".writers", valid_until=date(2024, 5, 31))
    reading = read_page(_HTML, URL, rules=rules, read_at=NOON)
    assert reading.item is not None
    assert reading.item.authors == ["Jonas Verrell"]
    assert reading.rules.used == ()


@pytest.mark.parametrize("selector", ["p[", "//p["])
def test_a_broken_selector_is_named(selector: str) -> None:
    reading = read_page(_HTML, URL, rules=SiteRules(byline=selector))
    assert reading.item is not None
    assert reading.item.authors == ["Jonas Verrell"]
    assert reading.faults == {"rule byline": "SelectorSyntaxError"}
