"""Stories: articles of one event come together, one at a time, and an analyst's hand stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.stories import StoryIndex

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
FERRY = (
    ("Ferry Aurora runs aground off Port Alder", "The ferry Aurora ran aground on Kestrel reef."),
    ("Aurora passengers taken off Kestrel reef", "Lifeboats took passengers off the Aurora ferry."),
    ("Kestrel reef: Aurora captain questioned", "The captain of the ferry Aurora was questioned."),
)
BUDGET = (
    (
        "Norland council rejects Halvorsen budget",
        "Mayor Halvorsen lost the budget vote in Norland.",
    ),
    (
        "Halvorsen to present second budget",
        "Norland's mayor Halvorsen will present a budget again.",
    ),
)


def filled(*groups: tuple[tuple[str, str], ...]) -> StoryIndex:
    index = StoryIndex()
    number = 0
    for group in groups:
        for headline, body in group:
            index.assign(
                number,
                headline,
                body,
                seen_at=NOON + timedelta(minutes=number),
                new_story_id=number,
            )
            number += 1
    return index


def test_articles_of_one_event_share_a_story_and_others_do_not() -> None:
    index = filled(FERRY, BUDGET)
    assert [index.story_of(number) for number in range(5)] == [0, 0, 0, 3, 3]


def test_a_match_names_the_words_that_decided() -> None:
    index = filled(FERRY[:1])
    match = index.find(index.read(*FERRY[1]))
    assert match is not None
    assert match.story_id == 0
    assert {"aurora", "kestrel", "ferry"} & {word for word, _ in match.terms[:3]}
    assert sum(share for _, share in match.terms) <= 1.01


def test_a_copy_enters_the_story_of_its_original_whatever_its_headline() -> None:
    index = filled(FERRY, BUDGET)
    placed = index.assign(
        9, "Morning briefing", "", seen_at=NOON + timedelta(hours=1), new_story_id=9, copy_of=4
    )
    assert placed.story_id == 3


def test_a_story_ends_with_the_window() -> None:
    index = filled(FERRY)
    later = NOON + timedelta(hours=73)
    placed = index.assign(9, *FERRY[0], seen_at=later, new_story_id=9)
    assert placed.match is None
    assert len(index) == 1
    assert index.story_of(0) is None


def test_two_stories_that_grow_alike_become_one_under_the_older_name() -> None:
    index = StoryIndex()
    for number, story_id in ((0, 0), (1, 1)):  # begun apart, as two rows say
        index.restore(number, *FERRY[0], seen_at=NOON, story_id=story_id)
    placed = index.assign(2, *FERRY[0], seen_at=NOON, new_story_id=2)
    assert placed.story_id == 0
    assert placed.absorbed == (1,)
    assert {index.story_of(number) for number in range(3)} == {0}


def test_what_an_analyst_split_is_not_merged_again() -> None:
    index = filled(FERRY)
    index.move(0, 7)
    index.pin(7)
    placed = index.assign(9, *FERRY[2], seen_at=NOON + timedelta(hours=1), new_story_id=9)
    assert placed.absorbed == ()
    assert index.story_of(0) == 7
    assert index.story_of(1) == 0


def test_what_an_analyst_merged_draws_later_articles() -> None:
    index = filled(FERRY, BUDGET)
    index.merge(3, into=0)
    placed = index.assign(9, *BUDGET[0], seen_at=NOON + timedelta(hours=1), new_story_id=9)
    assert placed.story_id == 0


def test_an_index_rebuilt_from_rows_decides_alike() -> None:
    index, rebuilt = filled(FERRY, BUDGET), StoryIndex()
    for number, (headline, body) in enumerate((*FERRY, *BUDGET)):
        story_id = index.story_of(number)
        assert story_id is not None
        rebuilt.restore(
            number, headline, body, seen_at=NOON + timedelta(minutes=number), story_id=story_id
        )
    for headline, body in (*FERRY, *BUDGET):
        assert rebuilt.find(rebuilt.read(headline, body)) == index.find(index.read(headline, body))


def test_two_articles_are_compared_on_request() -> None:
    index = filled(FERRY, BUDGET)
    alike, different = index.explain(0, 1), index.explain(0, 3)
    assert alike is not None
    assert different is not None
    assert alike.score > different.score
    assert index.explain(0, 99) is None


@pytest.mark.parametrize("headline", ["", "the of and", "!!!"])
def test_an_article_without_telling_words_opens_a_story_of_its_own(headline: str) -> None:
    index = filled(FERRY)
    placed = index.assign(9, headline, "", seen_at=NOON + timedelta(hours=1), new_story_id=9)
    assert placed == type(placed)(story_id=9, match=None)


@pytest.mark.parametrize(
    ("one", "other", "third"),
    [
        ("国会で来年度予算案が可決された", "予算案、国会で可決 来年度", "大型台風が沖縄に接近"),
        ("Наводнение: сотни эвакуированы", "Наводнение отступает, эвакуированы", "Выборы в Вязе"),
    ],
)  # fmt: skip
def test_other_scripts_group_too(one: str, other: str, third: str) -> None:
    index = filled(((one, ""), (other, ""), (third, "")))
    assert [index.story_of(number) for number in range(3)] == [0, 0, 2]
