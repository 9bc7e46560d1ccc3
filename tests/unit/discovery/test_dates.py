"""Dates of feeds and sitemaps."""

from __future__ import annotations

import pytest

from crawler.discovery.dates import parse_date


@pytest.mark.parametrize(
    ("claim", "moment"),
    [
        ("Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00:00"),
        ("Mon, 23 Nov 2026 10:00:00 +0100", "2026-11-23T09:00:00"),
        ("Mon, 23 Nov 2026 10:00:00 -0500 (EST)", "2026-11-23T15:00:00"),
        ("Mon, 23 Nov 26 10:00 EST", "2026-11-23T15:00:00"),
        ("Thu,28 Jul 2022 4:35:5 GMT+9", "2022-07-27T19:35:05"),
        ("23 Nov 2026", "2026-11-23T00:00:00"),
        ("Mon Nov 23 10:00:00 +0000 2026", "2026-11-23T10:00:00"),
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00"),
        ("2026-11-23T10:00:00.123456+01:00", "2026-11-23T09:00:00"),
        ("2026-11-23 10:00:00", "2026-11-23T10:00:00"),
        ("2026-11-23T10:00+0530", "2026-11-23T04:30:00"),
        ("2026-11-23", "2026-11-23T00:00:00"),
        ("20261123T101112Z", "2026-11-23T10:11:12"),
        ("2026-11-23T24:00:00Z", "2026-11-24T00:00:00"),
        ("23.11.2026 14:05", "2026-11-23T14:05:00"),
        ("11/23/2026 2:05 PM", "2026-11-23T14:05:00"),
        ("lun., 23 nov. 2026 10:00:00 +0100", "2026-11-23T09:00:00"),
        ("23 novembre 2026", "2026-11-23T00:00:00"),
        ("12 марта 2024 10:00", "2024-03-12T10:00:00"),
        ("2004-05-25 오후 11:23:17", "2004-05-25T14:23:17"),
    ],
)
def test_a_claim_becomes_a_moment_in_utc(claim: str, moment: str) -> None:
    assert parse_date(claim) is not None
    assert f"{parse_date(claim):%Y-%m-%dT%H:%M:%S%z}" == moment + "+0000"


@pytest.mark.parametrize(
    "claim",
    [None, "", "soon", "2026-13-01", "2026-02-30", "2013-01-28T09:xx:00Z", "25:99", "013",
     "Sun, 16 zzz 2012 11:47:32 GMT", "2013-01-28T11:30:00-06:00Textra", "0001-01-01T00:00:00Z",
     "Mon, 23 Nov 2026 25:00:00 GMT", "9" * 10_000, "2026-11-" * 5000, "2013-01-27-01"],
)  # fmt: skip
def test_what_is_no_date_is_never_made_one(claim: str | None) -> None:
    assert parse_date(claim) is None
