"""Sites that set a cookie in a redirect and want it back: for that chain, and no longer."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.middlewares.chain_cookies import give_cookies, keep_cookies
from tests.integration.small_sites import Play, outcomes


def setting(cookie: str, to: str) -> dict[str, Any]:
    return {"status": 302, "headers": [["Location", to], ["Set-Cookie", cookie]]}


def cookies_sent(answer: dict[str, Any], site: int = 0) -> list[tuple[str, str | None]]:
    return [(h["path"], h["headers"].get("cookie")) for h in answer["sites"][site]["hits"]]


@pytest.mark.parametrize("purpose", ["listing", "article", "recheck"])
def test_a_cookie_is_given_back_within_its_chain_and_no_longer(play: Play, purpose: str) -> None:
    walled = [setting("seen=1; Path=/", "/a"), {"body": "<p>a"}] * 2
    answer = play(
        sites=[{"/a": walled, "/b": {"body": "<p>b"}}],
        requests=[{"url": "<0>/a", "purpose": purpose}, {"url": "<0>/b", "purpose": purpose}],
        runs=2,
    )
    assert {outcomes(answer, run)[0] for run in (0, 1)} <= {"ok", "unchanged"}
    sent = [hit for hit in cookies_sent(answer) if hit[0] != "/robots.txt"]
    assert sorted(sent, key=str) == sorted(
        [("/a", None), ("/a", "seen=1"), ("/b", None)] * 2, key=str
    )


def test_a_robots_txt_that_wants_a_cookie_is_read(play: Play) -> None:
    rules = {"body": "User-agent: *\nDisallow: /a", "headers": [["Content-Type", "text/plain"]]}
    answer = play(
        sites=[{"/robots.txt": [setting("k=1", "/robots.txt"), rules], "/a": {"body": "<p>a"}}],
        requests=[{"url": "<0>/a"}],
    )
    assert outcomes(answer) == ["robots"]


def test_a_detour_over_a_page_that_sets_the_cookie_is_followed(play: Play) -> None:
    answer = play(
        sites=[
            {
                "/a": [{"status": 302, "headers": [["Location", "/gate"]]}, {"body": "<p>a"}],
                "/gate": setting("ok=1; Path=/; HttpOnly; SameSite=Strict", "/a"),
            }
        ],
        requests=[{"url": "<0>/a"}],
    )
    assert outcomes(answer) == ["ok"]
    assert cookies_sent(answer)[-1] == ("/a", "ok=1")


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("seen=1; Path=/", "wants-cookies"),  # given back, and asked for again
        ("seen=1; Path=/elsewhere", "wants-cookies"),
        ("seen=1; Secure", "wants-cookies"),  # not over http
        ("seen=1; Domain=other.example", "wants-cookies"),
        (None, "redirect-loop"),
    ],
)
def test_a_circle_with_cookies_has_a_word_of_its_own(
    play: Play, cookie: str | None, expected: str
) -> None:
    circle = {"status": 302, "headers": [["Location", "/a"]]}
    reply = setting(cookie, "/a") if cookie else circle
    answer = play(sites=[{"/a": reply}], requests=[{"url": "<0>/a"}])
    assert outcomes(answer) == [expected]


def test_a_chain_that_counts_in_its_cookie_ends(play: Play) -> None:
    counting = [setting(f"n={n}", "/a") for n in range(50)]
    answer = play(sites=[{"/a": counting}], requests=[{"url": "<0>/a"}])
    assert outcomes(answer) == ["wants-cookies"]
    assert len(answer["sites"][0]["hits"]) < 10


def test_another_site_does_not_get_the_cookie(play: Play) -> None:
    answer = play(
        sites=[{"/a": setting("mine=1", "http://other.test:<port1>/b")}, {"/b": {"body": "<p>b"}}],
        dns={"other.test": [["127.0.0.1"]]},
        allow_more=["other.test:<port1>"],
        requests=[{"url": "<0>/a"}],
    )
    assert outcomes(answer) == ["ok"]
    assert cookies_sent(answer, 1)[-1] == ("/b", None)


@pytest.mark.parametrize(
    ("source", "cookie", "target", "sent"),
    [
        ("https://www.paper.co.uk/", "a=1; Domain=paper.co.uk", "https://news.paper.co.uk/", "a=1"),
        ("https://www.paper.co.uk/", "a=1; Domain=co.uk", "https://www.paper.co.uk/", None),
        ("https://a.github.io/", "a=1; Domain=github.io", "https://b.github.io/", None),
        ("https://www.paper.org/", "a=1", "https://news.paper.org/", None),
        ("https://www.paper.org/", "a=1; Secure", "http://www.paper.org/", None),
        ("https://www.paper.org/", "a=1; Secure", "https://www.paper.org/x", "a=1"),
        ("http://www.paper.org/x/y", "a=1", "http://www.paper.org/z", None),
        ("http://www.paper.org/x", "a=1; Max-Age=0", "http://www.paper.org/x", None),
    ],
)
def test_a_cookie_goes_where_it_belongs(
    source: str, cookie: str, target: str, sent: str | None
) -> None:
    request = Request(source)
    keep_cookies(Response(source, status=302, headers={"Set-Cookie": cookie}), request)
    hop = Request(target, meta=request.meta)
    assert give_cookies(hop)
    header = hop.headers.get("Cookie")
    assert (header.decode() if header else None) == sent
