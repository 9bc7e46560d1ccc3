"""What a look at a section may conclude: the one place that says so (docs/evidence-model.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from pipelines.items import Arrival
from pipelines.looks import ListedLink, SectionLook
from pipelines.url_key import registrable_domain

# There was no news on the web before; a template's zero, an epoch, a database's default.
_EARLIEST_CLAIM = datetime(1995, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
# Whoever lists a thing this much after the time it claims has not been slow: it is older.
_LATE = timedelta(hours=1)
# A bare day may be any moment of it, in any time zone.
_SLACK_OF_A_DAY = timedelta(hours=36)
# A listing with this share of its usual entries has not just had a slow day.
_SPARSE_SHARE = 3
_FEWEST_USUAL = 6  # what usually lists less may well list one
_GROWN = 3  # times as many as ever before: the window was opened, or the first look saw a part
# So many neighbours of ten are in the order of their dates where a listing is ordered by date.
_ORDERED_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class SectionPast:
    """What earlier looks at a section have established.

    ``baseline_at``: when the section first showed something plausible. ``whole_at``: when the last
    whole look was asked for; ``read_at``: when the last one that was sent to its last byte, under
    the filters of now. ``usual_links``: how many links its latest whole looks showed, 0 when none
    did. ``sparse_since``: since when all its looks were sparse.
    """

    baseline_at: datetime | None = None
    whole_at: datetime | None = None
    read_at: datetime | None = None
    usual_links: int = 0
    sparse_since: datetime | None = None


def usable_claim(claimed: datetime | None, now: datetime) -> datetime | None:
    """Return a claimed time that can be one; None for an epoch, a default, a day to come."""
    if claimed is None or claimed < _EARLIEST_CLAIM or claimed > now + _DAY:
        return None
    return claimed


def is_bare_day(raw: str | None) -> bool:
    """Whether a claim, as printed, names a day and no time of it."""
    return ":" not in (raw or "")


def lower_bound(past: SectionPast, look: SectionLook) -> datetime | None:
    """Return the moment after which what is listed now appeared, None when nothing says so.

    What a server only said (304) counts where it was asked once more and then told of the change:
    some say for ever that nothing has changed. A time after the arrival is another clock's.
    """
    is_confirmed = look.conditional and past.read_at is not None
    return _before(look, past.whole_at if is_confirmed else past.read_at)


def news_since(past: SectionPast, look: SectionLook) -> datetime | None:
    """Return the time of the last whole look that says what this one may find new, None: no such.

    Other filters than those of now say nothing of what was not there, but what was news then.
    """
    return past.whole_at if look.conditional else past.read_at or past.whole_at


def next_whole_at(past: SectionPast, look: SectionLook, asked_at: datetime) -> datetime | None:
    """Return when the last whole look was asked for, ``look`` included."""
    return _latest(_before(look, past.whole_at), asked_at if look.is_whole else None)


def next_read_at(past: SectionPast, look: SectionLook, asked_at: datetime) -> datetime | None:
    """Return when the last whole look that was sent was asked for, ``look`` included."""
    is_read = look.is_whole and not look.unsent
    return _latest(_before(look, past.read_at), asked_at if is_read else None)


def _before(look: SectionLook, at: datetime | None) -> datetime | None:
    """Return a time of an earlier look, None where its clock was ahead of this one's."""
    return at if at is not None and at < look.arrived_at else None


def _latest(earlier: datetime | None, at: datetime | None) -> datetime | None:
    return max(earlier, at) if earlier and at else at or earlier


def is_baseline(look: SectionLook, *, was_read_before: bool) -> bool:
    """Whether what a section's first listing shows is all that can be expected of a first look.

    Where whole parts of it are missing, the next look belongs to the baseline as well.
    """
    return bool(look.links) and (not look.lacks_parts or was_read_before)


def weighed(look: SectionLook, past: SectionPast, *, kind: str) -> SectionLook:
    """Return the look as it stands beside earlier ones: sparse or moved rather than what it seems.

    The same look is returned where it is what it seems.
    """
    if look.outcome == "all-filtered" and past.baseline_at and _is_of_one_other_site(look):
        host = urlsplit(look.left_out[0].url).hostname
        told = (
            f"all {len(look.left_out)} entries are on {host} now; if that is the publisher, "
            f"accept it with `firstseen sources move {look.source}/{look.section} {host}`"
        )
        return replace(look, outcome="moved", detail=told)
    links = look.links
    if look.outcome != "ok" or links is None or (look.in_part and links):
        return look
    if not is_sparse(past, len(links), kind=kind, now=look.arrived_at):
        return look
    usual = past.usual_links
    told = f"lists {len(links) or 'nothing'}"
    told += f", where {usual} were listed before" if usual else ""
    return replace(look, outcome="sparse", detail=told)


def _is_of_one_other_site(look: SectionLook) -> bool:
    elsewhere = [link for link in look.left_out if link.left_out == "host"]
    hosts = {urlsplit(link.url).hostname or "" for link in elsewhere}
    return bool(elsewhere) and len({registrable_domain(host) for host in hosts}) == 1


def is_overflow(
    look: SectionLook,
    links: Sequence[ListedLink],
    fresh: Sequence[ListedLink],
    past: SectionPast,
    *,
    kind: str,
) -> bool:
    """Whether a feed shows nothing known: it may have listed more since the look before."""
    has_past = past.baseline_at is not None
    return kind == "feed" and has_past and bool(links) and len(fresh) == len(links)


def is_sparse(past: SectionPast, links: int, *, kind: str, now: datetime) -> bool:
    """Whether a listing shows nothing, or far less than it usually does.

    A cold cache and a page of maintenance look like that. Sitemaps may begin anew at midnight, so
    theirs is sparse only when it is empty. What stays for a day is the new usual.
    """
    if not links:
        return True
    if kind == "sitemap" or past.usual_links < _FEWEST_USUAL:
        return False
    if past.sparse_since is not None and now - past.sparse_since >= _DAY:
        return False
    return links * _SPARSE_SHARE < past.usual_links


def arrivals(
    links: Sequence[ListedLink],
    known: Collection[str],
    past: SectionPast,
    *,
    now: datetime,
    cut_at: int | None = None,
) -> dict[str, Arrival]:
    """Return what each link that is not ``known`` (url keys) is: new, baseline or older.

    ``links`` are one look's, in the order of the listing. ``cut_at`` is the position before which
    our limits left entries out.
    """
    fresh = [link for link in links if link.url_key not in known]
    if past.baseline_at is None:
        return {link.url_key: "baseline" for link in fresh}
    places = [n for n, link in enumerate(links) if link.url_key in known]
    order = _order([claim for link in links if (claim := usable_claim(link.date_published, now))])
    has_grown = len(links) > _GROWN * max(past.usual_links, len(places))
    at_cut = _at_cut(links, known, cut_at)
    latest = _latest_claim([links[place] for place in places], now)
    found: dict[str, Arrival] = {}
    for place, link in enumerate(links):
        if link.url_key in known:
            continue
        is_old = _is_old(link, past, latest, now)
        # Before any look was whole, what claims to be old was there: nothing denies it.
        believed = past.whole_at is None or _is_behind(place, places, order)
        opened = has_grown or link.url_key in at_cut
        is_older = (is_old is True and believed) or (is_old is not False and opened)
        found[link.url_key] = "older" if is_older else "new"
    return found


def _latest_claim(links: Iterable[ListedLink], now: datetime) -> datetime | None:
    claims = [usable_claim(link.date_published, now) for link in links]
    return max((claim for claim in claims if claim is not None), default=None)


def _is_old(
    link: ListedLink, past: SectionPast, latest: datetime | None, now: datetime
) -> bool | None:
    """Whether a link claims an earlier time than the last whole look; None: it claims nothing.

    What claims to be later than all that was known (``latest``) is not older, whatever the year.
    """
    claim = usable_claim(link.date_published, now)
    if claim is None:
        return None
    if latest is not None and claim > latest:
        return False
    since = past.whole_at or past.baseline_at
    if since is None:
        return False
    slack = _SLACK_OF_A_DAY if is_bare_day(link.date_published_raw) else _LATE
    return claim < since - slack


def _is_behind(place: int, known: Sequence[int], order: int) -> bool:
    """Whether an address stands where older ones do, seen from those that were known before."""
    if not known or not order:
        return False
    return known[0] < place if order < 0 else place < known[-1]


def _order(claims: Sequence[datetime]) -> int:
    """-1 where a listing goes from the newest to the oldest, 1 the other way, 0 for neither."""
    steps = [(a > b) - (a < b) for a, b in pairwise(claims) if a != b]
    if len(steps) < 2:
        return -1 if sum(steps) > 0 else 0
    downward = sum(step > 0 for step in steps) / len(steps)
    if downward >= _ORDERED_SHARE:
        return -1
    return 1 if downward <= 1 - _ORDERED_SHARE else 0


def _at_cut(
    links: Sequence[ListedLink], known: Collection[str], cut_at: int | None
) -> frozenset[str]:
    """Return the addresses next to the cut: a shorter list would have shown them before."""
    if cut_at is None:
        return frozenset()
    before = [link.url_key for link in links[:cut_at]]
    after = [link.url_key for link in links[cut_at:]]
    return frozenset([*_until_known(reversed(before), known), *_until_known(after, known)])


def _until_known(keys: Iterable[str], known: Collection[str]) -> list[str]:
    edge: list[str] = []
    for key in keys:
        if key in known:
            return edge
        edge.append(key)
    return []
