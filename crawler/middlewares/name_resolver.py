"""All addresses of a name, IPv4 and IPv6, so that one that does not answer costs no source."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from twisted.internet.base import ReactorBase


class EveryAddress:
    """Leaves Twisted's own resolver in place: it asks the system, in threads, and keeps nothing.

    Twisted then tries one address after the other, a third of a second apart, and goes on with the
    first that answers (RFC 8305); the gate judges each before it is tried. The deadline of the
    request bounds them all, the asking for names included.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Nothing is read."""
        return cls()

    def install_on_reactor(self) -> None:
        """Install nothing."""
