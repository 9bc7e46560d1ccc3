"""What a channel is told: one message from one alert or many, written for its kind of output."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b
from itertools import zip_longest
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
    reached: frozenset[str] = frozenset()  # marks of the receivers that have it from earlier tries


def mark_of(receiver: str) -> str:
    """Return by what the outbox remembers that a receiver has a message; not its address."""
    return blake2b(receiver.strip().lower().encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One story as a message tells it, and every watch that it answers with the reasons."""

    view: AlertView
    watches: tuple[tuple[str, tuple[str, ...]], ...]  # name, rules
    alert_ids: tuple[int, ...]
    excerpts: tuple[Mapping[str, str], ...]  # the watches' first ones before their second ones

    @property
    def kind(self) -> str:
        """What happened: new, grown, changed, gone."""
        return self.view.kind


def folded(views: Sequence[AlertView]) -> list[Entry]:
    """Return one entry for each story, however many watches it answers, in order.

    Of edits and of articles that are gone, one for each article.
    """
    groups: dict[tuple[str, object], list[AlertView]] = {}
    for view in views:
        subject = view.story_id if view.kind in ("new", "grown") else view.url
        groups.setdefault((view.kind, subject), []).append(view)
    return [_entry(several) for several in groups.values()]


def _entry(views: Sequence[AlertView]) -> Entry:
    rules: dict[str, dict[str, None]] = {}
    for view in views:
        rules.setdefault(view.watch_name, {}).update(dict.fromkeys(view.rules))
    in_turn = [e for several in zip_longest(*(v.excerpts for v in views)) for e in several if e]
    return Entry(
        views[0],
        tuple((name, tuple(of)) for name, of in rules.items()),
        tuple(view.alert_id for view in views),
        tuple(e for at, e in enumerate(in_turn) if e not in in_turn[:at]),
    )


def compose(
    views: Sequence[AlertView],
    *,
    key: str,
    made_at: datetime,
    is_digest: bool,
    reached: frozenset[str] = frozenset(),
) -> Message:
    """Return the message about one or more alerts, for the receivers that lack it."""
    entries = folded(views)
    shown = entries[:_MOST_SHOWN]
    groups = [
        {"title": _TITLES[kind], "entries": found}
        for kind in _KINDS
        if (found := [entry for entry in shown if entry.kind == kind])
    ]
    values: dict[str, Any] = {
        "groups": groups,
        "is_digest": is_digest,
        "made_at": made_at,
        "left_out": len(entries) - len(shown),
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
        reached=reached,
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
    kinds = [entry.kind for entry in folded(views)]
    parts = [f"{number} {kind}" for kind in _KINDS if (number := kinds.count(kind))]
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
