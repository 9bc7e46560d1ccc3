"""What breaks is named, nothing is lost, and the exit status is true."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.demo import DemoWeb
from crawler.demo.server import Fault
from tests.e2e.running import firstseen, looks, stored_articles, workspace_for

BROKEN: dict[str, tuple[Fault, str]] = {
    "harbour-courier": ("error-500", "http-5xx"),
    "talbote": ("html-for-listing", "not-a-listing"),
    "seestadt-kurier": ("empty-body", "empty"),
    "voix-du-delta": ("hangs", "timeout"),
    "ledger-post": ("refuses", "refused"),
}
HEALTHY = "wangan-nippo"
SECTION = '[[sections]]\nkey = "all"\nkind = "feed"\nurl = "https://my-paper.example/rss"\n'


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb(speed=0, crawl_delay=0) as started:
        yield started


def test_five_broken_publishers_are_named_and_harm_no_other(web: DemoWeb, tmp_path: Path) -> None:
    folder = workspace_for(web, tmp_path, timeout=2.0)
    for slug, (fault, _) in BROKEN.items():
        web.break_outlet(slug, fault)

    crawl = firstseen("crawl", "--json", cwd=folder)

    assert crawl.status == 3
    assert crawl.json()["exit_status"] == 3
    assert {look.source: look.outcome for look in looks(folder)} == {
        **{slug: outcome for slug, (_, outcome) in BROKEN.items()},
        HEALTHY: "ok",
    }
    for slug, (_, outcome) in BROKEN.items():
        assert f"{slug}/politics ({outcome})" in crawl.err
    assert {a.source for a in stored_articles(folder)} == {HEALTHY}

    for slug in BROKEN:
        web.mend_outlet(slug)
    again = firstseen("crawl", cwd=folder)

    assert again.status == 0, again.err
    assert {a.source for a in stored_articles(folder)} == {HEALTHY, *BROKEN}
    # A failed look is no look: what the first good one finds is the baseline.
    assert all(a.baseline for a in stored_articles(folder))


def test_a_crawl_of_broken_publishers_only_fails(web: DemoWeb, tmp_path: Path) -> None:
    folder = workspace_for(web, tmp_path, "harbour-courier", "talbote")
    web.break_outlet("harbour-courier", "not-found")
    web.break_outlet("talbote", "html-for-listing")
    try:
        crawl = firstseen("crawl", cwd=folder)
    finally:
        web.mend_outlet("harbour-courier")
        web.mend_outlet("talbote")

    assert crawl.status == 1
    outcomes = {look.source: (look.outcome, look.http_status) for look in looks(folder)}
    assert outcomes["harbour-courier"] == ("http-4xx", 404)
    assert outcomes["talbote"] == ("not-a-listing", 200)
    assert stored_articles(folder) == []


def not_a_database(folder: Path) -> str:
    path = folder / "notes.txt"
    path.write_text("A shopping list, not a database.\n" * 100)
    return f"sqlite:///{path}"


def no_such_folder(folder: Path) -> str:
    return f"sqlite:///{folder / 'missing' / 'firstseen.db'}"


def a_folder(folder: Path) -> str:
    return f"sqlite:///{folder}"


def postgres_down(folder: Path) -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    return f"postgresql://analyst:s3cret@127.0.0.1:{port}/news"


def another_kind(folder: Path) -> str:
    return "mysql://analyst:s3cret@127.0.0.1/news"


@pytest.mark.parametrize(
    ("command", "make", "told"),
    [
        ("crawl", not_a_database, "notes.txt: is not a database; name another file in database"),
        ("search", not_a_database, "notes.txt: is not a database; name another file in database"),
        ("crawl", no_such_folder, "missing"),
        ("search", a_folder, "is a folder; name a file in database.url"),
        ("crawl", postgres_down, "postgresql://analyst:***@127.0.0.1"),
        ("search", postgres_down, "postgresql://analyst:***@127.0.0.1"),
        ("search", another_kind, "'mysql' is not supported; use sqlite:///file.db or postgresql"),
    ],
)
def test_an_unusable_database_is_one_line_that_names_it(
    web: DemoWeb, tmp_path: Path, make: Callable[[Path], str], told: str, command: str
) -> None:
    folder = workspace_for(web, tmp_path, HEALTHY)
    asked_before = len(web.requests)

    done = firstseen(command, "--database-url", make(folder), cwd=folder)

    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("firstseen: ")
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert "s3cret" not in done.err
    assert len(web.requests) == asked_before, "a publisher was asked for nothing"


def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path: Path) -> None:
    assert firstseen("init", cwd=tmp_path).status == 0
    url = not_a_database(tmp_path)
    before = (tmp_path / "notes.txt").read_bytes()

    for action in ("upgrade", "check"):
        assert firstseen("db", action, "--database-url", url, cwd=tmp_path).status == 1
    assert (tmp_path / "notes.txt").read_bytes() == before


def test_a_crawl_that_cannot_store_says_so_and_fails(web: DemoWeb, tmp_path: Path) -> None:
    folder = workspace_for(web, tmp_path, HEALTHY)
    assert firstseen("db", "upgrade", cwd=folder).status == 0
    connection = sqlite3.connect(folder / "firstseen.db")
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON articles"
        " BEGIN SELECT RAISE(ABORT, 'no room left for articles'); END"
    )
    connection.close()

    done = firstseen("crawl", cwd=folder)

    assert done.status == 1
    assert "not stored" in done.err.splitlines()[-1]
    assert "Traceback" not in done.err
    assert stored_articles(folder) == []


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("firstseen.toml", '[fetch]\ncontcat = "x"\n', "unknown key 'contcat' in [fetch]"),
        ("firstseen.toml", "[fetch]\ndelay_seconds = -1\n", "fetch.delay_seconds = -1 must be"),
        ("firstseen.toml", "[database\n", "is not valid TOML"),
        ("sources/my-paper.toml", 'nam = "x"\n' + SECTION, "unknown key ['nam']"),
        ("sources/my-paper.toml", "name = \n", "is not valid TOML"),
        ("sources/my-paper.toml", 'name = "My Paper"\n' + SECTION, "must be given"),
        ("sources/My Paper.toml", 'name = "My Paper"\n', "a source file is named like"),
    ],
)
def test_a_broken_file_is_named_with_its_key(
    tmp_path: Path, file: str, text: str, told: str
) -> None:
    assert firstseen("init", cwd=tmp_path).status == 0
    (tmp_path / file).write_text(text)

    done = firstseen("crawl", cwd=tmp_path)

    assert done.status == 1
    assert file in done.err
    assert told in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["crawl", "econtimes"], 2, "did you mean econotimes?"),
        (["sources", "enable", "the-gardian"], 2, "did you mean the-guardian?"),
        (["serach", "x"], 2, "did you mean search?"),
        (["search", "--since", "yesterday"], 2, "is no time; use 24h, 7d"),
        (["search", "x"], 1, "no database there yet; `firstseen crawl` makes it"),
        (["sources", "test"], 2, "`firstseen sources record URL` begins"),
        (["export", "-o", "missing/out.csv"], 1, ""),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    tmp_path: Path, words: list[str], status: int, told: str
) -> None:
    assert firstseen("init", cwd=tmp_path).status == 0

    done = firstseen(*words, cwd=tmp_path)

    assert (done.status, done.out) == (status, "")
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_missing_workspace_is_answered_with_how_to_make_one(tmp_path: Path) -> None:
    done = firstseen("crawl", cwd=tmp_path)

    assert done.status == 1
    assert f"no firstseen.toml in {tmp_path}: run `firstseen init` there" in done.err


def test_an_unknown_variable_of_ours_is_an_error(tmp_path: Path) -> None:
    assert firstseen("init", cwd=tmp_path).status == 0

    done = firstseen("db", "url", cwd=tmp_path, FIRSTSEEN_FETCH_DELAY="3")

    assert done.status == 1
    assert "variable FIRSTSEEN_FETCH_DELAY: unknown key 'delay' in [fetch]" in done.err


def test_the_trace_is_shown_only_when_asked_for(tmp_path: Path) -> None:
    assert firstseen("init", cwd=tmp_path).status == 0

    quiet = firstseen("search", cwd=tmp_path)
    verbose = firstseen("search", "--verbose", cwd=tmp_path)

    assert "Traceback" not in quiet.err
    assert "Traceback" in verbose.err
