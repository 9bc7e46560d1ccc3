"""What changes in addresses and identifies nothing, and what must never be taken for it."""

from __future__ import annotations

import pytest

from pipelines.address_noise import differing, find_noise, joins_any, without


@pytest.mark.parametrize(
    ("one", "other", "places"),
    [
        ("a.example/x?token=1", "a.example/x?token=2", {"?token"}),
        ("a.example/x?id=7&cb=1", "a.example/x?cb=2&id=7", {"?cb"}),
        ("a.example/x?cb=1&s=1", "a.example/x?cb=2&s=2", {"?cb", "?s"}),
        ("a.example/r/a81bc92d/x", "a.example/r/0f17cc3e/x", {"/1"}),
        ("a.example/s-a81bc92d/x", "a.example/s-0f17cc3e/x", {"/0"}),
        ("a.example/x-a81bc92d", "a.example/x-0f17cc3e", {"/0"}),
        ("a.example/x.html;s=a81bc92d", "a.example/x.html;s=0f17cc3e", {"/0"}),
        ("a.example/x?a81bc92d", "a.example/x?1701399999", {"?"}),
        (
            "a.example/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x",
            "a.example/0e3c9b1a-77aa-42f0-b1d2-9a8b7c6d5e4f/x",
            {"/0"},
        ),
        ("a.example/x-a81bc92d", "a.example/y-0f17cc3e", set()),  # another slug
        ("a.example/x-a81bc92d", "a.example/0f17cc3e-y", set()),
        ("a.example/x?a81bc92d&b", "a.example/x?0f17cc3e&b", set()),
        ("a.example/x?token=1", "a.example/x", set()),  # a page of its own
        ("a.example/x?a=1&b=1&c=1", "a.example/x?a=2&b=2&c=2", set()),
        ("a.example/x?a=1", "b.example/x?a=2", set()),
        ("a.example/politics/x", "a.example/world/x", set()),
        ("a.example/20261129/x", "a.example/20261130/x", set()),
        ("a.example/x?a=1&a=2", "a.example/x?a=1&a=3", set()),
        ("a.example/!90ab", "a.example/!90ac", set()),
    ],
)
def test_two_addresses_differ_in_places(one: str, other: str, places: set[str]) -> None:
    assert differing(one, other) == places


def test_a_place_is_left_out_of_a_key() -> None:
    assert without("a.example/x?cb=1&id=7", {"?cb"}) == "a.example/x?id=7"
    assert without("a.example/x?cb=1", {"?cb"}) == "a.example/x"
    assert without("a.example/r/a81bc92d/x", {"/1"}) == "a.example/r/x"
    assert without("a.example/r/politics/x", {"/1"}) == "a.example/r/politics/x"
    assert without("a.example/x", {"?cb"}) == "a.example/x"
    assert without("a.example/r/x-a81bc92d", {"/1"}) == "a.example/r/x"
    assert without("a.example/a81bc92d-x?id=1", {"/0"}) == "a.example/x?id=1"
    assert without("a.example/x?a81bc92d", {"?"}) == "a.example/x"
    assert without("a.example/x?id=1&print", {"?id"}) == "a.example/x?print"


def test_noise_takes_five_articles() -> None:
    same = [(f"a.example/{n}?t={n}", f"a.example/{n}?t=x{n}") for n in range(5)]

    assert find_noise(same) == [frozenset({"?t"})]
    assert find_noise(same[:4]) == []


def test_what_tells_two_things_apart_is_seen() -> None:
    assert joins_any({"a.example/x?id=1": 1, "a.example/x?id=2": 2}, {"?id"})
    assert joins_any({"a.example/x?id=1": None, "a.example/x?id=2": None}, {"?id"})
    assert not joins_any({"a.example/x?id=1": 1, "a.example/x?id=2": 1}, {"?id"})
