"""Step 5: raises alerts in the article's own transaction, once per watch and story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.claims import OLDEST_ALERTED
from pipelines.edit_rules import edit_rules
from pipelines.excerpts import excerpts_of
from pipelines.newness import Newness, newness_of
from pipelines.outbox_rows import deliveries_for
from pipelines.storage.alerts import (
    article_facts,
    count_publishers,
    save_watch,
    section_key,
    sightings_of,
)
from pipelines.storage.edits import latest_change
from pipelines.storage.models import Article, Source
from pipelines.storage.watch_models import Alert
from pipelines.told_stories import alerts_told
from pipelines.watch_files import WatchDefinition
from pipelines.watch_set import WatchSet, fits, watches_lately
from pipelines.watches.questions import is_about_edits

_MOST_ARTICLES = 50  # of one story, asked again when a watch counts its publishers


@dataclass(slots=True)
class _Case:
    """One article at the moment at which something happened to it."""

    article: Article
    source: Source
    facts: dict[str, Any]
    section: str | None
    context: dict[str, Any] = field(default_factory=dict)
    alerts: Sequence[Alert] = ()
    oddities: Sequence[str] = ()  # told with each alert

    def told(self, watch_id: int) -> list[Alert]:
        return [alert for alert in self.alerts if alert.watch_id == watch_id]


class WatchKeeper:
    """The watches beside the database that holds their alerts. Used by one thread.

    After a failed transaction call ``forget``: the rows of new watches may be gone.
    """

    def __init__(
        self,
        watches: Callable[[], WatchSet],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        oldest: timedelta = OLDEST_ALERTED,
    ) -> None:
        self._watches = watches
        self._clock = clock
        self._oldest = oldest
        self._rows: dict[str, tuple[WatchDefinition, int]] = {}

    @classmethod
    def of_folder(cls, folder: Path, *, oldest: timedelta = OLDEST_ALERTED) -> WatchKeeper:
        """Return a keeper of the watch files in a folder, which may change while it works."""
        return cls(watches_lately(folder), oldest=oldest)

    def forget(self) -> None:
        """Look for the rows of the watches again before the next alert."""
        self._rows.clear()

    # ---- what happens to articles

    def match_new(self, session: Session, article: Article) -> list[Alert]:
        """Raise what a new article, already in its story, calls for."""
        watches = self._watches()
        if not watches.definitions or article.story_id is None:
            return []
        case = self._case(session, article, is_new=True)
        sightings = sightings_of(session, article.story_id)
        publishers = count_publishers(sightings)
        case.context["publishers"] = publishers
        newness = self._newness(session, article)
        case.oddities = [newness.oddity] if newness.oddity else []
        raised = self._raise_first(session, case, watches) if newness.is_news else []
        if article.arrival == "new":
            is_first_of_source = sum(s.source == case.source.slug for s in sightings) == 1
            raised += self._raise_growth(
                session, case, watches, newness, is_first_of_source=is_first_of_source
            )
        return raised

    def match_edit(self, session: Session, article: Article) -> list[Alert]:
        """Raise what the latest revision of an article calls for."""
        watches = self._watches()
        if not watches.definitions or article.story_id is None:
            return []
        change = latest_change(session, article)
        if change is None:
            return []
        case = self._case(session, article)
        case.context["publishers"] = count_publishers(sightings_of(session, article.story_id))
        case.facts |= change.after
        plain = watches.matching(case.facts, case.context, case.section)
        # New is what the edit brought: a watch that held before was told, or is younger.
        held = watches.matching(case.facts | change.before, case.context, case.section)
        raised: list[Alert] = []
        if self._newness(session, article).is_news:
            raised = self._raise_new(session, case, watches, plain - held)
        case.context |= change.context
        asked = watches.matching(case.facts, case.context, case.section) - plain
        reason = f"edit {article.id}.{change.number}"
        for slug in sorted(asked | self._told_slugs(session, case, watches)):
            definition = watches.definitions[slug]
            is_wanted = fits(definition, case.source.slug, case.section)
            rules = edit_rules(definition, case.facts, change) if is_wanted else []
            if not rules and slug in asked and is_about_edits(definition.tree):
                rules = ["the article was edited"]
            if rules:
                raised += self._raise(session, case, definition, reason, rules)
        return raised

    def match_gone(self, session: Session, article: Article) -> list[Alert]:
        """Raise what it calls for that an article was taken away."""
        watches = self._watches()
        if not watches.definitions or article.story_id is None:
            return []
        case = self._case(session, article)
        case.context["publishers"] = count_publishers(sightings_of(session, article.story_id))
        plain = watches.matching(case.facts, case.context, case.section)
        case.context["gone"] = True
        asked = watches.matching(case.facts, case.context, case.section) - plain
        raised = []
        for slug in sorted(asked | self._told_slugs(session, case, watches)):
            definition = watches.definitions[slug]
            is_wanted = fits(definition, case.source.slug, case.section)
            if slug in asked or (definition.again.gone and is_wanted):
                rules = ["the article is gone"]
                raised += self._raise(session, case, definition, f"gone {article.id}", rules)
        return raised

    # ---- the rules

    def _newness(self, session: Session, article: Article) -> Newness:
        return newness_of(session, article, now=self._clock(), oldest=self._oldest)

    def _raise_first(self, session: Session, case: _Case, watches: WatchSet) -> list[Alert]:
        slugs = watches.matching(case.facts, case.context, case.section)
        raised = self._raise_new(session, case, watches, slugs)
        if watches.has_counting and case.context["publishers"] > 1:
            raised += self._raise_counted(session, case, watches)
        return raised

    def _raise_new(
        self, session: Session, case: _Case, watches: WatchSet, slugs: set[str]
    ) -> list[Alert]:
        raised: list[Alert] = []
        for slug in sorted(slugs):
            definition = watches.definitions[slug]
            if not case.told(self._row(session, definition)):
                raised += self._raise(session, case, definition, "new", ["new story"])
        return raised

    def _raise_counted(self, session: Session, case: _Case, watches: WatchSet) -> list[Alert]:
        """Ask the story's other articles: this one may have made the count full for them."""
        raised: list[Alert] = []
        query = (
            select(Article, Source)
            .join(Source, Source.id == Article.source_id)
            .where(Article.story_id == case.article.story_id, Article.id != case.article.id)
            .order_by(Article.id.desc())
            .limit(_MOST_ARTICLES)
        )
        for article, source in session.execute(query):
            facts, section = article_facts(article, source), section_key(session, article)
            other = _Case(article, source, facts, section, case.context)
            for slug in sorted(watches.counting(facts, case.context, section)):
                definition = watches.definitions[slug]
                other.alerts = case.alerts
                row_id = self._row(session, definition)
                if not case.told(row_id) and all(a.watch_id != row_id for a in raised):
                    raised += self._raise(session, other, definition, "new", ["new story"])
        return raised

    def _raise_growth(
        self,
        session: Session,
        case: _Case,
        watches: WatchSet,
        newness: Newness,
        *,
        is_first_of_source: bool,
    ) -> list[Alert]:
        raised: list[Alert] = []
        publishers = case.context["publishers"]
        told_slugs = self._told_slugs(session, case, watches)
        every = {s for s in told_slugs if watches.definitions[s].again.articles}
        if every and (case.article.copy_kind == "copy" or not newness.is_news):
            every = set()
        elif every:
            every &= watches.matching(case.facts, case.context, case.section)
        for slug in sorted(told_slugs):
            definition = watches.definitions[slug]
            told = case.told(self._row(session, definition))
            before = max((alert.publishers for alert in told), default=publishers)
            rules = [
                f"{number} independent publishers carry it"
                for number in definition.again.publishers
                if before < number <= publishers
            ][-1:]
            if is_first_of_source and case.source.slug in definition.again.sources:
                rules.append(f"{case.source.name} joined")
            if slug in every and all(alert.article_id != case.article.id for alert in told):
                rules.append("a further article")
            if rules:
                reason = f"growth {case.article.id}"
                raised += self._raise(session, case, definition, reason, rules)
        return raised

    def _told_slugs(self, session: Session, case: _Case, watches: WatchSet) -> set[str]:
        """Return the watches that were told of the case's story before, and are still there."""
        if not case.alerts:
            return set()
        told = {alert.watch.slug for alert in case.alerts}
        return told & watches.definitions.keys()

    # ---- rows

    def _case(self, session: Session, article: Article, *, is_new: bool = False) -> _Case:
        source = session.get_one(Source, article.source_id)
        facts = article_facts(article, source)
        alerts = alerts_told(session, article, self._watches(), is_new=is_new)
        return _Case(article, source, facts, section_key(session, article), alerts=alerts)

    def _row(self, session: Session, definition: WatchDefinition) -> int:
        known = self._rows.get(definition.slug)
        if known is None or known[0] is not definition:
            row_id = save_watch(
                session, definition.slug, definition.name, definition.query, self._clock()
            )
            known = self._rows[definition.slug] = (definition, row_id)
        return known[1]

    def _raise(
        self,
        session: Session,
        case: _Case,
        definition: WatchDefinition,
        reason: str,
        rules: list[str],
    ) -> list[Alert]:
        row_id = self._row(session, definition)
        if any(alert.reason == reason for alert in case.told(row_id)):
            return []
        now = self._clock()
        alert = Alert(
            watch_id=row_id,
            story_id=case.article.story_id,
            event_id=case.article.event_id,
            article_id=case.article.id,
            reason=reason,
            raised_at=now,
            query=definition.query,
            publishers=case.context.get("publishers", 1),
            details={
                "rules": [*rules, *case.oddities],
                **excerpts_of(definition.tree, case.facts, case.context),
            },
        )
        session.add(alert)
        session.flush()
        session.add_all(deliveries_for(alert, definition, case.source.slug, now))
        session.flush()
        case.alerts = [*case.alerts, alert]
        return [alert]
