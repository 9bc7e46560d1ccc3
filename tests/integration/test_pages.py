"""The pages as a client without scripts gets them: what they say, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.models import Article, Story
from pipelines.web.app import create_app
from pipelines.web.desk import Desk
from pipelines.web.shell import Shell
from tests.e2e.desk_newsroom import NOW, fill_newsroom, make_newsroom
from tests.e2e.desk_serving import desk_of

Ask = Callable[..., httpx.Response]


class Client:
    """Asks an application without a network."""

    def __init__(self, desk: Desk) -> None:
        self._app = create_app(desk, Shell(requests_per_minute=100_000))

    def __call__(self, path: str, method: str = "GET", **more: object) -> httpx.Response:
        import anyio

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as one:
                return await one.request(method, path, **more)  # type: ignore[arg-type]

        return anyio.run(ask)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newsroom")
    make_newsroom(folder)
    return folder


@pytest.fixture(scope="module")
def ask(folder: Path) -> Ask:
    return Client(desk_of(f"sqlite:///{folder}/newsroom.db", folder))


@pytest.fixture(scope="module")
def ask_to_read(folder: Path) -> Ask:
    return Client(desk_of(f"sqlite:///{folder}/newsroom.db", folder, edits=False))


# ---- both databases


@pytest.fixture
def filled(engine: Engine, tmp_path: Path) -> tuple[Ask, sessionmaker[Session]]:
    sessions = sessionmaker(engine, expire_on_commit=False)
    fill_newsroom(sessions, tmp_path)
    desk = Desk(sessions=sessions, clock=lambda: NOW, watches_folder=tmp_path / "watches")
    return Client(desk), sessions


def test_every_page_reads_on_both_databases(filled: tuple[Ask, sessionmaker[Session]]) -> None:
    ask, sessions = filled
    with sessions() as session:
        article = session.scalars(select(Article).where(Article.headline.like("Narrow win%"))).one()
    for path, words in (
        ("/", "Harbour Courier"),
        ("/?source=morgenbote&language=de&window=24h", "Elbbrücke"),
        (f"/stories/{article.story_id}", "Who had it when"),
        (f"/articles/{article.id}?q=levy", "<mark>levy</mark>"),
        ("/search?q=ferry&test=30", "in 30 days"),
        ("/coverage?span=48h", "gap, nobody looked"),
        ("/sources/nordkurier", "Rhythm"),
        ("/alerts?state=parked", "topic is reserved"),
    ):
        answer = ask(path)
        assert (answer.status_code, words in answer.text) == (200, True), path


# ---- lists and their ends


def test_today_is_read_to_its_end_page_by_page(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.web.pages.today.PER_PAGE", 6)
    path, seen = "/?baseline=true", list[str]()
    while path:
        text = ask(path).text
        seen += re.findall(r'id="story-(\d+)"', text)
        more = re.search(r'class="button" href="([^"]+)"', text)
        path = more[1].replace("&amp;", "&") if more else ""

    assert len(seen) == len(set(seen)) == 20


def test_hits_are_read_to_their_end_page_by_page(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = re.findall(r"/articles/(\d+)\?q", ask("/search?q=harbour+OR+ferry").text)
    monkeypatch.setattr("pipelines.web.pages.search.PER_PAGE", 3)
    path, seen = "/search?q=harbour+OR+ferry", list[str]()
    while path:
        text = ask(path).text
        seen += re.findall(r"/articles/(\d+)\?q", text)
        more = re.search(r'class="button" href="([^"]+)"', text)
        path = more[1].replace("&amp;", "&") if more else ""

    assert seen == whole
    assert len(seen) > 6


def test_a_part_of_a_list_is_sent_to_htmx_and_the_whole_page_to_others(ask: Ask) -> None:
    part = ask("/", headers={"HX-Request": "true"})
    back = ask("/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]
    assert "<html" in back.text


def test_stories_of_the_first_look_are_left_out_until_asked_for(ask: Ask) -> None:
    assert "Leaked questions" not in ask("/").text
    assert "Leaked questions" in ask("/?baseline=true").text


# ---- what is not there


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/stories/999", 404),
        ("/stories/0", 422),
        ("/stories/99999999999999999999", 422),
        ("/stories/x", 422),
        ("/articles/999999", 404),
        ("/sources/nobody", 404),
        ("/static/../desk.py", 404),
        ("/static/nothing.css", 404),
        ("/?after=yesterday", 400),
    ],
)
def test_what_is_not_there_is_said_on_a_page(ask: Ask, path: str, status: int) -> None:
    answer = ask(path)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>" in answer.text


def test_an_odd_query_is_no_fault(ask: Ask) -> None:
    for path in (
        "/?window=never&source=nobody",
        "/coverage?span=1000y&after=zzzz",
        "/alerts?state=lost&before=x",
        "/articles/28?from=9&to=-1",
        "/stories/21?compare=abc",
        "/search?q=" + "(" * 3000,
        "/search?q=%00%ff",
        "/search/check?q=title%3A",
    ):
        assert ask(path).status_code == 200, path


def test_an_empty_database_says_what_to_do(engine: Engine, tmp_path: Path) -> None:
    ask = Client(Desk(sessions=sessionmaker(engine), clock=lambda: NOW, watches_folder=tmp_path))

    assert "Nothing has been looked at yet" in ask("/").text
    assert "gap, nobody looked" in ask("/coverage").text
    assert "No watch has fired yet" in ask("/alerts").text
    assert "The watch language" in ask("/search").text


def test_a_merged_story_leads_to_the_one_it_is_part_of(ask: Ask, folder: Path) -> None:
    desk = desk_of(f"sqlite:///{folder}/newsroom.db", folder)
    with desk.sessions() as session:
        gone = session.scalars(select(Story).where(Story.merged_into_id.is_not(None))).first()
    assert gone is not None
    answer = ask(f"/stories/{gone.id}")

    assert (answer.status_code, answer.headers["location"]) == (
        301,
        f"/stories/{gone.merged_into_id}",
    )


def test_a_look_of_long_ago_is_said_on_every_page(folder: Path) -> None:
    desk = desk_of(f"sqlite:///{folder}/newsroom.db", folder)
    later = Desk(sessions=desk.sessions, clock=lambda: NOW + timedelta(hours=5))

    assert "last look 5 h" in Client(later)("/").text
    assert "pulse-stale" in Client(later)("/").text


# ---- forms


HERE = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}


def token_of(ask: Ask) -> str:
    found = re.search(r'name="token" value="([^"]+)"', ask("/stories/21").text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        (HERE, True, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True, 303),  # no-referrer makes it so
        ({"Origin": "http://127.0.0.1"}, True, 303),  # a browser without Fetch Metadata
        (HERE, False, 403),
        ({}, True, 403),
        ({"Origin": "null"}, True, 403),
        ({"Origin": "https://elsewhere.example"}, True, 403),
        ({"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "cross-site"}, True, 403),
        ({"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-site"}, True, 403),
    ],
)
def test_only_forms_of_our_own_pages_change_anything(
    ask: Ask, headers: dict[str, str], token: bool, status: int
) -> None:
    form = {"title": "Harbour levy", "token": token_of(ask) if token else "x" * 43}

    answer = ask("/stories/21/title", "POST", data=form, headers=headers)

    assert answer.status_code == status


def test_a_form_is_read_only_as_a_form_and_up_to_a_size(ask: Ask) -> None:
    token = token_of(ask)
    as_json = ask("/watches", "POST", json={"token": token}, headers=HERE)
    large = ask("/watches", "POST", data={"token": token, "q": "x" * 70_000}, headers=HERE)

    assert (as_json.status_code, large.status_code) == (415, 413)


@pytest.mark.parametrize("path", ["/watches", "/stories/21/title", "/stories/21/parts"])
def test_nothing_changes_while_editing_is_switched_off(
    ask: Ask, ask_to_read: Ask, path: str
) -> None:
    form = {"token": token_of(ask), "title": "x", "q": "x", "slug": "x", "article": "1"}

    assert ask_to_read(path, "POST", data=form, headers=HERE).status_code == 403
    assert 'method="post"' not in ask_to_read("/stories/21").text
    assert 'method="post"' not in ask_to_read("/search?q=ferry").text


@pytest.mark.parametrize(
    ("slug", "query", "told"),
    [
        ("../outside", "levy", "is named like"),
        ("harbour-levy", "levy", "is there already"),
        ("broken", "(levy", "bracket is still open"),
        ("", "levy", "is named like"),
    ],
)
def test_a_watch_that_cannot_be_is_refused_with_the_reason(
    ask: Ask, slug: str, query: str, told: str
) -> None:
    form = {"token": token_of(ask), "slug": slug, "q": query}

    answer = ask("/watches", "POST", data=form, headers=HERE)

    assert answer.status_code == 400
    assert told in answer.text


# ---- pictures


def test_pictures_are_not_linked_and_only_shown_when_switched_on(ask: Ask, folder: Path) -> None:
    desk = desk_of(f"sqlite:///{folder}/newsroom.db", folder)
    asked: list[str] = []
    showing = Client(replace(desk, picture=lambda url: asked.append(url) or ("image/png", b"x")))

    assert "<img" not in ask("/articles/28").text
    assert ask("/pictures/28/0").status_code == 404
    assert '<img class="picture" src="/pictures/28/0"' in showing("/articles/28").text
    shown = showing("/pictures/28/0")
    assert (shown.content, shown.headers["content-type"]) == (b"x", "image/png")
    assert [showing(f"/pictures/28/{n}").status_code for n in (-1, 9)] == [404, 404]
    assert asked == ["https://valley-post.example/1.jpg"]


# ---- files


def test_files_are_kept_by_browsers_for_as_long_as_they_stay_the_same(ask: Ask) -> None:
    found = re.search(r'href="(/static/desk.css\?v=\w+)"', ask("/").text)
    assert found is not None
    exact, plain = ask(found[1]), ask("/static/desk.css")
    again = ask("/static/desk.css", headers={"If-None-Match": plain.headers["ETag"]})

    assert "immutable" in exact.headers["Cache-Control"]
    assert "immutable" not in plain.headers["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")
