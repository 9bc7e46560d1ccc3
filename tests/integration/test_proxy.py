"""Crawls through a proxy, and what is told when it is the proxy that fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.small_sites import Play, outcomes, paths, raw, redirect

PROXY = {"FETCH_PROXY": "http://user:s3cret@127.0.0.1:<port0>", "RETRY_TIMES": 0}
AWAY = {"FETCH_PROXY": "http://user:s3cret@127.0.0.1:1", "RETRY_TIMES": 0}
NEWS = "http://news.example.org"


def results(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(answer["runs"][0]["results"])


@pytest.mark.parametrize("purpose", ["article", "listing", "recheck", "hub"])
def test_everything_leaves_through_the_proxy(play: Play, purpose: str) -> None:
    answer = play(
        sites=[{f"{NEWS}/a": redirect("/b"), f"{NEWS}/b": {"body": "by proxy"}}],
        settings=PROXY,
        requests=[{"url": f"{NEWS}/a", "purpose": purpose}],
    )
    assert outcomes(answer) == ["ok"]
    asked = [] if purpose == "hub" else [f"{NEWS}/robots.txt"]
    assert paths(answer) == [*asked, f"{NEWS}/a", f"{NEWS}/b"]
    assert all("proxy-authorization" in hit["headers"] for hit in answer["sites"][0]["hits"])


def test_an_encrypted_site_is_asked_through_a_tunnel(play: Play) -> None:
    refused = raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    answer = play(
        sites=[{"news.example.org:443": refused}],
        settings=PROXY,
        requests=[{"url": "https://news.example.org/"}],
    )
    assert outcomes(answer) == ["proxy-failed"]
    assert "403" in results(answer)[0]["message"]
    assert paths(answer) == ["news.example.org:443"]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_cannot_reach_the_site_does_not_fail_itself(play: Play, status: int) -> None:
    reply = raw(f"HTTP/1.1 {status} Bad\r\nContent-Length: 0\r\n\r\n")
    answer = play(
        sites=[{"news.example.org:443": reply}],
        settings=PROXY,
        requests=[{"url": "https://news.example.org/", "purpose": "hub"}],
    )
    assert outcomes(answer) == ["network"]


@pytest.mark.parametrize("url", [f"{NEWS}/", "https://news.example.org/"])
@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-proxy.invalid:3128"])
def test_a_proxy_that_is_away_is_our_own_failure(play: Play, url: str, host: str) -> None:
    settings = {**AWAY, "FETCH_PROXY": f"http://user:s3cret@{host}"}
    answer = play(sites=[], settings=settings, requests=[{"url": url}])
    assert outcomes(answer) == ["proxy-failed"]
    assert host in results(answer)[0]["message"]
    assert "s3cret" not in results(answer)[0]["message"]


@pytest.mark.parametrize("url", [f"{NEWS}/", "https://news.example.org/"])
def test_a_proxy_that_wants_another_login_is_our_own_failure(play: Play, url: str) -> None:
    reply = raw("HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n")
    answer = play(
        sites=[{f"{NEWS}/robots.txt": reply, "news.example.org:443": reply}],
        settings=PROXY,
        requests=[{"url": url}],
    )
    assert outcomes(answer) == ["proxy-failed"]
    assert "407" in results(answer)[0]["message"]


def test_a_site_that_breaks_off_behind_the_proxy_is_the_sites_failure(play: Play) -> None:
    answer = play(
        sites=[{f"{NEWS}/a": {"reset": True}}],
        settings=PROXY,
        requests=[{"url": f"{NEWS}/a", "purpose": "hub"}],
    )
    assert outcomes(answer) == ["network"]


def test_excepted_hosts_are_asked_directly_and_judged(play: Play) -> None:
    answer = play(
        sites=[{"http://news.example.org/a": {"body": "by proxy"}}, {"/a": {"body": "direct"}}],
        settings={**PROXY, "FETCH_PROXY_EXCEPT": ["127.0.0.1", "inside.test"]},
        dns={"inside.test": [["127.0.0.1"]]},
        requests=[
            {"url": f"{NEWS}/a"},
            {"url": "<1>/a"},
            {"url": "http://inside.test:8080/a"},
        ],
    )
    by_url = {r["wanted"].partition("//")[2][:6]: r["outcome"] for r in results(answer)}
    assert by_url == {"news.e": "ok", "127.0.": "ok", "inside": "blocked-address"}


# ---------------------------------------------------------------- names with several addresses


@pytest.mark.parametrize(
    "addresses", [["127.0.0.9", "127.0.0.1"], ["::1", "127.0.0.1"], ["127.0.0.1", "127.0.0.9"]]
)
def test_the_addresses_of_a_name_are_tried_in_turn(play: Play, addresses: list[str]) -> None:
    answer = play(
        sites=[{"/a": {"body": "reached"}}],
        allow_more=["two.test:<port0>"],
        dns={"two.test": [addresses]},
        requests=[{"url": "http://two.test:<port0>/a"}],
    )
    assert outcomes(answer) == ["ok"]


def test_each_address_of_a_name_is_judged(play: Play) -> None:
    answer = play(
        sites=[{"/a": {"body": "internal"}}],
        allow=[],
        allow_more=["127.0.0.9:<port0>"],
        settings={"RETRY_TIMES": 0},
        dns={"two.example.org": [["127.0.0.9", "127.0.0.1"]]},
        requests=[{"url": "http://two.example.org:8080/a", "purpose": "hub"}],
    )
    assert outcomes(answer)[0] in ("blocked-address", "refused")
    assert answer["sites"][0]["connections"] == 0


# ---------------------------------------------------------------- own authorities


@pytest.mark.parametrize(("file", "expected"), [("", "tls"), ("<ca0>", "ok"), ("<ca1>", "tls")])
def test_the_houses_own_authority_is_trusted_when_it_is_named(
    play: Play, file: str, expected: str
) -> None:
    answer = play(
        sites=[{"/a": {"body": "reached"}}, {}],
        tls=[0, 1],
        settings={"FETCH_CA_FILE": file},
        requests=[{"url": "<0>/a"}],
    )
    assert outcomes(answer) == [expected]
