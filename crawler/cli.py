"""The firstseen command: a table of subcommands; only the one asked for is imported."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Protocol, cast

from pipelines.operator_error import OperatorError

#: subcommand -> what it does. The module of the same name in crawler.commands does it.
COMMANDS = {
    "init": "make a workspace: firstseen.toml, sources/ and watches/",
    "crawl": "look at the sections and store what is new",
    "search": "find stored articles",
    "export": "write stored articles as CSV or JSON Lines",
    "sources": "list, check, enable, record and test publishers",
    "db": "upgrade or check the database, or print its address",
    "demo": "run everything on a small news web on this machine",
    "completion": "print a completion script for your shell",
}


class Command(Protocol):
    """What a module of crawler.commands offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the subcommand's arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; return the exit status."""


def load_command(name: str) -> Command:
    """Return the module of a subcommand."""
    return cast(Command, import_module(f"crawler.commands.{name}"))


def build_parser(chosen: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the ``chosen`` subcommands know their arguments."""
    parser = argparse.ArgumentParser(
        prog="firstseen",
        description="A news monitor that can prove what it saw, when, and what it missed.",
        epilog="examples:\n  firstseen demo\n  firstseen init\n  firstseen crawl\n"
        '  firstseen search "trade talks" --since 24h',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"firstseen {version('firstseen')}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, told in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=told, description=told)
        if name in chosen:
            load_command(name).add_arguments(subparser)
            _add_common_arguments(subparser)
    return parser


def _add_common_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("everywhere")
    group.add_argument(
        "--workspace", metavar="DIR", help="folder of firstseen.toml (default: here)"
    )
    group.add_argument("--database-url", metavar="URL", help="use this database instead")
    group.add_argument("--verbose", "-v", action="store_true", help="log each step; show traces")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit status: 0 done, 1 failed, 2 usage, 3 partly."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = [next((word for word in words if word in COMMANDS), "")]
    args = build_parser(chosen).parse_args(words)
    args.whole_parser = lambda: build_parser(tuple(COMMANDS))
    try:
        return load_command(args.command).run(args)
    except OperatorError as error:
        return _told(error, error.exit_status, verbose=args.verbose)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells expect
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain when flushing at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _told(error: Exception, status: int, *, verbose: bool) -> int:
    sys.stderr.write(f"firstseen: {error}\n")
    if verbose:
        logging.getLogger(__name__).error("trace", exc_info=error)
    return status


if __name__ == "__main__":
    sys.exit(main())
