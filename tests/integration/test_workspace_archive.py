"""A workspace keeps to its archive: a lost one is not begun anew, another is not taken for it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from crawler.workspace_archive import MARKER, adopt_archive, create_archive, prepare_archive
from pipelines.storage.database import DatabaseError, open_engine
from pipelines.storage.schema import upgrade
from tests.conftest import run_on_server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "workspace"
    path.mkdir()
    return path


def refused(url: str, folder: Path, told: str) -> None:
    with pytest.raises(DatabaseError) as error:
        prepare_archive(url, folder)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_the_first_run_makes_it_and_further_runs_know_it(
    empty_database_url: str, folder: Path
) -> None:
    for _ in range(3):
        prepare_archive(empty_database_url, folder)
    assert (folder / MARKER).read_text().strip()


def test_a_database_of_an_earlier_release_is_adopted_once(database_url: str, folder: Path) -> None:
    prepare_archive(database_url, folder)
    number = (folder / MARKER).read_text()
    prepare_archive(database_url, folder)
    assert (folder / MARKER).read_text() == number


def test_a_database_that_was_emptied_is_refused_until_one_is_begun(
    dialect: str, empty_database_url: str, folder: Path
) -> None:
    prepare_archive(empty_database_url, folder)
    number = (folder / MARKER).read_text()
    if dialect == "sqlite":
        Path(empty_database_url.removeprefix("sqlite:///")).unlink()
    else:
        run_on_server(empty_database_url, "DROP SCHEMA public CASCADE")
        run_on_server(empty_database_url, "CREATE SCHEMA public")

    refused(empty_database_url, folder, "is gone; restore it, or begin a new archive with")
    if dialect == "sqlite":
        assert not Path(empty_database_url.removeprefix("sqlite:///")).exists()
    create_archive(empty_database_url, folder)
    prepare_archive(empty_database_url, folder)
    assert (folder / MARKER).read_text() != number


@pytest.mark.parametrize("is_known", [True, False])
def test_an_empty_file_is_refused(is_known: bool, tmp_path: Path, folder: Path) -> None:
    url, path = f"sqlite:///{tmp_path}/firstseen.db", tmp_path / "firstseen.db"
    if is_known:
        prepare_archive(url, folder)
    path.write_bytes(b"")

    refused(url, folder, "is empty (0 bytes)")
    assert path.stat().st_size == 0
    create_archive(url, folder)


def test_another_archive_is_refused_until_it_is_adopted(
    empty_database_url: str, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    prepare_archive(empty_database_url, other)

    refused(empty_database_url, folder, "another workspace's archive; `firstseen db adopt`")
    prepare_archive(f"sqlite:///{tmp_path}/own.db", folder)
    refused(empty_database_url, folder, "another archive than this workspace's")
    with pytest.raises(DatabaseError, match="holds an archive already"):
        create_archive(empty_database_url, folder)

    adopt_archive(empty_database_url, folder)
    prepare_archive(empty_database_url, folder)
    prepare_archive(empty_database_url, other)


def test_a_backup_without_a_number_is_refused_and_can_be_adopted(
    database_url: str, folder: Path, tmp_path: Path, open_database: Callable[..., Engine]
) -> None:
    prepare_archive(f"sqlite:///{tmp_path}/own.db", folder)
    refused(database_url, folder, "another archive than this workspace's")
    adopt_archive(database_url, folder)
    prepare_archive(database_url, folder)


def test_a_moved_workspace_and_a_restored_backup_are_the_same_archive(
    folder: Path, tmp_path: Path
) -> None:
    prepare_archive(f"sqlite:///{folder}/firstseen.db", folder)
    backup = tmp_path / "backup.db"
    with sqlite3.connect(folder / "firstseen.db") as source, sqlite3.connect(backup) as target:
        source.backup(target)
    moved = folder.rename(tmp_path / "moved")
    (moved / "firstseen.db").unlink()
    shutil.copy(backup, moved / "firstseen.db")

    prepare_archive(f"sqlite:///{moved}/firstseen.db", moved)


def test_a_crash_while_it_is_made_leaves_nothing_that_looks_lost(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/firstseen.db"
    for step in ("upgrade", "_settle"):
        with monkeypatch.context() as patch:

            def die(*_: object, **__: object) -> None:
                raise KeyboardInterrupt

            patch.setattr(f"crawler.workspace_archive.{step}", die)
            with pytest.raises(KeyboardInterrupt):
                prepare_archive(url, folder)
    prepare_archive(url, folder)
    prepare_archive(url, folder)


def test_a_file_that_is_exchanged_while_we_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "firstseen.db"
    engine = open_engine(f"sqlite:///{path}", create=True)
    upgrade(engine)
    other = open_engine(f"sqlite:///{tmp_path}/other.db", create=True)
    upgrade(other)
    (tmp_path / "other.db").replace(path)

    with pytest.raises(DatabaseError, match="was exchanged"), Session(engine) as session:
        session.execute(text("SELECT 1"))
