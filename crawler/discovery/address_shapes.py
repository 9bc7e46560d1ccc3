"""What a site's article addresses look like, learnt from those already known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

MOST_SHAPES = 50
_DIGITS = re.compile(r"\d+")


def address_shape(url: str) -> str:
    """Return the shape of an address: what stays the same from article to article of a site.

    Numbers become their length (dates and ids differ, their form does not), hyphenated slugs
    become "s", the host and short words stay.
    """
    parts = urlsplit(url)
    segments = [_segment_shape(unquote(s)) for s in parts.path.split("/") if s]
    names = sorted(f"{n}={_segment_shape(v)}" for n, v in parse_qsl(parts.query)[:10])
    host = parts.netloc.removeprefix("www.")
    return f"{host}/{'/'.join(segments)}{'?' if names else ''}{'&'.join(names)}"[:300]


def _segment_shape(segment: str) -> str:
    stem, dot, suffix = segment.rpartition(".")
    if not dot or not suffix.isalpha() or len(suffix) > 6:
        stem, suffix = segment, ""
    words = re.split(r"[-_ ]", stem)
    text = [w for w in words if not w.isdigit()]
    numbers = [w for w in words if w.isdigit()]
    if len(text) >= 3 or (len(text) >= 1 and not stem.isascii()):
        shape = "s" + ("-n" if numbers and (words[-1].isdigit() or words[0].isdigit()) else "")
    else:
        shape = _DIGITS.sub(lambda m: f"{{{min(len(m[0]), 9)}}}", stem[:40])
    return f"{shape}.{suffix}" if suffix else shape


@dataclass(frozen=True, slots=True)
class AddressShapes:
    """The shapes of a site's known articles with how many had each; bounded and JSON-able."""

    counts: tuple[tuple[str, int], ...] = ()

    def knows(self, url: str) -> bool:
        """True when at least two known articles had the shape of ``url``."""
        return dict(self.counts).get(address_shape(url), 0) >= 2


def learn(urls: Iterable[str], earlier: AddressShapes | None = None) -> AddressShapes:
    """Return ``earlier`` with the shapes of further article addresses; the commonest are kept."""
    counts = Counter(dict(earlier.counts) if earlier else {})
    counts.update(address_shape(url) for url in urls)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return AddressShapes(tuple(ranked[:MOST_SHAPES]))
