"""The channels of a workspace as firstseen.toml has them now, for programs that run for months."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from crawler.config import CONFIG_FILE, Options, read_channels
from pipelines.channels import ChannelDefinition
from pipelines.operator_error import OperatorError

logger = logging.getLogger(__name__)

_Stamp = tuple[int, int, int] | None


class ChannelFile:
    """Channels that are read again when their file has changed; a broken file changes nothing."""

    def __init__(self, options: Options) -> None:
        self._path = options.workspace / CONFIG_FILE
        self._channels = options.channels
        self._stamp: _Stamp = None

    def channels(self) -> Mapping[str, ChannelDefinition]:
        """Return the channels by name."""
        stamp = self._look()
        if stamp is not None and stamp != self._stamp:
            self._stamp = stamp
            try:
                self._channels = read_channels(self._path)
            except OperatorError as error:
                logger.error("channels not read again: %s", error)
        return self._channels

    def _look(self) -> _Stamp:
        try:
            found = self._path.stat()
        except OSError:
            return None  # being exchanged, or gone: what was read last holds
        return found.st_mtime_ns, found.st_size, found.st_ino
