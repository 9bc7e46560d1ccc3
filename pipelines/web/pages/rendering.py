"""Fills templates: one environment, autoescape always on, undefined names are faults."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.interval_words import told_at, told_range, told_span
from pipelines.storage.models import Visit
from pipelines.web.below_path import below, own_address
from pipelines.web.desk import Desk
from pipelines.web.pages import told
from pipelines.web.pages.assets import asset_url

# What a site calls its language may be anything; lang="" says unknown (HTML 3.2.6.2).
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_STALE_SECONDS = 3600  # without any look for so long, the page says so


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates' environment."""
    made = Environment(
        loader=PackageLoader("pipelines.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "span": told_span,
        "range": lambda seen: told_range(seen.not_seen_at, seen.first_seen_at),
        "clock": told.told_clock,
        "day_clock": told_at,
        "moment": told.told_moment,
        "iso": told.iso,
        "bytes": told.told_bytes,
        "language": told.language_name,
        "percent": lambda share: f"{share:.0%}",
        "site_url": site_url,
        "bcp47": lambda code: code if _LANGUAGE_TAG.fullmatch(code or "") else "",
    }
    made.globals |= {"asset": asset_url, "counted": told.counted, "query_with": query_with}
    made.globals["below"] = below
    return made


def site_url(url: str | None) -> str | None:
    """Return an address that may become a link: http and https only, None for anything else."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def query_with(request: Request, **changed: str | int | None) -> str:
    """Return the address of this page with some of its query changed; None takes a key out."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in changed]
    pairs += [(k, str(v)) for k, v in changed.items() if v is not None]
    path = own_address(request.url.path)
    return f"{path}?{urlencode(pairs)}" if pairs else path


@dataclass(frozen=True, slots=True)
class Pulse:
    """When the monitor last looked anywhere."""

    now: datetime
    last_look_at: datetime | None

    @property
    def told(self) -> str:
        """The same in a few words."""
        if self.last_look_at is None:
            return "no look yet"
        return f"last look {told.told_ago(self.last_look_at, self.now)}"

    @property
    def is_stale(self) -> bool:
        """Whether silence may be ours."""
        last = self.last_look_at
        return last is None or (self.now - last).total_seconds() > _STALE_SECONDS


def pulse(session: Session, now: datetime) -> Pulse:
    """Return when the monitor last looked."""
    query = select(Visit.arrived_at).order_by(Visit.started_at.desc()).limit(1)
    return Pulse(now, session.scalar(query))


def render(
    request: Request,
    desk: Desk,
    session: Session,
    template: str,
    *,
    page: str,
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """Return a filled template; ``page`` names the entry of the navigation."""
    now = desk.clock()
    words: dict[str, Callable[..., str]] = {
        "ago": lambda at: told.told_ago(at, now),
        "day": lambda at: told.told_day(at, now),
        "short": lambda at: told.told_short(at, now),
    }
    content = (
        environment()
        .get_template(template)
        .render(
            request=request,
            page=page,
            pulse=pulse(session, now),
            now=now,
            edits_allowed=desk.writing is not None,
            **words,
            **values,
        )
    )
    return HTMLResponse(content, status, {"Vary": "HX-Request"})


def wants_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page that stands already."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") is None
