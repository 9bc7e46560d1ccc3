"""The identifying part of an address's query: tracking parameters go, the rest is ordered."""

from __future__ import annotations

import re

from pipelines.url_spelling import encoded
from pipelines.url_tracking import (
    CHANNEL_NAMES,
    CHANNEL_VALUE,
    REFERRAL_NAMES,
    SESSION_NAMES,
    TRACKING_NAMES,
    TRACKING_PREFIXES,
    VIEW_NAMES,
    VIEW_VALUE_NAMES,
    VIEW_VALUES,
)

_DROPPED = TRACKING_NAMES | VIEW_NAMES | SESSION_NAMES
_UNDECIDED = CHANNEL_NAMES | REFERRAL_NAMES | VIEW_VALUE_NAMES
# Twitter's own mark on shared addresses: s=09, s=20, s=21, s=46 ...; a search is s=word
_TWITTER_MARK = re.compile(r"[0-9]{2}")
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z_.-]*")


def query_key(query: str, *, at_root: bool) -> str:
    """Return what may identify the article, in one order and spelling; "" when nothing does.

    ``at_root``: the path is "/", where a site search (``?s=09``) lives.
    """
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name, value = _spelled(name), _spelled(value)
        # feeds that escape their addresses twice: &amp;utm_medium=rss
        while name.startswith("amp;"):
            name = name[4:]
        if not (name or value) or _is_noise(name.lower(), value, at_root):
            continue
        kept.append(f"{name}={value}" if value else name)
    kept.sort()
    return "&".join(kept)


def _is_noise(name: str, value: str, at_root: bool) -> bool:
    if name in _DROPPED or name.startswith(TRACKING_PREFIXES):
        return True
    if name not in _UNDECIDED:
        return False
    if name in CHANNEL_NAMES and CHANNEL_VALUE.fullmatch(value):
        return not at_root or name != "s"
    if name in REFERRAL_NAMES and (not value or _PLAIN_WORD.fullmatch(value)):
        return True
    if name == "s":
        return not at_root and _TWITTER_MARK.fullmatch(value) is not None
    return name in VIEW_VALUE_NAMES and value.lower() in VIEW_VALUES


def _spelled(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    return encoded(text.replace("+", "%20"))
