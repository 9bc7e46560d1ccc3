"""`sources doctor` against live sites: the demonstration's outlets, and the replay web's."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.catalogue import load_source_file
from crawler.demo import DemoWeb
from crawler.workspace import create_workspace
from tests.e2e.running import firstseen, workspace_for

#: outlet -> kind of the section to be found, and the end of its address
BEST = {
    "harbour-courier": ("feed", "/politics/rss.xml"),
    "talbote": ("feed", "/politik/feed.atom"),
    "voix-du-delta": ("front", "/politique/"),
    "pulse-ostmere": ("front", "/politics"),  # drawn by its script
}


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb(speed=0, crawl_delay=0) as web:
        web.advance(600)
        yield web


@pytest.mark.parametrize("slug", BEST)
def test_an_outlets_address_leads_to_its_politics_section(
    slug: str, web: DemoWeb, tmp_path: Path
) -> None:
    create_workspace(tmp_path, allow=tuple(o.host_port for o in web.outlets), delay_seconds=0)
    outlet = web.outlet(slug)
    kind, end = BEST[slug]

    told = firstseen("sources", "doctor", outlet.origin, "--format", "json", cwd=tmp_path)

    assert told.status == 0, told.err
    record = told.json()
    assert (record["home_url"], record["wall"]) == (f"{outlet.origin}/", None)
    assert f'kind = "{kind}"\nurl = "{outlet.origin}{end}"' in record["toml"]
    assert ('render = "always"' in record["toml"]) is (slug == "pulse-ostmere")
    best = next(s for s in record["sections"] if s["url"] == outlet.origin + end)
    assert best["about_politics"]
    assert len(web.requests) < 400
    polite = [r for r in web.requests if "firstseen" in r.user_agent]
    assert len(polite) == len(web.requests)


def test_the_proposal_can_be_accepted_and_crawled(web: DemoWeb, tmp_path: Path) -> None:
    create_workspace(tmp_path, allow=tuple(o.host_port for o in web.outlets), delay_seconds=0)
    origin = web.outlet("harbour-courier").origin

    accepted = firstseen("sources", "doctor", origin, "--write", cwd=tmp_path)
    again = firstseen("sources", "doctor", origin, "--write", cwd=tmp_path)
    crawled = firstseen("crawl", cwd=tmp_path)

    (path,) = (tmp_path / "sources").glob("*.toml")
    assert load_source_file(path).sections[0].key == "politics"
    assert (accepted.status, crawled.status) == (0, 0)
    assert again.status == 0
    assert "follows it already" in again.err


def test_a_source_that_went_quiet_is_mended_in_place(web: DemoWeb, tmp_path: Path) -> None:
    workspace_for(web, tmp_path, "harbour-courier")
    path = tmp_path / "sources" / "harbour-courier.toml"
    whole = path.read_text(encoding="utf-8")
    broken = whole.replace("/politics/rss.xml", "/old/politics.rss")
    path.write_text(broken, encoding="utf-8")

    told = firstseen("sources", "doctor", "harbour-courier", "--write", cwd=tmp_path)
    well = firstseen("sources", "doctor", "harbour-courier", cwd=tmp_path)

    assert told.status == 0, told.err
    assert path.read_text(encoding="utf-8") == whole
    assert path.with_name("harbour-courier.toml.before").read_text(encoding="utf-8") == broken
    assert (well.status, "nothing to mend" in well.err) == (0, True)


def test_a_site_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    create_workspace(tmp_path, allow=("127.0.0.1:9",), delay_seconds=0)

    told = firstseen("sources", "doctor", "http://127.0.0.1:9/", cwd=tmp_path)

    assert told.status == 1
    assert "nothing to watch was found" in told.err


# ---------------------------------------------------------------- sites made by others

CONTROL = "http://127.0.0.1:8891"


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)


@pytest.fixture(scope="module")
def outlets(shared: Path) -> Iterator[list[dict[str, Any]]]:
    command = [sys.executable, str(shared / "newsweb" / "newsweb.py")]
    command += ["--pack", str(shared / "newsweb" / "pages"), "--outlets", "6", "--seed", "4"]
    command += ["--port", "8890", "--net", "127.0.14", "--speed", "0", "--seconds", "180"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                manifest = get_json(f"{CONTROL}/manifest.json")
                break
            except OSError:
                assert time.monotonic() < end
                assert server.poll() is None
                time.sleep(0.2)
        urllib.request.urlopen(
            urllib.request.Request(f"{CONTROL}/tick?seconds=43200", method="POST"), timeout=30
        ).read()
        yield manifest["outlets"]
    finally:
        server.terminate()
        server.wait(10)


def test_sites_made_by_others_get_a_feed_where_they_have_one(
    outlets: list[dict[str, Any]], tmp_path: Path
) -> None:
    allow = tuple(o["origin"].removeprefix("http://") for o in outlets)
    create_workspace(tmp_path, allow=allow, delay_seconds=0.02)
    with_feed = [o for o in outlets if {"rss", "atom", "json"} & set(o["feeds"])][:3]
    assert with_feed

    for outlet in with_feed:
        told = firstseen(
            "sources", "doctor", outlet["section_url"], "--format", "json", cwd=tmp_path
        )
        record = told.json()
        found = {s["url"]: s for s in record["sections"] if s["links"] >= 3}
        print(outlet["outlet"], outlet["feeds"], told.err.strip())
        assert told.status == 0, record
        assert set(outlet["feeds"].values()) & set(found) or any(
            s["kind"] == "front" for s in found.values()
        ), record
