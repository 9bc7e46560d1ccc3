"""Single fields: dates in prose, names in bylines, captions, encodings, languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.decoding import decode_html, meta_charset
from crawler.extraction.byline import people_and_agencies
from crawler.extraction.captions import split_caption
from crawler.extraction.dates import date_in_url, on_publishers_clock, read_date
from crawler.extraction.json_ld import parse_broken_json
from crawler.extraction.language import language_of_text
from crawler.extraction.newsroom_notes import read_corrections, read_dateline


@pytest.mark.parametrize(
    ("raw", "language", "expected", "zone_known"),
    [
        ("2024-09-29T15:27:29.697000+02:00", "de", "2024-09-29T13:27:29", True),
        ("Wednesday, May 4, 2016 1:12 PM UTC", "en", "2016-05-04T13:12:00", True),
        ("Jan 5, 2020 at 5:02 p.m. EST", "en", "2020-01-05T22:02:00", True),
        ("12. März 2020, 14:30 Uhr", "de", "2020-03-12T14:30:00", False),
        ("2020年3月5日 14時05分", "ja", "2020-03-05T14:05:00", False),
        ("5/6/2020", "en", "2020-05-06T00:00:00", False),
        ("5/6/2020", "fr", "2020-06-05T00:00:00", False),
        ("1 de enero de 2019 - 10:22", "es", "2019-01-01T10:22:00", False),
        ("24 نيسان / أبريل 2020", "ar", "2020-04-24T00:00:00", False),
        ("2 تير 1399", "fa", "2020-06-22T00:00:00", False),
        ("07 ก.ค. 2563", "th", "2020-07-07T00:00:00", False),
        ("Mon, 06 Sep 2021 10:00:00 +0200", None, "2021-09-06T08:00:00", True),
        ("1588123456789", None, "2020-04-29T01:24:16", True),
    ],
)
def test_dates_are_read_as_publishers_write_them(
    raw: str, language: str | None, expected: str, zone_known: bool
) -> None:
    claim = read_date(raw, "meta", language=language)
    assert claim is not None
    assert claim.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert (claim.zone_known, claim.raw) == (zone_known, raw)


@pytest.mark.parametrize(
    "raw", ["", "yesterday", "32 May 2020", "2020-13-45", "0001-01-01", "3 hours ago"]
)
def test_what_states_no_day_is_no_date(raw: str) -> None:
    assert read_date(raw, "visible", language="en") is None


def test_a_date_after_the_look_is_refused() -> None:
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert read_date("2024-05-01T12:09:00Z", "meta", read_at=noon) is not None
    assert read_date("2024-05-01T12:11:00Z", "meta", read_at=noon) is None


def test_utc_is_shown_on_the_clock_of_the_day_in_the_address() -> None:
    url = "https://lantern.example/news/20200413/suspect"
    claim = read_date("2020-04-14T00:38:07Z", "meta")
    assert claim is not None
    shown = on_publishers_clock(claim, url)
    assert shown == claim.at
    assert shown.date().isoformat() == "2020-04-13"
    day = date_in_url(url)
    assert day is not None
    assert (day.precision, day.source) == ("day", "url")


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2024/05/17/x", "2024-05-17"),
        ("/2024-05-17", "2024-05-17"),
        ("/20240517/x", "2024-05-17"),
        ("/2024/5/7/x", "2024-05-07"),
        ("/2024/0517/x", "2024-05-17"),
        ("/2024/11/x", None),  # a month, not 1 January
        ("/2024/11", None),
        ("/202411/x", None),
        ("/2024/1/x", None),
        ("/2024/13/40/x", None),
    ],
)
def test_an_address_names_a_day_only_where_it_names_all_of_it(path: str, day: str | None) -> None:
    claim = date_in_url(f"https://lantern.example{path}")
    assert (claim.at.date().isoformat() if claim else None) == day


@pytest.mark.parametrize(
    ("statement", "people", "agencies"),
    [
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"], []),
        ("Von Anna Weiß, dpa", ["Anna Weiß"], ["dpa"]),
        ("JANE DOE", ["Jane Doe"], []),
        ("Kayla Brook USA TODAY", ["Kayla Brook"], []),
        ("Lauren Manner MS, RDN", ["Lauren Manner"], []),
        ("The Associated Press", [], ["AP"]),
        ("Politics desk", [], []),
        ("https://lantern.example/staff", [], []),
        ("신현주 기자", ["신현주"], []),
        ({"@type": "Person", "givenName": "Birgit", "familyName": "Baum"}, ["Birgit Baum"], []),
        ({"@type": "Organization", "name": "The Bay Lantern"}, [], []),
    ],
)
def test_authors_are_people_and_agencies_stand_apart(
    statement: object, people: list[str], agencies: list[str]
) -> None:
    assert people_and_agencies([statement]) == (people, agencies)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("Snow in the bay. Photo: Jane Doe", "Snow in the bay.", "Jane Doe"),
        ("Snow in the bay (Jane Doe/Reuters)", "Snow in the bay", "Jane Doe/Reuters"),
        ("Schnee am Hafen. © Jane Doe/dpa", "Schnee am Hafen.", "Jane Doe/dpa"),
        ("Snow in the bay. Jane Doe/Getty Images", "Snow in the bay.", "Jane Doe/Getty Images"),
        ("Snow fell. Then it melted quickly.", "Snow fell. Then it melted quickly.", None),
    ],
)
def test_captions_are_parted_from_credits(text: str, caption: str, credit: str | None) -> None:
    assert split_caption(text) == (caption, credit)


@pytest.mark.parametrize(
    ("data", "content_type", "expected"),
    [
        ("<p>“Ça va”".encode(), None, "<p>“Ça va”"),
        ("<meta charset=iso-8859-1><p>“Ça va”".encode("cp1252"), None, "“Ça va”"),
        ("<p>Привет, мир".encode("cp1251"), "text/html; charset=windows-1251", "Привет, мир"),
        ("<p>朱镕基".encode("gb18030"), "text/html; charset=gb2312", "朱镕基"),
        ("\ufeff<p>日本".encode("utf-16"), "text/html; charset=utf-8", "日本"),
        (b"\xef\xbb\xbf<p>caf\xc3\xa9", "text/html; charset=windows-1252", "café"),
        ("<p>déjà vu à Orléans".encode(), "text/html; charset=iso-8859-1", "déjà vu à Orléans"),
        (b"<p>+ADw-script+AD4-", "text/html; charset=utf-7", "+ADw-script+AD4-"),
    ],
)
def test_bytes_are_decoded_as_a_browser_would_or_better(
    data: bytes, content_type: str | None, expected: str
) -> None:
    assert expected in decode_html(data, content_type)


def test_a_charset_inside_a_comment_is_no_declaration() -> None:
    assert meta_charset(b"<!-- <meta charset=utf-8> --><meta charset=koi8-r>") == "koi8-r"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The council said that it was too late for the plan and that it would wait. " * 2, "en"),
        (
            "Der Rat hat sich nicht mit dem Plan und den Kosten für die Mauer beschäftigt. " * 2,
            "de",
        ),
        ("議会は火曜日に港の壁を再建することを決めた。三度の冬の嵐で市場が浸水した。" * 2, "ja"),
        (
            "의회는 화요일에 항구의 벽을 다시 짓기로 결정했다고 밝혔다. 공사는 사 년이 걸린다." * 2,
            "ko",
        ),
        (
            "Рада проголосувала за відбудову стіни, її зведуть до вересня, заявив її голова." * 2,
            "uk",
        ),
        ("صوت المجلس يوم الثلاثاء على إعادة بناء جدار الميناء القديم بعد ثلاثة مواسم." * 2, "ar"),
        ("Short.", None),
    ],
)
def test_the_text_betrays_its_language(text: str, expected: str | None) -> None:
    assert language_of_text(text) == expected


@pytest.mark.parametrize(
    ("paragraph", "place", "agencies"),
    [
        ("ISTANBUL, May 16 (Reuters) - Negotiators met.", "ISTANBUL", ["Reuters"]),
        ("Berlin (dpa) – Der Rat tagte.", "Berlin", ["dpa"]),
        ("(Reuters) - Negotiators met.", None, ["Reuters"]),
        ("WASHINGTON — The vote was close.", "WASHINGTON", []),
        ("Well — that was not expected.", None, []),
        ("The council (and its critics) met.", None, []),
    ],
)
def test_datelines_name_place_and_agency(
    paragraph: str, place: str | None, agencies: list[str]
) -> None:
    assert read_dateline(paragraph) == (place, agencies)


def test_corrections_are_kept_apart() -> None:
    note = "Correction: An earlier version of this article misstated the date."
    assert read_corrections(["It rained.", note, note]) == [note]


def test_json_nested_too_deeply_is_no_json() -> None:
    assert parse_broken_json("[" * 100_000) == []
