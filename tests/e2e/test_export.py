"""Exports as a person runs them: whole files or none, whatever ends the program."""

from __future__ import annotations

import csv
import io
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import feedparser
import pyarrow.parquet
import pytest

from tests.e2e.conftest import Demonstration
from tests.e2e.running import environment, firstseen, run, stored_articles, wait_until


@pytest.fixture
def folder(demonstration: Demonstration, tmp_path: Path) -> Path:
    """A workspace with a finished demonstration's archive."""
    shutil.copytree(demonstration.folder, tmp_path / "demo")
    return tmp_path / "demo"


def test_articles_are_written_as_parquet_and_spreadsheet_safe_csv(folder: Path) -> None:
    count = len(stored_articles(folder))
    assert firstseen("watches", "add", "ministers", "minister", cwd=folder).status == 0

    whole = firstseen("export", "--format", "parquet", "-o", "all.parquet", cwd=folder)
    watched = firstseen("export", "articles", "--watch", "ministers", "--format", "csv", cwd=folder)
    safe = firstseen("export", "--format", "csv", "--spreadsheet-safe", cwd=folder)

    assert (whole.status, whole.out, whole.err) == (0, "", "")
    assert pyarrow.parquet.read_metadata(folder / "all.parquet").num_rows == count
    found = list(csv.DictReader(io.StringIO(watched.out)))
    assert 0 < len(found) < count
    assert safe.out.startswith('\ufeff"id","source"')


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_reader_that_has_seen_enough_ends_it_quietly(folder: Path, form: str) -> None:
    line = f"firstseen export revisions --format {form} | head -c 20 | wc -c"
    done = run("bash", "-o", "pipefail", "-c", line, cwd=folder)

    assert (done.status, done.out.strip(), done.err) == (0, "20", "")


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_file_that_cannot_be_whole_is_not_there(folder: Path, form: str) -> None:
    """The largest file this process may write stands for a full disk."""
    (folder / "out").write_text("old")
    with closing(sqlite3.connect(folder / "firstseen.db")) as database:
        database.execute("PRAGMA journal_mode = DELETE")  # reading it then writes no file at all
    limit = 10_000
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "export", "--format", form, "-o", "out"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )

    assert done.returncode == 1
    assert done.stderr == "firstseen: out: cannot be written: File too large\n"
    assert (folder / "out").read_text() == "old"
    assert not list(folder.glob(".*.part"))


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_export_leaves_nothing(
    folder: Path, sign: signal.Signals, status: int
) -> None:
    program = (
        "import sys, crawler.commands.export as e\n"
        "def slow(rows, stream):\n"
        "    import time; stream.write(b'half'); stream.flush(); time.sleep(30)\n"
        "e.write_json_lines = slow\n"
        "from crawler.cli import main; sys.exit(main(['export', '-o', 'out']))"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment(),
        # a shell starts what runs in the background deaf to the interrupt, and so are its children
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until(lambda: bool(list(folder.glob(".out.*.part"))))
    started.send_signal(sign)

    assert started.wait(20) == status
    assert not (folder / "out").exists()
    assert not list(folder.glob(".*.part"))


def test_what_cannot_be_is_told_before_anything_is_written(folder: Path) -> None:
    for words, told in (
        (["--spreadsheet-safe"], "--spreadsheet-safe goes with --format csv"),
        (["visits", "--query", "x"], "visits have no text"),
        (["--watch", "nobody"], "no watch is called 'nobody'"),
        (["--query", "levy NEAR"], "line 1, column"),
        (["-o", "sources"], "sources is a folder"),
    ):
        done = firstseen("export", *words, cwd=folder)
        assert (done.out, len(done.err.splitlines())) == ("", 1), done
        assert told in done.err
        assert done.status in (1, 2)


def test_a_bar_shows_on_the_terminal_how_far_it_is(folder: Path) -> None:
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "export", "-o", "out"],
        cwd=folder,
        env=environment({"TERM": "xterm"}),
        stderr=theirs,
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)

    count = len(stored_articles(folder))
    assert (done.returncode, done.stdout) == (0, b"")
    assert f"{count}/{count}" in shown


@pytest.mark.parametrize("form", ["atom", "rss", "jsonfeed"])
def test_a_search_is_printed_as_a_feed(demonstration: Demonstration, form: str) -> None:
    done = firstseen(
        "search", "minister", "--format", form, "--limit", "3", cwd=demonstration.folder
    )

    assert (done.status, done.err) == (0, "")
    if form == "jsonfeed":
        assert len(done.json()["items"]) == 3
    else:
        assert len(feedparser.parse(done.out.encode()).entries) == 3
