"""What one request is worth under the budget, and which sections count for more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.schedule.rhythm import RhythmState, VisitHints, theta_for_budget, weight_of
from pipelines.storage.memory_models import ScheduleState
from pipelines.storage.models import Section
from pipelines.storage.weights import watches_answered

FRESH_FOR = timedelta(hours=1)
# A watch that a section has not answered for so long no longer draws looks to it.
ANSWERS_BACK = timedelta(days=30)
_KEY = "theta"


@dataclass(frozen=True, slots=True)
class Budget:
    """``theta`` is what one request is worth, in seconds of article waiting.

    ``watches`` tells for sections, by id, how many watches their articles answered lately.
    """

    theta: float
    watches: Mapping[int, int] = field(default_factory=dict)

    def weight(self, section_id: int) -> float:
        """Return how much an article's waiting matters in a section."""
        return weight_of(self.watches.get(section_id, 0))


def current_budget(session: Session, requests_per_day: float, *, now: datetime) -> Budget:
    """Return the budget's state, solved anew every hour and when other sections share it."""
    row = session.get(ScheduleState, _KEY)
    sharing = _sharing(session)
    if (
        row is not None
        and row.value.get("requests_per_day") == requests_per_day
        and row.value.get("sharing") == sharing
        and abs(now - row.updated_at) < FRESH_FOR
    ):
        watches = {int(key): count for key, count in row.value.get("watches", {}).items()}
        return Budget(float(row.value["theta"]), watches)
    watches = watches_answered(session, now - ANSWERS_BACK)
    sections: Iterable[Section] = session.scalars(select(Section).where(Section.enabled))
    states = [
        (RhythmState.from_json(s.rhythm), stored_hints(s, weight=weight_of(watches.get(s.id, 0))))
        for s in sections
    ]
    theta = theta_for_budget(states, requests_per_day)
    value = {
        "theta": theta,
        "requests_per_day": requests_per_day,
        "sharing": sharing,
        "watches": {str(key): count for key, count in watches.items()},
    }
    session.merge(ScheduleState(key=_KEY, value=value, updated_at=now))
    return Budget(theta, watches)


def _sharing(session: Session) -> list[int]:
    """Return what tells one set of sections in use from another: their number and sum of ids."""
    ids = session.scalars(select(Section.id).where(Section.enabled)).all()
    return [len(ids), sum(ids)]


def stored_hints(
    section: Section, *, weight: float = 1.0, not_before: datetime | None = None
) -> VisitHints:
    """Return the hints kept with a section."""
    kept = section.hints or {}
    seconds = kept.get("update_seconds")
    return VisitHints(
        update_interval=timedelta(seconds=seconds) if seconds else None,
        not_before=not_before,
        # Only a feed's window overflows; a sitemap holds two days, a front what its editors want.
        window_items=kept.get("window_items") if section.kind == "feed" else None,
        weight=weight,
    )
