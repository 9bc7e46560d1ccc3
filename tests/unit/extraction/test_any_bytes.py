"""Whatever a server sends, reading answers, and soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extraction.article import PageReading, read_page
from tests.unit.extraction.pages import HEADLINE, NEWS_ARTICLE, PARAGRAPHS, article_page

URL = "https://lantern.example/politics/harbour-48213"
_PIECES = """<p> </p> <div\tclass='article-body'> </div> <h1> </h1> <a\thref=//[> <br> </script>
<script\ttype='application/ld+json'> {"@type":"NewsArticle","headline": <table> <svg> ]]> <!-- -->
<time\tdatetime='2024-13-45'> <figure><img\tsrc='data:x'><figcaption> <![CDATA[ &#xD800;
<meta\tname=date\tcontent="""
_MARKUP = st.lists(
    st.sampled_from(["\x00", "9" * 40, *_PIECES.split(" ")]) | st.text(max_size=30), max_size=60
).map("".join)
_TYPES = st.sampled_from([None, "text/html; charset=utf-7", "a/b;charset="])


@given(data=st.binary(max_size=3_000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert isinstance(read_page(data, URL), PageReading)


@given(markup=_MARKUP, content_type=_TYPES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_markup_gets_an_answer(markup: str, content_type: str | None) -> None:
    page = article_page(json_ld=NEWS_ARTICLE, inside=markup).encode("utf-8", "surrogatepass")
    reading = read_page(page, URL, content_type=content_type)
    assert isinstance(reading, PageReading)
    if reading.item:
        assert "\x00" not in reading.item.article_body


_AUTHORS = NEWS_ARTICLE | {
    "author": [{"name": f"Reporter {i}"} for i in range(20_000)],
    "articleSection": "s" * 1_000_000,
}
_SHAPES = {
    "one megabyte": article_page(paragraphs=PARAGRAPHS * 1_200),
    "one line of five megabytes": f"<h1>{HEADLINE}</h1><p>{'word after word ' * 320_000}",
    "100,000 nested blocks": "<div>" * 100_000 + article_page() + "</div>" * 100_000,
    "100,000 nested inlines": article_page(inside="<p>" + "<b><i>" * 50_000 + "deep text"),
    "100,000 siblings": article_page(after="<div><a href='/x'>more</a></div>" * 100_000),
    "5,000 figures": article_page(after="<figure><img src=a.jpg><figcaption>x" * 5_000),
    "an endless comment": article_page(before="<!-- " + "x" * 2_000_000),
    "a script of two megabytes": article_page(json_ld='{"a":"' + "\\" * 1_000_000),
    "JSON nested deeply": article_page(json_ld="[" * 100_000),
    "nothing but spaces": f"<h1>{' ' * 3_000_000}</h1><p>{'&nbsp;' * 100_000}</p>",
    "20,000 authors": article_page(json_ld=_AUTHORS),
}


@pytest.mark.parametrize("shape", _SHAPES)
def test_hostile_shapes_are_read_in_bounded_time(shape: str) -> None:
    started = time.process_time()
    assert isinstance(read_page(_SHAPES[shape].encode(), URL), PageReading)
    # each takes less than a second alone; test machines are slow and shared
    assert time.process_time() - started < 4


def test_an_article_inside_100000_blocks_is_still_read() -> None:
    html = "<html><body>" + "<div>" * 100_000 + article_page(json_ld=NEWS_ARTICLE)
    reading = read_page(html, URL)
    assert reading.item is not None
    assert PARAGRAPHS[2] in reading.item.article_body


@pytest.mark.parametrize("address", ["http://[jane/x", "//[", "https://]/a", "http://a:99999999/x"])
def test_addresses_that_are_none_stop_nothing(address: str) -> None:
    head = "".join(
        f'<meta name="{name}" content="{address}">'
        for name in ("author", "article:author", "og:url", "og:image", "og:site_name")
    )
    head += "".join(
        f'<link rel="{rel}" href="{address}">' for rel in ("canonical", "amphtml", "shortlink")
    )
    names = ("@id", "url", "image", "author", "publisher", "mainEntityOfPage", "articleSection")
    for value in (address, [address], {"@id": address}, {"url": address, "name": address}):
        stated = {"@type": "NewsArticle", **dict.fromkeys(names, value)}
        inside = f'<img src="{address}"><a rel="author" href="{address}">Jane Doe</a>'
        page = article_page(json_ld=stated, head=head, inside=inside)
        read_page(page, "https://lantern.example/news/pier")
