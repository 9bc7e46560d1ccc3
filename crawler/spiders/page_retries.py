"""When to ask again for a page that gave no article."""

from __future__ import annotations

from datetime import datetime, timedelta

# A page that is something else stays something else: asking again would only burden the site.
_NEVER = frozenset({"front", "gallery", "video", "podcast", "sponsored", "not-html", "not-text"})
# Our own rules or the site's keep us out; both may change, rarely within a day.
_NEXT_DAY = frozenset({"robots", "blocked-address", "off-site", "login", "paywall", "consent"})
_GROWTH = 4.0
# Faults of the moment: gone with the next look at the section, more often than not.
_PASSING = frozenset({"timeout", "network", "refused", "dns", "truncated", "garbled", "partial"})
_MOST_TRIES = 6
_FIRST_GAP = timedelta(minutes=5)


def next_try(
    outcome: str, *, tries: int, now: datetime, asked: datetime | None = None
) -> datetime | None:
    """Return when a page is worth another request, None when it is not.

    ``tries`` counts the requests so far, this one included; the gaps grow fourfold, from five
    minutes to three and a half days. Only after a fault of the moment the first repeat may come
    with the next look at the section. ``asked`` is what the host itself asked for (Retry-After).
    """
    if outcome in _NEVER or tries >= _MOST_TRIES:
        return None
    if outcome in ("stopped", "held-off", "proxy-failed"):
        return max(asked or now, now)
    if outcome in _NEXT_DAY:
        return now + timedelta(days=1)
    at_once = tries == 1 and (outcome in _PASSING or outcome.startswith("http-5"))
    gap = timedelta(0) if at_once else _FIRST_GAP * float(_GROWTH ** (tries - 1))
    return max(asked or now, now + gap)
