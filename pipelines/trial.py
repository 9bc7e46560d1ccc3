"""A made-up alert, to see whether a channel works and how its messages look."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.alert_views import AlertView
from pipelines.messages import Message, compose
from pipelines.outbox_rows import new_key
from pipelines.watch_files import WatchDefinition


def trial_message(watch: WatchDefinition, now: datetime) -> Message:
    """Return the message of an alert that says of itself that it is a test."""
    view = AlertView(
        alert_id=0,
        watch=watch.slug,
        watch_name=watch.name,
        kind="new",
        rules=("this is a test",),
        headline=f"Test of the watch {watch.name}: nothing happened",
        url="https://news.example/test",
        source="example-news",
        source_name="Example News",
        raised_at=now,
        first_seen_at=now,
        not_seen_at=now - timedelta(minutes=15),
        published_at=None,
        is_free=None,
        story_id=0,
        story_title="Test",
        publishers=1,
        articles=1,
        copies=0,
        first="only example-news so far",
        query=watch.query,
    )
    return compose([view], key=new_key(), made_at=now, is_digest=False)
