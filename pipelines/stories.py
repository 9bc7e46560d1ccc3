"""Articles about one event: an index of the last days' stories, one article at a time."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.story_text import StoryText, cosine, count_words, weigh

#: Articles further apart than this belong to different stories.
WINDOW = timedelta(hours=72)
#: Likeness from which an article joins a story: full texts share much more than bare headlines.
JOINS_TEXT, JOINS_HEADLINE = 0.21, 0.04
#: A headline has up to so many telling words, a text has from so many on.
HEADLINE_WORDS, TEXT_WORDS = 10, 30
#: Two stories become one when they are that much more alike than an article has to be.
MERGE_FACTOR = 2.6
#: ... and more for every doubling of the smaller one: what two papers began apart is soon mended,
#: what has grown apart is not one story.
MERGE_GROWTH = 0.14
# Half way between average link (0: large stories must stay tight) and likeness to the story's
# centre (1: stories drift as they grow).
_CENTRE = 0.5
# Words by which stories are found, and stories that are then compared in full.
_SOUGHT_WORDS, _COMPARED = 20, 10
# A story's heaviest words, by which another one to merge with is sought.
_CENTRAL_WORDS = 100


#: Whether two stories, by their numbers, are not one however alike they are; None: none are.
Apart = Callable[[int, int], bool] | None


@dataclass(frozen=True, slots=True)
class StoryMatch:
    """A story that an article (or another story) belongs to, and why.

    ``terms``: the words that decided and the share of the likeness each contributes, the
    strongest first.
    """

    story_id: int
    score: float
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class StoryAssignment:
    """Where an article went. ``match`` is None when it opened a story.

    ``absorbed``: stories that turned out to be the same and are now part of ``story_id``.
    """

    story_id: int
    match: StoryMatch | None
    absorbed: tuple[int, ...] = ()


@dataclass(slots=True)
class _Story:
    articles: set[int] = field(default_factory=set)
    sums: dict[str, float] = field(default_factory=dict)
    square: float = 0.0  # squared length of sums
    words: int = 0  # of all vectors together


class StoryIndex:
    """The stories of the last WINDOW, as vectors in memory.

    Deterministic: the same articles in the same order give the same stories. It holds nothing
    that rows do not: after a restart, ``restore`` every article of the window.
    """

    def __init__(self, window: timedelta = WINDOW) -> None:
        self.window = window
        self._stories: dict[int, _Story] = {}
        self._postings: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._seen: Counter[str] = Counter()
        self._texts: dict[int, StoryText] = {}
        self._story_of: dict[int, int] = {}
        self._ages: deque[tuple[datetime, int]] = deque()
        self._pinned: set[int] = set()

    def __len__(self) -> int:
        return len(self._texts)

    def story_of(self, article_id: int) -> int | None:
        """Return the story of an article of the window; None when it is too old or unknown."""
        return self._story_of.get(article_id)

    def text_of(self, article_id: int) -> StoryText:
        """Return the vector of an article of the window. Raises KeyError when it is not in it."""
        return self._texts[article_id]

    def read(self, headline: str, body: str) -> StoryText:
        """Return the vector of an article, weighed by what the window holds now."""
        return weigh(count_words(headline, body), self._seen, len(self._texts))

    def forget(self, *, before: datetime) -> None:
        """Take out the articles seen before that time; ask before ``find``."""
        while self._ages and self._ages[0][0] < before:
            article_id = self._ages.popleft()[1]
            self._leave(article_id)
            for word in self._texts.pop(article_id).words.split():
                self._seen[word] -= 1
                if not self._seen[word]:
                    del self._seen[word]

    def find(
        self, text: StoryText, new_story_id: int = 0, apart: Apart = None
    ) -> StoryMatch | None:
        """Return the story that the article belongs to; None when it opens one, ``new_story_id``.

        ``apart`` is asked about that one and each story that is alike, the most alike first.
        """
        likely = self._nearest(text.weights, list(text.weights)[:_SOUGHT_WORDS])
        scores = {story_id: self._likeness(text, self._stories[story_id]) for story_id in likely}
        enough = _joins(len(text.weights))
        alike = sorted((s for s in scores if scores[s] >= enough), key=lambda s: (-scores[s], s))
        best = next((s for s in alike if not (apart and apart(new_story_id, s))), None)
        if best is None:
            return None
        return StoryMatch(best, scores[best], _shares(text.weights, self._stories[best].sums))

    def add(self, article_id: int, text: StoryText, story_id: int, seen_at: datetime) -> None:
        """Put an article into a story, old or new, and forget what is older than the window."""
        self.forget(before=seen_at - self.window)
        if article_id in self._texts:
            self.move(article_id, story_id)
            return
        self._texts[article_id] = text
        self._seen.update(text.words.split())
        self._ages.append((seen_at, article_id))
        self._join(article_id, story_id)

    def assign(
        self,
        article_id: int,
        headline: str,
        body: str,
        *,
        seen_at: datetime,
        new_story_id: int,
        copy_of: int | None = None,
        apart: Apart = None,
    ) -> StoryAssignment:
        """Decide and add in one step. A copy enters the story of the article it repeats.

        Stories that are ``apart`` do not become one by themselves.
        """
        self.forget(before=seen_at - self.window)
        text = self.read(headline, body)
        known = self._story_of.get(copy_of) if copy_of is not None else None
        match = (
            StoryMatch(known, 1.0, ())
            if known is not None
            else self.find(text, new_story_id, apart)
        )
        story_id = match.story_id if match is not None else new_story_id
        self.add(article_id, text, story_id, seen_at)
        absorbed = self.find_same(story_id, apart)
        if absorbed is None:
            return StoryAssignment(story_id, match)
        # the older story keeps its name
        kept, gone = sorted((story_id, absorbed.story_id))
        self.merge(gone, into=kept)
        return StoryAssignment(kept, match, (gone,))

    def restore(
        self, article_id: int, headline: str, body: str, *, seen_at: datetime, story_id: int
    ) -> None:
        """Put a stored article back where it was, deciding nothing. In order of ``seen_at``."""
        self.add(article_id, self.read(headline, body), story_id, seen_at)

    def find_same(self, story_id: int, apart: Apart = None) -> StoryMatch | None:
        """Return another story of the same event, if the two have grown alike.

        None for pinned stories. Asked only while a story is young, and then at every fourth part
        of its growth.
        """
        story = self._stories[story_id]
        size = len(story.articles)
        if story_id in self._pinned or (size > 8 and size % max(1, size // 4)):
            return None
        central = heapq.nlargest(_CENTRAL_WORDS, story.sums, key=story.sums.__getitem__)
        weights = {word: story.sums[word] for word in central}
        best: tuple[float, int] | None = None
        for other_id in self._nearest(weights, central[:_SOUGHT_WORDS]):
            if other_id == story_id or other_id in self._pinned:
                continue
            other = self._stories[other_id]
            score = cosine(weights, other.sums) / math.sqrt(story.square * other.square)
            if score < _merges(story, other) or (best and (-score, other_id) > best):
                continue
            if not (apart and apart(story_id, other_id)):
                best = (-score, other_id)
        if best is None:
            return None
        return StoryMatch(best[1], -best[0], _shares(weights, self._stories[best[1]].sums))

    def move(self, article_id: int, story_id: int) -> None:
        """Take an article out of its story and put it into another one."""
        self._leave(article_id)
        self._join(article_id, story_id)

    def merge(self, story_id: int, *, into: int) -> None:
        """Put all articles of a story into another one."""
        for article_id in sorted(self._stories[story_id].articles):
            self.move(article_id, into)
        if story_id in self._pinned:
            self._pinned.add(into)

    def pin(self, story_id: int) -> None:
        """Keep a story as an analyst made it: it may grow, but is never merged by itself."""
        self._pinned.add(story_id)

    def explain(self, one: int, other: int) -> StoryMatch | None:
        """Return how alike two articles of the window are and by which words."""
        if one not in self._texts or other not in self._texts:
            return None
        mine, theirs = self._texts[one].weights, self._texts[other].weights
        return StoryMatch(self._story_of[other], cosine(mine, theirs), _shares(mine, theirs))

    def _nearest(self, weights: dict[str, float], sought: list[str]) -> list[int]:
        """The stories to compare in full: those that share most of the sought words."""
        partial: defaultdict[int, float] = defaultdict(float)
        for word in sought:
            weight = weights[word]
            for story_id, total in self._postings.get(word, {}).items():
                partial[story_id] += weight * total
        stories = self._stories
        return heapq.nlargest(
            _COMPARED,
            partial,
            key=lambda story_id: partial[story_id] ** 2 / max(stories[story_id].square, 1e-9),
        )

    def _likeness(self, text: StoryText, story: _Story) -> float:
        product = cosine(text.weights, story.sums)
        average = product / len(story.articles)
        centre = product / math.sqrt(story.square) if story.square > 0 else 0.0
        return float(average ** (1 - _CENTRE) * centre**_CENTRE)

    def _join(self, article_id: int, story_id: int) -> None:
        story = self._stories.setdefault(story_id, _Story())
        story.articles.add(article_id)
        self._story_of[article_id] = story_id
        self._change(story_id, story, self._texts[article_id].weights, 1)

    def _leave(self, article_id: int) -> None:
        story_id = self._story_of.pop(article_id)
        story = self._stories[story_id]
        story.articles.discard(article_id)
        self._change(story_id, story, self._texts[article_id].weights, -1)
        if not story.articles:
            for word in story.sums:
                self._drop_posting(word, story_id)
            del self._stories[story_id]

    def _change(self, story_id: int, story: _Story, weights: dict[str, float], sign: int) -> None:
        story.words += sign * len(weights)
        for word, weight in weights.items():
            before = story.sums.get(word, 0.0)
            after = before + sign * weight
            story.square += after * after - before * before
            if after > 1e-9:
                story.sums[word] = self._postings[word][story_id] = after
            elif word in story.sums:
                del story.sums[word]
                self._drop_posting(word, story_id)

    def _drop_posting(self, word: str, story_id: int) -> None:
        stories = self._postings[word]
        del stories[story_id]
        if not stories:
            del self._postings[word]


def _joins(words: float) -> float:
    """The likeness that an article of so many telling words needs."""
    share = (words - HEADLINE_WORDS) / (TEXT_WORDS - HEADLINE_WORDS)
    return JOINS_HEADLINE + (JOINS_TEXT - JOINS_HEADLINE) * min(1.0, max(0.0, share))


def _merges(one: _Story, other: _Story) -> float:
    smaller = min(len(one.articles), len(other.articles))
    words = (one.words + other.words) / (len(one.articles) + len(other.articles))
    return _joins(words) * MERGE_FACTOR * (1 + MERGE_GROWTH * math.log2(smaller))


def _shares(one: dict[str, float], other: dict[str, float]) -> tuple[tuple[str, float], ...]:
    products = {word: weight * other[word] for word, weight in one.items() if word in other}
    total = sum(products.values())
    strongest = heapq.nlargest(6, products, key=lambda word: products[word])
    return tuple((word, round(products[word] / total, 3)) for word in strongest)
