"""What an analyst may change from the page: save a watch, shape a story. Only when switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pipelines.operator_error import OperatorError
from pipelines.storage.shaping import merge_stories, rename_story, split_story
from pipelines.watch_editing import write_watch
from pipelines.watch_files import WatchFileError
from pipelines.web.desk import Desk
from pipelines.web.pages.forms import Form, field_of, own_form
from pipelines.web.pages.numbers import RowNumber, number_in
from pipelines.web.pages.search import search_page
from pipelines.web.problems import Problem

_LONGEST_TITLE = 300
SentForm = Annotated[Form, Depends(own_form)]


def editing_routes(desk: Desk) -> APIRouter:
    """Return the routes of the forms; each answers 403 while editing is switched off."""
    router = APIRouter()

    @router.post("/watches")
    def save(request: Request, form: SentForm) -> Response:
        try:
            slug = save_watch(desk, form)
        except WatchFileError as error:
            told = str(error).replace(f"{desk.watches_folder}/", "")  # where we run is nobody's
            return search_page(request, desk, field_of(form, "q"), refused=told)
        asked = urlencode({"q": field_of(form, "q"), "saved": slug})
        return RedirectResponse(f"/search?{asked}", 303)

    @router.post("/stories/{story_id}/title")
    def rename(story_id: RowNumber, form: SentForm) -> RedirectResponse:
        title = " ".join(field_of(form, "title").split())[:_LONGEST_TITLE]
        if not title:
            raise Problem(400, "a story needs a title")
        with changing(desk) as session:
            rename_story(session, story_id, title, at=desk.clock())
        return _to_story(story_id)

    @router.post("/stories/{story_id}/parts")
    def split(story_id: RowNumber, form: SentForm) -> RedirectResponse:
        ids = [number for text in form.get("article", ()) if (number := number_in(text))]
        with changing(desk) as session:
            new = split_story(session, story_id, ids, at=desk.clock())
        return _to_story(new)

    @router.post("/stories/{story_id}/merge")
    def merge(story_id: RowNumber, form: SentForm) -> RedirectResponse:
        into = number_in(field_of(form, "into"))
        if into is None:
            raise Problem(400, "name the number of the story that stays")
        with changing(desk) as session:
            merge_stories(session, story_id, into=into, at=desk.clock())
        return _to_story(into)

    return router


def save_watch(desk: Desk, form: Form) -> str:
    """Write the watch a form describes and return its slug. Raises Problem, or WatchFileError."""
    if desk.writing is None or desk.watches_folder is None:
        raise _switched_off()
    slug = field_of(form, "slug")
    channels = [name.strip() for name in field_of(form, "channels").split(",") if name.strip()]
    write_watch(
        desk.watches_folder,
        slug,
        name=field_of(form, "name") or slug.replace("-", " ").capitalize(),
        query=field_of(form, "q"),
        channels=channels,
    )
    return slug


@contextmanager
def changing(desk: Desk) -> Iterator[Session]:
    """Open a transaction; what cannot be done becomes 400 and changes nothing."""
    if desk.writing is None:
        raise _switched_off()
    writing: Callable[[], Session] = desk.writing
    try:
        with writing() as session, session.begin():
            yield session
    except OperatorError as error:
        raise Problem(400, str(error)) from error
    except SQLAlchemyError as error:
        raise Problem(503, "the database took no change; try again") from error


def _switched_off() -> Problem:
    return Problem(403, "editing is switched off; `firstseen web --edit` switches it on")


def _to_story(story_id: int) -> RedirectResponse:
    return RedirectResponse(f"/stories/{story_id}", 303)
