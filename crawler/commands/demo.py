"""firstseen demo: run everything on a small news web on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from crawler.config import load_options
from crawler.workspace import create_workspace
from pipelines.operator_error import UsageError

_MARKER = "THIS-IS-A-DEMO"
_MARKED = "made by `firstseen demo`, which empties it at every run\n"
_LOOKS = 4
_SECONDS_BETWEEN = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder."""
    parser.add_argument(
        "--dir", default="firstseen-demo", metavar="DIR", help="workspace (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """Start the outlets, look at them a few times while things happen, and show what was seen."""
    from crawler.commands.demo_show import show_archive, show_next_steps

    folder = prepare_folder(Path(args.dir))
    statuses = crawl_demo_web(folder, verbose=args.verbose)
    options = load_options(folder, {})
    show_archive(options.database_url)
    show_next_steps(folder)
    return max(statuses)


def prepare_folder(folder: Path) -> Path:
    """Return the folder, empty of an earlier demonstration. Raises UsageError when it is another's.

    A folder that is not marked as a demonstration is never touched.
    """
    from crawler.workspace_archive import MARKER

    marker = folder / _MARKER
    try:
        if folder.exists() and any(folder.iterdir()) and not marker.exists():
            raise UsageError(f"{folder} is not empty and not a demo; name another with --dir")
        for old in (
            *folder.glob("firstseen.*"),
            *folder.glob(f"{MARKER}*"),
            *folder.glob("sources/*.toml"),
        ):
            old.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text(_MARKED, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be used: {error.strerror}; name another folder with --dir"
        ) from error
    return folder


def crawl_demo_web(folder: Path, *, verbose: bool) -> list[int]:
    """Crawl the demonstration web several times; return the exit status of each look."""
    from crawler.batch import Crawls, prepare_database
    from crawler.catalogue import load_sources
    from crawler.commands.crawl import shown
    from crawler.commands.crawl_summary import summary_line
    from crawler.demo import DemoWeb
    from crawler.workspace_archive import prepare_archive

    # Its clock moves between the looks only: a slow machine is shown the same as a fast one.
    with DemoWeb(speed=0.0, crawl_delay=0.3) as web:
        create_workspace(folder, allow=tuple(o.host_port for o in web.outlets), delay_seconds=0.05)
        for slug, text in web.sources().items():
            (folder / "sources" / f"{slug}.toml").write_text(text, encoding="utf-8")
        definitions = list(load_sources(folder / "sources").values())
        # Articles of the demonstration are edited within seconds, so they are looked at again soon.
        options = load_options(folder, {}, {"recheck.speed": "600"})
        prepare_archive(options.database_url, options.workspace)
        prepare_database(options.database_url, definitions)
        crawls = Crawls(options, **shown(verbose=verbose))
        sys.stderr.write(f"{len(definitions)} fictional outlets are publishing on this machine\n")

        async def looks() -> list[int]:
            statuses = []
            for number in range(1, _LOOKS + 1):
                report = await crawls.crawl(definitions)
                sys.stderr.write(f"look {number} of {_LOOKS}: {summary_line(report)}\n")
                statuses.append(report.exit_status)
                if crawls.stopped:
                    break
                if number < _LOOKS:
                    await asyncio.sleep(_SECONDS_BETWEEN)
                    web.advance((web.length - web.position) / (_LOOKS - number))
            return statuses

        return crawls.run(looks())
