"""Pages that say nothing about themselves: is it a text with a list beside it, or a list?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extraction.article import read_page
from tests.unit.extraction.pages import HEADLINE, PARAGRAPHS

URL = "https://lantern.example/politics/48213.html"
_LINKS = [
    f'<div class="t"><a href="/politics/4820{i}.html">Ferry crews walk out for the {nth} time</a>'
    f"</div>"
    for i, nth in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh"))
]
_LIST = "".join(_LINKS)
_TOP = f"<p>{HEADLINE}</p><p>14 May 2024, 9.30 am</p>"
_TEXT = "".join(f"{text}<br><br>" for text in PARAGRAPHS)


def _bare_page(main: str, *, title: str = HEADLINE, head: str = "") -> bytes:
    """Return a page of an old system: no metadata, no h1, no names that mean anything."""
    return (
        f"<html><head><title>{title}</title>{head}</head><body><div id=w>{main}</div></body></html>"
    ).encode()


@pytest.mark.parametrize(
    "main",
    [
        f"{_TOP}<div>{_TEXT}</div><div class=b>{_LIST}</div>",
        f"<div class=b>{_LIST}</div>{_TOP}<div>{_TEXT}</div>",
        f"{_TOP}{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}{_LIST}",
        f"{_TOP}<div>{PARAGRAPHS[0]}<br><br>{_LINKS[0]}{_TEXT}</div>{_LIST}",
    ],
)
def test_headlines_around_a_text_do_not_make_a_list_of_it(main: str) -> None:
    reading = read_page(_bare_page(main), URL)
    assert reading.kind == "article", reading.reason


@pytest.mark.parametrize(
    "main",
    [
        "".join(f"{link}<p>{PARAGRAPHS[i % 4]}</p>" for i, link in enumerate(_LINKS)),
        "".join(f"<div>{link}<p>{PARAGRAPHS[i % 4]}</p></div>" for i, link in enumerate(_LINKS)),
        f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{_LIST}",
    ],
)
def test_teasers_under_headlines_stay_a_list(main: str) -> None:
    reading = read_page(_bare_page(f"<h1>Politics</h1>{main}", title="Politics"), URL)
    assert reading.kind == "front", reading.reason


def _teaser(number: int, link: str) -> str:
    byline = "<ul class='meta'><li>By Jane Doe</li><li>May 7, 2024</li><li>3 comments</li></ul>"
    return f"<div class='latest-head'>{link}</div>{byline}<p>{PARAGRAPHS[number % 4]}</p>"


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/politics/{n}.html"><h1>Ferry crews walk out for the {n}th time</h1></a>',
        '<h2><a href="/politics/{n}.html">Ferry walkout {n}</a></h2>',
        '<h2><a href="https://lantern.example/?p={n}">Ferry crews walk out, day {n}</a></h2>',
    ],
)
def test_teasers_are_a_list_whatever_stands_between_and_whatever_the_page_claims(link: str) -> None:
    main = "".join(_teaser(n, link.format(n=n)) for n in range(5))
    claim = '<meta property="og:type" content="article">'
    reading = read_page(_bare_page(main, title="Ferries", head=claim), URL)
    assert reading.kind == "front", reading.reason


@pytest.mark.parametrize(
    ("link", "head"),
    [
        # what is told of each place links to it, not to another story of the paper
        ('<h2><a href="https://inn.example/{n}">The {n}th inn on the quay</a></h2>', ""),
        ('<h2><a href="#part-{n}">The {n}th part of the harbour story</a></h2>', ""),
        (
            '<h2><a href="/politics/{n}.html">Ferry crews walk out for the {n}th time</a></h2>',
            '<meta property="article:published_time" content="2024-05-14T09:30:00+02:00">',
        ),
    ],
)
def test_texts_under_other_links_are_one_article(link: str, head: str) -> None:
    main = "".join(_teaser(n, link.format(n=n)) for n in range(5))
    claim = f'<meta property="og:type" content="article">{head}'
    reading = read_page(_bare_page(f"{_TOP}{main}", head=claim), URL)
    assert reading.kind == "article", reading.reason


def test_a_short_report_in_a_script_without_spaces_is_an_article() -> None:
    paragraphs = (
        "灯台町議会は二十一日の本会議で、古い防波堤を建て替える案を賛成多数で可決した。着工は来年の秋になる。",
        "工事には四年かかる見込みで、その間は沖の島へ渡る連絡船が新しい桟橋から出る。費用は町と県が半分ずつ持つ。",
        "反対した議員は「より安い方法を調べていない」と述べ、来月の委員会で改めて説明を求めるという。",
    )
    main = "<h1>防波堤の建て替え案を可決　灯台町議会</h1>" + "".join(
        f"<p>{p}</p>" for p in paragraphs
    )
    dated = '<meta property="article:published_time" content="2024-05-21T18:00:00+09:00">'
    reading = read_page(_bare_page(main, title="防波堤の建て替え案を可決", head=dated), URL)
    assert reading.item is not None, reading.reason
    assert reading.item.article_body == "\n".join(paragraphs)


# Short, and without spaces between its words.
_NOTE = (
    "議会は予算案の採決を来週に持ち越した。与野党は委員会で協議を続けるが、隔たりは大きい。",
    "首相は記者団に対し、修正には応じないと改めて述べた。野党は強く反発している。",
    "財務省は週内に新しい試算を示す方針だ。市場では国債の利回りが小幅に上昇した。",
)
_NOTE_PAGE = (
    "<!doctype html>{}<title>首相、修正を拒否</title>"
    "<meta property='article:published_time' content='2026-11-30T09:00:00+09:00'>{}"
    f"<article><h1>首相、修正を拒否</h1>{''.join(f'<p>{text}</p>' for text in _NOTE)}</article>"
)


def test_a_short_article_whose_clock_runs_ahead_is_an_article_without_a_date() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)

    read = read_page(_NOTE_PAGE.format("<head>", "</head><body>"), URL, read_at=noon)

    assert read.kind == "article", read.reason
    assert read.item is not None
    assert read.item.date_published is None


def test_a_page_may_leave_out_the_tags_of_its_head_and_body() -> None:
    whole = read_page(_NOTE_PAGE.format("<head>", "</head><body>"), URL).item
    bare = read_page(_NOTE_PAGE.format("", ""), URL).item

    assert whole is not None
    assert bare == whole
