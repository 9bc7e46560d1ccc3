"""What in a site's addresses changes at each look and identifies nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

#: So many articles must have been seen under addresses that differ in nothing else.
FEWEST_ARTICLES = 5
# Two tokens at once are seen (a session and a cache breaker); more are another address.
_MOST_PLACES = 2
_MOST_ALIASES = 6  # of one article that are compared with each other
#: A word or a number in a path names a section, a day or an article; letters among numbers may not,
#: nor a UUID. A token may be a whole step of a path, or stand before or behind a slug.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"
    r"(?=(?:[A-Za-z_]*[0-9]){2})(?=[0-9_]*[A-Za-z])[A-Za-z0-9_]{8,})(?![A-Za-z0-9_])",
    re.ASCII | re.IGNORECASE,
)
_JOINTS = "-;.,~="  # what stands between a token and the rest of its step

#: "?name" for a parameter, "?" for the one without a name, "/2" for what in the third step of a
#: path looks like a token.
Places = frozenset[str]


def differing(one: str, other: str) -> Places:
    """Return the places in which two url keys differ; empty where they are equal or strangers.

    Both have each of the places, and are alike in everything else.
    """
    mine, theirs = _values(one), _values(other)
    if mine.keys() != theirs.keys():
        return frozenset()
    places = frozenset(place for place in mine if mine[place] != theirs[place])
    if len(places) > _MOST_PLACES:
        return frozenset()
    is_noise = all(_may_be(p, mine[p]) and _rest(p, mine[p]) == _rest(p, theirs[p]) for p in places)
    return places if is_noise else frozenset()


def may_have_noise(key: str) -> bool:
    """Whether a url key has any place that could be noise."""
    return any(_may_be(place, value) for place, value in _values(key).items())


def without(key: str, places: Collection[str]) -> str:
    """Return the url key without what stands in these places."""
    if not places:
        return key
    values = _values(key)
    gone = {p for p in places if p in values and _may_be(p, values[p])}
    if not gone:
        return key
    kept = {p: _rest(p, value) if p in gone else value for p, value in values.items()}
    path = "/".join(kept[p] for p in kept if p.startswith("/") and (kept[p] or p not in gone))
    pairs = (
        "=".join(filter(None, (place[1:], value)))
        for place, value in kept.items()
        if place.startswith("?") and place not in gone
    )
    query = "&".join(pairs)
    return f"{values['host']}/{path}" + (f"?{query}" if query else "")


def find_noise(same: Iterable[Collection[str]]) -> list[Places]:
    """Return the places in which enough articles' addresses differ, the commonest first.

    ``same``: for each article the url keys that were seen to lead to it.
    """
    seen: dict[Places, int] = defaultdict(int)
    for keys in same:
        pairs = combinations(list(keys)[:_MOST_ALIASES], 2)
        for places in {differing(a, b) for a, b in pairs} - {frozenset()}:
            seen[places] += 1
    enough = [places for places, articles in seen.items() if articles >= FEWEST_ARTICLES]
    return sorted(enough, key=lambda places: -seen[places])


def joins_any(meant: Mapping[str, object], places: Collection[str]) -> bool:
    """Whether two url keys that mean two things would be one without these places.

    ``meant`` says of each key what it means: an article, a headline; None is like nothing else.
    """
    found: dict[str, object] = {}
    for key, thing in meant.items():
        shorter = without(key, places)
        if shorter in found and (thing is None or found[shorter] != thing):
            return True
        found[shorter] = thing
    return False


def _may_be(place: str, value: str) -> bool:
    return place.startswith("?") or (place != "host" and _TOKEN.search(value) is not None)


def _rest(place: str, value: str) -> str:
    """What stands in a place beside its tokens."""
    return _TOKEN.sub("", value).strip(_JOINTS) if place.startswith("/") else ""


def _values(key: str) -> dict[str, str]:
    """What stands in each place of a url key; nothing where it cannot be taken apart."""
    head, _, query = key.partition("?")
    host, *steps = head.split("/")
    if "#" in key or (steps and steps[0].startswith("!")):
        return {}
    values = {"host": host} | {f"/{n}": step for n, step in enumerate(steps)}
    for pair in query.split("&") if query else ():
        name, joint, value = pair.partition("=")
        if not joint:
            name, value = "", name
        if f"?{name}" in values:
            return {}  # a parameter twice is a list
        values[f"?{name}"] = value
    return values
