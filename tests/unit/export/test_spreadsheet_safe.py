"""No spreadsheet takes a text of a site for a formula."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given

from pipelines.export.csv_file import cell, list_of, spreadsheet_cell, text_of
from tests.unit.export.rows import COLUMNS, TEXT, csv_bytes, read_csv

#: What a spreadsheet may look past before it sees the sign that begins a formula.
UNSEEN = re.compile("[\\s\u200b-\u200f\u2060\ufeff\"']*")


@pytest.mark.parametrize(
    ("text", "is_marked"),
    [
        ("=1+1", True),
        ("+1", True),
        ("-5 degrees in Oslo", True),
        ("@minister resigns", True),
        ("\t=1", True),
        ("\rCarriage", True),
        ("\nLine", True),
        (" =1", True),
        ("\u200b=1", True),
        ('"=1"', True),
        ("＝1", True),
        ("＠SUM(1)", True),
        ("'=1", True),
        ("'tis the season", True),  # or our mark and the publisher's could not be told apart
        ("“=1”", True),
        ("a=b", False),
        ("“Never”, says minister", False),
        ("1-0", False),
        ("", False),
        ("2026-11-23T12:00:00Z", False),
    ],
)
def test_a_text_that_could_be_a_formula_is_marked(text: str, is_marked: bool) -> None:
    assert spreadsheet_cell(text) == ("'" + text if is_marked else text)
    assert text_of(spreadsheet_cell(text)) == text


@given(TEXT)
def test_no_cell_begins_with_a_formula_and_the_mark_can_be_taken_away(text: str) -> None:
    marked = spreadsheet_cell(text)

    if not marked.startswith("'"):
        assert marked[:1] not in set("\t\r\n")
        assert UNSEEN.sub("", marked, count=1)[:1] not in set("=+-@＝＋－＠") or not marked
    assert text_of(marked) == text


@given(TEXT)
def test_a_list_is_joined_so_that_it_can_be_taken_apart(text: str) -> None:
    entries = [entry for entry in (text, "Ann Lee", text + ";", "a; b", "c\\") if entry]

    assert list_of(cell(entries)) == entries
    assert cell(["Ann Lee", "Bo Chan"]) == "Ann Lee; Bo Chan"


def test_every_cell_is_quoted_and_the_file_says_that_it_is_utf_8() -> None:
    row = {column.name: None for column in COLUMNS} | {"headline": "a;=1+1", "id": 3}

    lines = csv_bytes([row], spreadsheet_safe=True).split(b"\r\n")

    assert lines[0].startswith(b'\xef\xbb\xbf"id","score"')
    assert lines[1] == b'"3","","a;=1+1","","","",""'


def test_the_known_ways_to_smuggle_a_formula_in_are_closed(shared: Path) -> None:
    path = shared / "hostile" / "pack" / "csv_formula" / "dev" / "cases.jsonl"
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        text = case["input"]
        row = {column.name: None for column in COLUMNS} | {"headline": text}

        (plain,) = read_csv(csv_bytes([row]))
        (safe,) = read_csv(csv_bytes([row], spreadsheet_safe=True))

        assert plain["headline"] == text
        assert (
            safe["headline"].startswith("'") is case["expect"]["neutralised_in_spreadsheet_export"]
        )
        assert text_of(safe["headline"]) == text
