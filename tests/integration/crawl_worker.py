"""Runs small crawls against small misbehaving sites; one JSON scenario a line on standard input.

Started once by ``test_middlewares.py``: importing Scrapy and starting a reactor costs a second, so
all scenarios share one process. The sites are plain asyncio servers on loopback in this process.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import json
import os
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import scrapy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.reactor import install_reactor

install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")

from twisted.internet import reactor  # noqa: E402
from twisted.internet.address import IPv4Address, IPv6Address  # noqa: E402
from twisted.internet.interfaces import IHostnameResolver  # noqa: E402
from zope.interface import implementer  # noqa: E402

from crawler.middlewares import FETCH_SETTINGS  # noqa: E402
from crawler.middlewares.conditional_get import remember_listing  # noqa: E402
from crawler.middlewares.host_state import MemoryHostState, host_state_of  # noqa: E402
from crawler.middlewares.outcomes import outcome_of  # noqa: E402


class Site:
    """One loopback site: ``pages`` maps a path to its replies, the last one repeats."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages
        self.hits: list[dict[str, Any]] = []
        self.connections = 0
        self.busy = 0
        self.most_busy = 0
        self.root = ""
        self.authority = ""  # the PEM file by which its certificate can be trusted

    async def start(self, host: str, *, tls: bool = False) -> asyncio.Server:
        context, self.authority = _self_signed() if tls else (None, "")
        server = await asyncio.start_server(self._serve, host, 0, ssl=context)
        address, port = server.sockets[0].getsockname()
        self.root = f"https://localhost:{port}" if tls else f"http://{address}:{port}"
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.busy += 1
                self.most_busy = max(self.busy, self.most_busy)
                try:
                    if not await self._answer(head.decode("latin-1"), writer):
                        break
                finally:
                    self.busy -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> bool:
        first, *lines = head.strip().split("\r\n")
        path = first.split(" ")[1]
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        self.hits.append({"path": path, "at": time.monotonic(), "headers": headers})
        replies = self.pages.get(path, {"status": 404})
        if isinstance(replies, list):
            seen = sum(hit["path"] == path for hit in self.hits)
            replies = replies[min(seen, len(replies)) - 1]
        return await self._send(replies, headers, writer)

    async def _send(
        self, reply: dict[str, Any], asked: dict[str, str], writer: asyncio.StreamWriter
    ) -> bool:
        await asyncio.sleep(reply.get("wait", 0))
        if reply.get("reset"):
            writer.transport.abort()
            return False
        etag = dict(reply.get("headers", [])).get("ETag")
        if etag and asked.get("if-none-match") == etag:
            reply = {"status": 304, "headers": [["ETag", etag]]}
        if "raw" in reply:
            writer.write(base64.b64decode(reply["raw"]))
            async for piece in _drip(reply):
                writer.write(piece)
                await writer.drain()
            await writer.drain()
            return bool(reply.get("open"))
        body = base64.b64decode(reply["b64"]) if "b64" in reply else reply.get("body", "").encode()
        lines = [f"HTTP/1.1 {reply.get('status', 200)} X", f"Content-Length: {len(body)}"]
        if "Content-Type" not in dict(reply.get("headers", [])):
            lines.append("Content-Type: text/html; charset=utf-8")
        lines += [f"{k}: {v.replace('{root}', self.root)}" for k, v in reply.get("headers", [])]
        empty = reply.get("status") in (204, 304)
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if empty else body))
        await writer.drain()
        return True


async def _drip(reply: dict[str, Any]) -> AsyncIterator[bytes]:
    for number in range(reply.get("drips", 0)):
        await asyncio.sleep(0.05)
        yield b"X-Pad-%d: y\r\n" % number


@implementer(IHostnameResolver)
class FakeResolver:
    """Answers for the names of a scenario, each list of answers in turn; nothing else resolves."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.original = reactor.nameResolver

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        receiver: Any,
        name: str,
        portNumber: int = 0,  # noqa: N803 - Twisted's name
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if name not in self.names:
            return self.original.resolveHostName(receiver, name, portNumber, *args, **kwargs)
        answers = self.names[name]
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        receiver.resolutionBegan(None)
        for ip in now:
            family = IPv6Address if ":" in ip else IPv4Address
            receiver.addressResolved(family("TCP", ip, portNumber))
        receiver.resolutionComplete()
        return receiver


class Looker(scrapy.Spider):
    """Asks for the scenario's URLs and writes down how each ended."""

    name = "looker"

    def __init__(self, wanted: list[dict[str, Any]], results: list[dict[str, Any]]) -> None:
        super().__init__()
        self.wanted = wanted
        self.results = results

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for wish in self.wanted:
            meta = {"firstseen_purpose": wish.get("purpose", "article"), **wish.get("meta", {})}
            yield scrapy.Request(
                wish["url"],
                callback=self.parse,
                errback=self.failed,
                dont_filter=True,
                headers=wish.get("headers"),
                meta={**meta, "wanted": wish["url"]},
            )

    def parse(self, response: Any) -> None:
        if not response.meta.get("forget"):
            remember_listing(host_state_of(self.crawler), response)
        self.results.append(
            {
                "wanted": response.meta["wanted"],
                "url": response.url,
                "outcome": outcome_of(response),
                "status": response.status,
                "flags": response.flags,
                "partial": response.meta.get("firstseen_partial"),
                "has_trace": bool(response.meta.get("firstseen_trace_found")),
                "body": response.text if hasattr(response, "text") else "",
            }
        )

    def failed(self, failure: Any) -> None:
        self.results.append(
            {
                "wanted": failure.request.meta["wanted"],
                "url": failure.request.url,
                "outcome": outcome_of(failure),
                "error": type(failure.value).__name__,
                "message": str(failure.value),
            }
        )


def _self_signed() -> tuple[ssl.SSLContext, str]:
    """Return a server context with a fresh certificate for localhost, and its file for who trusts.

    The file stays for the life of the worker.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = builder.add_extension(names, critical=False)
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(
        now + timedelta(days=1)
    )
    certificate = builder.sign(key, hashes.SHA256())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.flush()
        context.load_cert_chain(file.name)
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as kept:
        kept.write(certificate.public_bytes(serialization.Encoding.PEM))
    atexit.register(os.unlink, kept.name)
    return context, kept.name


async def play(scenario: dict[str, Any], resolver: FakeResolver) -> dict[str, Any]:
    """Start the sites, crawl as often as asked, stop the sites, return what both sides saw."""
    sites = [Site(pages) for pages in scenario["sites"]]
    hosts = scenario.get("hosts", ["127.0.0.1"] * len(sites))
    servers = [
        await site.start(host, tls=number in scenario.get("tls", []))
        for number, (site, host) in enumerate(zip(sites, hosts, strict=True))
    ]
    text = json.dumps(scenario)
    for number, site in enumerate(sites):
        text = text.replace(f"<{number}>", site.root)
        text = text.replace(f"<ca{number}>", site.authority)
        text = text.replace(f"<port{number}>", site.root.rpartition(":")[2])
    scenario = json.loads(text)
    for site, pages in zip(sites, scenario["sites"], strict=True):
        site.pages = pages
    resolver.names = scenario.get("dns", {})
    allowed = [s.root.partition("://")[2] for s in sites]
    allowed = [allowed[i] for i in scenario.get("allow", range(len(sites)))]
    state = MemoryHostState()
    settings = {
        **FETCH_SETTINGS,
        "HOST_STATE": lambda crawler: state,
        "FETCH_ALLOW": [*allowed, *scenario.get("allow_more", [])],
        "LANE_GAP": 0,
        "RETRY_FIRST_GAP": 0.05,
        "LOG_ENABLED": False,
        **scenario.get("settings", {}),
    }
    runs, started = [], time.monotonic()
    with patch.dict(os.environ, scenario.get("env", {})):
        for _ in range(scenario.get("runs", 1)):
            runs.append(await _crawl(settings, scenario["requests"], scenario.get("stop_after")))
    for server in servers:
        server.close()
    return {
        "runs": runs,
        "seconds": time.monotonic() - started,
        "roots": [site.root for site in sites],
        "sites": [
            {"hits": s.hits, "connections": s.connections, "most_busy": s.most_busy} for s in sites
        ],
    }


async def _crawl(
    settings: dict[str, Any], wanted: list[dict[str, Any]], stop_after: float | None
) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    runner = AsyncCrawlerRunner(settings)
    job = runner.create_crawler(Looker)
    if stop_after is not None:
        stop = asyncio.get_running_loop().call_later
        stop(stop_after, lambda: asyncio.ensure_future(job.stop_async()))
    await runner.crawl(job, wanted=wanted, results=results)
    stats = job.stats.get_stats()
    return {
        "results": results,
        "stats": {k: v for k, v in stats.items() if isinstance(v, int)},
        "parts": [type(part).__name__ for part in _parts(job)],
    }


def _parts(job: Any) -> list[Any]:
    """Return the extensions and downloader middlewares that were really switched on."""
    return [*job.extensions.middlewares, *job.engine.downloader.middleware.middlewares]


async def main() -> None:
    """Play scenarios until standard input ends."""
    resolver = FakeResolver()
    reactor.installNameResolver(resolver)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            answer = await asyncio.wait_for(play(json.loads(line), resolver), 120)
        except Exception as error:  # the test shows it
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)
    reactor.stop()


if __name__ == "__main__":
    reactor.callWhenRunning(lambda: asyncio.ensure_future(main()))
    reactor.run()
