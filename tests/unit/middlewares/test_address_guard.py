"""The gate at the moment of connecting, with resolvers that answer as they please."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from crawler.middlewares.address_guard import AddressGuardMiddleware, AllowList, Gate
from crawler.middlewares.addresses import BlockedAddress
from crawler.middlewares.download_handler import GuardedReactor
from pipelines.proxy_route import proxy_route

ADDRESS = "93.184.216.34"


@implementer(IHostnameResolver)
class Answers:
    """A resolver with one list of answers for each question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        receiver: Any,
        name: str,
        portNumber: int = 0,  # noqa: N803
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        receiver.resolutionBegan(None)
        for ip in self.answers.pop(0):
            kind = IPv6Address if ":" in ip else IPv4Address
            receiver.addressResolved(kind("TCP", ip, portNumber))
        receiver.resolutionComplete()


def contacted(gate: Gate, *answers: list[str], name: str = "news.example.org") -> list[str]:
    """Connect once for each list of answers; return the addresses that were really contacted."""
    reactor: Any = MemoryReactorClock()
    reactor.nameResolver = Answers(*answers)
    for _ in range(len(answers)):
        guarded: Any = GuardedReactor(reactor, gate, name)
        HostnameEndpoint(guarded, name, 80).connect(Factory.forProtocol(Protocol)).addErrback(
            lambda failure: failure.trap(BlockedAddress)
        )
        reactor.pump([0.5] * 20)
    return [call[0] for call in reactor.tcpClients]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([[ADDRESS]], [ADDRESS]),
        ([["127.0.0.1"]], []),
        ([["0.0.0.0"]], []),
        ([["64:ff9b::a9fe:a9fe"]], []),
        ([["::ffff:10.0.0.1"]], []),
        ([[ADDRESS, "127.0.0.1"]], [ADDRESS]),
        ([["10.0.0.5", ADDRESS]], [ADDRESS]),
        ([[ADDRESS], ["127.0.0.1"], [ADDRESS]], [ADDRESS, ADDRESS]),  # rebinding
    ],
)
def test_only_public_answers_are_contacted(answers: list[list[str]], expected: list[str]) -> None:
    assert contacted(Gate(AllowList()), *answers) == expected


def test_an_exception_by_name_holds_for_that_name_only() -> None:
    gate = Gate(AllowList.parse(["wiki.corp:80"]))
    assert contacted(gate, ["10.0.0.5"], name="wiki.corp") == ["10.0.0.5"]
    assert contacted(gate, ["10.0.0.5"], name="other.corp") == []


def test_no_other_kind_of_connection_leaves() -> None:
    guarded = GuardedReactor(MemoryReactorClock(), Gate(AllowList()), "news.example.org")
    for connect in (guarded.connectSSL, guarded.connectUNIX, guarded.spawnProcess):
        with pytest.raises(BlockedAddress):
            connect("10.0.0.1", 80)


def test_a_request_cannot_bring_its_own_proxy() -> None:
    request = Request("https://news.example.org/", meta={"proxy": "http://evil.example.org:1"})
    with pytest.raises(BlockedAddress):
        Gate(AllowList()).check_request(request)
    AddressGuardMiddleware(Gate(AllowList())).process_request(request)
    assert request.meta["proxy"] is None


def test_behind_a_proxy_only_the_proxy_is_contacted_and_urls_are_still_judged() -> None:
    gate = Gate(
        AllowList(), route=proxy_route("http://user:word@10.0.0.9:3128", ["intra.example"], {})
    )
    gate.check_connection("10.0.0.9", 3128, name="news.example.org")
    with pytest.raises(BlockedAddress):
        gate.check_connection("10.0.0.9", 80, name="news.example.org")
    proxied = {"proxy": "http://10.0.0.9:3128"}
    gate.check_request(Request("https://news.example.org/", meta=proxied))
    for url, meta in (("http://10.0.0.1/", proxied), ("https://news.example.org/", {})):
        with pytest.raises(BlockedAddress):
            gate.check_request(Request(url, meta=meta))
    gate.check_request(Request("https://wiki.intra.example/"))
    with pytest.raises(BlockedAddress):  # asked directly, and so judged as ever
        gate.check_connection("10.0.0.9", 3128, name="wiki.intra.example")
