"""Opens the database for one answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from pipelines.operator_error import OperatorError, UsageError
from pipelines.web.desk import Desk
from pipelines.web.problems import Problem


@contextmanager
def reading(desk: Desk) -> Iterator[Session]:
    """Open a session to read; what is not there becomes 404, a database in trouble 503."""
    try:
        with desk.sessions() as session:
            yield session
    except UsageError as error:
        raise Problem(404, str(error)) from error
    except OperatorError as error:
        raise Problem(503, str(error), headers={"Retry-After": "10"}) from error
