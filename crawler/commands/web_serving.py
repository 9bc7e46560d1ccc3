"""Serves the application: checks where it may listen, opens the port, ends cleanly."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import uvicorn
from sqlalchemy import Engine

from crawler.commands.desk_figures import conduct_of
from crawler.commands.web_health import Judgements, reader
from crawler.config import Options
from crawler.workspace_archive import open_archive
from pipelines.operator_error import OperatorError, UsageError
from pipelines.storage.database import explained, open_engine, session_factory
from pipelines.web.access import Access, access_of
from pipelines.web.app import create_app
from pipelines.web.below_path import plain_path
from pipelines.web.desk import Desk
from pipelines.web.hosts import is_loopback
from pipelines.web.shell import Shell
from pipelines.web.time_limit import limit_queries

_END_WITHIN_SECONDS = 10  # what is being answered when the end is asked for is answered
_CONNECTIONS = 256  # more are told to come back (503)


class ServingError(OperatorError):
    """The page cannot be served; the message says why and what to do."""


def serve(
    options: Options, listen: str, *, environ: Mapping[str, str], opens: bool, edits: bool
) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status. Raises OperatorError."""
    host, port = parse_listen(listen)
    access = access_of(
        environ.get("FIRSTSEEN_WEB_TOKEN"), options.workspace / options.web.token_file
    )
    refuse_open_door(host, access)
    url, workspace = options.database_url, options.workspace
    with explained(url):
        engine = open_archive(url, workspace)
        writing = open_archive(url, workspace, read_only=False) if edits else None
    limit_queries(engine, options.web.seconds)
    app = create_app(make_desk(options, engine, writing), make_shell(options, host, access))
    with open_port(host, port) as listener:
        address = _address(host, listener.getsockname()[1])
        sys.stderr.write(f"firstseen is at {address} (Ctrl-C ends it)\n")
        if opens:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        _run(uvicorn.Server(_config(app, options)), listener)
    return 0


def parse_listen(text: str) -> tuple[str, int]:
    """Return host and port of "HOST:PORT" or "[IPv6]:PORT". Raises UsageError."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"{text!r} is no address to listen at; write HOST:PORT, 127.0.0.1:8765")
    return host, int(port)


def refuse_open_door(host: str, access: Access | None) -> None:
    """Raise UsageError for an address others can reach while there is no token."""
    if access is None and not is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and there is no token; "
            "`firstseen web token` makes one"
        )


def make_desk(options: Options, engine: Engine, writing: Engine | None = None) -> Desk:
    """Return the desk of a workspace; ``writing`` switches editing on."""
    picture = None
    if options.web.images:
        from crawler.commands.web_pictures import pictures_of  # it fetches, and so loads Scrapy

        picture = pictures_of(options)
    return Desk(
        sessions=session_factory(engine),
        watches_folder=options.watches_folder,
        writing=session_factory(writing) if writing is not None else None,
        health=_health(options),
        conduct=conduct_of,
        picture=picture,
    )


def _health(options: Options) -> Judgements:
    """Return the health of all sections, read without the time limit of requests."""
    engine = open_engine(options.database_url, read_only=True)
    health = Judgements(reader(session_factory(engine), options))
    health.refresh(datetime.now(UTC))  # the first to ask should not wait
    return health


def make_shell(options: Options, host: str, access: Access | None) -> Shell:
    """Return the limits that the options ask for."""
    web = options.web
    return Shell(
        hosts=(*web.hosts, host),
        root_path=_root_path(web.root_path),
        proxies=web.proxies,
        access=access,
        requests_per_minute=web.requests_per_minute,
        seconds=web.seconds,
    )


def _root_path(text: str) -> str:
    path = plain_path(text)
    if path is None:
        raise UsageError(f"web.root_path = {text!r} is no plain path; write it like /firstseen")
    return path


def open_port(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises ServingError where the port is taken, or not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        raise ServingError(
            f"cannot listen at {host}:{port}: {error.strerror or error}; "
            "name another address with --listen"
        ) from error
    return listener


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _config(app: Any, options: Options) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level=logging.WARNING,
        access_log=False,  # addresses with queries show what is investigated
        server_header=False,
        ws="none",
        proxy_headers=False,  # the application does it, and for the path as well
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_END_WITHIN_SECONDS,
    )


def settle_memory() -> None:
    """Take what is loaded by now out of the collector's rounds.

    They look at a million objects that stay: 100 ms, in the middle of every second large page.
    """
    gc.collect()
    gc.freeze()


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until a signal; uvicorn raises it again afterwards, which must not be our end."""

    def end(*_signal: object) -> None:
        server.should_exit = True  # also before uvicorn listens to signals itself

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, end) for number in numbers}
    settle_memory()
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
