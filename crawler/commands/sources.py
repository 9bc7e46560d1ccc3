"""firstseen sources: list, check, enable, record and test publishers."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from crawler.commands.workspace_options import options_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions, each with its own arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shown = actions.add_parser("list", help="the workspace's sources; --all: the catalogue")
    shown.add_argument("--all", action="store_true", help="the bundled catalogue")
    shown.add_argument("--country", metavar="CODE", help="only this country, as in US")
    shown.add_argument("--format", choices=("table", "json"), default="table")
    enable = actions.add_parser("enable", help="copy publishers of the catalogue into sources/")
    enable.add_argument("source", nargs="+")
    check = actions.add_parser("check", help="look at the sections now, storing nothing")
    check.add_argument("source", nargs="*", help="slugs (default: all enabled)")
    check.add_argument("--format", choices=("table", "json"), default="table")
    record = actions.add_parser("record", help="save a page and the article read from it")
    record.add_argument("url", help="address of an article of one of the sources")
    record.add_argument("--source", metavar="SLUG", help="whose rules apply (default: by address)")
    test = actions.add_parser("test", help="read the recorded pages again and compare each field")
    test.add_argument("source", nargs="*", help="slugs (default: all)")


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    return _ACTIONS[args.action](args)


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


def _record(args: argparse.Namespace) -> int:
    from crawler.commands.sources_record import record_page

    return record_page(options_of(args), args.url, slug=args.source, verbose=args.verbose)


def _test(args: argparse.Namespace) -> int:
    from crawler.commands.sources_test import test_recordings

    return test_recordings(options_of(args), args.source)


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "enable": _enable,
    "check": _check,
    "record": _record,
    "test": _test,
}
