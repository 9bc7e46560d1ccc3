"""Tokens in a source's addresses: learnt once, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from crawler.commands.sources_memory import show_memory
from crawler.config import DatabaseOptions, Options
from crawler.extraction.site_memory import SiteMemory
from pipelines.aliases_repair import drop_broken_aliases
from pipelines.looks import LookResult, SourceLesson
from pipelines.relaunch import note_relaunch
from pipelines.storage.address_noise import noise_of
from pipelines.storage.history_models import SourceChange
from pipelines.storage.lessons import save_lesson
from pipelines.storage.models import Article, ArticleUrl, ListedLink, Visit
from pipelines.storage.source_history import told_changes
from pipelines.storage.sources import find_source
from pipelines.storage.visits import record_look
from pipelines.store import store_article
from tests.examples import at, make_item, make_link, make_look

Sessions = sessionmaker[Session]
Form = Callable[[int, int], str]
THINGS = ("harbour", "ferry", "budget", "orchard", "tram", "library", "bridge", "market")
FORMS: dict[str, Form] = {
    "token": lambda n, look: f"/2026/{THINGS[n]}-slug?token=t{look}x{n}",
    "one for all": lambda n, look: f"/2026/{THINGS[n]}-slug?sid={look}",
    "with an id": lambda n, look: f"/story?id={n}&cb={look}{n}",
    "two": lambda n, look: f"/2026/{THINGS[n]}-slug?cb={look}{n}&sid=s{look}",
    "in the path": lambda n, look: f"/r/a8{look}b{n}c92d/{THINGS[n]}-slug",
    "behind the slug": lambda n, look: f"/r/{THINGS[n]}-slug-a8{look}b{n}c92d.html",
    "before a step": lambda n, look: f"/s-a8{look}b{n}c92d/{THINGS[n]}-slug",
    "without a name": lambda n, look: f"/2026/{THINGS[n]}-slug?17{look}99{n}",
    "behind a semicolon": lambda n, look: f"/2026/{THINGS[n]}-slug.html;s=a8{look}b{n}c92d",
}


def text_of(n: int) -> str:
    return "\n".join(
        f"The {THINGS[n]} was spoken of in hour {h}, and {THINGS[n]}{h} stood beside {h * n}."
        for h in range(8)
    )


def look(sessions: Sessions, form: Form, number: int, **link: Any) -> LookResult:
    """Look, and store what is worth fetching."""
    minute = 15.0 * number
    links = tuple(
        make_link(form(n, number), position=n, headline=f"News of {name} today", **link)
        for n, name in enumerate(THINGS)
    )
    if "guid" in link:
        links = tuple(
            make_link(x.url, position=x.position, headline=x.headline, guid=f"g{x.position}")
            for x in links
        )
    with sessions.begin() as session:
        result = record_look(session, make_look(minute=minute, links=links))
    for found in result.to_fetch:
        n = THINGS.index((found.link.headline or "").split()[2])
        with sessions.begin() as session:
            item = make_item(
                url=found.link.url, requested_url=found.link.url, listed_key=found.link.url_key,
                headline=f"News of {THINGS[n]} today", article_body=text_of(n),
                listed_headline=found.link.headline, fetched_at=at(minute + 1),
                first_seen_at=found.first_seen_at, not_seen_at=found.not_seen_at,
            )  # fmt: skip
            store_article(session, item)
    return result


def noise(sessions: Sessions) -> set[str]:
    with sessions() as session:
        source = find_source(session, "valley-post")
        assert source is not None
        return set(noise_of(source))


def count(sessions: Sessions, table: type[Any]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_token_is_learnt_and_no_article_is_asked_for_again(
    sessions: Sessions, form: Form
) -> None:
    for number in range(2):
        look(sessions, form, number)

    later = [look(sessions, form, number) for number in range(2, 6)]

    assert [len(result.to_fetch) for result in later] == [0] * 4
    assert [len(result.fresh) for result in later] == [0] * 4
    assert not any(result.window_overflow for result in later)
    assert (count(sessions, Article), count(sessions, ListedLink)) == (8, 8)
    with sessions() as session:
        rows = session.scalars(select(ListedLink)).all()
        assert {row.first_listed_at for row in rows} == {at(0)}
        assert {row.last_listed_at for row in rows} == {at(75)}
        assert {row.baseline for row in rows} == {True}
        assert [change.kind for change in told_changes(session)].count("noise") == 1


def test_a_feeds_guids_tell_before_anything_is_asked_again(sessions: Sessions) -> None:
    look(sessions, FORMS["token"], 0, guid="")

    second = look(sessions, FORMS["token"], 1, guid="")

    assert (len(second.to_fetch), second.window_overflow) == (0, False)
    assert noise(sessions) == {"?token"}


def test_what_appears_among_tokens_is_new(sessions: Sessions) -> None:
    for number in range(3):
        look(sessions, FORMS["token"], number)
    links = (make_link("/2026/storm-slug?token=9", headline="A storm in the north tonight"),)

    with sessions.begin() as session:
        result = record_look(session, make_look(minute=60, links=links))

    assert [found.link.url_key.rpartition("/")[2] for found in result.to_fetch] == ["storm-slug"]


def test_an_id_that_tells_articles_apart_is_no_noise(sessions: Sessions) -> None:
    def form(n: int, look: int) -> str:
        return f"/story?id={n + 8 * look}"

    for number in range(4):
        look(sessions, form, number)

    assert noise(sessions) == set()


def test_noise_that_would_join_two_entries_is_forgotten(sessions: Sessions) -> None:
    for number in range(3):
        look(sessions, FORMS["token"], number)
    links = tuple(
        make_link(f"/2026/live?token={n}", headline=f"{name} opens in the north", position=n)
        for n, name in enumerate(("Museum", "Airport"))
    )

    with sessions.begin() as session:
        result = record_look(session, make_look(minute=60, links=links))

    assert noise(sessions) == set()
    assert len([f for f in result.to_fetch if "live" in f.link.url]) == 2


def test_a_visit_counts_no_news_where_tokens_changed(sessions: Sessions) -> None:
    for number in range(4):
        look(sessions, FORMS["one for all"], number)

    with sessions() as session:
        assert list(session.scalars(select(Visit.new_links).order_by(Visit.id)))[2:] == [0, 0]


# ---------------------------------------------------------------- relaunches, aliases of walls


def test_a_relaunch_is_told_once_a_day(sessions: Sessions) -> None:
    with sessions.begin() as session:
        number = store_article(session, make_item("/2026/harbour-levy-1")).article_id
    for minute in (0, 60, 25 * 60):
        with sessions.begin() as session:
            article = session.get_one(Article, number)
            note_relaunch(session, article, make_item("/news/harbour-levy"), at(minute))
            note_relaunch(session, article, make_item("/2026/harbour-levy-1?x=1"), at(minute))

    with sessions() as session:
        told = [change for change in told_changes(session) if change.kind == "relaunch"]
        assert [change.at for change in told] == [at(0), at(25 * 60)]
        assert "/news/harbour-levy" in told[0].told
        assert session.query(SourceChange).filter_by(kind="relaunch").count() == 2


def test_aliases_that_a_wall_made_are_asked_for_again(sessions: Sessions) -> None:
    for number in range(2):
        look(sessions, FORMS["one for all"], number)
    with sessions.begin() as session:
        links = (make_link("/2026/flood-1", headline="Flood wrecks village school in Nordby"),
                 make_link("/2026/kept-1", headline="News of harbour today"))  # fmt: skip
        record_look(session, make_look(minute=20, links=links))
        victim = session.scalars(select(Article).order_by(Article.id)).first()
        assert victim is not None
        for link in links:
            session.add(ArticleUrl(url_key=link.url_key, article_id=victim.id, url=link.url,
                                   seen_as="listed", first_seen_at=at(20)))  # fmt: skip
        session.flush()
        session.execute(update(ArticleUrl).values(text_hash=None))

    assert drop_broken_aliases(sessions, sleep=lambda _: None) == 1
    assert drop_broken_aliases(sessions, sleep=lambda _: None) == 0
    with sessions.begin() as session:
        result = record_look(session, make_look("/2026/flood-1", minute=40))

    assert "/2026/flood-1" in [f.link.url[-13:] for f in result.to_fetch]
    assert not [f for f in result.to_fetch if "kept" in f.link.url]


def test_the_memory_of_a_source_names_its_noise(
    sessions: Sessions, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        look(sessions, FORMS["two"], number)
    with sessions.begin() as session:
        save_lesson(session, SourceLesson("valley-post", SiteMemory().to_json(), {}, at(60)))

    show_memory(Options(tmp_path, DatabaseOptions(url=database_url)), "valley-post", as_json=False)

    assert "changes at each look: ?cb, ?sid" in capsys.readouterr().out
