"""What newsrooms print around a report: place, writers with a date, corrections, credits."""

from __future__ import annotations

import pytest

from crawler.extraction.article import extract_article
from crawler.extraction.byline import is_person
from crawler.extraction.newsroom_notes import is_correction
from pipelines.items import ArticleItem
from tests.unit.extraction.pages import NEWS_ARTICLE, PARAGRAPHS, article_page

URL = "https://lantern.example/politics/marrow-bay-votes-to-rebuild-harbour-wall-48213"
_NO_AUTHOR = {k: v for k, v in NEWS_ARTICLE.items() if k != "author"}
_UNDATED = {k: v for k, v in _NO_AUTHOR.items() if not k.startswith("date")}


def _read(page: str) -> ArticleItem:
    item = extract_article(page.encode(), URL)
    assert item is not None
    return item


@pytest.mark.parametrize(
    ("opening", "place"),
    [
        ('<span class="dateline">Marrow Bay</span> — ', "Marrow Bay"),
        ("<strong>Saint-Orrin</strong> – ", "Saint-Orrin"),
        ("<b>Saint Orrin, May 14</b> - ", "Saint Orrin"),
        ("<b>Breaking</b> ", None),
        ('<span class="drop-cap">T</span>', None),
    ],
)
@pytest.mark.parametrize("lead", ["", "<p class='standfirst'>A wall, after three bad winters.</p>"])
def test_the_place_at_the_head_of_a_report_is_its_dateline(
    opening: str, place: str | None, lead: str
) -> None:
    paragraphs = (opening + PARAGRAPHS[0], *PARAGRAPHS[1:])
    item = _read(article_page(json_ld=NEWS_ARTICLE, paragraphs=paragraphs, before=lead))
    assert item.dateline == place
    assert PARAGRAPHS[0] in item.article_body


def test_a_date_beside_the_writers_is_the_date_and_no_writer() -> None:
    line = (
        '<div class="articleInfo"><span class="writer">By Ines Calloway and Jonas Verrell</span> | '
        "Tuesday, May 14, 2024 9:30 AM UTC</div>"
    )
    item = _read(article_page(json_ld=_UNDATED, before=line))
    assert item.authors == ["Ines Calloway", "Jonas Verrell"]
    assert item.byline == "By Ines Calloway and Jonas Verrell"
    assert item.date_published is not None
    assert item.date_published.at.isoformat() == "2024-05-14T09:30:00+00:00"


@pytest.mark.parametrize("name", ["Monday", "mardi", "Donnerstag", "понедельник", "Thu."])
def test_a_day_of_the_week_is_nobody(name: str) -> None:
    assert not is_person(name)


def test_a_writer_may_be_called_sunday() -> None:
    assert is_person("Sunday Calloway")


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Correction: the ferry leaves at nine, not at ten.", True),
        ("*Correction (May 14, 2024): The ferry leaves at nine.", True),
        ("Clarification, May 14 - The ferry leaves at nine.", True),
        ("This article was amended to correct the hour of the ferry.", True),
        ("Anmerkung der Redaktion: In einer früheren Fassung fehlte die Fähre.", True),
        ("【訂正】連絡船の出る時刻を改めました。", True),
        ("Correction officers on Saint Orrin have been on strike since Monday.", False),
        ("Clarification of the law was what the council wanted, and it got none.", False),
    ],
)
def test_corrections_are_told_from_reports_about_them(paragraph: str, expected: bool) -> None:
    assert is_correction(paragraph) is expected


def test_corrections_are_a_field_and_no_part_of_the_body() -> None:
    note = "Correction: the vote was nine to six, not nine to five as first reported."
    item = _read(article_page(json_ld=NEWS_ARTICLE, paragraphs=(*PARAGRAPHS, note)))
    assert item.corrections == [note]
    assert item.article_body == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("printed", "stated", "expected"),
    [
        (
            "The wall at dusk. Ines Calloway / Lantern",
            "Ines Calloway / Lantern",
            "The wall at dusk.",
        ),
        ("夕方の防波堤＝佐伯直樹撮影", "佐伯直樹撮影", "夕方の防波堤"),
        ("The wall at dusk (The Bay Lantern)", "", "The wall at dusk"),
        ("The wall at dusk (File photo)", "", "The wall at dusk"),
        ("The wall at dusk (on the left)", "", "The wall at dusk (on the left)"),
    ],
)
def test_a_credit_is_not_repeated_in_the_caption(printed: str, stated: str, expected: str) -> None:
    image = {"url": "https://lantern.example/wall.jpg", "creditText": stated or None}
    figure = f'<figure><img src="/wall.jpg"><figcaption>{printed}</figcaption></figure>'
    item = _read(article_page(json_ld={**NEWS_ARTICLE, "image": image}, before=figure))
    assert item.images[0].caption == expected


def test_a_credit_inside_the_stated_caption_is_parted_from_it() -> None:
    caption = "The wall at dusk. (Photo: Harbour Office / Ines Calloway. Courtesy of the office)"
    image = {"url": "https://lantern.example/wall.jpg", "caption": caption}
    lead = _read(article_page(json_ld={**NEWS_ARTICLE, "image": image})).images[0]
    assert lead.caption == "The wall at dusk."
    assert lead.credit == "Harbour Office / Ines Calloway. Courtesy of the office"
