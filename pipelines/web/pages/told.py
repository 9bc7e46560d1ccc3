"""Times, spans and counts in the words of the pages."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.interval_words import told_span

_MINUTE = 60


def told_ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was, "now" below a minute."""
    seconds = (now - at).total_seconds()
    if abs(seconds) < _MINUTE:
        return "now"
    return f"{told_span(seconds)} ago" if seconds > 0 else f"in {told_span(-seconds)}"


def told_day(at: datetime, now: datetime) -> str:
    """Return the day of a time: Today, Yesterday, or its date, with the weekday."""
    days = (now.astimezone(UTC).date() - at.astimezone(UTC).date()).days
    date = f"{at:%A} {at.day} {at:%B}" + (f" {at.year}" if at.year != now.year else "")
    return {0: f"Today, {date}", 1: f"Yesterday, {date}"}.get(days, date)


def told_clock(at: datetime | None) -> str:
    """Return hour and minute in UTC."""
    return f"{at.astimezone(UTC):%H:%M}" if at else "–"


def told_moment(at: datetime | None) -> str:
    """Return day and time to the second in UTC, for evidence."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "–"


def told_short(at: datetime | None, now: datetime) -> str:
    """Return the time of today's moments, day and time of others."""
    if at is None:
        return "–"
    if at.astimezone(UTC).date() == now.astimezone(UTC).date():
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b %H:%M}"


def iso(at: datetime) -> str:
    """Return a time as machines read it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return "1 copy", "2 copies"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def told_bytes(size: float) -> str:
    """Return an amount of bytes in the unit that suits it."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return ""


_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "zh": "Chinese",
    "el": "Greek",
    "da": "Danish",
    "fi": "Finnish",
}


def language_name(code: str) -> str:
    """Return the English name of a common language, else its code."""
    return _LANGUAGES.get(code.partition("-")[0].lower(), code)
