"""Revisions: each wording once, none for what no reader would call a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.items import PAGE_IN_PART
from pipelines.seen_wordings import REMEMBERED
from pipelines.storage.copy_models import TextPrint
from pipelines.storage.models import Article, Revision
from pipelines.storage.search import SearchQuery, search_articles
from pipelines.store import store_article
from tests.examples import BODY, at, make_item

Sessions = sessionmaker[Session]
LATER = BODY + "\nThe mayor resigned on Friday after the vote."
ANOTHER_PAGE = "\n".join(
    f"Cookie notice {n}: partners of this website would like to store information." for n in "abcd"
)


def look(sessions: Sessions, minutes: float, body: str = BODY, **fields: Any) -> str:
    item = make_item(article_body=body, fetched_at=at(minutes), **fields)
    with sessions.begin() as session:
        return store_article(session, item).outcome


def article(sessions: Sessions) -> Article:
    with sessions() as session:
        return session.scalars(select(Article)).one()


def kept(sessions: Sessions) -> list[Revision]:
    with sessions() as session:
        return list(session.scalars(select(Revision).order_by(Revision.number)))


@pytest.mark.parametrize(
    "body",
    [
        BODY.upper(),
        BODY.replace("\n", "\n\n"),
        BODY + "\nUpdated 23 November 2026 12:40",
        BODY + "\n1.2K comments",
        "Advertisement\n" + BODY,
        BODY + "\nRead more: Harbour levy explained",
    ],
)
def test_what_no_reader_calls_a_change_is_no_revision(sessions: Sessions, body: str) -> None:
    look(sessions, 0)
    assert look(sessions, 15, body) == "known"
    (only,) = kept(sessions)
    assert only.last_seen_at == at(15)
    assert article(sessions).article_body == BODY


@pytest.mark.parametrize("first", [BODY.split("\n")[0], BODY])
def test_the_rest_of_a_page_that_was_shown_in_part_is_no_edit(
    sessions: Sessions, first: str
) -> None:
    assert look(sessions, 0, first, cut_fields=[PAGE_IN_PART]) == "new"
    assert look(sessions, 15, LATER, cut_fields=[PAGE_IN_PART]) == "known"  # it decides nothing
    assert article(sessions).article_body == first
    assert look(sessions, 30, BODY) == "completed"
    (only,) = kept(sessions)
    assert (only.kind, only.article_body, only.observed_at) == ("first", BODY, at(30))
    now = article(sessions)
    assert (now.article_body, now.cut_fields) == (BODY, [])
    assert look(sessions, 45, first, cut_fields=[PAGE_IN_PART]) == "known"
    assert look(sessions, 60, LATER) == "revision"
    assert [row.kind for row in kept(sessions)] == ["first", "edit"]


def test_another_text_in_place_of_a_page_shown_in_part_is_judged_as_ever(
    sessions: Sessions,
) -> None:
    look(sessions, 0, BODY, cut_fields=[PAGE_IN_PART])
    assert look(sessions, 15, ANOTHER_PAGE) == "revision"
    assert [row.kind for row in kept(sessions)] == ["first", "replaced"]
    assert article(sessions).article_body == BODY


def test_a_paragraph_that_is_still_on_the_page_was_not_removed(sessions: Sessions) -> None:
    standfirst = "Merchants ask where the fish is to go."
    look(sessions, 0, f"{standfirst}\n{BODY}")
    assert look(sessions, 15, BODY, lines_beside=[standfirst, "Sport"]) == "known"
    assert look(sessions, 30, LATER, lines_beside=[standfirst, BODY.split("\n")[0]]) == "revision"
    assert look(sessions, 45, f"{standfirst}\n{LATER}", lines_beside=["Sport"]) == "revision"


def test_a_revision_says_what_changed(sessions: Sessions) -> None:
    look(sessions, 0)
    look(sessions, 15, LATER)
    buried = "Council buries harbour levy"
    look(sessions, 30, LATER, headline=buried)
    note = "\nCorrection: the vote was on Friday, not on Thursday."
    look(sessions, 45, LATER + note, headline=buried)

    assert [(r.kind, r.headline_changed, r.correction_added) for r in kept(sessions)] == [
        ("first", False, False),
        ("edit", False, False),
        ("edit", True, False),
        ("edit", False, True),
    ]


def test_a_correction_note_beside_the_text_is_a_revision_once(sessions: Sessions) -> None:
    note = "Correction: the vote was on Friday, not on Thursday."
    look(sessions, 0, page_key="one")
    assert look(sessions, 15, corrections=[note], page_key="one") == "revision"
    for minutes in (30, 60):
        assert look(sessions, minutes, corrections=[note], page_key="one") == "known"
        assert look(sessions, minutes + 15, page_key="one") == "known"
    assert [r.correction_added for r in kept(sessions)] == [False, True]


def test_a_replaced_page_is_kept_and_leaves_the_article_its_wording(sessions: Sessions) -> None:
    look(sessions, 0)
    before = article(sessions)

    day = 24 * 60
    assert look(sessions, 15, ANOTHER_PAGE, headline="Your privacy") == "unconfirmed"
    assert look(sessions, 30, ANOTHER_PAGE, headline="Your privacy") == "unconfirmed"
    assert look(sessions, 16 + day, ANOTHER_PAGE, headline="Your privacy") == "revision"
    assert look(sessions, 30 + day, ANOTHER_PAGE, headline="Your privacy") == "known"
    assert look(sessions, 45 + day) == "known"  # the article is back

    after = article(sessions)
    assert (after.headline, after.article_body) == (before.headline, before.article_body)
    assert [r.kind for r in kept(sessions)] == ["first", "replaced"]
    assert kept(sessions)[0].last_seen_at == at(45 + day)
    with sessions() as session:
        assert search_articles(session, SearchQuery(words="cookie")) == []
        assert len(session.scalars(select(TextPrint)).all()) == 1


def test_an_edit_after_a_replaced_page_is_told_from_the_last_good_wording(
    sessions: Sessions,
) -> None:
    look(sessions, 0)
    look(sessions, 15, ANOTHER_PAGE)
    look(sessions, 30, LATER)

    assert [r.kind for r in kept(sessions)] == ["first", "replaced", "edit"]
    assert article(sessions).article_body == LATER


def test_two_servers_that_show_two_wordings_in_turns_make_two_revisions(
    sessions: Sessions,
) -> None:
    look(sessions, 0)
    for turn in range(1, 13):
        look(sessions, 15 * turn, LATER if turn % 2 else BODY)

    first, second = kept(sessions)
    assert (first.last_seen_at, second.last_seen_at) == (at(180), at(165))
    assert article(sessions).article_body == LATER  # the newer of the two


def test_an_edit_that_is_taken_back_is_taken_back_here(sessions: Sessions) -> None:
    look(sessions, 0)
    look(sessions, 15, LATER)
    look(sessions, 30)
    assert article(sessions).article_body == LATER
    look(sessions, 45)

    assert article(sessions).article_body == BODY
    assert len(kept(sessions)) == 2
    with sessions() as session:
        assert search_articles(session, SearchQuery(words="mayor resigned")) == []


def test_a_wording_of_long_ago_is_new_when_it_comes_back(sessions: Sessions) -> None:
    late = REMEMBERED / timedelta(minutes=1) + 30
    look(sessions, 0)
    look(sessions, 15, LATER)
    look(sessions, late)
    assert [r.number for r in kept(sessions)] == [1, 2, 3]


def test_every_wording_of_a_ticker_is_kept(sessions: Sessions) -> None:
    bodies = [BODY]
    for turn in range(40):
        look(sessions, turn * 10, bodies[-1])
        bodies.append(f"{bodies[-1]}\nAt {turn} the mayor said words never said: {'so ' * turn}.")
    for minutes in (400, 415, 400 + 24 * 60):
        look(sessions, minutes, bodies[-1], page_key="last")

    rows = kept(sessions)
    assert [row.article_body for row in rows] == bodies
    assert rows[-2].last_seen_at == at(390)
    assert rows[-1].last_seen_at == at(400 + 24 * 60)


def test_the_wording_that_an_earlier_release_did_not_keep_becomes_one(sessions: Sessions) -> None:
    look(sessions, 0)
    look(sessions, 15, LATER, page_key="late")
    with sessions.begin() as session:  # the day's limit of wordings was reached
        session.execute(delete(Revision).where(Revision.number == 2))

    assert look(sessions, 60, LATER, page_key="late") == "revision"
    assert [row.article_body for row in kept(sessions)] == [BODY, LATER]
    assert kept(sessions)[0].last_seen_at == at(0)


def test_a_wall_before_an_article_takes_nothing_away(sessions: Sessions) -> None:
    whole = BODY + "\n" + LATER.replace("council", "assembly")
    look(sessions, 0, whole)
    first_lines = "\n".join(whole.split("\n")[:4])
    assert look(sessions, 15, first_lines, is_accessible_for_free=False) == "known"
    assert article(sessions).article_body == whole


@pytest.mark.parametrize("closed", [False, None])
def test_a_teaser_is_no_other_article(sessions: Sessions, closed: bool | None) -> None:
    whole = "\n".join(f"{line} Part {part}." for part in range(6) for line in BODY.split("\n"))
    look(sessions, 0, whole)
    teaser = whole.split("\n")[0]
    for minutes in (15, 30, 45):
        assert look(sessions, minutes, teaser, is_accessible_for_free=closed) == "known"
    assert article(sessions).article_body == whole
    assert [(row.kind, row.last_seen_at) for row in kept(sessions)] == [("first", at(0))]


def test_a_teaser_that_was_seen_first_does_not_come_back(sessions: Sessions) -> None:
    teaser = BODY.split("\n")[0]
    look(sessions, 0, teaser, is_accessible_for_free=False)
    look(sessions, 15)
    for minutes in (30, 45, 60):
        look(sessions, minutes, teaser, is_accessible_for_free=False)
    assert article(sessions).article_body == BODY


# Each server shows a wording of its own; A is the oldest. What stays at the end is what the
# last looks in a row have shown.
TURNS = [
    ("ABAABB", "B"),
    ("ABAABBBBB", "B"),
    ("ABBABAA", "A"),
    ("ABABAB", "B"),
    ("ABCABCABCAA", "A"),
    ("ABCCABBCC", "C"),
    ("ABCBBAACC", "C"),
    ("ABABCCBBAA", "A"),
]


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize(("shown", "last"), TURNS)
def test_servers_that_take_turns_end_with_what_stays(
    sessions: Sessions, shown: str, last: str, keyed: bool
) -> None:
    texts = {"A": BODY, "B": LATER, "C": LATER.replace("resigned", "stayed")}
    for turn, name in enumerate(shown):
        more = {"page_key": name} if keyed else {}
        look(sessions, turn * 15, texts[name], **more)

    assert article(sessions).article_body == texts[last]
    assert {row.article_body: row.last_seen_at for row in kept(sessions)} == {
        texts[name]: at(shown.rindex(name) * 15) for name in set(shown)
    }


def test_a_clock_that_was_set_back_moves_no_wording_s_time_back(sessions: Sessions) -> None:
    for minutes, body in ((600, BODY), (615, LATER), (0, LATER), (15, LATER)):
        look(sessions, minutes, body)
    assert [row.last_seen_at for row in kept(sessions)] == [at(600), at(615)]
    assert article(sessions).article_body == LATER
