"""Addresses: made absolute, cleaned, compared, judged, learnt."""

from __future__ import annotations

import json

import pytest

from crawler.discovery.address_shapes import MOST_SHAPES, AddressShapes, address_shape
from crawler.discovery.addresses import (
    absolute_address,
    clean_address,
    duplicate_key,
    is_same_site,
    registrable_domain,
)
from crawler.discovery.article_address import address_is_article

BASE = "https://post.example/politics/"


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/a", "https://post.example/a"),
        ("a?x=1#top", "https://post.example/politics/a?x=1"),
        ("//other.example", "https://other.example/"),
        ("HTTP://Post.Example:80/x", "http://post.example/x"),
        ("https://post.example:8443/x", "https://post.example:8443/x"),
        ("/a b", "https://post.example/a%20b"),
        ("/po\nlitics", "https://post.example/politics"),
        ("/../../etc", "https://post.example/etc"),
        ("#top", None),
        ("", None),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("file:///etc/passwd", None),
        ("http://[", None),
        ("http://user:pw@post.example/", None),
        ("http://post.example:99999/", None),
        ("/" + "x" * 5000, None),
    ],
)
def test_links_become_absolute_web_addresses_or_nothing(href: str, address: str | None) -> None:
    assert absolute_address(href, BASE) == address


def test_campaign_marks_are_dropped_and_other_parameters_kept() -> None:
    assert clean_address("https://a.example/x?utm_source=rss&id=7&fbclid=z#c") == (
        "https://a.example/x?id=7"
    )
    assert clean_address("https://a.example/x?intcmp=1") == "https://a.example/x?intcmp=1"


def test_addresses_that_differ_in_tracking_only_share_a_key() -> None:
    addresses = [
        "https://www.a.example/x/",
        "http://a.example/x?ref=front",
        "https://a.example/x#c",
    ]
    assert len({duplicate_key(a) for a in addresses}) == 1
    assert duplicate_key("https://a.example/?p=1") != duplicate_key("https://a.example/?p=2")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://post.example/a", True),
        ("https://news.post.example/a", True),
        ("http://post.example/a", True),
        ("https://post.example:8443/a", False),
        ("https://posts.example/a", False),
        ("https://post.example.evil.example/a", False),
    ],
)
def test_a_site_is_its_registrable_domain(url: str, same: bool) -> None:
    assert is_same_site(url, "https://www.post.example/") is same


def test_shared_suffixes_and_bare_addresses_are_no_site() -> None:
    assert not is_same_site("https://a.co.uk/x", "https://b.co.uk/")
    assert not is_same_site("http://127.0.0.1:81/", "http://127.0.0.1:80/")
    assert not is_same_site("http://10.0.0.1/", "http://10.0.0.2/")
    assert is_same_site("http://127.0.0.1:81/x", "http://127.0.0.1:81/")
    assert registrable_domain("news.bbc.co.uk") == "bbc.co.uk"


@pytest.mark.parametrize(
    "url",
    [
        "/politics/2026/11/23/mayor-resigns-after-long-vote",
        "https://post.example/news/mayor-resigns-after-long-vote-4711234.html",
        "/articleshow/93847110.cms",
        "https://post.example/article-712603",
        "https://www.zeitung.example/politik/buergermeister-tritt-nach-abstimmung-zurueck-a-4711.html",
        "/fr/info-en-continu/20220730-le-maire-demissionne-apres-le-vote",
    ],
)
def test_an_article_is_known_by_its_address(url: str) -> None:
    assert address_is_article(url)


@pytest.mark.parametrize(
    "url",
    ["", "#", "/", "mailto:a@b.example", "/politics", "/tag/elections", "/author/anna-keller",
     "https://twitter.com/post", "/privacy-policy", "https://post.example/?utm_source=x",
     "/subscribe", "http://[", "javascript:void(0)", "/video/", "/2026/11/"],
)  # fmt: skip
def test_other_pages_are_known_by_theirs(url: str) -> None:
    assert not address_is_article(url)


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        (
            "https://www.post.example/politics/2026/11/23/mayor-resigns-after-vote-4711.html",
            "post.example/politics/{year}/{2}/{2}/*-{4}.html",
        ),
        ("https://post.example/?p=128311", "post.example/?p={n}"),
        (
            "https://post.example/news/view.do?newsid=12345&page=2",
            "post.example/news/view.do?newsid={n}&page={2}",
        ),
        ("https://post.example/about-us", "post.example/about-us"),
        (
            "https://post.example/20261123/4711-mayor-quits-now.html",
            "post.example/{day}/{4}-*.html",
        ),
    ],
)
def test_the_shape_of_an_address_is_what_its_siblings_share(url: str, shape: str) -> None:
    assert address_shape(url) == shape


def test_learning_shapes_is_bounded_deterministic_and_survives_json() -> None:
    urls = [f"https://post.example/{chr(97 + n % 26)}{'x' * (n % 35)}/{n}" for n in range(3000)]
    shapes = AddressShapes().learn(urls)
    assert len(shapes.counts) == MOST_SHAPES
    assert shapes == AddressShapes().learn(urls)
    assert AddressShapes.from_dict(json.loads(json.dumps(shapes.as_dict()))) == shapes


def test_known_shapes_speak_for_their_like_and_regular_ones_against_others() -> None:
    article, other = "https://post.example/a/912345", "https://post.example/club/offers"
    few = AddressShapes().learn(f"https://post.example/a/{n}12345" for n in range(1, 4))
    many = few.learn(f"https://post.example/a/{n}99999" for n in range(1, 40))
    assert few.support([article, other]) == {article: 1.0, other: 0.0}
    assert many.support([article, other]) == {article: 1.0, other: -1.0}
