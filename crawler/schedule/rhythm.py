"""When to look at a section again, so that articles wait least for what a request is worth."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from crawler.schedule.learnt_rate import DAY, HOUR, Habits, RhythmState, habits, observe, utc

__all__ = [
    "RhythmState",
    "VisitHints",
    "caught_up_at",
    "next_visit_at",
    "observe",
    "theta_for_budget",
]

SHORTEST = timedelta(minutes=5)  # a floor of 15 min would cost 1.4 % of delay at 6 looks a day
LONGEST = timedelta(hours=12)  # so that a section that wakes up is noticed the same day
CATCH_UP = timedelta(minutes=15)
LONGEST_HINT = timedelta(days=1)  # a feed that asks for a year has a broken template
LONGEST_PAUSE = timedelta(days=7)  # Retry-After is an explicit request, and still not for ever
MOST_WATCHES = 8  # a weight of 9: three times the looks, by the square-root rule
WINDOW_SHARE = 0.6  # look before 60 % of a feed's window is expected to be new
CELLS_PER_INTERVAL = 8  # how finely looks are placed against the usual interval
PEAK_SHARE = 0.3  # of a cell's articles in one minute: looks wait for that minute
INTERVALS_AHEAD = 5  # later looks no longer change where the next one belongs
LONGEST_PLAN = 72 * HOUR
_STEPS = (60, 30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1)  # minutes, the divisors of an hour


@dataclass(frozen=True, slots=True)
class VisitHints:
    """What else bounds the next look at a section.

    ``update_interval`` is the longest of what the publisher states (ttl, sy:updatePeriod,
    Cache-Control max-age); it lengthens the wait, up to LONGEST_HINT, and never shortens it.
    ``not_before`` comes from Retry-After. ``window_items`` is how many entries the listing shows.
    ``weight`` is how much an article's waiting matters here, see ``weight_of``.
    """

    update_interval: timedelta | None = None
    not_before: datetime | None = None
    window_items: int | None = None
    weight: float = 1.0

    @property
    def shortest(self) -> float:
        """Seconds that must pass at least between two looks."""
        asked = min(self.update_interval or SHORTEST, LONGEST_HINT)
        return max(SHORTEST, asked).total_seconds()


NO_HINTS = VisitHints()


def weight_of(watches: int) -> float:
    """Return the weight of a section whose articles answered ``watches`` watches lately.

    Each waits as long as the archive does. No more than MOST_WATCHES count: beyond, a desk with
    hundreds of watches would leave nothing for the sections that none has found yet.
    """
    return 1.0 + min(max(watches, 0), MOST_WATCHES)


def next_visit_at(
    state: RhythmState, now: datetime, theta: float, hints: VisitHints = NO_HINTS
) -> datetime:
    """Return when to look again after a look at ``now``, which ``observe`` has been told of.

    ``theta`` is what one request is worth, in seconds of article waiting (``theta_for_budget``).
    The look is placed by planning several ahead: waiting that piles up costs, each look costs
    theta, and the first look of the cheapest plan is the answer. For a constant rate that is the
    square-root rule, interval = sqrt(2 theta / rate). The wait lies between SHORTEST (or the
    publisher's wish, if longer) and LONGEST.
    """
    wait = _planned_wait(habits(state), now.timestamp() - state.lag, theta, hints)
    at = utc(now.timestamp() + max(min(wait, LONGEST.total_seconds()), hints.shortest))
    if hints.not_before is not None:
        at = max(at, min(hints.not_before, now + LONGEST_PAUSE))
    return at


@dataclass(frozen=True, slots=True)
class _Outlook:
    """The coming hours at the moments where a look may be placed, from ``seconds[0] == 0`` on.

    ``arrived`` counts the articles expected until then, ``moment`` sums their arrival times.
    """

    seconds: list[float]
    arrived: list[float]
    moment: list[float]


def _planned_wait(known: Habits, start: float, theta: float, hints: VisitHints) -> float:
    worth = max(theta / hints.weight, 1.0)
    outlook = _look_ahead(known, start, worth)
    to_go = _cost_to_go(outlook, worth, hints.shortest)
    longest = LONGEST.total_seconds()
    if hints.window_items:  # it may overflow: never lose an article to save a request
        longest = min(longest, _reached_at(outlook, hints.window_items * WINDOW_SHARE))
    best, least = longest, math.inf
    for second, arrived, moment, rest in zip(
        outlook.seconds, outlook.arrived, outlook.moment, to_go, strict=True
    ):
        if second > longest:
            break
        cost = second * arrived - moment + rest
        if second >= hints.shortest and cost < least:
            best, least = second, cost
    return best


def _reached_at(outlook: _Outlook, articles: float) -> float:
    """Return the second at which ``articles`` are expected; the outlook's end if later."""
    at = bisect_left(outlook.arrived, articles)
    if not 0 < at < len(outlook.arrived):
        return outlook.seconds[-1]
    before, after = outlook.arrived[at - 1], outlook.arrived[at]
    opens, ends = outlook.seconds[at - 1], outlook.seconds[at]
    return opens + (ends - opens) * (articles - before) / (after - before)


def _look_ahead(known: Habits, start: float, worth: float) -> _Outlook:
    """Return the outlook over the next INTERVALS_AHEAD usual intervals, at most LONGEST_PLAN.

    A look that is worth ``worth`` seconds of waiting usually comes after sqrt(2 worth / rate);
    each hour gets as many candidates as its own rate makes useful.
    """
    share = _shares(known.by_minute)
    marks_by_step: dict[int, list[_Mark]] = {}
    hour = int(start // HOUR)
    before, before_moment = _share_until(share, (start - hour * HOUR) / 60)
    outlook = _Outlook([0.0], [0.0], [0.0])
    total = summed = intervals = 0.0
    while intervals < INTERVALS_AHEAD and outlook.seconds[-1] < LONGEST_PLAN:
        rate = known.rate_in_hour(hour)
        usual = math.sqrt(2 * worth / rate)
        step = next((size for size in _STEPS if size * 60 * CELLS_PER_INTERVAL <= usual), 1)
        if step not in marks_by_step:
            marks_by_step[step] = _marks(known.by_minute, share, step)
        opens, expected = hour * HOUR - start, rate * HOUR
        for second, until, moment, is_candidate in marks_by_step[step]:
            if opens + second <= 0:
                continue  # before the start, in its first hour
            part = until - before
            total += expected * part
            summed += expected * (moment - before_moment + opens * part)
            before, before_moment = until, moment
            if is_candidate:
                outlook.seconds.append(opens + second)
                outlook.arrived.append(total)
                outlook.moment.append(summed)
        before = before_moment = 0.0
        intervals += min(HOUR, HOUR + opens) / usual
        hour += 1
    return outlook


_Mark = tuple[float, float, float, bool]


def _marks(
    by_minute: tuple[float, ...], share: list[tuple[float, float]], step: int
) -> list[_Mark]:
    """Return the candidates of an hour: second, share and moment of its articles, is it one.

    Many newsrooms publish on the full or half hour: where one minute holds much of a cell, the
    candidate is the moment after it instead of the cell's end. The hour's end is always marked.
    """
    marks: list[_Mark] = []
    for opens in range(0, 60, step):
        ends = opens + step
        if step > 1:
            cell = by_minute[opens:ends]
            peak, whole = max(cell), sum(cell)
            if peak > PEAK_SHARE * whole and peak > 2 * whole / step:
                ends = opens + cell.index(peak) + 1
        marks.append((ends * 60.0, *share[ends], True))
    if marks[-1][0] < HOUR:
        marks.append((HOUR, *share[60], False))
    return marks


def _shares(by_minute: tuple[float, ...]) -> list[tuple[float, float]]:
    """Return for each minute the share of an hour's articles before it, and their seconds."""
    scale = 1 / sum(by_minute)
    reached = [(0.0, 0.0)]
    share = moment = 0.0
    for minute, factor in enumerate(by_minute):
        share += factor * scale
        moment += factor * scale * (minute * 60 + 30)
        reached.append((share, moment))
    return reached


def _share_until(share: list[tuple[float, float]], minute: float) -> tuple[float, float]:
    """Return the share and seconds of an hour's articles before a fraction of a minute."""
    whole = min(int(minute), 59)
    width = minute - whole
    part = (share[whole + 1][0] - share[whole][0]) * width
    return share[whole][0] + part, share[whole][1] + part * (whole + width / 2) * 60


def _cost_to_go(outlook: _Outlook, theta: float, shortest: float) -> list[float]:
    """Return for each candidate the least cost of all that follows a look there.

    The cost from i on is min over j of [waiting between i and j, plus theta, plus the cost from j].
    Waiting is seconds[j] * (arrived[j] - arrived[i]) - (moment[j] - moment[i]): for a fixed j a
    line in arrived[i]. Going backwards both slopes and queries are monotone, so the lower hull of
    the lines answers all of them in one pass.
    """
    seconds, arrived, moment = outlook.seconds, outlook.arrived, outlook.moment
    last = len(seconds) - 1
    constant = [0.0] * (last + 1)  # of the line of each candidate
    cost = [0.0] * (last + 1)
    hull: deque[int] = deque()
    waiting = last  # the next candidate to join, once it lies ``shortest`` ahead
    for i in range(last - 1, -1, -1):
        while waiting > i and (waiting == last or seconds[waiting] - seconds[i] >= shortest):
            price = theta / 2 if waiting == last else theta  # the horizon cuts an interval
            constant[waiting] = (
                seconds[waiting] * arrived[waiting] - moment[waiting] + cost[waiting] + price
            )
            while len(hull) > 1 and _is_covered(seconds, constant, hull[-2], hull[-1], waiting):
                hull.pop()
            hull.append(waiting)
            waiting -= 1
        x = arrived[i]
        while len(hull) > 1 and (
            constant[hull[1]] - seconds[hull[1]] * x <= constant[hull[0]] - seconds[hull[0]] * x
        ):
            hull.popleft()
        cost[i] = constant[hull[0]] - seconds[hull[0]] * x + moment[i]
    return cost


def _is_covered(
    seconds: list[float], constant: list[float], left: int, middle: int, right: int
) -> bool:
    """Return whether the line of ``middle`` is nowhere below both of its neighbours."""
    return (constant[right] - constant[left]) * (seconds[left] - seconds[middle]) <= (
        constant[middle] - constant[left]
    ) * (seconds[left] - seconds[right])


def caught_up_at(key: str, *, due_at: datetime, now: datetime) -> datetime:
    """Return when an overdue section is looked at after a pause of ours, spread over CATCH_UP.

    A section that is late by less than SHORTEST is looked at now. After a longer pause everything
    is due at once: each section keeps its own share of min(CATCH_UP, its lateness), the same one
    for the same ``key``, so that the first minutes after a restart are no storm.
    """
    late = now - due_at
    if late <= SHORTEST:
        return now
    share = int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "big") / 2**32
    return now + min(late, CATCH_UP) * share


def theta_for_budget(
    sections: Iterable[tuple[RhythmState, VisitHints]], requests_per_day: float
) -> float:
    """Return the theta at which all sections together spend about ``requests_per_day`` looks.

    Solved on the dense approximation of the plan, one square-root interval per UTC hour, each
    within its bounds. When even the longest intervals exceed the budget, theta is merely large:
    LONGEST holds. Costs about 0.1 ms a section; ask once an hour, not once a look.
    """
    demands = [_hourly_demand(state, hints) for state, hints in sections]
    longest = LONGEST.total_seconds()
    low, high = -5.0, 30.0  # natural logarithm of theta
    for _ in range(24):
        middle = (low + high) / 2
        root = math.exp(middle / 2)
        looks = 0.0
        for shortest, intervals in demands:
            for interval in intervals:
                looks += DAY / 24 / max(min(interval * root, longest), shortest)
        low, high = (middle, high) if looks > requests_per_day else (low, middle)
    return math.exp(high)


def _hourly_demand(state: RhythmState, hints: VisitHints) -> tuple[float, list[float]]:
    """Return the shortest interval, and for each UTC hour the interval at theta = 1."""
    known = habits(state)
    rate = known.rate * hints.weight * sum(known.by_weekday) / 7
    return hints.shortest, [math.sqrt(2 / (rate * factor)) for factor in known.by_hour]
