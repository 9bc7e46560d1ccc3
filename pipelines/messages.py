"""What a channel is told: one message from one alert or many, written for its kind of output."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipelines.alert_views import AlertView, alert_record
from pipelines.export.schema_org import iso_time

_MOST_SHOWN = 100  # in one digest; the rest is counted, and found with `firstseen alerts list`
_LONGEST_SUBJECT = 150
_KINDS = ("new", "grown", "changed", "gone")
_TITLES = {"new": "New", "grown": "Grown", "changed": "Changed", "gone": "Gone"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Message:
    """One message with the key by which a receiver can drop repeats; a text for each output."""

    key: str
    subject: str
    text: str  # plain text, for mail
    html: str
    chat: str  # plain text without what chat services take as commands
    payload: str  # JSON


def compose(views: Sequence[AlertView], *, key: str, made_at: datetime, is_digest: bool) -> Message:
    """Return the message about one or more alerts."""
    shown = list(views[:_MOST_SHOWN])
    groups = [
        {"title": _TITLES[kind], "alerts": alerts}
        for kind in _KINDS
        if (alerts := [view for view in shown if view.kind == kind])
    ]
    values: dict[str, Any] = {
        "groups": groups,
        "is_digest": is_digest,
        "made_at": made_at,
        "left_out": len(views) - len(shown),
        "subject": subject_of(views, is_digest=is_digest),
        "counts": counts_told(views),
    }
    return Message(
        key=key,
        subject=str(values["subject"]),
        text=_render("message.txt.j2", values),
        html=_render("message.html.j2", values),
        chat=_render("message.chat.j2", values),
        payload=_payload(views, made_at, is_digest=is_digest),
    )


def subject_of(views: Sequence[AlertView], *, is_digest: bool) -> str:
    """Return a subject of one line, without anything that could begin another header."""
    if is_digest or len(views) != 1:
        names = list(dict.fromkeys(view.watch_name for view in views))
        told = f"{counts_told(views)} - {', '.join(names[:3])}"
        return one_line(told + (" ..." if len(names) > 3 else ""))[:_LONGEST_SUBJECT]
    (view,) = views
    prefix = "" if view.kind == "new" else f"{_TITLES[view.kind]}: "
    told = one_line(f"[{view.watch_name}] {prefix}{view.headline}")
    return told if len(told) <= _LONGEST_SUBJECT else told[: _LONGEST_SUBJECT - 2] + " …"


def counts_told(views: Sequence[AlertView]) -> str:
    """Return "3 stories: 2 new, 1 changed"."""
    stories = len({view.story_id for view in views})
    parts = [
        f"{number} {kind}" for kind in _KINDS if (number := sum(v.kind == kind for v in views))
    ]
    return f"{stories} {'story' if stories == 1 else 'stories'}: {', '.join(parts)}"


def _payload(views: Sequence[AlertView], made_at: datetime, *, is_digest: bool) -> str:
    kind = "alerts.digest" if is_digest else "alert.raised"
    alerts = [alert_record(view) for view in views]
    data: dict[str, Any] = {"alerts": alerts} if is_digest else {"alert": alerts[0]}
    record = {"type": kind, "timestamp": iso_time(made_at), "data": data}
    return json.dumps(record, ensure_ascii=False)


def one_line(text: str) -> str:
    """Return text without line breaks, control characters and marks that turn its direction."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def chat_safe(text: str) -> str:
    """Return one line that no chat service takes for a mention, a command or a masked link."""
    plain = one_line(text).replace("@", "@\u200b").replace("](", "] (")
    return plain.replace("<", "‹").replace(">", "›").replace("`", "'")


def link(url: str) -> str:
    """Return an address that may be shown as a link, "" for any other scheme than the web's."""
    plain = one_line(url).replace(" ", "%20")
    return plain if plain.lower().startswith(("http://", "https://")) else ""


@cache
def _environment() -> Environment:
    # Only the HTML template needs escaping by the engine; the others filter each value.
    environment = Environment(
        loader=PackageLoader("pipelines", "templates"),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "line": one_line,
        "chat": chat_safe,
        "link": link,
        "sentence": lambda text: text[:1].upper() + text[1:],
    }
    return environment


def _render(name: str, values: dict[str, Any]) -> str:
    text = _environment().get_template(name).render(values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
