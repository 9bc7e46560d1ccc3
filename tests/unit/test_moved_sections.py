"""A section that is elsewhere now: what is said of it, and the file that follows it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, Request

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.proposal import moved_text
from crawler.spiders.looks import OpenLook
from crawler.spiders.moves import describe_move, gone_elsewhere, is_for_sale, moved_address
from tests.examples import NOON, make_link

TEXT = """name = "The Valley Post"  # since 1911
home_url = "https://valleypost.example/"
country = "NO"
language = "en"

[[sections]]
key = "economy"
kind = "feed"
url = "https://valleypost.example/economy.rss"

[[sections]]
key = "politics"
kind = "feed"
url = "https://valleypost.example/politics.rss"  # the full one
"""
SECTION = SectionDefinition(
    key="politics", kind="feed", url="https://valleypost.example/politics.rss"
)
SOURCE = SourceDefinition(
    slug="valley-post",
    name="The Valley Post",
    home_url="https://valleypost.example/",
    country="NO",
    language="en",
    sections=(SECTION,),
    path=Path("valley-post.toml"),
)


@pytest.mark.parametrize(
    ("url", "host", "section"),
    [
        ("https://valleypost.news/rss", "", {"url": "https://valleypost.news/rss"}),
        ("", "valleypost.news", {"hosts": ["valleypost.news"]}),
        (
            "https://valleypost.news/rss",
            "valleypost.news",
            {"url": "https://valleypost.news/rss", "hosts": ["valleypost.news"]},
        ),
    ],
)
def test_one_section_follows_and_everything_else_stays(
    url: str, host: str, section: dict[str, object]
) -> None:
    text = moved_text(TEXT, SECTION, url=url, host=host)

    before, after = tomllib.loads(TEXT), tomllib.loads(text)
    assert after["sections"][0] == before["sections"][0]
    assert after["sections"][1] == before["sections"][1] | section
    assert "# since 1911" in text


def test_a_second_host_is_added_to_those_there_are() -> None:
    once = moved_text(TEXT, SECTION, host="a.example")
    section = replace(SECTION, hosts=("a.example",))

    twice = moved_text(once, section, host="b.example")

    assert tomllib.loads(twice)["sections"][1]["hosts"] == ["a.example", "b.example"]


def answer(url: str, *codes: int) -> HtmlResponse:
    request = Request(url, meta={"redirect_reasons": list(codes)})
    return HtmlResponse(url, request=request)


@pytest.mark.parametrize(
    ("url", "codes", "links", "expected"),
    [
        ("https://valleypost.news/rss", (301,), 0, "https://valleypost.news/rss"),
        ("https://valleypost.news/rss", (302, 308), 0, "https://valleypost.news/rss"),
        ("https://status.example/", (302,), 0, None),  # for the moment
        ("https://valleypost.example/rss", (301,), 0, None),  # the same site
        ("https://feeds.example/valley", (301,), 5, None),  # a feed service lists our own pages
    ],
)
def test_only_a_permanent_redirect_to_another_site_is_a_move(
    url: str, codes: tuple[int, ...], links: int, expected: str | None
) -> None:
    look = OpenLook(SOURCE, SECTION, started_at=NOON)
    look.links = [make_link(f"/a-{n}") for n in range(links)]

    assert moved_address(look, answer(url, *codes)) == expected


def test_a_move_is_told_with_the_command_that_accepts_it() -> None:
    look = OpenLook(SOURCE, SECTION, started_at=NOON)

    told = describe_move(look, "https://valleypost.news/rss")

    assert "`firstseen sources move valley-post/politics https://valleypost.news/rss`" in told


@pytest.mark.parametrize(
    ("url", "page", "expected"),
    [
        ("", "<h1>valleypost.example</h1><p>This domain is for sale!</p>", True),
        ("", "<p>The domain name valleypost may be for sale by its owner</p>", True),
        ("", "<a href='/x'>Buy this domain</a>", True),
        ("", "<title>Diese Domain steht zum Verkauf</title>", True),
        ("", "<p>Ce nom de domaine est en vente</p>", True),
        ("", "<p>Este dominio está en venta</p>", True),
        ("", "<script src='https://img.sedoparking.com/js/x.js'></script>", True),
        ("https://ww1.parkingcrew.net/?d=valleypost.example", "<p>Hotels</p>", True),
        ("", "<p>We will be right back. The harbour is for sale, says the mayor.</p>", False),
        ("", "<p>Our website is new. Subscriptions are for sale at the kiosk.</p>", False),
        ("", "<a href='https://sedona.example/'>Sedona</a><p>Domain of the king</p>", False),
    ],
)
def test_a_domain_that_is_for_sale_is_told_from_a_page_without_articles(
    url: str, page: str, *, expected: bool
) -> None:
    look = OpenLook(SOURCE, SECTION, started_at=NOON)
    shown = HtmlResponse(url or SECTION.url, body=page.encode(), request=Request(SECTION.url))

    assert is_for_sale(shown) is expected
    told = gone_elsewhere(look, shown)
    assert ("sources move valley-post/politics" in (told or "")) is expected


def test_what_the_other_site_answers_does_not_matter() -> None:
    look = OpenLook(SOURCE, SECTION, started_at=NOON)
    last = Request("https://valleypost.news/", meta={"redirect_reasons": [301]})

    assert moved_address(look, last) == "https://valleypost.news/"
