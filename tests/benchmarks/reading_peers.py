"""Adapters of other tools, for comparison only; the product imports none of them."""

from __future__ import annotations

from typing import Any


def trafilatura_default(html: bytes, url: str) -> dict[str, Any]:
    """trafilatura with metadata, as its documentation shows it."""
    import trafilatura

    found = trafilatura.bare_extraction(html, url=url, with_metadata=True)
    if found is None:
        return {}
    return {
        "title": found.title,
        "authors": found.author.split("; ") if found.author else [],
        "published_at": found.date,
        "text": found.text,
    }


def newspaper(html: bytes, url: str) -> dict[str, Any]:
    """newspaper4k."""
    from newspaper import Article

    article = Article(url, fetch_images=False)  # it would ask the publisher for every picture
    article.download(input_html=html.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date
    return {
        "title": article.title,
        "authors": article.authors,
        "published_at": date.isoformat() if date else None,
        "text": article.text,
    }


def newsplease(html: bytes, url: str) -> dict[str, Any]:
    """news-please."""
    from newsplease import NewsPlease

    text = html.decode("utf-8", "replace")
    article = NewsPlease.from_html(text, url=url, fetch_images=False)
    date = article.date_publish
    return {
        "title": article.title,
        "authors": article.authors,
        "published_at": date.isoformat() if date else None,
        "text": article.maintext,
    }


def readability(html: bytes, url: str) -> dict[str, Any]:
    """readability-lxml: title and text only."""
    from lxml.html import fromstring
    from readability import Document

    document = Document(html.decode("utf-8", "replace"), url=url)
    return {
        "title": document.short_title(),
        "text": fromstring(document.summary()).text_content(),
    }
