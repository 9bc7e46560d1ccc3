"""What the demonstration shows at its end."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from sqlalchemy import select

from crawler.commands.stories_shown import counted, print_stories
from crawler.commands.tables import print_table
from pipelines.interval_words import told_at, told_ends
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Revision
from pipelines.storage.search import SearchQuery, search_articles
from pipelines.storage.stories import find_stories

_MOST_SHOWN = 15
_MOST_STORIES = 4


def show_archive(url: str) -> None:
    """Print what appeared while we looked, with the interval in which it appeared."""
    with session_factory(open_engine(url, read_only=True))() as session:
        found = search_articles(session, SearchQuery())
        edits = session.scalars(select(Revision).where(Revision.number > 1)).all()
        stories = find_stories(session, with_baseline=True)
    fresh = [pair for pair in found if not pair[0].baseline]
    sys.stdout.write(
        f"\n{len(found)} articles stored. {len(found) - len(fresh)} were there at the first look.\n"
        f"{len(fresh)} appeared while we were looking, each first seen between two looks:\n\n"
    )
    sys.stdout.flush()
    rows = [(_interval(a), source.name, a.headline) for a, source in fresh[:_MOST_SHOWN]]
    print_table(("between (UTC)", "outlet", "headline"), rows, wrapped={"headline"})
    gone = sum(article.gone_at is not None for article, _ in found)
    sys.stdout.write(
        f"\nLooked at again, {counted(len({r.article_id for r in edits}), 'article')} had been "
        f"edited and {gone} withdrawn.\n"
    )
    shared = [s for s in stories if len(s.who_first.placings) > 1][:_MOST_STORIES]
    if shared:
        sys.stdout.write("\nStories that more than one outlet had:\n\n")
        sys.stdout.flush()
        print_stories(shared)


def _interval(article: Article) -> str:
    if article.not_seen_at is None:
        return f"? and {told_at(article.first_seen_at, with_seconds=True)}"
    return " and ".join(told_ends(article.not_seen_at, article.first_seen_at, with_seconds=True))


def show_next_steps(folder: Path) -> None:
    """Print commands that work on what the demonstration left."""
    sys.stdout.write(
        f"\nTry next:\n{_activation()}  cd {shlex.quote(str(folder))}\n"
        "  firstseen search minister\n"
        "  firstseen stories --baseline\n"
        "  firstseen coverage --all --since 10m\n"
        "  firstseen search --since 10m --format json\n"
        "  firstseen export --format csv\n"
        "  firstseen sources list\n"
        "  firstseen db check\n"
        "The real thing, in an empty folder: firstseen init, firstseen crawl.\n"
    )


def _activation() -> str:
    """Return the line that puts firstseen on the PATH, "" where it is: `make demo` does not."""
    if shutil.which("firstseen") or sys.prefix == sys.base_prefix:
        return ""
    script = Path(sys.prefix, "bin", "activate")
    here = Path.cwd()
    shown = script.relative_to(here) if script.is_relative_to(here) else script
    return f"  . {shlex.quote(str(shown))}\n"
