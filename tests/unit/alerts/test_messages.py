"""Messages: right for each kind of output, whatever a site puts into a headline."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipelines.alert_views import AlertView
from pipelines.messages import compose
from tests.examples import NOON

VIEW = AlertView(
    alert_id=7,
    watch="levy",
    watch_name="Harbour levy",
    kind="new",
    rules=("new story",),
    headline="Council puts off harbour levy",
    url="https://valleypost.example/2026/1",
    source="valley-post",
    source_name="The Valley Post",
    raised_at=NOON,
    first_seen_at=NOON,
    not_seen_at=NOON - timedelta(minutes=15),
    published_at=None,
    is_free=None,
    story_id=3,
    story_title="Council puts off harbour levy",
    publishers=2,
    articles=12,
    copies=10,
    first="first: undecidable within 15 min between valley-post, harbour-courier",
    excerpts=({"field": "article_body", "before": "the ", "match": "levy", "after": " waits"},),
)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raise %} ${x} %(y)s {0}",
    "a\r\nBcc: x@y.example\r\n\r\nbody",
    "@everyone <!channel> <@U123> [safe](https://evil.example) `code`",
    "\u202egnp.exe \x1b[31m\x00",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_site_text_stays_text_everywhere(hostile: str) -> None:
    view = replace(
        VIEW,
        headline=hostile,
        source_name=hostile,
        excerpts=({"field": "headline", "before": hostile, "match": hostile, "after": hostile},),
        changes={"headline_before": hostile, "headline_after": hostile, "removed": [hostile]},
    )

    message = compose([view], key="k", made_at=NOON, is_digest=False)

    assert "\n" not in message.subject
    assert "\r" not in message.subject
    for shown in (message.text, message.chat):
        assert "\nBcc:" not in shown
        assert not set("\x1b\x00\u202e\r") & set(shown)
    assert "<script" not in message.html
    assert "<img" not in message.html
    assert "49" not in message.html
    for sign in ("@everyone", "<!channel>", "<@U", "](", "`"):
        assert sign not in message.chat
    assert json.loads(message.payload)["data"]["alert"]["article"]["headline"] == hostile


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    message = compose([replace(VIEW, url=url)], key="k", made_at=NOON, is_digest=False)

    assert "href" not in message.html
    assert url not in message.text + message.chat


def test_a_digest_tells_what_is_new_grown_changed_and_gone_in_this_order() -> None:
    kinds = ("gone", "changed", "grown", "new")
    views = [replace(VIEW, kind=kind, story_id=n) for n, kind in enumerate(kinds)]

    message = compose(views, key="k", made_at=NOON, is_digest=True)

    assert message.subject == "4 stories: 1 new, 1 grown, 1 changed, 1 gone - Harbour levy"
    places = [message.text.index(title) for title in ("NEW", "GROWN", "CHANGED", "GONE")]
    assert places == sorted(places)
    for shown in (message.text, message.html):
        assert "12 articles, 10 of them copies" in shown
        assert "undecidable within 15 min between valley-post, harbour-courier" in shown


@pytest.mark.parametrize(("is_free", "marked"), [(False, True), (True, False), (None, False)])
def test_paywalled_articles_are_marked(is_free: bool | None, marked: bool) -> None:
    message = compose([replace(VIEW, is_free=is_free)], key="k", made_at=NOON, is_digest=False)

    shown: list[Any] = [message.text, message.html, message.chat]
    assert ["paywalled" in text for text in shown] == [marked] * 3


def test_a_digest_of_hundreds_says_how_many_it_leaves_out() -> None:
    views = [replace(VIEW, alert_id=n, story_id=n) for n in range(250)]

    message = compose(views, key="k", made_at=NOON, is_digest=True)

    assert "And 150 more: firstseen alerts list" in message.text
    assert len(json.loads(message.payload)["data"]["alerts"]) == 250


def test_a_story_that_answers_two_watches_is_one_entry_that_names_both() -> None:
    other = replace(
        VIEW,
        alert_id=8,
        watch="port",
        watch_name="Port of Westhaven",
        excerpts=({"field": "headline", "before": "", "match": "harbour", "after": " levy"},),
    )
    grown = replace(VIEW, alert_id=9, kind="grown", rules=("3 independent publishers carry it",))
    edits = [
        replace(VIEW, alert_id=n, kind="changed", url=f"https://valleypost.example/{n}")
        for n in (10, 11)
    ]

    message = compose([VIEW, other, grown, *edits], key="msg_1", made_at=NOON, is_digest=True)

    assert message.subject.startswith("1 story: 1 new, 1 grown, 2 changed - Harbour levy, Port")
    for text in (message.text, message.html, message.chat):
        assert text.count(VIEW.headline) == 4
        assert text.replace(message.subject, "").count("Port of Westhaven") == 1
    assert "alerts 7, 8<" in message.html
    assert "Alerts here: 7 8 9 10 11" in message.text
    assert ">harbour</mark>" not in message.html  # the headline above says it
    assert [a["id"] for a in json.loads(message.payload)["data"]["alerts"]] == [7, 8, 9, 10, 11]
