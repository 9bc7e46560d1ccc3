"""Which entries of an overlong listing are read, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: What is dated longer ago than this is archive: it may be left out without hiding news.
PAST = timedelta(days=35)
# So many entries of ten must be dated for dates to say which ones are the newest.
_DATED_SHARE = 0.9
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Choice:
    """The places of the entries that are read, in order, and what ``Listing`` says of the others.

    ``cut`` is "" where none was left out, or only archive; ``cut_at`` counts chosen entries.
    """

    places: tuple[int, ...]
    cut: str = ""
    cut_at: int | None = None


def choose_entries(dates: Sequence[datetime | None], most: int, *, now: datetime) -> Choice:
    """Return which entries to read when at most ``most`` can be: the newest, or both ends.

    ``dates`` are what the entries claim. Without dates, or with one for all, nobody knows at which
    end the new ones are.
    """
    count = len(dates)
    if count <= most:
        return Choice(tuple(range(count)))
    told = [date for date in dates if date is not None]
    if len(told) >= count * _DATED_SHARE and len(set(told)) > 1:
        newest = sorted(range(count), key=lambda n: dates[n] or _OLDEST, reverse=True)
        places, dropped = sorted(newest[:most]), newest[most:]
        if all((date := dates[n]) is not None and date < now - PAST for n in dropped):
            return Choice(tuple(places))
        return Choice(tuple(places), f"{most} of {count} entries read, the newest by their dates")
    first = most // 2
    ends = (*range(first), *range(count - (most - first), count))
    return Choice(ends, f"{most} of {count} entries read, those at both ends", cut_at=first)
