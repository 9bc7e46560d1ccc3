"""Is a stored article news, or was it there before? And what is odd about its date?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from pipelines.claims import OLDEST_ALERTED, Claim, doubt_of
from pipelines.storage.claims import claim_of, is_of_feed, latest_claims
from pipelines.storage.copies import earlier_with_text
from pipelines.storage.models import Article

#: baseline, older: as its arrival says. late: we came to it long after it was listed. claim: it
#: says itself that it is old. copy: its text was there before.
SilenceKind = Literal["baseline", "older", "late", "claim", "copy"]

_WORDS = {
    "baseline": "was there at the first look at its section",
    "older": "newly listed, and older than what was listed before",
}


@dataclass(frozen=True, slots=True)
class Newness:
    """``silence``: why an article opens no subject, ``told`` in words; None: it is news.

    ``oddity`` tells of a claimed date that was not believed, "" where there is none.
    """

    silence: SilenceKind | None = None
    told: str = ""
    oddity: str = ""

    @property
    def is_news(self) -> bool:
        """Whether the article may open a subject."""
        return self.silence is None


def newness_of(
    session: Session, article: Article, *, now: datetime, oldest: timedelta = OLDEST_ALERTED
) -> Newness:
    """Return whether an article is news ``now``: new when listed, new by its date, no old text.

    A copy of what was there before is no newer than its original.
    """
    own = _of_its_own(session, article, now=now, oldest=oldest)
    if not own.is_news:
        return own
    for earlier in earlier_with_text(session, article):
        past = _of_its_own(session, earlier, now=now, oldest=oldest)
        if not past.is_news:
            return Newness("copy", f"a copy of article {earlier.id}: {past.told}")
    return own


def _of_its_own(session: Session, article: Article, *, now: datetime, oldest: timedelta) -> Newness:
    if article.arrival in _WORDS:
        return Newness(article.arrival, _WORDS[article.arrival])  # type: ignore[arg-type]
    if now - article.first_seen_at > oldest:
        return Newness("late", f"listed at {article.first_seen_at:%Y-%m-%d %H:%M} UTC already")
    claim = claim_of(article)
    if not claim.is_old(oldest):
        return Newness()
    doubt = _doubt(session, article, claim)
    if doubt is not None:
        return Newness(oddity=f"it claims to be of {_day(claim)}, which does not count: {doubt}")
    return Newness("claim", f"says that it is of {_day(claim)}")


def is_older_than(session: Session, article: Article, since: datetime) -> bool:
    """Whether an article says that it was published before that, and is believed."""
    claim = claim_of(article)
    is_older = claim.at is not None and claim.at + claim.slack < since
    return is_older and _doubt(session, article, claim) is None


def _doubt(session: Session, article: Article, claim: Claim) -> str | None:
    others = latest_claims(session, article)
    return doubt_of(claim, others, in_feed=is_of_feed(session, article))


def _day(claim: Claim) -> str:
    return f"{claim.at:%Y-%m-%d}"
