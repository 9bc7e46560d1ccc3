"""firstseen init: make a workspace."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from crawler.workspace import DEFAULT_SOURCE, create_workspace, enable_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder, and who runs the crawls."""
    parser.add_argument("folder", nargs="?", default=".", help="where (default: here)")
    parser.add_argument(
        "--contact", default="", metavar="ADDRESS", help="mail address or page for publishers"
    )


def run(args: argparse.Namespace) -> int:
    """Write what is missing; overwrite nothing."""
    folder = Path(args.folder)
    written = create_workspace(folder, contact=args.contact)
    if not any((folder / "sources").glob("*.toml")):
        written.append(enable_source(folder / "sources", DEFAULT_SOURCE))
    for path in written:
        sys.stderr.write(f"wrote {path}\n")
    if not written:
        sys.stderr.write(f"{folder} is a workspace already; nothing changed\n")
    sys.stderr.write(
        "next: `firstseen sources list --all` shows the catalogue, "
        "`firstseen sources enable SLUG` adds a publisher, `firstseen crawl` begins\n"
    )
    return 0
