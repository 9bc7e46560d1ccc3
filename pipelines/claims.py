"""Does the date an article claims count, beside what we saw of its source ourselves?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.evidence import usable_claim

#: What is older when we find it is history, not news.
OLDEST_ALERTED = timedelta(hours=24)
# A bare day may be any moment of it, in any time zone.
_SLACK_OF_A_DAY = timedelta(hours=36)
# Nobody's clock is wrong by half a year: it is another year's number, or a template's.
_OF_ANOTHER_YEAR = timedelta(days=180)
# So many others with the very same date, listed at other looks, and it is nobody's date.
_OTHERS_ALIKE = 2
# So many dates are enough to judge a section's by; a source is doubted as a whole after more.
_FEW, _SEVERAL = 3, 5
_OF_THESE_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Claim:
    """When an article says it was published, and when we saw it appear.

    ``not_seen_at``: a whole look that did not list it; None: nothing proves that it was not there.
    """

    at: datetime | None
    is_day: bool
    seen_at: datetime
    not_seen_at: datetime | None
    section_id: int | None = None

    @property
    def usable_at(self) -> datetime | None:
        """The claimed time, None where it cannot be one."""
        return usable_claim(self.at, self.seen_at)

    @property
    def slack(self) -> timedelta:
        """By how much the claimed time may be off."""
        return _SLACK_OF_A_DAY if self.is_day else timedelta()

    def is_before(self, moment: datetime) -> bool:
        """Whether the article says of itself that it was published before that."""
        at = self.usable_at
        return at is not None and at + self.slack < moment

    def is_old(self, oldest: timedelta = OLDEST_ALERTED) -> bool:
        """Whether it claims to have been published that long before it was seen."""
        return self.at is not None and self.at + self.slack < self.seen_at - oldest

    @property
    def is_denied(self) -> bool:
        """Whether it claims to be old, and a whole look of ours shows that it was not there."""
        return self.not_seen_at is not None and self.is_before(self.not_seen_at - OLDEST_ALERTED)


def doubt_of(claim: Claim, others: Collection[Claim], *, in_feed: bool) -> str | None:
    """Return why a claimed date counts as none; None: it counts, or there is none.

    ``others`` are the latest claims of the same source. ``in_feed``: it came as the newest entry of
    a feed, where old things have no place; a front page may well show one.
    """
    if claim.at is None or claim.at > claim.seen_at:
        return None
    if claim.usable_at is None:
        return "no article can be of that day"
    same_section = [
        other
        for other in others
        if other.section_id == claim.section_id and other.at not in (None, claim.at)
    ]
    is_of_another_year = claim.not_seen_at is not None and claim.is_before(
        claim.not_seen_at - _OF_ANOTHER_YEAR
    )
    if not (is_of_another_year and in_feed) and _are_right(same_section):
        return None
    if _is_constant(claim, others):
        return "articles that appeared at other times claim the same"
    if is_of_another_year or _are_all_denied(others):
        return f"it was not there at {claim.not_seen_at:%Y-%m-%d %H:%M} UTC"
    return None


def _are_right(claims: Collection[Claim]) -> bool:
    """Whether the dates of a section are mostly those at which we saw its articles appear."""
    proven = [claim for claim in claims if claim.not_seen_at is not None]
    if len(proven) >= _FEW:
        return 2 * sum(_is_right(claim) for claim in proven) >= len(proven)
    usable = [claim for claim in claims if claim.usable_at is not None]
    return sum(not claim.is_before(claim.seen_at - _OF_THESE_DAYS) for claim in usable) >= _FEW


def _is_right(claim: Claim) -> bool:
    return claim.usable_at is not None and not claim.is_denied


def _is_constant(claim: Claim, others: Iterable[Claim]) -> bool:
    alike = [other for other in others if other.at == claim.at]
    return len(alike) >= _OTHERS_ALIKE and any(other.seen_at != claim.seen_at for other in alike)


def _are_all_denied(claims: Iterable[Claim]) -> bool:
    """Whether a source's dates were wrong each time we could tell."""
    proven = [c for c in claims if c.at is not None and c.not_seen_at is not None]
    return len(proven) >= _SEVERAL and not any(map(_is_right, proven))
