"""How often a stored article is looked at again: often while it is young, then ever less."""

from __future__ import annotations

from datetime import datetime, timedelta

#: (age up to which it holds, gap between two looks). Most edits come in the first hours; a month
#: later nobody edits. The steps are those of NewsDiffs (scraper.py), which watched five papers.
LADDER = (
    (timedelta(hours=3), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(minutes=60)),
    (timedelta(days=7), timedelta(hours=3)),
    (timedelta(days=30), timedelta(days=3)),
)
#: A page must be missing at two looks at least this far apart before it counts as gone.
GONE_AFTER = timedelta(hours=2)


#: What was not asked for is asked for this much later.
SOON = LADDER[0][1]
GONE_GAP = timedelta(hours=6)  # at least, between two looks at an article that is gone
_GONE_FOR = timedelta(days=30)


def next_check_of_gone(gone_at: datetime, now: datetime, *, speed: float = 1.0) -> datetime | None:
    """Return when to ask again for an article that is gone: now and then for a month, then None."""
    since = (now - gone_at) * speed
    return None if since >= _GONE_FOR else now + max(GONE_GAP, since / 4) / speed


def next_check(first_seen_at: datetime, now: datetime, *, speed: float = 1.0) -> datetime | None:
    """Return when to look again at an article after a look at ``now``; None after a month.

    ``speed`` divides every age and gap: for replays in which days pass in minutes.
    """
    age = (now - first_seen_at) * speed
    for oldest, gap in LADDER:
        if age < oldest:
            return now + gap / speed
    return None


def gone_after(speed: float = 1.0) -> timedelta:
    """Return how long a page must stay missing before it counts as gone."""
    return GONE_AFTER / speed
