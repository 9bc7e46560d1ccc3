"""Which addresses and URLs may be fetched at all: pure rules, no network."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import idna

from crawler.middlewares.outcomes import FetchFailure

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA special-purpose registries plus multicast and reserved space (RFC 6890, RFC 5771, RFC 1112).
# Written out because ipaddress.is_global differs between the Python versions we support.
_CLOSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local and the clouds' metadata service
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",  # with the broadcast address
        "168.63.129.16/32",  # a public-looking address that is a cloud host's own service
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that IANA has given out as global unicast
_CLOSED_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments with Teredo (RFC 4380), benchmarking, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address and is withdrawn (RFC 7526)
        "2620:4f:8000::/48",
        "3fff::/20",  # documentation, RFC 9637
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: a gateway's view of one IPv4 address
_MAPPED = IPv6Network("::ffff:0:0/96")  # the system connects to the IPv4 address inside

# What an intranet or a resolver's own zone answers for (RFC 6761, 6762, 7686, 8375, 9476).
_CLOSED_NAMES = (
    *("localhost", "localhost6", "localdomain", "ip6-localhost", "ip6-loopback"),
    *("local", "internal", "intranet", "lan", "corp", "home", "private", "alt", "onion"),
    *("home.arpa", "in-addr.arpa", "ip6.arpa"),
)
WEB_PORTS = frozenset({80, 443, 8080, 8443})  # where news is served; anything else is asked for

_URL = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")


class BlockedAddress(FetchFailure):
    """The guard refuses an address; the message says which rule, and how to allow it."""

    outcome = "blocked-address"


@dataclass(frozen=True, slots=True)
class AllowEntry:
    """One exception: a network or a host name, and the ports from ``first`` to ``last``."""

    where: Network | str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class AllowList:
    """The operator's exceptions to the rule that internal addresses are refused."""

    entries: tuple[AllowEntry, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> AllowList:
        """Read "host:port", "host:port-port" and "network/prefix:port[-port]" entries.

        IPv6 is written in brackets. Raises ValueError that says what is accepted.
        """
        return cls(tuple(_parse_entry(text) for text in texts))

    def covers(self, host: Address | str, port: int) -> bool:
        """Return whether an exception names this very address (or host name) and port."""
        return any(e.first <= port <= e.last and _within(host, e.where) for e in self.entries)


def _within(host: Address | str, where: Network | str) -> bool:
    if isinstance(host, str) or isinstance(where, str):
        return host == where
    return host.version == where.version and host in where


def _parse_entry(text: str) -> AllowEntry:
    host, _, ports = text.strip().rpartition(":")
    first, _, last = ports.partition("-")
    last = last or first
    bare = host.replace("[", "").replace("]", "").lower().rstrip(".")
    numeric = ports.isascii() and first.isdigit() and last.isdigit()
    if not (bare and numeric and 1 <= int(first) <= int(last) <= 65535):
        raise _unreadable(text)
    if ":" in bare and not host.startswith("["):
        raise _unreadable(text)
    try:
        return AllowEntry(ip_network(bare, strict=False), int(first), int(last))
    except ValueError:
        if "/" in bare or not all(_LABEL.fullmatch(part) for part in bare.split(".")):
            raise _unreadable(text) from None
        if _NUMBER.fullmatch(bare.rsplit(".", 1)[-1]):
            raise _unreadable(text) from None
        return AllowEntry(bare, int(first), int(last))


def _unreadable(text: str) -> ValueError:
    return ValueError(
        f"fetch.allow: {text!r} is not an address with a port; accepted are host:port "
        "(127.0.0.1:8090), host:port-port (127.0.0.1:8000-8099), network/prefix:port "
        "(10.1.0.0/24:8090), the same in brackets for IPv6 ([::1]:8090) and name:port"
    )


def is_public(address: Address) -> bool:
    """Return whether an address is plain global unicast, also when wrapped inside IPv6."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _CLOSED_V4)
    if address in _MAPPED or address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_V6 and not any(address in block for block in _CLOSED_V6)


def check_address(ip: str, port: int, allow: AllowList, *, name: str = "") -> None:
    """Raise BlockedAddress unless this address is public or an exception names it.

    ``ip`` is the literal about to be connected to; ``name`` the host name that led to it, so that
    an exception may also name the host.
    """
    try:
        address = _unmapped(ip_address(ip.partition("%")[0]))
    except ValueError:
        raise BlockedAddress(f"{ip!r} is not an address") from None
    if is_public(address) or allow.covers(address, port) or (name and allow.covers(name, port)):
        return
    led = f" (to which {name} resolves)" if name and name != ip else ""
    raise BlockedAddress(
        f"{address}{led} is an internal address; to allow it, list "
        f"{_shown(address)}:{port} in fetch.allow"
    )


def check_url(url: str, allow: AllowList) -> tuple[str, int]:
    """Return (host, port) of a URL that may be tried, else raise BlockedAddress.

    The host comes back in lower case, in ASCII and without a final dot; an IP address in its
    canonical form, however it was spelled. What the name resolves to is judged when connecting.
    """
    if any(char <= " " or "\x7f" <= char <= "\x9f" for char in url):
        raise BlockedAddress(f"spaces or control characters in {url!r}")
    match = _URL.match(url)
    if match is None:
        raise BlockedAddress(f"only http:// and https:// are fetched, not {url[:80]!r}")
    scheme, authority = match[1].lower(), match[2]
    if "@" in authority or "\\" in authority or "%" in authority:
        # A user name, a backslash or an escape makes readers disagree about where the host ends.
        raise BlockedAddress(f"user name, backslash or escape before the path of {url[:120]!r}")
    host, port = _split_port(authority, 443 if scheme == "https" else 80)
    host = plain_host(host)
    literal = _literal(host)
    if literal is not None:
        check_address(str(literal), port, allow)
        host = str(literal)
    elif not allow.covers(host, port):
        _check_name(host)
    if port not in WEB_PORTS and not allow.covers(literal or host, port):
        raise BlockedAddress(f"port {port} is not a web port; list {host}:{port} in fetch.allow")
    return host, port


def _split_port(authority: str, default: int) -> tuple[str, int]:
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, default
    if not port:
        return host, default  # RFC 3986 3.2.3: an empty port is the scheme's own
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise BlockedAddress(f"{port[:20]!r} is not a port number")
    return host, int(port)


def plain_host(host: str) -> str:
    """Return a host name in lower-case ASCII without a final dot; IPv6 keeps its brackets.

    Compatibility forms are folded first (UTS 46): "①②⑦.⓪.⓪.①" is 127.0.0.1 to a resolver.
    """
    if host.startswith("["):
        return host.lower()
    folded = unicodedata.normalize("NFKC", host).lower()
    folded = folded.replace("\u3002", ".").replace("\ufe52", ".").removesuffix(".")
    try:
        folded.encode("ascii")
    except UnicodeError:
        folded = _to_ascii(folded)
    return folded


def _to_ascii(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except UnicodeError:  # idna.IDNAError is one
        try:
            return name.encode("idna").decode("ascii")  # IDNA 2003, which knows i-heart-news.net
        except UnicodeError:
            raise BlockedAddress(f"{name[:80]!r} is not a host name") from None


def _literal(host: str) -> Address | None:
    """Return the address a host spells, in any way the system's resolver would accept."""
    if host.startswith("["):
        try:
            return _unmapped(IPv6Address(host.removeprefix("[").removesuffix("]")))
        except ValueError:
            raise BlockedAddress(f"{host[:80]!r} is not an IPv6 address") from None
    parts = host.split(".")
    if not _NUMBER.fullmatch(parts[-1]):
        return None
    # A last label that is a number makes it an IPv4 address or nothing (URL Standard 3.5).
    try:
        numbers = [_number(part) for part in parts]
        *heads, tail = numbers
        if len(numbers) > 4 or any(n > 255 for n in heads) or tail >= 256 ** (5 - len(numbers)):
            raise ValueError(host)
        return IPv4Address(sum(n << (24 - 8 * i) for i, n in enumerate(heads)) + tail)
    except ValueError:
        raise BlockedAddress(f"{host[:80]!r} is not an IPv4 address") from None


def _unmapped(address: Address) -> Address:
    """Return the IPv4 address that the system connects to for ::ffff:a.b.c.d, else the address."""
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _number(text: str) -> int:
    """Read one part of an address as inet_aton does: 0x is hexadecimal, a leading 0 octal."""
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8) if len(text) > 1 and text.startswith("0") else int(text, 10)


def _check_name(host: str) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BlockedAddress(f"{host[:80]!r} is not a host name")
    if len(labels) == 1 or any(host == n or host.endswith("." + n) for n in _CLOSED_NAMES):
        raise BlockedAddress(f"{host} is a name for internal use; list it in fetch.allow")


def _shown(address: Address) -> str:
    return f"[{address}]" if address.version == 6 else str(address)
