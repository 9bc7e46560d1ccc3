"""What a site's article addresses look like, learnt from those already known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

# A site has a few shapes for its articles; a hundred hold them with all their sections.
MOST_SHAPES = 100
_ENOUGH = 3
_ENOUGH_TO_JUDGE_OTHERS = 20
_REGULAR = 0.8
_DIGITS = re.compile(r"\d+")
_HEX = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-z]*\d)[0-9a-f]{16,}")
_WORD_BREAK = re.compile(r"[-_+ ,;.~]+")


def address_shape(url: str) -> str:
    """Return the shape of an address: what stays the same from article to article of a site.

    ``https://www.post.example/politics/2026/11/23/mayor-resigns-after-vote-4711.html`` becomes
    ``post.example/politics/{year}/{2}/{2}/*-{n}.html``: numbers become their kind, a name of
    several words becomes a star, short names and the host stay.
    """
    address, _, query = url.partition("#")[0].partition("://")[2].partition("?")
    host, *path = address.removeprefix("www.").split("/")
    segments = [_segment_shape(s) for s in path if s]
    try:
        pairs = parse_qsl(query, max_num_fields=50) if query else ()
    except ValueError:
        return ""
    names = sorted({f"{name}={_segment_shape(value)}" for name, value in pairs})
    return f"{host}/{'/'.join(segments)}{'?' if names else ''}{'&'.join(names)}"[:300]


@lru_cache(maxsize=4096)
def _segment_shape(quoted: str) -> str:
    if quoted.isascii() and quoted.isalpha():
        return quoted[:40]
    segment = unquote(quoted)
    stem, dot, suffix = segment.rpartition(".")
    if not dot or not suffix.isalpha() or len(suffix) > 6:
        stem, dot, suffix = segment, "", ""
    code = _HEX.sub("{code}", stem)
    words = [word for word in _WORD_BREAK.split(code) if word]
    named = [word for word in words if not word.isdigit() and word != "{code}"]
    is_name = len(named) > 2 or len(named) + (len(words) > len(named)) > 2 or not stem.isascii()
    if not is_name:
        shape = _DIGITS.sub(_number_shape, code[:40])
    elif words and not words[-1].isalpha():
        shape = "*-" + _DIGITS.sub(_number_shape, words[-1])
    elif words and words[0].isdigit():
        shape = _DIGITS.sub(_number_shape, words[0]) + "-*"
    else:
        shape = "*"
    return shape + dot + suffix


def _number_shape(found: re.Match[str]) -> str:
    digits = found[0]
    if len(digits) == 4 and "1980" <= digits <= "2049":
        return "{year}"
    if len(digits) == 8 and "1980" <= digits[:4] <= "2049":
        return "{day}"
    return "{n}" if len(digits) > 4 else f"{{{max(len(digits), 2)}}}"


@dataclass(frozen=True, slots=True)
class AddressShapes:
    """How many of a site's known articles had each shape, the commonest first; bounded."""

    counts: tuple[tuple[str, int], ...] = ()

    def learn(self, urls: Iterable[str]) -> AddressShapes:
        """Return these shapes with those of further article addresses; the commonest are kept."""
        counts = Counter(dict(self.counts))
        counts.update(shape for shape in map(address_shape, urls) if shape)
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return AddressShapes(tuple(ranked[:MOST_SHAPES]))

    def support(self, urls: Iterable[str]) -> dict[str, float]:
        """Return for each address from -1 to 1 how much the known articles speak for it.

        A shape that three known articles had speaks for it. Where nearly all known articles have
        such shapes, an address of another shape is spoken against; else it is 0.
        """
        counts = dict(self.counts)
        total = sum(counts.values())
        usual = sum(count for count in counts.values() if count >= _ENOUGH)
        regular = total >= _ENOUGH_TO_JUDGE_OTHERS and usual >= _REGULAR * total
        return {
            url: min(1.0, count / _ENOUGH)
            if (count := counts.get(address_shape(url), 0))
            else (-1.0 if regular else 0.0)
            for url in urls
        }

    def as_dict(self) -> dict[str, int]:
        """Return the counts as a dictionary for JSON."""
        return dict(self.counts)

    @classmethod
    def from_dict(cls, counts: Mapping[str, int]) -> AddressShapes:
        """Return the shapes that ``as_dict`` wrote; entries of other types are left out."""
        known = [(k, v) for k, v in counts.items() if isinstance(k, str) and isinstance(v, int)]
        ranked = sorted(known, key=lambda pair: (-pair[1], pair[0]))
        return cls(tuple(ranked[:MOST_SHAPES]))
