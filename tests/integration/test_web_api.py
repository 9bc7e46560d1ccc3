"""The JSON API: what each address answers, page by page, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from pipelines.storage.change_models import Change
from pipelines.storage.columns import storable
from pipelines.storage.database import open_engine
from pipelines.storage.models import Article, Story
from pipelines.store import store_article
from pipelines.web.api import article_models, desk_models, story_models
from pipelines.web.problems import PROBLEM_TYPE
from pipelines.web.shell import Shell
from pipelines.web.time_limit import limit_queries
from tests.conftest import DIALECTS, prepared_database
from tests.examples import at, make_item
from tests.integration.web_api_newsroom import HOSTILE, Newsroom, open_newsroom, paragraphs
from tests.web_client import WebClient

API = "/api/v1"


@pytest.fixture(scope="module", params=DIALECTS)
def newsroom(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Newsroom]:
    """One archive for all tests of this file, on each database; only the last ones write."""
    folder = tmp_path_factory.mktemp("newsroom")
    url = prepared_database(request.param, request, folder, "postgres_databases")
    made = open_newsroom(url, folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def web(newsroom: Newsroom) -> Iterator[WebClient]:
    client = newsroom.client()
    yield client
    client.close()


def ask(web: WebClient, path: str, **parameters: Any) -> Any:
    answer = web.get(API + path, params=parameters or None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def walk(web: WebClient, path: str, **parameters: Any) -> list[Any]:
    """Return the entries of all pages, following the links."""
    address, items = f"{API}{path}?{httpx.QueryParams(parameters)}", []
    for _ in range(99):
        answer = web.get(address)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        link = answer.headers.get("link")
        assert (link is None) is (page["nextCursor"] is None)
        if link is None:
            return items
        assert link.endswith('; rel="next"')
        address = link[1:].partition(">")[0]
    raise AssertionError("the list has no end")


# ---------------------------------------------------------------- described

DESCRIBED: list[tuple[str, type[BaseModel]]] = [
    ("/articles?text=true", article_models.ArticlePage),
    ("/articles/{levy}", article_models.Article),
    ("/articles/{levy}/revisions", article_models.Wordings),
    ("/search?q=levy", article_models.SearchPage),
    ("/revisions", article_models.WordingPage),
    ("/stories", story_models.StoryPage),
    ("/stories/{story}", story_models.StoryWithTimeline),
    ("/changes", story_models.ChangePage),
    ("/sources", desk_models.SourcePage),
    ("/coverage", desk_models.CoveragePage),
    ("/watches", desk_models.WatchPage),
    ("/watches/levy/alerts", desk_models.AlertPage),
    ("/alerts", desk_models.AlertPage),
]


@pytest.mark.parametrize(("path", "model"), DESCRIBED)
def test_answers_are_as_described_and_hold_nothing_else(
    path: str, model: type[BaseModel], newsroom: Newsroom, web: WebClient
) -> None:
    record = ask(web, path.format(**newsroom.numbers))

    model.model_validate(record, extra="forbid", by_alias=True, by_name=False)
    assert record.get("items", [record]) != []


# ---------------------------------------------------------------- articles


def test_an_article_has_schema_org_names_and_its_interval(
    newsroom: Newsroom, web: WebClient
) -> None:
    record = ask(web, f"/articles/{newsroom.numbers['levy']}")

    assert record["headline"] == "Levy off"
    assert "cancelled its vote" in record["articleBody"]
    assert (record["notSeenAt"], record["firstSeenAt"]) == (
        "2026-11-23T11:45:00Z",
        "2026-11-23T12:00:00Z",
    )
    assert record["datePublished"] == "2026-11-23T11:57:00Z"
    assert (record["datePublishedSource"], record["datePublishedPrecision"]) == (
        "json-ld",
        "second",
    )
    assert record["publisher"]["id"] == "valley-post"
    assert record["story"] == newsroom.numbers["story"]


def test_lists_leave_texts_out_unless_asked(web: WebClient) -> None:
    assert not any("articleBody" in item for item in ask(web, "/articles")["items"])
    assert all("articleBody" in item for item in ask(web, "/articles", text=True)["items"])


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"source": "harbour-courier"}, {"copy"}),
        ({"source": ["harbour-courier", "norwick-tidende"]}, {"copy", "norwegian"}),
        ({"language": "nb"}, {"norwegian"}),
        ({"language": "en", "until": "2026-11-23T12:05:00Z"}, {"levy"}),
        ({"language": "EN-gb"}, {"levy"}),
        ({"since": "2026-11-23T12:40:00Z"}, {"norwegian"}),
        ({"since": "2026-11-23T13:40:00+01:00"}, {"norwegian"}),
        ({"until": "2026-11-23T12:00:00Z"}, set()),
        ({"q": '"put off its vote"'}, {"copy"}),
        ({"q": "harbour", "language": "nb"}, {"norwegian"}),
        ({"q": "@ferries OR ferge"}, {"norwegian"}),
        ({"q": "gone:"}, {"same 0"}),
        ({"story": "{story}"}, {"levy", "copy"}),
        ({"story": "{story}", "q": "cancelled"}, {"levy"}),
        ({"story": "{story}", "source": "harbour-courier"}, {"copy"}),
        ({"story": "{story}", "language": "nb"}, set()),
        ({"story": "{story}", "since": "2026-11-23T12:05:00Z"}, {"copy"}),
    ],
)
def test_articles_are_found_by_what_is_asked(
    parameters: dict[str, Any], names: set[str], newsroom: Newsroom, web: WebClient
) -> None:
    known = {number: name for name, number in newsroom.numbers.items() if name != "story"}
    asked = {
        key: value.format(**newsroom.numbers) if isinstance(value, str) else value
        for key, value in parameters.items()
    }

    assert {known[item["id"]] for item in walk(web, "/articles", **asked)} == names


@pytest.mark.parametrize("limit", [1, 3, 200])
@pytest.mark.parametrize("more", [{}, {"q": "harbour"}, {"q": "-cancelled"}])
def test_pages_hold_each_article_once_newest_first(
    limit: int, more: dict[str, str], web: WebClient
) -> None:
    items = walk(web, "/articles", limit=limit, **more)

    order = [(item["firstSeenAt"], item["id"]) for item in items]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == len(order) >= 11  # eight of them were seen at one moment


def test_wordings_are_told_with_what_changed(newsroom: Newsroom, web: WebClient) -> None:
    first, second = ask(web, f"/articles/{newsroom.numbers['levy']}/revisions")["items"]

    assert (first["number"], first["kind"]) == (1, "first")
    assert (second["kind"], second["headlineChanged"]) == ("edit", True)
    assert "put off" in first["articleBody"]
    (edit,) = ask(web, "/revisions")["items"]
    assert (edit["article"], edit["number"], "articleBody" in edit) == (
        newsroom.numbers["levy"],
        2,
        False,
    )
    assert ask(web, "/revisions", headline=True, source="valley-post")["items"] == [edit]
    assert ask(web, "/revisions", source="harbour-courier")["items"] == []
    assert ask(web, "/revisions", since="2026-11-23T13:00:01Z")["items"] == []


def test_a_search_shows_on_which_words(newsroom: Newsroom, web: WebClient) -> None:
    (hit,) = ask(web, "/search", q="title:levy body:cancelled")["items"]

    article = ask(web, f"/articles/{hit['article']['id']}")
    marked = [article[span["field"]][span["start"] : span["end"]] for span in hit["spans"]]
    assert marked == ["Levy", *["cancelled"] * 5]
    assert hit["excerpts"][0]["match"] == "Levy"
    assert {excerpt["field"] for excerpt in hit["excerpts"]} == {"headline", "articleBody"}


# ---------------------------------------------------------------- stories


def test_a_story_tells_who_was_first_and_who_copied(newsroom: Newsroom, web: WebClient) -> None:
    story = ask(web, f"/stories/{newsroom.numbers['story']}")

    assert [member["source"] for member in story["timeline"]] == ["valley-post", "harbour-courier"]
    assert (story["articles"], story["copies"], story["revisions"]) == (2, 1, 1)
    assert story["independentPublishers"] == 1
    first, second = story["whoFirst"]["order"]
    assert (first["rank"], first["doubtSeconds"]) == (1, 900)
    assert second["copies"] == ["valley-post"]
    assert story["id"] in {one["id"] for one in walk(web, "/stories", limit=2)}


def test_a_merged_story_answers_by_its_old_number(newsroom: Newsroom, web: WebClient) -> None:
    with newsroom.sessions.begin() as session:
        gone = Story(title="Gone", first_seen_at=at(0), last_seen_at=at(0))
        gone.merged_into_id = newsroom.numbers["story"]
        session.add(gone)
        session.flush()
        number = gone.id

    assert ask(web, f"/stories/{number}")["id"] == newsroom.numbers["story"]


# ---------------------------------------------------------------- sources and coverage


def test_sources_tell_how_well_they_are(web: WebClient) -> None:
    sources = {source["id"]: source for source in walk(web, "/sources", limit=1)}

    assert list(sources) == ["harbour-courier", "norwick-tidende", "valley-post"]
    post = sources["valley-post"]
    assert (post["state"], [section["id"] for section in post["sections"]]) == (
        "late",
        ["front", "politics"],
    )
    assert post["sections"][1]["health"] == {"state": "late", "reasons": ["due for 40 min"]}
    assert post["sections"][1]["lastOutcome"] == "timeout"
    assert post["sections"][1]["lastLook"] == "timeout: the answer did not come in time"
    assert post["reasons"] == ["8 of 8 new addresses gave no article"]
    assert sources["harbour-courier"]["state"] is None


def test_hours_are_seen_quiet_gaps_or_blocked(web: WebClient) -> None:
    (source,) = ask(web, "/coverage", source="valley-post", hours=5)["items"]

    by_section = {section["id"]: section["cells"] for section in source["sections"]}
    assert (source["since"], source["until"]) == ("2026-11-23T09:00:00Z", "2026-11-23T14:00:00Z")
    assert by_section["politics"] == ["gap", "seen", "blocked", "seen", "quiet"]
    assert by_section["front"] == ["gap"] * 5
    assert source["cells"] == ["gap", "seen", "blocked", "seen", "gap"]


def test_the_future_is_not_told(web: WebClient) -> None:
    page = ask(web, "/coverage", until="2030-01-01T00:00:00Z", hours=1)

    assert {item["until"] for item in page["items"]} == {"2026-11-23T14:00:00Z"}


# ---------------------------------------------------------------- watches


def test_watches_tell_what_they_raised(web: WebClient) -> None:
    (watch,) = ask(web, "/watches")["items"]

    assert (watch["id"], watch["alerts"], watch["inUse"]) == ("levy", 2, True)
    assert watch["channels"] == ["desk"]
    alerts = walk(web, "/watches/levy/alerts", limit=1)
    assert len(alerts) == 2
    assert alerts == walk(web, "/alerts")
    assert {alert["state"] for alert in alerts} == {"waiting"}
    assert ask(web, "/alerts", since="2030-01-01T00:00:00Z")["items"] == []


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("atom", "application/atom+xml; charset=utf-8"),
        ("rss", "application/rss+xml; charset=utf-8"),
        ("json", "application/feed+json; charset=utf-8"),
    ],
)
def test_watches_are_feeds(form: str, kind: str, web: WebClient) -> None:
    answer = web.get(f"{API}/watches/levy/feed.{form}")

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    entries = (
        json.loads(answer.content)["items"]
        if form == "json"
        else feedparser.parse(answer.content).entries
    )
    assert len(entries) == 2
    unchanged = web.get(
        f"{API}/watches/levy/feed.{form}", headers={"if-none-match": answer.headers["etag"]}
    )
    assert unchanged.status_code == 304


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_any_search_is_a_feed(form: str, web: WebClient) -> None:
    found = ask(web, "/search", q="levy")["items"]
    answer = web.get(f"{API}/search/feed.{form}", params={"q": "levy"})

    assert found
    entries = (
        json.loads(answer.content)["items"]
        if form == "json"
        else feedparser.parse(answer.content).entries
    )
    assert [e["title"] for e in entries] == [hit["article"]["headline"] for hit in found]
    assert web.get(f"{API}/search/feed.{form}", params={"q": "(levy"}).status_code == 400


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/articles/999999", 404, "no article 999999"),
        ("/articles/999999/revisions", 404, "no article 999999"),
        ("/stories/999999", 404, "no story 999999"),
        ("/watches/nobody/alerts", 404, "no watch 'nobody'"),
        ("/watches/nobody/feed.atom", 404, "'nobody'"),
        ("/nothing", 404, "nothing at this address"),
        ("/articles/0", 422, "number"),
        (f"/articles/{2**63}", 422, "number"),
        ("/articles?limit=201", 422, "limit"),
        ("/articles?limit=0", 422, "limit"),
        ("/articles?since=2026-11-23T12:00:00", 422, "since"),
        ("/articles?since=0001-01-01T00:00:00%2B14:00", 422, "since"),
        ("/articles?source=Valley%20Post", 422, "source"),
        ("/search", 422, "q"),
        ("/search?q=", 422, "q"),
        (f"/search?q={'a' * 1001}", 422, "q"),
        ("/search?q=a%20AND", 400, "line 1, column 6"),
        ("/articles?q=(", 400, "line 1"),
        ("/articles?cursor=nonsense", 400, "cursor"),
        ("/changes?cursor=nonsense", 400, "cursor"),
        ("/changes?kind=rumour", 422, "kind"),
        ("/coverage?hours=745", 422, "hours"),
    ],
)
def test_what_cannot_be_answered_says_why(
    path: str, status: int, told: str, web: WebClient
) -> None:
    answer = web.get(API + path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_TYPE
    problem = answer.json()
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert problem["title"]
    assert told in problem["detail"]


def test_a_cursor_is_good_for_the_same_filters_only(web: WebClient) -> None:
    cursor = ask(web, "/articles", limit=1)["nextCursor"]

    assert web.get(f"{API}/articles", params={"cursor": cursor, "q": "levy"}).status_code == 400
    assert web.get(f"{API}/stories", params={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(method: str, web: WebClient) -> None:
    answer = web.request(method, f"{API}/articles")

    assert answer.status_code == 405
    assert answer.headers.get_list("allow") == ["GET, HEAD"]
    assert answer.headers["content-type"] == PROBLEM_TYPE


@pytest.mark.parametrize(
    "path", ["/articles", "/changes", "/openapi.json", "/watches/levy/feed.rss"]
)
def test_every_list_answers_head_and_has_a_tag(path: str, web: WebClient) -> None:
    get, head = web.get(API + path), web.head(API + path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["cache-control"] == "private, no-cache"


def test_long_answers_are_compressed(web: WebClient) -> None:
    answer = web.get(f"{API}/articles", headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert answer.json()["items"]


ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT max(i) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, 1000000000) AS n",
}


def test_work_that_takes_too_long_is_ended(newsroom: Newsroom) -> None:
    engine = open_engine(newsroom.url, read_only=True)
    limit_queries(engine, 0.2)

    def busy() -> Session:
        with Session(engine) as session:
            session.execute(text(ENDLESS[engine.dialect.name]))
        raise AssertionError("it has an end")

    desk = replace(newsroom.desk, sessions=busy)
    client = replace(newsroom, desk=desk).client(Shell(seconds=30))
    try:
        answer = client.get(f"{API}/stories")
    finally:
        client.close()
        engine.dispose()

    assert answer.status_code == 503
    assert "takes too long" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "30"


# ---------------------------------------------------------------- hostile text


def test_hostile_text_comes_back_as_text(newsroom: Newsroom, web: WebClient) -> None:
    answer = web.get(f"{API}/articles/{newsroom.numbers['hostile']}")

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.json()["headline"] == HOSTILE
    problem = web.get(f"{API}/search", params={"q": f"({HOSTILE}"})
    assert problem.status_code == 400
    assert problem.headers["content-type"] == PROBLEM_TYPE


# ---------------------------------------------------------------- what happens meanwhile


def test_new_articles_disturb_no_page(newsroom: Newsroom, web: WebClient) -> None:
    """Whoever pages through a list gets what was there, though more comes in on top."""
    before = [item["id"] for item in walk(web, "/articles")]
    page = ask(web, "/articles", limit=4)
    with newsroom.sessions.begin() as session:
        for number in (1, 2):
            item = make_item(
                f"/2026/later-{number}",
                article_body=paragraphs(500 + number),
                first_seen_at=at(100),
                fetched_at=at(100),
            )
            store_article(session, item)

    rest = walk(web, "/articles", limit=4, cursor=page["nextCursor"])

    assert [item["id"] for item in [*page["items"], *rest]] == before


def test_changes_go_on_where_a_reader_left_off(newsroom: Newsroom, web: WebClient) -> None:
    first = ask(web, "/changes", limit=5)
    assert [change["number"] for change in first["items"]] == [1, 2, 3, 4, 5]
    rest = ask(web, "/changes", limit=1000, cursor=first["nextCursor"])
    numbers = [change["number"] for change in rest["items"]]
    assert numbers == list(range(6, rest["newest"] + 1))
    quiet = ask(web, "/changes", cursor=rest["nextCursor"])
    assert (quiet["items"], quiet["nextCursor"]) == ([], rest["nextCursor"])

    with newsroom.sessions.begin() as session:
        item = make_item("/2026/news-1", article_body=paragraphs(600), first_seen_at=at(101))
        number = store_article(session, item).article_id
    (change,) = ask(web, "/changes", cursor=quiet["nextCursor"])["items"]
    assert (change["kind"], change["article"]["id"]) == ("article", number)
    assert datetime.fromisoformat(change["at"]).tzinfo is not None
    assert ask(web, "/changes", start="newest")["items"] == []


def test_changes_of_one_kind_miss_nothing_of_it(web: WebClient) -> None:
    every = ask(web, "/changes", limit=1000)["items"]
    found, cursor = [], None
    for _ in range(99):
        page = ask(
            web,
            "/changes",
            kind=["revision", "alert"],
            limit=1,
            **({"cursor": cursor} if cursor else {}),
        )
        if not page["items"]:
            break
        found += page["items"]
        cursor = page["nextCursor"]

    assert found == [change for change in every if change["kind"] in ("revision", "alert")]
    assert len(found) >= 3


def test_a_cursor_of_another_archive_is_refused(newsroom: Newsroom, web: WebClient) -> None:
    page = ask(web, "/changes", limit=2)
    with newsroom.sessions.begin() as session:
        session.execute(update(Change).where(Change.id == 2).values(at=at(-5)))

    answer = web.get(f"{API}/changes", params={"cursor": page["nextCursor"]})

    assert answer.status_code == 410
    assert "restored" in answer.json()["detail"]


def test_the_hostile_pack_comes_back_as_text(
    newsroom: Newsroom, web: WebClient, shared: Path
) -> None:
    payloads = list(_pack(shared / "hostile" / "pack"))
    assert len(payloads) > 800
    with newsroom.sessions.begin() as session:
        like = session.get_one(Article, newsroom.numbers["levy"])
        session.add_all(_copy(like, payload) for payload in payloads)

    asked = {"until": "2026-11-01T00:00:00Z", "text": True, "limit": 200}
    items = walk(web, "/articles", **asked)

    told = [item for item in items if item["publisher"]["id"] == "valley-post"]
    assert sorted(item["headline"] for item in told) == sorted(map(storable, payloads))
    assert all(item["articleBody"] == item["headline"] for item in told)
    answer = web.get(f"{API}/articles", params=asked)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def _pack(folder: Path) -> Iterator[str]:
    for area in ("html_xss", "payload_xss"):
        for line in (folder / area / "dev" / "cases.jsonl").read_text("utf-8").splitlines():
            if isinstance(text := json.loads(line).get("input"), str) and text:
                yield text


def _copy(like: Article, payload: str) -> Article:
    columns = {column.key: getattr(like, column.key) for column in Article.__table__.columns}
    seen = {"first_seen_at": at(-60_000), "not_seen_at": None}
    return Article(**(columns | seen | {"id": None, "headline": payload, "article_body": payload}))
