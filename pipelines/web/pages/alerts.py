"""Alerts: what fired, why, and whether it was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipelines.storage.alert_list import list_alerts, watch_choices
from pipelines.storage.alerts import AlertLine, count_deliveries
from pipelines.web.desk import Desk
from pipelines.web.pages.marking import Parts, mark_spans
from pipelines.web.pages.numbers import number_in
from pipelines.web.pages.rendering import render, wants_part
from pipelines.web.reading import reading

PER_PAGE = 30
STATES = ("waiting", "delivered", "parked")
_KINDS = {"new": "new story", "growth": "grown", "edit": "changed", "gone": "withdrawn"}


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """One alert with the reasons that were kept with it."""

    line: AlertLine

    @property
    def kind(self) -> str:
        """What happened."""
        return _KINDS.get(self.line.alert.reason.partition(" ")[0], "new story")

    @property
    def details(self) -> Mapping[str, Any]:
        """Rules, excerpts and changes, as they were when it was raised."""
        return self.line.alert.details

    @property
    def excerpts(self) -> list[Parts]:
        """The words that made the watch hold, in a little of their text, each text once."""
        texts: dict[str, list[tuple[int, int]]] = {}
        for found in self.details.get("excerpts", ()):
            before, match = found["before"], found["match"]
            spans = texts.setdefault(before + match + found["after"], [])
            spans.append((len(before), len(before) + len(match)))
        return [mark_spans(text, spans) for text, spans in texts.items()]

    @property
    def rules(self) -> list[str]:
        """The rules of the watch file that raised it once more."""
        return list(self.details.get("rules", ()))


def alert_routes(desk: Desk) -> APIRouter:
    """Return the route of the alerts."""
    router = APIRouter()

    @router.get("/alerts", response_class=HTMLResponse)
    def alerts(
        request: Request, watch: str = "", state: str = "", before: str = ""
    ) -> HTMLResponse:
        with reading(desk) as session:
            lines, has_more = list_alerts(
                session,
                watch=watch,
                state=state if state in STATES else "",
                before=number_in(before),
                limit=PER_PAGE,
            )
            return render(
                request,
                desk,
                session,
                "alerts_list.html" if wants_part(request) else "alerts.html",
                page="alerts",
                troubles=desk.health(session, desk.clock(), [""]) if desk.health else (),
                alerts=[ShownAlert(line) for line in lines],
                more=lines[-1].alert.id if has_more else None,
                is_first_page=not before,
                counts=count_deliveries(session),
                watches=watch_choices(session),
                states=STATES,
                chosen={"watch": watch, "state": state},
            )

    return router
