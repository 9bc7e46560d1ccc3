"""url_key: one key for all addresses of one article, never one key for two articles."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.url_key import (
    LONGEST_KEY,
    host_of,
    is_home_or_section,
    registrable_domain,
    same_site,
    url_key,
)

ARTICLE = "https://www.harbour-post.example.com/politics/2026/03/budget-vote-fails-482913"


@pytest.mark.parametrize(
    "other",
    [
        "http://www.harbour-post.example.com/politics/2026/03/budget-vote-fails-482913",
        "HTTPS://WWW.Harbour-Post.EXAMPLE.com/politics/2026/03/budget-vote-fails-482913",
        "https://harbour-post.example.com/politics/2026/03/budget-vote-fails-482913/",
        "https://m.harbour-post.example.com/politics/2026/03/budget-vote-fails-482913",
        "https://amp.harbour-post.example.com/politics/2026/03/budget-vote-fails-482913",
        "https://www.harbour-post.example.com:443/politics/2026/03/budget-vote-fails-482913",
        "http://www.harbour-post.example.com:80/politics/2026/03/budget-vote-fails-482913",
        "https://www.harbour-post.example.com./politics/2026/03/budget-vote-fails-482913",
        f"  {ARTICLE}\n",
        f"{ARTICLE}#comments",
        f"{ARTICLE}?utm_source=rss&utm_medium=feed",
        f"{ARTICLE}?utm_source=rss&amp;utm_medium=feed",
        f"{ARTICLE}?fbclid=IwAR0x&at_medium=RSS",
        f"{ARTICLE}?from=rss",
        f"{ARTICLE}?s=09",
        f"{ARTICLE}?amp=1",
        f"{ARTICLE}?outputType=amp",
        f"{ARTICLE}?print=true",
        f"{ARTICLE}?view=print",
        f"{ARTICLE}/amp/",
        f"{ARTICLE}/amp",
        f"{ARTICLE}.amp",
        f"{ARTICLE}.amp.html",
        f"{ARTICLE}.html",
        f"{ARTICLE}/index.html",
        f"{ARTICLE}/index.amp",
        f"{ARTICLE}/print/",
        f"{ARTICLE};jsessionid=0A1B",
        "https://www.harbour-post.example.com/amp/politics/2026/03/budget-vote-fails-482913",
        "https://www.harbour-post.example.com/politics/2026/03/amp/budget-vote-fails-482913",
        "https://www.harbour-post.example.com//politics/2026/03/budget-vote-fails-482913",
        "https://www.harbour-post.example.com/politics/./x/../2026/03/budget-vote-fails-482913",
        "https://www.harbour-post.example.com/politics/2026/03/b%75dget%2dvote-fails-482913",
        "https://www-harbour--post-example-com.cdn.ampproject.org/c/s/"
        "www.harbour-post.example.com/politics/2026/03/budget-vote-fails-482913",
        "https://www.google.com/amp/s/"
        "www.harbour-post.example.com/politics/2026/03/budget-vote-fails-482913/amp/",
    ],
)
def test_addresses_of_one_article_share_a_key(other: str) -> None:
    assert url_key(other) == url_key(ARTICLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example.com/?p=12", "https://a.example.com/?p=13"),
        ("https://a.example.com/view?id=12", "https://a.example.com/view?id=13"),
        ("https://a.example.com/news?cat=2", "https://a.example.com/news?cat=3"),
        ("https://a.example.com/x?cid=4711", "https://a.example.com/x?cid=4712"),
        ("https://a.example.com/x?source=4711", "https://a.example.com/x?source=4712"),
        ("https://a.example.com/x?ref=a1f9", "https://a.example.com/x?ref=a1f8"),
        ("https://a.example.com/?s=09", "https://a.example.com/?s=10"),
        ("https://a.example.com/x?mod=news&n=1", "https://a.example.com/x?mod=photo&n=1"),
        ("https://a.example.com/a/OklJOk", "https://a.example.com/a/oklJOk"),
        ("https://a.example.com/tag/amp", "https://a.example.com/tag"),
        ("https://a.example.com/topics/print", "https://a.example.com/topics"),
        ("https://de.example.com/story-1", "https://fr.example.com/story-1"),
        ("https://shop.example.com/", "https://example.com/"),
        ("https://example.com:8001/a", "https://example.com:8002/a"),
        ("https://m.co.uk/a", "https://co.uk/a"),
        ("https://a.example.com/#!/article/1", "https://a.example.com/#!/article/2"),
        ("https://a.example.com/a%2Fb", "https://a.example.com/a/b"),
        ("https://a.example.com/x?a=1%262", "https://a.example.com/x?a=1&2"),
        ("https://a.example.com/amp/", "https://a.example.com/"),
    ],
)
def test_what_identifies_is_kept(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_parameters_are_ordered_and_international_names_have_one_form() -> None:
    assert url_key("https://e.example.com/x?b=2&a=1") == url_key("https://e.example.com/x?a=1&b=2")
    assert url_key("https://bücher.example/ä?q=ü") == "xn--bcher-kva.example/%C3%A4?q=%C3%BC"
    assert url_key("http://[2001:DB8::0:1]:8080/a") == "[2001:db8::1]:8080/a"


def test_a_very_long_address_still_has_a_short_key_of_its_own() -> None:
    long = "https://example.com/" + "a" * 3000
    assert len(url_key(long)) <= LONGEST_KEY
    assert url_key(long) != url_key(long + "b")
    endless = "https://example.com/" + "/index.html" * 100_000
    assert url_key(endless) != url_key(endless + "x")


@pytest.mark.parametrize(
    "address",
    ["", "news", "/politics", "ftp://example.com/a", "javascript:alert(1)", "mailto:a@example.com",
     "http://", "https:///a", "http://exa mple.com/", "http://example.com:99999/", "http://[::1",
     "http://a..b/", "http://%zz/", "https://example.com:port/", "tag:example.com,2026:1"],
)  # fmt: skip
def test_what_is_not_an_http_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        url_key(address)


@given(st.text())
def test_any_string_gives_a_key_or_a_value_error(text: str) -> None:
    for candidate in (text, f"https://{text}", f"https://example.com/{text}"):
        try:
            key = url_key(candidate)
        except ValueError:
            continue
        assert len(key) <= LONGEST_KEY
        assert url_key(f"https://{key}") == key


_PIECES = st.sampled_from(
    ["/", "amp", "/amp/", ".amp", ".html", "/index.html", "/print", "a", "%", "%41", "%2f", "?",
     "&", "amp;", "=", "utm_source", "#", "!", ";jsessionid=1", "..", "/.", "m.", "mobile/", "1234",
     "-x-y", "_amp", "ä", "s=09", "+", "//", "sp/", "/tnamp"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map("".join))
@example("..amp")
@example("a/..html/..amp")
def test_a_key_is_its_own_key(tail: str) -> None:
    key = url_key(f"http://m.example.com/{tail}")
    assert url_key(f"https://{key}") == key


@given(st.permutations(["utm_source=a", "gclid=b", "id=7", "fbclid=c", "page=2", "ref=feed"]))
def test_the_order_of_parameters_makes_no_difference(pairs: list[str]) -> None:
    assert url_key(f"{ARTICLE}?{'&'.join(pairs)}") == url_key(f"{ARTICLE}?id=7&page=2")


def test_random_bytes_in_the_path_never_crash() -> None:
    seeded = random.Random(7)
    for _ in range(2000):
        junk = "".join(seeded.choices("%/?#\0\\\u20ac\ud800a", k=9))
        assert url_key("https://example.com/" + junk)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("WWW.Example.COM.", "example.com"),
        ("anna.blogspot.com", "anna.blogspot.com"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("co.uk", "co.uk"),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_host_of_is_lower_case_and_ascii() -> None:
    assert host_of("https://user:secret@WWW.Bücher.example:8080/x") == "www.xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.example.com/a", "http://amp.example.com/b", True),
        ("https://example.com/a", "https://example.org/a", False),
        ("https://a.blogspot.com/1", "https://b.blogspot.com/1", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b", True),
        ("https://x.cdn.ampproject.org/c/s/x.example.com/1", "https://example.com", True),
    ],
)  # fmt: skip
def test_same_site_compares_registrable_domains(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://example.com", True),
        ("https://example.com/index.html", True),
        ("https://example.com/politics/", True),
        ("https://example.com/news/us-news", True),
        ("https://example.com/tag/anything-at-all-here", True),
        ("https://example.com/author/jane-doe-2", True),
        ("https://example.com/en/", True),
        ("https://example.com/?p=123", False),
        ("https://example.com/budget-vote-fails-again", False),
        ("https://example.com/news/article-48213", False),
        ("https://example.com/a/b/c/d", False),
        ("https://example.com/%D8%A7%D9%84%D8%B9", False),
        ("https://example.com/story.php", False),
    ],
)
def test_home_and_section_pages_are_told_from_articles(url: str, answer: bool) -> None:
    assert is_home_or_section(url) is answer
