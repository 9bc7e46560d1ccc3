"""Every option that a document names exists."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from crawler.config import _SECTIONS

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
_DOTTED = re.compile(rf"`({'|'.join(_SECTIONS)})\.([a-z_]+)(?=[ =`])")
_IN_TABLE = re.compile(rf"`\[({'|'.join(_SECTIONS)})\](?:` `| )([a-z_]+)`")
_BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def named_in(text: str) -> set[tuple[str, str]]:
    """Return the options a text names, as (table, key)."""
    found = {(m[1], m[2]) for m in _DOTTED.finditer(text)}
    found |= {(m[1], m[2]) for m in _IN_TABLE.finditer(text)}
    for block in _BLOCK.findall(text):
        table = ""
        for line in block.splitlines():
            if header := re.match(r"\[([a-z]+)\]", line):
                table = header[1]
            elif table in _SECTIONS and (key := re.match(r"([a-z_]+)\s*=", line)):
                found.add((table, key[1]))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_option_that_a_document_names_exists(document: Path) -> None:
    known = {(table, f.name) for table, kind in _SECTIONS.items() for f in fields(kind)}
    events = {("alerts", "digest")}  # named like an option, and the type of a webhook
    assert named_in(document.read_text("utf-8")) - known - events == set()


def test_every_option_stands_in_the_table_of_operating() -> None:
    text = (REPOSITORY / "docs" / "operating.md").read_text("utf-8")
    keys = set(re.findall(r"^\|[^|]*\| `([a-z_]+)`(?:, `([a-z_]+)`)? \|", text, re.MULTILINE))
    told = {key for pair in keys for key in pair if key}
    assert {f.name for kind in _SECTIONS.values() for f in fields(kind)} - told == set()
