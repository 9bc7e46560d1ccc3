"""Reads a sitemap or sitemap index (XML, text, gzipped), streamed, into a Listing."""

from __future__ import annotations

import codecs
import heapq
import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.entities import html5

from lxml import etree

from crawler.decoding import decode_xml, xml_codec
from crawler.discovery.addresses import absolute_address, clean_address, duplicate_key, is_same_site
from crawler.discovery.dates import parse_date
from crawler.discovery.feed import read_feed
from crawler.discovery.links import ArticleLink, Listing, ListingError
from crawler.discovery.plain_text import one_line, plain_text
from crawler.discovery.xml_text import allowed_in_xml

MOST_BYTES = 50 * 1024 * 1024  # sitemaps.org: a sitemap is at most 50 MB uncompressed
MOST_LINKS = 5_000
MOST_CHILDREN = 1_000
_GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952 2.3.1
_CHUNK = 64 * 1024
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
_NEWS_NAMES = re.compile(r"news|google|latest|recent|today|aktuell|ultim|nachricht|noticia|haber")
_DULL_NAMES = re.compile(
    r"video|image|photo|gallery|author|autor|tag|topic|categor|section|page|static|product|archiv"
)
_NUMBERS = re.compile(r"\d+")
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]", re.IGNORECASE)
_REFERENCE = re.compile(r"&(#\d{1,7}(?=;)|#x[0-9a-fA-F]{1,6}(?=;)|[A-Za-z0-9]{0,31})(?:;|)")
_LONGEST_VALUE = 4_000
_MOST_PIECES = 100
_PARTS = {
    "url": ("loc", "lastmod"),
    "sitemap": ("loc", "lastmod"),
    "news": ("title", "publication_date", "keywords"),
    "publication": ("language",),
}


def read_sitemap(
    body: bytes, url: str, *, content_type: str | None = None, hosts: Collection[str] = ()
) -> Listing:
    """Return the pages and child sitemaps that a sitemap lists.

    Addresses outside the site of ``url`` are left out unless their host is in ``hosts``. Of more
    than MOST_LINKS pages the latest by date are kept. What a damaged or overlong sitemap says
    before the damage counts; ListingError when it says nothing. A feed in a sitemap's place is
    read as a feed (the protocol allows it).
    """
    head = _head(body)
    if re.search(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", head, re.IGNORECASE):
        return read_feed(b"".join(_chunks(body)), url, content_type=content_type)
    found = _Found(url, hosts)
    if "<" in head:
        _read_xml(body, found, xml_codec(_first(body), content_type))
        if not found.is_sitemap:
            raise ListingError(f"{_kind(head)} instead of a sitemap")
    elif not _read_text(body, found):
        raise ListingError("neither XML nor a list of addresses instead of a sitemap")
    return found.listing()


@dataclass(slots=True)
class _Found:
    """What the stream has shown so far; bounded however long the sitemap is."""

    url: str
    hosts: Collection[str]
    is_sitemap: bool = False
    keys: set[str] = field(default_factory=set)
    links: list[tuple[datetime, int, ArticleLink]] = field(default_factory=list)
    children: list[tuple[str, datetime]] = field(default_factory=list)
    count: int = 0

    def add_page(self, said: dict[str, str]) -> None:
        address = self._own_address(said)
        if address is None:
            return
        address = clean_address(address)
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
        entry = (link.date_published or _OLDEST, -self.count, link)
        self.keys.add(key)
        if len(self.links) < MOST_LINKS:
            heapq.heappush(self.links, entry)
        else:
            _, _, dropped = heapq.heappushpop(self.links, entry)
            self.keys.discard(duplicate_key(dropped.url))

    def add_child(self, said: dict[str, str]) -> None:
        address = self._own_address(said)
        if address and len(self.children) < 50_000:  # sitemaps.org: the most an index may hold
            self.children.append((address, parse_date(said.get("lastmod")) or _OLDEST))

    def listing(self) -> Listing:
        links = [link for _, _, link in sorted(self.links, key=lambda entry: -entry[1])]
        best = sorted(dict.fromkeys(self.children), key=lambda child: _promise(*child))
        return Listing(
            links=tuple(replace(link, position=n) for n, link in enumerate(links)),
            child_sitemaps=tuple(dict.fromkeys(child for child, _ in best))[:MOST_CHILDREN],
        )

    def _own_address(self, said: dict[str, str]) -> str | None:
        address = absolute_address(said.get("loc", ""), self.url)
        return address if address and is_same_site(address, self.url, self.hosts) else None


def _promise(address: str, modified: datetime) -> tuple[int, float, list[int], str]:
    """Sort key of a child sitemap: news, then the latest change, then the highest numbers."""
    name = address.split("://", 1)[-1].partition("/")[2].lower()
    rank = 0 if _NEWS_NAMES.search(name) else 2 if _DULL_NAMES.search(name) else 1
    if _DULL_NAMES.search(name) and rank == 0:
        rank = 1
    numbers = [-int(number[:9]) for number in _NUMBERS.findall(name)]
    return rank, -modified.timestamp(), numbers, address


def _keywords(text: str) -> tuple[str, ...]:
    words = (plain_text(word, limit=100) for word in text[:5000].split(","))
    return tuple(dict.fromkeys(word for word in words if word))[:50]


def _read_xml(body: bytes, found: _Found, codec: str) -> None:
    """Stream the document through libxml2, which reads on past errors (recover)."""
    # A target instead of a tree: memory stays flat. No network; depth at most 256 (huge_tree off).
    parser = etree.XMLParser(
        target=_Target(found), recover=True, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for piece in _tame_pieces(_chunks(body), codec):
            parser.feed(piece.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        return  # what came before the error has been kept


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
            if root is None and len(rest) < 4 * _CHUNK:
                continue
            rest, in_prologue = rest[root.start() if root else 0 :], False
        end = rest.rfind(">") + 1 or (len(rest) if len(rest) > 4 * _CHUNK else 0)
        yield _tame(rest[:end])
        rest = rest[end:]
    yield _tame(rest if not in_prologue else "")


def _tame(text: str) -> str:
    return _REFERENCE.sub(_character_reference, allowed_in_xml(text))


def _character_reference(found: re.Match[str]) -> str:
    name = found[1]
    if name.startswith("#"):
        return found[0]
    character = html5.get(f"{name};")
    return "".join(f"&#{ord(c)};" for c in character) if character else f"&#38;{found[0][1:]}"


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
    text = decode_xml(b"".join(_chunks(body)))
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
    return next(iter(_chunks(body)), b"")


def _chunks(body: bytes) -> Iterator[bytes]:
    """The bytes, unpacked when gzipped (several members too), at most MOST_BYTES of them.

    A gzip stream that breaks off yields what came before.
    """
    if not body.startswith(_GZIP_MAGIC):
        for start in range(0, min(len(body), MOST_BYTES), _CHUNK):
            yield body[start : min(start + _CHUNK, MOST_BYTES)]
        return
    left, packed = MOST_BYTES, body
    while packed.startswith(_GZIP_MAGIC) and left > 0:
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof and left > 0 and packed:
            try:
                chunk = unpacker.decompress(packed, min(_CHUNK, left))
            except zlib.error:
                return
            packed = unpacker.unconsumed_tail or unpacker.unused_data
            left -= len(chunk)
            if chunk:
                yield chunk
