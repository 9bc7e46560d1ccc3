"""Revisions: what changed, exactly; and what is no change at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.revisions import (
    RevisionChange,
    Wording,
    classify_change,
    correction_notes,
    diff_words,
)
from tests.unit.pipelines_identity.texts import article, edited

BODY = "The council rejected the budget on Friday.\nThe mayor said 12 members voted against it."


def change(body: str, headline: str = "Budget fails") -> RevisionChange:
    return classify_change(Wording("Budget fails", BODY), Wording(headline, body))


def shown(old: str, new: str) -> str:
    marks = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}
    return "".join(marks[span.kind].format(span.text) for span in diff_words(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b c", "a b c", "a b c"),
        ("12 members voted", "14 members voted", "[-12][+14] members voted"),
        ("It rose 1.5 percent.", "It rose 2.5 percent.", "It rose [-1.5][+2.5] percent."),
        ("he did not go", "he did go", "he did [-not ]go"),
        ("one two three", "uno dos three", "[-one two][+uno dos] three"),
        ("予算案が可決された", "予算案が否決された", "予算案が[-可][+否]決された"),
        ("", "new", "[+new]"),
    ],
)
def test_a_difference_is_shown_word_by_word(old: str, new: str, expected: str) -> None:
    assert shown(old, new) == expected


@given(st.text(alphabet="ab .,\n字é", max_size=60), st.text(alphabet="ab .,\n字é", max_size=60))
def test_spans_give_both_texts_back(old: str, new: str) -> None:
    spans = diff_words(old, new)
    assert "".join(span.text for span in spans if span.kind != "added") == old
    assert "".join(span.text for span in spans if span.kind != "removed") == new


def test_long_texts_are_compared_too() -> None:
    old, new = article(1, 9000), edited(article(1, 9000), 2, 0.01)
    spans = diff_words(old, new)
    assert "".join(span.text for span in spans if span.kind != "removed") == new
    assert sum(len(span.text) for span in spans if span.kind == "same") > len(old) * 0.8


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        BODY.upper(),
        BODY.replace(" ", "  ").replace("\n", "\n\n\n"),
        BODY.replace(".", " …"),
        f"Updated 12 March 2026, 14:05\n{BODY}",
        f"Published: 12 March 2026\n{BODY}\n3 hours ago",
        f"{BODY}\n1,204 comments",
        f"{BODY}\n4 min read",
        f"{BODY}\nRead more: The mayor's five worst weeks",
        f"{BODY}\nRelated articles",
        f"{BODY}\nLesen Sie auch: Der Haushalt im Rat",
        f"{BODY}\nSubscribe to our newsletter",
    ],
)
def test_what_pages_do_by_themselves_is_trivial(body: str) -> None:
    assert change(body).kind == "trivial"


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell.",
        "Updated figures show a loss.",
        "Related costs were 12 million.",
        "Subscribers left.",
        "More on Friday, the mayor said.",
    ],
)
def test_a_sentence_that_only_begins_like_furniture_is_an_edit(line: str) -> None:
    assert change(f"{BODY}\n{line}").kind == "edit"


@pytest.mark.parametrize(
    ("body", "added", "removed"),
    [
        (BODY.replace("12", "14"), 1, 1),
        (BODY.replace("rejected", "accepted"), 1, 1),
        (BODY + "\nThe opposition cheered.", 3, 0),
        (BODY.split("\n")[0], 0, 8),
        ("\n".join(reversed(BODY.split("\n"))), 8, 8),
    ],
)
def test_an_edit_is_counted_in_words(body: str, added: int, removed: int) -> None:
    found = change(body)
    assert (found.kind, found.words_added, found.words_removed) == ("edit", added, removed)


def test_a_changed_headline_is_an_edit_of_an_unchanged_text() -> None:
    found = change(BODY, headline="Budget passes")
    assert (found.kind, found.headline_changed) == ("edit", True)
    assert change(BODY, headline="“BUDGET fails”").kind == "trivial"


def test_a_page_with_another_text_is_replaced() -> None:
    old, new = Wording("A", article(1)), Wording("A", "Sign in to go on reading this text.")
    assert classify_change(old, new).kind == "replaced"
    assert classify_change(old, Wording("A", "")).kind == "replaced"


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version misstated the vote.",
        "CORRECTION (March 12): the vote was on Friday.",
        "This article was amended on 12 March to correct the name of the mayor.",
        "Editor's note: the vote was held on Friday.",
        "Korrektur: In einer früheren Version hieß es, 14 Mitglieder hätten zugestimmt.",
        "Anmerkung der Redaktion: Der Name wurde berichtigt.",
        "Corrección: la votación fue el viernes.",
        "Rättelse: omröstningen hölls på fredagen.",
        "Исправление: голосование состоялось в пятницу.",
        "訂正：採決は金曜日でした。",
    ],
)
def test_a_new_correction_note_is_told_apart(note: str) -> None:
    found = change(f"{BODY}\n{note}")
    assert (found.kind, found.correction_added) == ("edit", note)
    old = Wording("Budget fails", f"{BODY}\n{note}")
    assert classify_change(old, Wording("Budget fails", f"{note}\n{BODY}")).correction_added is None


def test_a_stated_correction_counts_without_standing_in_the_text() -> None:
    new = Wording("Budget fails", BODY, corrections=("The vote was on Friday.",))
    found = classify_change(Wording("Budget fails", BODY), new)
    assert (found.kind, found.correction_added) == ("edit", "The vote was on Friday.")


def test_an_article_about_corrections_has_no_note() -> None:
    assert correction_notes("The ministry announced a correction of its figures.") == []


def test_a_hostile_text_takes_no_time() -> None:
    for piece in ("updated ", "a\n", "this article ", "字", " "):
        classify_change(Wording("", piece * 20_000), Wording("", "x" + piece * 19_999))
