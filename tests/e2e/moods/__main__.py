"""Plays the moods of sites, and our own bad states, and prints what they came to.

python -m tests.e2e.moods [--only MOOD,..] [--part K/N] [--turns N] [--shift N] [--newsweb DIR]

Without --newsweb the demonstration's houses have a new title for each mood; with it each mood in
turn takes all outlets of the replay. Exit status 1 when something came of a mood that must not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.e2e.moods.kinds import SITE_MOODS
from tests.e2e.moods.plays import fictional_exam, play, play_each


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", default="", help="names of moods, separated by commas")
    parser.add_argument("--part", default="0/1", help="every Nth mood, from the Kth on")
    parser.add_argument("--turns", type=int, default=1, help="moods of one outlet, in turn")
    parser.add_argument("--shift", type=int, default=0, help="other moods for other houses")
    parser.add_argument("--newsweb", type=Path)
    parser.add_argument("--outlets", type=int, default=16)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    first, step = map(int, args.part.split("/"))
    moods = [m for m in SITE_MOODS if not args.only or m.name in args.only.split(",")][first::step]
    folder = args.keep or Path(tempfile.mkdtemp(prefix="moods-"))
    folder.mkdir(parents=True, exist_ok=True)
    if args.newsweb:
        return play_each(folder, args.newsweb, moods, outlets=args.outlets)
    return play(fictional_exam(folder, moods, turns=args.turns, shift=args.shift))


if __name__ == "__main__":
    sys.exit(main())
