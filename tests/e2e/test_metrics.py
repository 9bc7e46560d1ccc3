"""Figures of real runs: the file of a single run, and what the daemon serves."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from crawler.demo import DemoWeb
from tests.e2e.running import firstseen, start, wait_until, workspace_for


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Return the samples by name and label values."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_single_runs_leave_a_file_whose_counters_go_on(tmp_path: Path) -> None:
    with DemoWeb(speed=0) as web:
        web.advance(600)
        workspace_for(web, tmp_path, "harbour-courier")
        path = tmp_path / "firstseen.prom"
        words = ("crawl", "--due", "--metrics-file", path)

        first = firstseen(*words, cwd=tmp_path)
        at_first = figures(path.read_text(encoding="utf-8"))
        second = firstseen(*words, cwd=tmp_path)  # nothing is due
        third = firstseen("crawl", "--metrics-file", path, cwd=tmp_path)

    assert [first.status, second.status, third.status] == [0, 0, 0]
    now = figures(path.read_text(encoding="utf-8"))
    new = ("firstseen_articles_total", "new")
    assert now[new] == at_first[new] > 3
    assert now["firstseen_looks_total", "ok", "harbour-courier"] == 1
    assert now["firstseen_looks_total", "unchanged", "harbour-courier"] == 1
    assert now["firstseen_requests_total",] > at_first["firstseen_requests_total",]
    assert now["firstseen_source_last_success_timestamp_seconds", "harbour-courier"] > 1.7e9
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_is_not_there_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    with DemoWeb(speed=0) as web:
        workspace_for(web, tmp_path, "harbour-courier")

        told = firstseen("crawl", "--metrics-file", "no/where.prom", cwd=tmp_path)

        assert (told.status, web.requests) == (1, [])
        assert "the folder no does not exist" in told.err


def test_the_daemon_serves_its_figures(tmp_path: Path) -> None:
    port = free_port()
    with DemoWeb(speed=0) as web:
        web.advance(600)
        workspace_for(web, tmp_path, "harbour-courier")
        process = start("run", cwd=tmp_path, FIRSTSEEN_SCHEDULE_METRICS=f"127.0.0.1:{port}")

        def ask() -> dict[tuple[str, ...], float]:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as reply:
                return figures(reply.read().decode())

        def has_worked() -> bool:
            try:
                return ask().get(("firstseen_batches_total", "done"), 0) >= 1
            except OSError:
                return False

        try:
            wait_until(has_worked, 30)
            seen = ask()
        finally:
            process.terminate()
            process.communicate(timeout=30)

    assert process.returncode == 0
    assert seen["firstseen_leader",] == 1
    assert seen["firstseen_batch_duration_seconds_count",] == 1
    assert seen["firstseen_articles_total", "new"] > 3
    assert seen["firstseen_sections_due",] in (0, 1)  # asked at most every ten seconds
    assert seen["process_open_fds",] > 0
