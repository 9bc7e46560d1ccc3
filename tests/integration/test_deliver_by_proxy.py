"""Webhooks, pictures and Apprise through the operator's proxy, and through no other."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.commands.web_pictures import Pictures
from crawler.middlewares.addresses import AllowList
from crawler.middlewares.gate import Gate
from pipelines.channels import ChannelDefinition
from pipelines.messages import Message
from pipelines.proxy_route import NO_PROXY, ProxyRoute, proxy_route
from pipelines.receivers import sender
from pipelines.webhook import post_webhook

MESSAGE = Message("msg_1", "Subject", "text", "<p>html</p>", "chat", '{"type": "alert.raised"}')
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Proxy(socketserver.ThreadingTCPServer):
    """Answers every request with the same bytes, and keeps what it was asked."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.asked = answer, list[bytes]()
        self.port = self.server_address[1]


class _Handler(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        head = b"".join(iter(self.rfile.readline, b"\r\n"))
        self.server.asked.append(head)
        self.wfile.write(self.server.answer)


def house_certificate(folder: Path) -> Path:
    """Return a file with a key and a certificate for localhost that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1)).add_extension(names, critical=False)
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "house.pem"
    signed = builder.sign(key, hashes.SHA256()).public_bytes(pem)
    file.write_bytes(signed + key.private_bytes(pem, *plain))
    return file


@contextmanager
def proxy(answer: bytes = OK) -> Iterator[Proxy]:
    server = Proxy(answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def gate(port: int, *direct: str, allow: tuple[str, ...] = ()) -> Gate:
    route = proxy_route(f"http://user:s3cret@127.0.0.1:{port}", direct, {})
    return Gate(AllowList.parse(allow), route)


def test_a_plain_webhook_goes_to_the_proxy_with_its_whole_address() -> None:
    with proxy() as way:
        sent = post_webhook("http://desk.example.org/hook?a=1", "{}", {}, gate(way.port), seconds=3)
    assert sent.outcome == "delivered"
    (head,) = way.asked
    assert head.startswith(b"POST http://desk.example.org:80/hook?a=1 HTTP/1.1\r\n")
    assert b"Host: desk.example.org" in head
    assert b"Proxy-Authorization: Basic dXNlcjpzM2NyZXQ=" in head


def test_an_encrypted_webhook_asks_for_a_tunnel() -> None:
    with proxy(b"HTTP/1.1 407 Login\r\n\r\n") as way:
        sent = post_webhook("https://desk.example.org/hook", "{}", {}, gate(way.port), seconds=3)
    assert (sent.outcome, f"through the proxy 127.0.0.1:{way.port}" in sent.detail) == (
        "failed",
        True,
    )
    assert "s3cret" not in sent.detail
    (head,) = way.asked
    assert head.startswith(b"CONNECT desk.example.org:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic" in head


def test_a_receiver_that_is_excepted_is_asked_directly() -> None:
    with proxy() as way, proxy() as receiver:
        place = f"127.0.0.1:{receiver.port}"
        around = gate(way.port, "127.0.0.1", allow=(place,))
        sent = post_webhook(f"http://{place}/hook", "{}", {}, around, seconds=3)
    assert (sent.outcome, way.asked) == ("delivered", [])
    assert receiver.asked[0].startswith(b"POST /hook HTTP/1.1\r\n")


def test_a_picture_is_fetched_through_the_proxy() -> None:
    picture = b"GIF89a" + b"\0" * 10
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(picture), picture)
    with proxy(answer) as way:
        found = Pictures(gate(way.port), "firstseen/test")("http://news.example.org/a.gif")
    assert found == ("image/gif", picture)
    assert way.asked[0].startswith(b"GET http://news.example.org:80/a.gif ")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Apprise's own
@pytest.mark.parametrize("is_proxied", [True, False])
def test_apprise_takes_the_configured_proxy_and_none_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, is_proxied: bool
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    with proxy(answer) as way, proxy(answer) as stranger, proxy(answer) as receiver:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{stranger.port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{stranger.port}")
        place = f"127.0.0.1:{receiver.port}"
        route: ProxyRoute = gate(way.port).route if is_proxied else NO_PROXY
        send = sender({}, Gate(AllowList.parse((place,)), route), seconds=3)
        sent = send(ChannelDefinition("desk", f"json://{place}/"), MESSAGE)
    assert sent.outcome == "delivered", sent
    asked = {"proxy": way.asked, "stranger": stranger.asked, "receiver": receiver.asked}
    assert {name for name, heads in asked.items() if heads} == {
        "proxy" if is_proxied else "receiver"
    }


def test_a_webhook_trusts_the_authorities_of_the_house(tmp_path: Path) -> None:
    file = house_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with proxy() as receiver:
        receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
        url = f"https://localhost:{receiver.port}/hook"
        allow = AllowList.parse((f"127.0.0.1:{receiver.port}", f"localhost:{receiver.port}"))
        trusting = Gate(allow, ProxyRoute(authorities=str(file)))
        told = [post_webhook(url, "{}", {}, one, seconds=3) for one in (trusting, Gate(allow))]
    assert [sent.outcome for sent in told] == ["delivered", "failed"], told
