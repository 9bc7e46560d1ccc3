"""What a section has shown of its publishing habits: rate, hours, weekdays and minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

HOUR = 3600.0
DAY = 86400.0

HALF_LIFE = (
    30 * DAY
)  # habits change with seasons and relaunches; a month keeps four of each weekday
PRIOR_RATE = 8 / DAY  # an unknown section: eight articles a day ...
PRIOR_EXPOSURE = DAY  # ... a belief worth one day of watching
HOUR_PRIOR = 0.5  # articles of doubt per hour of the day; neighbouring hours are smoothed as well
WEEKDAY_PRIOR = 6.0  # seven bins see a whole month before they mean anything
SHAPE_DOUBT = 10.0  # articles: of two, both may fall into one minute by accident
LONGEST_HISTORY = 30 * DAY  # how far back the timestamps of a first window count
UNWATCHED = 7 * DAY  # after a longer silence of ours, the window is read as a first one
LONGEST_LAG = 1800.0  # a claim older than this against our last look is a re-dating, not a lag
_LAG_UP, _LAG_DOWN = 0.5, 0.05  # being early costs a whole interval, being late only minutes


@dataclass(frozen=True, slots=True)
class RhythmState:
    """What one section has shown so far; small, JSON-able, and all that the rhythm needs.

    ``articles`` were counted in ``exposure`` seconds of watching; the lists count the same evidence
    by UTC hour, weekday (Monday is 0) and minute of the hour, all fading with HALF_LIFE. Hours and
    weekdays carry their own exposure, since a young section has not seen each of them equally.
    ``watched_until`` is the last look in epoch seconds, None before the first. ``lag`` is how many
    seconds after its claimed time an article tends to be listed.
    """

    articles: float = PRIOR_RATE * PRIOR_EXPOSURE
    exposure: float = PRIOR_EXPOSURE
    watched_until: float | None = None
    lag: float = 0.0
    hour_articles: tuple[float, ...] = (0.0,) * 24
    hour_exposure: tuple[float, ...] = (0.0,) * 24
    weekday_articles: tuple[float, ...] = (0.0,) * 7
    weekday_exposure: tuple[float, ...] = (0.0,) * 7
    minute_articles: tuple[float, ...] = (0.0,) * 60

    @property
    def rate(self) -> float:
        """Articles per second, averaged over the hours watched."""
        return self.articles / self.exposure

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain numbers and lists, rounded to what the policy can feel."""
        return {
            key: [round(number, 3) for number in value]
            if isinstance(value, tuple)
            else value and round(value, 3)
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> RhythmState:
        """Return the state kept by ``to_json``; a state of another shape starts anew.

        An empty or foreign state is an answer, not an error: the section merely learns again.
        """
        empty = cls()
        if not stored or set(stored) != {item.name for item in fields(cls)}:
            return empty
        values: dict[str, Any] = {
            key: tuple(v) if isinstance(v, list) else v for key, v in stored.items()
        }
        same_shape = all(_shape(values[key]) == _shape(v) for key, v in asdict(empty).items())
        state = cls(**values) if same_shape else empty
        return state if state.exposure > 0 and state.articles > 0 else empty


@dataclass(frozen=True, slots=True)
class Habits:
    """The rate as the policy uses it: articles per second times three shapes with mean one."""

    rate: float
    by_hour: tuple[float, ...]
    by_weekday: tuple[float, ...]
    by_minute: tuple[float, ...]

    def rate_in_hour(self, hours_since_epoch: int) -> float:
        """Articles per second expected in one hour, counted from 1970-01-01T00Z."""
        weekday = (hours_since_epoch // 24 + 3) % 7  # 1970-01-01 was a Thursday
        return self.rate * self.by_hour[hours_since_epoch % 24] * self.by_weekday[weekday]


def _shape(value: object) -> int:
    """Return how many numbers a field holds: 1 for a plain one or a time not yet known."""
    numbers = value if isinstance(value, tuple) else (value,)
    if not all(n is None or isinstance(n, int | float) for n in numbers):
        return 0
    return len(numbers)


def observe(
    state: RhythmState,
    *,
    visited_at: datetime,
    published_at: Iterable[datetime] = (),
    undated: int = 0,
    overflow: bool = False,
) -> RhythmState:
    """Return what is known after a completed look, whose ``visited_at`` is aware UTC.

    ``published_at`` are the claimed times (second or minute precise) of the articles not listed
    before; ``undated`` counts new articles without a usable claim, a date without a clock time
    included. At a section's first look pass the whole window: it is free history, and undated
    articles say nothing yet. ``overflow`` says that the window's oldest entry was new, so that
    articles may have been missed before it. Failed looks are not passed: they saw nothing.
    """
    now = visited_at.timestamp()
    claims = sorted(moment.timestamp() for moment in published_at)
    until = state.watched_until
    if until is not None and now <= until:  # the clock went back: look on from here, learn nothing
        return replace(state, watched_until=now)
    if until is None or now - until > UNWATCHED:
        return _learn_window(state, claims, now)
    shown_since = until
    if overflow and claims:
        shown_since = min(max(until, claims[0]), now - 1.0)
    dated = [claim for claim in claims if until - LONGEST_LAG <= claim <= now]
    hidden = undated + len(claims) - len(dated)
    lag = state.lag
    for claim in claims:
        lag = _learn_lag(lag, too_early=until - claim, late_enough=now - claim)
    faded = _fade(state, now - until)
    return _add(replace(faded, lag=lag), dated, hidden, since=shown_since, now=now)


def habits(state: RhythmState) -> Habits:
    """Return the expected rate and its shapes: gamma posteriors with mean one.

    Each factor is (seen + c) / (expected from the time watched + c), so that an hour or weekday
    never watched stays at one, and a section with little evidence stays flat.
    """
    rate = state.rate
    return Habits(
        rate,
        by_hour=_posterior(
            _smooth(state.hour_articles),
            [rate * e for e in _smooth(state.hour_exposure)],
            HOUR_PRIOR,
        ),
        by_weekday=_posterior(
            state.weekday_articles, [rate * e for e in state.weekday_exposure], WEEKDAY_PRIOR
        ),
        by_minute=_believed(state.minute_articles),
    )


def _believed(seen: Sequence[float]) -> tuple[float, ...]:
    """Return the shape of bins that were watched equally long, as far as it is no accident.

    Counts without any shape scatter around their mean with a variance of that mean; the part of the
    scatter that exceeds it is the part of the shape that is believed (James and Stein 1961). A
    fixed number of articles of doubt either took noise for habits or forgot real ones.
    """
    total = sum(seen)
    if total <= 0:
        return (1.0,) * len(seen)
    mean = total / len(seen)
    excess = sum((n - mean) ** 2 for n in seen) / mean / (len(seen) - 1)
    belief = max(0.0, 1.0 - 1.0 / excess) if excess > 0 else 0.0
    belief *= total / (total + SHAPE_DOUBT)
    return tuple(1.0 + belief * (n / mean - 1.0) for n in seen)


def _posterior(seen: Sequence[float], expected: Sequence[float], doubt: float) -> tuple[float, ...]:
    return tuple((n + doubt) / (e + doubt) for n, e in zip(seen, expected, strict=True))


def _smooth(ring: Sequence[float]) -> list[float]:
    size = len(ring)
    return [(ring[i - 1] + 2 * ring[i] + ring[(i + 1) % size]) / 4 for i in range(size)]


def _learn_window(state: RhythmState, claims: list[float], now: float) -> RhythmState:
    """Read a whole window as history: it opens with its oldest article and ends now."""
    start = max(now - LONGEST_HISTORY, state.watched_until or 0.0)
    history = [claim for claim in claims if start < claim <= now]
    started = replace(state, watched_until=now)
    if state.watched_until is not None:
        started = _fade(started, min(now - state.watched_until, HALF_LIFE))
    if not history:
        return started
    since = min(history[0], now - HOUR)
    if len(history) == len(claims):
        history = history[1:]  # the oldest one only opens the span
    return _add(started, history, 0, since=since, now=now)


def _learn_lag(lag: float, *, too_early: float, late_enough: float) -> float:
    """Move the lag towards what one article proves: more than ``too_early``, at most the other."""
    if lag < too_early <= LONGEST_LAG:
        return lag + _LAG_UP * (too_early - lag)
    if 0 <= late_enough < lag:
        return lag - _LAG_DOWN * (lag - late_enough)
    return lag


def _fade(state: RhythmState, elapsed: float) -> RhythmState:
    keep: float = 0.5 ** (elapsed / HALF_LIFE)

    def kept(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(value * keep for value in values)

    return replace(
        state,
        articles=state.articles * keep,
        exposure=state.exposure * keep,
        hour_articles=kept(state.hour_articles),
        hour_exposure=kept(state.hour_exposure),
        weekday_articles=kept(state.weekday_articles),
        weekday_exposure=kept(state.weekday_exposure),
        minute_articles=kept(state.minute_articles),
    )


def _add(
    state: RhythmState, dated: list[float], hidden: int, *, since: float, now: float
) -> RhythmState:
    """Count ``dated`` articles where they fall and spread ``hidden`` ones evenly over the time."""
    hours, hours_seen = list(state.hour_articles), list(state.hour_exposure)
    days, days_seen = list(state.weekday_articles), list(state.weekday_exposure)
    minutes = list(state.minute_articles)
    span = now - since
    start = since
    while start < now:
        end = min(now, (start // HOUR + 1) * HOUR)
        hour, day = int(start // HOUR) % 24, (int(start // DAY) + 3) % 7
        hours_seen[hour] += end - start
        days_seen[day] += end - start
        hours[hour] += hidden * (end - start) / span
        days[day] += hidden * (end - start) / span
        start = end
    for claim in dated:
        hours[int(claim // HOUR) % 24] += 1
        days[(int(claim // DAY) + 3) % 7] += 1
        minutes[int(claim // 60) % 60] += 1
    return replace(
        state,
        articles=state.articles + len(dated) + hidden,
        exposure=state.exposure + span,
        watched_until=now,
        hour_articles=tuple(hours),
        hour_exposure=tuple(hours_seen),
        weekday_articles=tuple(days),
        weekday_exposure=tuple(days_seen),
        minute_articles=tuple(minutes),
    )


def utc(seconds: float) -> datetime:
    """Return epoch seconds as aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)
