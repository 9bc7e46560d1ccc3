"""The two webs on which moods are played: invented articles, and the replay's real pages."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.moods.exam import Exam, table
from tests.e2e.moods.fictional import HOUSES, fictional_outlet
from tests.e2e.moods.kinds import Mood
from tests.e2e.moods.outlets import Clock
from tests.e2e.moods.replayed import Replay

_PARKED = "127.0.0.3"
_WELL = 2  # outlets without moods


def fictional_exam(
    folder: Path,
    moods: Sequence[Mood],
    *,
    turns: int = 1,
    shift: int = 0,
    states: Sequence[str] = (),
) -> Exam:
    """Return an exam in which all moods happen, ``turns`` of them one after another to an outlet.

    Without moods there are a few outlets that are always well: for ``states`` of ours.
    """
    # Moods that stay are put last, and so come last in their outlet's turns.
    in_order = sorted(moods, key=lambda mood: mood.for_good)
    count = -(-len(in_order) // turns) if in_order else _WELL
    in_turn = [in_order[number::count] for number in range(count)]
    clock, ports = Clock(), _free_ports(count + 1)
    began_at = clock.now()
    exam = Exam(folder, [], {}, clock, f"http://{_PARKED}:{ports[-1]}", states=states)
    for number, mine in enumerate(in_turn):
        house = HOUSES[(number + shift) % len(HOUSES)]
        slug = f"paper-{number}-{house}"
        exam.moods[slug] = mine
    for number, slug in enumerate(exam.moods):
        outlet = fictional_outlet(
            slug.split("-", 2)[2],
            slug,
            host_port=f"127.0.0.1:{ports[number]}",
            clock=clock,
            began_at=began_at,
            hours=exam.timetable.published,
        )
        exam.outlets.append(outlet)
    return exam


def replayed_exam(
    folder: Path, newsweb: Path, moods: Sequence[Mood], *, outlets: int, seed: int = 1
) -> Exam:
    """Return an exam with the replay's outlets, each of which gets the next of the moods."""
    clock, (port, parked) = Clock(), _free_ports(2)
    replay = Replay(newsweb, clock, outlets=outlets, seed=seed, net="127.0.78", port=port)
    given = {o.slug: [moods[n % len(moods)]] for n, o in enumerate(replay.outlets)}
    place = f"http://{_PARKED}:{parked}"
    return Exam(folder, list(replay.outlets), given, clock, place, tick=replay.tick)


def play(exam: Exam) -> int:
    """Run an exam and print its table; return 1 when something came of a mood that must not."""
    began = time.monotonic()
    verdicts = exam.run()
    seconds = time.monotonic() - began
    sys.stdout.write(f"{table(verdicts)}\n{seconds:.0f} s, statuses {exam.statuses}\n")
    sys.stdout.flush()
    return int(any(verdict.problems for verdict in verdicts))


def play_each(folder: Path, newsweb: Path, moods: Sequence[Mood], *, outlets: int) -> int:
    """Let all outlets of the replay get into each of the moods, in a run of its own."""
    return max(
        play(replayed_exam(folder / mood.name, newsweb, [mood], outlets=outlets)) for mood in moods
    )


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports
