"""A line to PostgreSQL that a test can silence or cut, also just after a commit."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from sqlalchemy import make_url

_COMMIT = b"COMMIT"  # psycopg sends it as a simple query


class Line:
    """A TCP port on loopback that leads to a server. Used as a context."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open = threading.Event()
        self._open.set()
        self._ended = threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._deaf: set[socket.socket] = set()
        self._refused = False
        self.cut_commits = 0  # so many commits reach the server, and their answers nobody
        self.connections = 0
        port = self._door.getsockname()[1]
        named = self._target.set(host="127.0.0.1", port=port, query={})
        self.url = named.render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._open.set()
        self._door.close()
        self.cut()

    def silence(self) -> None:
        """Carry nothing any more, and close nothing."""
        self._open.clear()

    def cut(self, *, refuse: bool = False) -> None:
        """Close all connections; with ``refuse`` also those to come."""
        self._refused = refuse
        pairs, self._pairs = self._pairs, []
        for ends in pairs:
            for end in ends:
                _close(end)

    def mend(self) -> None:
        """Be a good line again."""
        self._refused = False
        self._open.set()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self.connections += 1
            if self._refused:
                _close(client)
                continue
            server = self._connect()
            self._pairs.append((client, server))
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _connect(self) -> socket.socket:
        folder = self._target.query.get("host")
        if isinstance(folder, str):
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(Path(folder) / f".s.PGSQL.{self._target.port or 5432}"))
            return server
        return socket.create_connection((self._target.host, self._target.port or 5432))

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self._open.wait()
                if source in self._deaf:
                    break  # the server has answered, and so has committed
                if self.cut_commits and data.startswith(b"Q") and _COMMIT in data[:16]:
                    self.cut_commits -= 1
                    self._deaf.add(target)
                target.sendall(data)
        _close(source)
        _close(target)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
