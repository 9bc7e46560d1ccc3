"""How each state is made that the table in docs/operating.md tells of, by its name there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, update

from crawler import own_troubles
from crawler.schedule.learnt_rate import DAY, RhythmState
from pipelines.looks import SourceLesson
from pipelines.outcome_words import MEANINGS
from pipelines.storage.lessons import save_lesson
from pipelines.storage.models import Section, Visit
from pipelines.storage.source_history import SourceChange
from tests.integration.health_stage import Make, Stage

STATES: dict[str, Make] = {}
_HOUR, _DAY = 60.0, 24 * 60.0


def state(name: str, **values: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what makes a state."""

    def register(make: Callable[..., None]) -> Callable[..., None]:
        STATES[name] = partial(make, **values) if values else make
        return make

    return register


# ---------------------------------------------------------------- looks

#: Every way in which a look fails; those of pages alone end no look.
FAILURES = [
    word
    for word, meaning in MEANINGS.items()
    if meaning.told
    and word not in ("partial", "sparse", "robots", "stopped")
    and word not in ("challenge", "consent", "dropped", "never-asked")
]


def fails(
    stage: Stage, outcome: str, times: int, status: int | None = None, slug: str = "paper"
) -> None:
    """Let the last looks at a source fail."""
    for number in range(times):
        stage.look(slug, ago=30 - number, outcome=outcome, http_status=status, links=None)


state("one look failed", outcome="timeout", times=1)(fails)
state("looks cut off by the end of a run", outcome="stopped", times=5)(fails)
state("`robots`", outcome="robots", times=1)(fails)
state("refused twice", outcome="http-4xx", times=2, status=403)(fails)


@state("all is well")
def _well(stage: Stage) -> None:
    pass


@state("every section is ill")
def _all_ill(stage: Stage) -> None:
    for slug in ("paper", "steady"):
        stage.look(slug, ago=4, outcome="robots", links=None)


@state("`partial`")
def _partial(stage: Stage) -> None:
    stage.look("paper", "/a", ago=3, outcome="partial", detail="2 of 7 child sitemaps not read")


@state("no whole look for a day")
def _never_whole(stage: Stage) -> None:
    stage.section(last_whole_at=stage.ago(_DAY + 3 * _HOUR))


@state("a listing turned over")
def _turned_over(stage: Stage) -> None:
    stage.look("paper", *(f"/new-{number}" for number in range(9)), ago=3)


@state("`sparse`")
def _sparse(stage: Stage) -> None:
    stage.section(last_whole_at=None)
    stage.look("paper", ago=3, outcome="sparse", detail="lists nothing")


@state("silence")
def _silence(stage: Stage) -> None:
    busy = RhythmState(articles=1500, exposure=30 * DAY, watched_until=stage.now.timestamp())
    stage.section(rhythm=busy.to_json())
    with stage.sessions.begin() as session:
        session.execute(update(Visit).values(started_at=stage.ago(41.5 * _DAY)))
        session.execute(update(Visit).values(arrived_at=stage.ago(41.5 * _DAY)))
    stage.look("paper", "/a", ago=5)
    stage.look("steady", "/a", ago=5)


@state("due for long")
def _late(stage: Stage) -> None:
    stage.section(next_visit_at=stage.ago(3 * _HOUR))


@state("never looked at")
def _never_looked_at(stage: Stage) -> None:
    with stage.sessions.begin() as session:
        row = session.query(Section).filter_by(key="politics").first()
        assert row is not None
        values = {"key": "world", "kind": "feed", "url": "https://x.example", "lane": "x.example"}
        session.execute(insert(Section).values(source_id=row.source_id, **values))


@state("disabled")
def _disabled(stage: Stage) -> None:
    stage.write("paper", "enabled = false")
    stage.section(enabled=False)
    with stage.sessions.begin() as session:
        row = session.query(Section).filter_by(enabled=False).one()
        row.source.disabled = True


@state("retired")
def _retired(stage: Stage) -> None:
    (stage.folder / "sources" / "paper.toml").unlink()
    stage.section(enabled=False)


# ---------------------------------------------------------------- files


@state("a new source file")
def _new_file(stage: Stage) -> None:
    stage.write("courier")


@state("a changed address")
def _changed_file(stage: Stage) -> None:
    stage.section(url="https://paper.example/other")


@state("a broken source file")
def _broken_file(stage: Stage) -> None:
    (stage.folder / "sources" / "paper.toml").write_text("name = ", encoding="utf-8")


@state("a broken watch file")
def _broken_watch(stage: Stage) -> None:
    stage.watch('"desk"', query="levy AND")


# ---------------------------------------------------------------- pages and fields


@state("pages give no articles")
def _lost(stage: Stage) -> None:
    stage.pages(8, "empty", ago=50)


@state("a wall")
def _wall(stage: Stage) -> None:
    stage.pages(8, "wall", ago=50)


@state("unconfirmed pages")
def _unconfirmed(stage: Stage) -> None:
    stage.pages(8, "unconfirmed", ago=50)


@state("pages wait")
def _waiting(stage: Stage) -> None:
    stage.pages(7, "http-403", ago=2 * _DAY, again=5)


@state("pages were never asked for")
def _never_asked(stage: Stage) -> None:
    paths = [f"/n-{number}" for number in range(6)]
    for ago in (2 * _DAY, 5):
        stage.look("paper", "/a", *paths, ago=ago)


@state("pages left unread")
def _left_unread(stage: Stage) -> None:
    stage.pages(3, "empty", ago=40 * _DAY)
    stage.look("paper", "/a", ago=5)


@state("a field cannot be read")
def _fault(stage: Stage) -> None:
    today = {stage.now.date().isoformat(): {"pages": 9, "images: IndexError": 9}}
    with stage.sessions.begin() as session:
        save_lesson(session, SourceLesson("paper", "{}", {}, stage.now, today))


@state("a field is gone")
def _field_gone(stage: Stage) -> None:
    stage.articles(30, ago=3 * _DAY, byline="By Ada Quill")
    stage.articles(9, ago=6 * _HOUR, byline=None)


@state("pages are no longer readable")
def _unreadable(stage: Stage) -> None:
    _earlier(stage, articles_stored=40)
    with stage.sessions.begin() as session:
        lately = update(Visit).where(Visit.started_at > stage.ago(_DAY))
        session.execute(lately.values(pages_without_article=15))


@state("our filters keep less")
def _kept_less(stage: Stage) -> None:
    _earlier(stage, entries=300, links=290)
    with stage.sessions.begin() as session:
        lately = update(Visit).where(Visit.started_at > stage.ago(_DAY))
        session.execute(lately.values(entries=300, links=9))


def _earlier(stage: Stage, **values: int) -> None:
    """Add a look three days ago."""
    with stage.sessions.begin() as session:
        row = session.query(Section).filter_by(url="https://paper.example/rss").one()
        at = stage.ago(3 * _DAY)
        one = {"section_id": row.id, "started_at": at, "arrived_at": at, "outcome": "ok"}
        session.execute(insert(Visit).values(**one, **values))
        session.flush()
        # The last look is the one noted last.
        session.execute(update(Visit).where(Visit.section_id != row.id).values(detail=""))
    stage.look("paper", "/a", "/b", "/c", ago=3)


@state("dates keep all silent")
def _silenced(stage: Stage) -> None:
    _dated(stage, 3)


@state("dates keep some silent")
def _some_silenced(stage: Stage) -> None:
    _dated(stage, 2)
    stage.articles(3, ago=200, arrival="new", date_published=stage.ago(190))


def _dated(stage: Stage, count: int) -> None:
    stage.articles(
        count,
        ago=120,
        arrival="new",
        date_published=lambda n: stage.ago((3 + n) * _DAY),
        date_published_precision="second",
    )


@state("dates that cannot be")
def _impossible(stage: Stage) -> None:
    stage.articles(
        4,
        ago=120,
        arrival="new",
        not_seen_at=stage.ago(130),
        date_published=lambda n: stage.ago((800 + n) * _DAY),
        date_published_precision="second",
    )


def _change(stage: Stage, kind: str, before: str, after: str) -> None:
    with stage.sessions.begin() as session:
        values = {"source_id": stage.source_id(session), "at": stage.ago(90), "kind": kind}
        session.add(SourceChange(**values, before=before, after=after))


_ADDRESSES = {"before": "https://paper.example/1", "after": "https://paper.example/new/1"}
state("a relaunch", kind="relaunch", **_ADDRESSES)(_change)
state("a redesign", kind="site", before="", after="Read more in our app")(_change)

# ---------------------------------------------------------------- alerts


@state("an unknown channel")
def _unknown_channel(stage: Stage) -> None:
    stage.watch('"dusk"')


@state("no channel")
def _no_channel(stage: Stage) -> None:
    stage.watch("")


def _delivery(stage: Stage, minutes: float = 0, **fields: Any) -> None:
    stage.watch('"desk"')
    times = {"next_try_at": stage.ago(minutes)} if minutes else {}
    stage.delivery(**times, **fields)


state("alerts overdue", minutes=2 * _HOUR)(_delivery)
state("alerts parked", state="parked", detail="refused six times: answered 400")(_delivery)


@state("a receiver fails")
def _receiver_fails(stage: Stage) -> None:
    _delivery(stage, -30, failing_since=stage.ago(3 * _HOUR), detail="answered 503", tries=4)


@state("a channel set up wrongly")
def _misconfigured(stage: Stage) -> None:
    from pipelines.storage.watch_models import ChannelState

    _delivery(stage, -30)
    with stage.sessions.begin() as session:
        detail = "channels.desk: the variable DESK_SECRET is not set"
        session.add(ChannelState(name="desk", detail=detail))


# ---------------------------------------------------------------- we ourselves


@state("nobody looks")
def _nobody_looks(stage: Stage) -> None:
    with stage.sessions.begin() as session:
        session.execute(update(Visit).values(started_at=stage.ago(5 * _HOUR)))
        session.execute(update(Section).values(next_visit_at=stage.ago(4 * _HOUR)))


@state("no source in use")
def _no_source(stage: Stage) -> None:
    for slug in ("paper", "steady"):
        (stage.folder / "sources" / f"{slug}.toml").unlink()
    with stage.sessions.begin() as session:
        session.execute(update(Section).values(enabled=False))


@state("the clock was set back")
def _clock(stage: Stage) -> None:
    stage.look("steady", "/a", ago=-3 * _HOUR)


@state("the disk is nearly full")
def _disk(stage: Stage) -> None:
    usage = SimpleNamespace(free=7_000_000)
    stage.monkeypatch.setattr(own_troubles, "shutil", SimpleNamespace(disk_usage=lambda _: usage))
