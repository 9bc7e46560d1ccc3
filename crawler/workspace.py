"""Makes and reads a workspace: firstseen.toml, sources/ and watches/."""

from __future__ import annotations

from pathlib import Path

from crawler.catalogue import BUNDLED_SOURCES, SourceDefinition, load_sources
from crawler.config import CONFIG_FILE, ConfigError
from pipelines.operator_error import UsageError

DEFAULT_SOURCE = "econotimes"

CONFIG_TEMPLATE = """\
# firstseen workspace. Every option may also be given as a variable, FIRSTSEEN_<TABLE>_<KEY>
# (FIRSTSEEN_DATABASE_URL=...), which wins over this file.

[database]
# SQLite in this folder, or PostgreSQL: "postgresql://user@host/name"
# (the password belongs in ~/.pgpass or PGPASSWORD, not here).
url = "sqlite:///firstseen.db"

[fetch]
# Tell publishers who you are: a mail address or a page. It becomes part of the user agent.
contact = "{contact}"
# Internal addresses are refused. Exceptions are exact:
# "host:port", "host:port-port" or "network/prefix:port".
allow = {allow}
# Seconds between two requests to one host. A site's robots.txt may ask for more, and gets it.
delay_seconds = {delay}
# timeout_seconds = 60.0
# hosts_at_once = 16

[crawl]
# articles_per_section = 200
# sitemaps_per_section = 5

[schedule]
# requests_per_day = 5000
"""

WATCHES_NOTE = """\
One file per watch, name.toml. A watch says which new stories you want to hear about.
"""


def create_workspace(
    folder: Path, *, contact: str = "", allow: tuple[str, ...] = (), delay_seconds: float = 1.0
) -> list[Path]:
    """Write a commented firstseen.toml, sources/ and watches/ into ``folder``; return what is new.

    Nothing that exists is overwritten. Raises ConfigError when the folder cannot be written.
    """
    allow_list = "[" + ", ".join(f'"{entry}"' for entry in allow) + "]"
    files = {
        folder / CONFIG_FILE: CONFIG_TEMPLATE.format(
            contact=contact, allow=allow_list, delay=delay_seconds
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

    Raises UsageError when the catalogue has no such source, or the workspace has it already.
    """
    target = folder / f"{slug}.toml"
    if target.exists():
        raise UsageError(f"{target}: is there already")
    bundled = next(BUNDLED_SOURCES.rglob(f"{slug}.toml"), None) if _is_slug(slug) else None
    if bundled is None:
        raise UsageError(
            f"no bundled source is called {slug!r}; `firstseen sources list --all` shows them"
        )
    target.write_text(bundled.read_text(encoding="utf-8"), encoding="utf-8")
    return target


def _is_slug(text: str) -> bool:
    return text.replace("-", "").isalnum() and text.isascii()


def choose_sources(folder: Path, slugs: list[str]) -> list[SourceDefinition]:
    """Return the named sources of ``folder``, or all enabled ones when none is named.

    Raises UsageError for a slug the folder does not have, naming those it has.
    """
    sources = load_sources(folder)
    if not slugs:
        return [source for source in sources.values() if source.enabled]
    if unknown := [slug for slug in slugs if slug not in sources]:
        have = ", ".join(sources) or "none"
        raise UsageError(
            f"unknown source {', '.join(unknown)}; {folder} has {have}. "
            "`firstseen sources enable SLUG` adds one from the catalogue."
        )
    return [sources[slug] for slug in dict.fromkeys(slugs)]
