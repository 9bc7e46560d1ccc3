"""Today: stories newest first, each one line that opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipelines.storage.story_list import (
    Place,
    StoryFilter,
    StoryLine,
    list_stories,
    source_choices,
)
from pipelines.storage.story_members import StoryMember
from pipelines.web.desk import Desk
from pipelines.web.pages.rendering import render, wants_part
from pipelines.web.pages.strips import Scale, scale_of
from pipelines.web.problems import Problem
from pipelines.web.reading import reading

PER_PAGE = 20
_MOST_SHOWN = 6  # articles of one story in the list; its own page shows all
_MOST_DRAWN = 8  # of each kind in one strip; more is one grey bar
_SHORTEST_STRIP = timedelta(minutes=90)  # strips of a list are compared with one another
WINDOWS = {
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


@dataclass(frozen=True)
class ShownStory:
    """A story as its line and its opened part show it."""

    line: StoryLine

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of its sources by slug."""
        return {member.source: member.source_name for member in self.line.members}

    @property
    def first(self) -> tuple[str, ...]:
        """The names of those that were, or may have been, first."""
        return tuple(self.names[slug] for slug in self.line.who_first.first)

    @cached_property
    def scale(self) -> Scale:
        """What its strips show."""
        return scale_of(self.line.members, shortest=_SHORTEST_STRIP)

    @cached_property
    def ranks(self) -> dict[int, tuple[int, tuple[str, ...]]]:
        """Rank, and slugs with which it is undecidable, of each source's earliest article."""
        return {
            placing.sighting.article_id: (placing.rank, placing.undecidable)
            for placing in self.line.who_first.placings
        }

    @cached_property
    def own(self) -> tuple[StoryMember, ...]:
        """The articles with a text of their own that the list shows."""
        return tuple(m for m in self.line.members if not m.is_copy)[:_MOST_SHOWN]

    @cached_property
    def copies(self) -> tuple[StoryMember, ...]:
        """The copies that the list shows."""
        return self.line.copies[:_MOST_SHOWN]

    @cached_property
    def drawn(self) -> tuple[StoryMember, ...]:
        """The articles that the line's own strip shows, those that may have been first on top."""
        firsts = [m for m in self.line.members if self.ranks.get(m.article_id, (2,))[0] == 1]
        ids = {member.article_id for member in firsts}
        others = [m for m in self.line.members if m.article_id not in ids]
        return tuple(reversed([*firsts[:_MOST_DRAWN], *others[:_MOST_DRAWN]]))

    @property
    def left_out(self) -> int:
        """How many articles only the story's own page shows."""
        return len(self.line.members) - len(self.own) - len(self.copies)

    @property
    def doubt(self) -> timedelta | None:
        """By how much the first may have been earlier than seen; None: no telling."""
        placings = self.line.who_first.placings
        doubts = [p.doubt for p in placings if p.rank == 1]
        known = [doubt for doubt in doubts if doubt is not None]
        return max(known) if known and len(known) == len(doubts) else None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its articles, the earliest's first."""
        codes = (member.language.partition("-")[0].lower() for member in self.line.members)
        return tuple(dict.fromkeys(code for code in codes if code))

    def source_of(self, article_id: int | None) -> str:
        """Return the name of the source of one of its articles, "" for others."""
        return next((m.source_name for m in self.line.members if m.article_id == article_id), "")


def today_routes(desk: Desk) -> APIRouter:
    """Return the route of the list."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    def today(
        request: Request,
        source: str = "",
        language: str = "",
        window: str = "",
        baseline: bool = False,
        after: str = "",
    ) -> HTMLResponse:
        now = desk.clock()
        wanted = StoryFilter(
            sources=(source,) if source else (),
            language=language,
            since=now - WINDOWS[window] if window in WINDOWS else None,
            with_baseline=baseline,
        )
        with reading(desk) as session:
            lines, has_more = list_stories(session, wanted, after=read_place(after), limit=PER_PAGE)
            sources = source_choices(session)
            return render(
                request,
                desk,
                session,
                "today_stories.html" if wants_part(request) else "today.html",
                page="today",
                stories=[ShownStory(line) for line in lines],
                more=place_text(lines[-1].place) if has_more else None,
                sources=sources,
                languages=sorted({lang.partition("-")[0] for _, _, lang in sources}),
                chosen={"source": source, "language": language, "window": window},
                baseline=baseline,
                is_first_page=not after,
                windows=WINDOWS,
            )

    return router


def place_text(place: Place) -> str:
    """Return a place in the list as it stands in an address."""
    return f"{place.first_seen_at.astimezone(UTC):%Y%m%dT%H%M%S.%f}~{place.story_id}"


def read_place(text: str) -> Place | None:
    """Return the place an address names, None for none. Raises Problem for another text."""
    if not text:
        return None
    at, _, number = text.partition("~")
    try:
        first_seen_at = datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
        return Place(first_seen_at, int(number))
    except ValueError:
        raise Problem(400, "this page of the list cannot be found; begin at its top") from None
