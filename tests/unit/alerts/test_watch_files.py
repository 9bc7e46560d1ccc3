"""Watch files: what they say, what is wrong with them, and when their alerts may leave."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.backtest import failed_examples
from pipelines.delivery_times import QuietHours, leaves_at, next_time
from pipelines.watch_editing import set_paused, write_watch
from pipelines.watch_files import (
    WatchDefinition,
    WatchFileError,
    load_watch_file,
    load_watches,
    parse_definition,
)
from pipelines.watch_set import watches_lately, watches_of

DOCS = Path(__file__).parents[3] / "docs"


def load(folder: Path, text: str, name: str = "levy.toml") -> WatchDefinition:
    (folder / name).write_text(text, encoding="utf-8")
    return load_watch_file(folder / name)


def make(**keys: Any) -> WatchDefinition:
    table = {"name": "Levy", "query": "levy"} | keys
    return parse_definition(table, slug="levy", where="levy.toml", lists={})


def test_the_file_in_the_documentation_is_a_watch(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", (DOCS / "watches.md").read_text("utf-8"), re.DOTALL)

    watch = load(tmp_path, text)

    assert watch.channels == ("desk", "phone")
    assert watch.quiet == QuietHours(time(22, 30), time(7), ("national-daily",))
    assert watch.again.publishers == (3, 10)
    assert list(failed_examples(watch)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "A"', "levy.toml: ['query'] must be given"),
        ('name = "A"\nquery = "a"\nqery = 1', "unknown key ['qery']; known keys are ['channels',"),
        ('name = "A"\nquery = "a NEAR"', "levy.toml: query: line 1, column 7: the watch ends"),
        ('name = "A"\nquery = "a"\ndeliver = "daily"', "deliver = 'daily' must be \"immediate\""),
        ('name = "A"\nquery = "a"\ndeliver = "digest at 25:00"', 'or "digest at 08:00, 17:30"'),
        ('name = "A"\nquery = "a"\nzone = "Mars"', "must be a time zone like Europe/Oslo"),
        ('name = "A"\nquery = "a"\n[again]\npublishers = [1]', "[again]: publishers = [1] must be"),
        ('name = "A"\nquery = "a"\n[again]\nsorces = []', "[again]: unknown key ['sorces']"),
        ('name = "A"\nquery = "a"\n[quiet]\nfrom = "9:00"', "[quiet]: ['to'] must be given"),
        ("name =", "is not valid TOML"),
    ],
)
def test_a_broken_file_says_what_is_wrong(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(WatchFileError) as raised:
        load(tmp_path, text)

    assert told in str(raised.value)
    assert "levy.toml" in str(raised.value)


def test_one_broken_file_silences_no_other(tmp_path: Path) -> None:
    load(tmp_path, 'name = "A"\nquery = "levy"')
    (tmp_path / "bad.toml").write_text("name =")
    (tmp_path / "lists.toml").write_text('ministers = ["Jane Doe", "Roe*"]')
    (tmp_path / "talk.toml").write_text('name = "T"\nquery = "@ministers"')

    watches, errors = load_watches(tmp_path)

    assert list(watches) == ["levy", "talk"]
    assert len(errors) == 1
    assert "bad.toml" in str(errors[0])


def test_changed_files_are_read_again(tmp_path: Path) -> None:
    load(tmp_path, 'name = "A"\nquery = "levy"')
    first = watches_of(tmp_path)
    assert watches_of(tmp_path) is first

    load(tmp_path, 'name = "A"\nquery = "levy tax"')
    load(tmp_path, 'name = "B"\nquery = "storm"\npaused = true', name="storm.toml")

    assert watches_of(tmp_path).definitions["levy"].query == "levy tax"
    assert "storm" not in watches_of(tmp_path).definitions


def test_changes_are_looked_for_now_and_then_not_for_every_article(tmp_path: Path) -> None:
    load(tmp_path, 'name = "A"\nquery = "levy"')
    seconds = [0.0]
    watches = watches_lately(tmp_path, clock=lambda: seconds[0])
    first = watches()
    load(tmp_path, 'name = "A"\nquery = "levy tax"')

    assert watches() is first
    seconds[0] = 10.0

    assert watches().definitions["levy"].query == "levy tax"


def test_examples_that_fail_are_told() -> None:
    watch = make(must_match=["Levy is due", "A tax"], must_not_match=["No levy", {"body": "x"}])

    assert list(failed_examples(watch)) == [
        "must match and does not: A tax",
        "must not match and does: No levy",
    ]


@pytest.mark.parametrize(
    "query",
    ["levy OR tax", '"harbour levy"', "it's", "a\nb", "c\\d", "levy''' OR x", "Österreich'"],
)
def test_a_written_watch_reads_back_as_it_was_asked_for(query: str, tmp_path: Path) -> None:
    path = write_watch(tmp_path / "watches", "levy", name='The "Levy"', query=query)

    watch = load_watch_file(path)

    assert (watch.query, watch.name) == (query.strip(), 'The "Levy"')
    with pytest.raises(WatchFileError, match="is there already"):
        write_watch(tmp_path / "watches", "levy", name="A", query="b")


def test_pausing_leaves_the_rest_of_a_file_alone(tmp_path: Path) -> None:
    text = '# why: see the plan\nname = "A"\nquery = "levy"  # a word\n\n[again]\ngone = true\n'
    path = tmp_path / "levy.toml"
    path.write_text(text)

    set_paused(path, paused=True)
    assert load_watch_file(path).paused
    set_paused(path, paused=False)

    assert not load_watch_file(path).paused
    assert path.read_text() == "paused = false\n" + text


def test_a_changed_list_changes_the_watches_that_use_it(tmp_path: Path) -> None:
    (tmp_path / "lists.toml").write_text('ministers = ["Doe"]')
    load_text = 'name = "T"\nquery = "@ministers"'
    (tmp_path / "talk.toml").write_text(load_text)
    before = watches_of(tmp_path).definitions["talk"].tree

    (tmp_path / "lists.toml").write_text('ministers = ["Doe", "Roe"]')

    assert watches_of(tmp_path).definitions["talk"].tree != before


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    load(tmp_path, 'name = "A"\nquery = "levy"')
    before = watches_of(tmp_path).definitions["levy"]
    (tmp_path / "storm.toml").write_text('name = "B"\nquery = "storm"')

    after = watches_of(tmp_path).definitions

    assert after["levy"] is before
    assert set(after) == {"levy", "storm"}


# ---------------------------------------------------------------- times

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    ("now", "at", "expected"),
    [
        ((2026, 11, 23, 6, 59), time(8), (2026, 11, 23, 7)),
        ((2026, 11, 23, 7, 0), time(8), (2026, 11, 24, 7)),
        # the night in which the clocks go forward: 02:30 does not exist
        ((2026, 3, 29, 0), time(2, 30), (2026, 3, 29, 1, 30)),
        # the night in which they go back: 02:30 exists twice, the first counts
        ((2026, 10, 25, 0), time(2, 30), (2026, 10, 25, 0, 30)),
    ],
)
def test_digests_keep_to_the_readers_clock(now: Any, at: time, expected: Any) -> None:
    leaves = next_time(datetime(*now, tzinfo=UTC), (at,), OSLO)

    assert leaves == datetime(*expected, tzinfo=UTC)


def test_a_digest_may_be_asked_for_within_the_quiet_hours() -> None:
    quiet = QuietHours(time(22), time(9))
    now = datetime(2026, 11, 23, 23, tzinfo=UTC)

    assert leaves_at(now, (time(6),), quiet, OSLO) == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert leaves_at(now, (), quiet, OSLO) == datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ((2026, 11, 23, 20, 59), None),
        ((2026, 11, 23, 21), (2026, 11, 24, 1, 30)),
        ((2026, 11, 24, 1, 29, 59), (2026, 11, 24, 1, 30)),
        ((2026, 11, 24, 1, 30), None),
        # the night in which the clocks go back: 02:30 comes twice, and the first ends the quiet
        ((2026, 10, 25, 0, 29), (2026, 10, 25, 0, 30)),
        ((2026, 10, 25, 0, 30), None),
        ((2026, 10, 25, 1, 10), None),
        ((2026, 10, 25, 2), None),
        # the night in which they go forward: 02:30 does not exist
        ((2026, 3, 29, 0, 59), (2026, 3, 29, 1, 30)),
        ((2026, 3, 29, 1, 30), None),
    ],
)
def test_quiet_hours_end_once_a_night(now: Any, until: Any) -> None:
    quiet = QuietHours(time(22), time(2, 30))

    found = quiet.until(datetime(*now, tzinfo=UTC), OSLO)

    assert found == (until and datetime(*until, tzinfo=UTC))


def test_quiet_hours_within_a_day_and_of_no_length() -> None:
    noon = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)

    assert QuietHours(time(13), time(14)).until(noon, OSLO) == datetime(
        2026, 11, 23, 13, tzinfo=UTC
    )
    assert QuietHours(time(13), time(13)).until(noon, OSLO) is None
