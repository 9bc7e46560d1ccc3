"""Publishers are listed, enabled, checked, recorded and tested from the command line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import DemoWeb
from tests.e2e.running import firstseen, workspace_for


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb(speed=0, crawl_delay=0) as started:
        started.advance(8)
        yield started


@pytest.fixture(scope="module")
def workspace(web: DemoWeb, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workspace_for(web, tmp_path_factory.mktemp("sources"), "harbour-courier", "talbote")


def test_a_new_workspace_follows_econotimes_and_says_what_comes_next(tmp_path: Path) -> None:
    done = firstseen("init", "my watch", "--contact", "desk@paper.example", cwd=tmp_path)

    assert (done.status, done.out) == (0, "")
    assert "firstseen crawl" in done.err
    listed = firstseen("sources", "list", "--workspace", "my watch", cwd=tmp_path)
    assert listed.out.splitlines()[1].split()[:2] == ["econotimes", "EconoTimes"]
    config = tomllib.loads((tmp_path / "my watch" / "firstseen.toml").read_text())
    assert config["fetch"]["contact"] == "desk@paper.example"
    again = firstseen("init", "my watch", cwd=tmp_path)
    assert "nothing changed" in again.err


def test_the_catalogue_is_listed_without_a_workspace(tmp_path: Path) -> None:
    everything = firstseen("sources", "list", "--all", "--format", "json", cwd=tmp_path).json()
    german = firstseen("sources", "list", "--all", "--country", "de", cwd=tmp_path)

    slugs = [source["slug"] for source in everything]
    assert "econotimes" in slugs
    assert len({source["country"] for source in everything}) > 20
    lines = german.out.splitlines()
    assert len(lines) == 1 + sum(source["country"] == "DE" for source in everything)


def test_publishers_of_the_catalogue_are_enabled(tmp_path: Path) -> None:
    assert firstseen("init", cwd=tmp_path).status == 0

    done = firstseen("sources", "enable", "the-guardian", "tagesschau", cwd=tmp_path)

    assert done.status == 0
    listed = firstseen("sources", "list", "--format", "json", cwd=tmp_path).json()
    assert [s["slug"] for s in listed] == ["econotimes", "tagesschau", "the-guardian"]
    assert firstseen("sources", "enable", "tagesschau", cwd=tmp_path).status == 2


def test_a_check_stores_nothing_and_says_what_each_section_showed(
    web: DemoWeb, workspace: Path
) -> None:
    done = firstseen("sources", "check", "--format", "json", cwd=workspace)

    assert done.status == 0, done.err
    assert {c["section"]: (c["outcome"], c["problem"]) for c in done.json()} == {
        "harbour-courier/politics": ("ok", None),
        "talbote/politics": ("ok", None),
    }
    assert all(c["articles_read"] > 0 for c in done.json())
    assert not (workspace / "firstseen.db").exists()


def test_a_check_is_honest_about_what_it_could_not_reach(web: DemoWeb, workspace: Path) -> None:
    web.break_outlet("talbote", "html-for-listing")
    try:
        some = firstseen("sources", "check", cwd=workspace)
        none = firstseen("sources", "check", "talbote", cwd=workspace)
    finally:
        web.mend_outlet("talbote")

    assert (some.status, none.status) == (3, 1)
    line = next(line for line in some.out.splitlines() if line.startswith("talbote"))
    assert "not-a-listing" in line
    assert not (workspace / "firstseen.db").exists()


def test_a_recorded_page_is_read_again_and_each_changed_field_told(
    web: DemoWeb, workspace: Path
) -> None:
    article = next(a for a in web.published("harbour-courier") if a.section == "politics")

    recorded = firstseen("sources", "record", article.url, cwd=workspace)
    unchanged = firstseen("sources", "test", cwd=workspace)

    assert recorded.status == 0, recorded.err
    assert recorded.json()["headline"] == article.headline
    assert (unchanged.status, unchanged.out.split()[0]) == (0, "ok")

    expected = next((workspace / "recorded").rglob("expected.json"))
    record = json.loads(expected.read_text(encoding="utf-8"))
    fields = record.get("fields", record)
    fields["headline"] = "What an editor corrected by hand"
    expected.write_text(json.dumps(record), encoding="utf-8")
    changed = firstseen("sources", "test", "harbour-courier", cwd=workspace)

    assert changed.status == 1
    assert "What an editor corrected by hand" in changed.out
    assert article.headline in changed.out


def test_a_page_of_nobody_we_follow_is_not_fetched(workspace: Path, web: DemoWeb) -> None:
    asked_before = len(web.requests)

    done = firstseen("sources", "record", "https://elsewhere.example/a/b", cwd=workspace)

    assert done.status == 2
    assert "name one by --source" in done.err
    assert len(web.requests) == asked_before
