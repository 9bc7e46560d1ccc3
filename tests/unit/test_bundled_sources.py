"""The bundled catalogue loads, spreads over the world, and keeps its own rules."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

import pytest

from crawler.catalogue import BUNDLED_SOURCES, SourceDefinition, load_sources

SOURCES = load_sources()


def test_the_catalogue_covers_many_publishers_countries_and_languages() -> None:
    assert len(SOURCES) >= 150
    assert len({source.country for source in SOURCES.values()}) >= 25
    assert len({source.language.partition("-")[0] for source in SOURCES.values()}) >= 15


def test_every_file_is_a_source_with_a_slug_of_its_own() -> None:
    assert len(SOURCES) == len(list(BUNDLED_SOURCES.rglob("*.toml")))


@pytest.mark.parametrize("kind", ["feed", "sitemap", "front"])
def test_every_kind_of_section_is_in_use(kind: str) -> None:
    assert any(section.kind == kind for s in SOURCES.values() for section in s.sections)


def test_a_source_lies_in_the_folder_of_its_country() -> None:
    strays = [
        s.path for s in SOURCES.values() if s.path and s.path.parent.name != s.country.lower()
    ]
    assert strays == []


def test_addresses_are_https_and_listed_once() -> None:
    addresses = [section.url for s in SOURCES.values() for section in s.sections]
    homes = [source.home_url for source in SOURCES.values()]
    assert [a for a in addresses + homes if urlsplit(a).scheme != "https"] == []
    assert len(set(addresses)) == len(addresses)
    assert len(set(homes)) == len(homes)


def test_addresses_nobody_has_opened_say_so() -> None:
    assert [source.slug for source in SOURCES.values() if source.verified] == []


def test_a_listing_on_a_foreign_host_names_the_hosts_of_its_articles() -> None:
    def is_foreign(source: SourceDefinition, url: str) -> bool:
        home, host = (urlsplit(a).netloc.removeprefix("www.") for a in (source.home_url, url))
        return not (host == home or host.endswith("." + home) or home.endswith("." + host))

    nameless = [
        f"{source.slug}: {section.url}"
        for source in SOURCES.values()
        for section in source.sections
        if is_foreign(source, section.url) and not (section.hosts or source.hosts)
    ]
    assert nameless == []


def test_a_listing_of_the_whole_site_is_explained_in_the_notes() -> None:
    silent = [
        source.slug
        for source in SOURCES.values()
        if not source.notes and any(section.key == "news" for section in source.sections)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("slugs", "family"),
    [
        (("bild", "welt", "politico", "politico-eu", "business-insider"), "axel-springer"),
        (("the-sun", "new-york-post", "wall-street-journal", "the-australian"), "news-corp"),
        (("waz", "hamburger-abendblatt", "berliner-morgenpost"), "funke"),
        (("merkur", "frankfurter-rundschau"), "ippen"),
        (("rnd", "haz", "lvz"), "madsack"),
    ],
)
def test_titles_of_one_house_share_its_family(slugs: tuple[str, ...], family: str) -> None:
    assert {SOURCES[slug].publisher_family for slug in slugs} == {family}


@pytest.mark.parametrize(
    ("path", "is_article"),
    [
        ("/Assembly-Backs-Container-Charge-After-Midnight-Vote-1710532", True),
        ("/G7-ministers-meet-721788?utm_source=rss", True),
        ("/politics", False),
        ("/topic/elections-2026", False),
        ("/contact", False),
        ("/Markets", False),
    ],
)
def test_econotimes_articles_are_told_from_its_menus(path: str, is_article: bool) -> None:
    front, feed = SOURCES["econotimes"].sections
    assert (front.kind, feed.kind) == ("front", "feed")
    assert bool(re.search(front.include[0], "https://www.econotimes.com" + path)) is is_article


def test_econotimes_has_rules_in_force() -> None:
    rules = SOURCES["econotimes"].rules_on(date(2026, 11, 1))
    assert rules is not None
    assert rules.body
