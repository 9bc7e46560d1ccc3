"""The closed set of words in which every request ends, for the Visit row and the statistics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from OpenSSL import SSL
from scrapy import exceptions as scrapy_errors
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet import error as tx_errors
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed

Outcome = Literal[
    "ok",  # a whole answer with a body
    "unchanged",  # 304 to our validators, or the same bytes as last time
    "empty",  # a success without a body
    "not-text",  # a picture, a PDF, a film: nothing to read
    "truncated",  # less than the site announced, or a part nobody asked for
    "garbled",  # breaks HTTP or its own content coding
    "too-large",  # over the limit of its purpose, on the wire or unpacked
    "timeout",  # the deadline of the whole request passed
    "dns",  # the name does not resolve
    "refused",  # nobody listens there
    "tls",  # no trustworthy encrypted connection
    "network",  # the connection broke
    "blocked-address",  # our own guard: not an address to be fetched
    "proxy-failed",  # our own proxy: not there, not letting us in, or not letting us there
    "robots",  # robots.txt says no
    "robots-unreachable",  # robots.txt cannot be read, which means no (RFC 9309 2.3.1.4)
    "held-off",  # the host asked for a pause (Retry-After, long Crawl-delay)
    "wants-cookies",  # the redirects go in a circle with cookies that cannot be given back
    "redirect-loop",  # too many hops, or in a circle
    "http-3xx",  # a redirect that leads nowhere
    "http-4xx",
    "http-5xx",
    "no-browser",  # its scripts must run, and there is no browser to run them in
    "render-failed",  # the browser could not show the page
    "stopped",  # the run ended first
    "failed",  # none of these: a fault of ours, look at the log
]


class FetchFailure(scrapy_errors.IgnoreRequest):
    """A request came to nothing for a reason that has a word; errbacks read ``outcome``."""

    outcome: Outcome = "failed"


_BY_TYPE: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Outcome], ...] = (
    # First match wins, over the exception and everything it was caused by.
    ((SSL.Error, VerificationError), "tls"),
    (scrapy_errors.DownloadTimeoutError, "timeout"),
    (scrapy_errors.CannotResolveHostError, "dns"),
    (scrapy_errors.DownloadConnectionRefusedError, "refused"),
    (scrapy_errors.ResponseDataLossError, "truncated"),
    (scrapy_errors.UnsupportedURLSchemeError, "blocked-address"),
    (scrapy_errors.NotSupported, "blocked-address"),
    # Only the size limits cancel a download: the deadline raises its own exception.
    (scrapy_errors.DownloadCancelledError, "too-large"),
    (scrapy_errors.StopDownload, "too-large"),
    (tx_errors.TimeoutError, "timeout"),
    (tx_errors.DNSLookupError, "dns"),
    (tx_errors.ConnectionRefusedError, "refused"),
    (CancelledError, "stopped"),
    (scrapy_errors.DownloadFailedError, "network"),
    ((tx_errors.ConnectError, tx_errors.ConnectionClosed, OSError), "network"),
)


def outcome_of(result: Response | Failure | BaseException) -> Outcome:
    """Return the one word for how a request ended, from a response or from what an errback got."""
    if isinstance(result, Response):
        return _of_response(result)
    error = result.value if isinstance(result, Failure) else result
    if error is None:
        return "failed"
    if isinstance(error, FetchFailure):
        return error.outcome
    if isinstance(error, HttpError):
        return _of_response(error.response)
    chain = list(causes_of(error))
    ours = next((cause for cause in chain if isinstance(cause, FetchFailure)), None)
    if ours is not None:
        return ours.outcome
    if isinstance(error, scrapy_errors.DownloadFailedError) and _is_no_http(chain):
        return "garbled"
    for types, word in _BY_TYPE:
        if any(isinstance(cause, types) for cause in chain):
            return word
    return "failed"


def reason_of(error: BaseException) -> str:
    """Return in words why a request failed: our own verdict, else the first cause of all."""
    chain = list(causes_of(error))
    ours = [cause for cause in chain if isinstance(cause, FetchFailure)]
    # What Twisted packs failures into says only that something is inside.
    telling = [c for c in chain if str(c) and not getattr(c, "reasons", None)]
    cause = (ours[-1:] or telling[-1:] or [error])[0]
    return str(cause) or type(cause).__name__


def _is_no_http(chain: list[BaseException]) -> bool:
    """Return whether bytes came that Twisted's parser could not take for a reply."""
    if any(isinstance(cause, (ParseError, ValueError, KeyError)) for cause in chain):
        return True
    spoke = any(type(cause) is ResponseFailed for cause in chain)  # else: ResponseNeverReceived
    return spoke and any(isinstance(cause, tx_errors.ConnectionDone) for cause in chain)


def _of_response(response: Response) -> Outcome:
    if response.status == 304 or "unchanged" in response.flags:
        return "unchanged"
    if response.status < 200:
        return "garbled"
    if response.status < 300:
        return _of_success(response)
    if response.status < 400:
        return "http-3xx"
    # RFC 9110 15: a status beyond 599 is treated as 5xx.
    return "http-5xx" if response.status >= 500 else "http-4xx"


def _of_success(response: Response) -> Outcome:
    if not response.body.strip():
        return "empty"
    gzipped = response.body.startswith(b"\x1f\x8b")  # sitemap.xml.gz is text in a box
    return "ok" if isinstance(response, TextResponse) or gzipped else "not-text"


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, what caused it, and what Twisted packed inside (breadth is small)."""
    queue, seen = [error], set[int]()
    while queue and len(seen) < 50:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        packed = getattr(current, "reasons", ())  # twisted.web's ResponseFailed
        inside = [r.value for r in packed if isinstance(r, Failure)]
        further = [*inside, current.__cause__, current.__context__]
        queue += [cause for cause in further if cause is not None]
