"""Judges every connection that a library opens by itself, at the moment it connects."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Protocol

_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_guards = threading.local()
_hooked = threading.Lock()
_is_hooked: list[bool] = []


class ConnectionGate(Protocol):
    """Which addresses may be connected to."""

    def check_connection(self, ip: str, port: int, *, name: str) -> None:
        """Judge the address about to be connected to; raises an exception that says why not."""


class GuardedSockets:
    """What came of guarding: ``refusal`` says what was refused, "" nothing."""

    def __init__(self, gate: ConnectionGate, host: str) -> None:
        self._gate, self._host = gate, host
        self.refusal = ""

    def judge(self, family: int, address: Any) -> None:
        """Raise PermissionError unless a socket may connect to this address."""
        try:
            if family not in (socket.AF_INET, socket.AF_INET6):
                raise PermissionError("only addresses of the internet are sent to")
            ip, port = str(address[0]), int(address[1])
            ip_address(ip.partition("%")[0])  # a name would be looked up after we judged it
            self._gate.check_connection(ip, port, name=self._name_of(ip, port))
        except Exception as error:
            self.refusal = str(error)
            # An OSError, so that libraries take it for a connection that could not be made.
            raise PermissionError(self.refusal) from None

    def _name_of(self, ip: str, port: int) -> str:
        """Return the receiver's own name where it leads to this address, by which it is allowed."""
        try:
            answers = socket.getaddrinfo(self._host, port) if self._host else []
        except (OSError, UnicodeError):
            return ip
        return self._host if ip in {str(answer[4][0]) for answer in answers} else ip


@contextmanager
def guarded_sockets(gate: ConnectionGate, *, host: str = "") -> Iterator[GuardedSockets]:
    """Judge what this thread connects to inside; ``host`` is the name of the receiver it is for.

    Also connections of redirects and of libraries that open sockets in their own way: Python tells
    of each one before it is made (PEP 578). Threads that are started inside are not judged.
    """
    with _hooked:
        if not _is_hooked:
            sys.addaudithook(_judge)  # for the life of the process; it does nothing outside
            _is_hooked.append(True)
    guard = GuardedSockets(gate, host)
    before = getattr(_guards, "guard", None)
    _guards.guard = guard
    try:
        yield guard
    finally:
        _guards.guard = before


def _judge(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    guard = getattr(_guards, "guard", None)
    if guard is not None and arguments[1] is not None:
        guard.judge(arguments[0].family, arguments[1])
