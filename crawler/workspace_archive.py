"""The archive a workspace keeps: another one, or none where it was, is never taken for it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session

from crawler.config import Options
from pipelines.storage.database import (
    DatabaseError,
    explained,
    open_engine,
    parse_url,
    real_path,
    session_factory,
    shown_url,
)
from pipelines.storage.identity import archive_id, keep_archive_id
from pipelines.storage.memory_models import ScheduleState
from pipelines.storage.schema import require_current, schema_state, upgrade

MARKER = ".firstseen-archive"
# Written before there is an archive: a crash between the two leaves nothing that looks lost.
_BEGUN = f"{MARKER}.begun"
_WAYS = "restore it, or begin a new archive with `firstseen db create`"
_GONE = f"the archive of this workspace is gone; {_WAYS}"
_ADOPT = "`firstseen db adopt` makes it this workspace's"


def prepare_archive(url: str, folder: Path) -> None:
    """Make the archive of a workspace where there is none yet, and see that it is its own.

    Raises DatabaseError when it is gone, empty, damaged, or another one.
    """
    _refuse_emptied(url, folder)
    with explained(url), _one_at_a_time(folder):
        engine = open_engine(url, create=True)
        try:
            begun = ""
            if schema_state(engine)[0] == "empty":
                begun = _begin(url, folder)
                upgrade(engine)
            require_current(engine)
            _settle(url, engine, folder, begun)
        finally:
            engine.dispose()


def open_archive(url: str, folder: Path, *, read_only: bool = True, own: bool = False) -> Engine:
    """Return an engine on a workspace's archive. Raises DatabaseError, saying what to do.

    Nothing is made. Who writes, or asks for the ``own`` one, is kept from any archive but the
    workspace's; others may read what database.url names.
    """
    _refuse_emptied(url, folder)
    engine = open_engine(url, read_only=read_only)
    try:
        if schema_state(engine)[0] == "empty" and _read(folder / MARKER):
            raise DatabaseError(f"{shown_url(url)}: {_GONE}")
        require_current(engine)
        if own or not read_only:
            require_own(url, engine, folder)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def archive_session(
    options: Options, *, read_only: bool = True, own: bool = False
) -> Iterator[Session]:
    """Give a session on a workspace's archive, in one transaction, as ``open_archive`` opens it.

    What the database says is a DatabaseError of one line.
    """
    url = options.database_url
    with explained(url):
        engine = open_archive(url, options.workspace, read_only=read_only, own=own)
        try:
            with session_factory(engine).begin() as session:
                yield session
        finally:
            engine.dispose()


def require_own(url: str, engine: Engine, folder: Path) -> None:
    """Raise DatabaseError when a database holds another archive than the workspace's."""
    known = _read(folder / MARKER)
    with Session(engine) as session:
        found = archive_id(session)
    if found != known and not (known is None and found == _read(folder / _BEGUN)):
        raise _another(url, known)


def upgrade_archive(url: str, folder: Path) -> tuple[str | None, str]:
    """Bring the schema of a workspace's archive up to date; return the revisions (before, after).

    Makes it where there was none yet. Raises DatabaseError as ``prepare_archive`` does.
    """
    _refuse_emptied(url, folder)
    with explained(url):
        before = None
        engine = open_engine(url, create=True)
        try:
            state, before = schema_state(engine)
            if state == "behind" and inspect(engine).has_table(ScheduleState.__tablename__):
                require_own(url, engine, folder)
            if state != "empty":
                upgrade(engine)
        finally:
            engine.dispose()
    prepare_archive(url, folder)
    with explained(url):
        engine = open_engine(url)
        after = str(schema_state(engine)[1])
        engine.dispose()
    return before, after


def create_archive(url: str, folder: Path) -> None:
    """Begin a new archive in a database that is empty or not there. Raises DatabaseError."""
    parsed = parse_url(url)
    is_file = parsed.get_backend_name() == "sqlite"
    if not is_file or real_path(parsed).is_file():
        with explained(url):
            engine = open_engine(url)
            is_empty = schema_state(engine)[0] == "empty"
            engine.dispose()
        if not is_empty:
            raise DatabaseError(f"{shown_url(url)}: holds an archive already; {_ADOPT}")
    if is_file:
        real_path(parsed).unlink(missing_ok=True)
    for name in (MARKER, _BEGUN):
        (folder / name).unlink(missing_ok=True)
    prepare_archive(url, folder)


def adopt_archive(url: str, folder: Path) -> None:
    """Make what a database holds the archive of a workspace. Raises DatabaseError."""
    with explained(url), _one_at_a_time(folder):
        engine = open_engine(url)
        require_current(engine)
        with session_factory(engine).begin() as session:
            found = archive_id(session)
            if found is None:
                found = uuid4().hex
                keep_archive_id(session, found)
        engine.dispose()
        _write(folder / MARKER, found)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one program at a time decide which archive a workspace keeps."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refuse_emptied(url: str, folder: Path) -> None:
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return
    path = real_path(parsed)
    if path.is_file() and path.stat().st_size == 0:
        raise DatabaseError(f"{shown_url(url)}: is empty (0 bytes); {_WAYS}")
    if not path.exists() and _read(folder / MARKER):
        raise DatabaseError(f"{shown_url(url)}: {_GONE}")


def _begin(url: str, folder: Path) -> str:
    """Return the number of the archive that is about to be made in an empty database."""
    if _read(folder / MARKER):
        raise DatabaseError(f"{shown_url(url)}: {_GONE}")
    number = _read(folder / _BEGUN) or uuid4().hex
    _write(folder / _BEGUN, number)
    return number


def _settle(url: str, engine: Engine, folder: Path, begun: str) -> None:
    """See to it that database and workspace name the same archive.

    ``begun`` is the number of one just made. A database of an earlier release gets a number, and a
    workspace without one takes it. Raises DatabaseError when they name two.
    """
    known = _read(folder / MARKER)
    with session_factory(engine).begin() as session:
        found = archive_id(session)
        if found is None and known is None:
            found = begun or uuid4().hex
            _write(folder / _BEGUN, found)
            keep_archive_id(session, found)
    if known is None and found == _read(folder / _BEGUN):
        (folder / _BEGUN).replace(folder / MARKER)
    elif found != known:
        raise _another(url, known)


def _another(url: str, known: str | None) -> DatabaseError:
    what = "another archive than this workspace's" if known else "another workspace's archive"
    return DatabaseError(f"{shown_url(url)}: holds {what}; {_ADOPT}")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DatabaseError(f"{path}: cannot be read; {_ADOPT}") from error


def _write(path: Path, number: str) -> None:
    try:
        path.write_text(number + "\n", encoding="ascii")
    except OSError as error:
        raise DatabaseError(
            f"{path}: cannot be written: {error.strerror}; the workspace keeps there which archive "
            "is its own"
        ) from error
