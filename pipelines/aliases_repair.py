"""Takes back aliases that earlier releases made of walls: their addresses are asked again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.promises import keeps
from pipelines.storage.listed_promises import is_trusted, promise_at
from pipelines.storage.models import FOLLOWED, Article, ArticleUrl, ListedLink, Revision
from pipelines.storage.turns import take_turn
from pipelines.url_key import url_key

_TOGETHER = 200  # in one short transaction, so that a crawl that is under way hardly waits
_PAUSE_SECONDS = 0.02


def drop_broken_aliases(
    sessions: sessionmaker[Session], *, sleep: Callable[[float], None] = time.sleep
) -> int:
    """Forget listed addresses whose headline no wording of their article keeps; return how many.

    Only aliases of earlier releases are looked at, which do not say what was read there, and never
    an article's own address. May be left at any time and run again.
    """
    trusted: dict[int, bool] = {}
    dropped, last = 0, ""
    while True:
        with sessions.begin() as session:
            take_turn(session)
            rows = _next(session, last)
            broken = [row for row in rows if _is_broken(session, row, trusted)]
            for row in broken:
                session.delete(row)
        if not rows:
            return dropped
        dropped, last = dropped + len(broken), rows[-1].url_key
        sleep(_PAUSE_SECONDS)


def _next(session: Session, last: str) -> Sequence[ArticleUrl]:
    listed = select(ListedLink.url_key).where(
        ListedLink.url_key == ArticleUrl.url_key, ListedLink.headline.is_not(None)
    )
    query = select(ArticleUrl).where(
        ArticleUrl.url_key > last,
        ArticleUrl.seen_as.in_(FOLLOWED),
        ArticleUrl.text_hash.is_(None),
        listed.exists(),
    )
    return session.scalars(query.order_by(ArticleUrl.url_key).limit(_TOGETHER)).all()


def _is_broken(session: Session, row: ArticleUrl, trusted: dict[int, bool]) -> bool:
    article = session.get_one(Article, row.article_id)
    promise = promise_at(session, [row.url_key], row.url)
    if not promise.told or row.url_key == url_key(article.url):
        return False
    wordings = select(Revision.headline, Revision.article_body).where(
        Revision.article_id == article.id
    )
    shown = [(article.headline, article.article_body)]
    shown += [(row.headline, row.article_body) for row in session.execute(wordings)]
    if any(keeps(promise, headline, body) for headline, body in shown):
        return False
    if article.source_id not in trusted:
        trusted[article.source_id] = is_trusted(session, article.source_id, promise)
    return trusted[article.source_id]
