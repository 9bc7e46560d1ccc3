"""Articles of a large archive with their addresses, wordings, search entries and alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from random import Random
from typing import Any

from tests.benchmarks.desk_rows import WATCHES, Archive, Row, Told
from tests.benchmarks.desk_texts import Passage, Texts

#: table -> columns, in the order of the rows that ``articles_and_more`` yields.
COLUMNS: dict[str, tuple[str, ...]] = {
    "articles": (
        *("id", "source_id", "section_id", "story_id", "url", "canonical_url", "first_seen_at"),
        *("not_seen_at", "baseline", "fetched_at", "headline", "description", "article_body"),
        *("byline", "authors", "dateline", "wire_credit", "article_section", "keywords"),
        *("in_language", "images", "is_accessible_for_free", "robots_directives", "corrections"),
        *("date_published", "date_published_source", "date_published_precision"),
        *("date_published_raw", "date_modified", "date_flags", "evidence", "cut_fields"),
        *("text_hash", "parser_version", "copy_group_id", "copy_of_id", "copy_kind"),
        *("copy_score", "story_score", "last_checked_at", "gone_at"),
    ),
    "article_urls": ("url_key", "article_id", "url", "seen_as", "first_seen_at"),
    "listed_links": (
        *("url_key", "section_id", "url", "headline", "position", "date_published"),
        *("first_listed_at", "not_listed_at", "last_listed_at", "baseline"),
    ),
    "revisions": (
        *("article_id", "number", "observed_at", "last_seen_at", "headline", "description"),
        *("article_body", "text_hash", "kind", "headline_changed", "correction_added"),
    ),
    "article_search": ("id", "headline", "description", "article_body"),
    "alerts": (
        *("id", "watch_id", "story_id", "article_id", "reason", "raised_at", "query"),
        *("publishers", "details"),
    ),
    "deliveries": ("alert_id", "channel", "state", "tries", "delivered_at", "detail", "key"),
}
WATCH_COLUMNS = ("id", "slug", "name", "query", "created_at")
_AGENCIES = ("AP", "Reuters", "AFP", "dpa", "PA", "EFE")
_FIRST = [
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eva",
    "Finn",
    "Gita",
    "Hal",
    "Ines",
    "Jon",
    "Kim",
    "Lea",
    "Max",
    "Nora",
    "Omar",
    "Pia",
    "Rui",
    "Sara",
]
_LAST = [
    "Alder",
    "Birk",
    "Cole",
    "Dahl",
    "Egger",
    "Falk",
    "Graf",
    "Holm",
    "Iversen",
    "Jansen",
    "Kern",
    "Lund",
    "Moos",
    "Nagel",
]
_EVIDENCE = json.dumps(
    {"headline": "json-ld", "article_body": "body", "date_published": "json-ld", "byline": "meta"}
)
_CORRECTION = "Correction: an earlier version of this article misstated the date of the vote."
_MOST_ORIGINS = 6  # texts of a story that others may still copy


class ArticleRows:
    """Makes the rows of articles one after another; holds only the stories under way."""

    def __init__(self, archive: Archive, plan: list[tuple[float, int]]) -> None:
        """Take what there is and the order in which its articles appear."""
        self._archive, self._plan = archive, plan
        self._rng, self._text = Random(11), archive.clock.text
        self._left: dict[int, int] = {}
        for _, story in plan:
            self._left[story] = self._left.get(story, 0) + 1
        self._told: dict[int, Told] = {}
        self._alerts = 0

    def watches(self) -> Iterator[Row]:
        """Yield the watches, half of which were told of something."""
        for number in range(1, WATCHES + 1):
            created = self._text(self._plan[0][0])
            yield number, f"watch-{number}", f"Watch {number}", f"word{number} OR vote", created

    def all(self) -> Iterator[tuple[str, Row]]:
        """Yield (table, row) for every article in order of time."""
        for number, (at, story) in enumerate(self._plan, 1):
            told = self._told.get(story)
            if told is None:
                told = self._told[story] = self._archive.told(story, self._left[story])
            yield from self._article(number, at, story + 1, told)
            told.left -= 1
            if not told.left:
                del self._told[story]

    def _article(self, number: int, at: float, story: int, told: Told) -> Iterator[tuple[str, Row]]:
        rng, text = self._rng, self._text
        texts = self._archive.texts[told.language]
        source = rng.choice(self._archive.sources_of[told.language])
        section = self._archive.section(source, rng.randrange(3))
        copied = rng.choice(told.origins) if told.origins and rng.random() < 0.3 else None
        body, credit, copy = self._text_of(number, texts, told, copied)
        title = texts.titles[rng.choice(told.titles) if copied is None else copied[3]]
        lead = body[0]
        plain = "\n\n".join(passage.text for passage in body)
        url = f"https://paper{source}.example/{story}/{number}.html"
        key = f"paper{source}.example/{story}/{number}"
        seen, before = text(at), None if number < 3000 else text(at - rng.expovariate(1 / 1800))
        delay = rng.lognormvariate(6.2, 1.3)
        claimed = text(at - delay) if rng.random() < 0.93 else None
        author = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
        corrected = rng.random() < 0.006
        digest = blake2b(f"{copied[0] if copied else number}".encode(), digest_size=16).hexdigest()
        group, of, kind, score = copy
        yield (
            "articles",
            (
                *(number, source, section, story, url, url if number % 7 == 0 else None, seen),
                *(before, int(before is None), text(at + 20), title.text, lead.text, plain),
                *(f"By {author}", json.dumps([author]), None, json.dumps(credit), "Politics"),
                *("[]", texts.language, self._images(number), _paywall(rng), "[]"),
                json.dumps([_CORRECTION] if corrected else []),
                *(claimed, claimed and "json-ld", claimed and "second", claimed, None),
                *('["stale"]' if delay > 172_800 else "[]", _EVIDENCE, "[]", digest, "9"),
                *(group, of, kind, score, rng.uniform(0.3, 0.9) if told.origins else None),
                *(self._seen(at + 86_400), self._gone(at + rng.uniform(0.1, 3) * 86_400)),
            ),
        )
        yield "article_urls", (key, number, url, "listed", seen)
        yield (
            "listed_links",
            (key, section, url, title.text, number % 40, claimed, seen, before, seen, 0),
        )
        indexed = "\n".join(passage.indexed for passage in body)
        yield "article_search", (number, title.indexed, lead.indexed, indexed)
        yield from self._wordings(number, at, title, lead, plain, digest, corrected=corrected)
        yield from self._raised(number, at, story)

    def _seen(self, at: float) -> str:
        """Return a time that has passed."""
        return self._text(min(at, self._archive.until))

    def _gone(self, at: float) -> str | None:
        return self._text(at) if self._rng.random() < 0.006 and at < self._archive.until else None

    def _text_of(
        self, number: int, texts: Texts, told: Told, copied: Any
    ) -> tuple[list[Passage], list[str], tuple[Any, ...]]:
        rng = self._rng
        if copied is not None:
            first, group, body, _, credit = copied
            cut = body[: max(2, len(body) - rng.randrange(3))]
            return cut, credit, (group, first, "copy", round(rng.uniform(0.72, 1), 3))
        length = min(20_000, int(rng.lognormvariate(7.3, 0.6)))
        body = texts.mix(rng, told.themes, length)
        credit = [rng.choice(_AGENCIES)] if rng.random() < 0.25 else []
        if len(told.origins) < _MOST_ORIGINS:
            told.origins.append((number, number, body, told.titles[0], credit))
            return body, credit, (number, None, None, None)
        return body, credit, (None, None, None, None)

    @staticmethod
    def _images(number: int) -> str:
        url = f"https://img.example/{number}.jpg"
        return json.dumps([{"url": url, "caption": "The harbour", "credit": "Photo: A. Alder"}])

    def _wordings(
        self,
        number: int,
        at: float,
        title: Passage,
        lead: Passage,
        plain: str,
        digest: str,
        *,
        corrected: bool,
    ) -> Iterator[tuple[str, Row]]:
        rng = self._rng
        more = rng.randrange(1, 4) if corrected or rng.random() < 0.09 else 0
        headline = title.text
        for wording in range(1, more + 2):
            is_last = wording == more + 1
            changed = wording > 1 and rng.random() < 0.4
            if changed:
                headline = f"{title.text} ({wording})"
            seen = at + (wording - 1) * rng.uniform(900, 9000)
            body = plain if is_last else f"{plain}\n\nMore follows in edition {wording}."
            yield (
                "revisions",
                (
                    *(number, wording, self._seen(seen), self._seen(seen + 3600)),
                    *(headline, lead.text, body),
                    *(digest if is_last else f"{digest[:-1]}{wording}",),
                    *("edit" if wording > 1 else "first", int(changed)),
                    int(corrected and is_last),
                ),
            )

    def _raised(self, number: int, at: float, story: int) -> Iterator[tuple[str, Row]]:
        rng = self._rng
        if rng.random() > 0.03:
            return
        self._alerts += 1
        raised = self._text(at + 30)
        excerpt = {"field": "headline", "before": "", "match": "vote", "after": " put off"}
        yield (
            "alerts",
            (
                *(self._alerts, rng.randrange(1, WATCHES + 1), story, number),
                *(f"growth {number}", raised, "vote", rng.randrange(1, 9)),
                json.dumps({"rules": ["new story"], "excerpts": [excerpt]}),
            ),
        )
        state = rng.choices(("delivered", "parked", "waiting"), (96, 3, 1))[0]
        done = self._text(at + 35) if state == "delivered" else None
        yield "deliveries", (self._alerts, "desk", state, 1, done, "", f"key-{self._alerts}")


def _paywall(rng: Random) -> int | None:
    return rng.choices((1, 0, None), (60, 25, 15))[0]
