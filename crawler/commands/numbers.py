"""Numbers on the command line."""

from __future__ import annotations

import argparse


def positive_number(text: str) -> int:
    """Return a whole number of 1 or more. Raises ArgumentTypeError with what is accepted."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number, 1 or more")
    return int(text)
