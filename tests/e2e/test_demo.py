"""The demonstration ends by itself and leaves a workspace to play with."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.e2e.conftest import Demonstration
from tests.e2e.running import firstseen, looks, stored_articles


def test_the_demonstration_ends_by_itself_in_under_a_minute_with_status_0(
    demonstration: Demonstration,
) -> None:
    assert demonstration.done.status == 0, demonstration.done.err
    assert demonstration.seconds < 60


def test_it_talks_on_standard_error_and_shows_the_result_on_standard_output(
    demonstration: Demonstration,
) -> None:
    assert "look 4 of 4" in demonstration.done.err
    assert "articles stored" in demonstration.done.out
    assert "Transport minister Solway resigns" in demonstration.done.out
    assert "\x1b" not in demonstration.done.out + demonstration.done.err


def test_every_outlet_is_stored_and_what_appeared_meanwhile_has_an_interval(
    demonstration: Demonstration,
) -> None:
    articles = stored_articles(demonstration.folder)
    fresh = [a for a in articles if not a.baseline]

    assert {a.source for a in articles} == {look.source for look in looks(demonstration.folder)}
    assert {look.outcome for look in looks(demonstration.folder)} <= {"ok", "unchanged"}
    assert len(fresh) >= 8
    for article in fresh:
        assert article.not_seen_at is not None
        assert 0 < (article.first_seen_at - article.not_seen_at).total_seconds() < 60


def test_what_it_proposes_to_try_works(demonstration: Demonstration) -> None:
    proposed = [
        line.strip().removeprefix("firstseen ").split()
        for line in demonstration.done.out.splitlines()
        if line.startswith("  firstseen ")
    ]

    assert len(proposed) >= 5
    for words in proposed:
        done = firstseen(*words, cwd=demonstration.folder)
        assert done.status == 0, (words, done.err)
        assert done.out, words


def test_search_answers_in_three_formats_of_the_same_articles(
    demonstration: Demonstration,
) -> None:
    folder = demonstration.folder
    table = firstseen("search", "minister", "--limit", "3", cwd=folder)
    as_json = firstseen("search", "minister", "--limit", "3", "--format", "json", cwd=folder)
    as_csv = firstseen("search", "minister", "--limit", "3", "--format", "csv", cwd=folder)

    urls = [article["url"] for article in as_json.json()]
    assert len(urls) == 3
    assert [row["url"] for row in csv.DictReader(io.StringIO(as_csv.out))] == urls
    assert [line.split()[-1] for line in table.out.splitlines()[1:]] == urls
    assert "--limit shows more" in table.err


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["Verkehrsminister", "--source", "talbote"], True),
        (["verkehrsminister"], True),  # case does not matter
        (['"Transport minister Solway"'], True),
        (["Solway minister zeppelin"], False),
        (["Solway", "--since", "10m"], True),
        (["Solway", "--until", "2020-01-01"], False),
    ],
)
def test_search_finds_by_words_source_and_time(
    words: list[str], found: bool, demonstration: Demonstration
) -> None:
    done = firstseen("search", *words, cwd=demonstration.folder)

    assert done.status == 0
    assert bool(done.out) is found
    assert ("nothing found" in done.err) is not found


def test_export_writes_every_article_as_csv_and_as_json_lines(
    demonstration: Demonstration,
) -> None:
    folder = demonstration.folder
    count = len(stored_articles(folder))
    as_csv = firstseen("export", "--format", "csv", "-o", "out.csv", cwd=folder)
    as_jsonl = firstseen("export", cwd=folder, PYTHONIOENCODING="latin-1")

    rows = list(csv.DictReader(io.StringIO((folder / "out.csv").read_text(encoding="utf-8"))))
    records = [json.loads(line) for line in as_jsonl.out.splitlines()]
    assert (as_csv.status, as_csv.out, as_jsonl.status) == (0, "", 0)
    assert len(rows) == len(records) == count
    assert {row["url"] for row in rows} == {record["url"] for record in records}
    assert all(row["section"] == "politics" for row in rows)
    assert any("オストメア" in record["headline"] for record in records)


def test_a_second_demonstration_needs_the_folder_to_be_one(
    demonstration: Demonstration,
) -> None:
    done = firstseen("demo", "--dir", demonstration.folder / "sources")

    assert done.status == 2
    assert "is not empty and not a demo; name another with --dir" in done.err
