"""Content codings under a limit; cut, partial and broken answers."""

from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.middlewares.content_coding import (
    GarbledReply,
    TooLarge,
    TruncatedReply,
    decode_body,
    is_readable,
)
from crawler.middlewares.whole_response import (
    MAX_BYTES,
    ROBOTS_BYTES,
    limit_for,
    whole_response,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = b"".join(b"paragraph %d about the budget talks\n" % n for n in range(3000))
LIMIT = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


PACKED = {
    "gzip": gzip.compress(TEXT, mtime=0),
    "x-gzip": gzip.compress(TEXT, mtime=0),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
}


@pytest.mark.parametrize("coding", PACKED)
def test_every_coding_is_undone(coding: str) -> None:
    assert decode_body(PACKED[coding], coding.upper(), limit=LIMIT).body == TEXT


@pytest.mark.parametrize("coding", PACKED)
@pytest.mark.parametrize("missing", [1, 5, 100])
def test_a_stream_that_stops_early_is_truncated(coding: str, missing: int) -> None:
    with pytest.raises(TruncatedReply):
        decode_body(PACKED[coding][:-missing], coding, limit=LIMIT)


@pytest.mark.parametrize("coding", PACKED)
def test_unpacking_stops_at_the_limit(coding: str) -> None:
    with pytest.raises(TooLarge):
        decode_body(PACKED[coding], coding, limit=len(TEXT) - 1)
    assert decode_body(PACKED[coding], coding, limit=len(TEXT)).body == TEXT


@pytest.mark.parametrize(
    ("body", "codings", "plain"),
    [
        (raw_deflate(TEXT), "deflate", TEXT),
        (gzip.compress(TEXT, mtime=0) + gzip.compress(b"more", mtime=0), "gzip", TEXT + b"more"),
        (gzip.compress(TEXT, mtime=0) + b"\0" * 40, "gzip", TEXT),
        (gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0), "gzip, gzip", TEXT),
        (gzip.compress(brotli.compress(TEXT), mtime=0), "br,gzip", TEXT),
        (TEXT, "gzip", TEXT),
        (TEXT, "identity", TEXT),
        (TEXT, "", TEXT),
        (b"", "gzip", b""),
    ],
)
def test_what_servers_really_send_is_read(body: bytes, codings: str, plain: bytes) -> None:
    assert decode_body(body, codings, limit=LIMIT).body == plain


@pytest.mark.parametrize(
    ("body", "codings"),
    [
        (PACKED["gzip"][:50] + b"\xff" * 50 + PACKED["gzip"][100:], "gzip"),
        (PACKED["gzip"][:-8] + b"\0" * 8, "gzip"),  # the checksum is wrong
        (PACKED["br"][:50] + b"\xff" * 50 + PACKED["br"][100:], "br"),
        (PACKED["br"], "compress"),
        (PACKED["zstd"], "UTF-8"),
        (raw_deflate(TEXT), "none"),
        (PACKED["br"], "gzip"),
        (TEXT, "gzip, gzip, gzip"),
    ],
)
def test_broken_and_unknown_codings_are_garbled(body: bytes, codings: str) -> None:
    with pytest.raises(GarbledReply):
        decode_body(body, codings, limit=LIMIT)


FEED = (
    b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Z\xc3\xbcri</title></channel></rss>'
)
HTML = "<!doctype html><html><body>Überall Märkte</body></html>"


@pytest.mark.parametrize(
    "word",
    ["UTF-8", "utf8", "none", "binary", "aws-chunked", "8bit", "gzip", "br", "zstd", "deflate"],
)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (FEED, "application/rss+xml"),
        (b"\xef\xbb\xbf\n" + FEED, "text/xml; charset=utf-8"),
        (HTML.encode("latin-1"), "text/html; charset=iso-8859-1"),
        (HTML.encode("utf-16"), "text/html"),
        (HTML.encode("utf-16-be"), "text/html; charset=UTF-16BE"),
        ("<html>新闻".encode("gb18030"), "text/html; charset=gb2312"),
        (b"<p>\x1b$B%K%e!<%9", "text/html; charset=iso-2022-jp"),
        (b'{"items": []}', "application/feed+json"),
        (b"User-agent: *\nDisallow:", "text/plain"),
        (b"User-agent: *\nDisallow:", ""),
    ],
)
def test_a_word_that_is_no_coding_of_readable_bytes_is_passed_over(
    word: str, body: bytes, content_type: str
) -> None:
    plain = decode_body(body, word, limit=LIMIT, content_type=content_type)
    assert (plain.body, plain.false_coding) == (body, word)


@pytest.mark.parametrize(
    ("codings", "false_coding"),
    [
        ("gzip, aws-chunked", "aws-chunked"),
        ("aws-chunked,gzip", "aws-chunked"),
        ("identity, gzip", ""),
        ("UTF-8, gzip", "UTF-8"),
        ("gzip, br", "br"),
        ("GZIP, none, binary", "none, binary"),
        (" , gzip,", ""),
    ],
)
def test_of_several_words_the_true_ones_are_undone(codings: str, false_coding: str) -> None:
    plain = decode_body(gzip.compress(FEED), codings, limit=LIMIT, content_type="text/xml")
    assert (plain.body, plain.false_coding) == (FEED, false_coding)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (bytes(range(256)) * 8, "text/html"),
        (b"<html>" + bytes(range(256)) * 8, "text/html"),
        (b"PGh0bWw+PGJvZHk+", "text/html"),  # base64: text, and not that of a page
        (gzip.compress(FEED, mtime=0), "text/html"),  # its name must not hold the time
    ],
)
def test_bytes_that_are_not_what_they_claim_to_be_are_garbled(
    body: bytes, content_type: str
) -> None:
    assert not is_readable(body, content_type)
    with pytest.raises(GarbledReply, match="UTF-8"):
        decode_body(body, "UTF-8", limit=LIMIT, content_type=content_type)


def test_a_cut_feed_stays_cut_whatever_its_type() -> None:
    cut = gzip.compress(FEED * 50)[:-9]
    with pytest.raises(TruncatedReply):
        decode_body(cut, "gzip, UTF-8", limit=LIMIT, content_type="application/rss+xml")


def test_a_packed_sitemap_is_left_to_its_reader() -> None:
    body = gzip.compress(FEED)
    assert decode_body(body, "none", limit=LIMIT, content_type="application/xml").body == body


def test_a_bomb_inside_a_bomb_is_stopped_in_its_own_layer() -> None:
    inner = gzip.compress(b"\0" * 20_000_000)
    with pytest.raises(TooLarge):
        decode_body(gzip.compress(inner), "gzip, gzip", limit=LIMIT)


@pytest.mark.parametrize("coding", PACKED)
def test_of_a_robots_txt_the_beginning_is_enough(coding: str) -> None:
    cut = PACKED[coding][: len(PACKED[coding]) * 2 // 3]
    text = decode_body(cut, coding, limit=2000, cut=True).body
    assert len(text) <= 2000
    assert TEXT.startswith(text)


@given(st.binary(max_size=300), st.sampled_from([*PACKED, "gzip, br"]))
def test_any_bytes_end_in_a_body_or_a_verdict(body: bytes, codings: str) -> None:
    try:
        assert len(decode_body(body, codings, limit=10_000).body) <= 10_000
    except (TruncatedReply, GarbledReply, TooLarge):
        return


def page(body: bytes, **more: object) -> Response:
    return HtmlResponse("https://news.example.org/a", body=body, **more)  # type: ignore[arg-type]


ARTICLE = Request("https://news.example.org/a", meta={"firstseen_purpose": "article"})


@pytest.mark.parametrize(
    ("body", "flags", "is_whole"),
    [
        (b"<html><body>all</body></html>", ["partial"], True),
        (b"<!DOCTYPE html><p>half a sent", ["partial"], False),
        (b"<!DOCTYPE html><p>a page that never closes anything", [], True),
        (b"<rss><item>", ["partial"], True),  # the feed reader keeps the items before the cut
        (b"<p>a fragment", ["partial"], True),
    ],
)
def test_a_page_of_unknown_length_must_reach_its_end(
    body: bytes, flags: list[str], is_whole: bool
) -> None:
    if is_whole:
        assert whole_response(page(body, flags=flags), ARTICLE).body == body
    else:
        with pytest.raises(TruncatedReply):
            whole_response(page(body, flags=flags), ARTICLE)


def test_a_part_nobody_asked_for_is_refused() -> None:
    with pytest.raises(TruncatedReply, match="206"):
        whole_response(page(b"half", status=206), ARTICLE)
    asked = ARTICLE.replace(headers={"Range": "bytes=0-3"})
    assert whole_response(page(b"half", status=206), asked).body == b"half"


def test_an_unpacked_page_is_text_in_its_own_charset() -> None:
    body = "<html><meta charset=windows-1251>Новости</html>".encode("windows-1251")
    packed = Response(
        "https://news.example.org/a",
        body=gzip.compress(body),
        headers={"Content-Encoding": "gzip", "Content-Type": "text/html"},
    )
    request = ARTICLE.copy()
    response = whole_response(packed, request)
    assert isinstance(response, HtmlResponse)
    assert "Новости" in response.text
    assert "Content-Encoding" not in response.headers
    assert request.meta["firstseen_wire_bytes"] == len(packed.body)


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"firstseen_purpose": "listing"}, MAX_BYTES["listing"]),
        ({"firstseen_purpose": "article"}, MAX_BYTES["article"]),
        ({"firstseen_purpose": "robots"}, ROBOTS_BYTES),
        ({}, MAX_BYTES["article"]),
        ({"firstseen_purpose": "listing", "download_maxsize": 7}, 7),
    ],
)
def test_every_purpose_has_its_limit(meta: dict[str, object], expected: int) -> None:
    assert limit_for(Request("https://news.example.org/a", meta=meta)) == expected
