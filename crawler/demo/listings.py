"""Feeds, news sitemaps and robots.txt of an outlet, as bytes."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from crawler.demo.articles import DemoArticle, wording_at
from crawler.demo.newsroom import Newsroom

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NEWS_WINDOW_SECONDS = 2 * 86400  # Google's news sitemaps list the last two days
_LISTED_IN_SITEMAP = 1000


def robots_txt(room: Newsroom, crawl_delay: float) -> str:
    """Return robots.txt (RFC 9309) with the outlet's closed paths, delay and sitemaps."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in room.outlet.disallow)]
    if room.outlet.crawl_delay:
        lines.append(f"Crawl-delay: {crawl_delay:g}")
    if room.outlet.kind == "sitemap":
        lines += ["", f"Sitemap: {room.origin}{room.outlet.listing_path}"]
    return "\n".join([*lines, ""])


def rss(room: Newsroom, position: float) -> str:
    """Return the politics section as RSS 2.0."""
    outlet = room.outlet
    items = "\n".join(_rss_item(room, article, position) for article in _window(room, position))
    return (
        f'{_HEAD}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/">\n<channel>\n'
        f"<title>{escape(outlet.name)} - {escape(outlet.section_name)}</title>\n"
        f"<link>{room.origin}{outlet.section_path}</link>\n"
        f"<description>{escape(outlet.labels['tagline'])}</description>\n"
        f"<language>{outlet.language}</language>\n"
        f"<lastBuildDate>{_rfc822(room.changed_at(position))}</lastBuildDate>\n<ttl>5</ttl>\n"
        f'<atom:link href="{room.origin}{outlet.listing_path}" rel="self" '
        f'type="application/rss+xml"/>\n{items}\n</channel>\n</rss>\n'
    )


def _rss_item(room: Newsroom, article: DemoArticle, position: float) -> str:
    wording = wording_at(article, position)
    link = escape(room.url(article, position) + room.outlet.tracking)
    creators = "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in article.authors)
    media = ""
    if article.photo:
        picture = f"{room.origin}/media/{article.slug}.svg"
        media = f'<media:content url="{picture}" medium="image" width="1200" height="675"/>'
    return (
        f"<item>\n<title>{escape(wording.headline)}</title>\n<link>{link}</link>\n"
        f'<guid isPermaLink="false">{room.outlet.slug}-{article.slug}</guid>\n'
        f"<description>{escape(wording.description)}</description>\n"
        f"<pubDate>{_rfc822(room.timetable.shown(article.at))}</pubDate>\n"
        f"<category>{escape(room.outlet.section_name)}</category>{creators}{media}\n</item>"
    )


def atom(room: Newsroom, position: float) -> str:
    """Return the politics section as Atom (RFC 4287)."""
    outlet = room.outlet
    entries = "\n".join(_atom_entry(room, article, position) for article in _window(room, position))
    return (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n'
        f"<title>{escape(outlet.name)}: {escape(outlet.section_name)}</title>\n"
        f"<id>{room.origin}{outlet.listing_path}</id>\n"
        f'<link rel="self" href="{room.origin}{outlet.listing_path}"/>\n'
        f'<link rel="alternate" type="text/html" href="{room.origin}{outlet.section_path}"/>\n'
        f"<updated>{room.changed_at(position).isoformat(timespec='seconds')}</updated>\n"
        f"{entries}\n</feed>\n"
    )


def _atom_entry(room: Newsroom, article: DemoArticle, position: float) -> str:
    wording = wording_at(article, position)
    link = quoteattr(room.url(article, position) + room.outlet.tracking)
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in article.authors)
    return (
        f"<entry>\n<title>{escape(wording.headline)}</title>\n<link href={link}/>\n"
        f"<id>tag:{room.outlet.slug}.example,2026:{article.slug}</id>\n"
        f"<published>{_iso(room.timetable.shown(article.at))}</published>\n"
        f"<updated>{_iso(room.timetable.shown(wording.modified_at))}</updated>\n"
        f'<summary type="text">{escape(wording.description)}</summary>{authors}\n</entry>'
    )


def rdf(room: Newsroom, position: float) -> str:
    """Return the politics section as RSS 1.0 (RDF), still the custom of Japanese newspapers."""
    outlet = room.outlet
    articles = _window(room, position)
    sequence = "".join(
        f"<rdf:li rdf:resource={quoteattr(room.url(a, position))}/>" for a in articles
    )
    items = "\n".join(_rdf_item(room, article, position) for article in articles)
    return (
        f'{_HEAD}<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="{outlet.language}">\n'
        f'<channel rdf:about="{room.origin}{outlet.listing_path}">\n'
        f"<title>{escape(outlet.name)} {escape(outlet.section_name)}</title>\n"
        f"<link>{room.origin}{outlet.section_path}</link>\n"
        f"<description>{escape(outlet.labels['tagline'])}</description>\n"
        f"<dc:date>{_iso(room.changed_at(position))}</dc:date>\n"
        f"<items><rdf:Seq>{sequence}</rdf:Seq></items>\n</channel>\n{items}\n</rdf:RDF>\n"
    )


def _rdf_item(room: Newsroom, article: DemoArticle, position: float) -> str:
    wording = wording_at(article, position)
    url = room.url(article, position)
    return (
        f"<item rdf:about={quoteattr(url)}>\n<title>{escape(wording.headline)}</title>\n"
        f"<link>{escape(url + room.outlet.tracking)}</link>\n"
        f"<description>{escape(wording.description)}</description>\n"
        f"<dc:date>{_iso(room.timetable.shown(article.at))}</dc:date>\n</item>"
    )


def sitemap_index(room: Newsroom, position: float) -> str:
    """Return a sitemap index: the archive first, then the sections, then the news."""
    children = [
        ("/sitemaps/archive.xml.gz", room.timetable.shown(-30 * 86400.0)),
        ("/sitemaps/sections.xml", room.timetable.shown(0.0)),
        ("/sitemaps/news.xml", room.changed_at(position, section=None)),
    ]
    entries = "\n".join(
        f"<sitemap><loc>{room.origin}{path}</loc><lastmod>{_iso(at)}</lastmod></sitemap>"
        for path, at in children
    )
    return (
        f'{_HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}\n</sitemapindex>\n"
    )


def news_sitemap(room: Newsroom, position: float) -> str:
    """Return the last two days of every section as a news sitemap with pictures."""
    recent = [
        article
        for article in room.listed(position, section=None)
        if article.at >= position - _NEWS_WINDOW_SECONDS
    ]
    entries = "\n".join(
        _news_entry(room, article, position) for article in recent[:_LISTED_IN_SITEMAP]
    )
    return (
        f'{_HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
        f"{entries}\n</urlset>\n"
    )


def _news_entry(room: Newsroom, article: DemoArticle, position: float) -> str:
    wording = wording_at(article, position)
    picture = ""
    if article.photo:
        address = f"{room.origin}/media/{article.slug}.svg"
        picture = f"<image:image><image:loc>{address}</image:loc></image:image>"
    return (
        f"<url>\n<loc>{escape(room.url(article, position))}</loc>\n"
        f"<lastmod>{_iso(room.timetable.shown(wording.modified_at))}</lastmod>\n"
        f"<news:news><news:publication><news:name>{escape(room.outlet.name)}</news:name>"
        f"<news:language>{room.outlet.language}</news:language></news:publication>"
        f"<news:publication_date>{_iso(room.timetable.shown(article.at))}</news:publication_date>"
        f"<news:title>{escape(wording.headline)}</news:title></news:news>{picture}\n</url>"
    )


def plain_sitemap(room: Newsroom, paths: list[str]) -> str:
    """Return a sitemap of addresses without dates."""
    entries = "\n".join(f"<url><loc>{escape(room.origin + path)}</loc></url>" for path in paths)
    return f'{_HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}\n</urlset>\n'


def _window(room: Newsroom, position: float) -> list[DemoArticle]:
    return room.listed(position)[: room.outlet.window]


def _rfc822(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
