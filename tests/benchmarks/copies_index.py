"""A CopyIndex in memory, with the behaviour of the one in SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pipelines.copies import CopyCandidate
from pipelines.fingerprint import Fingerprint


class MemoryCopyIndex:
    """Every article ever added, found by its anchors."""

    def __init__(self) -> None:
        self._anchors: dict[int, list[int]] = defaultdict(list)
        self._texts: dict[int, tuple[int, Fingerprint]] = {}
        self._sizes: Counter[int] = Counter()

    def add(self, article_id: int, group_id: int, text: Fingerprint) -> None:
        self._texts[article_id] = group_id, text
        self._sizes[group_id] += 1
        for anchor in text.anchors:
            self._anchors[anchor].append(article_id)

    def candidates(self, hashes: Sequence[int], limit: int) -> Iterable[CopyCandidate]:
        found = Counter(i for value in hashes for i in self._anchors.get(value, ()))
        for article_id in sorted(found, key=lambda i: (-found[i], -i))[:limit]:
            group_id, text = self._texts[article_id]
            yield CopyCandidate(article_id, group_id, self._sizes[group_id], text)
