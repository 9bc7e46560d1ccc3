"""Which requests leave through the operator's proxy, and which go straight to their host."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pipelines.operator_error import OperatorError
from pipelines.secret_values import SecretError, filled

_ACCEPTED = "fetch.proxy: accepted is http://[user:password@]host:port"


class ProxyError(OperatorError):
    """The proxy cannot be used; the message never repeats its address, which may hold a login."""


@dataclass(frozen=True, slots=True)
class ProxyRoute:
    """The way out: ``host`` and ``port`` of a proxy, "" for none; ``direct`` hosts go without it.

    ``url`` has the login and is never shown; ``shown`` is for people. ``authorities`` is a PEM file
    of those that are trusted on this way beside the system's.
    """

    url: str = field(default="", repr=False)
    host: str = ""
    port: int = 0
    direct: tuple[str, ...] = ()
    authorities: str = ""

    @property
    def shown(self) -> str:
        """The proxy without its login."""
        return f"{self.host}:{self.port}"

    @property
    def login(self) -> dict[str, str]:
        """The header that logs in at the proxy; empty where it asks for none."""
        parts = urlsplit(self.url)
        if parts.username is None:
            return {}
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def leads_to(self, host: str) -> bool:
        """Return whether requests to a host go through the proxy."""
        if not self.url:
            return False
        bare = host.lower().strip("[]").removesuffix(".")
        return not any(bare == name or bare.endswith(f".{name}") for name in self.direct)


NO_PROXY = ProxyRoute()


def proxy_route(address: str, direct: Sequence[str], environ: Mapping[str, str]) -> ProxyRoute:
    """Return the route that fetch.proxy and fetch.proxy_except name. Raises ProxyError.

    ``address`` is empty for no proxy; it may name secrets as ${NAME}.
    """
    try:
        url = filled(address.strip(), environ)
        parts = urlsplit(url)
        port = parts.port
    except SecretError as error:
        raise ProxyError(f"fetch.proxy: {error}") from error
    except ValueError:
        raise ProxyError(_ACCEPTED) from None
    names = tuple(name.lower().strip("[]").removeprefix("*").strip(".") for name in direct)
    if "" in names:
        raise ProxyError("fetch.proxy_except: accepted are host names and addresses")
    if not url:
        return ProxyRoute(direct=names)
    odd = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme != "http" or not parts.hostname or not port or odd:
        raise ProxyError(_ACCEPTED)
    return ProxyRoute(url.rstrip("/"), parts.hostname, port, names)
