"""Runs the demonstration web by itself: ``python -m crawler.demo [--port N] [--seconds N]``."""

from __future__ import annotations

import argparse
import sys
import time

from crawler.demo.web import DemoWeb


def main() -> None:
    """Print the addresses, then serve until the seconds are over or Ctrl-C is pressed."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8800, help="first of the ports (default: 8800)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another timetable")
    parser.add_argument("--speed", type=float, default=1.0, help="timeline seconds per second")
    parser.add_argument("--seconds", type=float, default=600.0, help="leave after (default: 600)")
    options = parser.parse_args()
    with DemoWeb(base_port=options.port, seed=options.seed, speed=options.speed) as web:
        for outlet in web.outlets:
            sys.stdout.write(f"{outlet.front_url:40} {outlet.section_kind:8} {outlet.name}\n")
        sys.stdout.flush()
        try:
            time.sleep(options.seconds)
        except KeyboardInterrupt:
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
