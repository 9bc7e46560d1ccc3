"""Listings beyond our limits: no entry costs another its place, and what is left out is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from crawler.discovery.feed import MOST_LINKS, read_feed
from crawler.discovery.limits import choose_entries
from crawler.discovery.links import Listing
from crawler.discovery.section_front import read_section_front
from crawler.discovery.sitemap import read_sitemap

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
URL = "https://valleypost.example/politics/rss"


def item(number: int, text: str = "Short.", *, dated: bool = True, title: str = "Levy") -> str:
    at = NOW - timedelta(hours=number)
    date = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if dated else ""
    link = f"https://valleypost.example/politics/{number}.html"
    return (
        f"<item><title>{title} {number}</title><link>{link}</link>{date}"
        f"<description>{text}</description></item>"
    )


def feed(*items: str) -> bytes:
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Valley Post</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def numbers(listing: Listing) -> list[int]:
    return [int(link.url.rpartition("/")[2].removesuffix(".html")) for link in listing.links]


LONG = "The council met again and put off its vote. " * 500
BREAKS = {
    "sound": feed(*(item(n, LONG) for n in range(40))),
    "a bare ampersand": feed(
        item(0, f"Fish & chips {LONG}"), *(item(n, LONG) for n in range(1, 40))
    ),
    "HTML's entities": feed(*(item(n, f"{LONG}&nbsp;&hellip;") for n in range(40))),
    "values without quotes": feed(
        *(item(n, LONG).replace("<link>", "<link rel=self>") for n in range(40))
    ),
    "markup in a text": feed(*(item(n, f"<p>{LONG}<br>{LONG}") for n in range(40))),
    "an entry in CDATA": feed(
        *(item(n, f"<![CDATA[{LONG} <item><link>https://x.example/</link>]]>") for n in range(40))
    ),
    "an element that is never closed": feed(
        *(item(n, LONG).replace("</title>", "", n % 2) for n in range(40))
    ),
    "a first entry of two million characters": feed(
        item(0, "x" * 2_000_000), *(item(n) for n in range(1, 40))
    ),
    "a first entry of many elements": feed(
        item(0, "<b>x</b>" * 200_000), *(item(n) for n in range(1, 40))
    ),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_long_feed_lists_every_entry_however_it_is_broken(kind: str) -> None:
    listing = read_feed(BREAKS[kind], URL, now=NOW)

    assert numbers(listing) == list(range(40))
    assert listing.cut == ""
    assert all(link.headline for link in listing.links)


def test_an_overlong_feed_keeps_its_newest_entries_wherever_they_stand() -> None:
    count = MOST_LINKS + 50
    oldest_first = feed(*(item(n) for n in reversed(range(count))))

    listing = read_feed(oldest_first, URL, now=NOW)

    assert numbers(listing) == list(reversed(range(MOST_LINKS)))
    assert listing.cut == ""  # what was left out is older than a month


def test_an_overlong_feed_without_dates_keeps_both_ends() -> None:
    count = MOST_LINKS + 50

    listing = read_feed(feed(*(item(n, dated=False) for n in range(count))), URL, now=NOW)

    kept = numbers(listing)
    assert (kept[0], kept[-1], len(kept)) == (0, count - 1, MOST_LINKS)
    assert listing.cut == f"{MOST_LINKS} of {count} entries read, those at both ends"
    assert listing.cut_at == MOST_LINKS // 2


def test_a_json_feed_is_cut_alike() -> None:
    base = "https://valleypost.example/politics/"
    items = [{"id": str(n), "url": f"{base}{n}.html"} for n in range(MOST_LINKS + 1)]

    listing = read_feed(json.dumps({"version": "1.1", "items": items}).encode(), URL, now=NOW)

    assert listing.cut.startswith(f"{MOST_LINKS} of {MOST_LINKS + 1} entries read")


@pytest.mark.parametrize(
    ("ages_days", "most", "places", "is_cut"),
    [
        ([0, 1, 2], 3, (0, 1, 2), False),
        ([2, 1, 0], 2, (1, 2), True),
        ([200, 1, 0], 2, (1, 2), False),  # archive
        ([None, 1, 0, 5], 2, (0, 3), True),  # a quarter without dates: nobody knows the order
        ([None, None, None, None], 2, (0, 3), True),
        ([200, 200, 200, 200], 2, (0, 3), True),  # one date for all is none
        ([200, None, *[200] * 10], 2, (0, 11), True),
    ],
)
def test_the_newest_are_chosen_or_both_ends(
    ages_days: list[int | None], most: int, places: tuple[int, ...], is_cut: bool
) -> None:
    dates = [None if age is None else NOW - timedelta(days=age) for age in ages_days]

    chosen = choose_entries(dates, most, now=NOW)

    assert chosen.places == places
    assert bool(chosen.cut) is is_cut


@pytest.mark.parametrize(
    "ending", ["", "</channel>", "</channel></rss>", "</channel></rss><!-- made in 3 ms -->"]
)
def test_a_feed_that_breaks_off_says_so(ending: str) -> None:
    body = feed(*(item(n) for n in range(5))).removesuffix(b"</channel></rss>")

    listing = read_feed(body + ending.encode(), URL, now=NOW)

    assert numbers(listing) == list(range(5))
    assert listing.cut == ("" if ending else "it breaks off; 5 entries read")


# ---------------------------------------------------------------- sitemaps


def sitemap(*urls: str, lastmod: str = "", end: str = "</urlset>") -> bytes:
    stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    entries = "".join(f"<url><loc>{url}</loc>{stamp}</url>" for url in urls)
    names = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return f"<urlset {names}>{entries}{end}".encode()


SITE = "https://valleypost.example"


def test_a_sitemap_without_dates_keeps_both_ends() -> None:
    urls = [f"{SITE}/politics/{n}.html" for n in range(6000)]

    listing = read_sitemap(sitemap(*urls), f"{SITE}/sitemap.xml", now=NOW)

    assert (listing.links[0].url, listing.links[-1].url) == (urls[0], urls[-1])
    assert listing.cut == "5000 of 6000 addresses read, the newest, or those at both ends"
    assert listing.cut_at == 2500


@pytest.mark.parametrize(("other", "is_cut"), [("2025-11-02", True), ("2024-01-01", False)])
def test_a_sitemap_with_one_date_for_all_is_no_archive(other: str, is_cut: bool) -> None:
    """What was left out may be today's: no date of it says otherwise."""
    first = sitemap(f"{SITE}/politics/first.html", lastmod=other, end="")
    urls = (f"{SITE}/politics/{n}.html" for n in range(5000))
    rest = sitemap(*urls, lastmod="2025-11-02").partition(b">")[2]

    listing = read_sitemap(first + rest, f"{SITE}/sitemap.xml", now=NOW)

    assert bool(listing.cut) is is_cut


@pytest.mark.parametrize(("end", "cut"), [("</urlset>", ""), ("<url><loc>https", "it breaks off")])
def test_a_sitemap_that_breaks_off_says_so(end: str, cut: str) -> None:
    body = sitemap(f"{SITE}/politics/1.html", end=end)

    assert read_sitemap(body, f"{SITE}/sitemap.xml", now=NOW).cut.startswith(cut)


def test_entries_on_other_sites_are_told_apart() -> None:
    body = sitemap(f"{SITE}/politics/1.html", "https://casino.example/win")

    listing = read_sitemap(body, f"{SITE}/sitemap.xml", now=NOW)

    assert [link.url for link in listing.links] == [f"{SITE}/politics/1.html"]
    assert [link.url for link in listing.off_site] == ["https://casino.example/win"]


@pytest.mark.parametrize(
    ("name", "lastmod", "is_past"),
    [
        ("sitemap-2019-03.xml", "2019-04-02", True),
        ("sitemap-2019.xml", "", True),
        ("sitemap/2024/12/posts.xml", "2025-01-01", True),
        ("sitemap-2019-03.xml", "2026-11-30", False),  # somebody still writes into it
        ("sitemap-2026-11.xml", "2026-11-30", False),
        ("sitemap-2026.xml", "2020-01-01", False),
        ("sitemap-12.xml", "2019-04-02", False),  # a number says nothing of a time
        ("news.xml", "2019-04-02", False),
    ],
)
def test_parts_of_a_time_long_over_are_known_by_name_and_date(
    name: str, lastmod: str, is_past: bool
) -> None:
    stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    index = f"<sitemapindex><sitemap><loc>{SITE}/{name}</loc>{stamp}</sitemap></sitemapindex>"

    listing = read_sitemap(index.encode(), f"{SITE}/sitemap.xml", now=NOW)

    assert (f"{SITE}/{name}" in listing.past_sitemaps) is is_past


# ---------------------------------------------------------------- fronts


def test_links_of_a_front_that_are_no_articles_are_remembered_apart() -> None:
    page = f"""<html><body><nav><a href="{SITE}/contact">Contact</a></nav><main>
      <h2><a href="{SITE}/politics/council-puts-off-vote-on-harbour-levy-4711">Council puts off
      its vote on the harbour levy once more</a></h2></main></body></html>"""

    listing = read_section_front(page.encode(), f"{SITE}/politics/")

    assert [link.url for link in listing.others] == [f"{SITE}/contact"]
    assert listing.cut == ""
