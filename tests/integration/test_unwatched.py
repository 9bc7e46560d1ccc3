"""What source files ask for is taken up while the daemon runs, or named; on both databases."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from crawler.batch import prepare_database
from crawler.catalogue import read_folder
from crawler.config import Options, load_options
from crawler.schedule.source_files import SourceFiles
from crawler.unwatched import find_unwatched, worst_status
from crawler.workspace import create_workspace
from pipelines.storage.models import Section, Source

Sessions = sessionmaker[Session]


def write(options: Options, slug: str, *, url: str = "", more: str = "") -> Path:
    path = options.sources_folder / f"{slug}.toml"
    path.write_text(
        f'name = "{slug}"\nhome_url = "https://{slug}.example/"\ncountry = "NO"\n'
        f'language = "en"\n{more}\n[[sections]]\nkey = "politics"\nkind = "feed"\n'
        f'url = "{url or f"https://{slug}.example/rss"}"\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture
def options(tmp_path: Path, database_url: str) -> Options:
    create_workspace(tmp_path / "desk")
    options = load_options(tmp_path / "desk", {}, {"database.url": database_url})
    write(options, "valley-post")
    return options


@pytest.fixture
def files(options: Options) -> SourceFiles:
    files = SourceFiles(options)
    files.follow()
    return files


def slugs(files: SourceFiles) -> set[str]:
    return {source.slug for source in files.definitions}


def in_use(sessions: Sessions) -> set[str]:
    with sessions() as session:
        return set(session.scalars(select(Source.slug).join(Section).where(Section.enabled)))


def test_a_new_file_is_taken_up(options: Options, files: SourceFiles, sessions: Sessions) -> None:
    write(options, "harbour-courier")
    files.follow()

    assert slugs(files) == in_use(sessions) == {"valley-post", "harbour-courier"}


@pytest.mark.parametrize("how", ["disabled", "removed"])
def test_what_is_taken_out_of_use_is_left(
    options: Options, files: SourceFiles, sessions: Sessions, how: str
) -> None:
    path = write(options, "harbour-courier")
    files.follow()
    if how == "removed":
        path.unlink()
    else:
        write(options, "harbour-courier", more="enabled = false")
    files.follow()

    assert slugs(files) == in_use(sessions) == {"valley-post"}


def test_a_broken_file_leaves_what_was_and_is_named_once(
    options: Options, files: SourceFiles, sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    (options.sources_folder / "valley-post.toml").write_text("name = ", encoding="utf-8")
    write(options, "harbour-courier")
    for _ in range(3):
        files.follow()

    assert slugs(files) == in_use(sessions) == {"valley-post", "harbour-courier"}
    assert caplog.text.count("not usable") == 1
    with sessions() as session:
        (named,) = find_unwatched(session, options.sources_folder)
    assert (named.source, named.section) == ("valley-post", "")
    assert "valley-post.toml" in named.reason


def test_a_folder_that_lost_all_files_leaves_what_was(
    options: Options, files: SourceFiles, sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    (options.sources_folder / "valley-post.toml").unlink()
    for _ in range(2):
        files.follow()

    assert slugs(files) == in_use(sessions) == {"valley-post"}
    assert caplog.text.count("no source file left") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[fetch]\ndelay_seconds = 3.0\n", "restart"),
        ("# a word to whom it concerns\n[fetch]\n", ""),
        ('[fetch]\n[channels.desk]\nurl = "ntfy://desk"\n', ""),  # taken up by itself
        ("[fetch]\ndelay = 3.0\n", "options of the start go on"),
    ],
)
def test_changed_options_are_said_to_need_a_restart(
    options: Options, text: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = options.workspace / "firstseen.toml"
    path.write_text("[fetch]\n", encoding="utf-8")
    files = SourceFiles(options)
    caplog.set_level(logging.WARNING)
    path.write_text(text, encoding="utf-8")
    for _ in range(2):
        files.follow()

    said = [r.getMessage() for r in caplog.records if r.name.endswith("source_files")]
    assert [told in line for line in said] == ([True] if told else [])


@pytest.mark.parametrize("change", ["new", "address", "enabled again", "none"])
def test_health_names_what_no_run_has_taken_up(
    options: Options, sessions: Sessions, change: str
) -> None:
    more = "enabled = false" if change == "enabled again" else ""
    write(options, "harbour-courier", more=more)
    if change != "new":
        folder = read_folder(options.sources_folder)
        prepare_database(options.database_url, [], folder=folder)
    if change == "address":
        write(options, "harbour-courier", url="https://harbour-courier.example/other.rss")
    if change == "enabled again":
        write(options, "harbour-courier")

    with sessions() as session:
        named = find_unwatched(session, options.sources_folder, ["harbour-courier"])

    assert [one.name for one in named] == ([] if change == "none" else ["harbour-courier/politics"])
    assert worst_status(0, named, watched=2) == (3 if named else 0)
    assert worst_status(0, named, watched=0) == (1 if named else 0)
