"""Reads the fields of a page apart from each other: one field's fault costs that field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")


class UnreadablePage(Exception):  # noqa: N818 - the situation, not an error of somebody's call
    """What a page cannot do without - its blocks, headline or body - raised: ``part: Type``."""


class FieldFaults:
    """The faults of one page's reading: field -> type of what its reading raised.

    No text of an exception is kept: it may quote the page.
    """

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    @property
    def found(self) -> Mapping[str, str]:
        """The faults so far, the first of each field."""
        return dict(self._found)

    @contextmanager
    def apart(self, name: str) -> Iterator[None]:
        """Let what raises inside leave its field as it was."""
        try:
            yield
        except Exception as error:  # whatever a page can do to one field, the others stand
            cause = error.__cause__ if isinstance(error, UnreadablePage) else None
            self._found.setdefault(name, type(cause or error).__name__)

    def read(self, name: str, read: Callable[[], _T], otherwise: _T) -> _T:
        """Return what ``read`` returns, or ``otherwise`` where it raises."""
        with self.apart(name):
            return read()
        return otherwise


@contextmanager
def needed(part: str) -> Iterator[None]:
    """Turn what raises inside into UnreadablePage: without this part there is no article."""
    try:
        yield
    except UnreadablePage:
        raise
    except Exception as error:
        raise UnreadablePage(f"{part}: {type(error).__name__}") from error
