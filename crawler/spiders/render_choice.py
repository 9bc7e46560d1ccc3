"""Chooses what is rendered: as the source file says, or as plain looks have shown (``auto``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from scrapy.http import Response

from crawler.catalogue import Render, SectionDefinition, SourceDefinition
from crawler.discovery.links import Listing
from crawler.middlewares.rendering_trace import PageTrace

What = Literal["front", "pages"]
Advice = Literal["keep", "wait", "render"]

#: How long a section is rendered before a plain look is tried again: sites are rebuilt.
RENDER_FOR = timedelta(days=7)
# A page that a script fills may have a list of its own, such as the ten most read.
_FEW_LINKS = 10
_MOST_BYTES = 400_000  # of a page searched for the signs of a script's shell
_MOST_NOTICES = 20

_TAG = re.compile(rb"<[^<>]{0,2000}>")
_WORD = re.compile(rb"[^\W\d_]{2,}|[\xc3-\xf4][\x80-\xbf]+")
_ROOT = re.compile(
    rb"<(?:div|main|section|article)\b[^<>]{0,500}\bid=[\"']?"
    rb"(?:app|root|__next|__nuxt|___gatsby|react-root|svelte|main-app|fusion-app)\b[^<>]{0,500}>"
    rb"\s{0,200}</",
    re.IGNORECASE,
)


def asks_for_scripts(body: bytes) -> bool:
    """Return whether a page says, or shows, that it is empty until its scripts have run.

    It has a notice for readers without JavaScript, or the empty element that an application fills.
    """
    body = body[:_MOST_BYTES]
    if _ROOT.search(body):
        return True
    pieces = re.split(rb"<noscript\b", body, maxsplit=_MOST_NOTICES, flags=re.IGNORECASE)[1:]
    for piece in pieces:
        notice = piece.partition(b">")[2].partition(b"</noscript")[0][:4000]
        if len(_WORD.findall(_TAG.sub(b" ", notice))) >= 3:
            return True
    return False


def is_empty_front(listing: Listing, body: bytes, *, rendered: bool) -> bool:
    """Return whether a section front lists nothing, or little beside a script's empty shell."""
    count = len(listing.links)
    if rendered or count > _FEW_LINKS:
        return count == 0
    return count == 0 or asks_for_scripts(body)


def is_empty_page(kind: str, body: bytes) -> bool:
    """Return whether a page has no article because its scripts have not run."""
    return kind == "script-only" or (kind == "empty" and asks_for_scripts(body))


@dataclass(frozen=True, slots=True)
class Need:
    """What was learnt of one section's fronts, or of its pages.

    ``misses`` counts plain looks in a row without a result; ``since`` is when rendering began, and
    ``plain`` how many links the plain front had then; ``vain`` counts rendered looks in a row that
    showed no more.
    """

    misses: int = 0
    since: datetime | None = None
    plain: int = 0
    vain: int = 0

    def is_met(self, *, now: datetime, patience: int) -> bool:
        """Return whether the next look is rendered."""
        return self._is_fresh(now) and self.vain < patience

    def _is_fresh(self, now: datetime) -> bool:
        return self.since is not None and now - self.since < RENDER_FOR

    def after(
        self, *, empty: bool, rendered: bool, links: int, now: datetime, patience: int
    ) -> tuple[Need, Advice]:
        """Return what is known after a look, and what to do with it.

        "keep" it; "render" it, now; or "wait" for another look: this one says nothing about what
        the section lists.
        """
        if rendered:
            in_vain = empty or 0 < links <= self.plain
            return replace(self, vain=self.vain + 1 if in_vain else 0), "keep"
        if not empty:
            return Need(), "keep"
        if self._is_fresh(now):
            return self, "keep"  # rendering was in vain: there is nothing to be seen
        misses = self.misses + 1
        if misses < patience:
            return Need(misses), "wait"
        return Need(misses, since=now, plain=links), "render"

    def to_json(self) -> dict[str, Any]:
        """Return the need as it is stored."""
        since = self.since.isoformat() if self.since else None
        return {"misses": self.misses, "since": since, "plain": self.plain, "vain": self.vain}

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> Need:
        """Return a stored need; one that cannot be read is learnt again."""
        try:
            known = stored or {}
            since = datetime.fromisoformat(known["since"]) if known.get("since") else None
            counts = (int(known.get(name, 0)) for name in ("plain", "vain"))
            return cls(int(known.get("misses", 0)), since, *counts)
        except (TypeError, ValueError):
            return cls()


class RenderNotes(Protocol):
    """Where the needs of sections are kept between runs."""

    async def load(self, source: str, section: str) -> dict[str, Any]:
        """Return what was kept of a section, {} where nothing was. Raises LedgerError."""

    def save(self, source: str, section: str, notes: dict[str, Any]) -> None:
        """Keep the notes of a section."""


def is_whole(response: Response) -> bool:
    """Return whether all was there that a page showed; only a rendered one can lack something."""
    return "partial" not in response.flags


def render_mode(source: SourceDefinition, section: SectionDefinition | None) -> Render:
    """Return "never", "auto" or "always" for a section: its own word, else its source's."""
    return (section.render if section else None) or source.render


class RenderChoice:
    """What one run renders. Without ``notes`` nothing is remembered between runs."""

    def __init__(
        self,
        notes: RenderNotes | None,
        *,
        patience: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._notes = notes
        self._patience = max(patience, 1)
        self._now = now
        self._needs: dict[tuple[str, str], dict[What, Need]] = {}
        self._traces: dict[tuple[str, str], PageTrace | None] = {}

    async def recall(self, source: SourceDefinition, section: SectionDefinition) -> None:
        """Read what earlier runs learnt of a section. Raises LedgerError."""
        key = (source.slug, section.key)
        if self._notes is not None and key not in self._needs:
            self._take(key, await self._notes.load(*key))

    def _take(self, key: tuple[str, str], stored: dict[str, Any]) -> None:
        self._needs[key] = {
            "front": Need.from_json(stored.get("front")),
            "pages": Need.from_json(stored.get("pages")),
        }
        self._traces[key] = PageTrace.from_json(stored.get("trace"))

    def meta(
        self, source: SourceDefinition, section: SectionDefinition | None, what: What
    ) -> dict[str, Any]:
        """Return the request meta of a front or a page: {} when it is asked for plainly."""
        mode = render_mode(source, section)
        if what == "front" and (section is None or section.kind != "front"):
            return {}  # feeds and sitemaps have no scripts
        wanted = mode == "always"
        if mode == "auto" and section is not None:
            need = self._known(source.slug, section.key)[what]
            wanted = need.is_met(now=self._now(), patience=self._patience)
        if not wanted:
            return {}
        if what == "front" and section is not None:
            self._known(source.slug, section.key)
            trace = self._traces[source.slug, section.key]
            if trace is not None and trace.is_telling(self._now()):
                return {**RENDERED_META, "firstseen_trace": trace}
        return RENDERED_META

    def keep_trace(
        self, source: SourceDefinition, section: SectionDefinition, response: Response
    ) -> None:
        """Keep what a front was made of, once everything it listed is safely stored."""
        meta = response.request.meta if response.request else {}
        key = (source.slug, section.key)
        if "unchanged" in response.flags and (told := meta.get("firstseen_trace")) is not None:
            self._traces[key] = told.looked()
        elif "rendered" in response.flags and is_whole(response):
            self._known(*key)
            found = meta.get("firstseen_trace_found") or None
            self._traces[key] = found and found.after(self._traces.get(key))
        else:
            return
        self._keep(*key, self._known(*key))

    def saw(
        self,
        source: SourceDefinition,
        section: SectionDefinition,
        what: What,
        *,
        empty: bool,
        rendered: bool,
        whole: bool = True,
        links: int = 0,
    ) -> Advice:
        """Take note of what a front or a page showed; return what to do with it.

        ``links`` is how many a front listed. Nothing is learnt of a rendered page that was not
        shown ``whole``: that rendering shows no more may be a fault of the moment.
        """
        if render_mode(source, section) != "auto" or (what == "front" and section.kind != "front"):
            return "keep"
        if not whole:
            return "keep"
        known = self._known(source.slug, section.key)
        need, advice = known[what].after(
            empty=empty,
            rendered=rendered,
            links=links,
            now=self._now(),
            patience=self._patience,
        )
        if need != known[what]:
            known[what] = need
            self._keep(source.slug, section.key, known)
        return advice

    def _known(self, source: str, section: str) -> dict[What, Need]:
        key = (source, section)
        if key not in self._needs:
            self._take(key, {})
        return self._needs[key]

    def _keep(self, source: str, section: str, known: dict[What, Need]) -> None:
        if self._notes:
            notes: dict[str, Any] = {
                what: need.to_json() for what, need in known.items() if need != Need()
            }
            if trace := self._traces.get((source, section)):
                notes["trace"] = trace.to_json()
            self._notes.save(source, section, notes)


#: A rendered page is asked for whole: that its shell is unchanged says nothing of what it shows.
RENDERED_META: dict[str, Any] = {"firstseen_render": True, "firstseen_full_look": True}
