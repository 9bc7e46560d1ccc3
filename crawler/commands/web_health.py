"""Judges sections for the page and the API: beside the requests, remembered for a while."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.alert_health import alert_lines
from crawler.config import Options
from crawler.findings import find_all
from crawler.health import SectionHealth, judge_section, read_facts
from pipelines.outcome_words import tell_look
from pipelines.web.desk import SectionState

logger = logging.getLogger(__name__)

#: Months of a large ledger take seconds to read, and a section does not fall ill in a minute.
GOOD_FOR = timedelta(minutes=2)
_PATIENCE_SECONDS = 2.0  # of the first reader, who would else see no state at all

Read = Callable[[datetime], list[SectionState]]


class Judgements:
    """The Health of a desk. Reading goes on in a thread of its own; meanwhile the last one stands.

    Before the first is there nobody is judged: a reader waits for it a moment, not longer.
    Without ``read`` whoever asks waits for the answer, and reads it in the own session.
    """

    def __init__(self, read: Read | None = None, *, patience: float = _PATIENCE_SECONDS) -> None:
        self._read = read
        self._patience = patience
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._at: datetime | None = None
        self._known: list[SectionState] = []

    def __call__(
        self, session: Session, now: datetime, slugs: Sequence[str] = ()
    ) -> list[SectionState]:
        """Return the judgement on the sections of some sources; none named: of all."""
        if self._read is None:
            with self._lock:
                if not self._is_fresh(now):
                    self._judge(lambda at: judge(session, at), now)
        else:
            self.refresh(now)
            if self._at is None and self._thread is not None:
                self._thread.join(self._patience)
        wanted = frozenset(slugs)
        return [state for state in self._known if not wanted or state.source in wanted]

    def refresh(self, now: datetime) -> None:
        """Begin to judge anew, unless that is under way or was done lately; returns at once."""
        with self._lock:
            is_under_way = self._thread is not None and self._thread.is_alive()
            if self._read is None or is_under_way or self._is_fresh(now):
                return
            work = (self._read, now)
            self._thread = threading.Thread(target=self._judge_beside, args=work, daemon=True)
            self._thread.start()

    def _is_fresh(self, now: datetime) -> bool:
        return self._at is not None and timedelta() <= now - self._at < GOOD_FOR

    def _judge(self, read: Read, now: datetime) -> None:
        self._known, self._at = read(now), now

    def _judge_beside(self, read: Read, now: datetime) -> None:
        try:
            self._judge(read, now)
        except Exception as error:
            # The next reader tries again; until then the last judgement stands.
            logger.warning("health not judged error=%s", type(error).__name__)


def reader(sessions: Callable[[], Session], options: Options | None = None) -> Read:
    """Return what judges a workspace as ``firstseen health`` does; without options its sections."""

    def read(now: datetime) -> list[SectionState]:
        with sessions() as session:
            return judge(session, now) if options is None else judge_all(session, options, now)

    return read


def judge(session: Session, now: datetime) -> list[SectionState]:
    """Return the judgement on every section."""
    return [_state(judge_section(one, now=now)) for one in read_facts(session, now=now)]


def judge_all(session: Session, options: Options, now: datetime) -> list[SectionState]:
    """Return the judgement on every section, and what sources and we ourselves suffer from."""
    found = find_all(session, options, now=now)
    return [
        *map(_state, found.sections),
        *(SectionState(u.source, "", "unwatched", (u.told,)) for u in found.unwatched),
        *(SectionState(x.source, "", "losing", (x.reason,)) for x in found.losses if x.is_ill),
        *(SectionState("", "", "alerts", (line,)) for line in alert_lines(found.alerts)),
        *(SectionState("", "", own.kind, (own.told,)) for own in found.own if own.is_ill),
    ]


def _state(health: SectionHealth) -> SectionState:
    facts, week, last = health.facts, health.week, health.facts.last
    return SectionState(
        facts.source,
        facts.section,
        health.state,
        health.reasons,
        outcome=last.outcome if last else "",
        last_look=tell_look(last.outcome, last.detail, slug=facts.source) if last else "",
        seen=week.seen if week else None,
        expected=week.expected if week else None,
    )
