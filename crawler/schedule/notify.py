"""Tells systemd that the daemon is ready and alive (sd_notify(3), a datagram on a socket)."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import timedelta


class ServiceManager:
    """The service manager that started us, if any. Silent where there is none."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._watchdog = environ.get("WATCHDOG_USEC", "")
        pid = environ.get("WATCHDOG_PID")
        self._is_ours = pid is None or pid == str(os.getpid())

    @property
    def watchdog(self) -> timedelta | None:
        """How often "WATCHDOG=1" is expected at least; None when nobody watches."""
        if not (self._is_ours and self._watchdog.isdigit()):
            return None
        return timedelta(microseconds=int(self._watchdog))

    def tell(self, *states: str) -> None:
        """Send states such as "READY=1", "STATUS=..." or "WATCHDOG=1"."""
        if not self._address:
            return
        # A leading "@" means Linux's abstract namespace.
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            try:
                channel.sendto("\n".join(states).encode(), address)
            except OSError:
                return  # a manager that went away must not take us with it
