"""Who wrote it: authors as people, the byline as printed, agencies apart from both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from crawler.extraction.byline_words import (
    CREDENTIAL,
    EMPLOYER,
    NOT_A_NAME,
    PREFIX,
    SEPARATOR,
    TAIL,
)
from crawler.extraction.month_names import MONTHS, WEEKDAYS
from crawler.extraction.plain_text import from_markup, name_key, one_line
from pipelines.wire_credit import agency_named

MAX_AUTHORS = 30
_LONGEST_STATEMENT = 10_000  # with all its markup; some publishers state a whole article
_GLUED = re.compile(r"^By(?=[A-Z])")  # <span>By</span><a>Jane Doe</a>


def people_and_agencies(
    statements: Iterable[Any], *, site_names: Iterable[str] = ()
) -> tuple[list[str], list[str]]:
    """Return (people, agencies) named by author statements: strings or schema.org nodes.

    Names that are the site's own, a department's or an address are dropped.
    """
    own = {name_key(n) for n in site_names if n}
    people: dict[str, str] = {}
    agencies: dict[str, None] = {}
    for text, kind in _statements(statements):
        for name in split_names(text[:_LONGEST_STATEMENT]):
            agency = agency_named(name)
            if agency:
                agencies[agency] = None
            elif kind != "Organization" and is_person(name) and name_key(name) not in own:
                people.setdefault(name_key(name), name)
        if len(people) >= MAX_AUTHORS:
            break
    return list(people.values())[:MAX_AUTHORS], list(agencies)


def _statements(values: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for value in values:
        if isinstance(value, str):
            yield value, ""
        elif isinstance(value, dict):
            kind = value.get("@type")
            name = value.get("name") or _composed(value)
            kinds = kind if isinstance(kind, list) else [kind]
            label = "Organization" if any("Organization" in str(k) for k in kinds) else "Person"
            for text in name if isinstance(name, list) else [name]:
                if isinstance(text, str):
                    yield text, label


def _composed(person: dict[str, Any]) -> str | None:
    parts = [person.get("givenName"), person.get("familyName")]
    return " ".join(p for p in parts if isinstance(p, str)) or None


@lru_cache(maxsize=512)  # JSON-LD, metas and the printed line name the same people
def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a byline: "By Jane Doe and John Roe" holds two."""
    text = from_markup(text)[:1000]
    if agency_named(text):
        return (text,)
    text = _GLUED.sub("", text)
    for _ in range(2):
        text = PREFIX.sub("", text)
    names = []
    for part in SEPARATOR.split(text):
        name = one_line(PREFIX.sub("", part))
        for _ in range(2):
            name = CREDENTIAL.sub("", name)
        name = TAIL.sub("", name).strip(" .,:;|–—/*\"'“”").removesuffix(" -")
        shorter = EMPLOYER.sub("", name)
        if name:
            names.append(_caps(shorter if shorter.count(" ") else name))
    return tuple(names)


@lru_cache(maxsize=512)
def is_person(name: str) -> bool:
    """Say whether ``name`` can be the name of a human being."""
    if not 1 < len(name) <= 60 or NOT_A_NAME.search(name):
        return False
    parts = name.split()
    if parts[0].casefold() in MONTHS or parts[-1].casefold() in MONTHS:
        return False
    if all(p.casefold().strip(".") in WEEKDAYS for p in parts):
        return False
    if len(parts) > 6 or not any(c.isalpha() for c in name):
        return False
    if len(parts) == 1 and name.isascii():
        return name[:1].isupper() and len(name) > 2 and not name.isupper()
    return True


def _caps(name: str) -> str:
    """JANE DOE as Jane Doe; mixed spellings stay."""
    if name.isupper() and len(name) > 5 and " " in name:
        return re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), name)
    return name


def site_names_of(url: str, *stated: str | None) -> list[str]:
    """Return the names under which the site itself may pose as author."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = [host, host.split(".")[0], host.rsplit(".", 1)[0]]
    return names + [s for s in stated if s]


def name_from_profile_address(address: str) -> str | None:
    """Return "Jane Doe" for .../author/jane-doe, or None."""
    try:
        path = unquote(urlsplit(address).path).rstrip("/").rsplit("/", 1)[-1]
    except ValueError:  # "http://[jane"
        return None
    parts = [p for p in re.split(r"[-_.+]", path.removesuffix(".html")) if p]
    if 2 <= len(parts) <= 4 and all(p.isalpha() for p in parts):
        return " ".join(p.capitalize() for p in parts)
    return None
