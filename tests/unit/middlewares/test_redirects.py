"""Redirects: limits, circles, origins."""

from __future__ import annotations

import pytest

from crawler.middlewares.redirects import browser_location, same_origin


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("https://a.example.org/x", "https://A.example.org:443/y?z", True),
        ("http://a.example.org", "http://a.example.org:80/", True),
        ("https://a.example.org/", "http://a.example.org/", False),
        ("https://a.example.org/", "https://www.a.example.org/", False),
        ("https://a.example.org/", "https://a.example.org:8443/", False),
        ("https://a.example.org?x", "https://a.example.org#y", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, expected: bool) -> None:
    assert same_origin(one, other) == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (b"/a/b?c=\\d#\\e", b"/a/b?c=\\d#\\e"),
        (b"http:\\\\a.example.org\\b", b"http://a.example.org/b"),
        (b"/\\a.example.org", b"//a.example.org"),
        (b"", b""),
    ],
)
def test_backslashes_are_read_as_a_browser_reads_them(location: bytes, expected: bytes) -> None:
    assert browser_location(location) == expected
