"""firstseen datasette: browse and ask the database in Datasette, on this machine, read-only."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from crawler.commands.workspace_options import options_of
from pipelines.operator_error import OperatorError, UsageError

_PORT = 8001  # Datasette's own
#: Settings of Datasette that differ from its own, and why.
_SETTINGS = {
    "sql_time_limit_ms": "10000",  # questions over a large archive; one analyst, not the public
    "facet_time_limit_ms": "500",
    "suggest_facets": "off",  # it would count every column of a million articles
    "allow_download": "off",  # the file holds more than is shown
    "truncate_cells_html": "300",  # articles are long
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to write, where to listen, and what to say of the data."""
    parser.add_argument(
        "--write-only", action="store_true", help="write the metadata, start nothing"
    )
    parser.add_argument(
        "--metadata", metavar="FILE", help="default: metadata.yaml in the workspace"
    )
    parser.add_argument(
        "--port", type=_port, default=_PORT, metavar="N", help="default: %(default)s; 0: any free"
    )
    parser.add_argument(
        "--immutable",
        action="store_true",
        help="nothing writes to the file any more: quicker, wrong where something does",
    )
    for name, told in (
        ("title", "heading of the pages"),
        ("license", "licence of your data; the texts are their publishers'"),
        ("license-url", "address of the licence"),
        ("source", "where the data come from"),
        ("source-url", "address of that"),
    ):
        parser.add_argument(f"--{name}", metavar="TEXT", default="", help=told)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; use 0 to 65535")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Write the metadata and become Datasette."""
    from crawler.workspace_archive import archive_session

    options = options_of(args)
    database = _sqlite_file(options.database_url)
    with archive_session(options):
        pass  # it is there, and of this release
    metadata = Path(args.metadata) if args.metadata else options.workspace / "metadata.yaml"
    _write(args, metadata, database)
    sys.stderr.write(f"{metadata}: written\n")
    if not args.write_only:
        _start(_words(args, metadata, database))
    return 0


def _start(words: list[str]) -> NoReturn:
    if find_spec("datasette") is None:
        raise OperatorError(
            "Datasette is not installed: pip install 'firstseen[datasette]' "
            "(--write-only works without it)"
        )
    sys.stderr.flush()
    # In our place and not below us: whoever ends this process ends Datasette.
    os.execv(words[0], words)  # noqa: S606 - words of ours, no shell


def _sqlite_file(url: str) -> Path:
    from pipelines.storage.database import parse_url

    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError(
            "Datasette reads SQLite files only; a PostgreSQL database is asked with "
            "`firstseen sql` and browsed with `firstseen web`"
        )
    return Path(parsed.database).resolve()


def _write(args: argparse.Namespace, path: Path, database: Path) -> None:
    from pipelines.export.datasette_metadata import MARK, Imprint, as_yaml, datasette_metadata
    from pipelines.export.whole_file import whole_file

    if path.exists() and not path.read_bytes().startswith(MARK.encode()):
        raise UsageError(f"{path} is not ours to overwrite; name another file with --metadata")
    names = ("title", "license", "license_url", "source", "source_url")
    imprint = Imprint(**{name: getattr(args, name) for name in names if getattr(args, name)})
    with whole_file(str(path)) as stream:
        stream.write(as_yaml(datasette_metadata(database.stem, imprint)).encode())


def _words(args: argparse.Namespace, metadata: Path, database: Path) -> list[str]:
    words = [sys.executable, "-m", "datasette", "serve"]
    words += ["--immutable", str(database)] if args.immutable else [str(database)]
    words += ["--metadata", str(metadata), "--host", "127.0.0.1", "--port", str(args.port)]
    for name, value in _SETTINGS.items():
        words += ["--setting", name, value]
    return words
