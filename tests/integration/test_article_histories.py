"""Random histories of articles whose truth is known: what they read, whether and where they are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.looks import RecheckOutcome
from pipelines.recheck_ladder import GONE_AFTER
from pipelines.storage.models import Article, Revision
from pipelines.storage.rechecks import due_rechecks, record_recheck
from pipelines.store import store_article
from tests.examples import SITE, at, make_item

Sessions = sessionmaker[Session]
_GONE = GONE_AFTER / timedelta(minutes=1)
ANSWERS = ("unchanged", "paywall", "partial", "off-site")
SAYS_NOTHING = ("http-503", "timeout", "robots", "held-off", "challenge", "soft-404", "failed")
WORDS = ("harbour", "ferry", "levy", "school", "bridge", "library", "forest", "station", "market")


@dataclass
class Truth:
    """What one article's site shows, and what may be known of it."""

    number: int
    wordings: list[str]
    path: str
    seen: dict[str, int] = field(default_factory=dict)  # wording -> when it was shown last
    own: str = ""  # what it reads like for good: a new wording, or one shown twice in a row
    last: str = ""
    missing: list[int] = field(default_factory=list)  # with nothing between them that answers
    is_gone: bool = False

    def shows(self, text: str, minute: int) -> None:
        if text not in self.seen or text == self.last:
            self.own = text
        self.seen[text], self.last = minute, text
        self.missing, self.is_gone = [], False


def invented(rng: random.Random, number: int) -> Truth:
    """An article of its own words, with up to four wordings, each a paragraph longer."""
    lines = [
        f"On day {line} the {rng.choice(WORDS)} {number} of Westhaven met the {rng.choice(WORDS)} "
        f"{number * 7 + line} and spoke of {rng.choice(WORDS)} {rng.randrange(9999)} for long."
        for line in range(6 + 3)
    ]
    texts = ["\n".join(lines[: 6 + more]) for more in range(rng.randint(1, 4))]
    return Truth(number, texts, f"/2026/story-of-number-{number}-1")


class Play:
    """Plays one history: some servers in turns, walls, outages, moves, 404s."""

    def __init__(self, sessions: Sessions, rng: random.Random, truth: Truth) -> None:
        self.sessions, self.rng, self.truth = sessions, rng, truth
        self.article = self.read(truth.wordings[0], 0, article_id=None)

    def read(self, text: str, minute: int, **more: Any) -> int:
        headline = f"Story of number {self.truth.number}"
        item = make_item(self.truth.path, headline=headline, article_body=text, **more)
        item.fetched_at = at(minute)
        if item.article_id is not None:
            item.requested_url = self.asked()
        with self.sessions.begin() as session:
            found = store_article(session, item).article_id
        assert found is not None
        if item.is_accessible_for_free is not False:
            self.truth.shows(text, minute)
        else:
            self.truth.missing, self.truth.is_gone = [], False
        return found

    def note(self, outcome: str, minute: int) -> None:
        with self.sessions.begin() as session:
            record_recheck(session, RecheckOutcome(self.article, outcome, at(minute)))
        if outcome == "missing":
            self.truth.missing.append(minute)
            self.truth.is_gone |= minute - self.truth.missing[0] >= _GONE
        elif outcome in ANSWERS:
            self.truth.missing = []
            self.truth.is_gone &= outcome == "off-site"

    def asked(self) -> str:
        """Return the address that a further look asks for."""
        with self.sessions() as session:
            due = due_rechecks(session, "valley-post", now=at(10**7), most=10**6)
        (found,) = [each.url for each in due if each.article_id == self.article]
        return found

    def event(self, minute: int) -> None:
        kind = self.rng.choice(("text", "text", "text", "teaser", "missing", "answer", "nothing"))
        if self.truth.is_gone:
            kind = self.rng.choice(("answer", "nothing", kind))
        elif self.truth.missing:
            kind = self.rng.choice(("missing", "missing", "answer", kind))
        if self.rng.random() < 0.1:  # it lives elsewhere now
            self.truth.path = f"/news/story-of-number-{self.truth.number}-{minute}"
            kind = "text"
        if kind == "text":
            text = self.rng.choice(self.truth.wordings)
            self.read(text, minute, article_id=self.article)
        elif kind == "teaser":
            first = self.truth.wordings[0].split("\n")[0]
            self.read(first, minute, article_id=self.article, is_accessible_for_free=False)
        elif kind == "missing":
            self.note("missing", minute)
        else:
            self.note(self.rng.choice(ANSWERS if kind == "answer" else SAYS_NOTHING), minute)

    def check(self) -> None:
        truth = self.truth
        with self.sessions() as session:
            article = session.get_one(Article, self.article)
            rows = session.scalars(select(Revision).where(Revision.article_id == article.id)).all()
        assert {row.article_body: row.last_seen_at for row in rows} == {
            text: at(minute) for text, minute in truth.seen.items()
        }
        assert len(rows) == len(truth.seen)
        assert article.article_body == truth.own
        assert (article.gone_at is not None) is truth.is_gone
        if not truth.missing:
            assert article.url == SITE + truth.path
        assert article.first_seen_at == at(0)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_kept_of_an_article_is_what_its_site_has_shown(
    sessions: Sessions, seed: int
) -> None:
    rng = random.Random(seed)
    for number in range(6):
        play, minute = Play(sessions, rng, invented(rng, 100 * seed + number)), 0
        for _ in range(rng.randint(4, 16)):
            minute += rng.choice((15, 15, 30, 60, 130, 400))
            play.event(minute)
            play.check()
