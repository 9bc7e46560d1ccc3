"""Reads the answers that every browser takes, though HTTP does not allow them, within limits.

A connection on which anything odd was read is not used again: what we took for the end of an answer
may not be what its sender, or a proxy between us, took for it (RFC 9112 11.2).
"""

from __future__ import annotations

import re
from typing import Any, cast

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.web._newclient import HEADER, STATUS
from twisted.web._newclient import Request as TxRequest
from twisted.web.client import _HTTP11ClientFactory
from twisted.web.http import _ChunkedTransferDecoder
from twisted.web.iweb import IResponse

from crawler.middlewares.content_coding import GarbledReply, TooLarge

# Generous: a page may set 150 cookies of 4 KB. A reply beyond both is there to hurt.
MAX_HEADER_BYTES = 1024 * 1024
MAX_HEADER_LINES = 2000
_MAX_SIZE_LINE = 16 * 1024  # of a chunk: with extensions, and with the blanks some servers pad it
_STATUS_LINE = re.compile(rb"\s*HTTP(?:/(\d+)(?:\.(\d+))?)?\s+(\d{3})(?!\d)\s*(.*)", re.I | re.S)
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 5.6.2
_CHUNK_SIZE = re.compile(rb"[ \t]*0*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.S)


class LenientChunks(_ChunkedTransferDecoder):
    """Takes chunk sizes that are padded, and lines that end in a bare line feed."""

    is_odd = False

    def _line(self, most: int) -> bytes | None:
        """Take one line off the buffer; None while its end has not come."""
        end = self._buffer.find(b"\n", self._start)
        if max(end, len(self._buffer) if end < 0 else 0) > most:
            raise GarbledReply(f"a line of more than {most} bytes between chunks")
        if end < 0:
            self._start = len(self._buffer)
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._start = 0
        self.is_odd |= not line.endswith(b"\r")
        return line.removesuffix(b"\r")

    def _dataReceived_CHUNK_LENGTH(self) -> bool:  # noqa: N802 - Twisted's name
        line = self._line(_MAX_SIZE_LINE)
        if line is None:
            return False
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            raise GarbledReply(f"no chunk size, but {line[:40]!r}")
        self.is_odd |= line != found[1]
        self.length = int(found[1], 16)
        self.state = "BODY" if self.length else "TRAILER"
        return True

    def _dataReceived_CRLF(self) -> bool:  # noqa: N802 - Twisted's name
        if self._buffer == b"\r":
            return False
        if not self._buffer.startswith((b"\n", b"\r\n")):
            raise GarbledReply("a chunk is longer than its size says")
        self._line(2)
        self.state = "CHUNK_LENGTH"
        return True

    def _dataReceived_TRAILER(self) -> bool:  # noqa: N802 - Twisted's name
        line = self._line(self._maxTrailerHeadersSize - self._receivedTrailerHeadersSize)
        if line:
            self._receivedTrailerHeadersSize += len(line) + 1
            return True
        if line is None:
            return False
        rest, self._buffer = bytes(self._buffer), bytearray()
        self.state = "FINISHED"
        self.finishCallback(rest)
        return False

    def noMoreData(self) -> None:  # noqa: N802 - Twisted's name
        """Raise _DataLoss for a body that stops before its last chunk, which is the empty one."""
        if self.state == "TRAILER":  # the last chunk was there; only the line after it is missing
            self.state = "FINISHED"
        super().noMoreData()


class LenientParser(_LenientHTTPClientParser):
    """Takes what browsers take, and gives up on a header that has no end in sight."""

    MAX_LENGTH = 128 * 1024  # of one line; Twisted's 16 KiB is less than some security headers
    _transferDecoders = {b"chunked": LenientChunks}  # noqa: N815, RUF012 - Twisted's own table
    header_bytes = 0
    header_lines = 0
    is_odd = False

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """Read one line of the header. Raises TooLarge or GarbledReply."""
        self.header_bytes += len(line)
        self.header_lines += 1
        if self.header_bytes > MAX_HEADER_BYTES or self.header_lines > MAX_HEADER_LINES:
            raise TooLarge(f"more than {self.header_lines - 1} header lines")
        self.is_odd |= not line.endswith(b"\r")
        if self.state == STATUS and not line.strip():
            self.is_odd = True  # empty lines before the answer
            return
        if self.state == HEADER and line[:1] in (b" ", b"\t") and self._partialHeader is None:
            self.is_odd = True  # the continuation of nothing
            return
        super().lineReceived(line)

    def statusReceived(self, status: bytes) -> None:  # noqa: N802 - Twisted's name
        """Read a status line however it is spaced and spelled. Raises GarbledReply."""
        found = _STATUS_LINE.fullmatch(status)
        if found is None:
            raise GarbledReply(f"no status line, but {status[:40]!r}")
        major, minor, code, reason = found.groups()
        plain = b"HTTP/%s.%s %s %s" % (major or b"1", minor or b"0", code, reason)
        self.is_odd |= plain.rstrip() != status.rstrip()
        super().statusReceived(plain)  # type: ignore[no-untyped-call]  # Twisted's

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        """Keep a header; one whose name cannot be a name is left out, as browsers do."""
        bare = name.strip()
        self.is_odd |= bare != name
        if _TOKEN.fullmatch(bare):
            super().headerReceived(bare, value.replace(b"\0", b""))  # type: ignore[no-untyped-call]  # Twisted's

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's name
        """Settle how long the body is. Raises GarbledReply when the header contradicts itself."""
        if not 100 <= self.response.code < 200:
            self._settle_transfer()
            self._settle_length()
            if self.is_odd:
                self._use_once()
        super().allHeadersReceived()  # type: ignore[no-untyped-call]  # Twisted's

    def _settle_transfer(self) -> None:
        """Leave "chunked" or nothing as Transfer-Encoding; other words are content codings."""
        lines = self.connHeaders.getRawHeaders(b"transfer-encoding", [])
        words = [word.strip().lower() for word in b",".join(lines).split(b",")]
        others = [word for word in words if word not in (b"", b"chunked", b"identity")]
        if others:
            self.headers.addRawHeader(b"content-encoding", b", ".join(others))
        self.connHeaders.removeHeader(b"transfer-encoding")
        if b"chunked" in words:
            self.connHeaders.setRawHeaders(b"transfer-encoding", [b"chunked"])
            self.is_odd |= self.connHeaders.hasHeader(b"content-length")
        self.is_odd |= bool(lines) and words != [b"chunked"]

    def _settle_length(self) -> None:
        """Leave one Content-Length that is a number, or none: then the connection's end counts."""
        lines = self.connHeaders.getRawHeaders(b"content-length", [])
        words = [word.strip() for word in b",".join(lines).split(b",")]
        numbers = {int(word) for word in words if word.isdigit() and len(word) < 20}
        if len(numbers) > 1:
            raise GarbledReply(f"Content-Length is {' and '.join(map(str, sorted(numbers)))}")
        self.connHeaders.removeHeader(b"content-length")
        if numbers:
            self.connHeaders.setRawHeaders(b"content-length", [str(numbers.pop())])
        self.is_odd |= len(lines) > 1 or not all(word.isdigit() for word in words if lines)

    def _use_once(self) -> None:
        self.connHeaders.setRawHeaders(b"connection", [b"close"])

    def _finished(self, rest: bytes) -> None:
        if rest or getattr(self.bodyDecoder, "is_odd", False):
            self._use_once()  # bytes that nobody asked for must not answer the next request
        super()._finished(rest)  # type: ignore[no-untyped-call]  # Twisted's


class LenientProtocol(_LenientHTTP11ClientProtocol):
    """Parses answers with LenientParser."""

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        """Send a request and return its answer."""
        answer = super().request(request)
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            # As Scrapy itself does one floor up: Twisted fixes the parser's class in request().
            self._parser.__class__ = LenientParser
        return answer


class LenientFactory(_HTTP11ClientFactory):
    """Builds LenientProtocol for the pool of connections."""

    noisy = False

    def buildProtocol(self, addr: object) -> LenientProtocol:  # noqa: N802 - Twisted's name
        """Return a protocol that tells the pool when it is free again."""
        protocol: Any = LenientProtocol
        return cast("LenientProtocol", protocol(self._quiescentCallback))
