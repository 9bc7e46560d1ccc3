"""What stands around the application: names, rates, tags, faults, and what browsers are told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Response
from sqlalchemy.orm import Session
from starlette.middleware import Middleware

from pipelines.web.access import Access, token_digest
from pipelines.web.access_gate import WRONG_TRIES_PER_MINUTE, AccessGate
from pipelines.web.app import create_app
from pipelines.web.conditional import ConditionalGet, entity_tag, is_match
from pipelines.web.desk import Desk
from pipelines.web.faults import Faults
from pipelines.web.headers import SECURITY_HEADERS, SecurityHeaders
from pipelines.web.hosts import KnownHosts, host_name, is_loopback
from pipelines.web.problems import PROBLEM_TYPE
from pipelines.web.rate_limit import RateLimit, TokenBuckets, client_of
from pipelines.web.time_limit import TimeLimit
from tests.examples import NOON
from tests.web_client import HOME, WebClient

TOKEN = "a-token-of-more-than-enough-signs"
_let_go = threading.Event()


def make_app(*middleware: Middleware) -> FastAPI:
    app = FastAPI(middleware=[Middleware(SecurityHeaders), Middleware(Faults), *middleware])

    @app.get("/api/v1/thing")
    def thing() -> dict[str, str]:
        return {"a": "thing"}

    @app.post("/api/v1/thing")
    @app.post("/page")
    def change() -> Response:
        return Response("changed")

    @app.get("/page")
    def page() -> Response:
        return Response("<p>page", media_type="text/html")

    @app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("a secret in a message")

    @app.get("/api/v1/slow")
    def slow() -> str:
        _let_go.wait(5)
        return "late"

    return app


_open: list[WebClient] = []


def client(*middleware: Middleware, home: str = HOME) -> WebClient:
    _open.append(WebClient(make_app(*middleware), home))
    return _open[-1]


@pytest.fixture(autouse=True)
def _clients_end() -> Iterator[None]:
    yield
    while _open:
        _open.pop().close()


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("127.0.0.1:8765", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("[::1]:80", "::1"),
        ("[::1]", "::1"),
        ("desk.example:", "desk.example"),
        ("", ""),
    ],
)
def test_the_name_is_read_from_the_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("localhost", True), ("a.localhost", True), ("127.9.9.9", True), ("::1", True)),
        *(("127.0.0.1.evil.example", False), ("localhost.evil.example", False), ("", False)),
    ],
)
def test_loopback_names_are_told_from_others(name: str, expected: bool) -> None:
    assert is_loopback(name) is expected


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200),
        ("localhost", 200),
        ("[::1]:8765", 200),
        ("desk.newsroom.example", 200),
        ("192.0.2.7:8765", 200),  # an address is no name that could be made to point here
        ("rebound.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ],
)
def test_only_its_own_names_are_answered(host: str, status: int) -> None:
    web = client(Middleware(KnownHosts, hosts=["desk.newsroom.example:443"]))

    answer = web.get("/api/v1/thing", headers={"host": host})

    assert answer.status_code == status
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site", "origin": HOME}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": HOME}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 200),  # a program, which no site can make send anything
    ],
)
def test_forms_of_other_sites_are_refused(headers: dict[str, str], status: int) -> None:
    assert client(Middleware(KnownHosts)).post("/page", headers=headers).status_code == status


# ---------------------------------------------------------------- the description


def test_every_address_of_the_api_is_in_the_documentation() -> None:
    document = create_app(Desk(sessions=_no_database)).openapi()
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")

    paths = [path.removeprefix("/api/v1") for path in document["paths"]]
    assert [path for path in paths if f"`{path}`" not in text] == []
    assert document["openapi"].startswith("3.1")
    for path, item in document["paths"].items():
        assert set(item) == {"get"}, path  # read-only
        assert item["get"]["summary"], path
        for parameter in item["get"].get("parameters", ()):
            assert parameter.get("description"), (path, parameter["name"])


def _no_database() -> Session:
    raise AssertionError("the description needs no database")


# ---------------------------------------------------------------- every answer


@pytest.mark.parametrize("path", ["/page", "/api/v1/thing", "/nothing", "/api/v1/broken"])
def test_every_answer_tells_browsers_what_they_may_do(path: str) -> None:
    answer = client().get(path)

    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["cache-control"] in ("private, no-cache", "no-store")
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_fault_gives_nothing_away() -> None:
    answer = client().get("/api/v1/broken")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM_TYPE
    assert answer.json()["status"] == 500
    assert "secret" not in answer.text


# ---------------------------------------------------------------- tags


def test_what_has_not_changed_is_not_sent_again() -> None:
    web = client(Middleware(ConditionalGet))
    first = web.get("/api/v1/thing")

    again = web.get("/api/v1/thing", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-type" not in again.headers
    assert web.get("/api/v1/thing", headers={"if-none-match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("*", True),
        ('W/"a"', True),
        ('"a"', True),
        ('"b", W/"a"', True),
        ('"b"', False),
        ("", False),
    ],
)
def test_tags_are_compared_weakly(header: str, expected: bool) -> None:
    assert is_match(header, 'W/"a"') is expected
    assert entity_tag(b"a") != entity_tag(b"b")


@pytest.mark.parametrize("path", ["/api/v1/thing", "/page"])
def test_head_is_get_without_the_body(path: str) -> None:
    web = client(Middleware(ConditionalGet))

    get, head = web.get(path), web.head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


# ---------------------------------------------------------------- rates


@dataclass
class Clock:
    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def test_a_bucket_fills_up_evenly() -> None:
    clock = Clock()
    buckets = TokenBuckets(60, clock)

    assert [buckets.take("a").is_allowed for _ in range(61)] == [True] * 60 + [False]
    assert buckets.take("b").is_allowed  # another client
    assert buckets.take("a").wait == pytest.approx(1)
    clock.now = 2.5
    assert [buckets.take("a").is_allowed for _ in range(3)] == [True, True, False]


def test_a_flood_of_clients_does_not_fill_the_memory() -> None:
    buckets = TokenBuckets(60, Clock())
    for number in range(20_000):
        buckets.take(str(number))

    assert len(buckets._buckets) == 10_000


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_neighbours_of_one_line_are_one_client(host: str, client: str) -> None:
    assert client_of({"client": (host, 1)}) == client


def test_a_request_too_many_is_told_when_to_come_back() -> None:
    web = client(Middleware(RateLimit, buckets=TokenBuckets(3, Clock())))
    answers = [web.get("/api/v1/thing") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"client";q=3;w=60'
    assert answers[0].headers["ratelimit"] == '"client";r=2;t=0'
    assert answers[3].headers["retry-after"] == "20"
    assert answers[3].headers["content-type"] == PROBLEM_TYPE


# ---------------------------------------------------------------- the token


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guarded(clock: Clock) -> WebClient:
    gate = Middleware(
        AccessGate, access=Access(token_digest(TOKEN)), clock=lambda: NOON, sleep=clock.sleep
    )
    return client(gate)


def test_programs_send_the_token_in_a_header(guarded: WebClient) -> None:
    none = guarded.get("/api/v1/thing")
    wrong = guarded.get("/api/v1/thing", headers={"authorization": "Bearer nonsense"})
    right = guarded.get("/api/v1/thing", headers={"authorization": f"Bearer {TOKEN}"})

    assert [none.status_code, wrong.status_code, right.status_code] == [401, 401, 200]
    assert none.headers["www-authenticate"] == 'Bearer realm="firstseen"'
    assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
    assert none.headers["content-type"] == PROBLEM_TYPE


def test_people_log_in_and_out(guarded: WebClient) -> None:
    sent_away = guarded.get("/page?a=b")
    assert (sent_away.status_code, sent_away.headers["location"]) == (
        303,
        "/login?next=/page%3Fa%3Db",
    )
    form = guarded.get(sent_away.headers["location"])
    assert "<form" in form.text
    # With no-referrer its origin would be "null", which any site can send.
    assert form.headers["referrer-policy"] == "same-origin"

    wrong = guarded.post("/login?next=/page", data={"token": "nonsense"})
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
    right = guarded.post("/login?next=/page", data={"token": TOKEN})
    assert (right.status_code, right.headers["location"]) == (303, "/page")
    cookie = right.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/", "max-age"))
    assert TOKEN not in right.headers["set-cookie"]

    assert guarded.get("/page").status_code == 200
    assert guarded.get("/api/v1/thing").status_code == 200
    guarded.post("/logout")
    assert guarded.get("/page").status_code == 303


def test_a_cookie_over_tls_stays_on_tls(clock: Clock) -> None:
    gate = Middleware(AccessGate, access=Access(token_digest(TOKEN)), clock=lambda: NOON)
    web = client(gate, home="https://127.0.0.1")

    assert "secure" in web.post("/login", data={"token": TOKEN}).headers["set-cookie"].lower()


def test_a_link_in_a_mail_asks_once_more_with_its_cookie(guarded: WebClient) -> None:
    answer = guarded.get("/page", headers={"sec-fetch-site": "cross-site"})

    assert (answer.status_code, 'http-equiv="refresh"' in answer.text) == (200, True)
    assert "page" not in answer.text.replace("firstseen", "")


def test_wrong_tokens_are_answered_late_and_then_not_looked_at(
    guarded: WebClient, clock: Clock
) -> None:
    wrong = {"authorization": "Bearer nonsense"}
    statuses = [guarded.get("/api/v1/thing", headers=wrong).status_code for _ in range(12)]

    assert statuses == [401] * WRONG_TRIES_PER_MINUTE + [429] * 2
    assert len(clock.slept) == WRONG_TRIES_PER_MINUTE
    right = {"authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/api/v1/thing", headers=right).status_code == 200


def test_styles_are_open_to_all_but_nothing_else_is(guarded: WebClient) -> None:
    assert guarded.get("/static/x.css").status_code == 404  # let through, and not there
    for path in ("/", "/static", "/api/v1/openapi.json", "/static/../page", "/nothing"):
        assert guarded.get(path).status_code in (303, 401)


# ---------------------------------------------------------------- time


@pytest.fixture
def held() -> Iterator[None]:
    _let_go.clear()
    yield
    _let_go.set()


def test_what_takes_too_long_is_answered_all_the_same(held: None) -> None:
    web = client(Middleware(TimeLimit, seconds=-1.0))

    answer = web.get("/api/v1/slow")

    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert web.get("/api/v1/thing").status_code == 200
    _let_go.set()


def test_requests_of_a_client_that_left_are_given_up() -> None:
    ended = asyncio.run(_leave_early())

    assert ended


async def _leave_early() -> bool:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    scope = {"type": "http", "path": "/", "method": "GET"}
    task = asyncio.ensure_future(TimeLimit(app, 30)(scope, None, None))  # type: ignore[arg-type]
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(ended.wait(), 5)
    return True
