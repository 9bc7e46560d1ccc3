"""Several programs on one database: one of them leads, and all together tell each event once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.group import StoryKeeper
from pipelines.items import ArticleItem
from pipelines.match import WatchKeeper
from pipelines.storage.database import session_factory
from pipelines.storage.leader import leader_lock
from pipelines.storage.models import Article
from pipelines.storage.watch_models import Alert
from pipelines.storage.writer import Writer
from pipelines.store import store_once_more
from pipelines.watch_files import parse_definition
from pipelines.watch_set import WatchSet
from tests.conftest import run_on_server
from tests.examples import BODY, NOON, at, make_item
from tests.integration.tcp_proxy import Line

LEVY = parse_definition(
    {"name": "levy", "query": '"harbour levy"', "channels": ["desk"]},
    slug="levy",
    where="levy.toml",
    lists={},
)
OTHER_WORDS = "\n".join(
    f"Harbour levy in Westhaven: on day {n} the council put off the vote again." for n in range(9)
)
SITES = {"valley-post": "https://valleypost.example", "harbour-courier": "https://courier.example"}


def item(source: str, minute: int, body: str) -> ArticleItem:
    url = f"{SITES[source]}/2026/harbour-levy-{minute}"
    return make_item(
        source=source,
        url=url,
        requested_url=url,
        first_seen_at=at(minute),
        not_seen_at=at(minute - 5),
        fetched_at=at(minute),
        article_body=body,
    )


@pytest.mark.parametrize("second_body", [BODY, OTHER_WORDS], ids=["a copy", "in other words"])
@pytest.mark.parametrize("second_source", ["harbour-courier", "valley-post"])
def test_two_programs_that_store_one_event_at_once_tell_it_once(
    second_source: str, second_body: str, database_url: str, open_database: Callable[..., Engine]
) -> None:
    factories = [session_factory(open_database(database_url)) for _ in range(2)]
    writers = [Writer(sessions) for sessions in factories]
    stored = threading.Event()

    def store(what: ArticleItem, pause: float) -> Callable[[Session], int]:
        watches = WatchKeeper(lambda: WatchSet({"levy": LEVY}), clock=lambda: NOON)
        stories = StoryKeeper()

        def work(session: Session) -> int:
            result = store_once_more(session, what, stories=stories, watches=watches)
            stored.set()
            time.sleep(pause)  # stored, and not yet committed
            return result.article_id

        return work

    first = writers[0].submit(store(item("valley-post", 0, BODY), 1.0))
    assert stored.wait(60)
    second = writers[1].submit(store(item(second_source, 1, second_body), 0.0))
    first.result(60), second.result(60)
    for writer in writers:
        writer.close()

    with factories[0]() as session:
        articles = list(session.scalars(select(Article).order_by(Article.id)))
        alerts = list(session.scalars(select(Alert)))
    assert len({article.story_id for article in articles}) == 1
    assert len(alerts) == 1
    if second_body == BODY and second_source != "valley-post":
        assert articles[1].copy_of_id == articles[0].id


def test_many_writers_make_one_article_of_one_page(
    database_url: str, open_database: Callable[..., Engine], sessions: sessionmaker[Session]
) -> None:
    writers = [Writer(session_factory(open_database(database_url))) for _ in range(4)]
    futures = [
        writer.submit(lambda session: store_once_more(session, make_item()))
        for writer in writers
        for _ in range(3)
    ]
    outcomes = sorted(future.result(30).outcome for future in futures)
    for writer in writers:
        writer.close()

    assert outcomes == ["known"] * 11 + ["new"]
    with sessions() as session:
        assert len(list(session.scalars(select(Article)))) == 1


# ---------------------------------------------------------------- who leads


@pytest.mark.parametrize("spelling", ["link", "link to a folder", "relative"])
def test_a_database_is_one_however_it_is_named(
    spelling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / "firstseen.db"
    database.touch()
    (tmp_path / "link.db").symlink_to(database)
    (tmp_path / "folder").symlink_to(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    names = {
        "link": f"sqlite:///{tmp_path}/link.db",
        "link to a folder": f"sqlite:///{tmp_path}/folder/firstseen.db",
        "relative": "sqlite:///data/../data/firstseen.db",
    }
    ours, theirs = leader_lock(f"sqlite:///{database}"), leader_lock(names[spelling])

    assert ours.acquire()
    assert not theirs.acquire()
    ours.release()
    assert theirs.acquire()
    theirs.release()


def test_a_lock_whose_file_was_removed_is_no_lock_for_two(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/firstseen.db"
    ours, theirs = leader_lock(url), leader_lock(url)
    assert ours.acquire()
    (tmp_path / "firstseen.db.scheduler-lock").unlink()

    assert theirs.acquire()
    assert not ours.acquire()
    theirs.release()


def test_many_threads_may_ask_at_once(database_url: str) -> None:
    lock = leader_lock(database_url)
    answers: list[bool] = []
    asking = [threading.Thread(target=lambda: answers.append(lock.acquire())) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(20)
    lock.release()

    assert answers == [True] * 8


@pytest.fixture
def server_url(postgres_database: Callable[[str], str], postgres_template: str) -> str:
    return postgres_database(postgres_template)


@pytest.mark.parametrize("held", [True, False], ids=["held", "asked for the first time"])
def test_a_server_that_says_nothing_is_no_reason_to_wait(held: bool, server_url: str) -> None:
    with Line(server_url) as line:
        lock = leader_lock(line.url)
        if held:
            assert lock.acquire()
        line.silence()
        began = time.monotonic()

        assert not lock.acquire()
        assert time.monotonic() - began < 20
        assert lock.why_not.startswith("the database does not answer: ")
        line.cut()
        line.mend()
        assert lock.acquire()
        lock.release()


def test_the_server_asks_after_a_client_that_says_nothing(server_url: str) -> None:
    """A machine that lost its power must not lead for the two hours of the system's own way."""
    with Line(server_url) as line:
        lock = leader_lock(line.url)
        assert lock.acquire()
        connection = lock._connection  # type: ignore[attr-defined]  # of an AdvisoryLock
        options = connection.exec_driver_sql("SELECT current_setting('TimeZone')").scalar()
        named = connection.connection.driver_connection.info.get_parameters()
        lock.release()

    assert options == "UTC"
    assert named["keepalives_idle"] == "20"
    for name in ("tcp_keepalives_idle=20", "tcp_keepalives_count=3", "tcp_user_timeout=35000"):
        assert name in named["options"]


def test_the_other_takes_over_when_the_session_of_the_first_is_ended(server_url: str) -> None:
    ours, theirs = leader_lock(server_url), leader_lock(server_url)
    assert ours.acquire()
    assert not theirs.acquire()
    assert theirs.why_not == "another firstseen runs on this database"
    run_on_server(
        server_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )

    assert theirs.acquire()
    assert not ours.acquire()
    theirs.release()
