"""Scrapy's own commands work in the checkout, without any database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import DemoWeb
from tests.e2e.running import CONTACT, REPOSITORY, Done, run, workspace_for


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb(speed=0, crawl_delay=0) as started:
        yield started


def scrapy(*words: str | Path, **env: str) -> Done:
    return run("scrapy", *words, cwd=REPOSITORY, env=env)


def test_the_spiders_are_listed() -> None:
    assert "news" in scrapy("list").out.split()


def test_the_contracts_of_the_spiders_can_be_checked() -> None:
    done = scrapy("check", "news")

    assert done.status == 0, done.err


def test_a_crawl_writes_articles_and_makes_no_database(web: DemoWeb, tmp_path: Path) -> None:
    folder = workspace_for(web, tmp_path, "harbour-courier", "talbote")
    out = tmp_path / "out.jsonl"

    done = scrapy(
        *("crawl", "news", "-a", "source=talbote", "-a", f"sources_folder={folder / 'sources'}"),
        *("-O", out),
        FIRSTSEEN_FETCH_ALLOW=",".join(o.host_port for o in web.outlets),
        FIRSTSEEN_FETCH_CONTACT=CONTACT,
    )

    assert done.status == 0, done.err
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    expected = {a.url for a in web.published("talbote") if a.section == "politics"}
    assert {record["url"] for record in records} == expected
    assert {record["@type"] for record in records} == {"NewsArticle"}
    assert all(record["firstSeenAt"].endswith("Z") for record in records)
    assert list(tmp_path.rglob("*.db")) == []
    assert {r.user_agent for r in web.requests} == {f"firstseen/0.1.0 (+{CONTACT})"}


@pytest.mark.parametrize("argument", ["source=no-such-paper", "sorce=econotimes"])
def test_a_wrong_argument_is_told(argument: str) -> None:
    done = scrapy("crawl", "news", "-a", argument)

    assert "unknown" in done.err
