"""Step 6: sends what the outbox holds, each channel in a thread of its own."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from pipelines.alert_views import alert_views
from pipelines.channels import ChannelDefinition
from pipelines.messages import compose
from pipelines.receivers import Send
from pipelines.storage.outbox import Pending, channels_due, next_message, settle
from pipelines.webhook import Sent

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Tally:
    """What one pass did: messages by outcome."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, outcome: str) -> None:
        """Count one message."""
        self.counts[outcome] = self.counts.get(outcome, 0) + 1


class Deliverer:
    """Delivers from one outbox. A channel that is slow or dead holds up nobody but itself.

    Only one process delivers for a database at a time: the caller holds a lock. What waits for a
    channel that is not among ``channels`` is left alone: it may be another workspace's, or one that
    is still to be written down.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        channels: Mapping[str, ChannelDefinition],
        send: Send,
        *,
        clock: Clock,
        jitter: random.Random | None = None,
    ) -> None:
        self._sessions = sessions
        self.channels = channels  # may be exchanged between two passes
        self.unknown: tuple[
            str, ...
        ] = ()  # channels that something waits for and that are not ours
        self._send = send
        self._clock = clock
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._busy: dict[str, threading.Thread] = {}
        self.tally = Tally()
        self.troubles: dict[str, str] = {}  # what went wrong last, by channel

    def start_due(self) -> None:
        """Start a thread for every channel that is due and not already being served."""
        with self._sessions.begin() as session:
            due = channels_due(session, self._clock())
        unknown = tuple(name for name in due if name not in self.channels)
        if unknown and unknown != self.unknown:
            logger.info("alerts wait: no channel %s in firstseen.toml", ", ".join(unknown))
        self.unknown = unknown
        self._busy = {name: thread for name, thread in self._busy.items() if thread.is_alive()}
        for name in due:
            if name in self.channels and name not in self._busy:
                # A daemon thread: a receiver that hangs must not keep the program from ending.
                thread = threading.Thread(
                    target=self._serve, args=[self.channels[name]], daemon=True
                )
                self._busy[name] = thread
                thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether a channel is being served."""
        return any(thread.is_alive() for thread in self._busy.values())

    def wait(self, seconds: float) -> bool:
        """Wait for the channels under way; False when some needed longer."""
        end = time.monotonic() + seconds
        for thread in self._busy.values():
            thread.join(max(0.0, end - time.monotonic()))
        return not self.is_busy

    def _serve(self, channel: ChannelDefinition) -> None:
        try:
            while self.deliver_next(channel):
                pass
        except Exception:
            logger.exception("delivery failed channel=%s", channel.name)
            self.tally.add("failed")

    def deliver_next(self, channel: ChannelDefinition) -> bool:
        """Send one message if one may leave; tell whether another may follow at once."""
        with self._sessions.begin() as session:
            pending = next_message(
                session, channel.name, now=self._clock(), most_per_hour=channel.most_per_hour
            )
            views = alert_views(session, pending.alert_ids) if pending else []
        if pending is None:
            return False
        message = compose(
            views,
            key=pending.key,
            made_at=self._clock(),
            is_digest=pending.is_digest,
            reached=pending.reached,
        )
        _crash_at("before-send")
        sent = self._send(channel, message)
        _crash_at("after-send")
        self._settle(pending, sent)
        self.tally.add(sent.outcome)
        if sent.outcome != "delivered":
            self.troubles[channel.name] = sent.detail
        logger.info(
            "alert channel=%s key=%s alerts=%d outcome=%s detail=%s",
            channel.name,
            pending.key,
            len(pending.alert_ids),
            sent.outcome,
            sent.detail,
        )
        return sent.outcome in ("delivered", "partly", "refused")

    def _settle(self, pending: Pending, sent: Sent) -> None:
        with self._sessions.begin() as session:
            settle(
                session,
                pending,
                sent.outcome,
                sent.detail,
                now=self._clock(),
                jitter=self._jitter,
                wait=sent.wait,
                reached=sent.reached,
            )


def _crash_at(point: str) -> None:
    """Die here when a test of crashes asks for it (CRASH_AT=point)."""
    if os.environ.get("CRASH_AT") == point:
        os._exit(137)
