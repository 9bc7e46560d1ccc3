"""After real crawls, `sources conduct` tells what the outlet itself has seen."""

from __future__ import annotations

from pathlib import Path

from crawler.demo import DemoWeb
from tests.e2e.running import firstseen, workspace_for


def test_the_answer_is_what_the_outlet_saw(tmp_path: Path) -> None:
    with DemoWeb(speed=0) as web:
        web.advance(600)
        workspace_for(web, tmp_path, "harbour-courier", delay=0.05)
        for _ in range(2):
            assert firstseen("crawl", cwd=tmp_path).status == 0
        seen = [request for request in web.requests if request.outlet == "harbour-courier"]

        told = firstseen("sources", "conduct", "harbour-courier", "--format", "json", cwd=tmp_path)

    record = told.json()
    (host,) = record["hosts"]
    assert host["requests"] == len(seen) > 5
    assert host["by_purpose"]["listing"] == 2
    assert host["conditional_share"] == 0.5  # the second look
    assert host["not_modified_share"] == 1.0
    assert host["smallest_gap_seconds"] >= 0.05
    (robots,) = record["robots"]
    assert (robots["http_status"], robots["allows"]) == (200, {"politics": True})

    for_people = firstseen("sources", "conduct", "harbour-courier", cwd=tmp_path)
    assert f"{len(seen)} requests" in for_people.out
    assert "listings asked for conditionally: 50%" in for_people.out


def test_an_unknown_source_is_named_with_a_suggestion(tmp_path: Path) -> None:
    with DemoWeb(speed=0) as web:
        workspace_for(web, tmp_path, "harbour-courier")
        assert firstseen("crawl", cwd=tmp_path).status in (0, 3)

    told = firstseen("sources", "conduct", "harbour-couriers", cwd=tmp_path)

    assert told.status == 2
    assert "did you mean harbour-courier?" in told.err
