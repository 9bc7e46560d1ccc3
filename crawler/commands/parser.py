"""The argument parser: says what was probably meant, and takes the common options anywhere."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

from crawler.spelling import did_you_mean

_WRONG_CHOICE = re.compile(r"invalid choice: (['\"])(?P<given>.*)\1 \(choose from (?P<known>.*)\)")
_UNKNOWN_OPTION = "unrecognized arguments: "
_HELP_COLUMN = 28  # wide enough for our longest subcommand and option


class CommandParser(argparse.ArgumentParser):
    """An ArgumentParser without abbreviations whose errors name what was probably meant.

    Python 3.14 can suggest choices by itself, but not options, and 3.11 to 3.13 cannot.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Take ArgumentParser's arguments."""
        kwargs.setdefault("formatter_class", _formatter)
        # A script that relies on --form breaks on the day a second option begins like that.
        super().__init__(allow_abbrev=False, **kwargs)
        self._words: list[argparse._SubParsersAction[CommandParser]] = []

    def add_subparsers(self, **kwargs: Any) -> Any:
        """Declare that further words may follow, each with a parser of its own."""
        words = super().add_subparsers(**kwargs)
        self._words.append(words)
        return words

    def add_action(self, subparsers: Any, name: str, told: str) -> CommandParser:
        """Add and return the parser of one word after ours; ``told`` is its help."""
        action: CommandParser = subparsers.add_parser(name, help=told, description=told)
        return action

    def with_all_below(self) -> list[CommandParser]:
        """Return this parser and those of all words that may follow."""
        below = [parser for words in self._words for parser in words.choices.values()]
        return [self, *(found for parser in below for found in parser.with_all_below())]

    def error(self, message: str) -> NoReturn:
        """Leave with status 2, usage and suggestion on standard error."""
        super().error(message + self._suggestion(message))

    def _suggestion(self, message: str) -> str:
        if match := _WRONG_CHOICE.search(message):
            known = (word.strip("'\" ") for word in match["known"].split(","))
            return did_you_mean(match["given"], known)
        if _UNKNOWN_OPTION in message:
            given = message.partition(_UNKNOWN_OPTION)[2].split()[0].partition("=")[0]
            if given.startswith("-"):
                return did_you_mean(given, self._option_string_actions)
        return ""


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=_HELP_COLUMN)


def add_common_arguments(parser: CommandParser, *, default: object = argparse.SUPPRESS) -> None:
    """Declare the options every subcommand has; without ``default`` an earlier word's value stays.

    So `firstseen --workspace DIR sources list` and `firstseen sources list --workspace DIR` agree.
    """
    group = parser.add_argument_group("everywhere")
    group.add_argument(
        "--workspace",
        metavar="DIR",
        default=default,
        help="folder of firstseen.toml (default: here)",
    )
    group.add_argument(
        "--database-url", metavar="URL", default=default, help="use this database instead"
    )
    group.add_argument(
        "--verbose",
        "-v",
        action="store_true",
        default=default or False,
        help="log each step; show traces",
    )
