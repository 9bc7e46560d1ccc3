"""The page and the API behind a proxy that serves them below a path of its own site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.web.access import access_of
from pipelines.web.app import create_app
from pipelines.web.below_path import plain_path
from pipelines.web.shell import Shell
from tests.e2e.desk_newsroom import make_newsroom
from tests.e2e.desk_serving import desk_of
from tests.web_client import WebClient

PREFIX = "/intranet/firstseen"
TOKEN = "a-token-of-forty-signs-for-one-test-only"
FORWARDED = {"X-Forwarded-Prefix": PREFIX, "X-Forwarded-For": "10.1.2.3"}
_OURS = re.compile(r'(?:href|src|action|hx-get|hx-post)="(/[^"]*)"')
Open = Callable[..., WebClient]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newsroom")
    make_newsroom(folder)
    return folder


@pytest.fixture
def open_web(folder: Path) -> Iterator[Open]:
    opened: list[WebClient] = []

    def make(**limits: Any) -> WebClient:
        desk = desk_of(f"sqlite:///{folder}/newsroom.db", folder)
        opened.append(WebClient(create_app(desk, Shell(requests_per_minute=100_000, **limits))))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def outside(answer: httpx.Response) -> list[str]:
    return [link for link in _OURS.findall(answer.text) if not link.startswith(PREFIX + "/")]


def pages_from(web: WebClient, ask: Callable[[str], httpx.Response]) -> dict[str, httpx.Response]:
    """Return the pages that links lead to, by their kind; at most three of a kind."""
    seen, waiting = dict[str, httpx.Response](), ["/"]
    kinds: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        kind = re.sub(r"\d+", "N", path.partition("?")[0])
        if path in seen or kinds.get(kind, 0) >= 3:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        seen[path] = ask(path)
        for link in _OURS.findall(seen[path].text):
            waiting.append(link.removeprefix(PREFIX).partition("#")[0].replace("&amp;", "&"))
    return seen


@pytest.mark.parametrize("is_kept", [True, False], ids=["path kept", "path taken off"])
@pytest.mark.parametrize("by_header", [True, False], ids=["header", "option"])
def test_every_link_of_every_page_stays_below_the_path(
    open_web: Open, *, is_kept: bool, by_header: bool
) -> None:
    web = open_web(**({"proxies": ("127.0.0.1",)} if by_header else {"root_path": PREFIX}))
    headers = FORWARDED if by_header else {}

    def ask(path: str) -> httpx.Response:
        return web.get(PREFIX + path if is_kept else path, headers=headers)

    pages = pages_from(web, ask)
    kinds = {path.split("/")[1].partition("?")[0] for path in pages}
    assert {"", "search", "stories", "articles", "sources", "coverage", "alerts", "static"} <= kinds
    assert {path: found for path, answer in pages.items() if (found := outside(answer))} == {}
    assert {p: a.status_code for p, a in pages.items() if a.status_code not in (200, 405)} == {}
    missing = ask("/nothing-here")
    assert (missing.status_code, outside(missing)) == (404, [])


def test_api_and_feeds_stay_below_the_path(open_web: Open) -> None:
    web = open_web(root_path=PREFIX)
    assert web.get("/api/v1/openapi.json").json()["servers"] == [{"url": PREFIX}]
    page = web.get("/api/v1/articles?limit=1")
    assert page.headers["link"].startswith(f"<{PREFIX}/api/v1/articles?")
    feeds = [f for w in web.get("/api/v1/watches").json()["items"] for f in w["feeds"].values()]
    assert feeds
    assert all(feed.startswith(f"{PREFIX}/api/v1/watches/") for feed in feeds)
    assert f"http://127.0.0.1:8765{PREFIX}/api/v1/search/feed.atom" in (
        web.get("/api/v1/search/feed.atom?q=levy").text
    )


def test_logging_in_stays_below_the_path(open_web: Open, tmp_path: Path) -> None:
    web = open_web(root_path=PREFIX, access=access_of(TOKEN, tmp_path / "none"))
    asked = web.get("/coverage?span=48h")
    assert asked.headers["location"] == f"{PREFIX}/login?next=/coverage%3Fspan%3D48h"
    part = web.get("/coverage", headers={"HX-Request": "true"})
    assert part.headers["hx-redirect"].startswith(f"{PREFIX}/login?")
    form = web.get("/login?next=/coverage")
    assert f'action="{PREFIX}/login?next=/coverage"' in form.text
    assert outside(form) == []
    done = web.post("/login?next=/coverage", data={"token": TOKEN})
    assert done.headers["location"] == f"{PREFIX}/coverage"
    assert f"path={PREFIX};" in done.headers["set-cookie"].lower() + ";"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, PREFIX),  # from nobody we know
        ({"proxies": ("10.9.9.9",)}, PREFIX),
        *(
            ({"proxies": ("127.0.0.1",)}, odd)
            for odd in (
                "//evil.example",
                "/\\evil.example",
                "https://evil.example/x",
                "/a/../b",
                "/a b",
                '/"><script>',
                "/%2e%2e",
                "firstseen",
                "/" + "x" * 300,
            )
        ),
    ],
)
def test_what_strangers_say_and_what_is_no_path_is_not_believed(
    open_web: Open, limits: dict[str, Any], said: str
) -> None:
    web = open_web(**limits)
    answer = web.get("/", headers={"X-Forwarded-Prefix": said})
    assert (answer.status_code, answer.text) == (200, web.get("/").text)


def test_one_request_does_not_learn_the_path_of_another(open_web: Open) -> None:
    web = open_web(proxies=("127.0.0.1",))
    below = web.get("/coverage", headers=FORWARDED)
    direct = web.get("/coverage")
    assert (PREFIX in below.text, PREFIX in direct.text) == (True, False)
    assert web.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/"}]


@pytest.mark.parametrize(
    ("text", "path"), [("", ""), ("/", ""), ("/a/", "/a"), ("/a-b/c.d", "/a-b/c.d"), ("a", None)]
)
def test_a_path_is_plain_or_it_is_none(text: str, path: str | None) -> None:
    assert plain_path(text) == path
