"""How long a section that failed is left alone: by kind of failure, growing, and spread."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal

from pipelines.outcome_words import is_ours

FailureKind = Literal["soft", "temporary", "hard"]

#: How much each kind ages a section. Half a point per time-out lets a night's outage pass.
WEIGHTS: dict[FailureKind, float] = {"soft": 0.25, "temporary": 0.5, "hard": 1.0}
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=24)
# A site that is merely down is seen again soon after it is back; that costs it 24 requests a day.
LONGEST_WAIT_WHILE_DOWN = timedelta(hours=1)
SHARE_OF_DOWNTIME = 8  # or an eighth of how long it has been down, if that is longer
_MOST_WEIGHT = 12.0  # far beyond LONGEST_WAIT; keeps the number small
_SPREAD = 0.2  # of the wait: sections that failed together do not come back together

# The site asks for patience or keeps us out for now: it is well.
_SOFT = frozenset({"held-off", "robots-unreachable", "http-3xx", "needs-rendering"})
# The listing is not what its address promises, or not for us: only a person can mend it.
_HARD = frozenset({"http-4xx", "not-a-listing", "not-text", "robots", "blocked-address", "tls"})


def kind_of_failure(outcome: str) -> FailureKind:
    """Return the kind of a failed look's outcome; unknown ones count as temporary."""
    if outcome in _SOFT:
        return "soft"
    return "hard" if outcome in _HARD else "temporary"


def aged(weight: float, outcome: str) -> float:
    """Return the failure weight of a section after one more failure; success resets it to 0.

    Faults of ours say nothing about the section and do not age it.
    """
    if is_ours(outcome):
        return weight
    return min(weight + WEIGHTS[kind_of_failure(outcome)], _MOST_WEIGHT)


def longest_wait(outcome: str, down_for: timedelta | None) -> timedelta:
    """Return how long a failed section is left alone at most.

    ``down_for`` is the time since its last success, None where there was none yet. Only what
    passes by itself is asked for again soon.
    """
    if down_for is None or kind_of_failure(outcome) == "hard":
        return LONGEST_WAIT
    patient = max(LONGEST_WAIT_WHILE_DOWN, down_for / SHARE_OF_DOWNTIME)
    return min(patient, LONGEST_WAIT)


def retry_at(
    now: datetime,
    weight: float,
    *,
    usual: datetime,
    key: str,
    asked: datetime | None = None,
    longest: timedelta = LONGEST_WAIT,
) -> datetime:
    """Return when a failed section is looked at again.

    The wait doubles with each point of ``weight``, from FIRST_WAIT to ``longest``. ``usual`` is
    when a look would have come anyway: a failure never brings it forward. ``asked`` is what the
    host asked for (Retry-After). ``key`` names the section: its share of the spread is always the
    same, so that the plan can be told in advance.
    """
    wait = min(FIRST_WAIT * float(2.0**weight), longest)
    share = int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "big") / 2**32
    spread = wait * _SPREAD * share
    latest = max(now + wait + spread, usual)
    return max(latest, asked) if asked else latest
