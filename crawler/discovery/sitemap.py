"""Reads a sitemap or sitemap index (XML, text, gzipped), streamed, into a Listing."""

from __future__ import annotations

import codecs
import heapq
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lxml import etree

from crawler.decoding import decode_xml, xml_codec
from crawler.discovery.addresses import absolute_address, clean_address, duplicate_key, is_same_site
from crawler.discovery.child_sitemaps import is_past, promise
from crawler.discovery.dates import parse_date
from crawler.discovery.feed import read_feed
from crawler.discovery.limits import PAST
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.discovery.plain_text import one_line, plain_text
from crawler.discovery.unpacking import CHUNK, MOST_BYTES, chunks_of
from crawler.discovery.xml_text import with_plain_references

MOST_LINKS = 5_000
_HALF = MOST_LINKS // 2
_MOST_OFF_SITE = 200
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]", re.IGNORECASE)
_END = re.compile(
    r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>|<(?:[\w.-]+:)?(?:urlset|sitemapindex)[^<>]*/>",
    re.IGNORECASE,
)
_LONGEST_VALUE = 4_000
_MOST_PIECES = 100
_PARTS = {
    "url": ("loc", "lastmod"),
    "sitemap": ("loc", "lastmod"),
    "news": ("title", "publication_date", "keywords"),
    "publication": ("language",),
}


def read_sitemap(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    hosts: Collection[str] = (),
    now: datetime | None = None,
) -> Listing:
    """Return the pages and child sitemaps that a sitemap lists.

    Addresses outside the site of ``url`` are left out unless their host is in ``hosts``. Of more
    than MOST_LINKS pages the latest by date are kept. What a damaged or overlong sitemap says
    before the damage counts; ListingError when it says nothing. A feed in a sitemap's place is
    read as a feed (the protocol allows it).
    """
    head = _head(body)
    if re.search(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", head, re.IGNORECASE):
        return read_feed(b"".join(chunks_of(body)), url, content_type=content_type)
    found = _Found(url, hosts)
    if "<" in head:
        _read_xml(body, found, xml_codec(_first(body), content_type))
        if not found.is_sitemap:
            raise ListingError(f"{_kind(head)} instead of a sitemap")
    elif not _read_text(body, found):
        raise ListingError("neither XML nor a list of addresses instead of a sitemap")
    return found.listing(now or datetime.now(UTC))


@dataclass(slots=True)
class _Found:
    """What the stream has shown so far; bounded however long the sitemap is."""

    url: str
    hosts: Collection[str]
    is_sitemap: bool = False
    size: int = 0  # bytes read, unpacked
    is_ended: bool = False  # its root element was closed
    keys: set[str] = field(default_factory=set)
    links: list[tuple[datetime, int, ArticleLink]] = field(default_factory=list)  # dated, a heap
    undated: list[tuple[int, ArticleLink]] = field(default_factory=list)  # the first ones
    last: deque[tuple[int, ArticleLink]] = field(default_factory=lambda: deque(maxlen=_HALF))
    off_site: list[ArticleLink] = field(default_factory=list)
    newest_dropped: datetime | None = None
    children: list[tuple[str, datetime]] = field(default_factory=list)
    count: int = 0

    def add_page(self, said: dict[str, str]) -> None:
        address = absolute_address(said.get("loc", ""), self.url)
        if address is None:
            return
        address = clean_address(address)
        if not is_same_site(address, self.url, self.hosts):
            if len(self.off_site) < _MOST_OFF_SITE:
                self.off_site.append(ArticleLink(url=address))
            return
        key = duplicate_key(address)
        if key in self.keys:
            return
        raw = said.get("publication_date") or said.get("lastmod") or ""
        link = ArticleLink(
            url=address,
            headline=plain_text(said.get("title", ""), limit=500),
            # lastmod is not a claim about publication, but the only one a plain sitemap makes.
            date_published=parse_date(raw),
            date_published_raw=one_line(raw, limit=100),
            keywords=_keywords(said.get("keywords", "")),
            language=one_line(said.get("language", ""), limit=35),
        )
        self.count += 1
        self.keys.add(key)
        if link.date_published is None:
            first = len(self.undated) < _HALF
            (self.undated if first else self.last).append((self.count, link))
        elif len(self.links) < MOST_LINKS:
            heapq.heappush(self.links, (link.date_published, -self.count, link))
        else:
            entry = (link.date_published, -self.count, link)
            at, _, dropped = heapq.heappushpop(self.links, entry)
            self.keys.discard(duplicate_key(dropped.url))
            self.newest_dropped = max(at, self.newest_dropped or at)

    def add_child(self, said: dict[str, str]) -> None:
        address = self._own_address(said)
        if address and len(self.children) < 50_000:  # sitemaps.org: the most an index may hold
            self.children.append((address, parse_date(said.get("lastmod")) or _OLDEST))

    def listing(self, now: datetime) -> Listing:
        dated = [(-order, link) for _, order, link in self.links]
        kept = sorted([*dated, *self.undated, *self.last], key=lambda entry: entry[0])
        links = [link for _, link in kept]
        best = sorted(dict.fromkeys(self.children), key=lambda child: promise(*child))
        return Listing(
            links=tuple(replace(link, position=n) for n, link in enumerate(links)),
            child_sitemaps=tuple(dict.fromkeys(child for child, _ in best)),
            past_sitemaps=frozenset(url for url, at in best if is_past(url, at, now)),
            off_site=tuple(self.off_site),
            cut=self._cut(len(links), now),
            cut_at=len(self.undated) if not self.links and len(links) < self.count else None,
        )

    def _cut(self, kept: int, now: datetime) -> str:
        """What was left out, in words; what is dated long ago is archive and hides no news."""
        undated_dropped = self.count - kept > 0 and len(self.last) == _HALF
        # One date for all says nothing of any: what was dropped may be young.
        alike = {at for at, _, _ in self.links} == {self.newest_dropped}
        dropped = self.newest_dropped
        young_dropped = dropped is not None and (alike or dropped > now - PAST)
        if not self.is_ended:
            limit = f"more than {MOST_BYTES} bytes" if self.size >= MOST_BYTES else "it breaks off"
            return f"{limit}; {kept} addresses read"
        if not undated_dropped and not young_dropped:
            return ""
        return f"{kept} of {self.count} addresses read, the newest, or those at both ends"

    def _own_address(self, said: dict[str, str]) -> str | None:
        address = absolute_address(said.get("loc", ""), self.url)
        return address if address and is_same_site(address, self.url, self.hosts) else None


def _keywords(text: str) -> tuple[str, ...]:
    words = (plain_text(word, limit=100) for word in text[:5000].split(","))
    return tuple(dict.fromkeys(word for word in words if word))[:50]


def _read_xml(body: bytes, found: _Found, codec: str) -> None:
    """Stream the document through libxml2, which reads on past errors (recover)."""
    # A target instead of a tree: memory stays flat. No network; depth at most 256 (huge_tree off).
    parser = etree.XMLParser(
        target=_Target(found), recover=True, no_network=True, load_dtd=False, huge_tree=False
    )
    tail = ""
    try:
        for piece in _tame_pieces(_counted(chunks_of(body), found), codec):
            tail = (tail + piece)[-CHUNK:]
            parser.feed(piece.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        pass  # what came before the error has been kept
    found.is_ended = found.size < MOST_BYTES and _END.search(tail) is not None


def _counted(chunks: Iterable[bytes], found: _Found) -> Iterator[bytes]:
    for chunk in chunks:
        found.size += len(chunk)
        yield chunk


def _tame_pieces(chunks: Iterable[bytes], codec: str) -> Iterator[str]:
    """The document as text without its prologue, cut between elements, entities made harmless.

    Every reference becomes a character reference: no entity can be expanded, unknown ones and
    bare ampersands are text, and libxml2 drops all others once it has met an error.
    """
    decoder = codecs.getincrementaldecoder(codec)("replace")
    rest, in_prologue = "", True
    for chunk in chunks:
        rest += decoder.decode(chunk)
        if in_prologue:
            root = _ROOT.search(rest)
            if root is None and len(rest) < 4 * CHUNK:
                continue
            rest, in_prologue = rest[root.start() if root else 0 :], False
        end = rest.rfind(">") + 1 or (len(rest) if len(rest) > 4 * CHUNK else 0)
        yield with_plain_references(rest[:end])
        rest = rest[end:]
    yield with_plain_references(rest if not in_prologue else "")


class _Target:
    """Collects the few elements of the sitemap and news namespaces that we read.

    The image and video extensions have loc and title elements of their own; so those two count
    only directly inside url, sitemap and news:news.
    """

    def __init__(self, found: _Found) -> None:
        self._found = found
        self._path: list[str] = []
        self._said: dict[str, str] = {}
        self._text: list[str] | None = None

    def start(self, tag: str | bytes, attrib: object) -> None:
        name = str(tag).rpartition("}")[2].lower()
        if name in ("urlset", "sitemapindex"):
            self._found.is_sitemap = True
        elif name in ("url", "sitemap"):
            self._said = {}
        parent = self._path[-1] if self._path else ""
        if name in _PARTS.get(parent, ()):
            self._text = []
        self._path.append(name)

    def data(self, data: str | bytes) -> None:
        if self._text is not None and len(self._text) < _MOST_PIECES:
            self._text.append(str(data)[:_LONGEST_VALUE])

    def end(self, tag: str | bytes) -> None:
        name = self._path.pop() if self._path else ""
        if self._text is not None:
            # inside CDATA our references stand as text
            text = "".join(self._text).strip()[:_LONGEST_VALUE].replace("&#38;", "&")
            self._said.setdefault(name, text)
            self._text = None
        if name == "url":
            self._found.add_page(self._said)
        elif name == "sitemap":
            self._found.add_child(self._said)

    def comment(self, text: str | bytes) -> None:
        """Comments say nothing."""

    def close(self) -> None:
        """Nothing to hand back: ``_Found`` has it all."""


def _read_text(body: bytes, found: _Found) -> bool:
    """Read a text sitemap, one address a line; True when that is what it was."""
    text = decode_xml(b"".join(_counted(chunks_of(body), found)))
    found.is_ended = found.size < MOST_BYTES
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    addresses = [line for line in lines if line.startswith(("http://", "https://"))]
    if not addresses or len(addresses) * 2 < len(lines):
        return False
    for address in addresses:
        found.add_page({"loc": address})
    return True


def _kind(head: str) -> str:
    first = re.search(r"<([A-Za-z][\w:.-]{0,40})", head)
    return f"a <{first[1]}> document" if first else "a document without elements"


def _head(body: bytes) -> str:
    head = _first(body)
    if not head.strip():
        raise ListingError("empty body instead of a sitemap")
    return decode_xml(head[:2000])


def _first(body: bytes) -> bytes:
    return next(iter(chunks_of(body)), b"")
