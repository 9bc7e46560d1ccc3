"""From a bare domain to the source file to accept; the site is a table of pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.catalogue import SectionDefinition, SourceDefinition, load_source_file
from crawler.diagnosis import Diagnosis, Finding, score
from crawler.discovery.links import ArticleLink
from crawler.doctor import addresses_of, examine, site_name, slug_of
from crawler.proposal import mended_text, repairs, source_text
from crawler.spiders.page import FetchedPage
from pipelines.host_memory import RobotsCopy

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = "https://www.valleypost.co.uk"
ARTICLE = (
    "<html><head><title>Levy</title><script type='application/ld+json'>"
    '{"@type": "NewsArticle", "headline": "Council puts off the harbour levy once more", '
    '"datePublished": "2026-11-23T09:00:00Z", "author": {"name": "Ada Quill"}}</script></head>'
    "<body><article><h1>Council puts off the harbour levy once more</h1>"
    + "".join(
        f"<p>On day {n} the council of Westhaven met and put its vote on the levy off again, to "
        "the dismay of the harbour and the relief of its neighbours along the quay.</p>"
        for n in range(12)
    )
    + "</article></body></html>"
)


def feed(section: str, title: str = "Politics", hub: str = "") -> str:
    items = "".join(
        f"<item><title>Council puts off levy {n}</title><link>{SITE}/{section}/2026/11/levy-{n}"
        f"</link><pubDate>Mon, 23 Nov 2026 0{n}:00:00 GMT</pubDate></item>"
        for n in range(1, 7)
    )
    link = (
        f'<atom:link rel="hub" href="{hub}" xmlns:atom="http://www.w3.org/2005/Atom"/>'
        if hub
        else ""
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{link}{items}'
        "</channel></rss>"
    )


HOME = (
    '<html lang="en"><head><title>News and politics | The Valley Post</title>'
    '<link rel="alternate" type="application/rss+xml" href="/rss" title="All">'
    "</head><body><nav><a href='/politics'>Politics</a><a href='/sport'>Sport</a></nav>"
    "</body></html>"
)
POLITICS = (
    '<html><head><title>Politics</title><link rel="alternate" type="application/rss+xml" '
    'href="/politics/rss" title="Politics"></head><body><main>'
    + "".join(
        f"<article><h2><a href='/politics/2026/11/levy-{n}'>Council puts off harbour levy for "
        f"the {n}th time</a></h2><p>Once more.</p></article>"
        for n in range(1, 7)
    )
    + "</main></body></html>"
)
PAGES = {
    f"{SITE}/": HOME,
    f"{SITE}/politics": POLITICS,
    f"{SITE}/rss": feed("all", "Everything"),
    f"{SITE}/politics/rss": feed("politics", hub="https://hub.example/"),
    **{f"{SITE}/politics/2026/11/levy-{n}": ARTICLE for n in range(1, 7)},
}


class Site:
    """A Visitor of a table of pages; what is not in it is 404."""

    def __init__(self, pages: dict[str, str], failures: dict[str, str] | None = None) -> None:
        self.pages, self.failures = pages, failures or {}
        self.asked: list[str] = []

    async def fetch(self, url: str, *, purpose: str = "listing") -> FetchedPage:
        self.asked.append(url)
        for prefix, outcome in self.failures.items():
            if url.startswith(prefix):
                return FetchedPage(url, outcome, detail=outcome)
        if url == "https://valleypost.co.uk/":
            url = f"{SITE}/"  # a redirect
        text = self.pages.get(url)
        if text is None:
            return FetchedPage(url, "http-4xx", detail="HTTP 404")
        kind = "application/rss+xml" if text.startswith("<?xml") else "text/html; charset=utf-8"
        return FetchedPage(url, "ok", text.encode(), kind, NOW)

    def robots(self, url: str) -> RobotsCopy | None:
        return RobotsCopy("User-agent: *\nCrawl-delay: 3\n", 200, NOW)


def look(site: Site, asked: str, source: SourceDefinition | None = None) -> Diagnosis:
    return asyncio.run(examine(site, asked, now=NOW, source=source))


def test_a_bare_domain_leads_to_the_feed_of_the_politics_section() -> None:
    found = look(Site(PAGES), "valleypost.co.uk")

    assert found.best is not None
    assert found.best.url == f"{SITE}/politics/rss"  # announced by the section's page only
    assert (found.best.kind, found.best.readable) == ("feed", True)
    assert found.best.hub_url == "https://hub.example/"
    assert (found.name, found.country, found.language) == ("The Valley Post", "GB", "en")
    assert (found.home_url, found.crawl_delay) == (f"{SITE}/", 3.0)
    assert found.wall == ""


def test_the_proposal_is_a_source_file_that_loads(tmp_path: Path) -> None:
    path = tmp_path / f"{slug_of(f'{SITE}/')}.toml"
    path.write_text(source_text(look(Site(PAGES), "valleypost.co.uk")), encoding="utf-8")

    definition = load_source_file(path)

    assert (definition.slug, definition.name, definition.country) == (
        "valleypost",
        "The Valley Post",
        "GB",
    )
    (section,) = definition.sections
    assert (section.key, section.kind, section.url) == ("politics", "feed", f"{SITE}/politics/rss")
    assert definition.verified


def test_a_domain_without_https_is_tried_over_http() -> None:
    pages = {url.replace("https:", "http:"): text for url, text in PAGES.items()}
    site = Site(pages, {"https://": "tls"})

    found = look(site, "www.valleypost.co.uk")

    assert site.asked[:2] == [f"{SITE}/", "http://www.valleypost.co.uk/"]
    assert found.home_url == "http://www.valleypost.co.uk/"


def test_a_site_that_forbids_us_is_left_alone() -> None:
    site = Site(PAGES, {SITE: "robots"})

    found = look(site, f"{SITE}/politics")

    assert (found.robots, found.best) == ("forbids us this page", None)
    assert site.asked == [f"{SITE}/politics"]


def test_the_address_of_a_feed_is_taken_as_one() -> None:
    found = look(Site(PAGES), f"{SITE}/rss")

    assert next(f for f in found.findings if f.url == f"{SITE}/rss").kind == "feed"


def test_the_usual_places_are_tried_only_where_nothing_is_announced() -> None:
    bare = {**PAGES, f"{SITE}/": HOME.replace("alternate", "x"), f"{SITE}/feed": feed("politics")}
    bare[f"{SITE}/politics"] = "<html><body>gone</body></html>"
    site, announced = Site(bare), Site(PAGES)

    found = look(site, SITE)
    look(announced, SITE)

    assert found.best is not None
    assert found.best.url == f"{SITE}/feed"
    assert f"{SITE}/feed" not in announced.asked


def test_articles_that_cannot_be_read_make_a_section_worthless() -> None:
    walls = {
        url: "<html><body>x</body></html>" if "/2026/" in url else t for url, t in PAGES.items()
    }

    assert look(Site(walls), SITE).best is None


def test_what_is_looked_at_stays_few() -> None:
    menu = "".join(f"<a href='/politics/{n}/rss.xml'>Politics {n}</a>" for n in range(60))
    site = Site({**PAGES, f"{SITE}/": f"<html><body><nav>{menu}</nav></body></html>"})

    look(site, SITE)

    assert len(set(site.asked)) < 30


# ---------------------------------------------------------------- a source that went quiet

SOURCE_TEXT = f"""\
# Kept by the desk.
name = "The Valley Post"
home_url = "{SITE}/"
country = "GB"
language = "en"

[[sections]]
key = "politics"
kind = "feed"  # the old one
url = '{SITE}/old/politics.rss'
name = "Politics"

[[rules]]
headline = "h1"
"""


@pytest.fixture
def source(tmp_path: Path) -> SourceDefinition:
    path = tmp_path / "valley-post.toml"
    path.write_text(SOURCE_TEXT, encoding="utf-8")
    return load_source_file(path)


def test_a_quiet_source_gets_its_section_mended_and_keeps_its_comments(
    source: SourceDefinition, tmp_path: Path
) -> None:
    found = look(Site(PAGES), "valley-post", source)
    mended = repairs(source, found)

    text = mended_text(SOURCE_TEXT, source.sections[0], mended["politics"])

    assert f'url = "{SITE}/politics/rss"' in text
    assert "# Kept by the desk." in text
    assert 'kind = "feed"  # the old one' in text
    (tmp_path / "valley-post.toml").write_text(text, encoding="utf-8")
    again = load_source_file(tmp_path / "valley-post.toml")
    assert repairs(again, look(Site(PAGES), "valley-post", again)) == {}


def test_politics_is_not_replaced_by_everything(source: SourceDefinition) -> None:
    pages = {url: text for url, text in PAGES.items() if "/politics" not in url}
    pages |= {f"{SITE}/all/2026/11/levy-{n}": ARTICLE for n in range(1, 7)}

    assert repairs(source, look(Site(pages), "valley-post", source)) == {}


def test_a_section_that_cannot_be_found_in_the_text_is_not_guessed() -> None:
    section = SectionDefinition("world", f"{SITE}/world", "feed")

    with pytest.raises(ValueError, match="'world' is not in the file"):
        mended_text(SOURCE_TEXT, section, Finding(f"{SITE}/rss", "feed"))


# ---------------------------------------------------------------- small parts

LINKS = tuple(ArticleLink(f"{SITE}/a/{n}") for n in range(10))
GOOD = Finding(
    f"{SITE}/rss", "feed", about_politics=True, links=LINKS, newest_at=NOW, readable=True
)


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, kind="sitemap"),
        replace(GOOD, kind="front"),
        replace(GOOD, about_politics=False),
        replace(GOOD, links=LINKS[:4]),
        replace(GOOD, newest_at=None),
        replace(GOOD, readable=None),
        replace(GOOD, readable=False),
        replace(GOOD, outcome="http-4xx"),
        replace(GOOD, links=LINKS[:2]),
        replace(GOOD, needs_rendering=True),
    ],
)
def test_every_shortcoming_costs(worse: Finding) -> None:
    assert 0 <= score(worse, now=NOW) < score(GOOD, now=NOW) <= 10


def test_a_front_that_needs_a_browser_is_proposed_with_rendering() -> None:
    front = Finding(f"{SITE}/politics", "front", about_politics=True, needs_rendering=True)
    everything = Finding(f"{SITE}/", "front", links=LINKS, readable=True)
    found = Diagnosis("x", f"{SITE}/", "The Valley Post", findings=(everything, front))

    assert found.best == front
    text = source_text(found)
    assert 'render = "always"' in text
    assert "verified = false" in text
    assert 'country = "ZZ"  # not known' in text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("valleypost.co.uk", ("https://valleypost.co.uk/", "http://valleypost.co.uk/")),
        (
            "valleypost.co.uk/news",
            ("https://valleypost.co.uk/news", "http://valleypost.co.uk/news"),
        ),
        ("http://valleypost.co.uk", ("http://valleypost.co.uk/",)),
    ],
)
def test_what_is_typed_becomes_an_address(asked: str, expected: tuple[str, ...]) -> None:
    assert addresses_of(asked) == expected


@pytest.mark.parametrize(
    ("title", "host", "name"),
    [
        ("News and politics | The Valley Post", "www.valleypost.co.uk", "The Valley Post"),
        ("The Courier - The Courier", "127.0.0.1", "The Courier"),
        ("Der Talbote – Nachrichten aus dem Tal", "talbote.de", "Der Talbote"),
        ("湾岸日報｜湾岸日報", "wangan.co.jp", "湾岸日報"),
        ("", "x.example", ""),
    ],
)
def test_the_publishers_name_is_found_in_the_title(title: str, host: str, name: str) -> None:
    assert site_name(title, host) == name


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.valleypost.co.uk/", "valleypost"),
        ("https://news.bbc.co.uk/", "bbc"),
        ("http://127.0.0.1:8090/", "127-0-0-1"),
        ("http://localhost:8090/", "localhost"),
    ],
)
def test_the_file_is_named_after_the_domain(url: str, slug: str) -> None:
    assert slug_of(url) == slug
