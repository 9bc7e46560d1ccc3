"""Looks, and the ledger of a run without a database."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.looks import MemoryLedger
from tests.examples import NOON, make_look
from tests.integration.test_storage_looks import make_page


@pytest.mark.parametrize(
    ("outcome", "is_whole", "is_answered"),
    [
        ("ok", True, True),
        ("unchanged", True, True),
        ("partial", False, True),
        ("sparse", False, True),
        ("all-filtered", False, False),
        ("moved", False, False),
        ("timeout", False, False),
        ("http-500", False, False),
        ("stopped", False, False),
    ],
)
def test_only_a_whole_look_can_prove_absence(
    outcome: str, is_whole: bool, is_answered: bool
) -> None:
    look = make_look(outcome=outcome)

    assert (look.is_whole, look.is_answered) == (is_whole, is_answered)


def test_without_a_database_every_address_is_new_once() -> None:
    ledger = MemoryLedger()

    first = asyncio.run(ledger.record_look(make_look("/a-1", "/b-2")))
    second = asyncio.run(ledger.record_look(make_look("/b-2", "/c-3", minute=15)))

    assert [found.link.url[-4:] for found in first.to_fetch] == ["/a-1", "/b-2"]
    assert [found.link.url[-4:] for found in second.to_fetch] == ["/c-3"]
    assert {found.first_seen_at for found in first.to_fetch} == {NOON}
    assert len(ledger.looks) == 2


def test_without_a_database_pages_are_kept_for_the_summary() -> None:
    ledger = MemoryLedger()

    asyncio.run(ledger.record_page(make_page("/a-1")))

    assert [page.outcome for page in ledger.pages] == ["timeout"]
