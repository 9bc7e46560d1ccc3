"""What pages do to a real browser: they reach nothing and hold nothing up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.browsers import need_browser
from tests.integration.conftest import play
from tests.integration.small_sites import Play, b64, outcomes, paths, robots

__all__ = ["play"]  # the fixture


class Inside:
    """A service of the internal network: it counts who comes by TCP or UDP, and answers nobody."""

    def __init__(self) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)
        self.visitors = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            self.visitors += 1
            connection.close()

    @property
    def packets(self) -> int:
        try:
            return len(self.udp.recv(2000))
        except BlockingIOError:
            return 0

    def close(self) -> None:
        self.tcp.shutdown(socket.SHUT_RDWR)
        self.tcp.close()
        self.udp.close()


@pytest.fixture
def inside() -> Iterator[Inside]:
    service = Inside()
    yield service
    service.close()


def page(script: str, head: str = "") -> dict[str, Any]:
    return {
        "body": f"<!doctype html><html><head><title>News</title>{head}</head><body>"
        f'<p id="p">plain</p><script>{script}</script></body></html>'
    }


def show(text: str) -> str:
    return f"document.getElementById('p').textContent = {text};"


def shown(answer: dict[str, Any]) -> dict[str, str]:
    """Return path -> what stands in the one paragraph of each rendered page."""
    return {
        "/" + r["wanted"].rpartition("/")[2]: r["body"].partition('id="p">')[2].partition("<")[0]
        for r in answer["runs"][0]["results"]
        if r["outcome"] == "ok"
    }


def render(play: Play, pages: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """Render every page of a site that is meant to be looked at."""
    need_browser()
    wanted = [path for path in pages if "." not in path]
    return play(
        sites=[pages],
        requests=[{"url": f"<0>{path}", "meta": {"firstseen_render": True}} for path in wanted],
        settings={"USER_AGENT": "firstseen/1.0 (+desk@monitor.example)", **settings},
    )


def test_scripts_run_and_their_data_comes_through_our_gate(play: Play) -> None:
    pages = {
        "/robots.txt": robots("User-agent: *\nDisallow: /private"),
        "/data.json": {"body": "data", "headers": [["Set-Cookie", "id=1"]]},
        "/fetch": page(f"fetch('/data.json').then(r => r.text()).then(t => {{ {show('t')} }})"),
        "/agent": page(show("navigator.userAgent + document.cookie")),
        "/alert": page("alert('Subscribe!');" + show("'after'")),
        "/leave": page(show("'here'") + "location.href = '/elsewhere.html'"),
        "/polls": page("setInterval(() => fetch('/data.json'), 20);" + show("'polls'")),
        "/latin": {
            "b64": b64('<p id="p">caf\xe9</p>'.encode("latin-1")),
            "headers": [["Content-Type", "text/html; charset=iso-8859-1"]],
        },
        "/robots": page(
            f"fetch('/private.json').catch(e => {{ {show(chr(39) + 'no' + chr(39))} }})"
        ),
    }
    answer = render(play, pages)
    assert shown(answer) == {
        "/fetch": "data",
        "/agent": "firstseen/1.0 (+desk@monitor.example)",
        "/alert": "after",
        "/leave": "here",
        "/polls": "polls",
        "/latin": "café",
        "/robots": "no",
    }
    asked = paths(answer)
    assert asked.count("/data.json") == 2  # once for each of two pages, however often they poll
    assert not {"/private.json", "/elsewhere.html"} & set(asked)
    data = next(hit for hit in answer["sites"][0]["hits"] if hit["path"] == "/data.json")
    assert data["headers"]["user-agent"] == "firstseen/1.0 (+desk@monitor.example)"
    assert not {"cookie", "referer"} & set(data["headers"])
    assert answer["sites"][0]["most_busy"] == 1


def test_a_page_reaches_nothing_inside_the_network(play: Play, inside: Inside) -> None:
    tcp = inside.tcp.getsockname()[1]
    udp = inside.udp.getsockname()[1]
    script = f"""
    const inside = "127.0.0.1:{tcp}";
    for (const host of [inside, "localhost:{tcp}", "[::ffff:127.0.0.1]:{tcp}", "2130706433:{tcp}"])
      fetch("http://" + host + "/").catch(e => 0);
    fetch("/hop.json").catch(e => 0);
    fetch("/post.json", {{method: "POST", body: "1"}}).catch(e => 0);
    navigator.sendBeacon("/beacon.json", "1");
    new Image().src = "/picture.png"; new Image().src = "http://" + inside + "/picture.png";
    new WebSocket("ws://" + inside + "/"); new EventSource("/events.json");
    for (const url of ["stun:127.0.0.1:{udp}", "turn:" + inside + "?transport=tcp"]) {{
      const rtc = new RTCPeerConnection({{iceServers:
        [{{urls: url, username: "a", credential: "b"}}]}});
      rtc.createDataChannel("x"); rtc.createOffer().then(offer => rtc.setLocalDescription(offer));
    }}
    window.open("http://" + inside + "/"); window.open("/window.html");
    for (const [tag, at] of [["iframe", "/frame.html"], ["iframe", "http://" + inside + "/"],
                             ["script", "http://" + inside + "/s.js"]]) {{
      const element = document.createElement(tag); element.src = at; document.body.append(element);
    }}
    const source = `fetch("http://${{inside}}/").catch(e => 0);
      fetch("${{location.origin}}/worker.json").then(r => postMessage("done"))`;
    new Worker(URL.createObjectURL(new Blob([source]))).onmessage = () => {{ {show("'ready'")} }};
    """
    head = f"""<link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png">
    <link rel="preconnect" href="http://127.0.0.1:{tcp}">
    <link rel="prefetch" href="http://127.0.0.1:{tcp}/next">
    <link rel="preload" as="font" href="/letters.woff2" crossorigin>"""
    hop = {"status": 302, "headers": [["Location", f"http://127.0.0.1:{tcp}/hop"]]}
    pages = {"/reach": page(script, head), "/hop.json": hop, "/worker.json": {"body": "1"}}
    answer = render(play, pages)
    assert shown(answer) == {"/reach": "ready"}
    assert (inside.visitors, inside.packets) == (0, 0)
    assert set(paths(answer)) == {"/robots.txt", "/reach", "/hop.json", "/worker.json"}


def test_a_page_that_will_not_end_costs_its_own_look_only(play: Play) -> None:
    pages = {
        "/a-spins": page("for (;;) {}"),
        "/b-grows": page("document.body.append('x'.repeat(9000000))"),
        "/c-eats": page(
            "const kept = []; function eat() { kept.push(new Uint8Array(2e7).fill(7));"
            " setTimeout(eat, 5) }; eat();"
            " setInterval(() => fetch('/' + kept.length + '.json'), 50)"
        ),
        "/d-good": page(show("'good'")),
    }
    answer = render(play, pages, RENDER_SECONDS=10, RENDER_MEMORY_MB=900)
    assert outcomes(answer) == ["timeout", "too-large", "render-failed", "ok"]
    assert shown(answer) == {"/d-good": "good"}
    assert len(paths(answer)) < 150
