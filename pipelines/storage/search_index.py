"""Keeps the search index: what of an article is indexed, and how each database is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, CutText
from pipelines.watches.prefilter import LONGEST_LEXEME, MANY_WORDS, WEIGHTS
from pipelines.word_spans import text_words

# PostgreSQL refuses vectors beyond 1 MiB, and words of all scripts stay below it with this. The
# same on SQLite, whose index must be told later what it holds. Longer texts are in cut_texts.
INDEXED_SIGNS = 200_000
# Limits of a tsvector (PostgreSQL manual, 12.11): places of a word, and the last place.
_MOST_PLACES, _LAST_PLACE = 255, 16_383

_SQLITE_INDEX = text(
    "INSERT INTO article_search (rowid, headline, description, article_body)"
    " VALUES (:id, :headline, :description, :article_body)"
)
_SQLITE_FORGET = text(
    "INSERT INTO article_search (article_search, rowid, headline, description, article_body)"
    " VALUES ('delete', :id, :headline, :description, :article_body)"
)
_POSTGRES_INDEX = text(
    "INSERT INTO article_search (article_id, vector) VALUES (:id, CAST(:vector AS tsvector))"
    " ON CONFLICT (article_id) DO UPDATE SET vector = excluded.vector"
)
_POSTGRES_FORGET = text("DELETE FROM article_search WHERE article_id = :id")
_NOTE_CUT = text("INSERT INTO cut_texts (article_id) VALUES (:id) ON CONFLICT DO NOTHING")


def searchable(plain: str | None) -> str:
    """Return text as it is indexed: the words of the watch language, one space apart."""
    return " ".join(text_words(plain)) if plain else ""


def index_article(session: Session, article: Article, *, replaced: Article | None = None) -> None:
    """Make an article findable; ``replaced`` holds its texts as they were indexed before."""
    texts = _indexed_texts(article)
    if session.get_bind().dialect.name == "sqlite":
        if replaced is not None:
            # A contentless FTS5 table forgets a row only when told what stood in it.
            session.execute(_SQLITE_FORGET, {"id": article.id, **_indexed_texts(replaced)})
        session.execute(_SQLITE_INDEX, {"id": article.id, **texts})
    else:
        vector = vector_text([texts[name].split() for name in WEIGHTS])
        session.execute(_POSTGRES_INDEX, {"id": article.id, "vector": vector})
    if _is_cut(texts):
        session.execute(_NOTE_CUT, {"id": article.id})
    elif replaced is not None:
        session.execute(delete(CutText).where(CutText.article_id == article.id))


def forget_article(session: Session, article: Article) -> None:
    """Let no search find an article again."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(_SQLITE_FORGET, {"id": article.id, **_indexed_texts(article)})
    else:
        session.execute(_POSTGRES_FORGET, {"id": article.id})


def _indexed_texts(article: Article) -> dict[str, Any]:
    return {
        "headline": searchable(article.headline),
        "description": searchable(article.description),
        "article_body": searchable(article.article_body)[:INDEXED_SIGNS],
    }


def _is_cut(texts: dict[str, str]) -> bool:
    """Whether the index lacks some of an article: its end, or a "word" of thousands of signs."""
    if len(texts["article_body"]) == INDEXED_SIGNS:
        return True
    return any(_is_too_long(word) for text in texts.values() for word in _long_words(text))


def _long_words(text: str) -> list[str]:
    longest = LONGEST_LEXEME // 4  # UTF-8 takes up to four bytes for a sign (RFC 3629 3)
    return [word for word in text.split() if len(word) > longest] if len(text) > longest else []


def _is_too_long(word: str) -> bool:
    return len(word) * 4 > LONGEST_LEXEME and len(word.encode()) > LONGEST_LEXEME


def vector_text(fields: Sequence[Sequence[str]]) -> str:
    """Return headline, description and body, as their words, as the text of a tsvector.

    It is written here and not made by to_tsvector, whose words are others in some scripts and
    change with the server's locale.
    """
    places: dict[str, list[str]] = {}
    place, has_all = 0, True
    for weight, words in zip(WEIGHTS.values(), fields, strict=True):
        for word in words:
            place += 1
            known = places.setdefault(word, [])
            if place <= _LAST_PLACE and len(known) < _MOST_PLACES:
                known.append(f"{place}{weight}")
            else:
                has_all = False
                if not known or not known[-1].endswith(weight):
                    known[_MOST_PLACES - 1 :] = [f"{_LAST_PLACE}{weight}"]
        place += 1  # no phrase reaches from one field into the next
    if not has_all:
        places[MANY_WORDS] = ["1"]
    return " ".join(
        f"'{word}':{','.join(known)}" for word, known in places.items() if not _is_too_long(word)
    )
