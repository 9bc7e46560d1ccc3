"""What stands around the pages and the API: who may ask, from where, how often, for how long."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.web.access import Access


@dataclass(frozen=True, slots=True)
class Shell:
    """The limits of the application.

    ``hosts`` are the names it answers to beside the loopback ones. ``access`` None: everybody who
    reaches the port may read. ``root_path`` is the path of a site below which all is served;
    ``proxies`` are believed what they say of client, scheme and path. ``requests_per_minute`` is
    of one client. ``seconds`` bounds the work on one request.
    """

    hosts: tuple[str, ...] = ()
    root_path: str = ""
    proxies: tuple[str, ...] = ()
    access: Access | None = None
    requests_per_minute: int = 600
    seconds: float = 10.0
