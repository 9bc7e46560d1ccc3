"""Judges how many new articles a section should have shown, and whether it has fallen silent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from crawler.schedule.learnt_rate import HOUR, RhythmState, habits

# Measured on 122 section-months of two public traces, judged every six hours: 3 false alarms, and
# 14 with a thousandth instead, which would notice a section cut off an hour to a day and a half
# sooner. tests/benchmarks/silence_alarms.py tells them for other sections of the traces.
IMPROBABLE = 1e-4
# Days of one newsroom differ by a good fifth even where hour and weekday are known: no section is
# taken to be more regular than that, however long it was watched.
MOST_REGULAR = 20.0
_LONGEST_WINDOW = 60 * 24  # hours; a longer silence is judged by its last two months


@dataclass(frozen=True, slots=True)
class Volume:
    """New articles in a window of time: those seen, and those the section's habits promise.

    ``chance`` is how likely so few are, if the habits still hold.
    """

    since: datetime
    until: datetime
    seen: int
    expected: float
    chance: float

    @property
    def is_improbable(self) -> bool:
        """Whether the section shows too little to be well."""
        return self.seen < self.expected and self.chance < IMPROBABLE


def judge_volume(state: RhythmState, *, since: datetime, until: datetime, seen: int) -> Volume:
    """Return what a section showed between two looks against its own habits.

    ``until`` must not lie after the last completed look: what was not looked at is not silence.
    """
    expected = expected_articles(state, since=since, until=until)
    shape = min(state.articles, MOST_REGULAR)
    return Volume(since, until, seen, expected, chance_of_at_most(seen, expected, shape))


def expected_articles(state: RhythmState, *, since: datetime, until: datetime) -> float:
    """Return how many articles the learnt rate, hours and weekdays promise for a window."""
    known = habits(state)
    start, end = since.timestamp(), until.timestamp()
    first, last = int(start // HOUR), int(end // HOUR)
    if last - first > _LONGEST_WINDOW:
        first, start = last - _LONGEST_WINDOW, (last - _LONGEST_WINDOW) * HOUR
    return math.fsum(
        known.rate_in_hour(hour) * max(0.0, min(end, (hour + 1) * HOUR) - max(start, hour * HOUR))
        for hour in range(first, last + 1)
    )


def chance_of_at_most(seen: int, expected: float, shape: float) -> float:
    """Return the chance of at most ``seen`` articles: Poisson counts whose rate is uncertain.

    The rate is gamma distributed around ``expected`` with ``shape``, so the count is negative
    binomial: a section known from few articles, or with uneven days, is judged mildly.
    """
    if expected <= 0 or seen >= expected:
        return 1.0  # not the exact figure, but never a reason to worry
    failure = expected / (expected + shape)
    log_term = shape * math.log1p(-failure)  # of no article at all
    total = math.exp(log_term)
    for count in range(1, seen + 1):
        log_term += math.log(failure * (count - 1 + shape) / count)
        total += math.exp(log_term)
    return min(total, 1.0)
