"""firstseen web: a real server, its token, its end, and everything it refuses to do."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from crawler.cli import main
from crawler.workspace import create_workspace
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.schema import upgrade
from pipelines.store import store_article
from tests.e2e.running import environment, firstseen
from tests.examples import make_item, save_example_sources
from tests.unit.test_house import loaded_by

_TOLD = "firstseen is at "


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web")
    create_workspace(folder)
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", create=True)
    upgrade(engine)
    with session_factory(engine).begin() as session:
        save_example_sources(session)
        store_article(session, make_item())
    engine.dispose()
    return folder


@dataclass
class Served:
    """A running server."""

    address: str
    process: subprocess.Popen[str]

    def get(self, path: str, **more: Any) -> httpx.Response:
        return httpx.get(self.address + path, timeout=20, **more)


@contextmanager
def serving(folder: Path, *words: str, **env: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "web", "--listen", "127.0.0.1:0", *words],
        cwd=folder,
        env=environment(env),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith(_TOLD), line + process.stderr.read()
        yield Served(line.removeprefix(_TOLD).split()[0].rstrip("/"), process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def served(workspace: Path) -> Iterator[Served]:
    with serving(workspace) as server:
        yield server


def test_the_api_and_the_page_answer(served: Served) -> None:
    api = served.get("/api/v1/search", params={"q": "levy"})
    page = served.get("/")

    assert api.json()["items"][0]["article"]["headline"] == "Council puts off harbour levy"
    assert page.headers["content-type"].startswith("text/html")
    for answer in (api, page):
        assert "server" not in answer.headers
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_name_that_was_made_to_point_here_is_not_answered(served: Served) -> None:
    answer = served.get("/api/v1/articles", headers={"host": "rebound.evil.example"})

    assert answer.status_code == 421
    assert "levy" not in answer.text


def test_a_port_in_use_is_one_clear_line(served: Served, workspace: Path) -> None:
    done = firstseen("web", "--listen", served.address.removeprefix("http://"), cwd=workspace)

    assert done.status == 1
    assert "cannot listen at 127.0.0.1:" in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(number: signal.Signals, workspace: Path) -> None:
    with serving(workspace) as server:
        assert server.get("/api/v1/changes").status_code == 200
        server.process.send_signal(number)

        assert server.process.wait(timeout=15) == 0
        assert server.process.stderr is not None
        assert server.process.stderr.read() == ""


def test_a_token_is_shown_once_and_kept_as_its_hash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_workspace(tmp_path)

    def token(*words: str) -> tuple[int, str, str]:
        status = main(["web", "token", *words, "--workspace", str(tmp_path)])
        said = capsys.readouterr()
        return status, said.out, said.err

    made, again, replaced = token(), token(), token("--replace")

    assert (made[0], replaced[0]) == (0, 0)
    assert len(made[1].strip()) >= 43
    assert made[1] != replaced[1]
    assert (again[0], again[1], "--replace" in again[2]) == (2, "", True)
    kept = tmp_path / "web-token"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert replaced[1].strip() not in kept.read_text()


def test_the_token_opens_the_api_and_the_page(workspace: Path) -> None:
    token = "correct-horse-battery-staple-token"
    with serving(workspace, FIRSTSEEN_WEB_TOKEN=token) as server:
        assert server.get("/api/v1/articles").status_code == 401
        assert server.get("/").headers["location"] == "/login?next=/"
        assert "<form" in server.get("/login?next=/").text
        bearer = {"Authorization": f"Bearer {token}"}
        assert server.get("/api/v1/articles", headers=bearer).status_code == 200
        assert server.get("/api/v1/articles", auth=("reader", token)).status_code == 200
        with httpx.Client(base_url=server.address) as browser:
            sent = browser.post("/login?next=/", data={"token": token})
            assert (sent.status_code, sent.headers["location"]) == (303, "/")
            assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("words", "env", "told"),
    [
        (("--listen", "nonsense"), {}, "HOST:PORT"),
        (("--listen", "127.0.0.1:99999"), {}, "HOST:PORT"),
        (("--listen", "0.0.0.0:0"), {}, "there is no token"),
        (("--listen", "nowhere.invalid:0"), {}, "there is no token"),
        ((), {"FIRSTSEEN_WEB_TOKEN": "secret"}, "could be guessed"),
        ((), {"FIRSTSEEN_DATABASE_URL": "sqlite:///missing.db"}, "no database there yet"),
        ((), {"FIRSTSEEN_WEB_PORT": "1"}, "unknown key 'port' in [web]"),
    ],
)
def test_what_keeps_it_from_serving_is_told_in_one_line(
    words: tuple[str, ...],
    env: dict[str, str],
    told: str,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    assert main(["web", *words, "--workspace", str(workspace)]) != 0

    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_serving_needs_no_scrapy() -> None:
    loaded = loaded_by("import crawler.commands.web_serving")

    assert not {"scrapy", "twisted"} & loaded
    assert "fastapi" not in loaded_by("import crawler.commands.web")
