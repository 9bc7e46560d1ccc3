import pytest

from crawler.commands import tables


def rows_printed(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    lines = capsys.readouterr().out.splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def test_a_redirected_table_has_one_line_per_row_however_wide(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = "word " * 200 + "end"

    tables.print_table(("slug", "text"), [("a", long), ("b", "short")], wrapped={"text"})

    assert rows_printed(capsys) == [["slug", "text"], ["a", long], ["b", "short"]]


def test_text_in_a_table_is_never_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(("headline",), [("[red]Budget[/red] [link=x]",)])

    assert rows_printed(capsys)[1] == ["[red]Budget[/red] [link=x]"]


def test_a_column_with_nothing_in_it_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(("slug", "state"), [("a", ""), ("b", "")])

    assert rows_printed(capsys)[0] == ["slug"]


def test_no_rows_print_no_header(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(("slug",), [])

    assert capsys.readouterr().out == ""


def test_a_narrow_terminal_keeps_what_must_be_typed_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "50")
    slug = "frankfurter-allgemeine-zeitung"
    cell = tables.with_address("A headline of many words", "https://paper.example/" + "x" * 80)

    tables.print_table(("slug", "headline"), [(slug, cell)], wrapped={"headline"})

    lines = capsys.readouterr().out.splitlines()
    assert slug in lines[1]
    assert all(len(line) <= 50 for line in lines)
    assert any(line.rstrip().endswith("…") for line in lines)
