"""firstseen alerts: what was told, why, and what could not be delivered."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from crawler.commands.numbers import positive_number
from crawler.commands.silent import show_silent
from crawler.commands.stories_shown import counted
from crawler.commands.times import parse_time
from crawler.commands.workspace_options import options_of
from crawler.config import Options
from crawler.workspace_archive import archive_session
from pipelines.alert_views import AlertView, alert_record, alert_view
from pipelines.export.schema_org import iso_time
from pipelines.messages import one_line
from pipelines.operator_error import UsageError
from pipelines.storage.alerts import AlertLine, count_deliveries, find_alert, find_alerts
from pipelines.storage.outbox import retry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the list, one alert, why, retry, deliver and the feeds."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="alerts, the newest first")
    listing.add_argument("--watch", metavar="SLUG", help="of this watch")
    listing.add_argument("--since", type=parse_time, metavar="TIME", help="raised since: 24h, 7d")
    listing.add_argument(
        "--state", choices=("waiting", "delivered", "parked"), help="with such a delivery"
    )
    listing.add_argument(
        "--silent", action="store_true", help="instead: what was not told since (7d), and why"
    )
    listing.add_argument(
        "--limit", type=positive_number, default=50, metavar="N", help="at most (default 50)"
    )
    show = actions.add_parser("show", help="one alert and its deliveries")
    why = actions.add_parser("why", help="the watch, the words and the rule that raised it")
    for one in (show, why):
        one.add_argument("alert", type=positive_number, metavar="ALERT", help="its number")
    for shown in (listing, show, why):
        shown.add_argument(
            "--format", choices=("table", "json"), default="table", help="default: %(default)s"
        )
    again = actions.add_parser("retry", help="let parked and failing deliveries leave at once")
    again.add_argument("alert", type=positive_number, nargs="*", metavar="ALERT", help="numbers")
    again.add_argument("--channel", metavar="NAME", help="of this channel, which is enabled again")
    again.add_argument("--all", action="store_true", help="all of them")
    actions.add_parser("deliver", help="send what is due, once; `run` and `crawl` do it themselves")
    feeds = actions.add_parser("feeds", help="write Atom, RSS and JSON Feed of every watch")
    feeds.add_argument(
        "--into", type=Path, required=True, metavar="DIR", help="folder, made where it is missing"
    )


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    options = options_of(args)
    if args.action == "deliver":
        return _deliver(options, verbose=args.verbose)
    with archive_session(options, read_only=args.action != "retry") as session:
        if args.action == "list" and args.silent:
            return show_silent(session, options, args)
        return _ACTIONS[args.action](session, args)


def _list(session: Session, args: argparse.Namespace) -> int:
    from crawler.commands.tables import print_table

    lines = find_alerts(
        session, watch=args.watch, since=args.since, state=args.state, limit=args.limit
    )
    if args.format == "json":
        return _json([_record(session, line) for line in lines])
    rows = [
        (
            str(line.alert.id),
            f"{line.alert.raised_at:%Y-%m-%d %H:%M:%S}",
            line.watch.slug,
            one_line("; ".join(line.alert.details.get("rules", [line.alert.reason]))),
            line.state,
            line.source.slug,
            one_line(line.article.headline),
        )
        for line in lines
    ]
    columns = ("alert", "raised (UTC)", "watch", "why", "state", "source", "headline")
    print_table(columns, rows, wrapped={"why", "headline"})
    if not lines:
        sys.stderr.write("no alerts\n")
    if parked := count_deliveries(session).get("parked"):
        sys.stderr.write(f"{parked} parked: `firstseen alerts list --state parked` shows them\n")
    return 0


def _show(session: Session, args: argparse.Namespace) -> int:
    line = find_alert(session, args.alert)
    if args.format == "json":
        return _json(_record(session, line))
    view = alert_view(session, line)
    sys.stdout.write(_head(view))
    for delivery in line.deliveries:
        when = delivery.delivered_at or delivery.next_try_at
        at = f" {when:%Y-%m-%d %H:%M:%S} UTC" if when else ""
        next_one = " next try" if delivery.state == "waiting" else ""
        told = f"{delivery.channel}: {delivery.state}{next_one}{at}, tries {delivery.tries}"
        sys.stdout.write(f"  {told}{f', {one_line(delivery.detail)}' if delivery.detail else ''}\n")
    if not line.deliveries:
        sys.stdout.write("  the watch names no channel\n")
    return 0


def _why(session: Session, args: argparse.Namespace) -> int:
    line = find_alert(session, args.alert)
    if args.format == "json":
        return _json(_record(session, line))
    view = alert_view(session, line)
    sys.stdout.write(_head(view))
    sys.stdout.write(f"rule: {'; '.join(view.rules)}\nwatch {view.watch}: {view.query}\n")
    for excerpt in view.excerpts:
        told = f"{excerpt['before']}[{excerpt['match']}]{excerpt['after']}"
        sys.stdout.write(f"  {excerpt['field']}: {one_line(told)}\n")
    for name, change in view.changes.items():
        shown = change if isinstance(change, list) else [change]
        sys.stdout.writelines(f"  {name}: {one_line(str(part))}\n" for part in shown)
    sys.stdout.write(
        f"story {view.story_id}: {counted(view.articles, 'article')}, "
        f"{counted(view.copies, 'copy', 'copies')}, "
        f"{counted(view.publishers, 'independent publisher')}; {one_line(view.first)}\n"
    )
    return 0


def _head(view: AlertView) -> str:
    return (
        f"alert {view.alert_id}, {view.kind}, raised {view.raised_at:%Y-%m-%d %H:%M:%S} UTC\n"
        f"{one_line(view.headline)}\n{one_line(view.source_name)}  {one_line(view.url)}\n"
    )


def _record(session: Session, line: AlertLine) -> dict[str, object]:
    deliveries = [
        {
            "channel": d.channel,
            "state": d.state,
            "key": d.key,
            "tries": d.tries,
            "nextTryAt": iso_time(d.next_try_at),
            "deliveredAt": iso_time(d.delivered_at),
            "detail": d.detail,
        }
        for d in line.deliveries
    ]
    return alert_record(alert_view(session, line)) | {
        "reason": line.alert.reason,
        "deliveries": deliveries,
    }


def _json(record: object) -> int:
    sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    return 0


def _retry(session: Session, args: argparse.Namespace) -> int:
    if not (args.alert or args.channel or args.all):
        raise UsageError("name alerts, --channel, or --all")
    now = datetime.now(UTC)
    count = retry(session, now=now, alert_ids=args.alert, channel=args.channel)
    sys.stderr.write(f"{count} deliveries leave with the next `firstseen alerts deliver`\n")
    return 0


def _feeds(session: Session, args: argparse.Namespace) -> int:
    from pipelines.export.alert_feeds import write_feeds

    try:
        written = write_feeds(session, args.into)
    except OSError as error:
        raise UsageError(f"{args.into}: cannot be written: {error.strerror}") from error
    for path in written:
        sys.stderr.write(f"wrote {path}\n")
    return 0


def _deliver(options: Options, *, verbose: bool) -> int:
    """Send what is due; 0 done, 3 when something could not be delivered and will be tried again."""
    from crawler.commands.delivered import PARTLY, delivered_line
    from crawler.delivery import deliver_due

    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR)
    with archive_session(options, read_only=False):
        pass  # it is this workspace's own
    sent = deliver_due(options)
    if sent.another_delivers:
        sys.stderr.write("another firstseen is delivering\n")
        return 0
    sys.stderr.write(f"{delivered_line(sent) or 'nothing due'}\n")
    return 0 if sent.is_well and not sent.unknown else PARTLY


_ACTIONS: dict[str, Callable[[Session, argparse.Namespace], int]] = {
    "list": _list,
    "show": _show,
    "why": _why,
    "retry": _retry,
    "feeds": _feeds,
}
