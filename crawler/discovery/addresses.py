"""Article addresses: cleaning them, and telling whose site they are on."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import tldextract

# Marks that a campaign or a reader's click left on an address: dropped from what is fetched.
_CAMPAIGN = re.compile(r"utm_?\w*|fbclid|gclid|dclid|msclkid|yclid|twclid", re.IGNORECASE)
# Parameters that say where a reader came from, never which article is meant. A site may still
# treat them oddly, so an address is only shortened by them when the page shows it so.
_TRACKING = re.compile(
    r"(?:utm_?\w*|at_\w+|wt_\w+|mc_[ce]id|pk_\w+|piwik_\w+|mtm_\w+|ga_\w+|_ga|ns_\w+|fbclid|gclid|dclid"
    r"|msclkid|yclid|twclid|igsh(?:id)?|cmp(?:id)?|intcmp|ic(?:id|mp)|ito|ocid|ncid|xtor|wt\.\w+"
    r"|ref(?:_?src|_?url|errer)?|smid|smtyp|partner|traffic_?source|spm|rss|outputtype)",
    re.IGNORECASE,
)
# A complete address without port, or a path from the root, in characters that stand for themselves.
_PLAIN = re.compile(
    r"(https?://[a-z0-9-]+(?:\.[a-z0-9-]*[a-z][a-z0-9-]*)+)?(/(?!/)[\w/.~%?=&;:,+@!$()*-]*)?(?:#.*)?",
    re.ASCII,
)
_LONGEST_ADDRESS = 2000
_IGNORED_CONTROLS = dict.fromkeys(map(ord, "\t\n\r"))  # WHATWG URL 4.4: removed, not escaped
_ESCAPES = {i: f"%{i:02X}" for i in [*range(0x21), 0x22, 0x3C, 0x3E, 0x60, 0x7F]}


def absolute_address(href: str, base_url: str) -> str | None:
    """Return ``href`` as an absolute http(s) address without fragment; None for anything else."""
    plain = _PLAIN.fullmatch(href)
    if plain and len(href) <= _LONGEST_ADDRESS and (plain[1] or plain[2]) and "/." not in href:
        return f"{plain[1] or _origin(base_url)}{plain[2] or '/'}"  # needs no parsing: nine of ten
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


@lru_cache(maxsize=256)
def _origin(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def clean_address(url: str) -> str:
    """Return an absolute address without fragment and without the marks of campaigns."""
    if "?" not in url and "#" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit((*parts[:3], _without(_CAMPAIGN, parts.query), ""))


def _without(names: re.Pattern[str], query: str) -> str:
    return "&".join(p for p in query.split("&") if p and not names.fullmatch(p.partition("=")[0]))


def duplicate_key(url: str) -> str:
    """Return what two addresses of one article in one listing share. Never fetch it."""
    path, _, query = url.partition("#")[0].partition("://")[2].partition("?")
    return f"{path.removeprefix('www.').rstrip('/')}?{_without(_TRACKING, query) if query else ''}"


def is_same_site(url: str, home_url: str, hosts: Collection[str] = ()) -> bool:
    """True when ``url`` is on the registrable domain of ``home_url`` or on one of ``hosts``.

    For bare IP addresses and single-label names, which share no domain, host and port must match.
    """
    return _same_site(_netloc(url), _netloc(home_url), frozenset(hosts))


def _netloc(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


@lru_cache(maxsize=4096)
def _same_site(netloc: str, home_netloc: str, hosts: frozenset[str]) -> bool:
    if netloc == home_netloc:
        return True
    mine, home = urlsplit(f"//{netloc}"), urlsplit(f"//{home_netloc}")
    if _is_listed(mine, hosts):
        return True
    domain = registrable_domain(mine.hostname or "")
    if not domain or domain != registrable_domain(home.hostname or ""):
        return False
    return _port(mine) in (None, _port(home))


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    # The bundled snapshot of the public suffix list: no network, no cache folder.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Return the domain that was registered for ``host`` (public suffix plus one label), or ""."""
    domain = _suffixes().extract_str(host).top_domain_under_public_suffix
    if domain or host.count(".") == 0 or ":" in host or host.rpartition(".")[2].isdigit():
        return domain
    if _suffixes().extract_str(host).suffix:
        return ""  # a public suffix itself
    return ".".join(host.split(".")[-2:])  # publicsuffix.org: where no rule matches, "*" does


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
