"""A fault in reading one field costs that field, is counted, and never the article."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.catalogue import SiteRules
from crawler.extraction import article, fields, page_parts
from crawler.extraction.article import read_page
from crawler.reading_faults import PAGES, FaultDays, count_faults, fault_totals
from tests.unit.extraction.pages import HEADLINE, NEWS_ARTICLE, PARAGRAPHS, article_page

URL = "https://lantern.example/politics/harbour-48213"
AT = datetime(2024, 5, 14, 12, tzinfo=UTC)
_HEAD = """<meta name="description" content="The harbour wall is to be rebuilt.">
<meta name="keywords" content="harbour, storms"><link rel="canonical" href="/politics/harbour">
<meta name="robots" content="noarchive"><meta property="og:type" content="article">"""
_FIGURE = (
    '<figure><img src="/wall.jpg"><figcaption>The wall. Photo: Ada Quill</figcaption></figure>'
)


def _page(**parts: Any) -> str:
    return article_page(json_ld=NEWS_ARTICLE, head=_HEAD, inside=_FIGURE, **parts)


#: reader in crawler.extraction.fields -> the fields that its fault may cost, empty
_READERS: dict[str, dict[str, Any]] = {
    "read_published": {"date_published": None},
    "read_modified": {"date_modified": None},
    "read_authors": {"authors": [], "byline": None},
    "read_section": {"article_section": None},
    "read_keywords": {"keywords": []},
    "read_images": {"images": []},
    "read_language": {"in_language": None},
    "read_robots_directives": {"robots_directives": []},
    "_read_description": {"description": None},
    "read_dateline": {"dateline": None},
    "read_free_access": {"is_accessible_for_free": None},
    "read_tdm_reservation": {"tdm_reserved": None},
    "read_corrections": {"corrections": []},
    "without_corrections": {},
    "wire_credit": {},
    "_left_out": {"lines_beside": []},
}


def _raising(error: type[Exception]) -> Any:
    def read(*_args: Any, **_options: Any) -> Any:
        raise error("what the page said must not be kept")

    return read


@pytest.mark.parametrize("reader", _READERS)
@pytest.mark.parametrize("error", [IndexError, ValueError, RecursionError, OverflowError])
def test_one_field_s_fault_costs_that_field(
    monkeypatch: pytest.MonkeyPatch, reader: str, error: type[Exception]
) -> None:
    whole = read_page(_page(), URL, read_at=AT)
    monkeypatch.setattr(fields, reader, _raising(error))

    reading = read_page(_page(), URL, read_at=AT)

    assert reading.kind == "article"
    assert reading.item is not None
    assert whole.item is not None
    assert (reading.item.headline, reading.item.article_body) == (HEADLINE, "\n".join(PARAGRAPHS))
    assert set(reading.faults.values()) == {error.__name__}
    lost = _READERS[reader]
    for name in ("authors", "date_published", "keywords", "images", "description", "in_language"):
        assert getattr(reading.item, name) == lost.get(name, getattr(whole.item, name)), name


def test_json_ld_that_cannot_be_read_leaves_what_readers_see(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_parts, "read_structured_data", _raising(KeyError))

    reading = read_page(_page(), URL, read_at=AT)

    assert reading.item is not None
    assert reading.item.headline == HEADLINE
    assert reading.faults == {"json_ld": "KeyError"}


@pytest.mark.parametrize(
    ("module", "part", "named"),
    [
        (page_parts, "blocks_of", "text"),
        (page_parts, "choose_headline", "headline"),
        (page_parts, "choose_body", "body"),
        (article, "judge_page", "kind"),
        (article, "parse_page", "markup"),
    ],
)
def test_without_headline_or_body_the_failure_has_a_name(
    monkeypatch: pytest.MonkeyPatch, module: Any, part: str, named: str
) -> None:
    monkeypatch.setattr(module, part, _raising(AttributeError))

    reading = read_page(_page(), URL, read_at=AT)

    assert (reading.kind, reading.item) == ("unreadable", None)
    assert reading.reason == f"{named}: AttributeError"


def test_a_rule_that_raises_leaves_the_field_as_it_was_read() -> None:
    broken = SiteRules(description="//p[foo()]", byline="//h1")

    plain = read_page(_page(), URL, read_at=AT)
    reading = read_page(_page(), URL, rules=broken, read_at=AT)

    assert plain.item is not None
    assert reading.item is not None
    assert reading.item.description == plain.item.description
    assert "description" in reading.rules.vanished
    assert reading.faults == {"rule description": "SelectorSyntaxError"}


@pytest.mark.parametrize(
    "sources",
    ['src=" "', 'src="&#10;"', 'src=" , "', 'srcset=", 1x"', 'data-src=" " src="//["', "src"],
)
def test_an_image_without_an_address_is_no_image(sources: str) -> None:
    figure = f"<figure><img {sources}><figcaption>The wall. Photo: Ada Quill</figcaption></figure>"

    reading = read_page(article_page(json_ld=NEWS_ARTICLE, inside=figure), URL, read_at=AT)

    assert reading.item is not None
    assert reading.item.images == []
    assert reading.faults == {}


def test_faults_are_counted_by_day_and_forgotten_after_a_while() -> None:
    days: FaultDays = {}
    count_faults(days, {"images": "IndexError"}, on=date(2026, 10, 1))
    count_faults(days, {"images": "IndexError", "authors": "KeyError"}, on=date(2026, 11, 29))
    count_faults(days, {}, on=date(2026, 11, 30))

    assert days == {
        "2026-11-29": {PAGES: 1, "images: IndexError": 1, "authors: KeyError": 1},
        "2026-11-30": {PAGES: 1},
    }
    assert list(fault_totals(days)) == ["authors: KeyError", "images: IndexError"]
