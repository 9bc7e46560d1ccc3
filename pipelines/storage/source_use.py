"""Whether sources and their sections are in use, and how what was learnt of them is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import delete
from sqlalchemy.orm import Session

from pipelines.storage.memory_models import HubSubscription, ListingValidators
from pipelines.storage.models import Section, Source

#: In an enabled file; in a file that says ``enabled = false``; in no file any more.
Use = Literal["enabled", "disabled", "retired"]


def use_of(source: Source, section: Section) -> Use:
    """Return whether a section is looked at, and if not, why."""
    if section.enabled:
        return "enabled"
    return "disabled" if source.disabled else "retired"


def use_of_source(source: Source, sections: Iterable[Section]) -> Use:
    """Return whether any of a source's sections is looked at, and if not, why."""
    if any(section.enabled for section in sections):
        return "enabled"
    return "disabled" if source.disabled else "retired"


def set_use(session: Session, section: Section, *, in_use: bool) -> None:
    """Take a section into the plan or out of it.

    Whoever switches one on wants to see it: a back-off of earlier failures ends. One that is out of
    use has no subscription: its hub's callback is unknown from then on.
    """
    if section.enabled is in_use:
        return
    section.enabled = in_use
    if not in_use:
        _unsubscribe(session, section)
    elif section.failure_weight:
        look_now(session, section)


def look_now(session: Session, section: Section) -> None:
    """Make a section due, in full: how its earlier looks ended says nothing about the next."""
    section.next_visit_at = None
    section.failures, section.failure_weight = 0, 0.0
    key = ListingValidators.url
    of_section = key.startswith(f"{section.source.slug}/{section.key} ", autoescape=True)
    session.execute(delete(ListingValidators).where(of_section | (key == section.url)))


def prove_anew(section: Section) -> None:
    """Let earlier looks prove nothing about the next one, which lists other things.

    Its next look is a baseline again, with no lower bound; what was listed stays known.
    """
    section.last_looked_at = section.baseline_at = None
    section.last_whole_at = section.last_read_at = None


def bound_anew(section: Section) -> None:
    """Let no look say that what other filters may have hidden from it was not there.

    Not all that a filter leaves out is remembered: of links to other sites a front has too many.
    """
    section.last_read_at = None


def begin_anew(session: Session, section: Section) -> None:
    """Forget what was learnt at another address: plan, rhythm, hints, failures, bounds, hub."""
    prove_anew(section)
    look_now(session, section)
    section.rhythm = section.hints = None
    _unsubscribe(session, section)


def _unsubscribe(session: Session, section: Section) -> None:
    session.execute(delete(HubSubscription).where(HubSubscription.section_id == section.id))


def listing_key(url: str) -> str:
    """Return what is equal of two addresses of one listing: all but scheme, "www." and last "/"."""
    parts = urlsplit(url)
    host = (parts.netloc or "").lower().removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"
