"""Runs the product against a server of misbehaving sites and prints the server's own judgement.

python tests/e2e/hostile_exam.py --hostile DIR [--only a,b] [--with-slow] [-v]

DIR holds hostile.py. Each case is one source; for each phase of the server every source is crawled
once. Cases that count alerts have a database each: their texts are made of the same few words, and
one story of many outlets is told once. Exit status 0 when every "must" case passes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from crawler.workspace import create_workspace
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Page, Revision, Section, Source, Visit
from pipelines.storage.watch_models import Alert

BASE = 18700
Groups = list[tuple[Path, list[dict[str, Any]]]]
KINDS = {"section": "front", "feed": "feed", "sitemap": "sitemap"}


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as reply:
        return json.load(reply)


def slug_of(case: str) -> str:
    return case.lower().replace("_", "-")


def write_workspace(folder: Path, cases: list[dict[str, Any]]) -> None:
    create_workspace(folder, allow=(f"127.0.0.1:{BASE + 1}-{BASE + 233}",), delay_seconds=0.05)
    watch = 'name = "Coalition"\nquery = "coalition"\nchannels = []\n'
    (folder / "watches" / "coalition.toml").write_text(watch, encoding="utf-8")
    for case in cases:
        text = f"""name = "{case["name"]}"
home_url = "{case["root"]}/"
country = "US"
language = "en"
[[sections]]
key = "politics"
kind = "{KINDS[case["entry"]]}"
url = "{case["root"]}{case["path"]}"
"""
        (folder / "sources" / f"{slug_of(case['name'])}.toml").write_text(text, encoding="utf-8")


def crawl(folder: Path, slugs: list[str], timeout: float) -> None:
    """One crawl; stored articles are looked at again at once, and for some ten minutes."""
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--workspace", str(folder), *slugs]
    env = os.environ | {"FIRSTSEEN_RECHECK_SPEED": "4000"}
    env["FIRSTSEEN_CRAWL_ARTICLES_PER_SECTION"] = "600"  # one case lists 505 at once
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=env)
    print(done.returncode, done.stderr.strip()[-300:], flush=True)


def ask_for_the_past(folder: Path) -> None:
    """All articles of a first look are the past to a watch; the exam wants to hear of them."""
    command = [sys.executable, "-m", "crawler.cli", "watches", "tell-past", "coalition"]
    command += ["--workspace", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    print(done.returncode, done.stderr.strip()[-300:], flush=True)


STATES = {
    "ok": "ok",
    "unchanged": "ok",
    "robots": "disallowed",
    "robots-unreachable": "failing",
    "held-off": "blocked",
    "blocked-address": "failing",
}
_WALLS = ("challenge", "consent", "login", "paywall")


def state_of(session: Any, source: Source) -> str:
    """What a reader of the ledger would call the source after its last look."""
    section = session.query(Section).filter_by(source_id=source.id).one()
    visits = session.query(Visit).filter_by(section_id=section.id).order_by(Visit.id).all()
    if not visits:
        return "failing"
    outcome = visits[-1].outcome
    if visits[-1].detail.startswith("RobotsUnreachable") and outcome != "dns":
        return "disallowed"
    if outcome in STATES:
        state = STATES[outcome]
        pages = session.query(Page).filter_by(source_id=source.id).all()
        if state == "ok" and pages and any(p.outcome in _WALLS for p in pages):
            return "blocked" if not _has_articles(session, source) else "degraded"
        if state == "ok" and not _has_articles(session, source):
            return "failing" if not pages else "degraded"
        return "degraded" if state == "ok" and pages else state
    return "blocked" if visits[-1].http_status in (401, 403, 451) else "failing"


def _has_articles(session: Any, source: Source) -> bool:
    return session.query(Article).filter_by(source_id=source.id).first() is not None


def export_all(groups: Groups, peak_mb: float) -> dict[str, Any]:
    found: dict[str, Any] = {"articles": [], "sources": {}, "alerts": [], "rss_peak_mb": peak_mb}
    for folder, cases in groups:
        part = export(folder, cases)
        found["articles"] += part["articles"]
        found["alerts"] += part["alerts"]
        found["sources"] |= part["sources"]
    return found


def export(folder: Path, cases: list[dict[str, Any]]) -> dict[str, Any]:
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    names = {slug_of(case["name"]): case["name"] for case in cases}
    found: dict[str, Any] = {"articles": [], "sources": {}, "alerts": []}
    with session_factory(engine)() as session:
        for source in session.query(Source):
            name = names[source.slug]
            visits = session.query(Visit).join(Section).filter(Section.source_id == source.id).all()
            longest = max(
                ((v.arrived_at - v.started_at).total_seconds() for v in visits), default=0
            )
            state = state_of(session, source)
            found["sources"][name] = {"state": state, "seconds": longest}
            for article in session.query(Article).filter_by(source_id=source.id):
                versions = session.query(Revision).filter_by(article_id=article.id).count()
                found["articles"].append(
                    {
                        "case": name,
                        "url": article.url,
                        "title": article.headline,
                        "text": article.article_body,
                        "author": article.byline,
                        "published_at": article.date_published and str(article.date_published),
                        "first_seen_at": article.first_seen_at.isoformat(),
                        "versions": versions,
                        "state": "gone" if article.gone_at else "ok",
                    }
                )
        for alert in session.query(Alert).order_by(Alert.id):
            row = alert.article
            case = names[row.source.slug]
            found["alerts"].append({"case": case, "url": row.url, "title": row.headline})
    return found


def grouped(folder: Path, cases: list[dict[str, Any]]) -> Groups:
    """Make the workspaces: one for most cases, one for each that counts its alerts."""
    alone = [case for case in cases if "alerts" in case["expect"]]
    rest = [case for case in cases if case not in alone]
    groups = [(folder / case["name"], [case]) for case in alone]
    if rest:
        groups.insert(0, (folder / "together", rest))
    for place, several in groups:
        place.mkdir(exist_ok=True)
        write_workspace(place, several)
    return groups


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--with-slow", action="store_true")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        return run(args, args.keep or Path(temporary))


def run(args: argparse.Namespace, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    manifest_file = folder / "manifest.json"
    command = [sys.executable, str(args.hostile / "hostile.py"), "serve", "--base", str(BASE)]
    command += ["--seconds", "3000", "--manifest", str(manifest_file)]
    command += ["--only", args.only] if args.only else []
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    control = f"http://127.0.0.1:{BASE}"
    try:
        for _ in range(100):
            time.sleep(0.3)
            if manifest_file.exists():
                break
        manifest = get_json(f"{control}/manifest.json")
        cases = [c for c in manifest["cases"] if args.with_slow or not c.get("slow")]
        groups = grouped(folder, cases)
        for phase in range(1, max(c.get("phases", 1) for c in cases) + 1):
            get_json(f"{control}/phase?n={phase}")
            for place, several in groups:
                slugs = [slug_of(c["name"]) for c in several if c["phases"] >= phase]
                if slugs:
                    crawl(place, slugs, timeout=900)
                if phase == 1:
                    ask_for_the_past(place)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        (folder / "export.json").write_text(json.dumps(export_all(groups, peak)))
        (folder / "hits.json").write_text(json.dumps(get_json(f"{control}/hits.json")))
    finally:
        server.terminate()
        server.wait(10)
    command = [sys.executable, str(args.hostile / "hostile.py"), "check", "-v"]
    command = [c for c in command if c != "-v"]
    command += [str(folder / "export.json"), str(folder / "hits.json")]
    command += ["--manifest", str(manifest_file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    print(done.stdout, done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
