"""When ``render = "auto"`` renders: after plain looks that showed nothing, and not for ever."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.catalogue import Render, SectionDefinition, SourceDefinition
from crawler.discovery.links import ArticleLink, Listing
from crawler.middlewares.rendering_trace import PageTrace, Part
from crawler.spiders.render_choice import (
    RENDER_FOR,
    RenderChoice,
    asks_for_scripts,
    is_empty_front,
    is_empty_page,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FRONT = SectionDefinition(key="politics", url="https://daily.example/politics", kind="front")
SOURCE = SourceDefinition(
    *("daily", "Daily", "https://daily.example/", "GB", "en", (FRONT,)), render="auto"
)


class Notes:
    """Notes in memory, and a clock that stands still."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}
        self.now = NOON

    async def load(self, source: str, section: str) -> dict[str, Any]:
        return self.kept.get((source, section), {})

    def save(self, source: str, section: str, notes: dict[str, Any]) -> None:
        self.kept[source, section] = notes

    def run(self, patience: int = 2) -> RenderChoice:
        """One run of the program: nothing is remembered but the notes."""
        choice = RenderChoice(self, patience=patience, now=lambda: self.now)
        asyncio.run(choice.recall(SOURCE, FRONT))
        return choice


@pytest.fixture
def notes() -> Notes:
    return Notes()


def look(notes: Notes, *, plain: int, rendered: int, patience: int = 2) -> list[str]:
    """Look once at a front that lists so many links; return the steps the look took."""
    choice, steps = notes.run(patience), []
    renders = bool(choice.meta(SOURCE, FRONT, "front"))
    while True:
        links = rendered if renders else plain
        empty = links == 0 if renders else links < 3
        advice = choice.saw(SOURCE, FRONT, "front", empty=empty, rendered=renders, links=links)
        steps.append(("rendered " if renders else "plain ") + advice)
        if advice != "render":
            return steps
        renders = True


def test_a_front_is_rendered_after_two_plain_looks_without_links(notes: Notes) -> None:
    assert look(notes, plain=0, rendered=20) == ["plain wait"]
    assert look(notes, plain=0, rendered=20) == ["plain render", "rendered keep"]
    assert look(notes, plain=0, rendered=20) == ["rendered keep"]


def test_one_empty_look_between_full_ones_is_forgotten(notes: Notes) -> None:
    for plain in (0, 20, 0):
        assert look(notes, plain=plain, rendered=20)[-1] in ("plain wait", "plain keep")


def test_a_week_later_a_plain_look_is_tried_again(notes: Notes) -> None:
    look(notes, plain=0, rendered=20)
    look(notes, plain=0, rendered=20)
    notes.now += RENDER_FOR
    assert look(notes, plain=0, rendered=20) == ["plain render", "rendered keep"]
    notes.now += RENDER_FOR
    assert look(notes, plain=20, rendered=20) == ["plain keep"]
    assert look(notes, plain=20, rendered=20) == ["plain keep"]


@pytest.mark.parametrize(("plain", "rendered"), [(0, 0), (2, 2)])
def test_rendering_that_shows_no_more_is_given_up_for_a_week(
    notes: Notes, plain: int, rendered: int
) -> None:
    for _ in range(3):
        look(notes, plain=plain, rendered=rendered)
    assert look(notes, plain=plain, rendered=rendered) == ["plain keep"]
    notes.now += RENDER_FOR + timedelta(minutes=1)
    assert look(notes, plain=plain, rendered=rendered)[0] == "plain render"


def test_a_page_that_was_not_shown_whole_teaches_nothing(notes: Notes) -> None:
    look(notes, plain=2, rendered=2)
    look(notes, plain=2, rendered=2)
    for _ in range(5):
        choice = notes.run()
        assert choice.meta(SOURCE, FRONT, "front")
        seen = {"empty": False, "rendered": True, "whole": False, "links": 2}
        assert choice.saw(SOURCE, FRONT, "front", **seen) == "keep"


@pytest.mark.parametrize(
    ("flags", "found", "kept"),
    [
        (["rendered"], "fresh", "fresh"),
        (["rendered", "partial"], None, "earlier"),
        ([], None, "earlier"),
    ],
)
def test_a_trace_is_kept_of_whole_renderings_alone(
    notes: Notes, flags: list[str], found: str | None, kept: str
) -> None:
    traces = {name: trace_of(name) for name in ("earlier", "fresh")}
    notes.kept["daily", "politics"] = {"trace": traces["earlier"].to_json()}
    meta = {"firstseen_trace_found": found and traces[found]}
    request = Request(FRONT.url, meta=meta)
    response = HtmlResponse(FRONT.url, flags=flags, request=request)
    notes.run().keep_trace(SOURCE, FRONT, response)
    stored = PageTrace.from_json(notes.kept["daily", "politics"]["trace"])
    assert stored is not None
    assert stored.page.sha256 == traces[kept].page.sha256


def trace_of(body: str) -> PageTrace:
    response = HtmlResponse(FRONT.url, body=body.encode())
    page = Part.of(FRONT.url, response, headers={}, is_data=False)
    made = PageTrace.of(page, (), rendered_at=NOON)
    assert made is not None
    return made


def test_with_a_patience_of_one_the_first_look_is_rendered(notes: Notes) -> None:
    assert look(notes, plain=0, rendered=9, patience=1) == ["plain render", "rendered keep"]


def test_pages_are_learnt_apart_from_fronts(notes: Notes) -> None:
    choice = notes.run()
    for advice in ("wait", "render"):
        assert choice.saw(SOURCE, FRONT, "pages", empty=True, rendered=False) == advice
    assert choice.meta(SOURCE, FRONT, "pages")
    assert not choice.meta(SOURCE, FRONT, "front")


@pytest.mark.parametrize(
    ("source", "section", "kind", "front", "pages"),
    [
        ("never", None, "front", False, False),
        ("always", None, "front", True, True),
        ("always", "never", "front", False, False),
        ("never", "always", "front", True, True),
        ("always", None, "feed", False, True),  # a feed has no scripts; its articles may
        ("always", None, "sitemap", False, True),
        ("auto", None, "front", False, False),
    ],
)
def test_the_section_decides_before_its_source(
    source: Render, section: Render | None, kind: Any, front: bool, pages: bool
) -> None:
    definition = replace(FRONT, render=section, kind=kind)
    choice = RenderChoice(None, patience=2)
    whole = replace(SOURCE, render=source, sections=(definition,))
    assert bool(choice.meta(whole, definition, "front")) is front
    assert bool(choice.meta(whole, definition, "pages")) is pages


def test_notes_that_cannot_be_read_are_learnt_again(notes: Notes) -> None:
    notes.kept["daily", "politics"] = {"front": {"misses": "many", "since": "yesterday"}}
    assert look(notes, plain=0, rendered=5) == ["plain wait"]


SHELL = b'<body><div id="root"></div><script src="/app.js"></script></body>'
NOTICE = b"<body><noscript><p>Please turn on JavaScript to read.</p></noscript></body>"
GREEK = "<noscript>Ενεργοποιήστε τη JavaScript στον περιηγητή</noscript>".encode()
PIXEL = (
    b'<noscript><img src="https://count.example/p.gif" alt=""><iframe src="x"></iframe></noscript>'
)


@pytest.mark.parametrize(
    ("body", "asks"),
    [
        (SHELL, True),
        (b"<main id=app class=x>\n</main>", True),
        (NOTICE, True),
        (GREEK, True),
        (PIXEL, False),
        (b'<div id="root"><h1>News</h1></div>', False),
        (b"<body><p>No JavaScript needed here, thank you.</p></body>", False),
        (b"", False),
    ],
)
def test_a_page_that_waits_for_its_scripts_is_recognised(body: bytes, asks: bool) -> None:
    assert asks_for_scripts(body) is asks


@pytest.mark.parametrize(
    ("links", "body", "rendered", "empty"),
    [
        (0, b"<p>", False, True),
        (0, b"<p>", True, True),
        (5, NOTICE, False, True),  # the most read, beside a list that a script fills
        (5, NOTICE, True, False),
        (5, b"<p>", False, False),
        (11, NOTICE, False, False),  # a front that also has a notice
    ],
)
def test_a_front_that_lists_little_beside_an_empty_shell_counts_as_empty(
    links: int, body: bytes, rendered: bool, empty: bool
) -> None:
    listing = Listing(tuple(ArticleLink(f"https://daily.example/{n}") for n in range(links)))
    assert is_empty_front(listing, body, rendered=rendered) is empty


@pytest.mark.parametrize(
    ("kind", "body", "empty"),
    [
        ("script-only", b"", True),
        ("empty", SHELL, True),
        ("empty", b"<p>short</p>", False),
        ("video", SHELL, False),
        ("article", SHELL, False),
    ],
)
def test_a_page_without_text_counts_as_empty_when_its_scripts_have_not_run(
    kind: str, body: bytes, empty: bool
) -> None:
    assert is_empty_page(kind, body) is empty
