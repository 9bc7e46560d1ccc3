"""Which lane a URL belongs to; apart from the lanes, so that planning needs no Scrapy."""

from __future__ import annotations

from urllib.parse import urlsplit

_DEFAULT_PORTS = (80, 443)


def lane_key(url: str) -> str:
    """Return the lane of a URL: its host, with the port only where it is not the scheme's own.

    http and https of one host share a lane; two services on two odd ports do not.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    try:
        port = parts.port
    except ValueError:
        port = None
    if port in (None, *_DEFAULT_PORTS):
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
