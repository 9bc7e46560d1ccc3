"""Judges sections for the page and the API, and remembers it for a moment."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.health import SectionHealth, judge_section, read_facts
from pipelines.web.desk import SectionState

_GOOD_FOR = timedelta(seconds=30)  # reading the ledger of two months takes a while


class Judgements:
    """The Health of a desk: ``crawler.health`` with a memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: datetime | None = None
        self._known: list[SectionState] = []

    def __call__(
        self, session: Session, now: datetime, slugs: Sequence[str] = ()
    ) -> list[SectionState]:
        """Return the judgement on the sections of some sources; none named: of all."""
        if len(slugs) == 1:  # a page asks for one, and all of them take seconds
            facts = read_facts(session, now=now, slugs=slugs)
            return [_state(judge_section(one, now=now)) for one in facts]
        with self._lock:  # one of several readers asks the database, the others wait for it
            if self._at is None or not timedelta() <= now - self._at < _GOOD_FOR:
                self._known = [
                    _state(judge_section(facts, now=now)) for facts in read_facts(session, now=now)
                ]
                self._at = now
            known = self._known
        wanted = frozenset(slugs)
        return [state for state in known if not wanted or state.source in wanted]


def _state(health: SectionHealth) -> SectionState:
    facts, week = health.facts, health.week
    return SectionState(
        facts.source,
        facts.section,
        health.state,
        health.reasons,
        seen=week.seen if week else None,
        expected=week.expected if week else None,
    )
