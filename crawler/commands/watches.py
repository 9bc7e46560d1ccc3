"""firstseen watches: what you want to hear about; one file each in watches/."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.commands.named_watch import named_watch
from crawler.commands.numbers import positive_number
from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from crawler.config import Options
from crawler.spelling import did_you_mean
from crawler.workspace_archive import archive_session
from pipelines.backtest import Firing, backtest, failed_examples
from pipelines.export.schema_org import iso_time
from pipelines.messages import one_line
from pipelines.operator_error import UsageError
from pipelines.storage.database import explained
from pipelines.watch_editing import set_paused, write_watch
from pipelines.watch_files import WatchDefinition, load_lists, load_watches
from pipelines.watches.explain import explain
from pipelines.watches.parsing import parse_watch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with watches."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="write a watch file")
    add.add_argument("slug", metavar="SLUG", help="the file's name: harbour-levy")
    add.add_argument("query", metavar="QUERY", help="in the watch language")
    add.add_argument("--name", metavar="NAME", help="as it is shown (default: from SLUG)")
    add.add_argument(
        "--channel", action="append", default=[], metavar="NAME", help="tell there (repeat)"
    )
    add.add_argument(
        "--deliver",
        default="immediate",
        metavar="WHEN",
        help='or "digest at 08:00"',
    )
    listing = actions.add_parser("list", help="all watches, and what is wrong with their files")
    listing.add_argument(
        "--format", choices=("table", "json"), default="table", help="default: %(default)s"
    )
    check = actions.add_parser("check", help="run the files' must_match and must_not_match")
    check.add_argument("slug", nargs="*", metavar="SLUG", help="only these (default: all)")
    test = actions.add_parser("backtest", help="what a watch would have raised over the archive")
    test.add_argument("slug", metavar="SLUG|QUERY", help="a watch, or a query not yet saved")
    test.add_argument(
        "--since", type=parse_time, metavar="TIME", help="first seen since (default: 30d)"
    )
    test.add_argument(
        "--limit", type=positive_number, default=50, metavar="N", help="shown (default 50)"
    )
    test.add_argument(
        "--format", choices=("table", "json"), default="table", help="default: %(default)s"
    )
    send = actions.add_parser("test-send", help="send a made-up alert to a watch's channels")
    send.add_argument("slug", metavar="SLUG", help="the watch")
    pause = actions.add_parser("pause", help="let a watch rest, or wake it")
    pause.add_argument("slug", metavar="SLUG", help="the watch")
    pause.add_argument("--resume", action="store_true", help="wake it")
    past = actions.add_parser("tell-past", help="tell a watch of what was there before it, once")
    past.add_argument("slug", metavar="SLUG", help="the watch")
    past.add_argument(
        "--since", type=parse_time, metavar="TIME", help="first seen since (default: 7d)"
    )
    why = actions.add_parser("explain", help="draw a query as a tree, and where an article answers")
    why.add_argument("query", metavar="QUERY", help="in the watch language, or a watch's SLUG")
    why.add_argument(
        "article", type=positive_number, nargs="?", metavar="ARTICLE", help="id of a stored article"
    )


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    return {
        "add": _add,
        "list": _list,
        "check": _check,
        "backtest": _backtest,
        "test-send": _test_send,
        "pause": _pause,
        "tell-past": _tell_past,
        "explain": _explain,
    }[args.action](args, options_of(args))


def _add(args: argparse.Namespace, options: Options) -> int:
    _refuse_unknown_channels(args.channel, options)
    path = write_watch(
        options.watches_folder,
        args.slug,
        name=args.name or args.slug.replace("-", " ").capitalize(),
        query=args.query,
        channels=args.channel,
        deliver=args.deliver,
    )
    sys.stderr.write(
        f"wrote {path}\nnext: `firstseen watches backtest {args.slug}` shows what it would have "
        "raised\n"
    )
    return 0


def _list(args: argparse.Namespace, options: Options) -> int:
    from crawler.commands.tables import print_table

    watches, errors = load_watches(options.watches_folder)
    if args.format == "json":
        sys.stdout.write(json.dumps([_record(w) for w in watches.values()], indent=2) + "\n")
    else:
        rows = [
            (w.slug, "paused" if w.paused else _when(w), ", ".join(w.channels), one_line(w.query))
            for w in watches.values()
        ]
        print_table(("watch", "delivered", "channels", "query"), rows, wrapped={"query"})
    for error in errors:
        sys.stderr.write(f"firstseen: {error}\n")
    return 1 if errors else 0


def _when(watch: WatchDefinition) -> str:
    at = ", ".join(f"{time:%H:%M}" for time in watch.digest_at)
    return f"digest at {at} {watch.zone.key}" if at else "immediate"


def _record(watch: WatchDefinition) -> dict[str, Any]:
    return {
        "id": watch.slug,
        "name": watch.name,
        "query": watch.query,
        "channels": list(watch.channels),
        "deliver": _when(watch),
        "paused": watch.paused,
    }


def _check(args: argparse.Namespace, options: Options) -> int:
    """Return 0 when all is well, 1 when a file cannot be used or an example fails."""
    watches, errors = load_watches(options.watches_folder)
    for slug in args.slug:
        if slug not in watches and all(slug != _file_of(str(error)) for error in errors):
            named_watch(options, slug)  # says which there are
    chosen = [watches[s] for s in args.slug if s in watches] if args.slug else watches.values()
    bad = [str(error) for error in errors if not args.slug or _file_of(str(error)) in args.slug]
    for watch in chosen:
        bad += [f"{watch.path}: {line}" for line in failed_examples(watch)]
        bad += [
            f"{watch.path}: channels: firstseen.toml has no [channels.{name}]"
            for name in watch.channels
            if name not in options.channels
        ]
    for line in bad:
        sys.stdout.write(f"{line}\n")
    if not bad:
        count = len(list(chosen))
        sys.stderr.write(f"{count} {'watch' if count == 1 else 'watches'}, all well\n")
    return 1 if bad else 0


def _file_of(error: str) -> str:
    return Path(error.partition(":")[0]).stem


def _backtest(args: argparse.Namespace, options: Options) -> int:
    watch = _named_or_query(args.slug, options)
    since = args.since or datetime.now(UTC) - timedelta(days=30)
    with archive_session(options) as session:
        firings = backtest(session, watch, since=since)
    shown = firings[-args.limit :]
    if args.format == "json":
        records = [_firing_record(firing) for firing in shown]
        sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=2) + "\n")
        return 0
    times = "time" if len(firings) == 1 else "times"
    sys.stdout.write(f"would have fired {len(firings)} {times} since {since:%Y-%m-%d %H:%M} UTC\n")
    _print_firings(shown)
    if not firings:
        sys.stderr.write("what a section's first look found is left out; `search` finds it\n")
    return 0


def _print_firings(firings: list[Firing]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, soft_wrap=True)
    for firing in firings:
        article, more = firing.article, firing.more_articles
        head = (
            f"\n{article.first_seen_at:%Y-%m-%d %H:%M} {firing.source.slug}, article {article.id}"
        )
        console.print(Text(head + (f", and {more} more of its story" if more else "")))
        console.print(Text(one_line(article.headline), style="bold"))
        for excerpt in firing.excerpts:
            line = Text("  " + excerpt["before"])
            line.append(f"[{excerpt['match']}]", style="bold yellow")
            console.print(line.append(excerpt["after"]))


def _firing_record(firing: Firing) -> dict[str, Any]:
    return {
        "article": firing.article.id,
        "headline": firing.article.headline,
        "url": firing.article.url,
        "source": firing.source.slug,
        "story": firing.article.story_id,
        "firstSeenAt": iso_time(firing.article.first_seen_at),
        "moreArticles": firing.more_articles,
        "excerpts": list(firing.excerpts),
    }


def _test_send(args: argparse.Namespace, options: Options) -> int:
    """Return 0 when every channel took it, 1 when none did, 3 when some did."""
    from crawler.delivery import send_of
    from pipelines.trial import trial_message

    watch = named_watch(options, args.slug)
    if not watch.channels:
        raise UsageError(f"{watch.path} names no channels")
    _refuse_unknown_channels(list(watch.channels), options)
    send, message = send_of(options), trial_message(watch, datetime.now(UTC))
    results = {name: send(options.channels[name], message) for name in watch.channels}
    for name, sent in results.items():
        sys.stdout.write(f"{name}: {sent.outcome}, {sent.detail}\n")
    failed = sum(sent.outcome != "delivered" for sent in results.values())
    return 0 if not failed else 1 if failed == len(results) else 3


def _pause(args: argparse.Namespace, options: Options) -> int:
    watch = named_watch(options, args.slug)
    if watch.path is not None:
        set_paused(watch.path, paused=not args.resume)
    told = "is awake" if args.resume else "rests; `firstseen watches pause --resume` wakes it"
    sys.stderr.write(f"{watch.slug} {told}\n")
    return 0


def _tell_past(args: argparse.Namespace, options: Options) -> int:
    from crawler.delivery import tell_past_of

    watch, now = named_watch(options, args.slug), datetime.now(UTC)
    with archive_session(options, read_only=False):
        pass  # it is this workspace's own
    with explained(options.database_url):
        told = tell_past_of(options, watch, args.since or now - timedelta(days=7), now)
    sys.stderr.write(f"{told} stories of the past raised; what was told before is not repeated\n")
    return 0


def _explain(args: argparse.Namespace, options: Options) -> int:
    from pipelines.storage.alerts import find_facts

    watch = _named_or_query(args.query, options)
    if args.article is None:
        sys.stdout.write(explain(watch.tree) + "\n")
        return 0
    with archive_session(options) as session:
        facts, context = find_facts(session, args.article)
    sys.stdout.write(explain(watch.tree, facts, context) + "\n")
    return 0


# ---- finding them


def _named_or_query(text: str, options: Options) -> WatchDefinition:
    if "/" not in text and (options.watches_folder / f"{text}.toml").is_file():
        return named_watch(options, text)
    try:
        tree = parse_watch(text, lists=load_lists(options.watches_folder))
    except ValueError as error:
        raise UsageError(f"{text!r}: {error}") from error
    return WatchDefinition(slug="query", name=text, query=text, tree=tree)


def _refuse_unknown_channels(names: list[str], options: Options) -> None:
    for name in names:
        if name not in options.channels:
            raise UsageError(
                f"firstseen.toml has no [channels.{name}]{did_you_mean(name, options.channels)}"
            )
