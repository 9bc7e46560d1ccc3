"""Who had it first, what was edited, when we looked: asked of what a demonstration left."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Revision
from tests.e2e.conftest import Demonstration
from tests.e2e.running import firstseen


@pytest.fixture
def workspace(demonstration: Demonstration, tmp_path: Path) -> Path:
    """A copy of the demonstration's workspace, to be changed."""
    return Path(shutil.copytree(demonstration.folder, tmp_path / "workspace"))


def test_stories_tell_who_had_them_first(demonstration: Demonstration) -> None:
    told = firstseen("stories", "--baseline", "--format", "json", cwd=demonstration.folder)

    stories = told.json()
    assert told.status == 0
    shared = [story for story in stories if len(story["sources"]) > 1]
    assert shared
    for story in shared:
        assert story["sources"][0]["rank"] == 1
        assert set(story["first"]) <= {source["source"] for source in story["sources"]}
        assert 1 <= story["independentPublishers"] <= len(story["sources"])
    one = firstseen("stories", "--story", str(shared[0]["id"]), cwd=demonstration.folder)
    assert shared[0]["sources"][0]["headline"] in one.out


def test_what_an_analyst_shapes_is_shown_by_old_and_new_numbers(workspace: Path) -> None:
    stories = firstseen("stories", "--baseline", "--format", "json", cwd=workspace).json()
    kept, gone = (str(story["id"]) for story in stories[:2])

    assert firstseen("stories", "merge", gone, kept, cwd=workspace).status == 0
    assert firstseen("stories", "rename", kept, "A day in Westhaven", cwd=workspace).status == 0

    (merged,) = firstseen("stories", "--story", gone, "--format", "json", cwd=workspace).json()
    assert (str(merged["id"]), merged["title"]) == (kept, "A day in Westhaven")
    articles = [str(source["article"]) for source in stories[1]["sources"]]
    assert firstseen("stories", "split", kept, *articles, cwd=workspace).status == 0
    assert firstseen("stories", "merge", kept, kept, cwd=workspace).status == 2


def test_two_articles_of_a_story_are_explained(demonstration: Demonstration) -> None:
    stories = firstseen("stories", "--baseline", "--format", "json", cwd=demonstration.folder)
    shared = next(story for story in stories.json() if len(story["sources"]) > 1)
    numbers = [str(source["article"]) for source in shared["sources"][:2]]

    told = firstseen("stories", "explain", *numbers, cwd=demonstration.folder)

    assert told.out.startswith(f"one story ({shared['id']})")
    assert firstseen("stories", "explain", "1", "99999", cwd=demonstration.folder).status == 2


def test_an_edit_is_shown_in_the_terminal_and_as_a_page(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    engine = open_engine(f"sqlite:///{demonstration.folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        edited = session.scalars(select(Revision.article_id).where(Revision.number == 2)).first()

    shown = firstseen("diff", str(edited), cwd=demonstration.folder)
    page = tmp_path / "edit.html"
    written = firstseen("diff", str(edited), "--html", page, cwd=demonstration.folder)

    assert shown.status == written.status == 0
    assert "{+" in shown.out or "[-" in shown.out
    assert re.search("<(?:ins|del)>", page.read_text(encoding="utf-8"))
    assert firstseen("diff", "99999", cwd=demonstration.folder).status == 2
    assert firstseen("diff", str(edited), "--to", "77", cwd=demonstration.folder).status == 2


def test_coverage_shows_every_section_and_when_nobody_looked(
    demonstration: Demonstration,
) -> None:
    drawn = firstseen("coverage", "--all", "--since", "1h", cwd=demonstration.folder)
    told = firstseen(
        "coverage", "--all", "--since", "1h", "--format", "json", cwd=demonstration.folder
    )

    sections = told.json()
    assert drawn.status == told.status == 0
    assert len(drawn.out.splitlines()) > len(sections)
    assert any(section["completed"] for section in sections)
    assert any("·" in line for line in drawn.out.splitlines()[1:])  # before it began
    assert firstseen("coverage", cwd=demonstration.folder).status == 2


def test_a_backfill_completes_what_lacks_and_then_finds_nothing(workspace: Path) -> None:
    engine = open_engine(f"sqlite:///{workspace / 'firstseen.db'}")
    with session_factory(engine).begin() as session:
        session.execute(update(Article).values(last_checked_at=None, next_check_at=None))
        count = session.scalar(select(func.count()).select_from(Article))
    engine.dispose()

    first = firstseen("db", "backfill", cwd=workspace)
    again = firstseen("db", "backfill", cwd=workspace)

    assert (first.status, again.status) == (0, 0)
    assert f"completed {count} articles" in first.err
    assert "nothing to complete" in again.err
