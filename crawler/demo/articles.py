"""The demonstration's articles as their files describe them, and their wording at any moment."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent
# Two outlets never publish in the same instant; the seed shifts live events by at most this much.
JITTER_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class Photo:
    """The picture of an article; ``scene`` picks what is drawn."""

    scene: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A later change of the wording. ``after`` counts paragraphs from 1; 0 puts ``add`` first."""

    at: float
    headline: str | None = None
    description: str | None = None
    add: str | None = None
    after: int = 0
    drop: int | None = None
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article of one outlet. ``at`` counts seconds from the start; negative is stock.

    ``listed`` is False for what the front links but robots.txt keeps closed.
    """

    outlet: str
    slug: str
    path: str
    at: float
    section: str
    headline: str
    description: str
    paragraphs: tuple[str, ...]
    kicker: str = ""
    authors: tuple[str, ...] = ()
    dateline: str = ""
    credit: str = ""
    keywords: tuple[str, ...] = ()
    photo: Photo | None = None
    wire: str = ""
    edits: tuple[Edit, ...] = ()
    moved_at: float | None = None
    moved_path: str = ""
    gone_at: float | None = None
    listed: bool = True

    def path_at(self, position: float) -> str:
        """Return the address in force at ``position``: the new one once the article has moved."""
        moved = self.moved_at is not None and position >= self.moved_at
        return self.moved_path if moved else self.path

    def is_up(self, position: float) -> bool:
        """Tell whether the article can be read at ``position``."""
        return self.at <= position and not (self.gone_at is not None and position >= self.gone_at)


@dataclass(frozen=True, slots=True)
class Wording:
    """What an article says at one moment; ``modified_at`` is its own ``at`` until it is edited."""

    headline: str
    description: str
    paragraphs: tuple[str, ...]
    correction: str
    modified_at: float


def wording_at(article: DemoArticle, position: float) -> Wording:
    """Return the article's wording after every edit up to ``position``."""
    wording = Wording(
        article.headline,
        article.description,
        article.paragraphs,
        correction="",
        modified_at=article.at,
    )
    for edit in article.edits:
        if edit.at <= position:
            wording = _edited(wording, edit)
    return wording


def _edited(wording: Wording, edit: Edit) -> Wording:
    paragraphs = list(wording.paragraphs)
    if edit.drop is not None:
        del paragraphs[edit.drop - 1]
    if edit.add:
        paragraphs.insert(edit.after, edit.add)
    return replace(
        wording,
        headline=edit.headline or wording.headline,
        description=edit.description or wording.description,
        paragraphs=tuple(paragraphs),
        correction=edit.correction or wording.correction,
        modified_at=edit.at,
    )


def load_articles(outlet: str, *, seed: int) -> tuple[DemoArticle, ...]:
    """Return the outlet's articles, newest first, with live moments shifted by the seed."""
    folder = HERE / "outlets" / outlet / "articles"
    files = sorted(folder.glob("*.toml"))
    articles = [_article(outlet, path.stem, _toml(path), seed=seed) for path in files]
    return tuple(sorted(articles, key=lambda article: -article.at))


@cache
def _toml(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _article(outlet: str, slug: str, data: Mapping[str, Any], *, seed: int) -> DemoArticle:
    # Seeding by name keeps one article's moments independent of which others exist.
    chance = Random(f"{seed}:{outlet}:{slug}")  # noqa: S311 - a timetable, not a secret

    def moment(seconds: float) -> float:
        return round(seconds + chance.uniform(-JITTER_SECONDS, JITTER_SECONDS), 3)

    stock = "minutes_before" in data
    at = -60.0 * data["minutes_before"] if stock else moment(data["at"])
    move, gone = data.get("move"), data.get("gone")
    photo = data.get("photo")
    return DemoArticle(
        outlet=outlet,
        slug=slug,
        path=data["path"],
        at=at,
        section=data.get("section", "politics"),
        headline=data["headline"],
        description=data.get("description", ""),
        paragraphs=_paragraphs(data),
        kicker=data.get("kicker", ""),
        authors=tuple(data.get("authors", ())),
        dateline=data.get("dateline", ""),
        credit=data.get("credit", ""),
        keywords=tuple(data.get("keywords", ())),
        photo=Photo(**photo) if photo else None,
        wire=data.get("wire", ""),
        edits=tuple(Edit(**{**edit, "at": moment(edit["at"])}) for edit in data.get("edits", ())),
        moved_at=moment(move["at"]) if move else None,
        moved_path=move["path"] if move else "",
        gone_at=moment(gone["at"]) if gone else None,
        listed=data.get("listed", True),
    )


def _paragraphs(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Own text first, then what is taken over from the wire story."""
    own = _split(data.get("body", ""))
    if not data.get("wire"):
        return own
    wire = _split(_toml(HERE / "wires" / f"{data['wire']}.toml")["body"])
    return own + wire[data.get("wire_from", 1) - 1 : data.get("wire_to", len(wire))]


def _split(text: str) -> tuple[str, ...]:
    return tuple(" ".join(block.split()) for block in text.split("\n\n") if block.strip())
