"""What the demonstration shows at its end."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from crawler.commands.tables import print_table
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article
from pipelines.storage.search import SearchQuery, search_articles

_MOST_SHOWN = 15


def show_archive(url: str) -> None:
    """Print what appeared while we looked, with the interval in which it appeared."""
    with session_factory(open_engine(url, read_only=True))() as session:
        found = search_articles(session, SearchQuery())
    fresh = [pair for pair in found if not pair[0].baseline]
    sys.stdout.write(
        f"\n{len(found)} articles stored. {len(found) - len(fresh)} were there at the first look.\n"
        f"{len(fresh)} appeared while we were looking, each first seen between two looks:\n\n"
    )
    sys.stdout.flush()
    rows = [(_interval(a), source.name, a.headline) for a, source in fresh[:_MOST_SHOWN]]
    print_table(("between (UTC)", "outlet", "headline"), rows, wrapped={"headline"})


def _interval(article: Article) -> str:
    not_seen = f"{article.not_seen_at:%H:%M:%S}" if article.not_seen_at else "?"
    return f"{not_seen} and {article.first_seen_at:%H:%M:%S}"


def show_next_steps(folder: Path) -> None:
    """Print commands that work on what the demonstration left."""
    sys.stdout.write(
        f"\nTry next:\n  cd {shlex.quote(str(folder))}\n"
        "  firstseen search minister\n"
        "  firstseen search --since 10m --format json\n"
        "  firstseen export --format csv\n"
        "  firstseen sources list\n"
        "  firstseen db check\n"
        "The real thing, in an empty folder: firstseen init, firstseen crawl.\n"
    )
