"""The writer thread: what waits is committed together, and no piece harms another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.faults import is_fatal, is_passing, told_in_one_line
from pipelines.storage.memory_models import HoldOff
from pipelines.storage.writer import MOST_TOGETHER, Writer
from tests.examples import NOON


@pytest.fixture
def writer(sessions: sessionmaker[Session]) -> Iterator[Writer]:
    writer = Writer(sessions)
    yield writer
    writer.close()


@pytest.fixture
def commits(engine: Engine) -> list[None]:
    """One entry for each commit."""
    seen: list[None] = []
    event.listen(engine, "commit", lambda connection: seen.append(None))
    return seen


def keep(lane: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.add(HoldOff(lane=lane, held_until=NOON))
        session.flush()
        return lane

    return work


def kept(sessions: sessionmaker[Session]) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(HoldOff.lane).order_by(HoldOff.lane)))


def blocked(writer: Writer) -> threading.Event:
    """Keep the writer busy until the returned event is set, so that work piles up."""
    begun, go_on = threading.Event(), threading.Event()

    def work(session: Session) -> None:
        session.execute(text("SELECT 1"))
        begun.set()
        assert go_on.wait(10)

    writer.submit(work)
    assert begun.wait(10)
    return go_on


def test_what_waits_is_committed_together(
    writer: Writer, sessions: sessionmaker[Session], commits: list[None]
) -> None:
    go_on = blocked(writer)
    futures = [writer.submit(keep(f"host-{n:03}")) for n in range(2 * MOST_TOGETHER)]
    go_on.set()

    done = wait(futures, 20).done

    assert len(done) == len(kept(sessions)) == 2 * MOST_TOGETHER
    assert len(commits) == 3  # the first was what kept it busy


def test_a_result_is_there_only_once_it_is_committed(
    writer: Writer, sessions: sessionmaker[Session]
) -> None:
    assert writer.submit(keep("host")).result(10) == "host"
    assert kept(sessions) == ["host"]


def test_one_bad_piece_harms_no_other(writer: Writer, sessions: sessionmaker[Session]) -> None:
    def bad(session: Session) -> None:
        session.add(HoldOff(lane="half", held_until=NOON))
        session.flush()
        raise ValueError("a page like no other")

    def twice(session: Session) -> None:
        session.execute(text("INSERT INTO hold_offs (lane, held_until) VALUES ('a', NULL)"))

    go_on = blocked(writer)
    futures = [writer.submit(work) for work in (keep("a"), bad, keep("b"), twice, keep("c"))]
    go_on.set()
    errors = [future.exception(10) for future in futures]

    assert [type(error) for error in errors] == [
        *(type(None), ValueError, type(None), IntegrityError, type(None))
    ]
    assert kept(sessions) == ["a", "b", "c"]


def test_work_that_was_cancelled_is_left_out_and_the_rest_is_done(
    writer: Writer, sessions: sessionmaker[Session]
) -> None:
    go_on = blocked(writer)
    first, cancelled, last = (writer.submit(keep(lane)) for lane in ("a", "b", "c"))
    assert cancelled.cancel()
    go_on.set()

    assert (first.result(10), last.result(10)) == ("a", "c")
    with pytest.raises(CancelledError):
        cancelled.result(10)
    assert writer.submit(keep("d")).result(10) == "d"
    assert kept(sessions) == ["a", "c", "d"]


def test_closing_finishes_what_waits_and_refuses_more(sessions: sessionmaker[Session]) -> None:
    writer = Writer(sessions)
    futures = [writer.submit(keep(f"host-{n}")) for n in range(5)]

    writer.close()
    writer.close()

    assert all(future.done() for future in futures)
    assert len(kept(sessions)) == 5
    with pytest.raises(RuntimeError, match="closed"):
        writer.submit(keep("late"))


# ---------------------------------------------------------------- errors of the whole database


class DriverError(Exception):
    """Stands for what a driver raises."""


def operational(said: str, *, invalidated: bool = False) -> OperationalError:
    return OperationalError(
        "INSERT ...", {"body": "secret text"}, DriverError(said), connection_invalidated=invalidated
    )


@pytest.mark.parametrize(
    ("error", "passing", "fatal"),
    [
        (operational("database is locked"), True, True),
        (operational("server closed the connection unexpectedly", invalidated=True), True, True),
        (operational("database or disk is full"), False, True),
        (operational("disk I/O error"), False, True),
        (operational("database disk image is malformed"), False, True),
        (operational("attempt to write a readonly database"), False, True),
        (operational("unable to open database file"), False, True),
        (operational("value too long for type character varying(2)"), False, False),
        (ValueError("full of disks"), False, False),
    ],
)
def test_errors_of_the_whole_database_are_told_from_those_of_one_piece(
    error: Exception, passing: bool, fatal: bool
) -> None:
    assert (is_passing(error), is_fatal(error)) == (passing, fatal)
    assert "secret" not in told_in_one_line(error)


def pieces_seen_by(error: Exception, fails: int, writer: Writer) -> tuple[list[str], list[Any]]:
    """Run three pieces, the second of which meets ``error`` so many times; return runs, futures."""
    runs: list[str] = []

    def work(name: str) -> Callable[[Session], str]:
        def run(session: Session) -> str:
            runs.append(name)
            if name == "second" and runs.count("second") <= fails:
                raise error
            return name

        return run

    go_on = blocked(writer)
    futures: list[Future[Any]] = [
        writer.submit(work(name)) for name in ("first", "second", "third")
    ]
    go_on.set()
    wait(futures, 10)
    return runs, [future.exception() or future.result() for future in futures]


def test_a_fatal_error_is_told_to_all_that_waited(writer: Writer) -> None:
    full = operational("database or disk is full")

    runs, outcomes = pieces_seen_by(full, 1, writer)

    assert runs == ["first", "second"]
    assert outcomes == [full, full, full]


def test_a_passing_error_is_tried_again_with_growing_pauses(
    sessions: sessionmaker[Session],
) -> None:
    pauses: list[float] = []
    writer = Writer(sessions, sleep=pauses.append)

    runs, outcomes = pieces_seen_by(operational("database is locked"), 3, writer)
    writer.close()

    assert outcomes == ["first", "second", "third"]
    assert runs == [*["first", "second"] * 4, "third"]
    assert pauses == [0.5, 1.0, 2.0]
