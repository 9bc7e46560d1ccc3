"""A hub that verifies and pushes, on loopback, beside a feed that names it."""

from __future__ import annotations

import hashlib
import hmac
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler.workspace import create_workspace

PATIENCE = 40.0


class Publisher:
    """A feed with a hub, and the hub itself."""

    def __init__(self) -> None:
        self.looks = 0
        self.subscription: dict[str, str] = {}
        self.verified: list[str] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                return

            def reply(
                self, body: str, kind: str = "application/rss+xml", status: int = 200
            ) -> None:
                data = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                if self.path == "/robots.txt":
                    self.reply("", "text/plain", 404)
                    return
                publisher.looks += 1
                self.reply(publisher.feed())

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                publisher.subscription = dict(urllib.parse.parse_qsl(form))
                self.reply("", "text/plain", 202)
                threading.Thread(target=publisher.verify, daemon=True).start()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def feed(self) -> str:
        return f"""<?xml version="1.0"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom">
        <channel><title>The Delta Herald</title><link>http://{self.address}/</link>
        <a:link rel="hub" href="http://{self.address}/hub"/>
        <a:link rel="self" href="http://{self.address}/feed"/></channel></rss>"""

    def verify(self) -> None:
        query = {
            "hub.mode": "subscribe",
            "hub.topic": self.subscription["hub.topic"],
            "hub.challenge": "c-4711",
            "hub.lease_seconds": "86400",
        }
        url = f"{self.subscription['hub.callback']}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as reply:
            self.verified.append(reply.read().decode())

    def push(self, secret: str) -> int:
        body = b"<rss/>"
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={digest}"}
        request = urllib.request.Request(self.subscription["hub.callback"], body, headers)
        with urllib.request.urlopen(request, timeout=10) as reply:
            return int(reply.status)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    yield found
    found.server.shutdown()
    found.server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_push_brings_the_next_look_forward(tmp_path: Path, publisher: Publisher) -> None:
    create_workspace(tmp_path, allow=(publisher.address,), delay_seconds=0.01)
    (tmp_path / "sources" / "delta-herald.toml").write_text(
        f"""name = "The Delta Herald"
home_url = "http://{publisher.address}/"
country = "GB"
language = "en"
[[sections]]
key = "politics"
kind = "feed"
url = "http://{publisher.address}/feed"
""",
        encoding="utf-8",
    )
    port = free_port()
    env = os.environ | {
        "FIRSTSEEN_SCHEDULE_PUBLIC_URL": f"http://127.0.0.1:{port}/hub",
        "FIRSTSEEN_SCHEDULE_CALLBACK_LISTEN": f"127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "crawler.cli", "run", "--workspace", str(tmp_path)]
    daemon = subprocess.Popen(command, stderr=subprocess.PIPE, env=env)
    try:
        wait_until(lambda: bool(publisher.verified))
        assert publisher.verified == ["c-4711"]
        looks = publisher.looks
        assert publisher.push("not the secret") == 200
        assert publisher.push(publisher.subscription["hub.secret"]) == 200
        wait_until(lambda: publisher.looks > looks)
        time.sleep(1)
        assert publisher.looks == looks + 1
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/hub/nonsense", timeout=10)
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, told = daemon.communicate(timeout=40)
    assert daemon.returncode == 0, told
