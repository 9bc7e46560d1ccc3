"""Says of every section whether it is well, and of what it suffers if it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from crawler.field_shares import FieldFall, fallen_fields, summed
from crawler.schedule.back_off import kind_of_failure
from crawler.schedule.learnt_rate import RhythmState, utc
from crawler.volume import Volume, judge_volume
from pipelines.outcome_words import explain_outcome, is_ours
from pipelines.storage import health_queries as ask
from pipelines.storage.health_queries import DAY, MONTH, WEEK, FieldCounts, LastVisit
from pipelines.storage.models import Section

State = Literal["ok", "late", "quiet", "partial", "degraded", "blocked", "failing", "retired"]
#: From the worst on; a section with several troubles is in the first of these states.
STATES: tuple[State, ...] = (
    *("blocked", "failing", "late", "quiet", "partial", "degraded", "ok", "retired"),
)

# A timer that comes every quarter of an hour, and a batch that takes ten minutes, are not late.
LATE_AFTER = timedelta(minutes=30)
STALE_AFTER = timedelta(hours=24)  # one failure after a whole day without success is enough
FAILING_AFTER = 3  # failures in a row; of a kind that does not pass by itself, two
_SILENCE_BACK = timedelta(days=60)
# The site knows who we are and says no (RFC 9110 15.5.2, 15.5.4; RFC 7725).
_REFUSALS = frozenset({401, 402, 403, 407, 451})
_DISABLED = "disabled: its source file says enabled = false"
_RETIRED = "no enabled source file has it any more"
# No patience mends these, nor what is our own fault: filters of ours, a listing that is elsewhere.
_TOLD_AT_ONCE = frozenset({"all-filtered", "moved"})


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """What the database knows of one section. Counts of articles are by period."""

    source: str
    section: str
    enabled: bool = True
    disabled: bool = False  # by its own file
    last_success_at: datetime | None = None
    last_whole_at: datetime | None = None
    usual_wait: timedelta = timedelta()
    failures: int = 0
    next_visit_at: datetime | None = None
    last: LastVisit | None = None
    rhythm: RhythmState = field(default_factory=RhythmState)
    first_look_at: datetime | None = None
    last_new_at: datetime | None = None
    seen_day: int = 0
    seen_week: int = 0
    overflows: int = 0  # of the last 24 hours
    fields: Mapping[str, FieldCounts] = field(default_factory=dict)
    pages: Mapping[str, FieldCounts] = field(default_factory=dict)
    kept: Mapping[str, FieldCounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SectionHealth:
    """The judgement on one section; ``reasons`` say in words what is wrong."""

    facts: SectionFacts
    state: State
    reasons: tuple[str, ...]
    lateness: timedelta
    day: Volume | None
    week: Volume | None
    falls: tuple[FieldFall, ...]

    @property
    def is_late(self) -> bool:
        """Whether it should have been looked at by now."""
        return self.facts.enabled and bool(_late(self.facts, self.lateness))


def read_facts(session: Session, *, now: datetime, slugs: Sequence[str] = ()) -> list[SectionFacts]:
    """Return the facts of every section, or of those of some sources."""
    rows = ask.sections_with_source(session, slugs)
    # A page asks for one source, and the figures of all of them would take it seconds.
    ids = [row.id for row, _ in rows] if slugs else None
    sources = {row.source_id for row, _ in rows} if slugs else None
    last, first = ask.last_visits(session, ids), ask.first_looks(session, ids)
    new_at = ask.last_new_links(session, now - _SILENCE_BACK, ids)
    day = ask.new_links_since(session, now - timedelta(days=1), ids)
    week = ask.new_links_since(session, now - timedelta(days=7), ids)
    overflows = ask.overflows_since(session, now - timedelta(days=1), ids)
    fields = ask.field_counts(session, now=now, sources=sources)
    pages = ask.page_counts(session, now=now, sections=ids)
    kept = ask.kept_counts(session, now=now, sections=ids)
    return [
        SectionFacts(
            source=slug,
            section=row.key,
            enabled=row.enabled,
            disabled=row.source.disabled,
            last_success_at=row.last_looked_at,
            last_whole_at=row.last_whole_at,
            usual_wait=_usual_wait(row),
            failures=row.failures,
            next_visit_at=row.next_visit_at,
            last=last.get(row.id),
            rhythm=RhythmState.from_json(row.rhythm),
            first_look_at=first.get(row.id),
            last_new_at=new_at.get(row.id),
            seen_day=day.get(row.id, 0),
            seen_week=week.get(row.id, 0),
            overflows=overflows.get(row.id, 0),
            fields=_of(row.id, fields),
            pages=_of(row.id, pages),
            kept=_of(row.id, kept),
        )
        for row, slug in rows
    ]


def _usual_wait(section: Section) -> timedelta:
    """Return how long after its last look a section is looked at again by its plan."""
    if section.next_visit_at is None or section.last_looked_at is None:
        return timedelta()
    return section.next_visit_at - section.last_looked_at


def _of(section_id: int, counts: Mapping[tuple[int, str], FieldCounts]) -> dict[str, FieldCounts]:
    return {p: counts[section_id, p] for p in (DAY, WEEK, MONTH) if (section_id, p) in counts}


def judge_section(facts: SectionFacts, *, now: datetime) -> SectionHealth:
    """Return the judgement on one section."""
    lateness = max(now - facts.next_visit_at, timedelta()) if facts.next_visit_at else timedelta()
    silence, day, week = _volumes(facts, now)
    falls = tuple(_falls(facts))
    troubles: dict[State, str] = {}
    if facts.enabled:
        if refused := _refusal(facts):
            troubles["blocked"] = refused
        elif failing := _failing(facts, now):
            troubles["failing"] = failing
        if late := _late(facts, lateness):
            troubles["late"] = late
        if quiet := _sparse(facts, now) or _quiet(silence, day, week):
            troubles["quiet"] = quiet
        if partial := _partial(facts, now):
            troubles["partial"] = partial
        if falls:
            troubles["degraded"] = ", ".join(map(str, falls))
    else:
        troubles["retired"] = _DISABLED if facts.disabled else _RETIRED
    state: State = next((state for state in STATES if state in troubles), "ok")
    return SectionHealth(facts, state, tuple(troubles.values()), lateness, day, week, falls)


def _refusal(facts: SectionFacts) -> str:
    last = facts.last
    if last is None or not facts.failures:
        return ""
    if last.outcome == "robots":
        return explain_outcome("robots")
    if last.http_status in _REFUSALS and facts.failures > 1:
        told = f"the site refuses us: HTTP {last.http_status}, {facts.failures} times in a row"
        return f"{told}; write to the publisher, or retire the section"
    return ""


def _failing(facts: SectionFacts, now: datetime) -> str:
    last = facts.last
    if last is None or not facts.failures:
        return ""
    hard = kind_of_failure(last.outcome) == "hard"
    is_first = facts.last_success_at is None
    is_stale = facts.last_success_at is not None and now - facts.last_success_at > STALE_AFTER
    at_once = last.outcome in _TOLD_AT_ONCE or is_ours(last.outcome)
    if not (is_first or is_stale or at_once or facts.failures >= (2 if hard else FAILING_AFTER)):
        return ""
    told = f"{last.outcome}, {facts.failures} in a row"
    why = explain_outcome(last.outcome, last.detail, slug=facts.source)
    return f"{told}: {why}" if why else told


def _partial(facts: SectionFacts, now: datetime) -> str:
    """Say that looks read the listing, but not the whole of it: nothing bounds what is new."""
    last = facts.last
    if last is None or facts.failures:
        return ""
    if last.outcome == "partial":
        return explain_outcome(last.outcome, last.detail, slug=facts.source)
    whole_at = facts.last_whole_at
    if facts.last_success_at and whole_at and now - whole_at > max(STALE_AFTER, facts.usual_wait):
        return f"no whole look for {_told(now - whole_at)}: what is new has no lower bound"
    if facts.overflows:
        told = f"all it listed was new, at {facts.overflows} of the looks of the last 24 hours"
        return f"{told}: what came and went in between was not seen"
    return ""


def _sparse(facts: SectionFacts, now: datetime) -> str:
    last = facts.last
    if last is None or last.outcome != "sparse":
        return ""
    if facts.last_whole_at and now - facts.last_whole_at < STALE_AFTER:
        return ""  # it listed something today
    return explain_outcome(last.outcome, last.detail, slug=facts.source)


def _late(facts: SectionFacts, lateness: timedelta) -> str:
    if facts.last is None:
        return "never looked at: is `firstseen run` or the timer at work?"
    return f"due for {_told(lateness)}" if lateness > LATE_AFTER else ""


def _volumes(
    facts: SectionFacts, now: datetime
) -> tuple[Volume | None, Volume | None, Volume | None]:
    """Return the volumes since the last new article, of a day and of a week."""
    watched = facts.rhythm.watched_until
    if watched is None or facts.first_look_at is None:
        return None, None, None
    until, first = min(utc(watched), now), facts.first_look_at

    def since(start: datetime, seen: int) -> Volume | None:
        begun = max(start, first)
        if begun >= until:
            return None
        return judge_volume(facts.rhythm, since=begun, until=until, seen=seen)

    last_new = facts.last_new_at or max(first, now - _SILENCE_BACK)
    return (
        since(last_new, 0),
        since(now - timedelta(days=1), facts.seen_day),
        since(now - timedelta(days=7), facts.seen_week),
    )


def _quiet(silence: Volume | None, day: Volume | None, week: Volume | None) -> str:
    if silence is not None and silence.is_improbable:
        told = _told(silence.until - silence.since)
        return f"nothing new for {told}, where {silence.expected:.0f} were to be expected"
    for volume, name in ((day, "24 hours"), (week, "7 days")):
        if volume is not None and volume.is_improbable:
            return f"{volume.seen} new in {name}, where {volume.expected:.0f} were to be expected"
    return ""


def _falls(facts: SectionFacts) -> list[FieldFall]:
    """Return the fallen fields of the last day, or where it had too few articles, of the week."""
    falls: list[FieldFall] = []
    for counts in (facts.fields, facts.pages, facts.kept):
        day, week, month = (counts.get(p, FieldCounts()) for p in (DAY, WEEK, MONTH))
        falls += fallen_fields(day, summed((week, month))) or fallen_fields(
            summed((day, week)), month
        )
    return falls


def _told(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 72 * 60 else f"{minutes // 1440} days"


def exit_status(judged: Sequence[SectionHealth]) -> int:
    """Return 0 all is well, 3 some sections are not, 1 none is."""
    watched = [health for health in judged if health.state != "retired"]
    ill = sum(health.state != "ok" for health in watched)
    if not ill:
        return 0
    return 1 if ill == len(watched) else 3


def counted(judged: Sequence[SectionHealth]) -> dict[State, int]:
    """Return how many sections are in which state, the worst first."""
    counts = Counter(health.state for health in judged)
    return {state: counts[state] for state in STATES if counts[state]}
