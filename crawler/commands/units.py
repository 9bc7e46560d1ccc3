"""firstseen units: print the systemd units or the crontab line for this machine."""

from __future__ import annotations

import argparse
import os
import platform
import pwd
import shutil
import sys
from pathlib import Path

from crawler.config import CONFIG_FILE, ConfigError, find_workspace
from crawler.schedule.units import Installation, cron_line, daemon_units, timer_units
from pipelines.operator_error import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which way to run, and where."""
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--daemon", action="store_true", help="a service that runs `firstseen run`")
    way.add_argument(
        "--timer", action="store_true", help="a service and a timer for `firstseen crawl --due`"
    )
    way.add_argument("--cron", action="store_true", help="a crontab line instead")
    parser.add_argument("--user", action="store_true", help="for your own `systemctl --user`")
    parser.add_argument(
        "--rendering", action="store_true", help="looser, so that chromium can run in it"
    )
    parser.add_argument(
        "--credential",
        action="append",
        default=[],
        metavar="NAME:PATH",
        help="a secret file to hand over, such as pgpass:/etc/firstseen/pgpass; may be repeated",
    )
    parser.add_argument(
        "--metrics-file", type=Path, metavar="FILE", help="with --timer, --cron: see `crawl`"
    )
    parser.add_argument("--into", type=Path, metavar="DIR", help="write files instead of printing")


def run(args: argparse.Namespace) -> int:
    """Print the files one after the other, each under its name, or write them."""
    at = _installation(args)
    if args.cron:
        sys.stdout.write(cron_line(at, platform.node()))
        return 0
    units = daemon_units(at) if args.daemon else timer_units(at)
    folder = "~/.config/systemd/user" if args.user else "/etc/systemd/system"
    for name, text in units.items():
        if args.into:
            _write(args.into / name, text)
        else:
            sys.stdout.write(f"# {folder}/{name}\n{text}\n")
    return 0


def _installation(args: argparse.Namespace) -> Installation:
    workspace = _workspace(args)
    bad = [pair for pair in args.credential if not all(pair.partition(":")[::2])]
    if bad:
        raise UsageError(f"--credential {bad[0]!r} must be a name and a path, as in pgpass:/a/file")
    metrics_file: Path | None = args.metrics_file and args.metrics_file.absolute()
    return Installation(
        program=_program(),
        workspace=workspace,
        owner=pwd.getpwuid(workspace.stat().st_uid).pw_name if workspace else "",
        program_paths=tuple(dict.fromkeys(Path(p) for p in (sys.prefix, sys.base_prefix))),
        credentials=tuple(args.credential),
        user=args.user,
        rendering=args.rendering,
        metrics_file=metrics_file,
    )


def _workspace(args: argparse.Namespace) -> Path | None:
    """Return the workspace that is meant, None for the one systemd keeps under /var/lib."""
    try:
        return find_workspace(args.workspace, os.environ, Path.cwd()).resolve()
    except ConfigError:
        if args.workspace or args.user or args.cron:
            raise
        sys.stderr.write(
            f"no {CONFIG_FILE} here: the units work in /var/lib/firstseen "
            "(name another folder with --workspace)\n"
        )
        return None


def _program() -> Path:
    """Return the program's own path: where it was started from, or where the shell finds it."""
    beside = Path(sys.executable).with_name("firstseen")
    found = shutil.which("firstseen")
    if beside.exists() or found is None:
        return beside
    return Path(found)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    sys.stderr.write(f"wrote {path}\n")
