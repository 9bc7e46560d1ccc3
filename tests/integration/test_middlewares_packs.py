"""The guard and robots.txt against collections of hostile input kept beside the checkout."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from protego import Protego
from scrapy import Request
from w3lib.url import safe_url_string

from crawler.middlewares.addresses import AllowList, BlockedAddress, check_url
from crawler.middlewares.host_state import RobotsCopy
from crawler.middlewares.redirects import browser_location
from crawler.middlewares.robots import Rules, robots_text

PACK = Path(__file__).parents[3] / "shared" / "hostile" / "pack"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not PACK.is_dir(), reason="the hostile input pack is not beside the checkout (../shared)"
)


def cases(area: str) -> Iterator[dict[str, Any]]:
    with (PACK / area / "dev" / "cases.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def verdict(url: str) -> str:
    try:
        check_url(url, AllowList())
    except BlockedAddress:
        return "refuse"
    return "may fetch"


def test_the_guard_agrees_with_every_case() -> None:
    judged = [case for case in cases("fetch_guard") if "input" in case]
    wrong = [
        case["input"]
        for case in judged
        if not case["expect"]["verdict"].startswith(verdict(case["input"]))
    ]
    assert judged
    assert wrong == []


def test_robots_txt_is_read_better_than_by_the_parser_alone() -> None:
    ours = alone = total = 0
    for case in cases("robots"):
        expected, token, url = case["expect"], case["user_agent"], case["url"]
        if "allowed" not in expected:
            continue
        total += 1
        text = robots_text(case["robots"].encode("utf-8", "surrogatepass"))
        ours += Rules(RobotsCopy(text, 200, NOON), token).allows(url) == expected["allowed"]
        alone += Protego.parse(case["robots"]).can_fetch(url, token) == expected["allowed"]
    assert ours > alone
    assert ours / total > 0.95


def test_robots_txt_from_the_wild_is_read_quickly_and_html_is_no_rules() -> None:
    for case in cases("robots_wild"):
        body = (PACK / "robots_wild" / "dev" / case["file"]).read_bytes()
        began = time.process_time()
        rules = Rules(RobotsCopy(robots_text(body), 200, NOON), "firstseen")
        allowed = rules.allows("https://news.example.org/politics/a")
        assert time.process_time() - began < 1, case["id"]
        if case.get("looks_html"):
            assert allowed, case["id"]


def test_a_crooked_redirect_leads_where_a_browser_would_go_or_nowhere() -> None:
    known = ("news.example.org", "example.com", "google.com", "www.google.com", "216.58.214.206")
    for case in cases("payload_redirect"):
        try:
            location = safe_url_string(browser_location(case["input"].encode()))
            target = Request(urljoin("https://news.example.org/a/b", location)).url
            host, _ = check_url(target, AllowList())
        except ValueError:
            continue
        except BlockedAddress:
            continue
        assert host in known, case["input"]


def test_the_guard_sees_the_host_a_browser_sees_or_refuses() -> None:
    anywhere = AllowList.parse(["0.0.0.0/0:1-65535", "[::/0]:1-65535"])
    agreed = 0
    for case in cases("urls"):
        expected = case["expect"]
        if "failure" not in expected and "hostname" not in expected:
            continue
        try:
            given = browser_location(case["input"].encode("utf-8", "surrogatepass")).decode()
            url = Request(urljoin(case["base"] or "", given)).url
            host, _ = check_url(url, anywhere)
        except (ValueError, BlockedAddress):
            continue
        assert "failure" not in expected, case["input"]
        assert host == expected["hostname"].strip("[]").rstrip("."), case["input"]
        agreed += 1
    assert agreed > 80
