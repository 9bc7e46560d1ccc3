from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.extraction.article import extract_article, read_page
from tests.unit.extraction.pages import HEADLINE, NEWS_ARTICLE, PARAGRAPHS, article_page

URL = "https://lantern.example/politics/marrow-bay-votes-to-rebuild-harbour-wall-48213"


def test_an_article_is_read_with_the_evidence_of_every_field() -> None:
    item = extract_article(article_page(json_ld=NEWS_ARTICLE).encode(), URL)
    assert item is not None
    assert item.headline == HEADLINE
    assert item.article_body.split("\n") == list(PARAGRAPHS)
    assert item.authors == ["Jonas Verrell"]
    assert item.article_section == "Politics"
    assert item.in_language == "en"
    assert item.date_published is not None
    assert item.date_published.at == datetime(2024, 5, 14, 7, 30, tzinfo=UTC)
    assert item.date_published.raw == "2024-05-14T09:30:00+02:00"
    assert item.evidence["date_published"] == item.evidence["authors"] == "json-ld"
    assert item.evidence["headline"] == "visible"
    assert item.parser_version


@pytest.mark.parametrize(
    "broken",
    [
        json.dumps(
            {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, NEWS_ARTICLE]}
        ),
        json.dumps(NEWS_ARTICLE).replace("}]", "},]"),  # trailing comma
        "/* made by our system */ " + json.dumps(NEWS_ARTICLE) + ";",
        json.dumps(NEWS_ARTICLE).replace("harbour wall", "harbour\nwall"),  # raw line break
        "<!--" + json.dumps(NEWS_ARTICLE) + "-->",
        json.dumps({"@type": "Organization"}) + json.dumps(NEWS_ARTICLE),  # two in a row
    ],
)
def test_json_ld_is_read_in_a_graph_and_when_broken(broken: str) -> None:
    item = extract_article(article_page(json_ld=broken), URL)
    assert item is not None
    assert item.authors == ["Jonas Verrell"]
    assert item.date_published is not None
    assert item.date_published.source == "json-ld"


def test_related_links_ad_slots_and_stamps_do_not_change_the_body() -> None:
    first = extract_article(article_page(json_ld=NEWS_ARTICLE), URL)
    box = (
        '<aside class="related-links"><h4>Related</h4><ul><li><a href="/x">Storm season came early '
        'this year</a></li><li><a href="/y">Fish market reopens</a></li></ul></aside>'
        '<div class="ad" data-slot="3"></div>'
    )
    stamped = NEWS_ARTICLE | {"dateModified": "2024-05-14T18:45:00+02:00"}
    second = extract_article(article_page(json_ld=stamped, inside=box), URL)
    assert first is not None
    assert second is not None
    assert first.article_body == second.article_body


def test_a_caption_in_front_of_the_text_becomes_caption_and_credit() -> None:
    figure = (
        '<div class="articleImg"><img src="/assets/wall.jpg" alt=""><p class="caption">'
        "The wall in March. Source: Port Authority, CC0, via Wikimedia Commons</p></div>"
    )
    item = extract_article(article_page(json_ld=NEWS_ARTICLE, before=figure), URL)
    assert item is not None
    assert "Wikimedia" not in item.article_body
    assert item.images[0].url == "https://lantern.example/assets/wall.jpg"
    assert item.images[0].caption == "The wall in March."
    assert item.images[0].credit == "Port Authority, CC0, via Wikimedia Commons"


def _page_about(name: str, text: str, head: str = "", language: str = "en") -> str:
    return (
        f'<html lang="{language}"><head><title>{name} | The Bay Lantern</title>{head}</head>'
        f"<body><main><h1>{name}</h1>{text}</main></body></html>"
    )


_STORIES = "".join(
    f'<li><time datetime="2024-05-1{i}T10:00:00Z">10:00</time> <a href="/news/story-number-{i}">'
    f"A headline about the harbour and the storm number {i}</a> <span>{PARAGRAPHS[0]}</span></li>"
    for i in range(8)
)
_CLIP = "<p>" + "The clip shows the scene in the chamber late on Monday. " * 6 + "</p>"


def _typed(name: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "{name}", "name": "x"}}</script>'


@pytest.mark.parametrize(
    ("kind", "html"),
    [
        ("front", _page_about("Politics", f"<ul>{_STORIES}</ul>")),
        ("front", _page_about("World", f"<p>{PARAGRAPHS[0]}</p>")),
        ("liveblog", _page_about("As it happened", _CLIP, _typed("LiveBlogPosting"))),
        ("sponsored", _page_about("Save more", _CLIP, _typed("AdvertiserContentArticle"))),
        ("gallery", _page_about("Week in pictures", _CLIP, _typed("ImageGallery"))),
        ("video", _page_about("The vote", _CLIP, _typed("VideoObject"))),
        ("audio", _page_about("Daily politics", _CLIP, _typed("PodcastEpisode"))),
        ("soft-404", _page_about("Page not found", f"<p>{PARAGRAPHS[0]}</p>")),
        ("login", _page_about("Sign in", "<p>Welcome back.</p>")),
        ("paywall", _page_about("Letter from the editor", "<p>For subscribers.</p>")),
        (
            "consent",
            _page_about(
                "Before you continue",
                "<p>We and our 842 partners value your privacy. Accept all or reject all cookies "
                "to go on to the site.</p>",
            ),
        ),
        (
            "challenge",
            _page_about(
                "Checking your browser",
                "<p>Please verify you are human by completing the CAPTCHA below. This helps us "
                "keep the site safe.</p><div class=g-recaptcha></div>",
            ),
        ),
        ("empty", "<html><body><p></p></body></html>"),
        ("script-only", "<html><head><title>News</title></head><body><script>x()</script></body>"),
        ("not-html", "%PDF-1.7"),
    ],
)
def test_what_is_not_an_article_is_told_apart(kind: str, html: str) -> None:
    reading = read_page(html.encode(), "https://lantern.example/x")
    assert (reading.kind, reading.item) == (kind, None), reading.reason


def test_the_sites_own_front_page_is_never_an_article() -> None:
    assert read_page(article_page(json_ld=NEWS_ARTICLE), "https://lantern.example/").kind == "front"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<noscript>", "</noscript>"),
        ('<nav class="top"><ul><li><a href="/x">News</a></li></ul>', "</nav>"),
        ("<footer><div>", "</div></footer>"),
        ("<aside>", "</aside>"),
        ("<dialog open>", "</dialog>"),
    ],
)
def test_a_text_where_nobody_looks_is_read_where_there_is_no_other(before: str, after: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    menu = "".join(f'<li><a href="/s/{n}">Section number {n}</a></li>' for n in range(40))
    html = f"""<html lang="en"><head><title>{HEADLINE}</title>
    <meta property="og:type" content="article"></head><body><ul class="links">{menu}</ul>
    <h1>{HEADLINE}</h1>{before}<div class="article-body">{text}</div>{after}</body></html>"""

    reading = read_page(html, "https://lantern.example/politics/harbour-48213")

    assert reading.item is not None
    assert reading.item.article_body == "\n".join(PARAGRAPHS)
