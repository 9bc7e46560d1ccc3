"""Step 1: plain NFC text within limits, and nothing that is not an article."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from scrapy.exceptions import DropItem

from pipelines.items import ArticleImage, ArticleItem, ClaimedDate

# What a site sends is bounded: the longest real headlines have some 300 signs, the longest real
# articles some 200,000.
CAPS = {
    "headline": 1_000,
    "alternative_headline": 1_000,
    "description": 5_000,
    "article_body": 500_000,
    "byline": 500,
    "dateline": 200,
    "article_section": 200,
    "in_language": 35,
    "guid": 2_000,
    "url": 4_000,
    "canonical_url": 4_000,
    "requested_url": 4_000,
}
_LIST_CAPS = {"authors": 50, "keywords": 100, "wire_credit": 20, "other_urls": 20}
_LIST_CAPS |= {"corrections": 20, "robots_directives": 20}
_LINE_CAP = 500
_RAW_DATE_CAP = 200
_IMAGE_CAP = 20
_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n\s*\n+")
# Control characters, lone surrogates, non-characters, and marks that only steer a display:
# bidirectional overrides can make a shown text lie. The joiners U+200C/D shape words and stay.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


def clean_text(text: str) -> str:
    """Return plain NFC text: no control characters, single spaces, one newline per paragraph."""
    text = _UNWANTED.sub("", _NEWLINES.sub("\n", text))
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    return _BLANK_LINES.sub("\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def clean_line(text: str) -> str:
    """Return text as one line."""
    return clean_text(text).replace("\n", " ")


def clean_item(item: ArticleItem) -> ArticleItem:
    """Clean every text of an item in place and cut it to its cap, naming the cut fields."""
    for name, cap in CAPS.items():
        value = getattr(item, name)
        if value is None:
            continue
        cleaned = clean_text(value) if name == "article_body" else clean_line(value)
        if len(cleaned) > cap:
            item.cut_fields.append(name)
        setattr(item, name, cleaned[:cap].rstrip() or (None if name in _OPTIONAL else ""))
    for name, cap in _LIST_CAPS.items():
        values = [clean_line(value)[:_LINE_CAP] for value in getattr(item, name)]
        setattr(item, name, list(dict.fromkeys(filter(None, values)))[:cap])
    item.date_published = _clean_date(item.date_published)
    item.date_modified = _clean_date(item.date_modified)
    item.images = [_clean_image(image) for image in item.images[:_IMAGE_CAP]]
    return item


_OPTIONAL = set(CAPS) - {"headline", "article_body", "url"}


def _clean_image(image: ArticleImage) -> ArticleImage:
    return replace(
        image,
        url=clean_line(image.url)[: CAPS["url"]],
        caption=_optional_line(image.caption),
        credit=_optional_line(image.credit),
    )


def _clean_date(date: ClaimedDate | None) -> ClaimedDate | None:
    return replace(date, raw=clean_line(date.raw)[:_RAW_DATE_CAP]) if date else None


def _optional_line(text: str | None) -> str | None:
    return clean_line(text)[: CAPS["description"]] or None if text else None


class CleanPipeline:
    """Scrapy item pipeline: cleans every article; drops what has no headline or no body."""

    def process_item(self, item: ArticleItem) -> ArticleItem:
        clean_item(item)
        if not item.headline or not item.article_body:
            missing = "headline" if not item.headline else "article body"
            raise DropItem(f"no {missing}: {item.url}")
        return item
