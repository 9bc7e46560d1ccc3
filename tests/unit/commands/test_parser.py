import argparse

import pytest

from crawler.cli import COMMANDS, build_parser, main, parse
from crawler.commands.parser import CommandParser


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (["serach", "minister"], "did you mean search?"),
        (["sources", "chekc"], "did you mean check?"),
        (["crawl", "--jsn"], "did you mean --json?"),
        (["search", "--limt=3"], "did you mean --limit?"),
        (["sources", "list", "--formt", "json"], "did you mean --format?"),
        (["export", "--format", "jsnol"], "did you mean jsonl?"),
    ],
)
def test_a_mistyped_word_is_answered_with_what_was_probably_meant(
    words: list[str], suggestion: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(words)

    assert left.value.code == 2
    assert suggestion in capsys.readouterr().err


def test_a_word_like_none_of_ours_gets_the_list_and_no_guess(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(["xyzzy"])

    told = capsys.readouterr().err
    assert "did you mean" not in told
    assert "completion" in told


@pytest.mark.parametrize(
    "words",
    [
        ["--workspace", "w", "-v", "sources", "list"],
        ["sources", "list", "--workspace", "w", "-v"],
        ["--workspace", "elsewhere", "sources", "list", "-v", "--workspace", "w"],
        ["-v", "search", "demo", "--workspace", "w"],  # a word searched for may be a command's name
        ["--workspace", "w", "--verbose", "search"],
    ],
)
def test_common_options_may_stand_before_and_after_the_subcommand(words: list[str]) -> None:
    args = parse(words)

    assert (args.workspace, args.verbose, args.database_url) == ("w", True, None)


def test_common_options_that_are_not_given_have_a_value_all_the_same() -> None:
    args = parse(["sources", "list"])

    assert (args.workspace, args.verbose, args.database_url) == (None, False, None)


def test_options_cannot_be_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["search", "--form", "json"])

    assert "did you mean --format?" in capsys.readouterr().err


def test_every_subcommand_says_what_it_does_and_every_option_what_it_means() -> None:
    for parser in build_parser().with_all_below():
        undocumented = [a.dest for a in parser._actions if not a.help and not _is_word(a)]
        assert (parser.prog, undocumented) == (parser.prog, [])


def _is_word(action: argparse.Action) -> bool:
    return isinstance(action, argparse._SubParsersAction)


def test_the_common_options_reach_every_parser_of_every_subcommand() -> None:
    asked = build_parser().with_all_below()

    assert {parser.prog.split()[1] for parser in asked[1:]} == set(COMMANDS)
    assert all("--database-url" in parser.format_help() for parser in asked)


def test_parsers_below_are_found_however_deep_they_are() -> None:
    parser = CommandParser(prog="x")
    words = parser.add_subparsers()
    inner = parser.add_action(words, "a", "first")
    deep = inner.add_subparsers().add_parser("b", help="second")
    flat = parser.add_action(words, "c", "third")

    assert parser.with_all_below() == [parser, inner, deep, flat]


@pytest.mark.parametrize("verbose", [False, True])
def test_an_unexpected_fault_is_one_line_and_the_trace_only_when_asked(
    *,
    verbose: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_args: object) -> int:
        raise ZeroDivisionError("division by\nzero")

    monkeypatch.setattr("crawler.commands.db.run", broken)

    assert main(["db", "url", *(["-v"] if verbose else [])]) == 1
    told = "firstseen: failed unexpectedly: ZeroDivisionError: division by (--verbose shows the"
    assert capsys.readouterr().err.startswith(told)
    assert bool(caplog.records) is verbose
