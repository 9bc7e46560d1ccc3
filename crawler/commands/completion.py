"""firstseen completion: print a completion script for your shell."""

from __future__ import annotations

import argparse
import sys

import shtab


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the shell."""
    parser.add_argument("shell", choices=shtab.SUPPORTED_SHELLS, help="your shell")


def run(args: argparse.Namespace) -> int:
    """Print the script; `eval "$(firstseen completion bash)"` switches it on."""
    script = shtab.complete(args.whole_parser(), shell=args.shell)
    sys.stdout.write(script + "\n")
    return 0
