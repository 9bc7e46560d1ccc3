"""firstseen by itself: APScheduler as a clock with a handful of jobs, batches in one event loop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.batch import BatchReport, Crawls
from crawler.catalogue import SourceDefinition
from crawler.config import Options
from crawler.delivery import Deliveries
from crawler.schedule.batches import BATCH_DEADLINE, Claims, batch_owner, crawl_claimed
from crawler.schedule.clock_watch import ClockWatch
from crawler.schedule.metrics import Metrics, serve
from crawler.schedule.notify import ServiceManager
from crawler.schedule.own_database import OwnDatabase
from crawler.schedule.own_outage import OwnOutage
from crawler.schedule.source_files import SourceFiles
from crawler.schedule.upkeep import upkeep
from crawler.schedule.websub import HubCallback, Hubs, listen
from crawler.spiders.looks import now_utc
from crawler.workspace_archive import prepare_archive
from pipelines.operator_error import OperatorError
from pipelines.storage.leader import leader_lock

logger = logging.getLogger(__name__)

TICK = timedelta(seconds=10)
DELIVERY = timedelta(seconds=5)
HUBS = timedelta(minutes=10)  # between two looks for subscriptions to renew
UPKEEP = timedelta(hours=1)
# A slow site never holds the others: what becomes due meanwhile goes into the next batch.
BATCHES_AT_ONCE = 6
# Hosts claimed by one batch, for each host it may ask at the same time: most look and are done.
TURNS_PER_BATCH = 4
END_WITHIN = timedelta(seconds=20)  # for pages in flight
_BATCHES_WITHIN = 5.0  # seconds, then for what their looks have to write
_DELIVERIES_WITHIN = 5.0  # 30 seconds in all; systemd kills after 40 by our unit
# APScheduler's own default of one second silently skips the runs of a loop that was busy.
_GRACE_SECONDS = 300


class Daemon:
    """Looks at what is due until it is told to end.

    Only one daemon of a database works; a second stays passive and takes over when the first dies.
    ``clock`` is the one source of the time of day, ``monotonic`` counts seconds and cannot be set.
    """

    def __init__(
        self,
        options: Options,
        crawls: Crawls,
        *,
        clock: Callable[[], datetime] = now_utc,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._crawls = crawls
        self._clock = clock
        self._lock = leader_lock(options.database_url)
        self._clock_watch = ClockWatch(clock, monotonic)
        self._claims = Claims(options.database_url, clock)
        self._deliveries = Deliveries(options)
        self._manager = ServiceManager(os.environ)
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": _GRACE_SECONDS,
            },
        )
        self._batches: dict[asyncio.Task[None], str] = {}  # and their owner names
        self._own_outage = OwnOutage()
        self._own_database = OwnDatabase(self._claims)
        self._ending = asyncio.Event()
        self._leads: bool | None = None
        self._files = SourceFiles(options)
        self._metrics = Metrics()
        self._closing: list[Callable[[], None]] = []

    async def run(self) -> int:
        """Work until SIGTERM or SIGINT; return the exit status."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        self._serve_metrics()  # first: who leads is one of the figures
        if await self._is_leader():
            self._files.follow()  # what is wrong from the beginning ends it
        # It would log two lines for every tick.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._add_jobs()
        self._serve_hubs()
        self._scheduler.start()
        self._manager.tell("READY=1", "STATUS=started")
        watching = asyncio.ensure_future(self._watch_clock())
        await self.tick()
        await self._ending.wait()
        watching.cancel()
        await self.finish()
        return 0

    def _add_jobs(self) -> None:
        self._scheduler.add_job(self.tick, "interval", seconds=TICK.total_seconds(), id="tick")
        self._scheduler.add_job(
            self._upkeep, "interval", seconds=UPKEEP.total_seconds(), id="upkeep"
        )
        # One job for alerts and digests: the outbox says when each may leave.
        seconds = DELIVERY.total_seconds()
        self._scheduler.add_job(self._deliver, "interval", seconds=seconds, id="deliver")
        if self._manager.watchdog:
            seconds = self._manager.watchdog.total_seconds() / 2
            self._scheduler.add_job(self._alive, "interval", seconds=seconds, id="watchdog")

    async def _deliver(self) -> None:
        """Send the alerts that are due; each channel goes on in a thread of its own."""
        if self._ending.is_set() or not await self._is_leader():
            return
        try:
            await asyncio.to_thread(self._deliveries.start_due)
        except Exception as error:
            if not self._own_database.failed(error):
                logger.exception("alerts not delivered, trying again")

    def _serve_hubs(self) -> None:
        """Subscribe at the hubs of feeds, where they can reach us."""
        schedule = self._options.schedule
        if not schedule.public_url:
            return
        from twisted.internet import reactor

        hubs = Hubs(self._options.database_url, schedule.public_url, self._clock)
        callback = HubCallback(hubs, on_push=lambda: self._run_soon("tick"))
        listen(reactor, schedule.callback_listen, callback)

        async def subscribe() -> None:
            if await self._is_leader() and (wanted := await asyncio.to_thread(hubs.wanted)):
                await self._crawls.post_to_hubs(wanted)

        self._scheduler.add_job(subscribe, "interval", seconds=HUBS.total_seconds(), id="hubs")

    def _serve_metrics(self) -> None:
        """Serve figures to Prometheus, where the options say so."""
        if not self._options.schedule.metrics:
            return
        collector = self._metrics.add_daemon(self._options.database_url, self._clock)
        stop = serve(self._options.schedule.metrics, self._metrics.registry)
        self._closing += [stop, collector.close]
        events = EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        self._scheduler.add_listener(lambda event: self._metrics.missed(event.job_id), events)

    def _run_soon(self, job: str) -> None:
        self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(TICK.total_seconds())
            await self.note_clock()

    async def note_clock(self) -> None:
        """Follow the clock if it was set since the last call.

        What waits for a time of day of the old clock would come at once or, set back, not for as
        long as it was set back. APScheduler, too, would wait for the old time.
        """
        jump = self._clock_watch.jump()
        if jump is None:
            return
        logger.warning("the clock was set by %+.0f s", jump.total_seconds())
        if self._leads:
            owners = list(self._batches.values())
            await asyncio.to_thread(self._claims.follow_clock, jump, owners)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    def _alive(self) -> None:
        self._manager.tell("WATCHDOG=1")

    def reload(self) -> None:
        """Read the source files again soon, changed or not (SIGHUP, `systemctl reload`)."""
        self._files.forget()
        if self._scheduler.running:
            self._run_soon("tick")

    async def _follow_files(self) -> None:
        try:
            await asyncio.to_thread(self._files.follow)
        except OperatorError as error:
            logger.error("sources not taken up, trying again: %s", error)

    async def _upkeep(self) -> None:
        if await self._is_leader():
            await asyncio.to_thread(upkeep, self._options.database_url, self._clock())

    async def tick(self) -> None:
        """Start a batch with what is due, if we lead and there is room for one."""
        if self._ending.is_set() or not await self._is_leader():
            return
        await self.note_clock()  # before anything is claimed by the new time
        await self._follow_files()
        if len(self._batches) >= BATCHES_AT_ONCE:
            return
        owner = batch_owner()
        most_lanes = self._options.fetch.hosts_at_once * TURNS_PER_BATCH
        claimed = await asyncio.to_thread(
            self._own_database.claimed,
            lambda: self._claims.due(self._files.definitions, owner, most_lanes=most_lanes),
        )
        if claimed:
            task = asyncio.ensure_future(self._batch(claimed, owner))
            self._batches[task] = owner
            task.add_done_callback(lambda ended: self._batches.pop(ended, None))

    async def batches_ended(self) -> None:
        """Wait until the batches that are under way have ended."""
        if self._batches:
            await asyncio.wait(self._batches)

    async def _is_leader(self) -> bool:
        leads = await asyncio.to_thread(self._lock.acquire)
        if leads != self._leads:
            told = "leading" if leads else f"passive: {self._lock.why_not}"
            logger.info(told)
            self._manager.tell(f"STATUS={told}")
            self._leads = leads
            self._metrics.leads(leads)  # before anything lets another job go on
            if leads:
                self._files.forget()  # who led before may have worked by other files
            if leads and (late := await asyncio.to_thread(self._claims.spread_overdue)):
                logger.info("catching up sections=%d", late)
        return leads

    async def _batch(self, definitions: list[SourceDefinition], owner: str) -> None:
        began = time.monotonic()
        try:
            report = await crawl_claimed(
                self._crawls, self._claims, definitions, owner, deadline=BATCH_DEADLINE
            )
            self._metrics.batch(report, time.monotonic() - began)
            self._log(report)
            self._own_database.saw(report)
            await self._after_own_outage(report)
        except OperatorError as error:
            logger.error("batch failed: %s", error)
        except Exception as error:
            if not self._own_database.failed(error):
                logger.exception("batch failed owner=%s", owner)

    async def _after_own_outage(self, report: BatchReport) -> None:
        """Look again soon at what failed while our own network was down."""
        since = self._own_outage.saw(ended.look for ended in report.looks)
        if since is not None:
            again = await asyncio.to_thread(self._claims.look_again, since)
            logger.info("the network is back, looking again sections=%d", again)

    def _log(self, report: BatchReport) -> None:
        if self._scheduler.get_job("hubs"):
            self._run_soon("hubs")  # the batch may have met a feed that names a hub
        logger.info("%s", report.log_line)

    def _end(self, number: int) -> None:
        """End after what is in flight; at once when asked a second time."""
        if self._ending.is_set():
            os._exit(128 + number)
        logger.info("ending signal=%d", number)
        self._manager.tell("STOPPING=1")
        self._ending.set()

    async def finish(self) -> None:
        """End what is under way within half a minute, and let go of everything."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        tasks: list[Any] = list(self._batches)
        if tasks:
            await self._crawls.stop(within=END_WITHIN)
            await asyncio.wait(tasks, timeout=_BATCHES_WITHIN)
        for close in self._closing:
            close()
        await asyncio.to_thread(self._deliveries.close, within=_DELIVERIES_WITHIN)
        self._lock.release()
        self._claims.close()


def run_daemon(options: Options, **more: Any) -> int:
    """Run until told to end; return the exit status. Raises OperatorError when it cannot start."""
    prepare_archive(options.database_url, options.workspace)
    crawls = Crawls(options, **more)
    return crawls.run(Daemon(options, crawls).run(), own_signals=True)
