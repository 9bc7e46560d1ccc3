"""What the demonstration shows at its end."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.search import SearchQuery, search_articles

_MOST_SHOWN = 15


def show_archive(url: str) -> None:
    """Print what appeared while we looked, with the interval in which it appeared."""
    with session_factory(open_engine(url, read_only=True))() as session:
        found = search_articles(session, SearchQuery())
    fresh = [pair for pair in found if not pair[0].baseline]
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("appeared between (UTC)", no_wrap=True)
    table.add_column("outlet", no_wrap=True)
    table.add_column("headline", overflow="fold")
    for article, source in fresh[:_MOST_SHOWN]:
        before = f"{article.not_seen_at:%H:%M:%S}" if article.not_seen_at else "?"
        interval = f"{before} and {article.first_seen_at:%H:%M:%S}"
        table.add_row(interval, source.name, Text(article.headline))
    sys.stdout.write(
        f"\n{len(found)} articles stored, {len(found) - len(fresh)} of them there at the first "
        f"look (baseline), {len(fresh)} appeared while we were looking:\n\n"
    )
    sys.stdout.flush()
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def show_next_steps(folder: Path) -> None:
    """Print commands that work on what the demonstration left."""
    sys.stdout.write(
        f"\nTry next, in {folder}:\n"
        "  firstseen search minister\n"
        "  firstseen search --since 10m --format json\n"
        "  firstseen export --format csv\n"
        "  firstseen sources list\n"
        "  firstseen db check\n"
        "The real thing, in an empty folder: firstseen init, firstseen crawl.\n"
    )
