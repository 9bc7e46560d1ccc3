"""Figures for Prometheus: served by the daemon, or written to a file by a single run.

Names follow Prometheus' rules: base units, ``_total`` for counters. Labels are bounded: sources and
closed sets of words, never an address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    start_http_server,
    write_to_textfile,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from crawler.batch import BatchReport
from pipelines.operator_error import OperatorError
from pipelines.storage.database import open_engine
from pipelines.storage.metric_queries import (
    SourceFreshness,
    deliveries_by_state,
    due_sections,
    failing_sections,
    freshness_by_source,
)

_BATCH_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600)  # the deadline of a batch is 600
_ASK_AGAIN_SECONDS = 10.0  # two scrapers together ask the database once
_RESULTS = {0: "done", 1: "failed", 3: "partly"}
_STORED = "firstseen/stored/"
#: Why a request was not sent, in Scrapy's statistics of a run.
_HELD_BACK = {"robots/disallowed": "robots", "robots/unreachable": "robots-unreachable"}


class MetricsError(OperatorError):
    """The figures cannot be served or written where the options say."""


class DatabaseCollector(Collector):
    """Reads the state of the database when it is asked, at most every few seconds."""

    def __init__(
        self, url: str, now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = open_engine(url, read_only=True)
        self._now, self._clock = now, clock
        self._kept: list[Metric] = []
        self._asked_at = float("-inf")

    def describe(self) -> Iterable[Metric]:
        """Name nothing in advance: the registry must not ask the database while it is built."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; none while the database cannot be read, which shows as a gap."""
        if self._clock() - self._asked_at >= _ASK_AGAIN_SECONDS:
            self._kept = []
            with suppress(SQLAlchemyError), Session(self._engine) as session:
                self._kept = list(self._read(session))
            self._asked_at = self._clock()
        yield from self._kept

    def _read(self, session: Session) -> Iterator[Metric]:
        now = self._now()
        yield from _freshness(freshness_by_source(session), now)
        due = due_sections(session, now=now)
        yield GaugeMetricFamily("firstseen_sections_due", "Sections waiting for a look.", due)
        failing = GaugeMetricFamily(
            "firstseen_sections_failing",
            "Sections whose last look failed, by how it ended.",
            labels=["outcome"],
        )
        for outcome, count in failing_sections(session).items():
            failing.add_metric([outcome], count)
        yield failing
        waiting = GaugeMetricFamily(
            "firstseen_deliveries", "Deliveries of alerts by state.", labels=["state"]
        )
        for state, count in deliveries_by_state(session).items():
            waiting.add_metric([state], count)
        yield waiting

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _freshness(sources: dict[str, SourceFreshness], now: datetime) -> Iterator[Metric]:
    success = GaugeMetricFamily(
        "firstseen_source_last_success_timestamp_seconds",
        "When a look at one of the source's sections last succeeded.",
        labels=["source"],
    )
    lag = GaugeMetricFamily(
        "firstseen_source_lag_seconds",
        "How long the source's longest waiting section has been due.",
        labels=["source"],
    )
    for slug, fresh in sources.items():
        if fresh.last_success_at is not None:
            success.add_metric([slug], fresh.last_success_at.timestamp())
        if fresh.due_since is not None:
            lag.add_metric([slug], max(0.0, (now - fresh.due_since).total_seconds()))
    yield success
    yield lag


class Metrics:
    """The figures of one process. ``registry`` holds them all."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        Info("firstseen_build", "The version at work.", registry=registry).info(
            {"version": version("firstseen")}
        )

        def counter(name: str, told: str, *labels: str) -> Counter:
            return Counter(f"firstseen_{name}", told, labels, registry=registry)

        self._looks = counter("looks", "Looks at sections.", "source", "outcome")
        self._links = counter("new_links", "Addresses not listed before.", "source")
        self._articles = counter("articles", "Articles handed to the store.", "outcome")
        self._pages = counter("pages_without_article", "Pages fetched.", "source", "outcome")
        self._requests = counter("requests", "Requests sent.")
        self._received = counter("received_bytes", "Bytes received.")
        self._held_back = counter("requests_held_back", "Requests not sent.", "reason")
        self._batches = counter("batches", "Batches of looks.", "result")
        self._missed = counter("missed_runs", "Jobs that could not start in time.", "job")
        self._counters = {
            next(iter(metric.describe())).name: metric
            for metric in vars(self).values()
            if isinstance(metric, Counter)
        }
        self._seconds: Histogram | None = None
        self._leads: Gauge | None = None

    def add_daemon(self, url: str, now: Callable[[], datetime]) -> DatabaseCollector:
        """Add what only a lasting process can tell; the collector is to be closed at the end."""
        registry = self.registry
        ProcessCollector(registry=registry)
        self._seconds = Histogram(
            "firstseen_batch_duration_seconds",
            "Duration of a batch.",
            buckets=_BATCH_SECONDS,
            registry=registry,
        )
        self._leads = Gauge(
            "firstseen_leader", "1 while this process does the work.", registry=registry
        )
        return self.add_database(url, now)

    def add_database(self, url: str, now: Callable[[], datetime]) -> DatabaseCollector:
        """Add what the database tells; the collector is to be closed at the end."""
        collector = DatabaseCollector(url, now)
        self.registry.register(collector)
        return collector

    def leads(self, leads: bool) -> None:
        """Note whether this process works or stays passive."""
        if self._leads is not None:
            self._leads.set(leads)

    def missed(self, job: str) -> None:
        """Count a job that could not start in time."""
        self._missed.labels(job).inc()

    def batch(self, report: BatchReport, seconds: float) -> None:
        """Count what one batch did."""
        for ended in report.looks:
            self._looks.labels(ended.look.source, ended.look.outcome).inc()
            self._links.labels(ended.look.source).inc(
                0 if ended.result.baseline else len(ended.result.fresh)
            )
        for page in report.pages:
            self._pages.labels(page.source, page.outcome).inc()
        for key, count in report.stats.items():
            if key.startswith(_STORED) and "/" not in key.removeprefix(_STORED):
                self._articles.labels(key.removeprefix(_STORED)).inc(count)
        for key, reason in _HELD_BACK.items():
            self._held_back.labels(reason).inc(report.stats.get(key, 0))
        self._requests.inc(report.stats.get("downloader/request_count", 0))
        self._received.inc(report.stats.get("downloader/response_bytes", 0))
        self._batches.labels(_RESULTS.get(report.exit_status, "failed")).inc()
        if self._seconds is not None:
            self._seconds.observe(seconds)

    def carry_over(self, text: str) -> None:
        """Add the counters of an earlier run's file, so that they never fall."""
        for family in list(text_string_to_metric_families(text)):
            known = self._counters.get(family.name)
            if family.type != "counter" or known is None:
                continue
            for sample in family.samples:
                if sample.name.endswith("_total"):
                    (known.labels(**sample.labels) if sample.labels else known).inc(sample.value)


def serve(address: str, registry: CollectorRegistry) -> Callable[[], None]:
    """Serve the figures under "host:port"; return what ends that. Raises MetricsError."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise MetricsError(f'schedule.metrics = {address!r} must be like "127.0.0.1:9877"')
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), registry)
    except OSError as error:
        raise MetricsError(f"schedule.metrics: {address}: {error.strerror}") from error

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(5)

    return stop


def check_metrics_file(path: Path) -> None:
    """Raise MetricsError before a run whose figures could not be written."""
    if not path.parent.is_dir():
        raise MetricsError(f"--metrics-file: the folder {path.parent} does not exist")


def write_metrics(
    path: Path, url: str, report: BatchReport | None, *, now: Callable[[], datetime]
) -> None:
    """Write the figures after a single run, for the textfile collector of node_exporter.

    Counters go on from those in the file; it is replaced whole. ``report`` None means that there
    was nothing to do. Raises MetricsError.
    """
    metrics = Metrics()
    ran = Gauge(
        "firstseen_last_run_timestamp_seconds",
        "When the last run ended.",
        registry=metrics.registry,
    )
    status = Gauge(
        "firstseen_last_run_exit_status", "0 done, 1 failed, 3 partly.", registry=metrics.registry
    )
    database = metrics.add_database(url, now)
    try:
        with suppress(FileNotFoundError, ValueError):  # a damaged file begins anew
            metrics.carry_over(path.read_text(encoding="utf-8"))
        if report is not None:
            metrics.batch(report, 0.0)
            status.set(report.exit_status)
        ran.set(now().timestamp())
        write_to_textfile(str(path), metrics.registry)
        path.chmod(0o644)  # node_exporter is another user
    except OSError as error:
        raise MetricsError(f"--metrics-file: {path}: {error.strerror}") from error
    finally:
        database.close()
