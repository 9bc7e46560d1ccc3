"""Cursors: good for their own list, and for nothing else."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.web.api.cursors import cursor_text, read_cursor
from pipelines.web.problems import Problem
from tests.examples import NOON

OF = ("articles", "q", None, ("valley-post",))


def test_a_cursor_leads_back_to_its_place() -> None:
    text = cursor_text(OF, (NOON, 7))

    assert read_cursor(text, OF, (datetime, int)) == [NOON, 7]
    assert text.isascii()
    assert not set(text) & set("+/=&?#%")  # it stands in addresses


def test_there_may_be_no_cursor() -> None:
    assert read_cursor(None, OF, (int,)) is None
    assert read_cursor("", OF, (int,)) is None


@pytest.mark.parametrize("of", [("articles",), ("stories", "q", None, ("valley-post",)), ()])
def test_a_cursor_of_another_list_is_refused(of: tuple[object, ...]) -> None:
    with pytest.raises(Problem, match="no cursor of this list") as told:
        read_cursor(cursor_text(OF, (NOON, 7)), of, (datetime, int))
    assert told.value.status == 400


def forged(*values: object) -> str:
    text = cursor_text(OF, (1,))
    mark = json.loads(base64.urlsafe_b64decode(text + "=="))[0]
    return base64.urlsafe_b64encode(json.dumps([mark, *values]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "values",
    [
        (),
        (1,),
        (NOON.isoformat(), 1, 2),
        (NOON.isoformat(), "1"),
        (NOON.isoformat(), True),
        (NOON.isoformat(), -1),
        (NOON.isoformat(), 2**63),
        (NOON.isoformat(), 1.5),
        ("2026-11-23T12:00:00", 1),  # without a zone
        ("0001-01-01T00:00:00+14:00", 1),  # before all times
        ("yesterday", 1),
        (None, 1),
    ],
)
def test_values_of_another_kind_are_refused(values: tuple[object, ...]) -> None:
    with pytest.raises(Problem):
        read_cursor(forged(*values), OF, (datetime, int))


@given(st.text(max_size=80))
def test_any_text_is_refused_or_read(text: str) -> None:
    with contextlib.suppress(Problem):  # and nothing else is raised
        read_cursor(text, OF, (datetime, int))


def test_times_of_other_zones_are_the_same_moments() -> None:
    oslo = NOON.astimezone(timezone(timedelta(hours=1)))

    assert read_cursor(cursor_text(OF, (oslo,)), OF, (datetime,)) == [NOON.astimezone(UTC)]
