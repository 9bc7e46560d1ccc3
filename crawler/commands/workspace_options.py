"""What every subcommand reads first: the workspace and its options."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from crawler.config import Options, find_workspace, load_options


def options_of(args: argparse.Namespace) -> Options:
    """Return the options of the workspace the command line means. Raises ConfigError."""
    workspace = find_workspace(args.workspace, os.environ, Path.cwd())
    flags = {"database.url": args.database_url} if args.database_url else {}
    return load_options(workspace, os.environ, flags)
