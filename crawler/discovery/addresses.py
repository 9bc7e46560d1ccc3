"""Article addresses: cleaning them, and telling whose site they are on."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import tldextract

# Parameters that say where a reader came from, never which article is meant.
_TRACKING = re.compile(
    r"(?:utm_?\w*|at_\w+|wt_\w+|mc_[ce]id|pk_\w+|piwik_\w+|mtm_\w+|ga_\w+|_ga|ns_\w+|fbclid|gclid|dclid"
    r"|msclkid|yclid|twclid|igsh(?:id)?|cmp(?:id)?|intcmp|ic(?:id|mp)|ito|ocid|ncid|xtor|wt\.\w+"
    r"|ref(?:_?src|_?url|errer)?|smid|smtyp|partner|traffic_?source|spm|rss|outputtype)",
    re.IGNORECASE,
)
_LONGEST_ADDRESS = 2000
_IGNORED_CONTROLS = dict.fromkeys(map(ord, "\t\n\r"))  # WHATWG URL 4.4: removed, not escaped
_ESCAPES = {i: f"%{i:02X}" for i in [*range(0x21), 0x22, 0x3C, 0x3E, 0x60, 0x7F]}


def absolute_address(href: str, base_url: str) -> str | None:
    """Return ``href`` as an absolute http(s) address without fragment; None for anything else."""
    href = href.strip("\x00\x0b\x0c\t\n\r ").translate(_IGNORED_CONTROLS)
    if not href or href[0] == "#" or len(href) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(urljoin(base_url, href))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        return None
    if not _is_host(host):
        return None
    netloc = host if ":" not in host else f"[{host}]"
    if port is not None and port != (443 if parts.scheme == "https" else 80):
        netloc = f"{netloc}:{port}"
    return urlunsplit(
        (parts.scheme, netloc, (parts.path or "/").translate(_ESCAPES), _query(parts.query), "")
    )


def clean_address(url: str) -> str:
    """Return an absolute address without fragment and without tracking parameters."""
    parts = urlsplit(url)
    if not parts.query and not parts.fragment:
        return url
    kept = [p for p in parts.query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0])]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))


def duplicate_key(url: str) -> str:
    """Return what two addresses of one article in one listing share. Never fetch it."""
    parts = urlsplit(clean_address(url))
    host = parts.netloc.removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def is_same_site(url: str, home_url: str, hosts: Collection[str] = ()) -> bool:
    """True when ``url`` is on the registrable domain of ``home_url`` or on one of ``hosts``.

    For bare IP addresses and single-label names, which share no domain, host and port must match.
    """
    mine, home = urlsplit(url), urlsplit(home_url)
    if _is_listed(mine, hosts):
        return True
    if mine.netloc == home.netloc:
        return True
    mine_domain = registrable_domain(mine.hostname or "")
    if not mine_domain or mine_domain != registrable_domain(home.hostname or ""):
        return False
    return _port(mine) in (None, _port(home))


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    # The bundled snapshot of the public suffix list: no network, no cache folder.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Return the domain that was registered for ``host`` (public suffix plus one label), or ""."""
    return _suffixes().extract_str(host).top_domain_under_public_suffix


def _is_listed(parts: SplitResult, hosts: Collection[str]) -> bool:
    names = {parts.netloc, parts.hostname or ""}
    names |= {name.removeprefix("www.") for name in names}
    return any(host.lower().removeprefix("www.") in names for host in hosts)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return -1


def _query(query: str) -> str:
    return query.translate(_ESCAPES)


def _is_host(host: str) -> bool:
    return len(host) <= 253 and not any(c in " %\\^|<>\"'`{}\x00@" for c in host)
