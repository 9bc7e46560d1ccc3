"""What repeats over a site's pages, learnt from the pages themselves: boilerplate to leave out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.extraction.blocks import Block

FORMAT = 1
#: Bounds: what a source's memory may hold, and the pages after which old counts fade by half.
MAX_PARAGRAPHS = 4_000
MAX_SIGNATURES = 600
FADE_AFTER = 200
# One page says nothing; a class seen on three is judged by what its text did there.
_MIN_PAGES = 2
_TRUST = 1.0
_PULL = 0.8
# What a block says of the others of its class: a paragraph of 2,000 signs is no surer than one of
# 200 that the class is the body's.
_MOST_SAY = 2.0
_MIN_LENGTH = 15
_MOST_OWNERS = 4
_REPEAT_PENALTY = (0.0, 4.0, 8.0, 8.0, 8.0)


@dataclass(slots=True)
class _Count:
    """On how many pages something was seen, and how much of it was taken for body."""

    pages: float = 0.0
    body: float = 0.0
    last: int = 0  # number of the page on which it was last seen


@dataclass(slots=True)
class _Sighting:
    """The first addresses under which a paragraph was seen, as short hashes."""

    owners: list[str]
    last: int = 0


@dataclass(slots=True)
class SiteMemory:
    """Paragraphs and class signatures of one source, counted over its pages.

    Deterministic: the same pages in the same order give the same memory. Bounded: what was seen
    longest ago is forgotten first. ``learn`` is called once per article page and address.
    """

    pages: int = 0
    paragraphs: dict[str, _Sighting] = field(default_factory=dict)
    signatures: dict[str, _Count] = field(default_factory=dict)

    def learn(self, url: str, scored: Sequence[tuple[Block, float]]) -> None:
        """Count one page: its candidate blocks with the scores reading gave them.

        The same address may be learnt again after an edit: its paragraphs stay its own.
        """
        self.pages += 1
        owner = _short_hash(url)
        by_signature: dict[str, list[float]] = {}
        for block, score in scored:
            said = min(max(score, -_MOST_SAY), _MOST_SAY)
            by_signature.setdefault(signature_key(block), []).append(said)
            if len(block.text) >= _MIN_LENGTH:
                sighting = self.paragraphs.setdefault(paragraph_key(block.text), _Sighting([]))
                sighting.last = self.pages
                if owner not in sighting.owners and len(sighting.owners) < _MOST_OWNERS:
                    sighting.owners.append(owner)
        for key, scores in by_signature.items():
            count = self.signatures.setdefault(key, _Count())
            count.pages += 1
            count.body += sum(scores) / len(scores)
            count.last = self.pages
        self._forget()

    def _forget(self) -> None:
        for table, limit in (
            (self.paragraphs, MAX_PARAGRAPHS),
            (self.signatures, MAX_SIGNATURES),
        ):
            if len(table) > limit:
                oldest = sorted(table, key=lambda k: (table[k].last, k))[: len(table) - limit]
                for key in oldest:
                    del table[key]
        if self.pages % FADE_AFTER == 0:
            for count in self.signatures.values():  # a redesign is forgotten in a few weeks
                count.pages /= 2
                count.body /= 2

    def repeats(self, text: str, url: str) -> int:
        """Return on how many other addresses this paragraph was seen (0 to 3)."""
        sighting = self.paragraphs.get(paragraph_key(text)) if len(text) >= _MIN_LENGTH else None
        if sighting is None:
            return 0
        owner = _short_hash(url)
        return sum(1 for o in sighting.owners if o != owner)

    def adjusted(
        self, scored: Sequence[tuple[Block, float]], url: str
    ) -> list[tuple[Block, float]]:
        """Return the scores of a page's blocks, corrected by what the site's pages showed."""
        return [(b, self._adjusted(b, score, url)) for b, score in scored]

    def _adjusted(self, block: Block, score: float, url: str) -> float:
        mean, weight = self.tendency(block)
        score += weight * _PULL * (mean - score)
        # a paragraph on one other page may be a quotation, if all else speaks for it
        return score - _REPEAT_PENALTY[self.repeats(block.text, url)]

    def tendency(self, block: Block) -> tuple[float, float]:
        """Return (mean score of blocks with this signature, weight of that evidence 0 to 1)."""
        count = self.signatures.get(signature_key(block))
        if count is None or count.pages < _MIN_PAGES:
            return 0.0, 0.0
        return count.body / count.pages, count.pages / (count.pages + _TRUST)

    def to_json(self) -> str:
        """Return the memory as JSON text, the same for the same memory."""
        signatures = {
            k: [round(c.pages, 3), round(c.body, 3), c.last]
            for k, c in sorted(self.signatures.items())
        }
        paragraphs = {k: [s.owners, s.last] for k, s in sorted(self.paragraphs.items())}
        data: dict[str, Any] = {"format": FORMAT, "pages": self.pages}
        data |= {"paragraphs": paragraphs, "signatures": signatures}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> SiteMemory:
        """Return the memory written by ``to_json``; an unknown format is an empty memory."""
        try:
            data: dict[str, Any] = json.loads(text)
        except ValueError:
            return cls()
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            return cls()
        return cls(
            pages=data["pages"],
            paragraphs={k: _Sighting(*v) for k, v in data["paragraphs"].items()},
            signatures={k: _Count(*v) for k, v in data["signatures"].items()},
        )

    def common_paragraphs(self, limit: int = 20) -> list[tuple[str, int]]:
        """Return (beginning of the paragraph, addresses seen, at most 3), for people."""
        ranked = sorted(self.paragraphs.items(), key=lambda kv: (-len(kv[1].owners), kv[0]))
        return [(k.split("#")[0], len(s.owners)) for k, s in ranked if len(s.owners) > 1][:limit]


def _short_hash(text: str) -> str:
    data = text.casefold().encode("utf-8", "replace")
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def paragraph_key(text: str) -> str:
    """Return a short key of a paragraph; its first letters keep it readable for people."""
    return f"{text[:24]}#{_short_hash(text)}"


def signature_key(block: Block) -> str:
    """Return the tag and class names of a block and of its parent, as the template wrote them."""
    container = block.container
    parent = container.parent
    above = f"{parent.tag}.{parent.signature[:60]}" if parent else ""
    return f"{above}>{container.tag}.{container.signature[:60]}"
