"""Reads a section front (an HTML page of headlines) into a Listing of its article links."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawler.decoding import decode_html
from crawler.discovery.address_shapes import AddressShapes
from crawler.discovery.addresses import absolute_address, clean_address, duplicate_key, is_same_site
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.discovery.plain_text import one_line

MOST_LINKS = 1_000
_OTHER = re.compile(
    r"(?:^|[/_-])(?:video|videos|gallery|galleries|galerie|podcasts?|sponsored|live|topics?|tags?|authors?"
    r"|category|search|login|subscribe|newsletters?|about|contact|privacy|terms|imprint|photos?"
    r"|pictures|slideshow|audio|shop|jobs)(?:[/_-]|$)",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"\d{4,}|(?:-[^-/]+){3}|[?&](?:p|id|story_id)=\d+")
_HEADLINES = frozenset(("h1", "h2", "h3", "h4", "h5"))


def read_section_front(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    hosts: Collection[str] = (),
    known_shapes: AddressShapes | None = None,
) -> Listing:
    """Return the article links of a front in page order, each article once."""
    text = decode_html(body, content_type)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root: HtmlElement = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ListingError("no HTML instead of a section front") from error
    base = root.find(".//base[@href]")
    base_url = (base is not None and absolute_address(base.get("href"), url)) or url
    here = duplicate_key(url)
    found: dict[str, tuple[str, list[str]]] = {}
    for anchor in root.iter("a"):
        address = absolute_address(anchor.get("href") or "", base_url)
        if not address or not is_same_site(address, url, hosts):
            continue
        key = re.sub(r"[?&]ref=[^&]*", "", duplicate_key(address))
        path = address.split("/", 3)[3]
        first = path.partition("/")[0]
        if key == here or "page=" in address or _OTHER.search(f"/{first}/"):
            continue
        heading = next((h for h in anchor.iter(*_HEADLINES)), None)
        words = one_line((heading if heading is not None else anchor).text_content(), limit=500)
        _, headlines = found.setdefault(key, (clean_address(address), []))
        if words:
            headlines.append(words)
    links: list[ArticleLink] = []
    for address, headlines in found.values():
        headline = max(headlines, key=len, default=None)
        path = "/" + address.split("/", 3)[3]
        known = known_shapes is not None and known_shapes.knows(address)
        if headline and (known or (len(headline) >= 15 and _SHAPE.search(path))):
            links.append(ArticleLink(url=address, headline=headline, position=len(links)))
    return Listing(links=tuple(links[:MOST_LINKS]))
