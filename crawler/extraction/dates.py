"""Reads dates as publishers write them: ISO 8601, RFC 5322, epochs, and prose in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

from crawler.extraction.month_names import MONTHS, MONTHS_BY_LANGUAGE, SOLAR_HIJRI, ZONES
from crawler.extraction.plain_text import one_line
from crawler.extraction.publisher_zones import on_countrys_clock
from crawler.extraction.solar_hijri import solar_hijri_day
from pipelines.items import ClaimedDate, DatePrecision, Evidence

# Clocks differ; a page dated further ahead of our look than this is wrong about itself.
FUTURE_TOLERANCE = timedelta(minutes=10)
_EARLIEST_YEAR = 1900
_MAX_RAW = 300

_ISO = re.compile(
    r"(?<!\d)(?P<y>\d{4})[-/.]?(?P<m>0[1-9]|1[0-2])[-/.]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d{3})"
    r"(?:[T\s,_-]+(?P<H>[01]?\d|2[0-4])[:.h]?(?P<M>[0-5]\d)(?:[:.]?(?P<S>[0-6]\d))?(?:[.,:]\d+)?"
    r"\s*(?P<z>Z|UTC|GMT|[A-Z]{3,4}(?![a-z])|(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2})?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<H>[01]?\d|2[0-3])\s?(?:(?P<sep>[:.hH])\s?(?P<M>[0-5]\d)"
    r"(?::(?P<S>[0-5]\d))?\s*(?P<half>[ap]\.?\s?m\b\.?)?|\s*(?P<half2>[ap]\.?m\b\.?)|時(?P<jM>[0-5]?\d)分?|시\s?(?P<kM>[0-5]?\d)분?)"
    r"(?![\d:])",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*[(,]?\s*(?:(?:utc|gmt)\s*)?(?:(?P<offset>[+-−]\d{1,2}(?::?\d\d)?)\b|(?P<name>[A-Za-zмск]{1,4})\b)",
    re.IGNORECASE,
)
_YMD_CJK = re.compile(r"(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_WORD = r"[^\W\d_](?:[^\W\d_]|[.'\u0300-\u036f\u0900-\u0dff\u0e00-\u0e7f])*"
_DMY = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|°|\.)?[\s/-]*(?:de |d['’]|of )?[\s,]*"
    rf"((?:tháng |كانون |تشرين )?{_WORD}|tháng \d{{1,2}})\.?(?:\s/\s[^\W\d_]+)?[\s,/-]*"
    rf"(?:de |del |năm )?[\s,]*('?\d{{4}}|'?\d{{2}})(?!\d|:)",
    re.IGNORECASE,
)
_MDY = re.compile(
    rf"({_WORD})\.?\s*(\d{{1,2}})(?:st|nd|rd|th|er|\.)?[\s,]+(?:de )?(\d{{4}})(?!\d)", re.IGNORECASE
)
_YMD_WORD = re.compile(rf"(?<!\d)(\d{{4}})[.,]?\s*(?:m\.)?\s*({_WORD})\.?\s*(\d{{1,2}})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/-])")
_YMD_NUMERIC = re.compile(r"(?<!\d)(\d{4})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{1,2})(?!\d)")
# One digit is a month or a day only between separators: /2026/11/ is a month, not 1 January.
_URL_DAY = re.compile(
    r"/((?:19|20)\d\d)(?:[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])"
    r"|[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01]))(?=\D|$)"
)
_URL_ID = re.compile(r"(?<!\d)(20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:\d{4,12})?(?!\d)")
_URL_MONTH_NAME = re.compile(r"/((?:19|20)\d\d)/([a-z]{3})/(\d{1,2})/")
# Month first only where people write it so; Canada, the Philippines and others mix.
_MONTH_FIRST_LANGUAGES = frozenset({"en", "en-us", "fil"})


def read_date(
    raw: str,
    source: Evidence,
    *,
    language: str | None = None,
    read_at: datetime | None = None,
) -> ClaimedDate | None:
    """Return the date stated by ``raw``, or None when it states none that can be true.

    ``language`` (BCP 47) decides between day and month first. A date after ``read_at`` plus ten
    minutes is refused.
    """
    text = one_line(raw)[:_MAX_RAW]
    # digits in running text are telephone numbers; in attributes they are seconds since 1970
    is_number = source == "visible" and text.isdigit()
    parsed = None if is_number else _parse(text, (language or "").lower())
    if parsed is None:
        return None
    stated, precision = parsed
    zone_known = stated.tzinfo is not None
    try:
        at = stated.astimezone(UTC) if zone_known else stated.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
    if at.year < _EARLIEST_YEAR:
        return None
    if read_at is not None:
        # a clock without a zone may run up to 14 hours ahead of UTC
        ahead = FUTURE_TOLERANCE if zone_known else FUTURE_TOLERANCE + timedelta(hours=14)
        if at > read_at + ahead:
            return None
    return ClaimedDate(at=at, precision=precision, source=source, raw=text, zone_known=zone_known)


def as_stated(claim: ClaimedDate, language: str | None = None) -> datetime:
    """Return the time with the publisher's own offset; naive where no zone was given."""
    parsed = _parse(claim.raw, (language or "").lower())
    if parsed is not None:
        return parsed[0]
    return claim.at if claim.zone_known else claim.at.replace(tzinfo=None)


def on_publishers_clock(claim: ClaimedDate, url: str, language: str | None = None) -> datetime:
    """Return the same instant on the publisher's own clock where the head states UTC.

    The day in the address tells it: 00:38Z on the 14th under /2020/04/13/ was the evening of
    the 13th for them. Else the country of the domain does.
    """
    stated = as_stated(claim, language)
    if stated.tzinfo is None or stated.utcoffset() or claim.precision == "day":
        return stated
    named = date_in_url(url)
    if named is None:
        return on_countrys_clock(stated, url)
    midnight = named.at.replace(tzinfo=UTC)
    if stated < midnight <= stated + timedelta(hours=14):
        return stated.astimezone(timezone(timedelta(hours=(midnight - stated).seconds // 3600 + 1)))
    past = stated - (midnight + timedelta(days=1))
    if timedelta(0) <= past < timedelta(hours=12):
        return stated.astimezone(timezone(-timedelta(hours=past.seconds // 3600 + 1)))
    return stated


def date_in_url(url: str) -> ClaimedDate | None:
    """Return the day an address names (/2024/05/17/, /2024-05-17), or None."""
    match = _URL_DAY.search(url)
    if match:
        day = _date(match[1], match[2] or match[4], match[3] or match[5])
    elif match := _URL_MONTH_NAME.search(url.lower()):
        day = _date(match[1], MONTHS.get(match[2], 0), match[3])
    elif match := _URL_ID.search(url):
        day = _date(match[1], match[2], match[3])
    else:
        return None
    if day is None:
        return None
    return ClaimedDate(
        at=day.replace(tzinfo=UTC), precision="day", source="url", raw=match[0], zone_known=False
    )


def best_claim(claims: Iterable[ClaimedDate | None]) -> ClaimedDate | None:
    """Return the first claim, refined by a later one that states the time of the same day."""
    # lazily: most pages state it all in their first claim, and the last ones cost most
    stated = (c for c in claims if c is not None)
    first = next(stated, None)
    if first is None:
        return None
    if first.precision == "day" or (not first.zone_known and first.at.hour + first.at.minute == 0):
        for other in stated:
            if other.precision != "day" and abs(other.at - first.at) < timedelta(hours=36):
                local = as_stated(other)
                if local.date() == first.at.date():
                    return other
    return first


@lru_cache(maxsize=512)  # JSON-LD, metas and the printed line state the same, one after the other
def _parse(text: str, language: str) -> tuple[datetime, DatePrecision] | None:
    return _from_iso(text) or _from_epoch(text) or _from_prose(text, language) or _from_mail(text)


def _from_iso(text: str) -> tuple[datetime, DatePrecision] | None:
    match = _ISO.search(text)
    if match is None or (match.start() > 0 and len(text) > 60):
        return None
    day = _date(match["y"], match["m"], match["d"])
    if day is None:
        return None
    if match["H"] is None or (match["H"] == "24"):
        return (day, "day") if not _CLOCK.search(text[match.end() :]) else None
    clock = day.replace(hour=int(match["H"]), minute=int(match["M"]))
    if match["S"]:
        clock = clock.replace(second=min(int(match["S"]), 59))
    half = re.match(r"\s*([ap])\.?m", text[match.end() :], re.IGNORECASE)
    zone_text = match["z"] or ""
    if not half and zone_text.upper() in ("AM", "PM"):
        half = re.match(r"([ap])", zone_text, re.IGNORECASE)
    if half and clock.hour <= 12:
        clock = clock.replace(hour=clock.hour % 12 + (12 if half[1].lower() == "p" else 0))
    return clock.replace(tzinfo=_zone(zone_text)), "second" if match["S"] else "minute"


def _from_epoch(text: str) -> tuple[datetime, DatePrecision] | None:
    if not re.fullmatch(r"\d{10}(?:\d{3})?(?:\.\d+)?", text):
        return None
    seconds = float(text) / (1000 if len(text.split(".")[0]) == 13 else 1)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0), "second"


def _from_mail(text: str) -> tuple[datetime, DatePrecision] | None:
    # RFC 5322 3.3, obsolete zones included
    try:
        return parsedate_to_datetime(text), "second"
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_prose(text: str, language: str) -> tuple[datetime, DatePrecision] | None:
    found = _day_in_prose(text, language)
    if found is None:
        return None
    day, start, end = found
    clock = _CLOCK.search(text, end) or _CLOCK.search(text[:start])
    if clock is None:
        return day, "day"
    hour, minute = int(clock["H"]), int(clock["M"] or clock["jM"] or clock["kM"] or 0)
    half = clock["half"] or clock["half2"]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[0].lower() == "p" else 0)
    elif (
        re.search(r"오후|下午|午後|مساء", text[max(0, clock.start() - 6) : clock.start()])
        and hour < 12
    ):
        hour += 12
    if hour > 23 or minute > 59:
        return day, "day"
    stated = day.replace(hour=hour, minute=minute, second=int(clock["S"] or 0))
    zone = _ZONE.match(clock.string, clock.end())
    if zone:
        stated = stated.replace(tzinfo=_zone(zone["offset"] or zone["name"] or ""))
    return stated, "second" if clock["S"] else "minute"


def _day_in_prose(text: str, language: str) -> tuple[datetime, int, int] | None:
    best: tuple[datetime, int, int] | None = None
    months = MONTHS_BY_LANGUAGE.get(language[:2], {})

    def month(name: str) -> int:
        word = name.casefold().strip(".")
        if word.startswith("tháng "):
            return int(word[6:]) if word[6:].isdigit() else 0
        return months.get(word) or MONTHS.get(word, 0) or SOLAR_HIJRI.get(word, 0)

    def take(match: re.Match[str], day: datetime | None) -> None:
        nonlocal best
        if day is not None and (best is None or match.start() < best[1]):
            best = (day, match.start(), match.end())

    for m in _YMD_CJK.finditer(text):
        take(m, _date(m[1], m[2], m[3]))
    for m in _DMY.finditer(text):
        take(m, _date(_full_year(m[3].lstrip("'")), month(m[2]), m[1]))
    for m in _MDY.finditer(text):
        take(m, _date(m[3], month(m[1]), m[2]))
    for m in _YMD_WORD.finditer(text):
        take(m, _date(m[1], month(m[2]), m[3]))
    for m in _YMD_NUMERIC.finditer(text):
        take(m, _date(m[1], m[2], m[3]))
    for m in _NUMERIC.finditer(text):
        take(m, _numeric_day(m, language))
    return best


def _numeric_day(match: re.Match[str], language: str) -> datetime | None:
    first, second, year = int(match[1]), int(match[3]), _full_year(match[4])
    month_first = match[2] == "/" and language in _MONTH_FIRST_LANGUAGES
    if month_first or (second > 12 >= first):
        return _date(year, first, second) or _date(year, second, first)
    return _date(year, second, first)


def _full_year(year: str) -> int:
    number = int(year)
    if number >= 100:
        return number
    return number + (2000 if number < 70 else 1900)  # POSIX strptime %y: 69-99 are 19xx


def _date(year: str | int, month: str | int, day: str | int) -> datetime | None:
    number = int(year)
    if 1300 < number < 1450:  # the Solar Hijri years of Iran
        return solar_hijri_day(number, int(month), int(day))
    if 2400 < number < 2700:  # the Buddhist era, as Thai newsrooms count
        number -= 543
    try:
        return datetime(number, int(month), int(day))  # noqa: DTZ001 - the zone is read apart
    except ValueError:
        return None


def _zone(text: str) -> timezone | None:
    text = text.strip().lower().replace("−", "-")
    if text in ZONES:
        return timezone(timedelta(hours=ZONES[text]))
    match = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", text)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset > timedelta(hours=15):
        return None
    return timezone(-offset if match[1] == "-" else offset)


def with_source(claim: ClaimedDate, source: Evidence) -> ClaimedDate:
    """Return the same claim, attributed to ``source``."""
    return replace(claim, source=source)
