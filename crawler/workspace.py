"""Makes and reads a workspace: firstseen.toml, sources/ and watches/."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.catalogue import BUNDLED_SOURCES, SourceDefinition, load_sources
from crawler.config import CONFIG_FILE, ConfigError
from crawler.spelling import did_you_mean
from pipelines.operator_error import UsageError

DEFAULT_SOURCE = "econotimes"
#: What happens next to a source file that was written.
TAKEN_UP = "`firstseen run` takes it up within a minute, `firstseen crawl` at its next run"
_MOST_NAMED = 12  # sources named in an error; the bundled catalogue has hundreds

CONFIG_TEMPLATE = """\
# firstseen workspace. Every option may also be given as a variable, FIRSTSEEN_<TABLE>_<KEY>
# (FIRSTSEEN_DATABASE_URL=...), which wins over this file.

[database]
# SQLite in this folder, or PostgreSQL: "postgresql://user@host/name"
# (the password belongs in ~/.pgpass or PGPASSWORD, not here).
url = "sqlite:///firstseen.db"

[fetch]
# Tell publishers who you are: a mail address or a page. It becomes part of the user agent.
contact = {contact}
# Internal addresses are refused. Exceptions are exact:
# "host:port", "host:port-port" or "network/prefix:port".
allow = {allow}
# Seconds between two requests to one host. A site's robots.txt may ask for more, and gets it.
delay_seconds = {delay}
# timeout_seconds = 60.0
# hosts_at_once = 16
# Only sources with render = "auto" or "always" need a browser: Playwright's own or the system's
# chromium is found by itself; another one is named here.
# browser = "/usr/bin/chromium"

[crawl]
# articles_per_section = 200
# sitemaps_per_section = 20

[recheck]
# Stored articles are looked at again for edits, often while young, up to 30 days.
# per_source = 50

[schedule]
# requests_per_day = 5000
# Feeds with a WebSub hub tell of news at once, when hubs can reach `firstseen run` at this address.
# public_url = "https://monitor.example.org/hub"
# callback_listen = "127.0.0.1:9878"
# Figures of `firstseen run` for Prometheus: http://127.0.0.1:9877/metrics
# metrics = "127.0.0.1:9877"

[web]
# `firstseen web`: the page and the API. Elsewhere than on this machine only with a token
# (`firstseen web token`), and behind a proxy with TLS.
# listen = "127.0.0.1:8765"
# hosts = ["desk.newsroom.example"]
"""

WATCHES_NOTE = """\
One file per watch, name.toml. A watch says which new stories you want to hear about:
`firstseen watches add NAME QUERY` writes one.
"""


def create_workspace(
    folder: Path, *, contact: str = "", allow: tuple[str, ...] = (), delay_seconds: float = 1.0
) -> list[Path]:
    """Write a commented firstseen.toml, sources/ and watches/ into ``folder``; return what is new.

    Nothing that exists is overwritten. Raises ConfigError when the folder cannot be written.
    """
    # TOML's basic strings are written like JSON's (TOML 1.0, String).
    allow_list = json.dumps(list(allow))
    files = {
        folder / CONFIG_FILE: CONFIG_TEMPLATE.format(
            contact=json.dumps(contact), allow=allow_list, delay=delay_seconds
        ),
        folder / "watches" / "README": WATCHES_NOTE,
    }
    try:
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        (folder / "watches").mkdir(exist_ok=True)
        written = [path for path in files if not path.exists()]
        for path in written:
            path.write_text(files[path], encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror}") from error
    return written


def enable_source(folder: Path, slug: str) -> Path:
    """Copy a bundled source file into a workspace's ``sources`` folder; return the copy.

    Raises as ``copy_from_catalogue``.
    """
    return copy_from_catalogue(folder, [slug])[0]


def copy_from_catalogue(folder: Path, slugs: Sequence[str]) -> list[Path]:
    """Copy bundled source files into a workspace's ``sources`` folder; return the copies.

    Raises UsageError, with nothing copied, when the catalogue lacks one of them or the workspace
    has one already; ConfigError when the folder cannot be written.
    """
    bundled = {path.stem: path for path in BUNDLED_SOURCES.rglob("*.toml")}
    targets = {slug: folder / f"{slug}.toml" for slug in slugs}
    for slug, target in targets.items():
        if slug not in bundled:
            raise UsageError(
                f"no bundled source is called {slug!r}{did_you_mean(slug, bundled)} "
                "(`firstseen sources list --all` shows them)"
            )
        if target.exists():
            raise UsageError(f"{target}: is there already")
    try:
        for slug, target in targets.items():
            target.write_bytes(bundled[slug].read_bytes())
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror}") from error
    return list(targets.values())


def choose_sources(folder: Path, slugs: list[str]) -> list[SourceDefinition]:
    """Return the named sources of ``folder``, or all enabled ones when none is named.

    Raises UsageError for a slug the folder does not have, naming those it has.
    """
    return chosen_of(load_sources(folder), slugs, folder)


def chosen_of(
    sources: Mapping[str, SourceDefinition], slugs: list[str], folder: Path
) -> list[SourceDefinition]:
    """Return the named ones of a folder's sources, or all enabled ones. Raises UsageError."""
    if not slugs:
        return [source for source in sources.values() if source.enabled]
    if unknown := [slug for slug in slugs if slug not in sources]:
        raise UsageError(_unknown_sources(unknown, list(sources), folder))
    return [sources[slug] for slug in dict.fromkeys(slugs)]


def _unknown_sources(unknown: list[str], have: list[str], folder: Path) -> str:
    told = f"unknown source {', '.join(unknown)}{did_you_mean(unknown[0], have)}"
    if len(have) <= _MOST_NAMED:
        told += f" ({folder} has {', '.join(have) or 'none'})"
    return f"{told}; `firstseen sources enable SLUG` adds one from the catalogue"
