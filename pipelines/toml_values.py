"""Reads TOML files and checks their values; a fault names file and key, and what is accepted."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from pipelines.operator_error import OperatorError

#: Returns the value as it is used. Raises ValueError with what is accepted: "a non-empty text".
Check = Callable[[object], object]

#: A name of ours: of a source, section, watch. No longer than the database keeps.
SLUG = re.compile(r"(?!.{101})[a-z0-9]+(?:-[a-z0-9]+)*")


def read_toml(path: Path, fault: type[OperatorError]) -> dict[str, Any]:
    """Return what a TOML file says. Raises ``fault`` for what cannot be read or is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise fault(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise fault(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise fault(f"{path}: is not valid TOML: {error}") from error


def checked(
    table: object,
    checks: Mapping[str, Check],
    *,
    where: str,
    fault: type[OperatorError],
    needed: Collection[str] = (),
) -> dict[str, Any]:
    """Return a table's values, each as the check of its key made it.

    Raises ``fault``, which begins with ``where``, for a key that has no check, one of ``needed``
    that is missing, and a value that its check refuses.
    """
    if not isinstance(table, dict):
        raise fault(f"{where} must be written as a table")
    if unknown := sorted(set(table) - set(checks)):
        raise fault(f"{where}: unknown key {unknown}; known keys are {sorted(checks)}")
    if missing := [name for name in needed if name not in table]:
        raise fault(f"{where}: {missing} must be given")
    values = {}
    for key, value in table.items():
        try:
            values[key] = checks[key](value)
        except ValueError as error:
            raise fault(f"{where}: {key} = {value!r} must be {error}") from error
    return values


def text(value: object) -> str:
    """Accept a text that says something; without the blanks around it."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a non-empty text")
    return value.strip()


def texts(value: object) -> tuple[str, ...]:
    """Accept a list of texts that each say something."""
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise ValueError("a list of texts")
    return tuple(value)


def truth(value: object) -> bool:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def matching(pattern: re.Pattern[str], wanted: str) -> Callable[[object], str]:
    """Accept a text that is of a pattern as a whole; ``wanted`` says it in words."""

    def check(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(wanted)
        return value

    return check


def one_of(*choices: str) -> Callable[[object], str]:
    """Accept one of these words."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value

    return check
