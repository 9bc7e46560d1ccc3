"""What the crawling half knows of a source, in plain values: pages must not import that half."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RobotsLine:
    """What the kept robots.txt of one origin says to us."""

    origin: str
    http_status: int
    fetched_at: datetime
    crawl_delay: float
    refused: tuple[str, ...] = ()  # sections


@dataclass(frozen=True, slots=True)
class HostFigures:
    """What one host got from us. Shares are None where there is nothing to share."""

    host: str
    requests: int
    per_day: float
    received_bytes: int
    conditional_share: float | None
    not_modified_share: float | None
    smallest_gap_seconds: float | None
    pushed_back: int
    robots_disallowed: int
    held_until: datetime | None = None
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConductFigures:
    """What a publisher got from us: by host, and requests by day."""

    since: datetime
    hosts: tuple[HostFigures, ...]
    by_day: Mapping[date, int] = field(default_factory=dict)
    robots: tuple[RobotsLine, ...] = ()
