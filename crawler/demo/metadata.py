"""What an article page says about itself to machines: JSON-LD, OpenGraph and meta, or nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from html import escape

from crawler.demo.articles import DemoArticle, Wording
from crawler.demo.newsroom import Newsroom


def local(room: Newsroom, position: float) -> datetime:
    """Return the time of ``position`` on the clock of the outlet's readers."""
    zone = timezone(timedelta(hours=room.outlet.utc_offset))
    return room.timetable.shown(position).astimezone(zone)


def printed_date(room: Newsroom, position: float, pattern: str = "") -> str:
    """Return the date as the outlet prints it; ``pattern`` where not its usual one."""
    at, outlet = local(room, position), room.outlet
    return (pattern or outlet.date_format).format(
        weekday=outlet.weekdays[at.weekday()] if outlet.weekdays else "",
        day=at.day,
        month=outlet.months[at.month - 1] if outlet.months else at.month,
        year=at.year,
        time=f"{at:%H:%M}",
        time12=f"{at.hour % 12 or 12}:{at:%M %p}",
    )


def article_head(room: Newsroom, article: DemoArticle, wording: Wording, position: float) -> str:
    """Return the tags for an article page's head, as much as this outlet cares to give."""
    url = room.url(article, position)
    match room.outlet.metadata:
        case "none":
            return ""
        case "meta":
            return _meta(room, article, wording, url)
        case "json-ld":
            return (
                _canonical(url)
                + _open_graph(room, article, wording, url)
                + _json_ld(
                    {"@context": "https://schema.org", **_news_article(room, article, wording, url)}
                )
            )
        case "graph":
            return _canonical(url) + _json_ld(_graph(room, article, wording, url))


def _canonical(url: str) -> str:
    return f'<link rel="canonical" href="{escape(url)}">\n'


def _open_graph(room: Newsroom, article: DemoArticle, wording: Wording, url: str) -> str:
    properties = {
        "og:type": "article",
        "og:site_name": room.outlet.name,
        "og:title": wording.headline,
        "og:description": wording.description,
        "og:url": url,
    }
    if article.photo:
        properties["og:image"] = _picture(room, article)
    return "".join(
        f'<meta property="{name}" content="{escape(value)}">\n'
        for name, value in properties.items()
    )


def _meta(room: Newsroom, article: DemoArticle, wording: Wording, url: str) -> str:
    published = local(room, article.at).isoformat(timespec="seconds")
    modified = local(room, wording.modified_at).isoformat(timespec="seconds")
    tags = _canonical(url) + _open_graph(room, article, wording, url)
    tags += f'<meta property="article:published_time" content="{published}">\n'
    tags += f'<meta property="article:modified_time" content="{modified}">\n'
    tags += f'<meta property="article:section" content="{escape(room.outlet.section_name)}">\n'
    tags += f'<meta name="description" content="{escape(wording.description)}">\n'
    if article.authors:
        tags += f'<meta name="author" content="{escape(", ".join(article.authors))}">\n'
    if article.keywords:
        tags += f'<meta name="keywords" content="{escape(", ".join(article.keywords))}">\n'
    return tags


def _news_article(
    room: Newsroom, article: DemoArticle, wording: Wording, url: str
) -> dict[str, object]:
    data: dict[str, object] = {
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "headline": wording.headline,
        "description": wording.description,
        "datePublished": local(room, article.at).isoformat(timespec="seconds"),
        "dateModified": local(room, wording.modified_at).isoformat(timespec="seconds"),
        "articleSection": room.outlet.section_name,
        "inLanguage": room.outlet.language,
        "isAccessibleForFree": True,
        "author": [
            {"@type": "Person", "name": name, "url": f"{room.origin}/authors/{_slug(name)}"}
            for name in article.authors
        ]
        or [{"@type": "Organization", "name": article.credit or room.outlet.name}],
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": room.outlet.name,
            "logo": {"@type": "ImageObject", "url": f"{room.origin}/media/logo.svg"},
        },
    }
    if article.keywords:
        data["keywords"] = list(article.keywords)
    if article.photo:
        data["image"] = {
            "@type": "ImageObject",
            "url": _picture(room, article),
            "caption": article.photo.caption,
            "creditText": article.photo.credit,
            "width": 1200,
            "height": 675,
        }
    return data


def _graph(room: Newsroom, article: DemoArticle, wording: Wording, url: str) -> dict[str, object]:
    crumbs = room.outlet.nav[:2]  # home, then politics
    return {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": room.outlet.name, "url": room.origin + "/"},
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": n, "name": name, "item": room.origin + path}
                    for n, (name, path) in enumerate(crumbs, start=1)
                ],
            },
            _news_article(room, article, wording, url),
        ],
    }


def _json_ld(data: dict[str, object]) -> str:
    # "</" would end the script element (HTML 13.2.5.15), so it is written "<\/" as in JSON allowed.
    text = json.dumps(data, ensure_ascii=False, indent=1).replace("</", "<\\/")
    return f'<script type="application/ld+json">\n{text}\n</script>\n'


def _picture(room: Newsroom, article: DemoArticle) -> str:
    return f"{room.origin}/media/{article.slug}.svg"


def _slug(name: str) -> str:
    return "-".join(name.lower().split())
