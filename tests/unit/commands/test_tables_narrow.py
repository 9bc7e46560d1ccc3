"""What a narrow terminal shows: nothing cut, nothing squeezed into a column of syllables."""

from __future__ import annotations

import pytest

from crawler.commands import tables

ADDRESS = "https://valleypost.example/politics/and/a/long/address/that/does/not/fit/feed.xml"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.usefixtures("terminal")
def test_rows_are_shown_one_below_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert tables.is_narrower_than(100)
    tables.print_records(("section", "address", "why"), [("a/b", ADDRESS, "")])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].rstrip() == "a/b"
    assert "".join(line.strip() for line in lines[1:]) == f"address:{ADDRESS}"
    assert max(map(len, lines)) <= 40


def test_what_is_redirected_is_never_narrow() -> None:
    assert not tables.is_narrower_than(10_000)
