"""Crawls of the demonstration web: what is stored is true, and publishers are treated well."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.demo import DemoWeb
from crawler.demo.newsroom import PublishedArticle
from crawler.demo.server import SeenRequest
from pipelines.url_key import url_key
from tests.e2e.running import (
    CONTACT,
    Done,
    firstseen,
    looks,
    start,
    stored_articles,
    wait_until,
    workspace_for,
)

LOOKS_AT = (0.0, 12.5, 18.0, 18.0)  # seconds of the timeline; before the last nothing happens


@dataclass
class History:
    """Four crawls of the same web, with the truth noted beside them."""

    web: DemoWeb
    folder: Path
    crawls: list[Done] = field(default_factory=list)
    requests: list[list[SeenRequest]] = field(default_factory=list)
    visible_at: dict[str, datetime] = field(default_factory=dict)  # look-up key -> when it came up


def first_key(article: PublishedArticle) -> str:
    """Return the look-up key of the address an article appeared under."""
    return url_key(article.earlier_url or article.url)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    begun = datetime.now(UTC) - timedelta(minutes=5)
    with DemoWeb(speed=0, start_at=begun, crawl_delay=0) as web:
        told = History(web, workspace_for(web, tmp_path_factory.mktemp("wörk space")))
        for number, position in enumerate(LOOKS_AT):
            web.advance(position - web.position)
            for article in web.published():
                told.visible_at.setdefault(first_key(article), datetime.now(UTC))
            asked_before = len(web.requests)
            more = ["--json"] if number == 3 else []
            told.crawls.append(firstseen("crawl", *more, cwd=told.folder))
            told.requests.append(web.requests[asked_before:])
        yield told


def test_every_crawl_ends_with_0_also_when_nothing_was_new(history: History) -> None:
    assert [(crawl.status, crawl.err) for crawl in history.crawls if crawl.status] == []
    assert history.crawls[3].json()["articles"]["new"] == 0


def test_the_summary_is_one_line_on_standard_error_and_data_goes_to_standard_output(
    history: History,
) -> None:
    first, last = history.crawls[0], history.crawls[3]

    assert first.out == ""
    assert len(first.err.splitlines()) == 1
    assert f"{len(history.web.sources())} sections" in first.err
    assert last.json()["exit_status"] == 0
    assert {s["source"] for s in last.json()["sections"]} == set(history.web.sources())


@pytest.mark.parametrize(
    "slug",
    [
        "harbour-courier",
        "seestadt-kurier",
        "talbote",
        "voix-du-delta",
        "ledger-post",
        "wangan-nippo",
    ],
)
def test_every_published_politics_article_is_stored_once_and_nothing_else(
    slug: str, history: History
) -> None:
    published = {first_key(a) for a in history.web.published(slug) if a.section == "politics"}
    articles = [a for a in stored_articles(history.folder) if a.source == slug]

    missing = [key for key in published if not any(key in a.keys for a in articles)]
    foreign = [a.url for a in articles if not a.keys & published]
    assert (missing, foreign) == ([], [])
    assert len(articles) == len(published)


def test_each_article_appeared_within_the_interval_that_is_kept(history: History) -> None:
    for article in stored_articles(history.folder):
        truth = next(at for key, at in history.visible_at.items() if key in article.keys)

        assert truth <= article.first_seen_at, article
        if article.baseline:
            assert article.not_seen_at is None
        else:
            assert article.not_seen_at is not None
            assert article.not_seen_at <= truth, article


def test_what_the_first_look_finds_is_marked_as_the_baseline(history: History) -> None:
    stock = {first_key(a) for a in history.web.published() if a.is_stock}

    for article in stored_articles(history.folder):
        assert article.baseline is bool(article.keys & stock), article


def test_a_listing_is_asked_for_conditionally_from_the_second_look_on(history: History) -> None:
    listings = {(o.slug, o.section_url.removeprefix(o.origin)) for o in history.web.outlets}

    def conditional(requests: list[SeenRequest]) -> set[str]:
        return {r.outlet for r in requests if (r.outlet, r.path) in listings and r.conditional}

    assert conditional(history.requests[0]) == set()
    with_validators = {"harbour-courier", "talbote", "seestadt-kurier"}
    assert with_validators <= conditional(history.requests[1])
    outcomes = {look.source: look.outcome for look in looks(history.folder)}  # the last of each
    assert {outcomes[slug] for slug in with_validators} == {"unchanged"}


def test_no_article_is_fetched_twice(history: History) -> None:
    paths = {
        (article.outlet, (article.earlier_url or article.url).split("/", 3)[3])
        for article in history.web.published()
    }
    asked = Counter(
        (r.outlet, r.path.lstrip("/"))
        for requests in history.requests
        for r in requests
        if (r.outlet, r.path.lstrip("/")) in paths and r.status == 200
    )

    assert asked
    assert {path: count for path, count in asked.items() if count > 1} == {}


def test_robots_txt_is_read_first_and_obeyed(history: History) -> None:
    closed = ("/members/", "/search", "/account/", "/abo/", "/suche", "/druck/", "/subscribers/")

    for outlet in history.web.sources():
        asked = [r.path for r in history.requests[0] if r.outlet == outlet]
        assert asked[0] == "/robots.txt"
    paths = [r.path for requests in history.requests for r in requests]
    assert [path for path in paths if path.startswith(closed)] == []


def test_each_host_sees_one_request_at_a_time_and_who_asks(history: History) -> None:
    requests = [r for asked in history.requests for r in asked]

    assert max(r.in_flight for r in requests) == 1
    assert {r.user_agent for r in requests} == {f"firstseen/0.1.0 (+{CONTACT})"}


def test_every_look_is_in_the_ledger(history: History) -> None:
    count = Counter(look.source for look in looks(history.folder))

    assert count == dict.fromkeys(history.web.sources(), len(LOOKS_AT))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_is_stopped_finishes_what_is_in_flight_and_the_next_one_loses_nothing(
    tmp_path: Path, number: int
) -> None:
    with DemoWeb(speed=0, crawl_delay=0) as web:
        folder = workspace_for(web, tmp_path, "harbour-courier", delay=0.4)
        crawl = start("crawl", cwd=folder)
        wait_until(lambda: len(web.requests) >= 4)
        crawl.send_signal(number)
        _, err = crawl.communicate(timeout=20)
        finished = {r.path for r in web.requests if _is_article(r)}
        kept = {a.url.split("/", 3)[3] for a in stored_articles(folder)}
        again = firstseen("crawl", cwd=folder, FIRSTSEEN_FETCH_DELAY_SECONDS="0")

        assert crawl.returncode == 3, err
        assert "the next run goes on with what is left" in err
        assert "Traceback" not in err
        assert {path.lstrip("/") for path in finished} == kept
        assert again.status == 0, again.err
        assert_complete(web, folder)
        asked = Counter((r.outlet, r.path) for r in web.requests if _is_article(r))
        assert max(asked.values()) == 1


def test_a_crawl_killed_on_the_way_loses_nothing_and_stores_nothing_twice(tmp_path: Path) -> None:
    with DemoWeb(speed=0, crawl_delay=0) as web:
        folder = workspace_for(web, tmp_path, "harbour-courier", "talbote", delay=0.3)
        crawl = start("crawl", cwd=folder)
        wait_until(lambda: len(web.requests) >= 7)
        crawl.kill()
        crawl.communicate(timeout=20)
        again = firstseen("crawl", cwd=folder, FIRSTSEEN_FETCH_DELAY_SECONDS="0")

        assert again.status == 0, again.err
        assert_complete(web, folder)
        assert "integrity  ok" in firstseen("db", "check", cwd=folder).out


def _is_article(request: SeenRequest) -> bool:
    is_page = request.path.count("/") == 2 and request.status == 200
    return is_page and not request.path.endswith((".xml", ".atom", "/rss"))


def assert_complete(web: DemoWeb, folder: Path) -> None:
    """Every politics article of the followed outlets is stored once."""
    followed = {path.stem for path in (folder / "sources").glob("*.toml")}
    expected = [a.url for a in web.published() if a.section == "politics" and a.outlet in followed]
    assert sorted(a.url for a in stored_articles(folder)) == sorted(expected)
