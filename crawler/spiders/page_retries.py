"""Was a page asked for at all, and when is one that gave no article asked for again?"""

from __future__ import annotations

from datetime import datetime, timedelta

from scrapy import Request

from pipelines.outcome_words import is_ours, meaning_of
from pipelines.page_outcomes import NOT_ASKED_YET, is_for_the_site

# Nothing is sent before they end, so asking again with the next look costs the site nothing.
_WITH_THE_NEXT_LOOK = frozenset({*NOT_ASKED_YET, "no-browser"})
# Our own rules or the site's keep us out; both may change, rarely within a day.
_NEXT_DAY = frozenset({"robots", "blocked-address", "off-site", "login", "paywall", "consent"})
# A page that is something else mostly stays something else, and asking burdens the site. It is
# asked again all the same: a site under repair shows its front in the place of every article,
# for an hour or for two days.
_SOMETHING_ELSE = frozenset({"gallery", "video", "audio", "podcast", "sponsored", "liveblog"})
_PERHAPS_SOMETHING_ELSE = frozenset({"front", "not-html", "not-text"})
_WEEK = timedelta(days=7)
_GROWTH = 4.0
# Faults of the moment: gone with the next look at the section, more often than not.
_PASSING = frozenset({"timeout", "network", "refused", "dns", "truncated", "garbled", "partial"})
_FIRST_GAP = timedelta(minutes=5)
_LONGEST_GAP = _FIRST_GAP * 1024  # three and a half days
_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)


def is_sent(request: Request, outcome: str) -> bool:
    """Return whether a request left for its site, so that its outcome may count as a try."""
    reach = meaning_of(outcome).reach
    # Whatever left us before, in these ends no answer was waited for: they tell of us.
    gave_up = reach in ("barred", "stuck") or (reach == "unsent" and is_ours(outcome))
    return bool(request.meta.get("firstseen_sent")) and not gave_up


def next_try(outcome: str, *, tries: int, now: datetime, asked: datetime | None = None) -> datetime:
    """Return when a page that gave no article is worth another request.

    ``tries`` counts the requests that were sent so far. The gaps grow fourfold, from five minutes
    to a day where the whole site may be to blame, else to three and a half, and never end: a page
    is asked for until no section lists it any more. Only after a fault of the moment the first
    repeat may come with the next look. ``asked`` is what the host asked for (Retry-After).
    """
    return max(asked or now, now + _gap(outcome, tries))


def _gap(outcome: str, tries: int) -> timedelta:
    if outcome in _WITH_THE_NEXT_LOOK:
        return timedelta(0)
    if outcome in _NEXT_DAY:
        return _A_DAY
    if outcome in _SOMETHING_ELSE:
        return _WEEK
    if outcome in _PERHAPS_SOMETHING_ELSE:
        return min(_AN_HOUR * float(_GROWTH ** min(max(tries - 1, 0), 9)), _WEEK)
    if tries <= 1 and (outcome in _PASSING or outcome.startswith("http-5")):
        return timedelta(0)
    longest = _A_DAY if is_for_the_site(outcome) else _LONGEST_GAP
    return min(_FIRST_GAP * float(_GROWTH ** min(max(tries - 1, 0), 9)), longest)
