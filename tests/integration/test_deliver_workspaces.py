"""Workspaces that share a database each serve their own channels, in turns."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from crawler.config import load_options
from crawler.delivery import Deliveries
from crawler.workspace import create_workspace
from pipelines.storage.leader import leader_lock
from tests.examples import NOON
from tests.integration.alert_sink import Sink
from tests.integration.test_deliver import ENVIRON, Post

Sessions = sessionmaker[Session]


def deliveries(folder: Path, url: str, channel: str, sink: Sink) -> Deliveries:
    create_workspace(folder, allow=(f"127.0.0.1:{sink.port}",))
    text = f'\n[channels.{channel}]\nkind = "webhook"\nurl = "{sink.url}"\n'
    with (folder / "firstseen.toml").open("a", encoding="utf-8") as file:
        file.write(text + 'secrets = ["${DESK_SECRET}"]\n')
    return Deliveries(load_options(folder, {}, {"database.url": url}), clock=lambda: NOON)


def test_two_daemons_of_two_workspaces_both_deliver(
    sessions: Sessions,
    database_url: str,
    tmp_path: Path,
    sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    post = Post(sessions)
    post.raise_alerts(2, channels=("desk", "night"))
    both = [deliveries(tmp_path / n, database_url, n, sink) for n in ("desk", "night")]
    try:
        for _ in range(300):
            for one in both:
                one.start_due()
            if set(post.states) == {"delivered"}:
                break
            time.sleep(0.02)
    finally:
        for one in both:
            one.close(within=5)

    assert post.states == ["delivered"] * 4
    assert len(sink.bodies) == 4


def test_a_lock_that_is_lent_may_be_had_by_others_and_comes_back(database_url: str) -> None:
    first, second = (leader_lock(database_url, "delivery") for _ in range(2))
    try:
        assert (first.acquire(), second.acquire()) == (True, False)
        first.lend()
        assert (second.acquire(), first.acquire()) == (True, False)
        second.lend()
        assert (first.acquire(), first.acquire(), second.acquire()) == (True, True, False)
    finally:
        first.release()
        second.release()
