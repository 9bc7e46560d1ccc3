"""What is chosen among scored blocks: pages are calibrated, neighbours heard, copies left out."""

from __future__ import annotations

import json

import pytest

from crawler.extraction.blocks import Block, cut_into_blocks
from crawler.extraction.body import choose_among
from crawler.extraction.body_features import Surroundings
from crawler.extraction.hints import BIT, hints_of
from crawler.extraction.live_updates import first_update
from crawler.extraction.page import parse_page
from crawler.extraction.structured_data import read_structured_data

SENTENCES = [
    f"On day {number} the harbour board heard {number * 7} fishermen speak about the old ferry and "
    f"the price of its repairs before the winter of the year {1900 + number}."
    for number in range(1, 9)
]


def blocks_of(*paragraphs: str) -> list[Block]:
    page = parse_page("".join(f"<p>{text}</p>" for text in paragraphs), "https://lantern.example/")
    assert page is not None
    return cut_into_blocks(page.root)


def chosen(*scored: tuple[str, float]) -> list[str]:
    blocks = blocks_of(*(text for text, _ in scored))
    scores = [score for _, score in scored]
    body = choose_among(list(zip(blocks, scores, strict=True)), Surroundings(title="Ferry stays"))
    return [block.text for block in body]


def test_the_whole_text_once_more_in_one_block_is_left_out() -> None:
    whole = " ".join(SENTENCES)
    scored = [(text, 4.0) for text in SENTENCES]
    assert chosen(*scored, (whole, 3.0)) == SENTENCES


def test_a_text_in_one_long_block_stays_when_no_other_holds_it() -> None:
    whole = " ".join(SENTENCES)
    assert chosen((whole, 4.0), ("The board meets again in May, it said.", 4.0))[0] == whole


@pytest.mark.parametrize(("around", "kept"), [(5.0, True), (-3.0, False)])
def test_neighbours_speak_for_a_short_line(around: float, kept: bool) -> None:
    line = "“No,” she said."
    sure = [(text, 4.0) for text in SENTENCES[:4]]
    beside = [(SENTENCES[4], around), (line, -0.2), (SENTENCES[5], around)]
    assert (line in chosen(*sure, *beside)) is kept


def test_a_page_whose_better_paragraphs_score_low_is_still_an_article() -> None:
    scored = [(text, 0.4) for text in SENTENCES] + [("Most read today in the harbour", -3.5)]
    assert chosen(*scored) == SENTENCES


def scrolled(*, heading: str, headline: int) -> list[str]:
    """Choose among two articles that stand one behind the other, all their blocks sure."""
    own, following = SENTENCES[:7], [f"Elsewhere: {text}" for text in SENTENCES]
    html = "".join(
        f"<article><{tag}>{title}</{tag}>{''.join(f'<p>{text}</p>' for text in texts)}</article>"
        for tag, title, texts in (("h1", "Ferry stays", own), (heading, "Snow falls", following))
    )
    page = parse_page(html, "https://lantern.example/")
    assert page is not None
    scored = [(block, 4.0) for block in cut_into_blocks(page.root)]
    about = Surroundings(title="Ferry stays", headline_position=headline)
    return [block.text for block in choose_among(scored, about)]


def test_an_article_appended_behind_this_one_is_left_out() -> None:
    assert scrolled(heading="h1", headline=0) == SENTENCES[:7]


def test_an_article_element_without_a_headline_is_a_part() -> None:
    assert len(scrolled(heading="h2", headline=0)) == 7 + 1 + 8


def test_a_lead_in_an_article_element_of_its_own_stays() -> None:
    lead = "The board voted on Tuesday to keep the ferry for as long as the pier is not open."
    text = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    html = f"<article><h1>Ferry stays</h1><p>{lead}</p></article><article>{text}</article>"
    page = parse_page(html, "https://lantern.example/")
    assert page is not None
    scored = [(block, 4.0) for block in cut_into_blocks(page.root)]
    body = choose_among(scored, Surroundings(title="Ferry stays", headline_position=0))
    assert [block.text for block in body] == [lead, *SENTENCES]


def test_of_several_articles_the_one_behind_the_headline_is_taken() -> None:
    assert all(text.startswith("Elsewhere") for text in scrolled(heading="h1", headline=8)[1:])


def test_a_headline_and_headings_with_nothing_under_them_are_left_out() -> None:
    assert chosen(("Ferry stays", 3.0), (SENTENCES[0], 4.0)) == SENTENCES[:1]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("media__credit", "credit"),
        ("article__title", "title"),
        ("Story_quote__3kLm9", "quote"),
        ("Article__title__aoXAL", "title"),
    ],
)
def test_words_behind_underscores_are_words_and_hashes_are_not(name: str, hint: str) -> None:
    assert hints_of(name) & BIT[hint]


def test_a_generated_suffix_hints_at_nothing() -> None:
    assert hints_of("x__Ad1bX") == 0


# ---------------------------------------------------------------- live blogs

UPDATES = ("The ferry has left the harbour", "Strong winds off the northern pier")


def live_blog(intro: list[str], *, listed: bool = False) -> list[str]:
    """Choose on a live blog whose updates stand below ``intro``, all its blocks sure."""
    links = "".join(f'<li><a href="#{n}">{title}</a></li>' for n, title in enumerate(UPDATES))
    below = "".join(f"<h2>{title}</h2><p>{SENTENCES[7]}</p>" for title in UPDATES)
    above = "".join(f"<p>{text}</p>" for text in intro)
    stated = json.dumps(
        [
            {"@type": "NewsArticle", "headline": "Ferry stays"},
            {
                "@type": "LiveBlogPosting",
                "liveBlogUpdate": [{"@type": "BlogPosting", "headline": t} for t in UPDATES],
            },
        ]
    )
    html = (
        f'<script type="application/ld+json">{stated}</script><h1>Ferry stays</h1>'
        f"{f'<ul>{links}</ul>' if listed else ''}{above}{below}"
    )
    page = parse_page(html, "https://lantern.example/live")
    assert page is not None
    blocks = cut_into_blocks(page.root)
    update = first_update(read_structured_data(page), blocks, 0)
    about = Surroundings(title="Ferry stays", headline_position=0, first_update=update)
    return [b.text for b in choose_among([(b, 4.0) for b in blocks if not b.links], about)]


@pytest.mark.parametrize("listed", [False, True])
def test_the_text_of_a_live_blog_ends_above_its_updates(listed: bool) -> None:
    assert live_blog(SENTENCES[:3], listed=listed) == SENTENCES[:3]


def test_a_live_blog_without_a_text_of_its_own_keeps_its_updates() -> None:
    assert SENTENCES[7] in live_blog([])
