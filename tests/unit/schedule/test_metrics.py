"""Figures for Prometheus: names by its rules, labels bounded, counters that never fall."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from crawler.batch import BatchReport
from crawler.schedule.metrics import Metrics, MetricsError, serve
from crawler.spiders.looks import EndedLook
from pipelines.looks import LookResult, PageOutcome, SectionLook
from tests.examples import make_link

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://valleypost.example/2026/levy"


def look(outcome: str = "ok", *, baseline: bool = False) -> EndedLook:
    seen = SectionLook("valley-post", "politics", NOON, NOON, outcome)
    return EndedLook(
        seen, LookResult(1, fresh=(make_link("/a"), make_link("/b")), baseline=baseline)
    )


def report(*looks: EndedLook, **more: Any) -> BatchReport:
    stats = {
        "firstseen/stored/new": 2,
        "firstseen/articles/valley-post/politics": 2,
        "downloader/request_count": 5,
        "downloader/response_bytes": 1234,
        "robots/disallowed": 1,
    }
    values: dict[str, Any] = {"looks": looks or (look(),), "pages": (), "stats": stats}
    return BatchReport(**(values | more))


def text(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


def test_a_batch_is_counted() -> None:
    metrics = Metrics()
    page = PageOutcome(URL, URL, "valley-post", "video", NOON, None)

    metrics.batch(report(look(), look("timeout", baseline=True), pages=(page,)), 2.5)

    lines = text(metrics).splitlines()
    for line in (
        'firstseen_looks_total{outcome="ok",source="valley-post"} 1.0',
        'firstseen_looks_total{outcome="timeout",source="valley-post"} 1.0',
        'firstseen_new_links_total{source="valley-post"} 2.0',
        'firstseen_articles_total{outcome="new"} 2.0',
        'firstseen_pages_without_article_total{outcome="video",source="valley-post"} 1.0',
        "firstseen_requests_total 5.0",
        "firstseen_received_bytes_total 1234.0",
        'firstseen_requests_held_back_total{reason="robots"} 1.0',
        'firstseen_batches_total{result="partly"} 1.0',
    ):
        assert line in lines


def test_no_address_ever_becomes_a_label() -> None:
    metrics = Metrics()
    page = PageOutcome(URL, URL, "valley-post", "http-404", NOON, None, detail=URL)

    metrics.batch(report(pages=(page,)), 1.0)

    assert "valleypost.example" not in text(metrics)


def test_names_follow_the_rules_of_prometheus() -> None:
    metrics = Metrics()
    metrics.batch(report(), 1.0)

    for name, kind in re.findall(r"# TYPE (\w+) (\w+)", text(metrics)):
        assert re.fullmatch(r"firstseen_[a-z_]+", name)
        assert name.endswith("_total") is (kind == "counter") or name.endswith("_created"), name


def test_counters_go_on_from_an_earlier_runs_file() -> None:
    first, second = Metrics(), Metrics()
    first.batch(report(), 1.0)

    second.carry_over(text(first))
    second.batch(report(), 1.0)

    assert 'firstseen_articles_total{outcome="new"} 4.0' in text(second)
    assert "firstseen_requests_total 10.0" in text(second)


def test_a_foreign_or_damaged_file_is_not_carried_over() -> None:
    metrics = Metrics()

    metrics.carry_over("# TYPE other counter\nother_total 5\n")
    with pytest.raises(ValueError):
        metrics.carry_over("# TYPE firstseen_requests counter\nfirstseen_requests_total 5\nfirst x")

    assert "other" not in text(metrics)
    assert "firstseen_requests_total 0.0" in text(metrics)


@pytest.mark.parametrize("address", ["9877", "127.0.0.1", ":9877", "127.0.0.1:port", "h:99999"])
def test_an_address_that_is_none_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(MetricsError, match=r'must be like "127\.0\.0\.1:9877"'):
        serve(address, CollectorRegistry())


def test_a_taken_port_is_told_in_one_line() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(MetricsError, match=f"127.0.0.1:{port}: Address already in use"):
            serve(f"127.0.0.1:{port}", CollectorRegistry())
