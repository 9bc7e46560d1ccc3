"""Stories, and one story with its timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, cast

from fastapi import APIRouter, Query, Request, Response

from pipelines.storage.groups import living
from pipelines.storage.models import Story
from pipelines.storage.story_list import Place, StoryFilter, list_stories, story_line
from pipelines.storage.story_members import members_of
from pipelines.web.api.answers import answer, answer_page
from pipelines.web.api.cursors import cursor_text, read_cursor
from pipelines.web.api.parameters import Cursor, Language, Limit, Number, Since, Sources, Until
from pipelines.web.api.records import member_record, story_record
from pipelines.web.api.refusals import LIST_PROBLEMS, ONE_PROBLEMS
from pipelines.web.api.story_models import StoryPage, StoryWithTimeline
from pipelines.web.desk import Desk
from pipelines.web.problems import Problem
from pipelines.web.reading import reading

Baseline = Annotated[
    bool,
    Query(description="Also stories of nothing but articles that were there at the first look."),
]


def story_routes(desk: Desk) -> APIRouter:
    """Return the routes on stories."""
    router = APIRouter(tags=["stories"])

    @router.get("/stories", response_model=StoryPage, responses=LIST_PROBLEMS)
    def stories(
        request: Request,
        since: Since = None,
        until: Until = None,
        sources: Sources = [],  # noqa: B006 - FastAPI copies it
        language: Language = None,
        baseline: Baseline = False,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        """Stories, newest first seen first, with who had each first."""
        wanted = StoryFilter(tuple(sources), language or "", since, until, baseline)
        place = read_cursor(cursor, ("stories", wanted), (datetime, int))
        after = Place(cast(datetime, place[0]), cast(int, place[1])) if place else None
        with reading(desk) as session:
            lines, has_more = list_stories(session, wanted, after=after, limit=limit)
        following = None
        if has_more:
            last = lines[-1].place
            following = cursor_text(("stories", wanted), (last.first_seen_at, last.story_id))
        return answer_page(request, [story_record(line) for line in lines], following)

    @router.get("/stories/{number}", response_model=StoryWithTimeline, responses=ONE_PROBLEMS)
    def one_story(number: Number) -> Response:
        """One story with its articles; also by the number of a story that was merged into it."""
        with reading(desk) as session:
            story = living(session, Story, number)
            if story is None:
                raise Problem(404, f"there is no story {number}")
            line = story_line(story, members_of(session, [story.id])[story.id])
        timeline = [member_record(member) for member in line.members]
        return answer({**story_record(line), "timeline": timeline})

    return router
