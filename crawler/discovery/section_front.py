"""Reads a section front (a page of headlines, or a home page) into a Listing of its articles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from crawler.decoding import html_as_utf8
from crawler.discovery.address_shapes import AddressShapes, address_shape
from crawler.discovery.addresses import duplicate_key
from crawler.discovery.article_address import address_score, is_dated, is_other_kind
from crawler.discovery.dates import parse_date
from crawler.discovery.front_features import link_features
from crawler.discovery.front_links import Candidate, collect_links
from crawler.discovery.front_teasers import Surroundings, surroundings_of
from crawler.discovery.linear_model import LinearModel
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.discovery.plain_text import one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_BYTES = 10_000_000
MOST_LINKS = 1_000
_BLANKS = b"\xef\xbb\xbf \t\r\n"  # and a byte order mark
_OTHER_FORMATS = (b"<?xml", b"<rss", b"<feed", b"{", b"%PDF")
_WEIGHTS = "front_weights.json"

# How the evidence is added up, found by cross-validation over publishers; the figures are flat
# around these values. The link's own look and the look of its address are log-odds, each limited
# so that neither alone overrules everything else.
_LIMIT = 3.0
_ADDRESS = 0.5
_DATED = 2.5  # a name behind a date in the path, however short the headline
_SAME_SHAPE = 1.0  # the mean of links whose address has the same shape
_SAME_PLACE = 0.5  # the mean of links in containers of the same shape
_FEW = 2.0  # a mean of few links counts less: n / (n + 2)
_KNOWN = 10.0  # the site's earlier articles had this shape of address: decides
_UNLIKE = 3.0  # ... or nearly all had quite another


@dataclass(frozen=True, slots=True)
class ScoredLink:
    """A candidate with its log-odds of being an article, and the parts they are made of."""

    candidate: Candidate
    own: float
    address: float
    score: float


def read_section_front(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    hosts: Collection[str] = (),
    known_shapes: AddressShapes | None = None,
) -> Listing:
    """Return the article links of a front in page order, each article once.

    Links to other sites count only where ``hosts`` names their host. ``known_shapes`` is what the
    site's articles looked like so far. A page without any article link is an empty Listing;
    ListingError is for bytes that are no HTML page at all.
    """
    root = parse_page(body, content_type)
    scored = score_links(root, url, hosts=hosts, known_shapes=known_shapes)
    articles = [s.candidate for s in scored if s.score > 0]
    chosen = articles[:MOST_LINKS]
    others = [s.candidate.url for s in scored if s.score <= 0][:MOST_LINKS]
    cut = f"{MOST_LINKS} of {len(articles)} links read" if len(articles) > MOST_LINKS else ""
    if len(body) > MOST_BYTES:
        cut = f"{MOST_BYTES} of {len(body)} bytes read"
    around = surroundings_of(chosen)
    links = (_article_link(c, around[c.key], n) for n, c in enumerate(chosen))
    title = root.find(".//title")
    return Listing(
        links=tuple(links),
        others=tuple(ArticleLink(url=url) for url in others),
        cut=cut,
        cut_at=len(chosen) if cut else None,
        title=one_line("".join(map(str, title.itertext())), limit=500)
        if title is not None
        else None,
    )


def _text_of(title: _Element) -> str | None:
    return one_line("".join(map(str, title.itertext())), limit=500)


def parse_page(body: bytes, content_type: str | None) -> _Element:
    """Return the tree of an HTML page; ListingError when there is none."""
    if not body.strip():
        raise ListingError("empty body instead of a section front")
    markup = html_as_utf8(body[:MOST_BYTES], content_type)
    if markup.lstrip(_BLANKS).startswith(_OTHER_FORMATS) and b"<html" not in markup[:5000].lower():
        raise ListingError("XML, JSON or a file instead of a section front")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(markup, parser)
    except (etree.LxmlError, ValueError) as error:
        raise ListingError("no HTML instead of a section front") from error
    if root is None:
        raise ListingError("no HTML instead of a section front")
    return root


def score_links(
    root: _Element,
    url: str,
    *,
    hosts: Collection[str] = (),
    known_shapes: AddressShapes | None = None,
) -> list[ScoredLink]:
    """Return every candidate link of a page with its score; above zero it is an article."""
    candidates = collect_links(root, url, hosts=hosts)
    features = link_features(candidates, url)
    own = [_limited(_model().score(f)) for f in features]
    address = [_limited(address_score(c.url)) for c in candidates]
    combined = [
        o + _ADDRESS * a + _DATED * is_dated(c.url)
        for c, o, a in zip(candidates, own, address, strict=True)
    ]
    by_shape = _group_means([address_shape(c.url) for c in candidates], combined)
    by_place = _group_means([c.headline_anchor.place.shape for c in candidates], combined)
    here = duplicate_key(url)
    known = known_shapes.support([c.url for c in candidates]) if known_shapes else {}
    return [
        ScoredLink(
            candidate=c,
            own=own[i],
            address=address[i],
            score=-_LIMIT
            if is_other_kind(c.url) or _is_above(c.key, here)
            else combined[i]
            + _SAME_SHAPE * by_shape[i]
            + _SAME_PLACE * by_place[i]
            + (_KNOWN if known.get(c.url, 0.0) > 0 else _UNLIKE) * known.get(c.url, 0.0),
        )
        for i, c in enumerate(candidates)
    ]


def _is_above(key: str, here: str) -> bool:
    """A section is headed by a link to the section it belongs to: no article is above its list."""
    path, _, query = key.partition("?")
    return not query and here.startswith(path + "/")


@lru_cache(maxsize=1)
def _model() -> LinearModel:
    return LinearModel.load(_WEIGHTS)


def _limited(score: float) -> float:
    return max(-_LIMIT, min(_LIMIT, score))


def _group_means(groups: Sequence[str], scores: Sequence[float]) -> list[float]:
    """Each link's mean score over its group, drawn towards zero where the group is small."""
    members: dict[str, list[float]] = {}
    for group, score in zip(groups, scores, strict=True):
        members.setdefault(group, []).append(score)
    means = {group: sum(of) / (len(of) + _FEW) for group, of in members.items()}
    return [means[group] for group in groups]


def _article_link(candidate: Candidate, around: Surroundings, position: int) -> ArticleLink:
    best = candidate.headline_anchor
    titles: Iterable[str] = (best.words, best.title, *(a.title for a in candidate.anchors))
    headline = next((t for t in titles if t), around.image_text)
    return ArticleLink(
        url=candidate.url,
        headline=one_line(headline, limit=500),
        description=one_line(around.teaser, limit=2000),
        date_published=parse_date(around.date),
        date_published_raw=one_line(around.date, limit=100),
        position=position,
    )
