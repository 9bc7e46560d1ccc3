"""firstseen sources: list, check, enable, record and test publishers, and answer to them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from crawler.commands.parser import CommandParser
from crawler.commands.workspace_options import options_of


def add_arguments(parser: CommandParser) -> None:
    """Declare the actions, each with its own arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, (told, declare, _) in ACTIONS.items():
        declare(parser.add_action(actions, name, told))


def _list_arguments(parser: CommandParser) -> None:
    parser.add_argument("--all", action="store_true", help="the bundled catalogue")
    parser.add_argument("--country", metavar="CODE", help="only this country, as in US")
    _format_argument(parser)


def _enable_arguments(parser: CommandParser) -> None:
    parser.add_argument("source", nargs="+", metavar="SLUG", help="publishers of the catalogue")


def _check_arguments(parser: CommandParser) -> None:
    parser.add_argument("source", nargs="*", metavar="SLUG", help="default: all enabled sources")
    _format_argument(parser)


def _record_arguments(parser: CommandParser) -> None:
    parser.add_argument("url", metavar="URL", help="address of an article of one of the sources")
    parser.add_argument("--source", metavar="SLUG", help="whose rules apply (default: by address)")


def _test_arguments(parser: CommandParser) -> None:
    parser.add_argument("source", nargs="*", metavar="SLUG", help="default: all sources")


def _conduct_arguments(parser: CommandParser) -> None:
    from crawler.commands.times import parse_time

    parser.add_argument("source", metavar="SLUG", help="the publisher that asks")
    parser.add_argument(
        "--since", metavar="TIME", type=parse_time, help="24h, 7d, 2026-11-23 (default: 7d)"
    )
    _format_argument(parser)


def _memory_arguments(parser: CommandParser) -> None:
    parser.add_argument("source", metavar="SLUG", help="whose pages")
    _format_argument(parser)


def _doctor_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "target", metavar="SOURCE|URL", help="a slug, a domain, or a section's address"
    )
    parser.add_argument("--write", action="store_true", help="put the proposal into sources/")
    _format_argument(parser)


def _move_arguments(parser: CommandParser) -> None:
    parser.add_argument("section", metavar="SOURCE/SECTION", help="what has moved")
    parser.add_argument(
        "target", metavar="ADDRESS|HOST", help="where it is now, or its entries are"
    )


def _opml_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--output", "-o", default="-", metavar="FILE", help="a file (default: standard output)"
    )


def _import_arguments(parser: CommandParser) -> None:
    parser.add_argument("file", metavar="FILE", help="an OPML file of another reader, or -")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be written")
    parser.add_argument(
        "--with-bundled", action="store_true", help="own files for the catalogue's publishers too"
    )


def _format_argument(parser: CommandParser) -> None:
    parser.add_argument(
        "--format", choices=("table", "json"), default="table", help="default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    return ACTIONS[args.action][2](args)


def _list(args: argparse.Namespace) -> int:
    from crawler.commands.sources_list import list_catalogue, list_workspace

    if args.all:
        return list_catalogue(country=args.country, as_json=args.format == "json")
    options = options_of(args)
    return list_workspace(options, country=args.country, as_json=args.format == "json")


def _enable(args: argparse.Namespace) -> int:
    from crawler.commands.sources_list import enable_sources

    return enable_sources(options_of(args), args.source)


def _check(args: argparse.Namespace) -> int:
    from crawler.commands.sources_check import check_sources

    options = options_of(args)
    as_json = args.format == "json"
    return check_sources(options, args.source, as_json=as_json, verbose=args.verbose)


def _move(args: argparse.Namespace) -> int:
    from crawler.commands.sources_move import move_section

    return move_section(options_of(args), args.section, args.target)


def _record(args: argparse.Namespace) -> int:
    from crawler.commands.sources_record import record_page

    return record_page(options_of(args), args.url, slug=args.source, verbose=args.verbose)


def _test(args: argparse.Namespace) -> int:
    from crawler.commands.sources_replay import replay_recordings

    return replay_recordings(options_of(args), args.source)


def _conduct(args: argparse.Namespace) -> int:
    from crawler.commands.sources_conduct import show_conduct

    now = datetime.now(UTC)
    since = args.since or now - timedelta(days=7)
    as_json = args.format == "json"
    return show_conduct(options_of(args), args.source, since=since, now=now, as_json=as_json)


def _memory(args: argparse.Namespace) -> int:
    from crawler.commands.sources_memory import show_memory

    return show_memory(options_of(args), args.source, as_json=args.format == "json")


def _doctor(args: argparse.Namespace) -> int:
    from crawler.commands.sources_doctor import examine_source

    return examine_source(
        options_of(args),
        args.target,
        write=args.write,
        as_json=args.format == "json",
        verbose=args.verbose,
    )


def _opml(args: argparse.Namespace) -> int:
    from crawler.commands.sources_opml import export_opml

    return export_opml(options_of(args), output=args.output, now=datetime.now(UTC))


def _import(args: argparse.Namespace) -> int:
    from crawler.commands.sources_opml import import_opml

    return import_opml(
        options_of(args), args.file, dry_run=args.dry_run, with_bundled=args.with_bundled
    )


Declare = Callable[[CommandParser], None]
Act = Callable[[argparse.Namespace], int]
#: action -> what it does, its arguments, and the function that does it.
ACTIONS: dict[str, tuple[str, Declare, Act]] = {
    "list": ("show the workspace's sources; --all: the catalogue", _list_arguments, _list),
    "enable": ("copy publishers of the catalogue into sources/", _enable_arguments, _enable),
    "check": ("look at the sections now, storing nothing", _check_arguments, _check),
    "doctor": ("find out how a publisher can be watched", _doctor_arguments, _doctor),
    "move": ("follow a section to its new address", _move_arguments, _move),
    "conduct": ("what a publisher got from us: for its questions", _conduct_arguments, _conduct),
    "memory": ("what reading its pages has taught", _memory_arguments, _memory),
    "opml": ("write the feeds of the enabled sources as OPML", _opml_arguments, _opml),
    "import": ("write source files for an OPML file's feeds", _import_arguments, _import),
    "record": ("save a page and the article read from it", _record_arguments, _record),
    "test": ("read the recorded pages again and compare", _test_arguments, _test),
}
