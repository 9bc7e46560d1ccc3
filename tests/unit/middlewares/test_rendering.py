"""What a page in the browser may ask for, which browser is taken, and which page is ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.http import HtmlResponse

from crawler.middlewares.rendering_browser import launch_arguments, process_to_end, tree_memory
from crawler.middlewares.rendering_requests import answer_for, page_headers, passed_headers
from crawler.middlewares.rendering_search import SYSTEM_NAMES, NoBrowser, find_browser


@pytest.mark.parametrize(
    ("kind", "method", "answer"),
    [
        ("script", "GET", "fetch"),
        ("xhr", "GET", "fetch"),
        ("fetch", "HEAD", "fetch"),
        ("fetch", "POST", "refuse"),  # our looking changes nothing on a site
        ("xhr", "DELETE", "refuse"),
        ("stylesheet", "GET", "empty"),  # loaders wait for it, nobody looks
        ("image", "GET", "refuse"),
        ("media", "GET", "refuse"),
        ("font", "GET", "refuse"),
        ("ping", "POST", "refuse"),
        ("eventsource", "GET", "refuse"),
        ("websocket", "GET", "refuse"),
        ("manifest", "GET", "refuse"),
        ("other", "GET", "refuse"),
    ],
)
def test_only_scripts_and_their_data_are_fetched(kind: str, method: str, answer: str) -> None:
    assert answer_for(kind, method, main_frame=True, first=False) == answer


@pytest.mark.parametrize(
    ("main_frame", "first", "answer"),
    [
        (True, True, "page"),
        (True, False, "stay"),
        (False, True, "refuse"),
        (False, False, "refuse"),
    ],
)
def test_a_page_gets_its_document_once_and_is_not_led_elsewhere(
    main_frame: bool, first: bool, answer: str
) -> None:
    assert answer_for("document", "GET", main_frame=main_frame, first=first) == answer


def test_a_site_learns_nothing_of_the_reader_from_its_scripts() -> None:
    sent = {
        "accept": "application/json",
        "x-requested-with": "fetch",
        "origin": "https://daily.example",
        "cookie": "id=1",
        "referer": "https://daily.example/politics",
        "sec-ch-ua": '"Chromium"',
        "user-agent": "Mozilla/5.0",
        "authorization": "Bearer x",
        "host": "api.daily.example",
    }
    assert set(passed_headers(sent)) == {"accept", "x-requested-with", "origin"}


def test_a_page_gets_the_headers_that_concern_it_alone() -> None:
    response = HtmlResponse(
        "https://daily.example/",
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": "12",
            "Set-Cookie": "id=1",
            "Refresh": "5; url=/again",
            "Access-Control-Allow-Origin": "*",
        },
    )
    assert page_headers(response) == {
        "content-type": "text/html; charset=utf-8",
        "access-control-allow-origin": "*",
    }


def test_the_browser_is_started_without_a_way_to_the_network() -> None:
    arguments = launch_arguments()
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in arguments
    assert "--proxy-bypass-list=<-loopback>" in arguments
    assert [a for a in arguments if a.startswith("--proxy-server=")]
    assert "--no-sandbox" not in arguments


# ---------------------------------------------------------------- finding it


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_configured_browser_is_the_only_one_tried(tmp_path: Path) -> None:
    own = program(tmp_path / "browser")
    program(tmp_path / ".cache/ms-playwright/chromium-1200/chrome-linux/chrome")
    assert find_browser(str(own), environ={}, home=tmp_path) == own
    with pytest.raises(NoBrowser, match=r"fetch\.browser = '/no/such' is not a program"):
        find_browser("/no/such", environ={}, home=tmp_path, which=lambda name: None)


def test_playwrights_own_browser_wins_over_the_systems(tmp_path: Path) -> None:
    own = program(tmp_path / ".cache/ms-playwright/chromium-1200/chrome-linux64/chrome")
    assert find_browser("", environ={}, home=tmp_path, which=lambda name: "/usr/bin/x") == own
    elsewhere = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "elsewhere")}
    found = find_browser("", environ=elsewhere, home=tmp_path, which=lambda name: "/usr/bin/x")
    assert found == Path("/usr/bin/x")


@pytest.mark.parametrize("name", SYSTEM_NAMES)
def test_the_systems_browser_is_found_under_any_of_its_names(name: str, tmp_path: Path) -> None:
    found = find_browser("", environ={}, home=tmp_path, which={name: f"/usr/bin/{name}"}.get)
    assert found == Path("/usr/bin") / name


def test_without_a_browser_the_message_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NoBrowser, match="install Debian's or Ubuntu's `chromium`") as told:
        find_browser("", environ={}, home=tmp_path, which=lambda name: None)
    assert told.value.outcome == "no-browser"


# ---------------------------------------------------------------- memory


def process(proc: Path, pid: int, parent: int, private_pages: int, command: str) -> None:
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    (folder / "stat").write_text(f"{pid} (a (b) c) S {parent} 0 0")
    (folder / "statm").write_text(f"9999 {private_pages + 50} 50 0 0 0 0")
    (folder / "cmdline").write_bytes(command.replace(" ", "\0").encode())


def test_the_greediest_page_is_ended_not_the_browser(tmp_path: Path) -> None:
    process(tmp_path, 10, 1, 900, "chromium --headless")
    process(tmp_path, 11, 10, 5, "chromium --type=zygote")
    process(tmp_path, 12, 11, 100, "chromium --type=renderer")
    process(tmp_path, 13, 11, 700, "chromium --type=renderer")
    process(tmp_path, 14, 1, 5000, "another program")
    tree = tree_memory(10, tmp_path)
    assert set(tree) == {10, 11, 12, 13}
    assert tree[13] == 7 * tree[12]
    assert process_to_end(tree, 10, tmp_path) == 13
    assert process_to_end({10: 900, 11: 5}, 10, tmp_path) == 10
