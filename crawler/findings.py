"""All that is judged of an archive: sections, files, pages, alerts, and we ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crawler.alert_health import find_alert_troubles
from crawler.claim_losses import read_claim_losses
from crawler.config import Options
from crawler.health import SectionHealth, exit_status, judge_section, read_facts
from crawler.lost_pages import SourceLoss, read_losses
from crawler.own_troubles import OwnTrouble, find_own_troubles
from crawler.unwatched import Unwatched, find_unwatched, worst_status
from crawler.waiting_pages import read_waiting
from pipelines.storage.outbox_health import AlertTrouble
from pipelines.storage.source_history import told_changes

#: What a site did that explains odd figures, and how long that is of interest.
_SITES_OWN = frozenset({"relaunch", "site", "noise"})
_CHANGES_TOLD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, by what it is about; ``status`` is the exit status of ``health``."""

    sections: list[SectionHealth]
    unwatched: list[Unwatched]
    losses: list[SourceLoss]
    alerts: list[AlertTrouble]
    own: list[OwnTrouble]

    @property
    def status(self) -> int:
        """0 all is well, 3 something is not, 1 nothing is."""
        if any(trouble.is_all for trouble in self.own):
            return 1
        sections = exit_status(self.sections)
        status = worst_status(sections, self.unwatched, watched=len(self.sections))
        ill = any(loss.is_ill for loss in self.losses) or any(one.is_ill for one in self.own)
        return status or (3 if ill or self.alerts else 0)


def find_all(
    session: Session, options: Options, *, now: datetime, slugs: Sequence[str] = ()
) -> Findings:
    """Return what there is to say of a workspace, or of some of its sources alone.

    Alerts and we ourselves are nobody's source: who asks for one source does not ask for them.
    """
    sections = [judge_section(f, now=now) for f in read_facts(session, now=now, slugs=slugs)]
    unwatched = find_unwatched(session, options.sources_folder, slugs)
    if slugs:
        return Findings(sections, unwatched, _losses(session, options, now, slugs), [], [])
    return Findings(
        sections,
        unwatched,
        _losses(session, options, now, slugs),
        find_alert_troubles(session, options, now),
        find_own_troubles(options, sections, unwatched, now=now),
    )


def _losses(
    session: Session, options: Options, now: datetime, slugs: Sequence[str]
) -> list[SourceLoss]:
    oldest = timedelta(hours=options.alerts.oldest_hours)
    return [
        *read_losses(session, now=now, slugs=slugs),
        *read_claim_losses(session, now=now, slugs=slugs, oldest=oldest),
        *read_waiting(session, now=now, slugs=slugs),
        *_changes(session, now, slugs),
    ]


def _changes(session: Session, now: datetime, slugs: Sequence[str]) -> list[SourceLoss]:
    return [
        SourceLoss(change.source, f"{change.at:%Y-%m-%d}: {change.told}", is_ill=False)
        for change in told_changes(session, slugs=slugs, since=now - _CHANGES_TOLD)
        if change.kind in _SITES_OWN
    ]
