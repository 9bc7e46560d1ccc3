"""The desk on loopback for a browser, in a thread of the test."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from crawler.commands.desk_figures import conduct_of
from crawler.commands.web_health import Judgements
from pipelines.storage.database import open_engine, session_factory
from pipelines.web.app import create_app
from pipelines.web.desk import Desk
from pipelines.web.shell import Shell
from tests.e2e.desk_newsroom import NOW


def desk_of(url: str, folder: Path, *, edits: bool = True) -> Desk:
    """Return the desk of a newsroom made by ``make_newsroom``; its clock stands still."""
    return Desk(
        sessions=session_factory(open_engine(url, read_only=True)),
        clock=lambda: NOW,
        watches_folder=folder / "watches",
        writing=session_factory(open_engine(url)) if edits else None,
        health=Judgements(),
        conduct=conduct_of,
    )


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """Serve a desk and give its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(desk, Shell(requests_per_minute=100_000))
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
