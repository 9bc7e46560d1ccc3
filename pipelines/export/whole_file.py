"""A file that appears when it is whole, and leaves what was there alone until then."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipelines.operator_error import OperatorError


class OutputFileError(OperatorError):
    """The output file could not be written; what was there before is untouched."""


@contextmanager
def whole_file(name: str) -> Iterator[BinaryIO]:
    """Write to a neighbour of the file and put it into the file's place at the end.

    Whatever ends it early leaves the old file, or none. What is no ordinary file (a pipe, a
    device) is written to directly. Raises OutputFileError.
    """
    try:
        path = Path(name).resolve()  # a link stays one; its target is replaced
        if path.exists() and not path.is_file():
            if path.is_dir():
                raise OutputFileError(f"{name} is a folder; name a file in it")
            with path.open("wb") as stream:
                yield stream
            return
        with _neighbour(path) as stream:
            yield stream
    except BrokenPipeError:
        raise  # whoever read the pipe has seen enough
    except OSError as error:
        # Errors of the database are other ones; this is the file's.
        raise OutputFileError(f"{name}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _neighbour(path: Path) -> Iterator[BinaryIO]:
    fresh = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    try:  # a signal may be waiting when the file has just been made
        # Owner and rights as any new file has; O_EXCL follows no link somebody may have put there.
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(handle)  # a full disk may only be noticed here
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o7777)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
