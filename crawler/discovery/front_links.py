"""Collects the links of a front with what stands around each: the evidence, not the verdict."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from crawler.discovery.addresses import absolute_address, clean_address, duplicate_key, is_same_site

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_ANCHORS = 10_000
_LONGEST_TEXT = 1_500
_MOST_PARTS = 200  # of one link or block: nested links must not cost the square of their number
_IMAGES = frozenset(("img", "picture", "amp-img"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ITEMS = frozenset(("li", "td", "dd"))
_LASTING = frozenset(("heading", "article"))  # true of everything inside
_SILENT = frozenset(("script", "style", "noscript", "template", "svg"))
_ZONE_TAGS = {"nav": "menu", "header": "head", "footer": "foot", "aside": "side", "menu": "menu"}
_ZONES = re.compile(
    r"(?P<menu>nav(?!y)|menu|breadcrumb|tabs?\b|toolbar|skip)"
    r"|(?P<foot>foot|copyright|colophon|legal|sitemap)"
    r"|(?P<pager>pag(?:er|ing|ination)|load-?more)"
    r"|(?P<person>author|byline|contributor|columnist|writer|avatar)"
    r"|(?P<topic>\btags?\b|topic|hashtag|keyword|categor|kicker|rubri|eyebrow|flag|label)"
    r"|(?P<social>social|share|follow|facebook|twitter|comment|disqus|reply)"
    r"|(?P<advert>\bads?\b|advert|sponsor|promo|partner|outbrain|taboola|branded|banner|commercial)"
    r"|(?P<media>video|gallery|galler|photo|slideshow|podcast|audio|multimedia|player)"
    r"|(?P<form>login|sign-?in|subscri|newsletter|cookie|consent|search)"
    r"|(?P<ranked>most|popular|trending|ranking|top-?\d+|read-?also)"
    r"|(?P<side>side-?bar|aside|widget|related|right-?(?:col|rail))",
)
_NUMBER = re.compile(r"\d+")
_HEADLINES = re.compile(
    r"head(?:line|ing)|\btitle|titre|titel|titulo|titular|story|stories|article|artikel|teaser"
    r"|entry|post\b|card|lead|summary|excerpt|latest|river|stream|news"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the page something stands: the zones around it and the shape of its containers."""

    zones: frozenset[str] = frozenset()
    shape: str = ""
    near: frozenset[str] = frozenset()


@dataclass(slots=True)
class Anchor:
    """One occurrence of a link."""

    words: str
    heading: bool
    image: bool
    place: Place
    title: str
    index: int
    element: _Element


@dataclass
class Candidate:
    """One address with all its occurrences; ``url`` is its cleanest form."""

    url: str
    key: str
    anchors: list[Anchor] = field(default_factory=list)

    @cached_property
    def headline_anchor(self) -> Anchor:
        """The occurrence that reads most like a headline: a heading, else the longest words."""
        return max(self.anchors, key=lambda a: (a.heading and len(a.words) > 10, len(a.words)))


def collect_links(
    root: _Element, url: str, *, hosts: Collection[str] = ()
) -> tuple[Candidate, ...]:
    """Return the candidates among a page's links in page order, each address once.

    ``url`` is the page's address; links to itself and to other sites are left out.
    """
    base = root.find(".//base[@href]")
    base_url = (base is not None and absolute_address(base.get("href") or "", url)) or url
    here = duplicate_key(url)
    places = _Places()
    resolved: dict[str, tuple[str, str] | None] = {}
    found: dict[str, Candidate] = {}
    for index, anchor in enumerate(root.iter("a")):
        href = anchor.get("href")
        if not href or index >= MOST_ANCHORS:
            continue
        if href not in resolved:
            resolved[href] = _resolve(href, base_url, url, hosts)
        target = resolved[href]
        if target is None or target[1] == here:
            continue
        address, key = target
        candidate = found.get(key)
        if candidate is None:
            candidate = found[key] = Candidate(address, key)
        elif len(address) < len(candidate.url):
            candidate.url = address
        candidate.anchors.append(_anchor(anchor, index, places))
    return tuple(found.values())


def _resolve(href: str, base_url: str, url: str, hosts: Collection[str]) -> tuple[str, str] | None:
    address = absolute_address(href, base_url)
    if address is None or not is_same_site(address, url, hosts):
        return None
    address = clean_address(address)
    return address, duplicate_key(address)


def _anchor(element: _Element, index: int, places: _Places) -> Anchor:
    place = places.of(element)
    inside = list(islice(element.iter(), _MOST_PARTS)) if len(element) else [element]
    heading = next((part for part in inside if part.tag in _HEADINGS), None)
    words = visible_words(heading) if heading is not None else ""
    return Anchor(
        words=words or visible_words(element),
        heading=heading is not None or "heading" in place.near,
        image=any(part.tag in _IMAGES for part in inside),
        place=place,
        title=" ".join((element.get("title") or "").split())[:_LONGEST_TEXT],
        index=index,
        element=element,
    )


def visible_words(element: _Element) -> str:
    """Return the text that a reader sees in ``element``, on one line; the start of long texts."""
    if not len(element):
        return " ".join((element.text or "").split())[:_LONGEST_TEXT]
    return " ".join(" ".join(_pieces(element)).split())[:_LONGEST_TEXT]


def _pieces(element: _Element) -> Iterator[str]:
    for part in islice(element.iter(), _MOST_PARTS):
        if part.tag not in _SILENT and part.text:
            yield part.text
        if part is not element and part.tail:
            yield part.tail


class _Places:
    """The places of a page's elements, each worked out once: neighbours share their ancestors."""

    def __init__(self) -> None:
        self._outermost = Place()
        self._by_element: dict[_Element, Place] = {}
        self._by_names: dict[tuple[int, str, str], Place] = {}

    def of(self, element: _Element) -> Place:
        """Return the place that ``element`` is and makes for what it holds."""
        chain: list[_Element] = []
        above: _Element | None = element
        while above is not None and above not in self._by_element:
            chain.append(above)
            above = above.getparent()
        place = self._outermost if above is None else self._by_element[above]
        for inner in reversed(chain):
            place = self._by_element[inner] = self._inside(inner, place)
        return place

    def _inside(self, element: _Element, outer: Place) -> Place:
        tag = str(element.tag)
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()[:300].strip()
        key = (id(outer), tag, names)  # every Place lives as long as this memory
        if key not in self._by_names:
            self._by_names[key] = _inner_place(tag, names, outer)
        return self._by_names[key]


def _inner_place(tag: str, names: str, outer: Place) -> Place:
    zones = outer.zones
    if zone := _ZONE_TAGS.get(tag):
        zones = zones | {zone}
    near = outer.near & _LASTING
    if tag in _HEADINGS:
        near = near | {"heading"}
    if tag == "article":
        near = near | {"article"}
    if tag in _ITEMS:
        near = near | {"item"}
    if names and tag not in ("body", "html"):
        named, is_headline = _said_by(names)
        zones = zones | named
        if is_headline:
            near = near | {"headline-name"}
    first_class = _NUMBER.sub("", names.split(None, 1)[0]) if names else ""
    shape = ">".join([*outer.shape.split(">")[-3:], f"{tag}.{first_class}"])
    return Place(zones, shape, near)


@lru_cache(maxsize=20_000)
def _said_by(names: str) -> tuple[frozenset[str], bool]:
    """Return the zones that a class and an id name, and whether they name a headline."""
    zones = frozenset(str(m.lastgroup) for m in _ZONES.finditer(names))
    return zones, _HEADLINES.search(names) is not None
