"""A site gets a new look: nobody edited its articles. Who edits one meanwhile is told of."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.items import ArticleItem
from pipelines.storage.edits import edits_of
from pipelines.storage.models import Article, Revision
from pipelines.storage.source_history import told_changes
from pipelines.storage.watch_models import Alert, Delivery, Watch
from tests.examples import NOON, at, make_item
from tests.integration.test_match import Desk, make_watch

Sessions = sessionmaker[Session]
Words = tuple[str, list[str]]
Look = Callable[[int, str, list[str]], Words]
ARTICLES = 8
SIGN_UP = "Never miss what the council decides about your street: get our letter every morning."
TIP = "Have you seen something that we should know? Write to our desk and tell us about it."
DISCLAIMER = "This text may hold links for which we are paid."


def write(number: int) -> Words:
    """Headline and paragraphs of an article that shares no words with the others."""
    dice = random.Random(number)

    def words(count: int) -> str:
        made = ("".join(dice.choices("bdfgklmnprstvaeiou", k=7)) for _ in range(count))
        return " ".join(made).capitalize()

    return words(6), [f"{words(14)} the {words(9)}." for _ in range(5)]


def shown(number: int, minute: float, look: Look | None = None, **fields: object) -> ArticleItem:
    headline, texts = write(number)
    if look is not None:
        headline, texts = look(number, headline, texts)
    values = {
        "headline": headline,
        "article_body": "\n".join(texts),
        "fetched_at": at(minute),
        "listed_headline": None,
    }
    values.pop("listed_headline")
    return make_item(f"/2026/{number}-story-with-a-long-slug", **(values | fields))


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    again = {"headline": True, "correction": True, "removed": ["standing"]}
    return Desk(
        sessions,
        make_watch("all", query="the", again=again),
        make_watch("edited", query="revised:"),
        make_watch("headlines", query="headline_changed:"),
    )


def store_all(desk: Desk, minute: float, look: Look | None = None, but_not: int = -1) -> None:
    desk.now = at(minute)
    for number in range(ARTICLES):
        if number != but_not:
            desk.store(shown(number, minute + number / 100, look))


def told_edits(desk: Desk) -> list[tuple[str, int]]:
    with desk.sessions() as session:
        query = select(Watch.slug, Alert.article_id).join(Watch).where(Alert.reason != "new")
        return [
            (slug, article_id) for slug, article_id in session.execute(query.order_by(Alert.id))
        ]


def revisions(desk: Desk) -> int:
    with desk.sessions() as session:
        query = select(func.count()).select_from(Revision).where(Revision.number > 1)
        return session.scalar(query) or 0


def history(desk: Desk) -> list[str]:
    with desk.sessions() as session:
        return [change.told for change in told_changes(session, slugs=["valley-post"])]


def with_stale(texts: list[str]) -> list[str]:
    return [DISCLAIMER, *texts, "Read by 3 standing readers today"]


NEW_LOOKS: dict[str, Look] = {
    "kicker": lambda n, headline, texts: (f"Politics: {headline}", texts),
    "kickers by section": lambda n, headline, texts: (
        f"{('Politics', 'Sport', 'Arts and ideas')[n % 3]} | {headline}",
        texts,
    ),
    "name behind the headline": lambda n, headline, texts: (f"{headline} - The Valley Post", texts),
    "standing paragraphs": lambda n, headline, texts: (headline, [*texts, SIGN_UP, TIP]),
    "disclaimer above": lambda n, headline, texts: (headline, [DISCLAIMER, *texts]),
    "cookies within": lambda n, headline, texts: (
        headline,
        [*texts[:2], "We use cookies to show you what you like.", *texts[2:]],
    ),
    "counter": lambda n, headline, texts: (headline, [f"{n + 12} people are at this page", *texts]),
    "date line": lambda n, headline, texts: (
        headline,
        [f"Westhaven, {n + 1} November 2026, 14:0{n} o'clock", *texts],
    ),
    "words behind the last": lambda n, headline, texts: (
        headline,
        [*texts[:-1], f"{texts[-1]} Follow our desk on all channels."],
    ),
    "place before the first": lambda n, headline, texts: (
        headline,
        [f"WESTHAVEN (Post) - {texts[0]}", *texts[1:]],
    ),
    "all of it": lambda n, headline, texts: (
        f"Politics / {headline}",
        [DISCLAIMER, *texts, SIGN_UP, TIP],
    ),
}


@pytest.mark.parametrize("look", NEW_LOOKS.values(), ids=NEW_LOOKS)
def test_a_redesign_edits_nothing(desk: Desk, look: Look) -> None:
    store_all(desk, 0)

    for minute in (20, 40, 60):
        store_all(desk, minute, look)

    assert (revisions(desk), told_edits(desk)) == (0, [])
    assert len(history(desk)) == 1
    assert history(desk)[0].startswith("the site changed, in these words on several articles: “")
    with desk.sessions() as session:
        for article in session.scalars(select(Article)):
            headline, texts = write(int(article.url.rpartition("/")[2].split("-")[0]))
            assert (article.headline, article.article_body) == (headline, "\n".join(texts))
            assert edits_of(session, article.id) == {"removed": [], "added": []}
        orphans = select(Delivery.id).where(Delivery.alert_id.not_in(select(Alert.id)))
        assert list(session.scalars(orphans)) == []


@pytest.mark.parametrize("look", NEW_LOOKS.values(), ids=NEW_LOOKS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_is_taken_from_all_articles_edits_none(desk: Desk, look: Look) -> None:
    store_all(desk, 0, look)

    for minute in (20, 40):
        store_all(desk, minute)

    assert (revisions(desk), told_edits(desk)) == (0, [])


def edited(texts: list[str]) -> list[str]:
    return [texts[0], "Nobody had told the mayor, she said on Monday evening.", *texts[2:]]


@pytest.mark.parametrize("edited_number", [0, 1, 5])
@pytest.mark.parametrize("look", NEW_LOOKS.values(), ids=NEW_LOOKS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_edit_in_the_same_look_as_a_redesign_is_an_edit(
    desk: Desk, look: Look, edited_number: int
) -> None:
    store_all(desk, 0)

    def with_edit(number: int, headline: str, texts: list[str]) -> Words:
        return look(number, headline, edited(texts) if number == edited_number else texts)

    for minute in (20, 40):
        store_all(desk, minute, with_edit)

    assert revisions(desk) == 1
    assert {article for slug, article in told_edits(desk) if slug == "edited"} == {
        edited_number + 1
    }


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_edit_after_a_redesign_shows_what_was_edited_alone(desk: Desk) -> None:
    look = NEW_LOOKS["all of it"]
    store_all(desk, 0)
    store_all(desk, 20, look)

    desk.store(shown(3, 40, lambda n, headline, texts: look(n, headline, edited(texts))))

    with desk.sessions() as session:
        edits = edits_of(session, 4)
        assert "headline_after" not in edits
        assert "mayor" in " ".join(edits["added"])
        assert "street" not in " ".join(edits["added"])
    assert told_edits(desk) == [("edited", 4)]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_look_at_an_old_article_long_after_the_redesign_edits_nothing(desk: Desk) -> None:
    look = NEW_LOOKS["all of it"]
    store_all(desk, 0)
    store_all(desk, 20, look, but_not=7)

    desk.store(shown(7, 60 * 24 * 3, look))

    assert (revisions(desk), told_edits(desk)) == (0, [])


@pytest.mark.parametrize("new", [False, True], ids=["known articles", "new articles"])
def test_a_redesign_that_reading_soon_leaves_out_edits_nothing(desk: Desk, new: bool) -> None:
    """What repeats is left out of the third article: the first two were no edits either."""
    look = NEW_LOOKS["standing paragraphs"]
    store_all(desk, 0)
    desk.store(shown(0, 20, look))
    desk.store(shown(1, 25, look))
    assert revisions(desk) == 2

    desk.store(shown(ARTICLES if new else 2, 120, lines_beside=["Most read", SIGN_UP, TIP]))
    desk.store(shown(0, 140, lines_beside=[SIGN_UP, TIP]))

    assert (revisions(desk), told_edits(desk)) == (0, [])
    assert len(history(desk)) == 1


# ---------------------------------------------------------------- what is no redesign


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_paragraph_that_other_pages_tease_is_an_edit_of_its_article(desk: Desk) -> None:
    store_all(desk, 0)
    desk.store(shown(0, 20, lambda n, headline, texts: (headline, [*texts, SIGN_UP])))

    desk.store(shown(1, 30, lines_beside=[SIGN_UP]))

    assert revisions(desk) == 1


NOTE = "Correction: an earlier version of this article misstated the size of the levy."
EDITS: dict[str, Look] = {
    "a correction in three copies": lambda n, headline, texts: (headline, [*texts, NOTE]),
    "each its own": lambda n, headline, texts: (headline, [*texts, write(100 + n)[1][0]]),
    "a name within": lambda n, headline, texts: (
        headline,
        [texts[0].replace(" the ", " the late Mr Doe and the "), *texts[1:]],
    ),
    "other headlines": lambda n, headline, texts: (write(200 + n)[0], texts),
}


@pytest.mark.parametrize("look", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_people_write_into_several_articles_is_an_edit_of_each(desk: Desk, look: Look) -> None:
    store_all(desk, 0)

    store_all(desk, 20, look)

    assert revisions(desk) == ARTICLES
    assert [a for slug, a in told_edits(desk) if slug == "edited"] == list(range(1, ARTICLES + 1))
    assert history(desk) == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_two_articles_alike_or_weeks_apart_are_two_edits(desk: Desk) -> None:
    look = NEW_LOOKS["standing paragraphs"]
    store_all(desk, 0)

    for day in range(4):
        desk.store(shown(day, 60 * 25 * day + 20, look))

    assert revisions(desk) == 4


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_update_of_one_story_in_three_articles_is_an_edit_of_each(desk: Desk) -> None:
    store_all(desk, 0)
    with desk.sessions.begin() as session:
        for article in session.scalars(select(Article)):
            article.story_id = 1

    store_all(
        desk, 20, lambda n, headline, texts: (headline, [*texts, "The mayor resigned later."])
    )

    assert revisions(desk) == ARTICLES


def test_what_was_sent_stays_told(desk: Desk) -> None:
    look = NEW_LOOKS["standing paragraphs"]
    store_all(desk, 0)
    desk.store(shown(0, 20, look))
    with desk.sessions.begin() as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.state, delivery.delivered_at = "delivered", NOON + timedelta(minutes=21)

    store_all(desk, 40, look)

    assert revisions(desk) == 0
    assert [article for slug, article in told_edits(desk) if slug == "edited"] == [1]

    desk.store(shown(0, 60, lambda n, headline, texts: look(n, headline, edited(texts))))

    assert [article for slug, article in told_edits(desk) if slug == "edited"] == [1, 1]
