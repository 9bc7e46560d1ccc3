"""What a publisher may ask: how often we came, how close together, and what robots.txt decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from crawler.middlewares.lane_key import lane_key
from crawler.middlewares.robots_rules import Rules, origin_of
from pipelines.host_memory import RobotsCopy
from pipelines.storage.conduct_models import ConductHour
from pipelines.url_key import same_site

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RobotsDecision:
    """What the kept robots.txt of one origin says to us; ``allows`` is by section key."""

    origin: str
    http_status: int
    fetched_at: datetime
    crawl_delay: float  # seconds, 0 where none is asked for
    allows: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Tallied:
    """Counts of a host or of a day. Shares are None where there was nothing to share."""

    requests: int = 0
    by_purpose: dict[str, int] = field(default_factory=dict)
    listings: int = 0
    conditional_share: float | None = None  # of the requests for listings
    not_modified_share: float | None = None  # of the conditional ones for listings
    smallest_gap_seconds: float | None = None
    pushed_back: int = 0
    received_bytes: int = 0
    robots_disallowed: int = 0
    robots_unreachable: int = 0
    held_off: int = 0


@dataclass(frozen=True, slots=True)
class HostConduct:
    """One host of a publisher. ``shared_with`` are further sources that live on it."""

    lane: str
    counts: Tallied
    per_day: float
    busiest_hour: tuple[datetime, int] | None
    shared_with: tuple[str, ...] = ()
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConductReport:
    """The whole answer. ``by_hour`` are requests a day in each of the 24 UTC hours."""

    since: datetime
    until: datetime
    hosts: tuple[HostConduct, ...]
    days: dict[date, Tallied]
    by_hour: tuple[float, ...]
    robots: tuple[RobotsDecision, ...]


def lanes_of(
    own: Iterable[str], known: Iterable[str], *, home_url: str, hosts: Iterable[str] = ()
) -> list[str]:
    """Return the lanes of a publisher: its sections', and all known ones of its own sites."""
    sites = [home_url, *(f"https://{host}/" for host in hosts)]
    lanes = {*own, lane_key(home_url)}
    lanes |= {lane for lane in known if any(same_site(f"https://{lane}/", site) for site in sites)}
    return sorted(lanes)


def conduct_report(
    hours: Sequence[ConductHour],
    *,
    lanes: Sequence[str],
    since: datetime,
    now: datetime,
    shared: Mapping[str, tuple[str, ...]],
    held: Mapping[str, datetime],
    robots: Sequence[RobotsDecision] = (),
) -> ConductReport:
    """Return the answer for the hours of some lanes, from the first of them on."""
    first = min((hour.hour_at for hour in hours), default=since)
    start = max(since, first)
    days = max((now - start) / _DAY, _HOUR / _DAY)
    return ConductReport(
        since=start,
        until=now,
        hosts=tuple(
            _host(lane, [h for h in hours if h.lane == lane], days, shared, held) for lane in lanes
        ),
        days={
            day: tallied([h for h in hours if h.hour_at.date() == day])
            for day in sorted({h.hour_at.date() for h in hours})
        },
        by_hour=tuple(
            sum(h.requests for h in hours if h.hour_at.hour == hour) / max(days, 1.0)
            for hour in range(24)
        ),
        robots=tuple(robots),
    )


def _host(
    lane: str,
    hours: Sequence[ConductHour],
    days: float,
    shared: Mapping[str, tuple[str, ...]],
    held: Mapping[str, datetime],
) -> HostConduct:
    counts = tallied(hours)
    per_hour: Counter[datetime] = Counter()
    for hour in hours:
        per_hour[hour.hour_at] += hour.requests
    return HostConduct(
        lane=lane,
        counts=counts,
        per_day=counts.requests / max(days, 1.0),
        busiest_hour=max(per_hour.items(), key=lambda pair: pair[1], default=None),
        shared_with=shared.get(lane, ()),
        held_until=held.get(lane),
    )


def tallied(hours: Sequence[ConductHour]) -> Tallied:
    """Return the sum of some hours."""
    by_purpose: Counter[str] = Counter()
    for hour in hours:
        by_purpose[hour.purpose] += hour.requests
    listings = [hour for hour in hours if hour.purpose == "listing"]
    asked, conditional = (
        sum(h.requests for h in listings),
        sum(h.conditional for h in listings),
    )
    gaps = [h.smallest_gap_seconds for h in hours if h.smallest_gap_seconds is not None]
    return Tallied(
        requests=sum(h.requests for h in hours),
        by_purpose={purpose: count for purpose, count in by_purpose.most_common() if count},
        listings=asked,
        conditional_share=_share(conditional, asked),
        not_modified_share=_share(sum(h.not_modified for h in listings), conditional),
        smallest_gap_seconds=min(gaps, default=None),
        pushed_back=sum(h.pushed_back for h in hours),
        received_bytes=sum(h.received_bytes for h in hours),
        robots_disallowed=sum(h.robots_disallowed for h in hours),
        robots_unreachable=sum(h.robots_unreachable for h in hours),
        held_off=sum(h.held_off for h in hours),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def robots_decision(
    origin: str, copy: RobotsCopy, *, token: str, sections: Mapping[str, str]
) -> RobotsDecision:
    """Return what a kept robots.txt says to us; ``sections`` are addresses by key."""
    rules = Rules(copy, token)
    own = {key: url for key, url in sections.items() if origin_of(url) == origin}
    return RobotsDecision(
        origin=origin,
        http_status=copy.status,
        fetched_at=copy.fetched_at,
        crawl_delay=rules.crawl_delay,
        allows={key: rules.allows(url) for key, url in own.items()},
    )
