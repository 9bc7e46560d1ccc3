from __future__ import annotations

from crawler.extraction.article import extract_article, learn_page
from crawler.extraction.site_memory import MAX_PARAGRAPHS, SiteMemory
from tests.unit.extraction.pages import NEWS_ARTICLE, PARAGRAPHS, article_page

_APPEAL = (
    "<p>The Lantern is read by people in forty harbours. If our reporting matters to you, a "
    "small gift every month keeps the lamp burning for another year.</p>"
)
_OTHERS = [
    tuple(f"{verb} on day {n}: {p}" for p in PARAGRAPHS)
    for n, verb in enumerate(("Fishermen met", "Engineers spoke", "Voters waited", "Ships left"))
]


def _page(paragraphs: tuple[str, ...]) -> str:
    return article_page(paragraphs=paragraphs, inside=_APPEAL, json_ld=NEWS_ARTICLE)


def _learnt() -> SiteMemory:
    memory = SiteMemory()
    for number, paragraphs in enumerate(_OTHERS):
        assert learn_page(memory, _page(paragraphs), f"https://lantern.example/news/{number}")
    return memory


def test_what_stands_on_other_pages_of_the_site_is_left_out() -> None:
    url = "https://lantern.example/politics/harbour-wall-48213"
    alone = extract_article(_page(PARAGRAPHS), url)
    remembered = extract_article(_page(PARAGRAPHS), url, memory=_learnt())
    assert alone is not None
    assert remembered is not None
    assert "keeps the lamp burning" in alone.article_body
    assert remembered.article_body.split("\n") == list(PARAGRAPHS)


def test_an_article_read_again_is_not_its_own_boilerplate() -> None:
    memory, url = _learnt(), "https://lantern.example/politics/harbour-wall-48213"
    for _ in range(4):
        learn_page(memory, _page(PARAGRAPHS), url)
    again = extract_article(_page(PARAGRAPHS), url, memory=memory)
    assert again is not None
    assert set(PARAGRAPHS) <= set(again.article_body.split("\n"))


def test_memory_survives_its_json_and_is_the_same_for_the_same_pages() -> None:
    memory = _learnt()
    assert memory.to_json() == _learnt().to_json()
    assert SiteMemory.from_json(memory.to_json()).to_json() == memory.to_json()
    assert SiteMemory.from_json('{"format": 99}').pages == 0
    assert SiteMemory.from_json("not json").pages == 0


def test_memory_forgets_what_was_seen_longest_ago() -> None:
    memory = SiteMemory()
    for number in range(60):
        text = tuple(f"Paragraph {i} of page {number}, {PARAGRAPHS[0]}" for i in range(100))
        learn_page(memory, article_page(paragraphs=text), f"https://lantern.example/{number}")
    assert len(memory.paragraphs) <= MAX_PARAGRAPHS
    assert any("of page 59" in key for key in memory.paragraphs)


def test_memory_shows_people_what_repeats() -> None:
    shown = _learnt().common_paragraphs()
    assert any(text.startswith("The Lantern is read by") and seen == 4 for text, seen in shown)
