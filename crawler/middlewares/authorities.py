"""Certificate authorities of the operator's own house, trusted beside those of the system."""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.crawler import Crawler
from scrapy.utils.misc import build_from_crawler
from twisted.internet._sslverify import IOpenSSLTrustRoot
from twisted.internet.ssl import optionsForClientTLS
from zope.interface import implementer  # type: ignore[import-untyped]  # no stubs


@implementer(IOpenSSLTrustRoot)
class _SystemAndFile:
    def __init__(self, file: str) -> None:
        self._file = file

    def _addCACertsToContext(self, context: SSL.Context) -> None:  # noqa: N802 - Twisted's name
        context.set_default_verify_paths()
        context.load_verify_locations(self._file)


class OwnAuthorities(_ScrapyClientContextFactory):
    """Scrapy's rules for TLS, with one more file of authorities."""

    file = ""

    @classmethod
    def for_file(cls, crawler: Crawler, file: str) -> OwnAuthorities:
        """Return the rules that also trust the authorities of a PEM file."""
        made: OwnAuthorities = build_from_crawler(cls, crawler)
        made.file = file
        return made

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's name
        """Return what checks the certificate of one host."""
        return optionsForClientTLS(
            hostname=hostname.decode("ascii"),
            trustRoot=_SystemAndFile(self.file),  # type: ignore[arg-type]  # zope's declaration
            extraCertificateOptions=self._get_cert_options_kwargs(),
        )
