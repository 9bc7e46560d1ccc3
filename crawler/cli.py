"""The firstseen command: a table of subcommands; only the one asked for is imported."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from typing import Protocol, cast

from crawler.commands.parser import CommandParser, add_common_arguments
from pipelines.operator_error import OperatorError

#: subcommand -> what it does. The module of the same name in crawler.commands does it.
COMMANDS = {
    "init": "make a workspace: firstseen.toml, sources/ and watches/",
    "crawl": "look at the sections and store what is new",
    "run": "look at what is due, by itself, until told to end (daemon)",
    "search": "find stored articles",
    "stories": "show what happened, who had it first, and who carries whose text",
    "diff": "show what changed between the wordings of an article",
    "coverage": "show when we looked, when we could not, and what that leaves uncertain",
    "watches": "say what you want to hear about, try it out, and check it",
    "alerts": "show what was told and why, deliver what waits, and what could not be delivered",
    "export": "write articles, stories, revisions or visits as CSV, JSON Lines or Parquet",
    "sql": "ask the database in SQL, read-only; list the views and the cookbook",
    "datasette": "browse and ask the database in Datasette, on this machine, read-only",
    "sources": "list, check, mend, enable, record and test publishers",
    "web": "serve the page and the JSON API on this machine",
    "db": "upgrade or check the database, or print its address",
    "health": "tell which sections are well, and of what the others suffer",
    "units": "print systemd units or a crontab line",
    "demo": "run everything on a small news web on this machine",
    "completion": "print a completion script for your shell",
}
_LONGEST_REASON = 200  # signs of an unexpected fault's own words


class Command(Protocol):
    """What a module of crawler.commands offers."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the subcommand's arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit status."""


def load_command(name: str) -> Command:
    """Return the module of a subcommand."""
    return cast(Command, import_module(f"crawler.commands.{name}"))


def build_parser(chosen: Collection[str] = tuple(COMMANDS)) -> CommandParser:
    """Return the parser; only the ``chosen`` subcommands know their arguments."""
    parser = CommandParser(
        prog="firstseen",
        description="A news monitor that can prove what it saw, when, and what it missed.",
        epilog="examples:\n  firstseen demo\n  firstseen init\n  firstseen crawl\n"
        '  firstseen search "trade talks" --since 24h',
    )
    parser.add_argument("--version", action="version", version=f"firstseen {version('firstseen')}")
    add_common_arguments(parser, default=None)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, told in COMMANDS.items():
        subparser = parser.add_action(subparsers, name, told)
        if name in chosen:
            load_command(name).add_arguments(subparser)
            for asked in subparser.with_all_below():
                add_common_arguments(asked)
                asked.set_defaults(asked=asked)  # the innermost wins
    return parser


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the parsed command line; leaves with status 2 and the reason when it is wrong."""
    # A word that happens to be searched for costs at most one more light import.
    parser = build_parser([word for word in words if word in COMMANDS])
    if not words:
        parser.print_help(sys.stderr)
        parser.exit(2)
    args, unknown = parser.parse_known_args(words)
    if unknown:
        # Told by the subcommand's own parser: its usage line and its options are the ones meant.
        args.asked.error(f"unrecognized arguments: {' '.join(unknown)}")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit status: 0 done, 1 failed, 2 usage, 3 partly."""
    _write_utf8()
    args = parse(sys.argv[1:] if argv is None else argv)
    args.whole_parser = build_parser
    try:
        return load_command(args.command).run(args)
    except OperatorError as error:
        return _told(str(error), error, error.exit_status, verbose=args.verbose)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells expect
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain when flushing at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        said = (str(error).splitlines() or [""])[0][:_LONGEST_REASON]
        told = f"failed unexpectedly: {type(error).__name__}: {said} (--verbose shows the trace)"
        return _told(told, error, 1, verbose=args.verbose)


def _write_utf8() -> None:
    """Write UTF-8 into files and pipes (RFC 8259 8.1 asks JSON for it) whatever the locale is.

    A terminal keeps its own encoding, and shows what that cannot express as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _told(line: str, error: Exception, status: int, *, verbose: bool) -> int:
    sys.stderr.write(f"firstseen: {line}\n")
    if verbose:
        logging.getLogger(__name__).error("trace", exc_info=error)
    return status


if __name__ == "__main__":
    sys.exit(main())
