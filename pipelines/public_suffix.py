"""The registrable domain of a host: what one owner registered, from the Public Suffix List."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

import tldextract

# suffix_list_urls=(): only the list inside the package, never fetched. Private suffixes count:
# two blogs on one hosting domain are two publishers.
_suffixes = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True, include_psl_private_domains=True
)


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """Return ``bbc.co.uk`` for ``news.bbc.co.uk``, lower case, without a trailing dot.

    A host without a registrable domain (IP address, ``localhost``, a public suffix itself) is
    returned as it is. A port is not part of a host.
    """
    host = host.strip().rstrip(".").lower()
    if _is_ip(host):
        return host
    return _suffixes(host).top_domain_under_public_suffix.lower() or host


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
