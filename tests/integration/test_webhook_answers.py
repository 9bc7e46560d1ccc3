"""What a webhook's receiver may answer, and at which of its addresses."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipelines.proxy_route import NO_PROXY
from pipelines.webhook import Sent, post_webhook

EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
DONE = b"HTTP/1.1 204 No Content\r\n\r\n"


class OpenGate:
    """Lets everything through but what is named; remembers what it judged."""

    route = NO_PROXY

    def __init__(self, *closed: str) -> None:
        self.closed, self.judged = closed, list[str]()

    def check_url(self, url: str) -> tuple[str, int]:
        return "desk.example", int(url.rpartition(":")[2].partition("/")[0])

    def check_connection(self, ip: str, port: int, *, name: str) -> None:
        self.judged.append(ip)
        if ip in self.closed:
            raise ValueError(f"{ip} is internal")


@contextmanager
def receiver(*parts: bytes, address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Serve these bytes, a breath between them, and close; yield the port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while line := self.rfile.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            self.rfile.read(length)
            for part in parts:
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(0.02)

    class Server(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        allow_reuse_address = True
        daemon_threads = True

    with Server((address, port), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def post(port: int, *ips: str, gate: Any = None, seconds: float = 1.0) -> Sent:
    def resolve(host: str, port: int, **more: Any) -> list[Any]:
        return [(2, 1, 6, "", (ip, port)) for ip in ips or ("127.0.0.1",)]

    url = f"http://desk.example:{port}/hook"
    return post_webhook(url, "{}", {}, gate or OpenGate(), seconds=seconds, resolve=resolve)


@pytest.mark.parametrize(
    ("parts", "outcome", "detail"),
    [
        ([EARLY, DONE], "delivered", "answered 204"),
        ([CONTINUE, EARLY, EARLY, PROCESSING, EARLY, DONE], "delivered", "answered 204"),
        ([EARLY + EARLY + DONE], "delivered", "answered 204"),
        ([EARLY, b"HTTP/1.1 503 No\r\nRetry-After: 90\r\n\r\n"], "failed", "answered 503, try"),
        ([EARLY, b"HTTP/1.1 410 Gone\r\n\r\n"], "gone", "answered 410"),
        (
            [EARLY, b"HTTP/1.1 307 T\r\nLocation: /x\r\n\r\n"],
            "failed",
            "redirects are not followed",
        ),
        ([EARLY], "failed", "no answer"),
        ([b"HTTP/1.1 101 Switching Protocols\r\n\r\n"], "failed", "answered 101"),
        ([b""], "failed", "no answer"),
        ([b"HTTP/1.1 2"], "failed", "no answer"),
        ([b"so what"], "failed", "no answer"),
        # The status is the answer; what becomes of the body changes nothing.
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"], "delivered", "answered 200"),
    ],
)
def test_the_final_answer_counts(parts: list[bytes], outcome: str, detail: str) -> None:
    with receiver(*parts) as port:
        sent = post(port)

    assert sent.outcome == outcome, sent
    assert detail in sent.detail


def test_hints_without_end_are_no_answer() -> None:
    with receiver(*[EARLY] * 100) as port:
        sent = post(port, seconds=0.3)

    assert (sent.outcome, sent.detail) == ("failed", "no answer within 0 s")


def silent(port: int) -> socket.socket:
    """Accept and say nothing."""
    return socket.create_server(("127.0.0.2", port))


def rude(port: int) -> socket.socket:
    """Accept and hang up."""
    server = socket.create_server(("127.0.0.2", port))

    def hang_up() -> None:
        try:
            server.accept()[0].close()
        except OSError:
            return

    threading.Thread(target=hang_up, daemon=True).start()
    return server


@pytest.mark.parametrize("first", [None, silent, rude], ids=["refuses", "hangs", "hangs up"])
def test_the_next_address_is_tried(first: Callable[[int], socket.socket] | None) -> None:
    with receiver(DONE) as port:
        broken = first(port) if first else None
        sent = post(port, "127.0.0.2", "127.0.0.1", seconds=1.0)
        if broken:
            broken.close()

    assert (sent.outcome, sent.detail) == ("delivered", "answered 204")


def test_a_broken_ipv6_beside_a_sound_ipv4_is_no_obstacle() -> None:
    with receiver(DONE) as port:
        assert post(port, "::1", "127.0.0.1").outcome == "delivered"


def test_of_many_silent_addresses_each_has_its_share() -> None:
    with receiver(DONE) as port, silent(port):
        began = time.monotonic()
        sent = post(port, *["127.0.0.2"] * 1, "127.0.0.3", "127.0.0.1", seconds=0.9)

        assert sent.outcome == "delivered"
        assert time.monotonic() - began < 0.9


def test_an_answer_ends_the_search_whatever_it_says() -> None:
    with (
        receiver(b"HTTP/1.1 500 No\r\n\r\n", address="127.0.0.2") as port,
        receiver(DONE, port=port),
    ):
        assert post(port, "127.0.0.2", "127.0.0.1").detail == "answered 500"


@pytest.mark.parametrize("order", [("127.0.0.1", "10.0.0.1"), ("10.0.0.1", "127.0.0.1")])
def test_one_address_inward_is_one_too_many(order: tuple[str, ...]) -> None:
    gate = OpenGate("10.0.0.1")
    with receiver(DONE) as port:
        sent = post(port, *order, gate=gate)

    assert sent.detail == "refused by the address check: 10.0.0.1 is internal"
