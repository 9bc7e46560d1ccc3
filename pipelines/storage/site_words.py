"""Queries on the words that sites put on their articles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines.site_words import Piece, Place, SiteWords
from pipelines.storage.history_models import SourceChange
from pipelines.storage.memory_models import ChangedPiece, SiteWord
from pipelines.storage.models import Article

#: What changes in several articles within this time changes in all of them.
TOGETHER = timedelta(days=1)
#: In so many other stories: an agency's update comes to several articles of one.
OTHER_STORIES = 2
_MOST_WORDS = 300  # of one source; redesigns of years ago are forgotten
_LONGEST_SHOWN, _LONGEST_LINE = 80, 600


def site_words_of(session: Session, source_id: int) -> SiteWords:
    """Return what is known to be a source's own words on its articles, the latest learnt."""
    query = select(SiteWord.place, SiteWord.words).where(SiteWord.source_id == source_id)
    rows = session.execute(query.order_by(SiteWord.learnt_at.desc()).limit(_MOST_WORDS))
    return SiteWords(Piece(cast(Place, place), words) for place, words in rows)


def articles_changed_alike(
    session: Session, article: Article, pieces: Sequence[Piece], at: datetime
) -> dict[Piece, set[int]]:
    """Note what changed in an article; return the pieces that changed in other stories as well.

    With each, the other articles of the source in which it changed within TOGETHER.
    """
    names = {piece.key: piece for piece in pieces}
    query = (
        select(ChangedPiece.piece, Article.id, Article.story_id)
        .join(Article, Article.id == ChangedPiece.article_id)
        .where(
            ChangedPiece.source_id == article.source_id,
            ChangedPiece.piece.in_(names),
            ChangedPiece.at >= at - TOGETHER,
            ChangedPiece.article_id != article.id,
        )
    )
    articles: dict[Piece, set[int]] = {}
    stories: dict[Piece, set[int]] = {}
    for key, article_id, story_id in session.execute(query):
        articles.setdefault(names[key], set()).add(article_id)
        if story_id != article.story_id or story_id is None:
            stories.setdefault(names[key], set()).add(story_id or -article_id)
    _note(session, article, names, at)
    return {piece: articles[piece] for piece, of in stories.items() if len(of) >= OTHER_STORIES}


def changed_lately(
    session: Session, source_id: int, pieces: Sequence[Piece], at: datetime
) -> list[Piece]:
    """Return those of the pieces that came to or went from an article within TOGETHER."""
    query = select(ChangedPiece.piece).where(
        ChangedPiece.source_id == source_id, ChangedPiece.at >= at - TOGETHER
    )
    keys = set(session.scalars(query)) if pieces else set()
    return [piece for piece in pieces if piece.key in keys]


def _note(session: Session, article: Article, keys: Collection[str], at: datetime) -> None:
    for key in keys:
        session.merge(
            ChangedPiece(source_id=article.source_id, piece=key, article_id=article.id, at=at)
        )
    session.flush()


def learn_site_words(
    session: Session, source_id: int, pieces: Collection[Piece], at: datetime
) -> None:
    """Keep that these are the site's words, and say so in the source's history: a line a day."""
    for piece in pieces:
        session.merge(
            SiteWord(
                source_id=source_id,
                piece=piece.key,
                place=piece.place,
                words=piece.words,
                learnt_at=at,
            )
        )
    query = select(SourceChange).where(
        SourceChange.source_id == source_id,
        SourceChange.kind == "site",
        SourceChange.at >= at - TOGETHER,
    )
    line = session.scalars(query.order_by(SourceChange.at.desc())).first()
    if line is None:
        line = SourceChange(source_id=source_id, at=at, kind="site", before="", after="")
        session.add(line)
    for piece in pieces:
        shown = f"“{piece.shown[:_LONGEST_SHOWN]}”"
        if shown not in line.after and len(line.after) + len(shown) <= _LONGEST_LINE:
            line.after = ", ".join(filter(None, (line.after, shown)))
    session.flush()


def prune_pieces(session: Session, *, before: datetime) -> None:
    """Forget what changed before that time and was followed by nothing."""
    session.execute(delete(ChangedPiece).where(ChangedPiece.at < before))
