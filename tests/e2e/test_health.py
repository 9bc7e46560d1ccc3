"""`firstseen health` after real crawls: what is wrong, and how much, as an exit status."""

from __future__ import annotations

from pathlib import Path

from crawler.demo import DemoWeb
from tests.e2e.running import firstseen, workspace_for


def test_health_follows_what_happens_to_an_outlet(tmp_path: Path) -> None:
    with DemoWeb(speed=0) as web:
        web.advance(600)
        workspace_for(web, tmp_path, "harbour-courier", "ledger-post")
        assert firstseen("health", cwd=tmp_path).status == 1  # no database yet
        assert firstseen("crawl", cwd=tmp_path).status == 0
        well = firstseen("health", "--json", cwd=tmp_path)
        web.break_outlet("ledger-post", "not-found")
        for _ in range(2):
            assert firstseen("crawl", "ledger-post", cwd=tmp_path).status == 1
        ill = firstseen("health", cwd=tmp_path)
        only = firstseen("health", "ledger-post", "--json", cwd=tmp_path)

    assert (well.status, well.json()["states"]) == (0, {"ok": 2})
    assert {s["fields"]["date_published"] for s in well.json()["sections"]} == {1.0}
    assert ill.status == 3
    assert "ledger-post/politics" in ill.out
    assert "failing" in ill.out
    assert "harbour-courier" not in ill.out  # it is well
    assert "2 sections: 1 failing, 1 ok" in ill.err
    assert (only.status, only.json()["sections"][0]["failures"]) == (1, 2)


def test_a_mistyped_source_is_a_usage_error(tmp_path: Path) -> None:
    with DemoWeb(speed=0) as web:
        workspace_for(web, tmp_path, "harbour-courier")
        assert firstseen("crawl", cwd=tmp_path).status in (0, 3)

    told = firstseen("health", "harbour-curier", cwd=tmp_path)

    assert (told.status, "did you mean harbour-courier?" in told.err) == (2, True)
