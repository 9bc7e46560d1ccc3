"""What several modules play with: crawls of small misbehaving sites, and a receiver of alerts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.integration.alert_sink import Sink
from tests.integration.small_sites import Play


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """A function that plays one scenario in the worker process and returns what both sides saw."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.crawl_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert worker.stdin is not None
    assert worker.stdout is not None

    def run(**scenario: Any) -> dict[str, Any]:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(json.dumps(scenario) + "\n")
        worker.stdin.flush()
        answer: dict[str, Any] = json.loads(worker.stdout.readline())
        assert "error" not in answer, answer
        return answer

    yield run
    worker.stdin.close()
    try:
        worker.wait(10)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    worker.stdout.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A receiver of webhooks on this machine."""
    with Sink() as one:
        yield one


@pytest.fixture
def post(sessions: sessionmaker[Session], sink: Sink) -> Any:
    """Alerts on their way to ``sink`` by the channel ``desk``, on each database."""
    from tests.integration.test_deliver import Post

    post = Post(sessions, desk=sink.url)
    post.allow = [f"127.0.0.1:{sink.port}"]
    return post
