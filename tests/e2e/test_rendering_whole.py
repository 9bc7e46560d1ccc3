"""A rendered page is whole, or it says what is missing: in a real browser, on slow sites."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.browsers import need_browser
from tests.e2e.test_rendering_pages import page
from tests.integration.conftest import play
from tests.integration.small_sites import Play, robots

__all__ = ["play"]  # the fixture

PLAIN, ALL = 12, 52  # links without the page's data, and with it
SHOW = "t => document.getElementById('p').textContent = t"


def links(first: int, end: int) -> str:
    return "".join(
        f'<h2><a href="/2026/03/02/harbour-story-{n}">Story {n} of the harbour town</a></h2>'
        for n in range(first, end)
    )


def section(*, seconds: float, busy_seconds: float) -> dict[str, Any]:
    """A site whose front lists some links at once and the rest when its data has come."""
    until = f"performance.now() + {busy_seconds * 1000}"
    busy = f"{{ const end = {until}; while (performance.now() < end); }}"
    script = [["Content-Type", "text/javascript"]]
    front = f"<!doctype html><div id='list'>{links(0, PLAIN)}</div>"
    front += "<script src='/library.js'></script><script src='/app.js'></script>"
    fetch = "fetch('/data.json').then(r => r.json()).then(d => list.innerHTML += d)"
    app = f"{busy} const list = document.getElementById('list'); {fetch}"
    return {
        "/news": {"body": front},
        "/library.js": {"body": busy, "headers": script},
        "/app.js": {"body": app, "headers": script},
        "/data.json": {"wait": seconds, "body": json.dumps(links(PLAIN, ALL))},
    }


def look(play: Play, sites: list[dict[str, Any]], **settings: Any) -> list[dict[str, Any]]:
    """Render the one page ``/news`` of each site; return the results in the order of the sites."""
    need_browser()
    wanted = [{"url": f"<{n}>/news", "meta": {"firstseen_render": True}} for n in range(len(sites))]
    answer = play(sites=sites, requests=wanted, settings=settings)
    by_number = {r["wanted"]: r for r in answer["runs"][0]["results"]}
    assert len(by_number) == len(sites)
    return [by_number[f"{root}/news"] for root in answer["roots"]]


@pytest.mark.parametrize("busy_seconds", [0.0, 0.5])
def test_pages_that_queue_for_the_browser_are_whole_when_their_turn_comes(
    play: Play, busy_seconds: float
) -> None:
    """The last one's turn begins when the time of the first has long been over."""
    sites = [section(seconds=2.5, busy_seconds=busy_seconds) for _ in range(5)]
    results = look(play, sites, RENDER_PAGES=1, RENDER_SECONDS=16)
    seen = [(r["outcome"], r["flags"], r["body"].count("<h2>")) for r in results]
    assert seen == [("ok", ["rendered"], ALL)] * 5


def data(reply: dict[str, Any], more: str = "") -> dict[str, Any]:
    """A site whose front asks for one piece of data; ``more`` is script that runs beside it."""
    fetch = f"fetch('/data.json?key=secret').then(r => r.text()).then({SHOW}).catch(e => 0);"
    return {"/news": page(f"{fetch} {more}"), "/data.json?key=secret": reply}


LOST = {
    "slow": (data({"wait": 20, "body": "late"}), "1 of 1 requests of the page failed: timeout"),
    "broken": (
        data({"reset": True}),
        "1 of 1 requests of the page failed: network (/data.json)",
    ),
    "busy": (data({"status": 503}), "1 of 1 requests of the page answered HTTP 503 (/data.json)"),
    "barred": (
        data({"body": "x"}) | {"/robots.txt": robots("User-agent: *\nDisallow: /data")},
        "1 of 1 requests of the page was refused: robots (/data.json)",
    ),
    "inside": (
        data({"status": 302, "headers": [["Location", "http://127.0.0.1:9/x"]]}),
        "1 of 1 requests of the page was refused: blocked-address (/data.json)",
    ),
    "no script": (
        {"/news": page("", "<script src='/app.js'></script>"), "/app.js": {"status": 500}},
        "1 of 1 requests of the page answered HTTP 500 (/app.js)",
    ),
    "late": (
        data({"wait": 6, "body": "a"}, "setTimeout(() => fetch('/late.json').catch(e => 0), 6500)"),
        "1 of 2 requests of the page was refused: time was over (/late.json)",
    ),
}


def test_a_page_that_did_not_get_all_it_asked_for_is_partial_and_says_what_is_missing(
    play: Play,
) -> None:
    results = look(play, [site for site, _ in LOST.values()], RENDER_SECONDS=10)
    told = {name: r.get("partial") or r["outcome"] for name, r in zip(LOST, results, strict=True)}
    expected = {name: words for name, (_, words) in LOST.items()}
    assert {name: told[name][: len(words)] for name, words in expected.items()} == expected
    assert all("partial" in r["flags"] and not r["has_trace"] for r in results)
    assert "secret" not in json.dumps(told)


WHOLE = {
    "beacons": (
        "setInterval(() => { navigator.sendBeacon('/b', '1');"
        " new Image().src = '/i?' + Math.random();"
        " fetch('/p?' + Math.random(), {method: 'POST'}).catch(e => 0) }, 100);"
    ),
    "sockets": "new WebSocket('ws://' + location.host + '/live'); new EventSource('/hang.json');",
    "event stream": "fetch('/hang.json', {headers: {accept: 'text/event-stream'}}).catch(e => 0);",
    "socket by polling": (
        "setInterval(() => fetch('/socket.io/?transport=polling&t=' + Math.random())"
        ".catch(e => 0), 300);"
    ),
    "unreadable": "fetch('http://127.0.0.1:9/count', {mode: 'no-cors'}).catch(e => 0);",
    "the same again": "setInterval(() => fetch('/data.json?key=secret'), 50);",
    "now and then": "setInterval(() => fetch('/tick.json?' + Math.random()), 2000);",
    "nothing there": "fetch('/none.json').catch(e => 0);",
    "second try": "fetch('/flaky.json').catch(e => fetch('/flaky.json'));",
}


def test_what_never_ends_and_brings_nothing_does_not_make_a_page_partial(play: Play) -> None:
    sites = [
        data({"body": "there", "wait": 0.5}, script)
        | {"/hang.json": {"wait": 30}, "/flaky.json": [{"reset": True}, {"body": "2"}]}
        for script in WHOLE.values()
    ]
    results = look(play, sites, RENDER_SECONDS=20)
    seen = {name: (r["outcome"], r.get("partial")) for name, r in zip(WHOLE, results, strict=True)}
    assert seen == dict.fromkeys(WHOLE, ("ok", None))
    assert all('id="p">there<' in r["body"] for r in results)


ENDLESS = {
    "by the clock": "setInterval(() => fetch('/more.json?' + Math.random()).catch(e => 0), 100);",
    "one after the other": (
        "let n = 0; const more = () => fetch('/more/' + n++ + '.json').then(r => {"
        " document.body.append(' ' + n); more(); }); more();"
    ),
    "though refused": "const on = () => fetch('/x?' + Math.random()).then(on, on); on();",
}


def test_a_page_that_asks_for_ever_ends_as_timeout(play: Play) -> None:
    sites = [data({"body": "there"}, script) for script in ENDLESS.values()]
    results = look(play, sites, RENDER_SECONDS=8)
    assert [r["outcome"] for r in results] == ["timeout"] * len(ENDLESS)
