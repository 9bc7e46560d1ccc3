"""The replay of real pages: what it publishes is stored, once, politely, and nothing else."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.e2e.newsweb_exam import Exam, run_exam


def two_free_ports() -> int:
    """Return the first of two neighbouring free ports."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def replay(newsweb: Path, folder: Path, *, seconds: int) -> Exam:
    return run_exam(
        newsweb,
        newsweb / "pages",
        outlets=10,
        seed=4,
        seconds=seconds,
        folder=folder,
        port=two_free_ports(),
        net="127.0.77",
    )


@pytest.fixture(scope="module")
def exam(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Exam:
    return replay(shared / "newsweb", tmp_path_factory.mktemp("newsweb"), seconds=45)


def test_what_was_listed_is_stored_once_and_nothing_else(exam: Exam) -> None:
    assert exam.problems == []


def test_edits_and_deletions_are_noticed(exam: Exam) -> None:
    report = exam.report

    assert report["edits found"] >= 0.8 * report["edits expected"]
    assert report["false revisions"] <= 1
    assert report["living articles marked gone"] == 0


def test_listings_are_asked_conditionally(exam: Exam) -> None:
    assert exam.report["repeat polls conditional (hosts that support it)"] >= 0.9


def test_a_syndicated_story_is_told_once_whoever_carries_it(
    exam: Exam, shared: Path, tmp_path: Path
) -> None:
    # a slow machine takes its first look when all of them are there; it gets more time
    told = exam.told or replay(shared / "newsweb", tmp_path, seconds=150).told
    assert told
    assert max(alerts for _, alerts in told.values()) == 1, told
