"""How stories are told in a terminal and in JSON."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.text import Text

from pipelines.export.schema_org import iso_time
from pipelines.interval_words import told_at, told_interval, told_span
from pipelines.storage.stories import StoryReport
from pipelines.who_first import Placing


def print_stories(reports: list[StoryReport]) -> None:
    """Print one block per story: title, who had it first, how far it went."""
    console = _console()
    for report in reports:
        console.print(Text(f"{report.story_id:>5}  {report.title}", style="bold"))
        console.print(Text(f"       {first_told(report)}"))
        console.print(Text(f"       {spread_told(report)}", style="dim"))


def print_story(report: StoryReport) -> None:
    """Print a story source by source, in order of the intervals in which they had it."""
    console = _console()
    console.print(Text(f"{report.title}", style="bold"))
    console.print(Text(first_told(report)))
    console.print(Text(spread_told(report), style="dim"))
    for placing in report.who_first.placings:
        seen = placing.sighting
        line = Text(f"\n{placing.rank:>3}. ")
        line.append(seen.source, style="bold")
        told = told_interval(seen.not_seen_at, seen.first_seen_at, with_seconds=True)
        line.append(f"  {told}")
        if seen.claimed_at:
            line.append(f"  (claims {told_at(seen.claimed_at, with_seconds=True)})", style="dim")
        console.print(line)
        console.print(Text(f"     {seen.headline}"))
        console.print(Text(f"     article {seen.article_id}  {seen.url}", style="dim"))
        for note in _notes(placing):
            console.print(Text(f"     {note}", style="yellow"))


def _notes(placing: Placing) -> list[str]:
    notes = []
    if placing.undecidable:
        doubt = _span(placing.doubt)
        notes.append(f"undecidable within {doubt} against {', '.join(placing.undecidable)}")
    if placing.copies:
        notes.append(f"same text as {', '.join(placing.copies)}")
    if placing.sighting.credits:
        notes.append(f"credits {', '.join(placing.sighting.credits)}")
    if placing.more_articles:
        notes.append(f"and {counted(placing.more_articles, 'more article')}")
    return notes


def first_told(report: StoryReport) -> str:
    """Return who had it first, or that it cannot be told."""
    who = report.who_first
    placings = who.placings
    if not placings:
        return "no article"
    if len(placings) == 1:
        return f"only {who.first[0]} so far, {_seen_by(placings[0])}"
    if who.decided:
        return f"first: {who.first[0]}, {_seen_by(placings[0])}"
    doubts = [p.doubt for p in placings if p.rank == 1]
    widest = None if None in doubts else max(d for d in doubts if d is not None)
    return f"first: undecidable within {_span(widest)} between {', '.join(who.first)}"


def spread_told(report: StoryReport) -> str:
    """Return how far a story went: articles, copies, independent publishers."""
    who = report.who_first
    parts = [
        f"{counted(report.articles, 'article')} by {counted(len(who.placings), 'source')}",
        f"{who.independent} independent",
    ]
    if report.copies:
        parts.append(counted(report.copies, "copy", "copies"))
    if report.revisions:
        parts.append(counted(report.revisions, "later wording"))
    if who.agencies:
        parts.append(f"agencies: {', '.join(who.agencies)}")
    return ", ".join(parts)


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun in the right form."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _span(length: timedelta | None) -> str:
    return "an unknown time" if length is None else told_span(length)


def _seen_by(placing: Placing) -> str:
    return told_interval(None, placing.sighting.first_seen_at, with_seconds=True)


def story_record(report: StoryReport) -> dict[str, Any]:
    """Return a story as JSON values."""
    who = report.who_first
    return {
        "id": report.story_id,
        "title": report.title,
        "firstSeenAt": iso_time(report.first_seen_at),
        "lastSeenAt": iso_time(report.last_seen_at),
        "articles": report.articles,
        "copies": report.copies,
        "revisions": report.revisions,
        "independentPublishers": who.independent,
        "agencies": list(who.agencies),
        "first": list(who.first),
        "firstDecided": who.decided,
        "sources": [_placing_record(placing) for placing in who.placings],
    }


def _placing_record(placing: Placing) -> dict[str, Any]:
    seen = placing.sighting
    return {
        "rank": placing.rank,
        "source": seen.source,
        "family": seen.family,
        "article": seen.article_id,
        "headline": seen.headline,
        "url": seen.url,
        "notSeenAt": iso_time(seen.not_seen_at),
        "firstSeenAt": iso_time(seen.first_seen_at),
        "datePublished": iso_time(seen.claimed_at),
        "baseline": seen.baseline,
        "undecidableAgainst": list(placing.undecidable),
        "sameTextAs": list(placing.copies),
        "wireCredit": list(seen.credits),
        "moreArticles": placing.more_articles,
    }


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 200, highlight=False, soft_wrap=True)
