"""OperatorError: what the person at the command line can do something about."""

from __future__ import annotations

from typing import ClassVar


class OperatorError(Exception):
    """A fault told in one line that names file, key or address and what to do.

    ``exit_status`` is what the command ends with: 1 failed, 2 wrong usage.
    """

    exit_status: ClassVar[int] = 1


class UsageError(OperatorError):
    """The command line asks for something that does not exist."""

    exit_status = 2
