"""Real pages with broken details: nothing raises, no field is missed, articles stay articles."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crawler.extraction.article import read_page
from pipelines.clean import clean_item
from tests.benchmarks.reading_pages import PAGES, html_of, load_rows

shared = pytest.mark.skipif(not PAGES.is_dir(), reason="the labelled pages are not beside us")

_AT = datetime(2026, 11, 30, tzinfo=UTC)
_EVERY = 11  # of 1,265 pages
_ATTRIBUTE = re.compile(rb"""(\s(?!class|id|type|property|name|rel)[\w:-]+)=("[^"]*"|'[^']*')""")
_DATE = re.compile(rb"\d{4}-\d\d-\d\d(?:T[\d:+.Z-]+)?")
_NUMBER = re.compile(rb'(?<=[">:\s])\d+(?=[<",\s}])')
_STATED = re.compile(rb'("(?!@type)@?\w+"\s*:\s*)("(?:[^"\\]|\\.)*"|\d+|true|false|null)')
_JSON_LD = re.compile(rb"(?s)(<script[^>]*ld\+json[^>]*>)(.*?)(</script>)")
_TAG = re.compile(rb"<(/?(?:span|div|b|i|em|a|section|figure)\b[^<>]{0,200})>")
_VALUES = [b"", b" ", b" \n", b"\x00", b"//[", b"http://[x", b"https://a:99999999/", b",", b" , "]
_VALUES += [b"9" * 400, b"-1", b"x" * 100_000, b"&#0;", b"&#xD800;", b"0000-00-00", b"\xff\xfe"]
_DATES = [b"0000-00-00", b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00:00+14:00", b"2024-02-30"]
_DATES += [b"2024-13-45T25:61:61Z", b"99999-01-01", b"17" + b"0" * 20, b"", b"31/02/2024"]
_JSON = [
    b"null",
    b"[]",
    b"{}",
    b'""',
    b'" "',
    b"1e400",
    b"[null]",
    b"[[]]",
    b'{"@id":[]}',
    b'"//["',
]
_JSON += [b'"\\u0000"', b'"\\ud800"', b'["",""]', b'{"name":{"name":[1]}}', b'"' + b"y" * 50_000]

Mutation = Callable[[random.Random, bytes], bytes]


def _replacing(pattern: re.Pattern[bytes], values: list[bytes], form: bytes = b"%s") -> Mutation:
    def mutate(chance: random.Random, html: bytes) -> bytes:
        share = chance.choice([0.01, 0.2])

        def replaced(match: re.Match[bytes]) -> bytes:
            if chance.random() > share:
                return match[0]
            return (match[1] if match.re.groups > 1 else b"") + form % chance.choice(values)

        return pattern.sub(replaced, html)

    return mutate


def _json_ld(chance: random.Random, html: bytes) -> bytes:
    mutate = _replacing(_STATED, _JSON)
    return _JSON_LD.sub(lambda m: m[1] + mutate(chance, m[2]) + m[3], html)


def _nested_wrongly(chance: random.Random, html: bytes) -> bytes:
    def moved(match: re.Match[bytes]) -> bytes:
        return chance.choice([b"", match[0] * 2]) if chance.random() < 0.01 else match[0]

    return _TAG.sub(moved, html)


_MUTATIONS: dict[str, Mutation] = {
    "attributes": _replacing(_ATTRIBUTE, _VALUES, b'="%s"'),
    "dates": _replacing(_DATE, _DATES),
    "numbers": _replacing(_NUMBER, [b"", b"-0", b"1e999", b"9" * 300, "½".encode()]),
    "statements": _json_ld,
    "nesting": _nested_wrongly,
}


@shared
@pytest.mark.parametrize("name", _MUTATIONS)
def test_broken_details_cost_no_article(name: str) -> None:
    chance, articles, kept = random.Random(name), 0, 0
    for row in load_rows()[::_EVERY]:
        html = html_of(row)
        was_article = read_page(html, row["url"], read_at=_AT).item is not None
        reading = read_page(_MUTATIONS[name](chance, html), row["url"], read_at=_AT)
        assert reading.kind != "unreadable", (row["id"], reading.reason)
        assert not reading.faults, row["id"]
        if reading.item is not None:
            clean_item(reading.item)
        articles += was_article
        kept += was_article and reading.item is not None
    assert articles > 100
    assert kept >= 0.97 * articles  # a page may lose the only mark of what it is
