"""SQLite files that cannot be used: one clear line each, nothing half written."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session

from pipelines.items import ArticleItem
from pipelines.storage import database
from pipelines.storage.database import DatabaseError, explained, open_engine, session_factory
from pipelines.storage.models import Article
from pipelines.storage.schema import require_current, upgrade
from pipelines.store import store_article
from tests.examples import make_item

OpenDatabase = Callable[..., Engine]
NOBODY = 65_534


@pytest.fixture
def filled(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an SQLite database with the schema and the example sources."""
    path = tmp_path / "firstseen.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@contextmanager
def ordinary_user(folder: Path) -> Iterator[None]:
    """Run as a user who may not write everywhere; the tests may have been started by root."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.parents):
        if path.stat().st_uid == 0 and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o011)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def refused(url: str, match: str) -> Iterator[None]:
    """What a command does around its work, and the one line it must end with."""
    with pytest.raises(DatabaseError, match=match) as error, explained(url):
        yield
    assert "\n" not in str(error.value)


def count_articles(url: str) -> int:
    engine = open_engine(url, read_only=True)
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Article)) or 0


def store(url: str, item: ArticleItem | None = None, *, engine: Engine | None = None) -> None:
    with session_factory(engine or open_engine(url)).begin() as session:
        store_article(session, item or make_item())


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "is not a database address"),
        ("firstseen.db", "is not a database address"),
        ("mysql://u:secret@db.example/x", "'mysql' is not supported"),
        ("postgresql://u:secret@db.example:port/x", "is not a database address"),
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:///", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
    ],
)
def test_an_address_that_is_no_database_is_told_without_its_password(url: str, told: str) -> None:
    with pytest.raises(DatabaseError, match=told) as error:
        open_engine(url, create=True)

    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_postgresql_is_always_reached_through_psycopg_3(scheme: str) -> None:
    parsed = database.parse_url(f"{scheme}://u@db.example/x")

    assert parsed.drivername == "postgresql+psycopg"


def test_a_shown_address_hides_the_password() -> None:
    assert database.shown_url("postgresql://u:s3cret@db.example/x") == (
        "postgresql://u:***@db.example/x"
    )


# ---------------------------------------------------------------- files


def test_a_missing_file_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no database there yet; `firstseen crawl` makes it"):
        open_engine(f"sqlite:///{tmp_path}/firstseen.db", read_only=True)

    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"the folder .*/archive does not exist"):
        open_engine(f"sqlite:///{tmp_path}/archive/firstseen.db", create=True)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"PK\x03\x04 a spreadsheet" * 200, b"SQLite format 3\x00"])
def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "firstseen.db"
    path.write_bytes(content)
    url = f"sqlite:///{path}"

    with refused(url, r"firstseen.db: is (not a database|damaged)"):
        upgrade(open_engine(url, create=True))

    assert path.read_bytes() == content


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}"

    with refused(url, "is a folder; name a file in database.url"):
        upgrade(open_engine(url, create=True))


def test_an_empty_database_is_told_apart(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/firstseen.db", create=True)

    with pytest.raises(DatabaseError, match="is empty; `firstseen crawl` fills it"):
        require_current(engine)


@pytest.mark.parametrize("name", ["with blanks", "Übersicht 新聞", "100%", "what?", "a#b", "it's"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    url = f"sqlite:///{quote(str(tmp_path / name))}/firstseen.db"

    upgrade(open_engine(url, create=True))

    assert (tmp_path / name / "firstseen.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_link_to_a_file_is_followed(filled: str, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "firstseen.db")

    require_current(open_engine(f"sqlite:///{tmp_path}/link.db"))

    assert not (tmp_path / "link.db-wal").exists()


def test_a_read_only_file_is_told_and_can_be_read(filled: str, tmp_path: Path) -> None:
    (tmp_path / "firstseen.db").chmod(0o444)

    with ordinary_user(tmp_path), refused(filled, r"cannot be (written|opened); check the perm"):
        store(filled)

    assert count_articles(filled) == 0


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    url = f"sqlite:///{tmp_path}/firstseen.db"

    with ordinary_user(tmp_path), refused(url, "cannot be opened; check the folder's permissions"):
        upgrade(open_engine(url, create=True))

    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- full disks


def limit_pages(engine: Engine, pages: int) -> None:
    """Let a database grow by so many pages of 4 KiB: what a full disk looks like to SQLite."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        (now,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {now + pages}")

    event.listen(engine, "connect", limit)


def test_a_full_disk_is_told_and_nothing_is_half_written(filled: str) -> None:
    engine = open_engine(filled)
    limit_pages(engine, 3)
    big = make_item(article_body=" ".join(f"word{number}" for number in range(20_000)))

    with refused(filled, "the disk is full; nothing was half written"):
        store(filled, big, engine=engine)

    after = open_engine(filled)
    assert count_articles(filled) == 0
    with Session(after) as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    store(filled, big)
    assert count_articles(filled) == 1


def test_a_full_disk_leaves_no_half_schema(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/firstseen.db"
    engine = open_engine(url, create=True)
    limit_pages(engine, 10)

    with refused(url, "the disk is full"):
        upgrade(engine)

    with Session(open_engine(url)) as session:
        assert session.scalar(text("SELECT count(*) FROM sqlite_master")) == 0


# ---------------------------------------------------------------- locks


def hold_lock(path: Path, seconds: float) -> threading.Thread:
    """Hold the write lock as another program would; return once it is held."""
    held = threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        held.set()
        threading.Event().wait(seconds)
        connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    return thread


def test_a_writer_waits_for_another_program(filled: str, tmp_path: Path) -> None:
    holder = hold_lock(tmp_path / "firstseen.db", 0.5)

    store(filled)
    holder.join()

    assert count_articles(filled) == 1


def test_a_reader_waits_for_nobody(filled: str, tmp_path: Path) -> None:
    holder = hold_lock(tmp_path / "firstseen.db", 1.0)

    assert count_articles(filled) == 0
    assert holder.is_alive()

    holder.join()


def test_a_lock_that_never_ends_is_told(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.1)
    holder = hold_lock(tmp_path / "firstseen.db", 0.6)

    with refused(filled, "another program has held the database"):
        store(filled)

    holder.join()
