"""The command itself: what it prints where, and what it does not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Demonstration
from tests.e2e.running import environment, firstseen, run

_IMPORTED = "import sys; from crawler.cli import main; s = 0\ntry: s = main(sys.argv[1:])\n"
_IMPORTED += "except SystemExit as e: s = e.code\n"
_IMPORTED += "print(s, *sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"


def modules_of(*words: str, cwd: Path | None = None) -> set[str]:
    done = run(sys.executable, "-c", _IMPORTED, *words, cwd=cwd)
    status, *modules = done.err.splitlines()[-1].split()
    assert status in ("0", "None"), done.err
    return set(modules)


def test_help_imports_nothing_heavy_and_answers_at_once() -> None:
    heavy = {"scrapy", "twisted", "sqlalchemy", "rich", "lxml", "alembic", "shtab", "feedparser"}

    assert modules_of("--help") & heavy == set()


def test_help_takes_less_than_400_ms_of_processor_time() -> None:
    code = (
        "import os, subprocess, sys;"
        "subprocess.run([sys.executable, '-m', 'crawler.cli', '--help'], check=True,"
        " stdout=subprocess.DEVNULL);"
        "t = os.times(); print(t.children_user + t.children_system)"
    )

    least = min(float(run(sys.executable, "-c", code).out) for _ in range(3))

    assert least < 0.4


def test_search_never_imports_scrapy(demonstration: Demonstration) -> None:
    modules = modules_of("search", "minister", cwd=demonstration.folder)

    assert "sqlalchemy" in modules
    assert modules & {"scrapy", "twisted", "lxml"} == set()


def test_the_version_is_told() -> None:
    assert firstseen("--version").out == "firstseen 0.1.0\n"


def test_without_a_command_the_help_goes_to_standard_error() -> None:
    done = firstseen()

    assert (done.status, done.out) == (2, "")
    assert "examples:" in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_completion_script_knows_the_subcommands(shell: str) -> None:
    done = firstseen("completion", shell)

    assert done.status == 0
    assert "--database-url" in done.out
    assert "enable" in done.out


def test_bash_accepts_the_completion_script() -> None:
    script = firstseen("completion", "bash").out

    done = subprocess.run(["bash", "-n"], input=script, text=True, check=False, env=environment())

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colours_unless_they_are_declined(
    more: dict[str, str], coloured: bool, demonstration: Demonstration
) -> None:
    shown = on_terminal(demonstration.folder, {"TERM": "xterm-256color", "COLUMNS": "100", **more})

    assert "Solway" in shown
    assert any(code in shown for code in ("\x1b[2m", "\x1b[1m", "\x1b[1;", "\x1b[38")) is coloured


def on_terminal(folder: Path, env: dict[str, str]) -> str:
    """Return what `firstseen search` writes when standard output is a terminal."""
    pty = pytest.importorskip("pty", reason="no terminals on this system")
    import os

    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "crawler.cli", "search", "Solway", "--limit", "3"]
    process = subprocess.Popen(words, cwd=folder, env=environment(env), stdout=theirs)
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux's way to say that the other side has closed
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert process.wait(20) == 0
    return b"".join(parts).decode()


def test_a_reader_that_leaves_early_is_no_failure(demonstration: Demonstration) -> None:
    line = "firstseen search --format json | head -n 1; echo ${PIPESTATUS[0]}"
    done = run("bash", "-c", line, cwd=demonstration.folder)

    assert done.out.splitlines()[-1] == "0"
    assert done.err == ""
