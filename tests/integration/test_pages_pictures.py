"""Pictures come through the monitor: checked addresses, real pictures only, within limits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.commands.web_pictures import LARGEST, Pictures, kind_of_picture
from crawler.delivery import Gate
from crawler.middlewares.addresses import AllowList

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/scene.png": (200, {"Content-Type": "text/html"}, PNG),
    "/page.png": (200, {"Content-Type": "image/png"}, b"<html><script>alert(1)</script>"),
    "/drawing.svg": (200, {"Content-Type": "image/svg+xml"}, b"<svg onload='alert(1)'/>"),
    "/gone.png": (404, {}, PNG),
    "/large.png": (200, {}, PNG + b"\0" * LARGEST),
    "/moved.png": (302, {"Location": "/scene.png"}, b""),
    "/circle.png": (302, {"Location": "/circle.png"}, b""),
    "/inward.png": (302, {"Location": "http://127.0.0.2:9/scene.png"}, b""),
    "/file.png": (302, {"Location": "file:///etc/passwd"}, b""),
}


class Publisher(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]] = []  # noqa: RUF012 - shared on purpose, emptied by the fixture

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("User-Agent", "")))
        status, headers, body = ANSWERS[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[str]:
    Publisher.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def pictures(*allow: str) -> Pictures:
    return Pictures(Gate(AllowList.parse(allow)), "firstseen/test")


@pytest.mark.parametrize(
    ("path", "is_shown"),
    [
        ("/scene.png", True),  # whatever the site says of its type
        ("/moved.png", True),
        ("/page.png", False),
        ("/drawing.svg", False),
        ("/gone.png", False),
        ("/large.png", False),
        ("/circle.png", False),
        ("/inward.png", False),
        ("/file.png", False),
    ],
)
def test_only_pictures_of_a_bearable_size_are_shown(
    publisher: str, path: str, is_shown: bool
) -> None:
    found = pictures(publisher)(f"http://{publisher}{path}")

    assert found == (("image/png", PNG) if is_shown else None)


def test_internal_addresses_are_refused(publisher: str) -> None:
    assert pictures()(f"http://{publisher}/scene.png") is None
    assert Publisher.asked == []


def test_a_picture_is_asked_for_once_and_by_name(publisher: str) -> None:
    fetch = pictures(publisher)

    assert fetch(f"http://{publisher}/scene.png") == fetch(f"http://{publisher}/scene.png")
    assert Publisher.asked == [("/scene.png", "firstseen/test")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b"<svg>", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(body: bytes, kind: str | None) -> None:
    assert kind_of_picture(body) == kind
