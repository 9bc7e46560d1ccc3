"""Writes a source file whole or not at all, and keeps what it replaces."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crawler.workspace import TAKEN_UP
from pipelines.operator_error import UsageError


def write_source_file(path: Path, text: str) -> None:
    """Put ``text`` into a source file; an earlier text is kept beside it, as SLUG.toml.before.

    Says on standard error what was written. Raises UsageError where it cannot be.
    """
    try:
        if path.exists():
            before = path.with_name(path.name + ".before")
            before.write_bytes(path.read_bytes())
            sys.stderr.write(f"kept {before}\n")
        draft = path.with_name(path.name + ".new")
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)  # noqa: PTH105 - Path.replace is the same call
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    sys.stderr.write(f"wrote {path}\n{TAKEN_UP}\n")
