"""Values of the fields that are no text: sources, domains, countries, languages, dates, counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pipelines.watches.tree import DateBound, Meta, MetaField, MinSources
from pipelines.word_spans import text_words

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_CODE = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")


def meta(field: MetaField, value: str) -> Meta:
    """Return what the article must be of; raises ValueError for a value that cannot be one."""
    plain = value.strip().casefold()
    if field == "domain":
        plain = plain.removeprefix("*.").removeprefix("www.").strip(".")
        if not plain or "/" in plain or " " in plain:
            raise ValueError("expected a domain such as example.org")
    elif field == "source":
        plain = "-".join(text_words(value))  # "Daily Example" is the slug daily-example
        if not plain:
            raise ValueError("expected the name of a source")
    elif not _CODE.fullmatch(plain):
        raise ValueError(f"expected a {'country' if field == 'country' else 'language'} code")
    return Meta(field, plain)


def min_sources(value: str) -> MinSources:
    """Return the bound on independent publishers; raises ValueError if it is no number."""
    if not re.fullmatch(r"[0-9]{1,6}", value.strip()) or int(value) < 1:
        raise ValueError("expected a number such as 3")
    return MinSources(int(value))


def date_bound(value: str, *, is_upper: bool) -> DateBound:
    """Return the bound that a year, month, day or ISO 8601 time sets; UTC where it says nothing."""
    text = value.strip()
    try:
        if whole := _DAY.fullmatch(text):
            year, month, day = (int(part or 1) for part in whole.groups())
            return DateBound(datetime(year, month, day, tzinfo=UTC), is_upper)
        at = datetime.fromisoformat(text.upper())
        return DateBound(at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC), is_upper)
    except (ValueError, OverflowError):
        raise ValueError("expected a date such as 2026-03-01 or 2026-03-01T10:00Z") from None


def article_is(article: Mapping[str, Any], fact: Meta) -> bool:
    """Tell whether an article (ArticleItem's names, plus domain and country) is what is asked."""
    if fact.field == "domain":
        host = str(article.get("domain") or urlsplit(str(article.get("url") or "")).hostname or "")
        host = host.casefold().removeprefix("www.")
        return host == fact.value or host.endswith(f".{fact.value}")
    if fact.field == "source":
        return "-".join(text_words(str(article.get("source") or ""))) == fact.value
    if fact.field == "country":
        return str(article.get("country") or "").casefold() == fact.value
    language = str(article.get("in_language") or article.get("lang") or "")
    language = language.casefold().replace("_", "-")
    # RFC 4647 3.3.1, basic filtering: "en" takes "en-GB", never "enm".
    return language == fact.value or language.startswith(f"{fact.value}-")


def article_date(article: Mapping[str, Any]) -> datetime | None:
    """Return when the article says it was published, else when it was first seen; aware UTC."""
    for name in ("date_published", "first_seen_at"):
        value = article.get(name)
        value = getattr(value, "at", value)  # a ClaimedDate carries its time in ``at``
        if isinstance(value, str) and value:
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                continue  # an unreadable claim; the time we saw it remains
        if isinstance(value, datetime):
            return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)
    return None
