"""A receiver on loopback that answers as it is told, and keeps what it was sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sink:
    """``answer`` is a status, or a function of the handler that writes its own answer."""

    answer: int | Callable[[BaseHTTPRequestHandler], None] = 204
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def __enter__(self) -> Sink:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                sink.bodies.append(self.rfile.read(length))
                sink.seen.append({k.lower(): v for k, v in self.headers.items()})
                sink.paths.append(self.path)
                if callable(sink.answer):
                    sink.answer(self)
                    return
                self.send_response(sink.answer)
                for name, value in sink.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *args: None  # type: ignore[method-assign]
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def keys(self) -> list[str]:
        return [headers.get("webhook-id", "") for headers in self.seen]


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(3)


def dribble(handler: BaseHTTPRequestHandler) -> None:
    """Send a status line so slowly that no single read is late."""
    for sign in b"HTTP/1.1 200 OK and so on and on and on\r\n\r\n":
        handler.wfile.write(bytes([sign]))
        handler.wfile.flush()
        time.sleep(0.1)
