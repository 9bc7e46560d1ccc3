"""Sections that need a browser, in a real one: what is read, what it costs, what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.demo import DemoWeb
from crawler.workspace import create_workspace
from pipelines.url_key import url_key
from tests.e2e.browsers import browser_pid, name_of, need_browser, parent_of, processes_of
from tests.e2e.running import firstseen, looks, start, stored_articles, wait_until

SCRIPTED = "pulse-ostmere"  # its section front is empty without JavaScript
ARTICLE = """<!doctype html><html lang="en"><head><title>{0}</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-03-02T10:00:00Z"></head>
<body><article><h1>{0}</h1>{1}</article></body></html>"""
Crawl = Callable[..., subprocess.Popen[str]]
PARAGRAPHS = "".join(
    f"<p>The council of the harbour town voted on {day} to {what}, {count} members against, after "
    f"a debate in which {who} asked for another survey of the old ferry pier.</p>"
    for count, (day, what, who) in enumerate(
        [
            ("Monday", "rebuild the landing stage", "the fishermen"),
            ("Tuesday", "raise the mooring fee", "the pilots"),
            ("Thursday", "lease the customs house", "a group of residents"),
            ("Friday", "postpone the summer timetable", "the ferry company"),
            ("Saturday", "lend the crane to its neighbour", "the harbour master"),
        ],
        start=3,
    )
)


@pytest.fixture
def web() -> Iterator[DemoWeb]:
    with DemoWeb(speed=0) as running:
        yield running


def workspace(web: DemoWeb, folder: Path, *slugs: str, render: str = "always") -> Path:
    """Follow some outlets of the demonstration web, the scripted one included."""
    allow = tuple(outlet.host_port for outlet in web.outlets)
    create_workspace(folder, allow=allow, delay_seconds=0.0)
    for slug in slugs:
        text = web.sources(everything=True)[slug].replace('"always"', f'"{render}"')
        (folder / "sources" / f"{slug}.toml").write_text(text, encoding="utf-8")
    return folder


def published_keys(web: DemoWeb, slug: str) -> set[str]:
    return {url_key(article.url) for article in web.published(slug)}


def test_a_front_that_needs_scripts_is_read_and_its_articles_are_stored(
    web: DemoWeb, tmp_path: Path
) -> None:
    need_browser()
    folder = workspace(web, tmp_path / "work", SCRIPTED)
    done = firstseen("crawl", cwd=folder, TMPDIR=str(tmp_path))
    assert done.status == 0, done.err
    stored = stored_articles(folder)
    assert published_keys(web, SCRIPTED) - {key for a in stored for key in a.keys} == set()
    assert all(article.baseline for article in stored)
    articles = {article.url.split("/", 3)[3] for article in web.published(SCRIPTED)}
    paths = [seen.path for seen in web.requests]
    others = [p for p in paths if p.partition("?")[0].lstrip("/") not in articles]
    assert others == ["/robots.txt", "/politics", "/api/politics.json"]  # no picture, no style
    assert list(tmp_path.glob("firstseen-browser-*")) == []


def test_auto_renders_after_two_plain_looks_that_showed_nothing(
    web: DemoWeb, tmp_path: Path
) -> None:
    need_browser()
    folder = workspace(web, tmp_path / "work", SCRIPTED, render="auto")
    first, second, third = (firstseen("crawl", "--verbose", cwd=folder) for _ in range(3))
    outcomes = [look.outcome for look in looks(folder)]
    assert outcomes == ["needs-rendering", "ok", "unchanged"], second.err
    assert (first.status, second.status, third.status) == (1, 0, 0)
    stored = stored_articles(folder)
    assert published_keys(web, SCRIPTED) - {key for a in stored for key in a.keys} == set()
    # The look that could see nothing does not count as a time when the articles were not there.
    assert all(article.baseline and article.not_seen_at is None for article in stored)


def test_no_browser_starts_while_what_the_front_was_made_of_is_unchanged(
    web: DemoWeb, tmp_path: Path
) -> None:
    need_browser()
    folder = workspace(web, tmp_path / "work", SCRIPTED)
    for _ in range(2):
        firstseen("crawl", cwd=folder)
    before = len(web.requests)
    spared = firstseen("crawl", "--verbose", cwd=folder)
    assert spared.status == 0, spared.err
    assert "browser started" not in spared.err
    asked = [(seen.path, seen.status) for seen in web.requests[before:]]
    assert asked == [("/api/politics.json", 304), ("/politics", 304)]
    assert looks(folder)[-1].outcome == "unchanged"

    known = published_keys(web, SCRIPTED)
    web.advance(web.length)
    fresh = published_keys(web, SCRIPTED) - known
    assert fresh, "the outlet publishes something new"
    done = firstseen("crawl", "--verbose", cwd=folder)
    assert "browser started" in done.err
    assert looks(folder)[-1].outcome == "ok"
    stored = stored_articles(folder)
    assert fresh - {key for article in stored for key in article.keys} == set()


def test_without_a_browser_the_section_says_so_and_the_others_are_read(
    web: DemoWeb, tmp_path: Path
) -> None:
    other = next(outlet.slug for outlet in web.outlets if outlet.in_demo)
    folder = workspace(web, tmp_path / "work", SCRIPTED, other)
    done = firstseen("crawl", cwd=folder, FIRSTSEEN_FETCH_BROWSER="/no/such/browser")
    assert done.status == 3, done.err
    outcomes = {look.source: look for look in looks(folder)}
    assert outcomes[SCRIPTED].outcome == "no-browser"
    assert "install Debian's or Ubuntu's `chromium`" in outcomes[SCRIPTED].detail
    assert outcomes[other].outcome == "ok"
    assert not [seen for seen in web.requests if seen.path == "/politics" and _is_scripted(seen)]


def _is_scripted(seen: object) -> bool:
    return getattr(seen, "outlet", "") == SCRIPTED


def test_sources_check_renders_at_once_and_says_so(web: DemoWeb, tmp_path: Path) -> None:
    need_browser()
    folder = workspace(web, tmp_path / "work", SCRIPTED, render="auto")
    done = firstseen("sources", "check", "--format", "json", cwd=folder)
    assert done.status == 0, done.err
    (record,) = done.json()
    assert (record["outcome"], record["problem"], record["rendered"]) == ("ok", None, True)


def test_neither_browser_nor_driver_starts_when_nothing_needs_one(
    web: DemoWeb, crawling: Crawl, tmp_path: Path
) -> None:
    others = [outlet.slug for outlet in web.outlets if outlet.in_demo]
    folder = workspace(web, tmp_path / "work", *others)
    process = crawling(folder, tmp_path)
    seen: set[str] = set()
    while process.poll() is None:
        seen |= {name_of(pid) for pid in processes_of(process.pid, tmp_path / "none")}
        time.sleep(0.05)
    process.communicate()
    assert process.returncode == 0
    assert seen - {""} == set()


# ---------------------------------------------------------------- browsers that end badly


class SlowSite(BaseHTTPRequestHandler):
    """A front whose list takes a moment to come, and a page that never lets go of the processor."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        kind = "application/json" if self.path.endswith(".json") else "text/html; charset=utf-8"
        body = self.page().encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self) -> str:
        if self.path == "/list.json":
            if self.asked.count("/list.json") == 1:
                time.sleep(3)
            return '["/2026/03/02/pier-to-be-rebuilt","/2026/03/02/ferry-fares-to-rise-in-may"]'
        if self.path == "/news":
            return """<body><div id="app"></div><script>fetch("/list.json").then(r => r.json())
            .then(list => { for (const url of list) { const a = document.createElement("a");
            a.href = url; a.textContent = "The harbour town decides about " + url;
            const h = document.createElement("h2"); h.append(a);
            const e = document.createElement("article"); e.append(h);
            document.getElementById("app").append(e); } })</script>"""
        if self.path == "/spins":
            return "<body><p>Loading</p><script>setTimeout(() => { for (;;) {} }, 200)</script>"
        if self.path.startswith("/2026/"):
            headline = self.path.rpartition("/")[2].replace("-", " ")
            # a text of its own: one text under two headlines is a wall
            own = PARAGRAPHS.replace("the old ferry pier", headline).replace("council", headline)
            return ARTICLE.format(headline, own)
        return ""

    def log_message(self, *words: object) -> None:
        """Print nothing."""


@pytest.fixture
def slow_site() -> Iterator[ThreadingHTTPServer]:
    handler = type("Site", (SlowSite,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def crawling() -> Iterator[Crawl]:
    """A function that starts a crawl; what it started is ended after the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(folder: Path, home: Path, *words: str) -> subprocess.Popen[str]:
        started.append(start("crawl", *words, cwd=folder, TMPDIR=str(home)))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        if process.stdout and not process.stdout.closed:
            process.communicate()


def follow(server: ThreadingHTTPServer, path: str, folder: Path) -> Path:
    host = f"127.0.0.1:{server.server_port}"
    create_workspace(folder, allow=(host,), delay_seconds=0.0)
    (folder / "sources" / "harbour-post.toml").write_text(
        'name = "Harbour Post"\ncountry = "GB"\nlanguage = "en"\nrender = "always"\n'
        f'home_url = "http://{host}/"\n[[sections]]\nkey = "news"\nkind = "front"\n'
        f'url = "http://{host}{path}"\n',
        encoding="utf-8",
    )
    return folder


def wait_for_browser(process: subprocess.Popen[str], folder: Path) -> int:
    """Return the process id of the browser once it shows a page."""

    def shows_a_page() -> bool:
        assert process.poll() is None, process.communicate()
        return any(b"--type=renderer" in _command(pid) for pid in processes_of(process.pid, folder))

    wait_until(shows_a_page, 30)
    return browser_pid(processes_of(process.pid, folder))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("dying", ["browser", "driver"])
def test_a_browser_that_dies_under_a_page_is_started_again(
    slow_site: ThreadingHTTPServer, crawling: Crawl, tmp_path: Path, dying: str
) -> None:
    need_browser()
    folder = follow(slow_site, "/news", tmp_path / "work")
    process = crawling(folder, tmp_path, "--verbose")
    asked: list[str] = slow_site.RequestHandlerClass.asked  # type: ignore[attr-defined]
    wait_until(lambda: "/list.json" in asked, 30)
    browser = wait_for_browser(process, tmp_path)
    os.kill(browser if dying == "browser" else parent_of(browser), signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert [look.outcome for look in looks(folder)] == ["ok"]
    assert len(stored_articles(folder)) == 2
    wait_until(lambda: not processes_of(process.pid, tmp_path), 10)


def test_nothing_is_left_when_the_crawl_is_killed_under_a_busy_page(
    slow_site: ThreadingHTTPServer, crawling: Crawl, tmp_path: Path
) -> None:
    need_browser()
    folder = follow(slow_site, "/spins", tmp_path / "work")
    process = crawling(folder, tmp_path)
    wait_for_browser(process, tmp_path)
    time.sleep(1)  # until the page spins
    before = processes_of(process.pid, tmp_path)
    names = {name_of(pid)[:4] for pid in before}
    assert {"node", "chro"} <= names, names
    process.kill()
    process.communicate()
    wait_until(lambda: not [p for p in before if _command(p)], 30)
    wait_until(lambda: not processes_of(process.pid, tmp_path), 30)
