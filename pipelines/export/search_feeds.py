"""The articles of any search or watch as a feed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.export.article_rows import iter_articles
from pipelines.export.asked import Asked
from pipelines.export.feeds import Feed, FeedEntry, FeedFormat, write_feed
from pipelines.storage.models import Article, Revision, Source
from pipelines.storage.search import SearchQuery

_MOST = 50
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # what an empty feed was updated; Atom asks for a time
_LONGEST_TEXT = 2_000


def search_feed(
    session: Session,
    query: SearchQuery | Asked,
    form: FeedFormat,
    *,
    title: str = "",
    self_url: str = "",
    limit: int = _MOST,
) -> bytes:
    """Return the newest articles that a query means as "atom", "rss" or "json" (JSON Feed).

    ``title`` is the query's own words when none is given; ``self_url`` is where the feed is
    served. Entries keep their ids, also in the feed of another query. Raises WatchSyntaxError.
    """
    asked = query if isinstance(query, Asked) else Asked(query)
    found = list(islice(iter_articles(session, asked.query, asked.sections), limit))
    changed = _changed_at(session, [article.id for article, _ in found])
    entries = tuple(_entry(a, s, changed.get(a.id)) for a, s in found)
    named = title or asked.query.words.strip() or "All articles"
    feed = Feed(
        what=f"search:{named}:{','.join(asked.query.sources)}",
        title=f"{named} - firstseen",
        description=f"Articles that firstseen saw: {named}",
        updated_at=max((e.changed_at or e.at for e in entries), default=_NEVER),
        entries=entries,
        self_url=self_url,
    )
    return write_feed(feed, form)


def _changed_at(session: Session, ids: Iterable[int]) -> dict[int, datetime]:
    """Return when the latest later wording of articles was seen; none where there is none."""
    query = (
        select(Revision.article_id, func.max(Revision.observed_at))
        .where(Revision.article_id.in_(list(ids)), Revision.number > 1)
        .group_by(Revision.article_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _entry(article: Article, source: Source, changed_at: datetime | None) -> FeedEntry:
    return FeedEntry(
        # Not its number: the same article of a restored archive is no news to a reader.
        what=f"article:{article.url}",
        title=article.headline,
        url=article.url,
        author=source.name,
        text=_told(article, source),
        at=article.first_seen_at,
        changed_at=changed_at,
        published_at=article.date_published,
        language=article.in_language or source.language,
    )


def _told(article: Article, source: Source) -> str:
    """Return the teaser and when we saw it; the text itself stays with its publisher."""
    seen = f"{article.first_seen_at:%Y-%m-%d %H:%M:%S} UTC"
    if article.not_seen_at is None:
        when = f"seen by {seen}, perhaps older"
    else:
        when = f"first seen between {article.not_seen_at:%Y-%m-%d %H:%M:%S} and {seen}"
    teaser = (article.description or "")[:_LONGEST_TEXT]
    return "\n".join(line for line in (teaser, f"{source.name}: {when}") if line)
