"""The demonstration web behaves like real outlets, and its truth is what it serves."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote, urlsplit

import pytest

from crawler.demo import DemoWeb, Fault, PublishedArticle
from crawler.demo.__main__ import main
from crawler.demo.outlets import load_outlets

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IN_DEMO = [outlet.slug for outlet in load_outlets() if outlet.in_demo]


@pytest.fixture
def web() -> Iterator[DemoWeb]:
    with DemoWeb(speed=0, start_at=NOON) as running:
        yield running


class Answer:
    """Status, headers and body of one request, redirects not followed."""

    def __init__(self, url: str, **headers: str) -> None:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(
                "GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()}
            )
            response = connection.getresponse()
            self.status, self.headers = response.status, response.headers
            self.body = response.read()
        finally:
            connection.close()

    @property
    def text(self) -> str:
        return unescape(self.body.decode())


def listed_urls(web: DemoWeb, slug: str) -> list[str]:
    """Addresses the outlet's own listing gives, tracking parameters included."""
    outlet = web.outlet(slug)
    if outlet.section_kind == "sitemap":
        text = Answer(outlet.origin + "/sitemaps/news.xml").text
        return re.findall(r"<loc>([^<]+/politique/[^<]+)</loc>", text)
    text = Answer(outlet.section_url).text
    if outlet.section_kind == "front":
        paths = re.findall(r'class="t"><a href="(/politics/\d+[^"]*)"', text)
        return [outlet.origin + path for path in paths]
    entries = re.split("<item|<entry", text)[1:]
    links = [re.search(r"<link>([^<]+)|<link href=\"([^\"]+)", entry) for entry in entries]
    return [unescape(link[1] or link[2]) for link in links if link]


@pytest.mark.parametrize("slug", IN_DEMO)
def test_the_listing_names_exactly_the_published_politics_articles(web: DemoWeb, slug: str) -> None:
    for _ in range(4):
        web.advance(6)
        truth = {a.url for a in web.published(slug) if a.section == "politics" and not a.is_gone}
        assert {url.partition("?")[0] for url in listed_urls(web, slug)} == truth


@pytest.mark.parametrize("slug", IN_DEMO)
def test_every_published_article_can_be_read_word_for_word(web: DemoWeb, slug: str) -> None:
    web.advance(web.length)
    for article in web.published(slug):
        answer = Answer(article.url)
        if article.is_gone:
            assert answer.status == 410
            continue
        assert article.headline in answer.text
        for paragraph in article.article_body.splitlines():
            assert paragraph in answer.text


def test_the_same_seed_gives_the_same_timetable_and_another_seed_another() -> None:
    def timetable(seed: int) -> list[tuple[str, datetime]]:
        with DemoWeb(speed=0, start_at=NOON, seed=seed) as web:
            web.advance(60)
            return [(urlsplit(a.url).path, a.first_listed_at) for a in web.published()]

    assert timetable(7) == timetable(7)
    assert timetable(7) != timetable(8)


def test_while_it_runs_articles_appear_are_edited_copied_moved_and_deleted(web: DemoWeb) -> None:
    stock = {a.url for a in web.published()}
    web.advance(web.length)
    later = web.published()
    fresh = [a for a in later if not a.is_stock]
    assert len(stock) >= 12
    assert len(fresh) >= 10
    assert [a for a in later if a.edited_at]
    assert [a for a in later if a.earlier_url]
    assert [a for a in later if a.is_gone]
    copied = [a.wire for a in fresh if a.wire]
    assert any(copied.count(wire) > 1 for wire in copied)


def test_the_run_is_over_within_the_time_of_a_demonstration(web: DemoWeb) -> None:
    assert 15 < web.length < 22


def test_times_follow_the_clock_and_stock_keeps_its_age_at_any_speed() -> None:
    seconds = iter(range(0, 10_000, 5))
    with DemoWeb(speed=2.0, start_at=NOON, clock=lambda: float(next(seconds))) as web:
        assert web.now == NOON + timedelta(seconds=5)  # two timeline seconds per second
        oldest = min(a.first_listed_at for a in web.published())
    assert oldest < NOON - timedelta(hours=12)


def test_a_moved_article_redirects_for_good(web: DemoWeb) -> None:
    web.advance(web.length)
    moved = next(a for a in web.published() if a.earlier_url)
    answer = Answer(str(moved.earlier_url))
    assert (answer.status, answer.headers["Location"]) == (301, moved.url)


def test_a_feed_without_news_answers_304_to_either_validator(web: DemoWeb) -> None:
    url = web.outlet("harbour-courier").section_url
    first = Answer(url)
    assert Answer(url, If_None_Match=first.headers["ETag"]).status == 304
    assert Answer(url, If_Modified_Since=first.headers["Last-Modified"]).status == 304
    web.advance(web.length)
    assert Answer(url, If_None_Match=first.headers["ETag"]).status == 200
    assert Answer(url, If_Modified_Since=first.headers["Last-Modified"]).status == 200


def test_an_old_etag_wins_over_a_new_date(web: DemoWeb) -> None:
    url = web.outlet("harbour-courier").section_url
    last_modified = Answer(url).headers["Last-Modified"]
    answer = Answer(url, If_None_Match='"other"', If_Modified_Since=last_modified)
    assert answer.status == 200


def test_pages_are_zipped_for_those_who_ask(web: DemoWeb) -> None:
    url = web.outlet("harbour-courier").front_url
    zipped = Answer(url, Accept_Encoding="gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == Answer(url).body


def test_a_page_changes_its_boxes_while_the_article_stays(web: DemoWeb) -> None:
    article = web.published("harbour-courier")[-1]
    before = Answer(article.url)
    web.advance(2)
    after = Answer(article.url)
    assert before.body != after.body
    assert before.headers["Last-Modified"] == after.headers["Last-Modified"]


def test_what_robots_txt_closes_is_linked_on_the_front_and_in_no_truth(web: DemoWeb) -> None:
    outlet = web.outlet("harbour-courier")
    assert "Disallow: /members/" in Answer(outlet.origin + "/robots.txt").text
    assert 'href="/members/' in Answer(outlet.front_url).text
    assert not [a for a in web.published() if "/members/" in a.url]


def test_one_outlet_asks_for_a_crawl_delay() -> None:
    with DemoWeb(speed=0, crawl_delay=0.5) as web:
        robots = Answer(web.outlet("talbote").origin + "/robots.txt").text
    assert "Crawl-delay: 0.5\n" in robots


def test_source_files_name_the_running_outlets(web: DemoWeb) -> None:
    sources = web.sources()
    assert list(sources) == IN_DEMO
    for slug, text in sources.items():
        source = tomllib.loads(text)
        outlet = web.outlet(slug)
        assert source["home_url"] == outlet.origin + "/"
        assert source["sections"][0]["kind"] == outlet.section_kind
        assert source["sections"][0]["url"] == outlet.section_url


def test_a_script_front_lists_nothing_until_its_script_has_run(web: DemoWeb) -> None:
    web.advance(web.length)
    outlet = web.outlet("pulse-ostmere")
    articles = web.published("pulse-ostmere")
    front = Answer(outlet.front_url).text.partition("<aside>")[0]
    data = Answer(outlet.origin + "/api/politics.json").text
    assert articles
    for article in articles:
        assert article.headline not in front
        assert urlsplit(article.url).path in data
    assert "pulse-ostmere" not in web.sources()
    assert 'render = "always"' in web.sources(everything=True)["pulse-ostmere"]


def test_copies_of_a_wire_story_share_their_text_and_not_their_headline(web: DemoWeb) -> None:
    web.advance(web.length)
    copies: dict[str, list[PublishedArticle]] = {}
    for article in web.published():
        if article.wire:
            copies.setdefault(article.wire, []).append(article)
    assert len(copies) >= 4
    for group in copies.values():
        assert len(group) >= 2
        shared = set.intersection(*(set(article.article_body.splitlines()) for article in group))
        assert len(shared) >= 3
        assert len({article.headline for article in group}) == len(group)
        assert len({article.outlet for article in group}) == len(group)


@pytest.mark.parametrize("slug", [outlet.slug for outlet in load_outlets()])
def test_every_link_of_a_front_leads_somewhere(web: DemoWeb, slug: str) -> None:
    origin = web.outlet(slug).origin
    paths = set(re.findall(r'(?:href|src)="(/[^"#]*)', Answer(origin + "/").text))
    dead = [path for path in sorted(paths) if Answer(origin + quote(path, "/?=")).status != 200]
    assert dead == []


def test_the_web_runs_by_itself_as_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["demo", "--port", "0", "--seconds", "0"])
    main()
    assert capsys.readouterr().out.count("http://127.0.0.1:") == len(load_outlets())


def test_the_log_shows_who_asked_for_what(web: DemoWeb) -> None:
    outlet = web.outlet("talbote")
    Answer(outlet.section_url + "?x=1", User_Agent="firstseen/0.1", If_None_Match='"a"')
    seen = web.requests[-1]
    assert (seen.outlet, seen.path, seen.query, seen.status) == (
        "talbote",
        "/politik/feed.atom",
        "x=1",
        200,
    )
    assert (seen.user_agent, seen.conditional, seen.in_flight) == ("firstseen/0.1", True, 1)


@pytest.mark.parametrize(
    ("fault", "status", "content"),
    [
        ("error-500", 500, b"Internal Server Error"),
        ("unavailable-503", 503, b"Service Unavailable"),
        ("not-found", 404, b"<!doctype html>"),
        ("html-for-listing", 200, b"<!doctype html>"),
        ("empty-body", 200, b""),
    ],
)
def test_a_broken_outlet_fails_at_its_listing_only(
    web: DemoWeb, fault: Fault, status: int, content: bytes
) -> None:
    broken, sound = web.outlet("harbour-courier"), web.outlet("talbote")
    web.break_outlet("harbour-courier", fault)
    answer = Answer(broken.section_url)
    assert answer.status == status
    assert answer.body.startswith(content)
    assert bool(content) == bool(answer.body)
    assert Answer(broken.origin + "/robots.txt").status == 200
    assert Answer(sound.section_url).status == 200
    web.mend_outlet("harbour-courier")
    assert b"<rss" in Answer(broken.section_url).body


def test_an_outlet_that_refuses_connections_keeps_its_port_for_later(web: DemoWeb) -> None:
    outlet = web.outlet("voix-du-delta")
    web.break_outlet("voix-du-delta", "refuses")
    with pytest.raises(ConnectionRefusedError):
        Answer(outlet.section_url)
    web.mend_outlet("voix-du-delta")
    assert Answer(outlet.section_url).status == 200


def test_an_outlet_that_hangs_sends_nothing(web: DemoWeb) -> None:
    outlet = web.outlet("ledger-post")
    web.break_outlet("ledger-post", "hangs")
    host, port = outlet.host_port.split(":")
    with socket.create_connection((host, int(port)), timeout=0.3) as connection:
        connection.sendall(b"GET /politics/ HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)
    assert web.requests[-1].status == 0
    web.mend_outlet("ledger-post")
    assert Answer(outlet.section_url).status == 200
    assert web.requests[-1].in_flight == 1  # the client that gave up no longer counts


def test_a_truncated_answer_ends_before_its_announced_length(web: DemoWeb) -> None:
    web.break_outlet("harbour-courier", "truncated")
    with pytest.raises(http.client.IncompleteRead):
        Answer(web.outlet("harbour-courier").section_url)


def test_a_consent_wall_hides_the_articles(web: DemoWeb) -> None:
    article = web.published("talbote")[-1]
    web.break_outlet("talbote", "consent-wall")
    assert article.headline not in Answer(article.url).text


def test_what_is_not_http_is_answered_with_400(web: DemoWeb) -> None:
    host, port = web.outlet("talbote").host_port.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"HELLO\r\n\r\n")
        assert connection.recv(200).startswith(b"HTTP/1.1 400 ")
