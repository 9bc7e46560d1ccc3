"""One word for every way a request can end."""

from __future__ import annotations

import pytest
from OpenSSL import SSL
from scrapy import exceptions
from scrapy.http import HtmlResponse, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet import error as tx_errors
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed, ResponseNeverReceived

from crawler.middlewares.content_coding import TooLarge
from crawler.middlewares.outcomes import FetchFailure, Outcome, outcome_of
from crawler.middlewares.redirects import RedirectLoop

URL = "https://news.example.org/a"


def failed_download(
    reason: BaseException, *, spoke: bool = False
) -> exceptions.DownloadFailedError:
    """What Scrapy raises when Twisted packs ``reason`` into a failed response."""
    try:
        try:
            packing = ResponseFailed if spoke else ResponseNeverReceived
            raise packing([Failure(reason)])
        except ResponseFailed as packed:
            raise exceptions.DownloadFailedError(str(packed)) from packed
    except exceptions.DownloadFailedError as error:
        return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (exceptions.DownloadTimeoutError("60 s"), "timeout"),
        (exceptions.CannotResolveHostError("x"), "dns"),
        (exceptions.DownloadConnectionRefusedError("x"), "refused"),
        (exceptions.ResponseDataLossError("x"), "truncated"),
        (exceptions.DownloadCancelledError("x"), "too-large"),
        (exceptions.NotSupported("x"), "blocked-address"),
        (failed_download(tx_errors.ConnectionLost("x")), "network"),
        (failed_download(SSL.Error([("x", "y", "certificate verify failed")])), "tls"),
        (failed_download(ParseError("x", b"y")), "garbled"),
        (failed_download(TooLarge("header")), "too-large"),
        (failed_download(tx_errors.ConnectionDone("x")), "network"),
        (failed_download(tx_errors.ConnectionDone("x"), spoke=True), "garbled"),  # no status line
        (failed_download(tx_errors.ConnectionLost("x"), spoke=True), "network"),
        (RedirectLoop("x"), "redirect-loop"),
        (FetchFailure("x"), "failed"),
        (tx_errors.ConnectError("x"), "network"),
        (ValueError("a bug of ours"), "failed"),
        (HttpError(Response(URL, status=404)), "http-4xx"),
        (HttpError(Response(URL, status=503)), "http-5xx"),
        (HttpError(Response(URL, status=304)), "unchanged"),
        (HttpError(Response(URL, status=301)), "http-3xx"),
    ],
)
def test_every_failure_has_a_word(error: Exception, expected: Outcome) -> None:
    assert outcome_of(error) == expected
    assert outcome_of(Failure(error)) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (HtmlResponse(URL, body=b"<p>news</p>"), "ok"),
        (HtmlResponse(URL, body=b" \n "), "empty"),
        (Response(URL, status=204), "empty"),
        (Response(URL, status=99, body=b"x"), "garbled"),
        (Response(URL, status=999, body=b"denied"), "http-5xx"),
        (Response(URL, body=b"%PDF-1.7"), "not-text"),
        (Response(URL, body=b"\x1f\x8b sitemap.xml.gz"), "ok"),
        (HtmlResponse(URL, body=b"same", flags=["unchanged"]), "unchanged"),
    ],
)
def test_every_response_has_a_word(response: Response, expected: Outcome) -> None:
    assert outcome_of(response) == expected


def test_a_chain_of_causes_that_bites_its_tail_is_survived() -> None:
    one, two = OSError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert outcome_of(one) == "network"
