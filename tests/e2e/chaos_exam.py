"""Kills crawls and deliveries at random moments and checks what was promised.

python tests/e2e/chaos_exam.py --hostile DIR [--kills N] [--seed N]

DIR holds chaos.py, which publishes on loopback, receives the alerts, kills, and judges. The watch
asks for every article, because the site's texts are made of the same few words: one story. The
dates that the site claims are fixed, so that no age of theirs may keep an article silent.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from crawler.cli import main as firstseen
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article

CONFIG = """\
[database]
url = "sqlite:///{database}"
[alerts]
oldest_hours = 87600
[fetch]
contact = "desk@example.org"
allow = ["{place}"]
delay_seconds = 0.01
[channels.desk]
kind = "webhook"
url = "{hook}"
secrets = ["${{DESK_SECRET}}"]
most_per_hour = 100000
"""
WATCH = """\
name = "Coalition"
query = "coalition"
channels = ["desk"]
tell_past = "7d"
[again]
articles = true
"""
SOURCE = """\
name = "Chaos"
home_url = "http://{place}/"
country = "US"
language = "en"
[[sections]]
key = "politics"
kind = "front"
url = "{section}"
"""


def crawl_once(folder: Path, section: str, hook: str, database: str) -> int:
    """Do one whole run: crawl, then deliver; 0 also when a receiver was busy."""
    place = urlsplit(section).netloc
    known = {"place": place, "section": section, "hook": hook}
    for name, text in (
        ("firstseen.toml", CONFIG.format(database=Path(database).resolve(), **known)),
        ("sources/chaos.toml", SOURCE.format(**known)),
        ("watches/coalition.toml", WATCH),
    ):
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".new").write_text(text, encoding="utf-8")
            path.with_suffix(".new").replace(path)
    here = ["--workspace", str(folder)]
    status = firstseen(["crawl", "chaos", *here])
    firstseen(["alerts", "retry", "--all", *here])
    firstseen(["alerts", "deliver", *here])
    return 0 if status == 3 else status


def export(database: str) -> None:
    """Print the articles as the judge asks for them."""
    engine = open_engine(f"sqlite:///{database}", read_only=True)
    with session_factory(engine)() as session:
        articles = [
            {
                "url": article.url,
                "title": article.headline,
                "text": article.article_body,
                "first_seen_at": article.first_seen_at.isoformat(),
            }
            for article in session.query(Article)
        ]
    print(json.dumps({"articles": articles}))


def main() -> int:
    """Run the judge, which calls this file back."""
    if sys.argv[1:2] == ["crawl"]:
        return crawl_once(Path(sys.argv[2]), *sys.argv[3:6])
    if sys.argv[1:2] == ["export"]:
        export(sys.argv[2])
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", type=Path, required=True)
    parser.add_argument("--kills", default="40")
    parser.add_argument("--seed", default="1")
    args = parser.parse_args()
    this = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__).resolve()))}"
    with tempfile.TemporaryDirectory(prefix="firstseen-chaos-") as work:
        command = [sys.executable, str(args.hostile / "chaos.py")]
        command += ["--crawl", f"{this} crawl {work}/desk {{section}} {{hook}} {{db}}"]
        command += ["--export", f"{this} export {{db}}"]
        command += ["--kills", args.kills, "--seed", args.seed, "--work", f"{work}/judge"]
        secret = "whsec_" + base64.b64encode(os.urandom(24)).decode()
        return subprocess.run(
            command, check=False, env=os.environ | {"DESK_SECRET": secret}
        ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
