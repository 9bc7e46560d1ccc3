"""Real crawls against small misbehaving sites on loopback: what the middlewares promise."""

from __future__ import annotations

import gzip
import itertools
import zlib
from email.utils import formatdate
from time import time
from typing import Any

import pytest

from tests.integration.small_sites import (
    OK,
    Play,
    b64,
    outcomes,
    paths,
    raw,
    redirect,
    robots,
    zipped,
)

# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:<port1>/secret",
        "http://2130706433:<port1>/secret",
        "http://0x7f.1:<port1>/secret",
        "http://[::ffff:127.0.0.1]:<port1>/secret",
        "http://localhost:<port1>/secret",
        "http://inside.test:<port1>/secret",  # a public-looking name with an internal address
        "http:\\\\news.test\\@127.0.0.1:<port1>/secret",
        "//127.0.0.1:<port1>/secret",
        "file:///etc/passwd",
        "data:text/html,<h1>fake</h1>",
        "gopher://127.0.0.1:<port1>/_x",
    ],
)
def test_no_redirect_leads_to_an_internal_address(play: Play, target: str) -> None:
    answer = play(
        sites=[{"/": redirect(target)}, {"/secret": {"body": "internal"}}],
        allow=[0],
        allow_more=["inside.test:1"],
        dns={"inside.test": [["127.0.0.1"]]},
        requests=[{"url": "<0>/"}],
    )
    # A browser reads a backslash as a slash: that target is a name which does not resolve.
    assert outcomes(answer) == ["dns" if "\\" in target else "blocked-address"]
    assert answer["sites"][1]["connections"] == 0


def test_a_name_that_changes_its_address_is_judged_when_connecting(play: Play) -> None:
    answer = play(
        sites=[{"/": {"body": "internal"}}],
        allow=[],
        dns={"rebind.example.org": [["127.0.0.1"]]},
        requests=[{"url": "http://rebind.example.org:8080/"}],
    )
    assert outcomes(answer) == ["blocked-address"]


def test_robots_txt_cannot_be_redirected_to_an_internal_address(play: Play) -> None:
    answer = play(
        sites=[{"/robots.txt": redirect("<1>/robots.txt"), "/": {"body": "x"}}, {}],
        allow=[0],
        requests=[{"url": "<0>/"}],
    )
    assert outcomes(answer) == ["blocked-address"]
    assert answer["sites"][1]["connections"] == 0


def test_a_proxy_from_the_environment_or_a_request_is_not_used(play: Play) -> None:
    answer = play(
        sites=[{"/": {"body": "direct"}}, {}],
        env={"http_proxy": "<1>"},
        requests=[{"url": "<0>/", "meta": {"proxy": "<1>"}}],
    )
    assert outcomes(answer) == ["ok"]
    assert answer["sites"][1]["connections"] == 0


def test_the_configured_proxy_is_used_for_everything(play: Play) -> None:
    answer = play(
        sites=[{"http://news.example.org/": {"body": "by proxy"}}],
        settings={"FETCH_PROXY": "http://user:word@127.0.0.1:<port0>"},
        requests=[{"url": "http://news.example.org/"}],
    )
    assert outcomes(answer) == ["ok"]
    assert paths(answer) == ["http://news.example.org/robots.txt", "http://news.example.org/"]
    assert "proxy-authorization" in answer["sites"][0]["hits"][0]["headers"]


def test_a_certificate_nobody_trusts_is_not_accepted(play: Play) -> None:
    answer = play(sites=[{"/": {"body": "x"}}], tls=[0], requests=[{"url": "<0>/"}])
    assert outcomes(answer) == ["tls"]
    assert paths(answer) == []


def test_an_allowed_name_may_have_an_internal_address(play: Play) -> None:
    answer = play(
        sites=[{"/": {"body": "x"}}],
        allow=[],
        allow_more=["intranet.test:<port0>"],
        dns={"intranet.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]},
        requests=[
            {"url": "http://intranet.test:<port0>/"},
            {"url": "http://other.test:<port0>/"},
        ],
    )
    assert outcomes(answer) == ["ok", "blocked-address"]


def test_nothing_listens_and_nothing_of_scrapy_competes_with_ours(play: Play) -> None:
    answer = play(sites=[{"/": {"body": "x"}}], requests=[{"url": "<0>/"}])
    parts = set(answer["runs"][0]["parts"])
    assert parts >= {"AddressGuardMiddleware", "RobotsMiddleware", "RetryAfterMiddleware"}
    assert not parts & {
        *("RemoteControl", "TelnetConsole", "AutoThrottle"),
        *("RobotsTxtMiddleware", "RetryMiddleware", "RedirectMiddleware", "CookiesMiddleware"),
        *("MetaRefreshMiddleware", "HttpCompressionMiddleware", "HttpCacheMiddleware"),
        *("HttpAuthMiddleware", "OffsiteMiddleware"),
    }


# ---------------------------------------------------------------- robots.txt


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"status": 404}, "ok"),
        ({"status": 403}, "ok"),
        ({"status": 503}, "robots-unreachable"),
        ({"status": 429}, "robots-unreachable"),
        ({"reset": True}, "robots-unreachable"),
        (robots("User-agent: *\nDisallow: /\n"), "robots"),
        (robots("User-agent: *\nAllow: /\n\nUser-agent: FirstSeen/2\nDisallow: /a\n"), "robots"),
        (robots("User-agent: *\nDisallow: /\n\nUser-agent: first\nDisallow:\n"), "robots"),
        (robots("User-agent: firstseen\nDisallow:\n\nUser-agent: *\nDisallow: /\n"), "ok"),
        (robots("\ufeffUser-agent: *\rDisallow: /a\r"), "robots"),
        (robots("<!doctype html><p>User-agent: *\nDisallow: /"), "ok"),
        (robots("User-agent: *\nDisallow: /a\n" + "#" * 600_000), "robots"),
        (robots("#" * 600_000 + "\nUser-agent: *\nDisallow: /a\n"), "ok"),
        (redirect("/robots.txt"), "ok"),
        ([redirect("/r1"), robots("")], "robots"),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_says(play: Play, reply: Any, expected: str) -> None:
    answer = play(
        sites=[
            {
                "/robots.txt": reply,
                "/r1": redirect("/r2"),
                "/r2": robots("User-agent: *\nDisallow: /a"),
                "/a": {"body": "x"},
            }
        ],
        requests=[{"url": "<0>/a"}],
    )
    assert outcomes(answer) == [expected]
    assert paths(answer).count("/a") == (expected == "ok")


def test_robots_txt_is_asked_for_once_a_day_and_not_once_a_run(play: Play) -> None:
    answer = play(
        sites=[{"/a": {"body": "x"}, "/b": {"body": "x"}}],
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
        runs=2,
    )
    assert paths(answer).count("/robots.txt") == 1
    assert answer["runs"][0]["stats"]["robots/allowed"] == 2


def test_an_unreachable_robots_txt_is_asked_for_again_in_the_next_run(play: Play) -> None:
    fine = robots("User-agent: *\nDisallow: /b")
    answer = play(
        sites=[{"/robots.txt": [{"status": 500}] * 2 + [fine], "/a": {"body": "x"}}],
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
        runs=2,
    )
    assert outcomes(answer, 0) == ["robots-unreachable"] * 2
    assert outcomes(answer, 1) == ["ok", "robots"]


# ---------------------------------------------------------------- lanes


def test_a_host_gets_one_request_at_a_time_with_a_gap(play: Play) -> None:
    page = {"body": "x", "wait": 0.05}
    answer = play(
        sites=[{f"/{n}": page for n in range(4)}, {f"/{n}": page for n in range(4)}],
        settings={"LANE_GAP": 0.1},
        requests=[{"url": f"<{site}>/{n}"} for n in range(4) for site in (0, 1)],
    )
    for site in answer["sites"]:
        times = [hit["at"] for hit in site["hits"]]
        assert site["most_busy"] == 1
        assert site["connections"] == 1
        assert min(b - a for a, b in itertools.pairwise(times)) >= 0.1
    assert answer["seconds"] < 1.5  # the two hosts did not wait for each other


def test_a_slow_host_does_not_keep_the_others_waiting(play: Play) -> None:
    slow = {f"/{n}": {"body": "x", "wait": 0.15} for n in range(8)}
    quick = {f"/{n}": {"body": "x"} for n in range(5)}
    answer = play(
        sites=[slow, quick],
        settings={"CONCURRENT_REQUESTS": 2},
        requests=[
            *({"url": f"<0>/{n}"} for n in range(8)),
            *({"url": f"<1>/{n}"} for n in range(5)),
        ],
    )
    assert outcomes(answer) == ["ok"] * 13
    assert answer["sites"][1]["hits"][-1]["at"] < answer["sites"][0]["hits"][4]["at"]


def test_crawl_delay_is_kept_after_robots_txt(play: Play) -> None:
    answer = play(
        sites=[{"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.3"), "/a": {}, "/b": {}}],
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
    )
    times = [hit["at"] for hit in answer["sites"][0]["hits"]]
    assert [b - a >= 0.3 for a, b in itertools.pairwise(times)] == [True, True]


def test_a_very_long_crawl_delay_is_capped_and_spread_over_runs(play: Play) -> None:
    answer = play(
        sites=[{"/robots.txt": robots("User-agent: *\nCrawl-delay: 3600")}],
        settings={"CRAWL_DELAY_CAP": 0.2, "CRAWL_DELAY_LONG": 0.1, "CRAWL_DELAY_PATIENCE": 0},
        requests=[{"url": f"<0>/{n}"} for n in range(3)],
    )
    assert sorted(outcomes(answer))[-1] == "http-4xx"
    assert outcomes(answer).count("held-off") == 1
    assert len(paths(answer)) == 3
    assert answer["runs"][0]["stats"]["crawl_delay/capped"] == 1


def test_a_run_that_is_told_to_stop_does_not_wait_for_its_lanes(play: Play) -> None:
    answer = play(
        sites=[{"/robots.txt": robots("User-agent: *\nCrawl-delay: 9"), "/a": {"body": "x"}}],
        stop_after=0.3,
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
    )
    assert answer["seconds"] < 2
    assert outcomes(answer) == ["stopped"]
    assert paths(answer) == ["/robots.txt"]


# ---------------------------------------------------------------- Retry-After


def test_a_short_retry_after_is_sat_out_for_the_whole_host(play: Play) -> None:
    busy = {"status": 429, "headers": [["Retry-After", "1"]]}
    answer = play(
        sites=[{"/a": [busy, {"body": "x"}], "/b": {"body": "x"}}],
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
    )
    assert outcomes(answer) == ["ok", "ok"]
    times = [hit["at"] for hit in answer["sites"][0]["hits"]]
    assert times[2] - times[1] >= 0.95


def test_a_retry_after_in_the_form_of_a_date_is_kept(play: Play) -> None:
    later = formatdate(time() + 3, usegmt=True)
    busy = {"status": 503, "headers": [["Retry-After", later]]}
    answer = play(
        sites=[{"/a": [busy, {"body": "x"}]}],
        requests=[{"url": "<0>/a"}],
    )
    times = [hit["at"] for hit in answer["sites"][0]["hits"]]
    assert outcomes(answer) == ["ok"]
    assert times[2] - times[1] >= 1.9  # a date has whole seconds


def test_a_long_retry_after_ends_the_host_for_this_run_and_the_next(play: Play) -> None:
    busy = {"status": 503, "headers": [["Retry-After", "3600"]]}
    answer = play(
        sites=[{"/a": busy, "/b": {"body": "x"}}],
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
        runs=2,
    )
    assert outcomes(answer, 0) == ["http-5xx", "held-off"]
    assert outcomes(answer, 1) == ["held-off", "held-off"]
    assert paths(answer) == ["/robots.txt", "/a"]


def test_somebody_at_the_keyboard_may_look_whether_the_site_is_back(play: Play) -> None:
    busy = {"status": 503, "headers": [["Retry-After", "3600"]]}
    answer = play(
        sites=[{"/a": [busy, {"body": "x"}]}],
        settings={"HEED_EARLIER_HOLDS": False},
        requests=[{"url": "<0>/a"}],
        runs=2,
    )
    assert [outcomes(answer, run) for run in range(2)] == [["http-5xx"], ["ok"]]


@pytest.mark.parametrize("value", ["-1", "soon", "1e9", "", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_an_unreadable_retry_after_is_survived(play: Play, value: str) -> None:
    busy = {"status": 503, "headers": [["Retry-After", value]]}
    answer = play(sites=[{"/a": busy}], requests=[{"url": "<0>/a"}])
    assert outcomes(answer) == ["http-5xx"]
    assert paths(answer).count("/a") == 3


def test_a_failing_server_is_asked_three_times_with_growing_gaps(play: Play) -> None:
    answer = play(
        sites=[{"/a": {"status": 500}}],
        settings={"RETRY_FIRST_GAP": 0.2},
        requests=[{"url": "<0>/a"}],
    )
    times = [hit["at"] for hit in answer["sites"][0]["hits"]][1:]
    assert outcomes(answer) == ["http-5xx"]
    assert len(times) == 3
    assert times[1] - times[0] >= 0.2
    assert times[2] - times[1] >= 0.8


# ---------------------------------------------------------------- conditional requests


def test_a_listing_is_asked_for_conditionally_once_it_is_known(play: Play) -> None:
    feed = {"body": "<rss/>", "headers": [["ETag", '"1"']]}
    answer = play(
        sites=[{"/feed": feed}], requests=[{"url": "<0>/feed", "purpose": "listing"}], runs=2
    )
    first, second = (run["results"][0] for run in answer["runs"])
    assert (first["outcome"], second["outcome"]) == ("ok", "unchanged")
    assert (second["status"], second["flags"]) == (304, ["unchanged"])
    assert answer["sites"][0]["hits"][2]["headers"]["if-none-match"] == '"1"'


def test_a_listing_whose_articles_were_not_stored_is_asked_for_in_full_again(play: Play) -> None:
    feed = {"body": "<rss/>", "headers": [["ETag", '"1"']]}
    wanted = {"url": "<0>/feed", "purpose": "listing", "meta": {"forget": True}}
    answer = play(sites=[{"/feed": feed}], requests=[wanted], runs=2)
    assert outcomes(answer, 1) == ["ok"]
    assert "if-none-match" not in answer["sites"][0]["hits"][2]["headers"]


def test_the_same_body_counts_as_unchanged_without_validators(play: Play) -> None:
    answer = play(
        sites=[{"/feed": [{"body": "one"}, {"body": "one"}, {"body": "two"}]}],
        requests=[{"url": "<0>/feed", "purpose": "listing"}],
        runs=3,
    )
    assert [outcomes(answer, run) for run in range(3)] == [["ok"], ["unchanged"], ["ok"]]


def test_a_304_that_nobody_asked_for_is_no_answer(play: Play) -> None:
    answer = play(
        sites=[{"/feed": {"status": 304}}], requests=[{"url": "<0>/feed", "purpose": "listing"}]
    )
    assert outcomes(answer) == ["garbled"]


def test_a_redirected_listing_keeps_its_validators(play: Play) -> None:
    feed = {"body": "<rss/>", "headers": [["ETag", '"1"']]}
    answer = play(
        sites=[{"/old": redirect("/feed", 301), "/feed": feed}],
        requests=[{"url": "<0>/old", "purpose": "listing"}],
        runs=2,
    )
    assert outcomes(answer, 1) == ["unchanged"]


# ---------------------------------------------------------------- whole answers, limits


PAGE = b"<!doctype html><html><body>" + b"words and more words " * 400 + b"</body></html>"
CHUNKS = "Transfer-Encoding: chunked\r\n\r\n"
GZIPPED = gzip.compress(PAGE)
BOMB = gzip.compress(b"\0" * 12_000_000)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (zipped(GZIPPED), "ok"),
        (zipped(zlib.compress(PAGE), "deflate"), "ok"),
        (zipped(GZIPPED[:-20]), "truncated"),
        (zipped(zlib.compress(PAGE)[:-20], "deflate"), "truncated"),
        (zipped(PAGE), "ok"),  # called gzip, is plain
        (zipped(GZIPPED[:30] + b"\xff" * 40 + GZIPPED[70:]), "garbled"),
        (zipped(BOMB), "too-large"),
        (zipped(gzip.compress(BOMB), "gzip, gzip"), "too-large"),
        (zipped(gzip.compress(GZIPPED), "gzip, gzip"), "ok"),
        (zipped(PAGE, "rot13"), "ok"),  # as browsers do: the bytes are readable as they are
        (zipped(GZIPPED, "rot13"), "garbled"),
        ({"status": 206, "body": "half"}, "truncated"),
        ({"status": 204}, "empty"),
        ({"body": ""}, "empty"),
        (
            {"b64": b64(b"\x89PNG\r\n\x1a\n\0\0"), "headers": [["Content-Type", "image/png"]]},
            "not-text",
        ),
        (raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<p>cut"), "truncated"),
        (raw("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\nx"), "too-large"),
        (raw("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>cut"), "truncated"),
        (raw("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>"), "ok"),
        (raw("<html>\n<p>no status line\n</html>\n"), "garbled"),
        (raw("HTTP/1.1 200 OK\r\n" + "X-A: b\r\n" * 5000 + "\r\n"), "too-large"),
        (raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello"), "garbled"),
        (raw(OK + "Content-Length: 5\r\n\r\nhello" + OK + "Content-Length: 1\r\n\r\nx"), "ok"),
        (raw(OK + "Content-Security-Policy: " + "x" * 40_000 + "\r\n\r\n<p>"), "ok"),
        (raw(OK + CHUNKS + "5\r\nhello\r\n5\r\nwo"), "truncated"),
        (raw("HTTP/1.1 103 Early Hints\r\n\r\n" + OK + "Content-Length: 1\r\n\r\nx"), "ok"),
        (raw("HTTP/1.1 100 Continue\r\n\r\n" * 3000), "too-large"),
        (raw(OK + CHUNKS + "size\r\nhello\r\n"), "garbled"),
        (raw(OK + CHUNKS + "5" * 20), "truncated"),
        (raw(OK + CHUNKS + ";" * 20_000), "garbled"),
        (raw(OK + CHUNKS + "2\r\nhello\r\n0\r\n\r\n"), "garbled"),
        (
            raw(OK + CHUNKS + "5\r\nhello\r\n0\r\n" + "A: b\r\n" * 20_000),
            "ok",
        ),
        (raw("HTTP/1.1 2000 OK\r\n\r\nhello"), "garbled"),
        (raw(OK + "\r\n<html>" + "x" * 10_600_000), "too-large"),
        ({"reset": True}, "network"),
        (redirect("/a"), "redirect-loop"),
        (redirect("/a#again"), "redirect-loop"),
        (redirect("/hop?1"), "redirect-loop"),
        (redirect(""), "redirect-loop"),
        (redirect("http://[::1/"), "http-3xx"),
        (redirect("javascript:alert(1)"), "blocked-address"),
        ({"status": 302}, "http-3xx"),
        (redirect("http://unknown-host.invalid/"), "dns"),
        (redirect("http://127.0.0.1:1/"), "refused"),
        (redirect("http://news.example.org:6379/"), "blocked-address"),
    ],
)
def test_every_failure_has_its_word(play: Play, reply: dict[str, Any], expected: str) -> None:
    hops = {f"/hop?{n}": redirect(f"/hop?{n + 1}") for n in range(1, 20)}
    answer = play(
        sites=[{"/a": reply, **hops}],
        allow_more=["127.0.0.1:1"],
        settings={"RETRY_FIRST_GAP": 0.01},
        requests=[{"url": "<0>/a"}],
    )
    assert outcomes(answer) == [expected], answer["runs"][0]["results"]
    assert len(paths(answer)) < 12


@pytest.mark.parametrize(
    "reply",
    [
        {"wait": 5},
        raw("HTTP/1.1 200 OK\r\n", drips=60),
        raw("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", drips=60),
    ],
)
def test_the_deadline_bounds_silent_and_dripping_servers(play: Play, reply: Any) -> None:
    answer = play(
        sites=[{"/a": reply}], settings={"DOWNLOAD_TIMEOUT": 0.6}, requests=[{"url": "<0>/a"}]
    )
    assert outcomes(answer) == ["timeout"]
    assert answer["seconds"] < 3


def test_credentials_stay_with_their_origin(play: Play) -> None:
    answer = play(
        sites=[{"/": redirect("<1>/")}, {"/": {"body": "x"}}],
        requests=[{"url": "<0>/", "headers": {"Authorization": "Basic x", "Cookie": "a=b"}}],
    )
    assert "authorization" in answer["sites"][0]["hits"][1]["headers"]
    assert not {"authorization", "cookie", "referer"} & set(
        answer["sites"][1]["hits"][1]["headers"]
    )


def test_a_flood_of_cookies_is_not_sent_back(play: Play) -> None:
    flood = [["Set-Cookie", f"c{n}={'v' * 4000}"] for n in range(150)]
    answer = play(
        sites=[{"/a": {"body": "x", "headers": flood}, "/b": {"body": "x"}}],
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
    )
    assert outcomes(answer) == ["ok", "ok"]
    assert all("cookie" not in hit["headers"] for hit in answer["sites"][0]["hits"])
