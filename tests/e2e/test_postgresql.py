"""The same commands on PostgreSQL, with nothing changed but the address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from crawler.demo import DemoWeb
from tests.e2e.running import firstseen, workspace_for


def test_crawl_search_and_export_work_on_postgresql(
    postgres_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = postgres_database("template0")
    with DemoWeb(speed=0, crawl_delay=0) as web:
        folder = workspace_for(web, tmp_path, "harbour-courier", "talbote")
        first = firstseen("crawl", "--json", cwd=folder, FIRSTSEEN_DATABASE_URL=url)
        asked_before = len(web.requests)
        again = firstseen("crawl", "--json", cwd=folder, FIRSTSEEN_DATABASE_URL=url)
        asked_again = [r.path for r in web.requests[asked_before:]]
        published = [
            a
            for slug in ("harbour-courier", "talbote")
            for a in web.published(slug)
            if a.section == "politics"
        ]

    assert first.status == again.status == 0, first.err + again.err
    assert first.json()["articles"]["new"] == len(published)
    assert again.json()["articles"]["new"] == 0
    assert len(asked_again) == 2, asked_again  # the two feeds

    export = firstseen("export", "--database-url", url, cwd=folder)
    assert {json.loads(line)["url"] for line in export.out.splitlines()} == {
        a.url for a in published
    }
    phrase = f'"{published[0].headline}"'  # a bare colon would ask for a field
    found = firstseen("search", phrase, "--format", "json", "--database-url", url, cwd=folder)
    assert published[0].url in [article["url"] for article in found.json()]
    check = firstseen("db", "check", "--database-url", url, cwd=folder)
    assert check.status == 0, check.err
    assert not (folder / "firstseen.db").exists()
