"""Runs the real commands as a person would, and looks at what they left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crawler.demo import DemoWeb
from crawler.workspace import create_workspace
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, ArticleUrl, Section, Source, Visit

REPOSITORY = Path(__file__).parents[2]
CONTACT = "press-desk@monitor.example"
#: The interpreter's folder holds the commands, whether or not the environment is activated.
COMMANDS_FOLDER = Path(sys.executable).parent


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Return what was printed on standard output, read as JSON."""
        return json.loads(self.out)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's variables without any that would steer the product."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FIRSTSEEN_", "SCRAPY_"))}
    path = os.pathsep.join([str(COMMANDS_FOLDER), kept.get("PATH", "")])
    return {**kept, "PATH": path, **(more or {})}


def run(
    *words: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> Done:
    """Run any command to its end."""
    done = subprocess.run(
        list(map(str, words)),
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def firstseen(*words: str | Path, cwd: Path | None = None, **env: str) -> Done:
    """Run one subcommand; ``cwd`` is usually the workspace, ``env`` more variables."""
    return run(sys.executable, "-m", "crawler.cli", *words, cwd=cwd, env=env)


def start(*words: str | Path, cwd: Path, **env: str) -> subprocess.Popen[str]:
    """Start one subcommand and return at once."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", *map(str, words)],
        cwd=cwd,
        env=environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    """Return as soon as it is so. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"still not so after {seconds} s")
        time.sleep(0.02)


def workspace_for(
    web: DemoWeb, folder: Path, *slugs: str, delay: float = 0.0, timeout: float | None = None
) -> Path:
    """Write a workspace that follows the web's outlets, all of them when none is named."""
    hosts = tuple(outlet.host_port for outlet in web.outlets)
    create_workspace(folder, contact=CONTACT, allow=hosts, delay_seconds=delay)
    for slug, text in web.sources().items():
        if not slugs or slug in slugs:
            (folder / "sources" / f"{slug}.toml").write_text(text, encoding="utf-8")
    if timeout is not None:
        config = folder / "firstseen.toml"
        text = config.read_text(encoding="utf-8")
        text = text.replace("# timeout_seconds = 60.0", f"timeout_seconds = {timeout}")
        config.write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Stored:
    """One stored article with the look-up keys of every address it was seen under."""

    source: str
    url: str
    keys: frozenset[str]
    headline: str
    first_seen_at: datetime
    not_seen_at: datetime | None
    baseline: bool


@dataclass(frozen=True)
class Look:
    """One row of the coverage ledger."""

    source: str
    outcome: str
    http_status: int | None
    new_links: int
    conditional: bool
    detail: str


def stored_articles(folder: Path) -> list[Stored]:
    """Return the stored articles, in the order they were stored."""
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        keys: dict[int, set[str]] = {}
        for alias in session.scalars(select(ArticleUrl)):
            keys.setdefault(alias.article_id, set()).add(alias.url_key)
        rows = session.execute(
            select(Article, Source.slug).join(Source, Article.source_id == Source.id)
        )
        return [
            Stored(
                slug,
                a.url,
                frozenset(keys[a.id]),
                a.headline,
                a.first_seen_at,
                a.not_seen_at,
                a.baseline,
            )
            for a, slug in rows
        ]


def looks(folder: Path) -> list[Look]:
    """Return the coverage ledger, oldest first."""
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    with session_factory(engine)() as session:
        rows = session.execute(
            select(Visit, Source.slug)
            .join(Section, Visit.section_id == Section.id)
            .join(Source, Section.source_id == Source.id)
            .order_by(Visit.id)
        )
        return [
            Look(slug, v.outcome, v.http_status, v.new_links, v.conditional, v.detail)
            for v, slug in rows
        ]
