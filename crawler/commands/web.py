"""firstseen web: the analyst's page and the JSON API on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from crawler.commands.workspace_options import options_of
from crawler.config import Options
from pipelines.operator_error import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen, and the making of a token."""
    parser.add_argument(
        "--listen", metavar="HOST:PORT", help="instead of [web] listen; port 0: any free one"
    )
    parser.add_argument("--open", action="store_true", help="show the page in a browser")
    parser.add_argument(
        "--edit", action="store_true", help="let the page save watches, and part or join stories"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    token = actions.add_parser("token", help="make the token that opens the page and the API")
    token.add_argument("--replace", action="store_true", help="instead of the one there is")


def run(args: argparse.Namespace) -> int:
    """Serve until told to end; or make a token and print it, once."""
    options = options_of(args)
    if args.action == "token":
        return _make_token(options, replace=args.replace)
    from crawler.commands.web_serving import serve

    listen = args.listen or options.web.listen
    return serve(options, listen, environ=os.environ, opens=args.open, edits=args.edit)


def token_file(options: Options) -> Path:
    """Return where the token's digest stands; a relative name counts from the workspace."""
    return options.workspace / options.web.token_file


def _make_token(options: Options, *, replace: bool) -> int:
    from pipelines.web.access import new_token, write_token

    file = token_file(options)
    if file.exists() and not replace:
        raise UsageError(f"{file}: there is a token already; --replace makes another one")
    token = new_token()
    write_token(file, token)
    sys.stdout.write(f"{token}\n")
    sys.stderr.write(f"shown this once; {file} keeps only its hash\n")
    return 0
