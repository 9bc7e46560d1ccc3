"""Fronts of fictional outlets become Listings of their articles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.discovery.address_shapes import AddressShapes
from crawler.discovery.links import ListingError
from crawler.discovery.section_front import MOST_LINKS, read_section_front

URL = "https://post.example/politics"
HEADLINES = [
    "Mayor resigns after long vote on harbour budget",
    "Council delays decision on new tram line until spring",
    "Opposition demands inquiry into hospital merger",
    "Minister rejects calls to withdraw the pension bill",
    "Court strikes down rules on border controls",
    "Parties agree on energy tax after a night of talks",
]
CHROME = """<header><a href="/">Post</a><nav><ul><li><a href="/politics">Politics</a></li>
<li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li>
<li><a href="/login">Sign in</a></li></ul></nav><nav class="topics">
<a href="/topic/elections">Elections</a>
<a href="/topic/budget-debate-all-the-latest-news">Budget debate: all the latest news</a></nav>
</header>
<main>{main}</main><div class="pager"><a href="/politics?page=2">Older stories</a></div>
<aside><h4>Video</h4><a href="/video/minister-answers-questions-after-late-vote">
Minister answers questions after late vote</a>
<a href="/gallery/the-week-in-politics-in-pictures">The week in politics in pictures</a>
<a href="/podcast/why-the-coalition-talks-stalled-again">Why the coalition talks stalled again</a>
<div class="sponsored"><a href="/sponsored/how-our-partner-bank-helps-you-save-more">
How our partner bank helps you save more</a><a href="https://ads.example/click?id=77">
Ten tricks your insurer hates</a></div>
<a href="/live/parliament-live-reactions-and-analysis">Live: reactions and analysis</a></aside>
<footer><a href="/about">About</a><a href="/privacy">Privacy policy</a>
<a href="/contact">Contact</a>
<a href="/author/anna-keller">Anna Keller</a><a href="https://facebook.com/post">Facebook</a>
</footer>"""


def slug(headline: str) -> str:
    return "-".join(headline.lower().split())


def page(cards: str, base: str = "") -> bytes:
    head = f"<!doctype html><html><head><title>Politics | Post</title>{base}</head><body>"
    return (head + CHROME.format(main=cards) + "</body></html>").encode()


def cards(address: str, card: str = '<h3><a href="{a}">{h}</a></h3><p>{h} - {t}</p>') -> str:
    teaser = "The decision came late on Monday after hours of talks."
    return "".join(
        "<article class='card'>"
        + card.format(a=address.format(s=slug(h), n=n), h=h, t=teaser)
        + "</article>"
        for n, h in enumerate(HEADLINES)
    )


@pytest.mark.parametrize(
    "address",
    [
        "/politics/{s}-4711{n}",
        "/politics/2026/11/23/{s}.html",
        "https://post.example/2026/11/{s}/",
        "/article/4711{n}",
        "/articleshow/9384711{n}.cms",
        "/news/view.do?newsid=4711{n}",
        "/?p=4711{n}",
        "/{s}",
        "{s}-4711{n}",  # relative, no slash
        "/politics/article_5f2c7a9e-1b2c-4d5e-8f90-0a1b2c3d4e5{n}.html",
        "https://news.post.example/{s}-4711{n}",
    ],
)
def test_every_shape_of_article_address_is_found_and_nothing_else(address: str) -> None:
    links = read_section_front(page(cards(address)), URL).links
    assert [x.headline for x in links] == HEADLINES
    assert [x.position for x in links] == list(range(6))


@pytest.mark.parametrize(
    "card",
    [
        '<a href="{a}"><img src="/i.jpg" alt=""></a><h3><a href="{a}?ref=front">{h}</a></h3>'
        '<p>{t}</p><span>By <a href="/author/anna-keller">Anna Keller</a></span>'
        '<a href="{a}#comments">12 comments</a>',
        '<time datetime="2026-11-23T10:00:00Z">10:00</time> <a class="headline" href="{a}">{h}</a>'
        '<span>{t}</span> <a href="{a}?utm_source=more">more</a>',
        '<a href="{a}"><div class="pic"></div><div><h2>{h}</h2><p>{t}</p></div></a>'
        '<div class="meta"><a href="/topic/migration">migration</a></div>',
    ],
)
def test_one_article_with_several_links_is_listed_once_under_its_cleanest_address(
    card: str,
) -> None:
    links = read_section_front(page(cards("/politics/{s}-4711{n}", card)), URL).links
    assert [x.headline for x in links] == HEADLINES
    assert [x.url for x in links] == [
        f"https://post.example/politics/{slug(h)}-4711{n}" for n, h in enumerate(HEADLINES)
    ]
    assert {x.description for x in links} == {
        "The decision came late on Monday after hours of talks."
    }


def test_a_time_beside_the_headline_is_the_articles_claim() -> None:
    card = '<time datetime="2026-11-23T10:00:00+01:00">10:00</time> <a href="{a}">{h}</a>'
    links = read_section_front(page(cards("/politics/{s}-4711{n}", card)), URL).links
    assert {x.date_published for x in links} == {datetime(2026, 11, 23, 9, tzinfo=UTC)}


@pytest.mark.parametrize(
    "headlines",
    [
        [
            "首相、予算案の修正を拒否 野党は反発",
            "議会、年金法案を可決 来週にも施行へ",
            "知事が緊急会見 選挙日程を発表",
        ],
        [
            "总理拒绝修改预算草案 反对党不满",
            "议会通过新的养老金法案",
            "省长宣布提前举行选举的日期",
        ],
        [
            "رئيس الوزراء يرفض تعديل الموازنة",
            "البرلمان يقر قانون التقاعد الجديد",
            "الحاكم يعلن موعد الانتخابات",
        ],
        [
            "ראש הממשלה דוחה את תיקון התקציב",
            "הכנסת אישרה את חוק הפנסיה החדש",
            "המושל הודיע על מועד הבחירות",
        ],
        [
            "นายกฯปฏิเสธแก้ไขร่างงบประมาณปีหน้า",
            "สภาผ่านร่างกฎหมายบำนาญฉบับใหม่",
            "ผู้ว่าการประกาศวันเลือกตั้ง",
        ],
        [
            "총리, 예산안 수정 요구 거부 야당 반발",
            "국회, 연금법 개정안 본회의 통과",
            "지사 긴급 기자회견 선거 일정 발표",
        ],
        [
            "प्रधानमंत्री ने बजट संशोधन ठुकराया",
            "संसद ने नया पेंशन कानून पारित किया",
            "राज्यपाल ने चुनाव की तारीख बताई",
        ],
        [
            "Κόντρα κυβέρνησης και αντιπολίτευσης",
            "Ψηφίστηκε ο νέος εκλογικός νόμος",
            "Έκτακτη συνεδρίαση της Βουλής",
        ],
        [
            "Премьер отказался менять бюджет",
            "Парламент принял пенсионный закон",
            "Губернатор назвал дату выборов",
        ],
    ],
)
def test_headlines_in_any_script_are_found(headlines: list[str]) -> None:
    items = "".join(
        f'<li><a href="/news/{n}0047110{n}">{h}</a></li>' for n, h in enumerate(headlines)
    )
    links = read_section_front(page(f"<ul>{items}</ul>"), URL).links
    assert [x.headline for x in links] == headlines


@pytest.mark.parametrize("headline", ["Morning briefing", "Budget vote", "\u200b \u00a0"])
def test_short_headlines_are_found_where_the_address_is_dated(headline: str) -> None:
    items = "".join(
        f'<li><h2><a href="/politics/2026/11/b-{n}.html">{headline}</a></h2></li>' for n in range(3)
    )
    index = '<a href="/politics/2026/11/">November</a><a href="/politics/archive/1">next day</a>'
    links = read_section_front(page(f"<ul>{items}</ul>{index}"), URL).links
    assert [x.url[-8:] for x in links] == ["b-0.html", "b-1.html", "b-2.html"]


def test_links_to_other_sites_count_only_where_the_source_lists_the_host() -> None:
    body = page(cards("https://paper.example/politics/2026/11/23/{s}.html"))
    assert read_section_front(body, URL).links == ()
    assert len(read_section_front(body, URL, hosts=["paper.example"]).links) == 6


def test_a_base_address_of_another_site_brings_no_links() -> None:
    body = page(cards("politics/{s}-4711{n}"), base='<base href="http://127.0.0.1:99/">')
    assert read_section_front(body, URL).links == ()


def test_odd_links_break_nothing() -> None:
    odd = ["javascript:alert(1)", "mailto:a@b.example", "data:text/html,x", "", "#", "?", "http://",
           "http://[", "//", "///", "http:\\\\x\\y", "http://a b/", "http://news.example:99999/",
           "HTTP://", "http://%zz/", "http://user:pass@/", "../../../etc/passwd"]  # fmt: skip
    junk = "".join(f'<a href="{h}">{HEADLINES[0]} and more</a>' for h in odd[:-1])
    address = "HTTP://POST.example/poli\ntics/{s}-4711{n}  "
    links = read_section_front(page(cards(address) + junk), URL).links
    assert [x.headline for x in links] == HEADLINES
    assert links[0].url == f"http://post.example/politics/{slug(HEADLINES[0])}-47110"


def test_the_shapes_of_known_articles_decide_where_the_page_leaves_doubt() -> None:
    names = ["Tram works begin", "Harbour in brief", "Vote: results"]
    weak = "".join(
        f'<div class="menu t{n}"><a href="/k/x{n}">{h}</a></div>' for n, h in enumerate(names)
    )
    assert read_section_front(page(weak), URL).links == ()
    shapes = AddressShapes().learn(f"https://post.example/k/x{n}" for n in range(4, 9))
    links = read_section_front(page(weak), URL, known_shapes=shapes).links
    assert [x.headline for x in links] == names


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b'<?xml version="1.0"?><rss><channel/></rss>', b'{"items": []}', b"%PDF-1.7"],
)
def test_a_body_that_is_no_page_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ListingError, match="instead of a section front"):
        read_section_front(body, URL)


def test_a_page_without_articles_is_an_empty_listing() -> None:
    assert read_section_front(page("<p>We value your privacy.</p>"), URL).links == ()


def test_a_flood_of_links_is_cut() -> None:
    many = "".join(
        f'<h3><a href="/politics/{slug(HEADLINES[0])}-{n}00">{HEADLINES[0]} {n}</a></h3>'
        for n in range(MOST_LINKS + 50)
    )
    assert len(read_section_front(page(many), URL).links) == MOST_LINKS


def test_the_section_that_a_heading_links_to_is_no_article() -> None:
    above = "https://post.example/2026/11/harbour-budget-vote-of-the-century-4711"
    heading = f'<h1><a href="{above}">Harbour budget: the vote of the century</a></h1>'
    body = page(heading + cards("/2026/11/{s}-{n}"))
    found = [link.url for link in read_section_front(body, f"{above}/all").links]
    assert len(found) == len(HEADLINES)
    assert above not in found
    assert above in [link.url for link in read_section_front(body, URL).links]
