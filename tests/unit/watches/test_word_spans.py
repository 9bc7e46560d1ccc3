"""Words and their places agree, in any text whatever."""

from __future__ import annotations

from itertools import pairwise
from unicodedata import combining

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.word_spans import glued_words, spelled, text_spellings, text_words, word_spans

_MIXED = st.text(
    "aB1 .,、。'-&あ漢ラ゙\u200c\u0640ﬁ½①№™ßİ가กาंक्षe\u0301\u3099Ø\n「」_·…\u0300", max_size=14
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O’Neill's AT&T, U.S.", ["o", "neill", "s", "at", "t", "u", "s"]),
        ("Łódź Straße ÆSIR naïve", ["lodz", "strasse", "aesir", "naive"]),
        ("北京AI技术", ["北", "京", "ai", "技", "术"]),
        ("می‌خواهم محـمد", ["میخواهم", "محمد"]),
        ("½ ﬁn", ["1", "2", "fin"]),
        ("—…“ ”", []),
    ],
)
def test_words_are_folded_alike(text: str, expected: list[str]) -> None:
    assert text_words(text) == expected


@given(st.text(max_size=40) | _MIXED)
def test_words_and_places_agree(text: str) -> None:
    spans = word_spans(text)
    assert [span.word for span in spans] == text_words(text)
    assert len(text_spellings(text)) == len(spans)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)


def test_words_and_places_agree_for_every_character() -> None:
    for code in range(0x80, 0x1FB00):
        text = f"a {chr(code)} b"
        if not 0xD800 <= code < 0xE000:
            assert [span.word for span in word_spans(text)] == text_words(text), hex(code)


@given(st.text(max_size=30) | _MIXED)
@example("\u0e00\u0640\u0300\u1000")
def test_words_of_one_chunk_have_no_gap_between_them(text: str) -> None:
    spans = word_spans(text)
    joiners = "\u200c\u200d\u0640"  # no letters, and no gap either; nor is a mark that follows one
    gaps = [text[before.end : after.start] for before, after in pairwise(spans)]
    touching = [all(sign in joiners or combining(sign) for sign in gap) for gap in gaps]
    assert glued_words(text) == [*touching, False][: len(spans)]


@given(st.text(max_size=30))
def test_folding_folded_words_changes_nothing(text: str) -> None:
    words = text_words(text)
    assert text_words(" ".join(words)) == words


def test_a_spelling_keeps_its_case_and_drops_its_accents() -> None:
    assert spelled("Ślązak") == "Slazak"
    assert spelled("US") != spelled("us")
