"""Is this text a copy of one seen before? One text at a time, never looking ahead."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from pipelines.fingerprint import PAIR_SKETCH, SKETCH, Fingerprint

#: copy: the same text, perhaps edited or cut; contains: one holds the other beside much else
#: (digest, live blog); update: an update of the same wire story, linked but not folded.
CopyKind = Literal["copy", "contains", "update"]

#: Texts of fewer shingles (about as many words) are captions and teasers: exact hashes serve them.
FEWEST_SHINGLES = 12
#: Share of common shingles, and of common word pairs, from which two texts are copies.
COPY_JACCARD, COPY_JACCARD_PAIRS = 0.40, 0.50
#: Share of common word pairs that alone makes a copy: every tenth word may have been changed.
EDITED_JACCARD_PAIRS = 0.62
#: Share of the shorter text's shingles and pairs found in the longer one: a copy that was cut.
CUT_CONTAINMENT, CUT_CONTAINMENT_PAIRS = 0.70, 0.80
#: A text more than five times as long is a digest or live blog that contains the other.
LONGEST_RATIO = 5.0
#: Below this share of shingles two texts merely report the same statements.
UPDATE_CONTAINMENT = 0.30
#: Market and weather reports from one template differ in their numbers only.
SHARED_NUMBERS = 0.5
#: Fewer common hashes are chance or boilerplate.
FEWEST_SHARED = 3
#: Candidates compared for one text; those with most anchors in common come first.
MOST_CANDIDATES = 40
#: A text joins a group of copies when it is a copy of a third of its members, or of four: through
#: a single bridge, updates of one wire story would grow together.
GROUP_SHARE, ENOUGH_MEMBERS = 3, 4
_NO_END = 1 << 64


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two texts are, estimated from their fingerprints.

    ``jaccard``: common shingles as a share of all. ``containment``: common shingles as a share of
    the shorter text's. ``pair_...``: the same for pairs of words. ``length_ratio``: longer to
    shorter, >= 1. ``shared_numbers``: share of the numbers they could have in common, None where
    one side has fewer than two.
    ``shared``: common hashes of the sketches.
    """

    jaccard: float
    containment: float
    pair_jaccard: float
    pair_containment: float
    length_ratio: float
    shared_numbers: float | None
    shared: int


@dataclass(frozen=True, slots=True)
class CopyCandidate:
    """An earlier article that has an anchor in common with a new text.

    ``group_size`` counts the articles of its group of copies, itself included.
    """

    article_id: int
    group_id: int
    group_size: int
    text: Fingerprint


@dataclass(frozen=True, slots=True)
class CopyMatch:
    """The earlier article that a text was found to repeat, and why.

    A text of kind "copy" belongs to ``group_id``; the other kinds are links between groups.
    """

    article_id: int
    group_id: int
    kind: CopyKind
    similarity: Similarity

    @property
    def score(self) -> float:
        """The stronger of the two shares of common shingles, 0 to 1."""
        return max(self.similarity.jaccard, self.similarity.containment)


class CopyIndex(Protocol):
    """Fingerprints of the articles of a window of days, found by their anchors."""

    def candidates(self, hashes: Sequence[int], limit: int) -> Iterable[CopyCandidate]:
        """Articles having any of the hashes among their anchors, most in common first."""
        ...


def compare(one: Fingerprint, other: Fingerprint) -> Similarity:
    """Return how alike the two texts are; symmetric."""
    shorter, longer = sorted((one, other), key=lambda text: text.shingles)
    runs = _overlap(shorter.sketch, longer.sketch, SKETCH)
    pairs = _overlap(shorter.pairs, longer.pairs, PAIR_SKETCH)
    return Similarity(
        jaccard=runs.jaccard,
        containment=runs.containment,
        pair_jaccard=pairs.jaccard,
        pair_containment=pairs.containment,
        length_ratio=longer.shingles / shorter.shingles if shorter.shingles else float("inf"),
        shared_numbers=_shared_numbers(one.numbers, other.numbers),
        shared=runs.shared,
    )


@dataclass(frozen=True, slots=True)
class _Overlap:
    jaccard: float
    containment: float
    shared: int


def _overlap(shorter: tuple[int, ...], longer: tuple[int, ...], full: int) -> _Overlap:
    common = set(shorter).intersection(longer)
    # Both sketches are complete up to here, so that below it they are fair samples of their texts.
    end = min(sketch[-1] if len(sketch) == full else _NO_END for sketch in (shorter, longer))
    of_shorter, of_longer = bisect_right(shorter, end), bisect_right(longer, end)
    both = sum(1 for value in common if value <= end)
    either = of_shorter + of_longer - both
    return _Overlap(
        jaccard=both / either if either else 0.0,
        containment=both / of_shorter if of_shorter else 0.0,
        shared=len(common),
    )


def _shared_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> float | None:
    if len(one) < 2 or len(other) < 2:
        return None
    return len(set(one) & set(other)) / min(len(one), len(other))


def copy_kind(alike: Similarity) -> CopyKind | None:
    """Return what the likeness means; None: two articles of their own."""
    if alike.shared < FEWEST_SHARED:
        return None
    if alike.shared_numbers is not None and alike.shared_numbers < SHARED_NUMBERS:
        return None
    if _is_edited(alike):
        return "copy"
    if _is_cut(alike):
        return "copy" if alike.length_ratio <= LONGEST_RATIO else "contains"
    return "update" if alike.containment >= UPDATE_CONTAINMENT else None


def _is_edited(alike: Similarity) -> bool:
    if alike.pair_jaccard >= EDITED_JACCARD_PAIRS:
        return True
    return alike.jaccard >= COPY_JACCARD and alike.pair_jaccard >= COPY_JACCARD_PAIRS


def _is_cut(alike: Similarity) -> bool:
    return alike.containment >= CUT_CONTAINMENT and alike.pair_containment >= CUT_CONTAINMENT_PAIRS


def find_copy(text: Fingerprint, index: CopyIndex) -> CopyMatch | None:
    """Return the best earlier match: a copy before a containing text before an update."""
    if text.shingles < FEWEST_SHINGLES:
        return None
    matches, sizes = [], {}
    for known in index.candidates(text.looked_up, MOST_CANDIDATES):
        if known.text.shingles < FEWEST_SHINGLES:
            continue
        similarity = compare(text, known.text)
        kind = copy_kind(similarity)
        if kind is not None:
            matches.append(CopyMatch(known.article_id, known.group_id, kind, similarity))
            sizes[known.group_id] = known.group_size
    return min(_without_bridges(matches, sizes), key=_best_first, default=None)


def _without_bridges(matches: list[CopyMatch], sizes: dict[int, int]) -> list[CopyMatch]:
    """Copies of too few of a group's members are links to it, not members."""
    members = Counter(match.group_id for match in matches if match.kind == "copy")
    return [
        match
        if match.kind != "copy"
        or members[match.group_id] >= min(ENOUGH_MEMBERS, sizes[match.group_id] / GROUP_SHARE)
        else replace(match, kind="update")
        for match in matches
    ]


def _best_first(match: CopyMatch) -> tuple[int, float, int]:
    alike = match.similarity.jaccard + match.similarity.containment
    return (("copy", "contains", "update").index(match.kind), -alike, match.article_id)
