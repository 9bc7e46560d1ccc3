"""docs/conduct.md says what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

from crawler.middlewares import FETCH_SETTINGS
from crawler.middlewares.addresses import WEB_PORTS, AllowList
from crawler.middlewares.outcomes import Outcome
from crawler.middlewares.redirects import MAX_REDIRECTS
from crawler.middlewares.retry_after import RETRY_STATUSES
from crawler.middlewares.whole_response import MAX_BYTES, MEGABYTE, SITEMAP_BYTES

CONDUCT = (Path(__file__).parents[2] / "docs" / "conduct.md").read_text(encoding="utf-8")
PLAIN = " ".join(CONDUCT.split())


def test_every_outcome_is_listed() -> None:
    assert [word for word in get_args(Outcome) if f"`{word}`" not in CONDUCT] == []


def test_the_example_of_exceptions_can_be_used() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", CONDUCT, re.DOTALL)
    allowed = tomllib.loads(example)["fetch"]["allow"]
    assert len(AllowList.parse(allowed).entries) == 5


def test_the_numbers_are_the_defaults() -> None:
    assert f"Up to {FETCH_SETTINGS['RETRY_AFTER_MAX_WAIT']:.0f} seconds are sat out" in PLAIN
    assert f"requests, up to {FETCH_SETTINGS['CRAWL_DELAY_CAP']:.0f} seconds" in PLAIN
    assert f"more than {FETCH_SETTINGS['CRAWL_DELAY_LONG']:.0f} seconds is visited" in PLAIN
    assert f"{FETCH_SETTINGS['DOWNLOAD_TIMEOUT']} seconds in all" in PLAIN
    assert (FETCH_SETTINGS["LANE_GAP"], "with one second between a reply" in PLAIN) == (1.0, True)
    assert (MAX_REDIRECTS, "six redirects" in PLAIN) == (6, True)
    assert f"{MAX_BYTES['article'] // MEGABYTE} MB for a page" in PLAIN
    assert f"{MAX_BYTES['listing'] // MEGABYTE} MB for a feed" in PLAIN
    assert f"{SITEMAP_BYTES // MEGABYTE} MB for a sitemap" in PLAIN
    assert all(str(port) in PLAIN for port in WEB_PORTS)
    assert all(str(status) in PLAIN for status in RETRY_STATUSES - {521, 522, 523})
