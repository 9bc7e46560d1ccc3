"""Redirects: limits, circles, origins."""

from __future__ import annotations

import pytest

from crawler.middlewares.redirects import is_circle, same_origin


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


def test_a_circle_is_noticed_at_once() -> None:
    earlier = ["https://a.example.org/1", "https://a.example.org/2"]
    assert is_circle("https://a.example.org/1", earlier)
    assert not is_circle("https://a.example.org/3", earlier)
