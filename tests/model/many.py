"""Plays many histories: what of them was false, and how much of what could be known was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Engine, MetaData, create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from pipelines.storage.database import session_factory
from pipelines.storage.schema import upgrade
from tests.model.history import MOODS, History, random_history
from tests.model.play import play, shortened

_UNLIKE_MOODS = ("clock ahead", "clock back", "address", "filter", "hosts", "relaunch")


@dataclass
class Totals:
    """What many histories came to; ``by_mood`` counts those in which something happened."""

    played: int = 0
    wrong: dict[int, list[str]] = field(default_factory=dict)  # by seed
    counts: Counter[str] = field(default_factory=Counter)
    by_mood: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, more: Totals) -> None:
        """Take in what other histories came to."""
        self.played += more.played
        self.wrong |= more.wrong
        self.counts += more.counts
        for mood, counts in more.by_mood.items():
            self.by_mood.setdefault(mood, Counter()).update(counts)

    def told(self) -> str:
        """Return the figures in lines."""
        counts = self.counts
        lines = [f"{self.played} histories, {len(self.wrong)} with something false"]
        lines += [f"  {counts[name]:9,}  {name}" for name in sorted(counts)]
        lines.append(f"tight: {_share(counts)} of the intervals that could be")
        lines += [f"  {_share(of):>6}  {mood}" for mood, of in sorted(self.by_mood.items())]
        return "\n".join(lines)


def _share(counts: Counter[str]) -> str:
    return f"{counts['tight'] / max(1, counts['could be tight']):.1%}"


def play_many(
    seeds: Iterable[int], sessions: sessionmaker[Session], *, whole: bool = False
) -> Totals:
    """Play the histories of these seeds, each with a publisher of its own."""
    totals = Totals()
    for seed in seeds:
        history = random_history(seed)
        verdict = play(history, sessions, whole=whole)
        totals.played += 1
        totals.counts += verdict.counts
        if verdict.wrong:
            totals.wrong[seed] = verdict.wrong
        for mood in {step.what for step in history.steps} & {*MOODS, *_UNLIKE_MOODS} or {"calm"}:
            totals.by_mood.setdefault(mood, Counter()).update(verdict.counts)
    return totals


def in_memory() -> sessionmaker[Session]:
    """Return sessions on an empty SQLite database in memory."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    upgrade(engine)
    return session_factory(engine)


def explained(seed: int, *, whole: bool = False) -> str:
    """Return a history that fails, as short as it can be, and what of it was false."""
    sessions = in_memory()
    engine: Engine = sessions.kw["bind"]
    kinds = play(random_history(seed), sessions, whole=whole).kinds

    def fails(history: History) -> bool:
        _wipe(engine)
        return bool(kinds & play(history, sessions, whole=whole).kinds)

    history = shortened(random_history(seed), fails)
    _wipe(engine)
    return "\n".join([history.told(), *play(history, sessions, whole=whole).wrong])


def _wipe(engine: Engine) -> None:
    known = MetaData()
    known.reflect(engine, only=lambda name, _: not name.startswith("article_search"))
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for table in known.tables.values():
            if table.name != "alembic_version":
                connection.execute(table.delete())
