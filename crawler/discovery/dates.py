"""Reads the dates that feeds and sitemaps write; an unreadable one is None, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

# One line a month: English, Spanish, German, French, Italian, Portuguese, Turkish, Russian, Polish.
_MONTH_NAMES = """
jan january ene enero jän januar janvier janv gennaio gen janeiro ocak января stycznia
feb february febrero februar février févr febbraio fevereiro fev şubat февраля lutego
mar march marzo mär märz mars março mart марта marca
apr april abr abril avril avr aprile nisan апреля kwietnia
may mai mayo mag maggio maio mayıs мая maja
jun june junio juni juin giu giugno junho haziran июня czerwca
jul july julio juli juillet juil lug luglio julho temmuz июля lipca
aug august ago agosto août ağustos августа sierpnia
sep sept september septiembre septembre set settembre setembro eylül сентября września
oct october octubre okt oktober octobre ott ottobre out outubro ekim октября października
nov november noviembre novembre novembro kasım ноября listopada
dec december dic diciembre dez dezember déc décembre dicembre dezembro aralık декабря grudnia
"""
_MONTHS = {
    name: number
    for number, line in enumerate(_MONTH_NAMES.strip().splitlines(), start=1)
    for name in line.split()
}
# RFC 822 section 5.1, RFC 2822 4.3, and the abbreviations that newsrooms really write (hours).
_ZONES: dict[str, float] = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "met": 1,
    "mez": 1, "cest": 2, "mest": 2, "mesz": 2, "sast": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3,
    "pkt": 5, "sgt": 8, "hkt": 8, "awst": 8, "kst": 9, "jst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "at": -4, "ast": -4, "adt": -3, "et": -5, "est": -5, "edt": -4,
    "ct": -6, "cst": -6, "cdt": -5, "mt": -7, "mst": -7, "mdt": -6, "pt": -8, "pst": -8,
    "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "brt": -3,
}  # fmt: skip
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d{1,9})?)?(?![\d:])\s*([ap])?\.?(?(4)m\b)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?\Z", re.IGNORECASE)
_ISO = re.compile(
    r"(\d{4})-(\d{1,3})-(\d{1,2})"
    r"(?:(?:[T\s]\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?)?",
    re.IGNORECASE,
)
_SHORT_ISO = re.compile(r"(\d{4})-(\d{2})|(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?Z?)?")
_NUMERIC = re.compile(r"(\d{1,4})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{1,2})\b\.?,?")
_WORDS = re.compile(r"[^\W\d_]+|\d+", re.UNICODE)
_COMMENT = re.compile(r"\s*\([^)]*\)")  # RFC 822 3.4.3: "10:00:00 -0500 (EST)"
_KOREAN_NOON = (("오전", "AM"), ("오후", "PM"))
_LONGEST_CLAIM = 100
_OLDEST_YEAR = 1970


def parse_date(raw: str | None) -> datetime | None:
    """Return the moment that ``raw`` claims as aware UTC; a claim without a zone is taken as UTC.

    Reads RFC 822 and RFC 3339 dates, their usual mistakes, day.month.year, and month names in the
    larger European languages. None for anything else, impossible dates included.
    """
    text = " ".join((raw or "").split()) if raw and len(raw) <= _LONGEST_CLAIM else ""
    if not text:
        return None
    try:
        moment = _from_iso(text) or _from_words(_COMMENT.sub("", text))
    except (ValueError, OverflowError):
        return None
    return moment if moment and moment.year >= _OLDEST_YEAR else None


def _from_iso(text: str) -> datetime | None:
    """RFC 3339 and the W3C note on dates, with a blank for the T and odd zones tolerated."""
    if found := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, zone = found.groups()
        return _moment(
            (int(year), int(month), int(day)),
            (int(hour or 0), int(minute or 0), int(second or 0)),
            _zone_offset(zone) if zone else timedelta(),
        )
    if found := _SHORT_ISO.fullmatch(text):
        if found[1]:
            return _moment((int(found[1]), int(found[2]), 1), (0, 0, 0), timedelta())
        return _moment(
            (int(found[3]), int(found[4]), int(found[5])),
            (int(found[6] or 0), int(found[7] or 0), int(found[8] or 0)),
            timedelta(),
        )
    return None


def _from_words(text: str) -> datetime | None:
    """RFC 822 dates in any order of their parts, and numeric dates with the day first."""
    for korean, latin in _KOREAN_NOON:
        if korean in text:  # "오후 11:23" puts the half of the day before the clock
            return _from_words(f"{text.replace(korean, '')} {latin} +0900")
    clock = _CLOCK.search(text)
    time = (0, 0, 0)
    zone = timedelta()
    rest = text
    if clock:
        hour = int(clock[1])
        if clock[4]:
            hour = hour % 12 + (12 if clock[4] in "pP" else 0)
        time = (hour, int(clock[2]), int(clock[3] or 0))
        tail = text[clock.end() :].strip(" ,()")
        rest = text[: clock.start()]
        zone_text, year_behind = _split_tail(tail)
        found_zone = _zone_offset(zone_text) if zone_text else timedelta()
        if found_zone is None:
            return None
        zone = found_zone
        rest = f"{rest} {year_behind}"
    elif ":" in text:
        return None  # a clock that does not read: the date beside it is not to be trusted
    day = _numeric_day(rest) or _named_day(rest)
    return _moment(day, time, zone) if day else None


def _split_tail(tail: str) -> tuple[str, str]:
    """What stands behind the clock: a zone, and in asctime() dates the year or the whole date."""
    words = tail.split()
    dated = [w for w in words if re.fullmatch(r"\d{4}|\d{1,2},?", w) or w.lower() in _MONTHS]
    zone = " ".join(w for w in words if w not in dated and not _NUMERIC.fullmatch(w))
    return zone, " ".join(w for w in words if w in dated or _NUMERIC.fullmatch(w))


def _zone_offset(zone: str) -> timedelta | None:
    zone = zone.strip(" ()").lower().removeprefix("etc/")
    if zone in _ZONES:
        return timedelta(hours=_ZONES[zone])
    found = _OFFSET.fullmatch(zone)
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset > timedelta(hours=15):
        return None
    return -offset if found[1] == "-" else offset


def _numeric_day(text: str) -> tuple[int, int, int] | None:
    found = _NUMERIC.search(text)
    if not found:
        return None
    first, second, third = found.groups()
    if text[found.end() :].startswith("-"):
        return None  # 2013-01-27-01 is no date
    if len(first) == 4:
        return int(first), int(second), int(third)
    if len(third) != 4:
        return (2000 + int(first), int(second), int(third)) if "-" in found[0] else None
    if int(second) > 12:  # 12/31/2026 can only be the American order
        return int(third), int(first), int(second)
    return int(third), int(second), int(first)


def _named_day(text: str) -> tuple[int, int, int] | None:
    month: int | None = None
    numbers: list[str] = []
    for word in _WORDS.findall(text):
        if word.isdigit():
            numbers.append(word)
        elif month is None:
            month = _MONTHS.get(word.lower())
    if month is None or len(numbers) != 2:
        return None
    years = [n for n in numbers if len(n) == 4] or [numbers[1]]
    numbers.remove(years[0])
    year = int(years[0])
    if len(years[0]) == 2:
        year += 2000 if year < 70 else 1900  # RFC 2822 4.3, with the pivot that feeds really use
    return year, month, int(numbers[0])


def _moment(
    day: tuple[int, int, int], time: tuple[int, int, int], zone: timedelta | None
) -> datetime | None:
    if zone is None:
        return None
    hour, minute, second = time
    second = min(second, 59)  # a leap second has no place of its own in datetime
    extra = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    local = datetime(*day, 0 if extra else hour, minute, second, tzinfo=timezone(zone))
    return (local + extra).astimezone(UTC)
