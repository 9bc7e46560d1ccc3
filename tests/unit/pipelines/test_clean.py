"""Cleaning: what sites send becomes plain text within limits."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import DropItem

from pipelines.clean import CAPS, CleanPipeline, clean_item, clean_line, clean_text
from pipelines.items import ArticleImage
from tests.examples import NOON, claimed, make_item


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("  \t spaced \u00a0 out \u3000 ", "spaced out"),
        ("cafe\u0301", "caf\u00e9"),
        ("NUL\x00 and \x1b[31mred\x1b[0m and \x9b1m", "NUL and [31mred[0m and 1m"),
        ("\ud800half\udfff", "half"),
        ("soft\u00adhy\u200bphen\ufeff", "softhyphen"),
        ("ltr\u200e rtl\u200f alm\u061c", "ltr rtl alm"),
        ("exe.\u202egpj", "exe.gpj"),
        ("\u2066isolated\u2069", "isolated"),
        ("non\ufdd0char\uffff\ufffe", "nonchar"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that shapes a Persian word
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("one\r\ntwo\rthree\u2028four\u2029five\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("one\n\n\n  \n two", "one\ntwo"),
        ("\n\n one \n\n", "one"),
    ],
)
def test_text_is_plain_and_keeps_its_paragraphs(text: str, expected: str) -> None:
    assert clean_text(text) == expected


def test_a_line_has_no_breaks() -> None:
    assert (
        clean_line("Subject: x\r\nBcc: all@press.example\n") == "Subject: x Bcc: all@press.example"
    )


def assert_is_clean(text: str) -> None:
    assert unicodedata.is_normalized("NFC", text)
    assert not {"Cc", "Cs"} & {unicodedata.category(c) for c in text.replace("\n", "")}
    assert text == text.strip()
    assert "\n\n" not in text
    text.encode("utf-8")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_cleaned_once_and_for_all(text: str) -> None:
    cleaned = clean_text(text)

    assert_is_clean(cleaned)
    assert clean_text(cleaned) == cleaned


def test_naughty_strings_keep_their_visible_signs(shared: Path) -> None:
    path = shared / "hostile" / "pack" / "strings" / "dev" / "cases.jsonl"
    for line in path.read_text("utf-8").splitlines():
        text = json.loads(line)["input"]
        cleaned = clean_text(text)

        assert_is_clean(cleaned)
        assert visible(cleaned) == visible(text)


def visible(text: str) -> str:
    signs = (c for c in text if unicodedata.category(c)[0] not in "CZ")
    return unicodedata.normalize("NFC", "".join(signs))


# ---------------------------------------------------------------- caps


@pytest.mark.parametrize("name", sorted(set(CAPS) - {"url"}))
def test_a_text_beyond_its_cap_is_cut_and_flagged(name: str) -> None:
    cap = CAPS[name]

    item = clean_item(make_item(**{name: "x" * (cap + 1)}))

    assert len(getattr(item, name)) == cap
    assert item.cut_fields == [name]


@pytest.mark.parametrize("name", sorted(set(CAPS) - {"url"}))
def test_a_text_at_its_cap_is_left_alone(name: str) -> None:
    item = clean_item(make_item(**{name: "x" * CAPS[name]}))

    assert len(getattr(item, name)) == CAPS[name]
    assert item.cut_fields == []


def test_lists_are_cut_cleaned_and_without_repeats() -> None:
    item = clean_item(
        make_item(
            authors=[" Jane\x00 Doe ", "Jane Doe", "", "\u200b", *(f"A{n}" for n in range(99))],
            keywords=["k" * 10_000],
            images=[ArticleImage(f"https://i.example/{n}") for n in range(99)],
        )
    )

    assert item.authors[:2] == ["Jane Doe", "A0"]
    assert len(item.authors) == 50
    assert len(item.keywords[0]) == 500
    assert len(item.images) == 20


def test_images_and_raw_dates_are_one_line_each() -> None:
    item = clean_item(
        make_item(
            images=[ArticleImage("https://i.example/\n1.jpg", " The\nharbour ", "\u200b")],
            date_published=claimed(NOON, raw="23\x00.11.\n2026" + "x" * 999),
        )
    )

    assert item.images == [ArticleImage("https://i.example/ 1.jpg", "The harbour", None)]
    assert item.date_published is not None
    assert item.date_published.at == NOON
    assert item.date_published.raw.startswith("23.11. 2026xxx")
    assert len(item.date_published.raw) == 200


@pytest.mark.parametrize("name", sorted(set(CAPS) - {"headline", "article_body", "url"}))
def test_an_optional_text_without_a_visible_sign_is_none(name: str) -> None:
    assert getattr(clean_item(make_item(**{name: " \u200b\x00\n"})), name) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"headline": " \u200b "}, "no headline: https://valleypost.example/"),
        ({"article_body": "\n\x00\n"}, "no article body: https://valleypost.example/"),
    ],
)
def test_what_has_no_headline_or_body_is_dropped(change: dict[str, str], told: str) -> None:
    with pytest.raises(DropItem, match=told):
        CleanPipeline().process_item(make_item(**change))
