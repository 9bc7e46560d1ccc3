"""Story: who had it when, whose text is whose, what was edited, and why it is one story."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from pipelines.operator_error import UsageError
from pipelines.storage.groups import living
from pipelines.storage.models import Story
from pipelines.storage.story_list import StoryLine, story_line
from pipelines.storage.story_members import StoryMember, members_of
from pipelines.storage.wordings import article_with_source, latest_edits
from pipelines.story_reasons import story_reasons
from pipelines.web.desk import Desk
from pipelines.web.pages.edits import told_edit
from pipelines.web.pages.forms import form_token
from pipelines.web.pages.numbers import RowNumber, number_in
from pipelines.web.pages.rendering import render, wants_part
from pipelines.web.pages.side_by_side import SideBySide, side_by_side
from pipelines.web.pages.strips import scale_of
from pipelines.web.pages.today import ShownStory
from pipelines.web.reading import reading

_MOST_ARTICLES = 300  # on one page; a story that large is read in SQL
_MOST_EDITS = 6


def story_routes(desk: Desk) -> APIRouter:
    """Return the routes of one story."""
    router = APIRouter()

    @router.get("/stories/{story_id}", response_class=HTMLResponse)
    def story(request: Request, story_id: RowNumber, compare: str = "") -> Any:
        with reading(desk) as session:
            found = _living(session, story_id)
            if found.id != story_id:
                return RedirectResponse(f"/stories/{found.id}", 301)
            members = members_of(session, [found.id])[found.id]
            line = story_line(found, members)
            pair = _pair(session, line, number_in(compare))
            if wants_part(request) and pair is not None:
                return render(request, desk, session, "story_pair.html", page="today", pair=pair)
            return render(
                request,
                desk,
                session,
                "story.html",
                page="today",
                **_shown(session, line),
                pair=pair,
                token=form_token(),
            )

    return router


def _shown(session: Session, line: StoryLine) -> dict[str, Any]:
    """Return what the page shows of a story."""
    members = line.members[:_MOST_ARTICLES]
    ids = [member.article_id for member in members]
    edited = [member.article_id for member in members if member.edits]
    return {
        "story": ShownStory(line),
        "members": members,
        "left_out": len(line.members) - len(members),
        "by_id": {member.article_id: member for member in members},
        "scale": scale_of(members) if members else None,
        "edits": [told_edit(*step) for step in latest_edits(session, edited, most=_MOST_EDITS)],
        "why": story_reasons(session, ids) if len(ids) > 1 else None,
    }


def _living(session: Session, story_id: RowNumber) -> Story:
    story = living(session, Story, story_id)
    if story is None:
        raise UsageError(f"there is no story {story_id}")
    return story


def _pair(session: Session, line: StoryLine, wanted: int | None) -> SideBySide | None:
    """Return the copy that was asked for, or the first one, beside the text it repeats."""
    copies = [m for m in line.members if m.repeats is not None and m.copy_kind]
    chosen = next((m for m in copies if m.article_id == wanted), None) or _telling(copies)
    if chosen is None or chosen.repeats is None:
        return None
    earlier = article_with_source(session, chosen.repeats)
    later = article_with_source(session, chosen.article_id)
    return side_by_side(earlier, later) if earlier and later else None


def _telling(copies: list[StoryMember]) -> StoryMember | None:
    """The first copy that was changed; where all are exact, the first."""
    changed = (m for m in copies if m.copy_share is not None and m.copy_share < 1)
    return next(changed, None) or next(iter(copies), None)
