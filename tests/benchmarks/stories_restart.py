"""Cost of the first article after a restart: python -m tests.benchmarks.stories_restart

Fills an SQLite archive with the 20,000 articles of three days and times, in CPU, how long a new
program takes to know their stories.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select

from pipelines.group import StoryKeeper
from pipelines.items import ArticleItem
from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Story
from pipelines.storage.schema import upgrade
from pipelines.storage.sources import save_sources
from pipelines.storage.story_vectors import save_vector
from pipelines.store import store_article
from pipelines.stories import StoryIndex
from tests.benchmarks.copies_sql import SITE, SOURCE, START, time_storing
from tests.benchmarks.copies_stories import newsroom_article

ARTICLES = 20_000
_GAP = timedelta(seconds=12)
_FIRST_ID = 1_000


def fill(engine: Engine) -> None:
    """Write the articles of three days, three to a story, with their vectors."""
    time_storing(engine, 30)
    chosen, index = random.Random(1), StoryIndex()
    with session_factory(engine).begin() as session:
        pattern = session.scalars(select(Article).limit(1)).one()
        same = {c.key: getattr(pattern, c.key) for c in Article.__table__.columns if c.key != "id"}
        rows, vectors, stories = [], [], {}
        for number in range(_FIRST_ID, _FIRST_ID + ARTICLES):
            at = START + timedelta(days=90) + _GAP * number
            text = index.read(*newsroom_article(chosen, ARTICLES // 3))
            own = {"id": number, "first_seen_at": at, "story_id": number // 3, "url": str(number)}
            rows.append(same | own)
            vectors.append((number, text, at))
            story = {"id": number // 3, "title": "x", "first_seen_at": at, "last_seen_at": at}
            stories.setdefault(number // 3, story | {"pinned": False})
        session.execute(insert(Story), list(stories.values()))
        session.execute(insert(Article), rows)
        for number, text, at in vectors:
            save_vector(session, number, text, at)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'firstseen.db'}", create=True)
        upgrade(engine)
        with session_factory(engine).begin() as session:
            save_sources(session, (SOURCE,))
        fill(engine)
        at = START + timedelta(days=90) + _GAP * (_FIRST_ID + ARTICLES)
        item = ArticleItem(
            f"{SITE}/2026/the-first-after-a-restart",
            "Council meets",
            "The council of Westhaven met again on Monday to vote on the levy. " * 5,
            source="valley-post",
            first_seen_at=at,
            fetched_at=at,
        )
        with session_factory(engine).begin() as session:
            began = time.process_time()
            store_article(session, item, stories=StoryKeeper())
            spent = time.process_time() - began
        print(f"first article after a restart, {ARTICLES:,} in the window: {spent:.2f} s of CPU")


if __name__ == "__main__":
    main()
