"""Fingerprints: stable, order matters, every script, any length."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.copies import compare
from pipelines.fingerprint import ANCHORS, PAIR_SKETCH, SKETCH, Fingerprint, fingerprint
from tests.unit.pipelines_identity.texts import article


def test_a_fingerprint_never_changes_between_releases() -> None:
    text = fingerprint("The harbour council voted on Friday for a budget of 12.5 million.")
    assert text.shingles == 9
    assert text.sketch[:2] == (33643754650139, 47420229223087)
    assert len(text.numbers) == 1


def test_layout_and_case_make_no_difference() -> None:
    text = article(1)
    assert fingerprint(text) == fingerprint(text.upper().replace(" ", "  ").replace(".", " — "))


def test_the_order_of_words_makes_one() -> None:
    words = article(2).split()
    random.Random(3).shuffle(words)
    assert compare(fingerprint(article(2)), fingerprint(" ".join(words))).jaccard < 0.05


@pytest.mark.parametrize("words", [0, 1, 4, 5, 6, 127, 128, 132, 300, 4091, 4092, 4096, 4100, 9000])
def test_any_length_is_sketched_and_counted(words: int) -> None:
    text = " ".join(f"w{number}" for number in range(words))
    made = fingerprint(text)
    assert made.shingles == max(0, words - 4)
    assert len(made.sketch) == min(SKETCH, made.shingles)
    assert len(made.pairs) == (min(PAIR_SKETCH, words - 1) if words >= 5 else 0)
    assert len(made.anchors) == min(ANCHORS, made.shingles)
    assert list(made.sketch) == sorted(set(made.sketch))


def test_the_parts_of_a_long_text_join_without_a_seam() -> None:
    words = [f"w{number}" for number in range(9000)]
    whole, later = fingerprint(" ".join(words)), fingerprint(" ".join(words[1:]))
    assert compare(whole, later).jaccard > 0.97


def test_every_long_cut_of_a_text_keeps_an_anchor() -> None:
    missed = 0
    for seed in range(50):
        words = article(seed, 400).split()
        whole = fingerprint(" ".join(words))
        for cut in (words[:120], words[150:270], words[-120:]):
            missed += not set(whole.anchors) & set(fingerprint(" ".join(cut)).looked_up)
    assert missed <= 1


def test_repetition_counts_once() -> None:
    once, thrice = fingerprint(article(5)), fingerprint("\n".join([article(5)] * 3))
    assert thrice.shingles == pytest.approx(once.shingles, rel=0.05)
    assert compare(once, thrice).containment == 1


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (
            "国会は金曜日に来年度予算案を賛成多数で可決し、首相は成果を強調した。",
            "野党は反対した。",
        ),
        ("สภาผู้แทนราษฎรลงมติผ่านร่างงบประมาณประจำปีเมื่อวันศุกร์", " ฝ่ายค้านคัดค้าน"),
        ("संसद ने शुक्रवार को अगले वर्ष के बजट को बहुमत से मंज़ूरी दी", " विपक्ष ने विरोध किया"),
    ],
)
def test_scripts_without_spaces_are_recognised_too(text: str, added: str) -> None:
    alike = compare(fingerprint(text), fingerprint(text + added))
    assert alike.containment == 1
    assert 0 < alike.jaccard < 1


@given(st.text(max_size=400))
def test_any_text_has_a_fingerprint_that_survives_storage(text: str) -> None:
    made = fingerprint(text)
    assert Fingerprint.from_bytes(made.to_bytes()) == made


@pytest.mark.parametrize("stored", [b"", b"\x02" + bytes(9), b"\x01\x05\x00\x00" + bytes(8)])
def test_what_is_not_a_fingerprint_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError):
        Fingerprint.from_bytes(stored)
