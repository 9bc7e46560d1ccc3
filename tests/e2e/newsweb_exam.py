"""Runs the product against a replay of real pages and prints the replay's own report.

python tests/e2e/newsweb_exam.py --newsweb DIR --pages DIR [--outlets N] [--seed N] [--seconds N]

python -m tests.e2e.newsweb_exam --newsweb DIR --pages DIR --moods [--outlets N]

DIR of --newsweb holds newsweb.py and check.py, DIR of --pages holds truth.jsonl and pages/. The
replay publishes two days of news in --seconds seconds while `firstseen crawl` looks again and
again. With --moods it takes longer: every outlet gets into every mood of tests/e2e/moods, one
after another, in time that is faked. Exit status 0 when the promises of the report hold, 1 when
one does not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler.workspace import create_workspace
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, ArticleUrl, Revision
from pipelines.storage.watch_models import Alert

DAYS = 2
LANE_GAP = 0.02
PAUSE = 2.0
FEED_KINDS = {"rss": "feed", "atom": "feed", "json": "feed", "newsmap": "sitemap"}


@dataclass
class Exam:
    """What one exam found: the report of check.py, and what is asked beyond it."""

    report: dict[str, Any]
    exit_statuses: list[int]
    problems: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    text: str = ""
    # Of each text that several outlets carry and none in a first look: outlets, and alerts.
    told: dict[int, tuple[int, int]] = field(default_factory=dict)


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as reply:
        return json.load(reply)


def wait_for(url: str, seconds: float) -> Any:
    end = time.monotonic() + seconds
    while True:
        try:
            return get_json(url)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def source_toml(outlet: dict[str, Any], *, rendered: bool) -> str:
    """An operator's source file for one outlet: its feeds and its section front."""
    lines = [
        f'name = "{outlet["name"]}"',
        f'home_url = "{outlet["origin"]}/"',
        'country = "US"',
        f'language = "{outlet["language"]}"',
    ]
    if outlet["needs_javascript"] and rendered:
        lines.append('render = "auto"')
    sections = [(name, FEED_KINDS[name], url) for name, url in outlet["feeds"].items()]
    sections.append(("front", "front", outlet["section_url"]))
    for key, kind, url in sections:
        lines += ["[[sections]]", f'key = "{key}"', f'kind = "{kind}"', f'url = "{url}"']
    return "\n".join(lines) + "\n"


def write_workspace(folder: Path, manifest: dict[str, Any], *, rendered: bool) -> None:
    allow = tuple(o["origin"].removeprefix("http://") for o in manifest["outlets"])
    create_workspace(folder, allow=allow, delay_seconds=LANE_GAP)
    for outlet in manifest["outlets"]:
        slug = outlet["outlet"].replace(".", "-").replace("_", "-").lower()
        (folder / "sources" / f"{slug}.toml").write_text(
            source_toml(outlet, rendered=rendered), encoding="utf-8"
        )


def write_watch(folder: Path) -> None:
    """A watch that every article answers, whenever it says that it was published."""
    text = 'name = "All"\nquery = "before:2100"\n'
    (folder / "watches" / "all.toml").write_text(text, encoding="utf-8")
    with (folder / "firstseen.toml").open("a", encoding="utf-8") as config:
        config.write("\n[alerts]\noldest_hours = 1000000\n")


def told_by_group(folder: Path) -> dict[int, tuple[int, int]]:
    """Return, of each text that several sources carry, how many do and the alerts it raised."""
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        alerted = [alert.article_id for alert in session.query(Alert)]
        groups: dict[int, list[Article]] = {}
        for article in session.query(Article).filter(Article.copy_group_id.is_not(None)):
            groups.setdefault(int(article.copy_group_id or 0), []).append(article)
    return {
        group: (len({a.source_id for a in several}), sum(alerted.count(a.id) for a in several))
        for group, several in groups.items()
        # What a first look finds is no news, and neither is what was in its story already.
        if len({a.source_id for a in several}) > 1 and not any(a.baseline for a in several)
    }


def crawl(folder: Path, speed: float) -> int:
    """One crawl; re-checks come as fast as the replay's time."""
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--workspace", str(folder)]
    env = os.environ | {"FIRSTSEEN_RECHECK_SPEED": str(speed)}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env=env
    )
    print(done.returncode, done.stderr.strip().splitlines()[-1:], flush=True)
    return done.returncode


def export(folder: Path, target: Path) -> None:
    """Write what is stored in the neutral format of check.py."""
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session, target.open("w", encoding="utf-8") as out:
        urls: dict[int, list[str]] = {}
        for alias in session.query(ArticleUrl):
            urls.setdefault(alias.article_id, []).append(alias.url)
        for article in session.query(Article):
            row = {
                "type": "article",
                "id": article.id,
                "url": article.url,
                "urls": urls.get(article.id, []),
                "first_seen": article.first_seen_at.isoformat(),
                "title": article.headline,
                "group": article.copy_group_id,
                "gone_at": article.gone_at.isoformat() if article.gone_at else None,
            }
            out.write(json.dumps(row) + "\n")
        for revision in session.query(Revision):
            row = {
                "type": "revision",
                "article": revision.article_id,
                "at": revision.observed_at.isoformat(),
                "title": revision.headline,
            }
            out.write(json.dumps(row) + "\n")


def check_hand_made(folder: Path, newsweb: Path) -> list[str]:
    """Compare the hand-made articles of the replay field by field."""
    problems = []
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        for line in (newsweb / "extra.jsonl").read_text(encoding="utf-8").splitlines():
            wanted = json.loads(line)
            found = session.query(Article).filter(Article.url.endswith(wanted["path"])).all()
            if len(found) != 1:
                problems.append(f"{wanted['path']}: stored {len(found)} times")
                continue
            article = found[0]
            credit = wanted["credit"].removeprefix("Source: ")
            asked = {
                "headline": (article.headline, wanted["title"]),
                "body": (article.article_body.split("\n"), wanted["paragraphs"]),
                "credit": ([i["credit"] for i in article.images if i["credit"]], [credit]),
            }
            problems += [
                f"{wanted['path']}: {name} is {got!r}, not {want!r}"
                for name, (got, want) in asked.items()
                if got != want
            ]
    return problems


def run_check(newsweb: Path, folder: Path, control: str) -> tuple[dict[str, Any], str]:
    export(folder, folder / "export.jsonl")
    report = folder / "report.json"
    command = [sys.executable, str(newsweb / "check.py"), "-v", "--json", str(report)]
    command += ["--truth", f"{control}/truth", "--log", f"{control}/log"]
    command += ["--db", str(folder / "export.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(report.read_text(encoding="utf-8")), done.stdout


def judge(report: dict[str, Any], missed: list[str], needing_browser: set[str]) -> list[str]:
    """Return what the report breaks of what we promise."""
    problems = [f"missed {m}" for m in missed if m.split()[1] not in needing_browser]
    wanted = {
        "false articles": 0,
        "articles stored outside the web": 0,
        "articles stored more than once": 0,
        "robots violations": 0,
        "max concurrency on a host": 1,
        "hosts visited without reading robots first": 0,
        "first-seen before publication": 0,
    }
    problems += [f"{k}: {report[k]}, not {v}" for k, v in wanted.items() if report[k] != v]
    return problems


def run_exam(
    newsweb: Path,
    pages: Path,
    *,
    outlets: int,
    seed: int,
    seconds: float,
    folder: Path,
    port: int = 8090,
    net: str = "127.0.10",
    rendered: bool = False,
) -> Exam:
    """Publish, crawl, compare; the replay ends with the exam, whatever happens.

    With ``rendered`` the outlets that need JavaScript are read in a browser, else not expected.
    """
    control = f"http://127.0.0.1:{port + 1}"
    command = [sys.executable, str(newsweb / "newsweb.py"), "--pack", str(pages)]
    command += ["--outlets", str(outlets), "--seed", str(seed), "--days", str(DAYS)]
    speed = DAYS * 86400 / seconds
    command += ["--speed", str(speed), "--seconds", str(seconds + 240)]
    command += ["--port", str(port), "--net", net]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        manifest = wait_for(f"{control}/manifest.json", 60)
        write_workspace(folder, manifest, rendered=rendered)
        write_watch(folder)
        statuses = []
        while not get_json(f"{control}/time")["finished"]:
            statuses.append(crawl(folder, speed))
            time.sleep(PAUSE)
        statuses += [crawl(folder, speed), crawl(folder, speed)]
        report, text = run_check(newsweb, folder, control)
        truth = get_json(f"{control}/truth")
    finally:
        server.terminate()
        server.wait(10)
    only_script = {
        o["outlet"] for o in manifest["outlets"] if o["needs_javascript"] and not o["feeds"]
    }
    if rendered:
        only_script = set()  # their sources say render = "auto"
    # What was withdrawn between its listing and its turn in the lane nobody could have fetched.
    withdrawn = {article["url"] for article in truth["articles"] if article["deleted"]}
    lines = [line for line in text.splitlines() if line.startswith("MISSED")]
    missed = [line for line in lines if line.split()[-1] not in withdrawn]
    told = told_by_group(folder)
    exam = Exam(report, statuses, missed=missed, text=text, told=told)
    exam.problems = judge(report, missed, only_script) + check_hand_made(folder, newsweb)
    return exam


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--newsweb", type=Path, required=True)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--outlets", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--net", default="127.0.10")
    parser.add_argument("--plain", action="store_true", help="use no browser")
    parser.add_argument("--keep", type=Path, help="keep the workspace here")
    parser.add_argument("--moods", action="store_true", help="all outlets in each mood; a table")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if args.moods:
            from tests.e2e.moods.kinds import SITE_MOODS
            from tests.e2e.moods.plays import play_each

            return play_each(Path(temporary), args.newsweb, SITE_MOODS, outlets=args.outlets)
        exam = run_exam(
            args.newsweb,
            args.pages,
            outlets=args.outlets,
            seed=args.seed,
            seconds=args.seconds,
            folder=args.keep or Path(temporary),
            port=args.port,
            net=args.net,
            rendered=not args.plain,
        )
    print(exam.text)
    for problem in exam.problems:
        print("PROBLEM", problem)
    return 1 if exam.problems else 0


if __name__ == "__main__":
    sys.exit(main())
