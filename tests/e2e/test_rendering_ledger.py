"""What follows from pages a browser showed in part: in the ledger, and for articles."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select

from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, ListedLink, Page, Visit
from tests.e2e.browsers import need_browser
from tests.e2e.running import firstseen
from tests.e2e.test_rendering import ARTICLE, PARAGRAPHS, follow

RECOVERS, STAYS = "/2026/03/02/pier-to-be-rebuilt", "/2026/03/02/ferry-fares-to-rise-in-may"
HALF = PARAGRAPHS.index("<p>", len(PARAGRAPHS) // 2)
LAST_WORDS = "asked for another survey of the old ferry pier"
FILL = """<div id="rest"></div><script>fetch("%s.json").then(r => r.ok ? r.text() : "")
.then(t => { document.getElementById("rest").outerHTML = t })</script>"""


class Paper(BaseHTTPRequestHandler):
    """A paper the second half of whose texts is data, which fails once for one, always for one."""

    asked: list[str]
    listed: list[str]  # what the list of the front holds; nothing: its data fails

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, text = self.reply()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def reply(self) -> tuple[int, str]:
        if self.path == "/news":
            links = (
                f"<h2><a href='{url}'>The town and {url}</a></h2>" for url in (RECOVERS, STAYS)
            )
            return 200, "".join(links)
        if self.path == "/lists":
            return 200, f"<h2><a href='{RECOVERS}'>The pier is rebuilt</a></h2>{FILL % '/list'}"
        if self.path == "/list.json":
            links = "".join(f"<h2><a href='{u}'>The town: {u}</a></h2>" for u in self.listed)
            return (200, links) if links else (500, "")
        if self.path.endswith(".json"):
            fails = self.path.startswith(STAYS) or self.asked.count(self.path) == 1
            return (500, "") if fails else (200, PARAGRAPHS[HALF:])
        if self.path in (RECOVERS, STAYS):
            headline = self.path.rpartition("/")[2].replace("-", " ")
            return 200, ARTICLE.format(headline, PARAGRAPHS[:HALF] + FILL % self.path)
        return 404, ""

    def log_message(self, *words: object) -> None:
        """Print nothing."""


@pytest.fixture
def paper() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Site", (Paper,), {"asked": [], "listed": []})
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_article_shown_in_part_is_asked_for_again_before_it_is_kept(
    paper: ThreadingHTTPServer, tmp_path: Path
) -> None:
    need_browser()
    folder = follow(paper, "/news", tmp_path / "work")
    first = firstseen("crawl", cwd=folder)
    sessions = session_factory(open_engine(f"sqlite:///{folder / 'firstseen.db'}"))
    with sessions() as session:
        assert session.scalars(select(Article)).all() == []
        waiting = session.scalars(select(Page)).all()
        assert [page.outcome for page in waiting] == ["partial"] * 2, first.err
        assert "1 of 1 requests of the page answered HTTP 500" in waiting[0].detail

    firstseen("crawl", cwd=folder)
    with sessions() as session:
        kept = {a.url.partition("/2026")[2]: a for a in session.scalars(select(Article))}
        whole, part = (kept[url.partition("/2026")[2]] for url in (RECOVERS, STAYS))
        assert len(kept) == 2
        assert (whole.article_body.count(LAST_WORDS), whole.cut_fields) == (5, [])
        assert (part.cut_fields, part.article_body.count(LAST_WORDS) < 5) == (["page"], True)
        part.next_check_at = whole.next_check_at = part.first_seen_at  # due for another look
        session.commit()

    looked = firstseen("crawl", "--verbose", cwd=folder)
    assert f"rechecked outcome=partial url={part.url}" in looked.err


def test_a_front_shown_in_part_denies_nothing(paper: ThreadingHTTPServer, tmp_path: Path) -> None:
    need_browser()
    site = paper.RequestHandlerClass
    folder = follow(paper, "/lists", tmp_path / "work")
    fresh = "/2026/03/02/crane-is-lent-to-its-neighbour"
    for listed in ([STAYS], [], [STAYS, fresh]):
        site.listed = listed  # type: ignore[attr-defined]  # of the class above
        firstseen("crawl", cwd=folder)
    with session_factory(open_engine(f"sqlite:///{folder / 'firstseen.db'}"))() as session:
        whole, part, last = session.scalars(select(Visit).order_by(Visit.id))
        found = session.scalars(select(ListedLink).where(ListedLink.url.endswith(fresh))).one()
    assert [look.outcome for look in (whole, part, last)] == ["ok", "partial", "ok"]
    assert "1 of 1 requests of the page answered HTTP 500 (/list.json)" in part.detail
    assert found.not_listed_at is not None
    assert found.not_listed_at <= whole.arrived_at < part.arrived_at < found.first_listed_at
