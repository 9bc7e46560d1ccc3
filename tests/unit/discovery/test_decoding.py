"""Bytes become text by what is declared and what they show."""

from __future__ import annotations

import time

import pytest

from crawler.decoding import (
    codec_of,
    decode_html,
    decode_xml,
    has_long_tag,
    html_as_utf8,
    meta_charset,
    without_absurd_tags,
)

GERMAN = "Bürgermeister tritt zurück: „Ich gehe – sofort“"
RUSSIAN = "Парламент отклонил законопроект о бюджете в первом чтении. " * 3


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (GERMAN.encode(), None, GERMAN),
        (GERMAN.encode(), "text/html; charset=iso-8859-1", GERMAN),  # valid UTF-8 is UTF-8
        (GERMAN.encode("cp1252"), "text/html; charset=ISO-8859-1", GERMAN),  # WHATWG: a superset
        (GERMAN.encode("cp1252"), 'text/html; charset="windows-1252"', GERMAN),
        (b"\xef\xbb\xbf" + GERMAN.encode(), "text/html; charset=koi8-r", GERMAN),
        (GERMAN.encode("utf-16"), "text/html; charset=utf-8", GERMAN),
        (GERMAN.encode("utf-16-le"), None, GERMAN),
        (RUSSIAN.encode("koi8-r"), "text/html; charset=koi8-r", RUSSIAN),
        (RUSSIAN.encode("cp1251"), None, RUSSIAN),
        (RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", RUSSIAN),  # a header that lies
        ("首相、予算案".encode("cp932"), "text/html; charset=x-sjis", "首相、予算案"),
        ("总理朱镕基谈预算".encode("gbk"), "text/html; charset=gb2312", "总理朱镕基谈预算"),
        ("首相、予算案の修正を拒否".encode("iso2022_jp"), None, "首相、予算案の修正を拒否"),
        (b"+ADw-script+AD4-", "text/html; charset=utf-7", "+ADw-script+AD4-"),
        (b"", None, ""),
    ],
)
def test_pages_are_decoded(body: bytes, content_type: str | None, text: str) -> None:
    assert decode_html(body, content_type) == text


def test_a_few_damaged_bytes_do_not_change_the_encoding() -> None:
    damaged = RUSSIAN.encode() + b"\xd0" + b" end \xff"
    text = decode_html(damaged, "text/html; charset=utf-8")
    assert text.startswith(RUSSIAN)
    assert text.count("\ufffd") == 2


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        (b"<meta charset=iso-8859-2>", "iso8859-2"),
        (b'<META HTTP-EQUIV="content-type" CONTENT="text/html; charset=Shift_JIS">', "cp932"),
        (b'<!-- <meta charset="koi8-r"> --><meta charset="euc-kr">', "cp949"),
        (b"<meta name=x content='text/html; charset=koi8-r'>", None),
        (b"<p title='<meta charset=koi8-r>'>", None),
        (b"<meta charset=utf-16>", "utf-8"),  # it could not have been read otherwise
        (b"<meta charset=no-such>", None),
        (b"<meta charset=euc-jp", None),
    ],
)
def test_the_declaration_inside_a_page_is_found(head: bytes, codec: str | None) -> None:
    assert meta_charset(b"<!doctype html><html>" + head + b"<title>x</title>") == codec


@pytest.mark.parametrize("label", ["rot13", "hex", "zlib", "idna", "utf-7", "", "x" * 99, "ü"])
def test_labels_that_are_no_web_encoding_are_unknown(label: str) -> None:
    assert codec_of(label) is None


def test_a_feed_declares_its_encoding_in_xml() -> None:
    body = f'<?xml version="1.0" encoding="windows-1251"?><rss>{RUSSIAN}</rss>'.encode("cp1251")
    assert RUSSIAN in decode_xml(body, "application/rss+xml")


def test_a_tag_of_a_hundred_thousand_attributes_is_dropped() -> None:
    page = f"<p>before<a {'x=1 ' * 100_000}>after</p>"
    assert len(without_absurd_tags(page)) < 100
    image = f'<img src="data:image/png;base64,{"A" * 50_000}">'
    assert without_absurd_tags(image) == image


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (b"<p>" + b"x" * 50_000 + b"</p>", False),  # text is no tag
        (b"<script>" + b"a>b;" * 20_000 + b"</script>", False),
        (b"<a " + b"x" * 9_990 + b">" + b"<p>" * 9_000, False),
        (b"<p>" * 7_000 + b"<a " + b"x=1 " * 3_000 + b">", True),
        (b"x" * 30_000 + b"<a " + b"y" * 10_000, True),
        (b"<" * 30_000, False),
        (b"", False),
    ],
)
def test_long_tags_are_seen_without_reading_every_byte(markup: bytes, expected: bool) -> None:
    assert has_long_tag(markup) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (RUSSIAN.encode(), RUSSIAN.encode()),
        (RUSSIAN.encode("utf-8-sig"), RUSSIAN.encode()),
        (RUSSIAN.encode("utf-16"), RUSSIAN.encode()),
        (RUSSIAN, RUSSIAN.encode()),
        (f"<meta charset=cp1251>{RUSSIAN}".encode("cp1251"), RUSSIAN.encode()),
        (b"caf\xc3\xa9 caf\xc3", "caf\u00e9 caf\ufffd".encode()),
        (b"<a " + b"x=1 " * 50_000 + b">" + b"after", b"after"),
    ],
)
def test_a_page_reaches_the_parser_in_utf8(body: bytes | str, expected: bytes) -> None:
    assert html_as_utf8(body).endswith(expected)
    assert not html_as_utf8(body).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "part", [b"<a ", b'<a "', b"<!--", b"<meta charset='", b"\x1b$B", b"\xff<"]
)
def test_hostile_heads_are_decoded_in_bounded_time(part: bytes) -> None:
    started = time.process_time()
    decode_html(part * 100_000 + b"\xff", "text/html; charset=" + "x" * 100_000)
    assert time.process_time() - started < 2
