"""Dates and bylines as a page prints them, whatever its template calls what is around them."""

from __future__ import annotations

import json

import pytest

from crawler.extraction.dates import on_publishers_clock, read_date
from crawler.extraction.fields import read_fields
from crawler.extraction.page import parse_page
from pipelines.items import ArticleItem

TEXT = (
    "The harbour board voted on Tuesday to keep the old ferry running until the new pier is open, "
    "and asked the islands to share the cost of the repairs that the winter will bring."
)


HEADLINE = "Ferry stays until the pier opens"


def read(
    *, body_class: str = "", printed: str = "", beside: str = "", first: str = TEXT
) -> ArticleItem:
    paragraphs = "".join(f"<p>{text}</p>" for text in (first, f"{TEXT} Twice.", f"{TEXT} Thrice."))
    html = (
        f'<html lang="en"><body class="{body_class}"><main><h1>{HEADLINE}</h1>'
        f"{printed}{paragraphs}</main>{beside}</body></html>"
    )
    page = parse_page(html, "https://lantern.example/ferry")
    assert page is not None
    return read_fields(page)[0]


@pytest.mark.parametrize("body_class", ["", "has-navbar footer-fixed", "sidebar-right nav-open"])
def test_names_on_the_whole_page_put_no_printed_line_in_doubt(body_class: str) -> None:
    printed = '<div class="stand">12 March 2024</div><p class="author">By Jane Doe</p>'
    item = read(body_class=body_class, printed=printed)
    assert item.date_published is not None
    assert item.date_published.at.date().isoformat() == "2024-03-12"
    assert item.authors == ["Jane Doe"]


def test_a_date_in_a_footer_of_its_own_is_not_the_articles() -> None:
    footer = '<div class="footer"><p>12 March 2019</p></div>'
    assert read(beside=footer).date_published is None


def test_a_line_named_a_date_under_the_headline_is_one_whatever_holds_it() -> None:
    item = read(printed='<ul class="hero-footer"><li class="date">12 March 2019</li></ul>')
    assert item.date_published is not None
    assert item.date_published.at.date().isoformat() == "2019-03-12"


def test_a_day_before_the_first_sentence_is_the_articles() -> None:
    item = read(first=f"29.11.2022 – {TEXT}")
    assert item.date_published is not None
    assert item.date_published.at.date().isoformat() == "2022-11-29"


def test_a_date_that_a_script_of_one_call_writes_is_read() -> None:
    script = '<script>showDate("2020/04/17 01:43:09")</script>'
    item = read(printed=script)
    assert item.date_published is not None
    assert item.date_published.at.isoformat() == "2020-04-17T01:43:09+00:00"


@pytest.mark.parametrize(
    "script",
    [
        '<script>config("2020/04/17 01:43:09")</script>',
        '<script>var x = showDate("2020/04/17"); other()</script>',
    ],
)
def test_other_dates_in_scripts_are_nobodys(script: str) -> None:
    assert read(printed=script).date_published is None


@pytest.mark.parametrize(
    ("stated", "url", "day"),
    [
        ("2020-12-05T23:15:00Z", "https://voce.it/mondo/1265473", "2020-12-06"),
        ("2020-08-25T00:23:33Z", "https://nord.ca/nouvelle/1728875", "2020-08-24"),
        ("2020-08-25T00:23:33Z", "https://north.example/1728875", "2020-08-25"),
        ("2020-12-05T23:15:00+00:00", "https://voce.it/2020/12/05/mondo", "2020-12-05"),
        ("2020-06-29T00:16:15+03:00", "https://golos.ru/8836033", "2020-06-29"),
        ("2020-12-05", "https://voce.nz/mondo/1265473", "2020-12-05"),
    ],
)
def test_utc_is_shown_on_the_clock_of_the_publishers_country(
    stated: str, url: str, day: str
) -> None:
    claim = read_date(stated, "meta")
    assert claim is not None
    assert on_publishers_clock(claim, url).date().isoformat() == day


def test_a_second_writer_who_is_only_printed_is_a_writer_and_his_office_is_not() -> None:
    node = {"@type": "NewsArticle", "headline": HEADLINE, "author": {"name": "Jane Doe"}}
    stated = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    both = read(printed=stated + '<p class="byline">By Jane Doe and John Roe</p>')
    assert both.authors == ["Jane Doe", "John Roe"]
    office = read(
        printed=stated
        + '<p class="byline">By Jane Doe, Deputy CTO, Lantern Harbour Trust Board</p>'
    )
    assert office.authors == ["Jane Doe"]
