"""One look-up key for all addresses under which a publisher shows the same page."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import unquote

import idna

from pipelines.public_suffix import registrable_domain
from pipelines.url_query import query_key
from pipelines.url_spelling import encoded

__all__ = [
    "host_of",
    "is_home_or_section",
    "registrable_domain",
    "same_site",
    "site_host",
    "url_key",
]

#: Index rows of PostgreSQL end at 2,704 bytes; longer keys are replaced by a digest.
LONGEST_KEY = 1024
#: Longer addresses are attacks or mistakes: they are compared byte by byte.
LONGEST_READ = 8192

_ADDRESS = re.compile(r"(?i:https?):[/\\]{2}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.,~!$'()*+;=:@-]*")
_SLASHES = re.compile(r"/{2,}")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:[sx]?html?|php[345]?|aspx?|jspx?|cfm|amp)$")
# the same page with and without its file ending: no site keeps two articles apart by it
_PAGE_ENDING = re.compile(r"(?<=[^/.])\.[sx]?html?$")
_DEVICE_LABELS = ("www", "m", "mobile", "amp", "mobil", "www1", "www2", "www3")
_AMP_CACHES = (".cdn.ampproject.org", ".bing-amp.com", ".amp.cloudflare.com")
_CACHED_PATH = re.compile(r"/(?:amp|[a-z])/(s/)?([^/]+\.[^/]+(?:/.*)?)", re.DOTALL)
_AMP_SUFFIX = re.compile(r"(?<=[^/.])[._]amp(?:\.[sx]?html?)?$")
_AMP_TAIL = re.compile(r"/(?:tn)?amp(?:\.html?)?$")
_PRINT_TAIL = re.compile(r"/print(?:er)?(?:-?friendly|-?view)?(?:\.html?)?$")
_AMP_HEAD = re.compile(r"^/(?:platform/)?\.?amp(?=/[^/])")
_AMP_INSIDE = re.compile(r"/amp(?=/[^/]*[0-9]{4}[^/]*$)")
_AMP_WORD = re.compile(r"/amp_(?=articleshow/|photostory/|liveblog/|videoshow/)")
_MOBILE_HEAD = re.compile(r"^/(?:mobile|sp)(?=/(?:.*/)?[^/]*[0-9]{4})")
_LISTING_WORD = re.compile(
    r"authors?|autor(?:en|es|e)?|auteurs?|categor(?:y|ies|ia|ie)|kategorie|tags?|topics?"
    r"|themen?|temas?|search|suche|buscar",
    re.IGNORECASE,
)
_ARTICLE_TAIL = re.compile(r"/[^/]*(?:[0-9]{3}|(?:[^/-]+-){2})[^/]*$")


def url_key(url: str) -> str:
    """Return the key under which this address is looked up; never an address to fetch.

    Equal keys mean the same article: what may identify one (ids in parameters, the case of the
    path) is kept, at the price of some addresses of one article having several keys. Rules:
    RFC 3986 6.2 (case, percent-encoding, dot segments, default ports, scheme), IDNA, and the
    habits of news sites (www/m/amp hosts, AMP and print views, tracking parameters, caches).
    ``url_key("https://" + key)`` is the key again. ValueError: not an http(s) address.
    """
    host, port, path, query, fragment = _parts(url)
    for _ in range(3):  # a cache may wrap a cached address; nobody nests deeper
        inner = _unwrapped(host, path)
        if inner is None:
            break
        host, port, path = inner
    site = site_host(host)
    if len(path) + len(query) > LONGEST_READ:
        whole = blake2b(f"{path}?{query}".encode("utf-8", "surrogatepass"), digest_size=20)
        return f"{site}{port}/!{whole.hexdigest()}"
    path = _path_key(path, amp_host=host.startswith("amp."), site=site)
    query = query_key(query, at_root=path == "/") if query else ""
    key = f"{site}{port}{path}"
    if query:
        key = f"{key}?{query}"
    if fragment.startswith("!"):  # addresses of script-driven sites: #!/article/123
        key = f"{key}#{encoded(fragment)}"
    if len(key) > LONGEST_KEY:
        return f"{site}{port}/!{blake2b(key.encode(), digest_size=20).hexdigest()}"
    return key


def host_of(url: str) -> str:
    """Return the host of an http(s) address, lower case and in IDNA form. ValueError otherwise."""
    return _parts(url)[0]


def same_site(a: str, b: str) -> bool:
    """Do both addresses belong to one registrable domain?

    Hosts without one (IP addresses, ``localhost``) are the same site only with the same port.
    An address inside an AMP cache counts as the site it was cached from.
    """
    return _site(a) == _site(b)


def is_home_or_section(url: str) -> bool:
    """Is this a front, section, topic, author or search page rather than an article?

    Judged by the address alone; pages that name such an address as their canonical one are
    misconfigured, and the hint is to be ignored. In doubt the answer is no.
    """
    _, _, path, query, fragment = _parts(url)
    path = _path_key(path, amp_host=False, site="")
    if fragment.startswith("!"):
        return False
    if any(digit in query for digit in "0123456789"):
        return False  # ?p=123
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        return True
    if len(segments) <= 3 and _LISTING_WORD.fullmatch(segments[0]):
        return True
    if len(segments) > 3:
        return False
    return all(_is_section_word(segment) for segment in segments)


def _is_section_word(segment: str) -> bool:
    # "politics", "us-news", "asia-pacific"; slugs of articles are longer or carry a number
    words = segment.split("-")
    return (
        len(words) <= 2
        and len(segment) <= 24
        and not any(character.isdigit() for character in segment)
        and "%" not in segment
        and "." not in segment
        and not segment.startswith("!")
    )


def _parts(url: str) -> tuple[str, str, str, str, str]:
    """Host (ASCII), ":port" or "", raw path, raw query, raw fragment."""
    if "\n" in url or "\t" in url or "\r" in url:
        url = url.replace("\n", "").replace("\t", "").replace("\r", "")
    match = _ADDRESS.fullmatch(url) or _ADDRESS.fullmatch(url.strip())
    if match is None:
        raise ValueError(f"not an http(s) address: {url[:200]!r}")
    authority, path, query, fragment = match.groups(default="")
    host, port = _authority(authority)
    return host, port, path, query, fragment


@lru_cache(maxsize=16_384)
def _authority(authority: str) -> tuple[str, str]:
    host = authority.rpartition("@")[2]
    port = ""
    if host.startswith("["):
        inside, bracket, port = host[1:].partition("]")
        host = f"[{ipaddress.IPv6Address(inside).compressed}]"
        if not bracket or port[:1] not in ("", ":"):
            raise ValueError(f"not a host and port: {authority[:200]!r}")
        port = port[1:]
    else:
        host, _, port = host.partition(":")
        host = _ascii_host(host)
    if port and not (port.isascii() and port.isdigit() and int(port[:6]) <= 65_535):
        raise ValueError(f"bad port in {authority[:200]!r}")
    port = port.lstrip("0")
    # the key has no scheme, so both default ports go (RFC 3986 6.2.3)
    return host, "" if port in ("", "80", "443") else f":{port}"


def _ascii_host(host: str) -> str:
    host = host.lower()
    if "%" in host:
        host = unquote(host, errors="strict").lower()
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    host = host.removesuffix(".")
    if _HOST.fullmatch(host) is None or ".." in host or len(host) > 253:
        raise ValueError(f"not a host name: {host[:200]!r}")
    return host


@lru_cache(maxsize=16_384)
def site_host(host: str) -> str:
    """Return the host without the labels that only choose a device or view: www, m, amp."""
    while True:
        label, _, rest = host.partition(".")
        # m.co.uk and www.com are names of their own
        if label not in _DEVICE_LABELS or "." not in rest or host == registrable_domain(host):
            return host
        host = rest


def _site(url: str) -> str:
    host, port, path, _, _ = _parts(url)
    inner = _unwrapped(host, path)
    if inner is not None:
        host, port, _ = inner
    domain = registrable_domain(host)
    return domain if "." in domain and not domain[-1].isdigit() else f"{host}{port}"


def _unwrapped(host: str, path: str) -> tuple[str, str, str] | None:
    """Host, port and path of the address inside an AMP cache's; None for any other address."""
    if not (host.endswith(_AMP_CACHES) or (path.startswith("/amp/") and _is_google(host))):
        return None
    match = _CACHED_PATH.fullmatch(path)
    try:
        return _parts(f"https://{match[2]}")[:3] if match else None
    except ValueError:
        return None  # no address inside: an ordinary page of that host


def _is_google(host: str) -> bool:
    return host.startswith(("www.google.", "google.")) and host.count(".") <= 3


def _path_key(path: str, *, amp_host: bool, site: str) -> str:
    if _PLAIN_PATH.fullmatch(path) is None:
        path = encoded(path.replace("\\", "/"))
    if ";" in path:
        path = _SESSION_IN_PATH.sub("", path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if amp_host and path.startswith(f"/{site.partition('.')[0]}/"):
        path = path[path.index("/", 1) :]  # amp.cnn.com/cnn/2019/...
    before = ""
    while path != before:  # /index.html/amp/ needs two rounds; every round shortens
        before = path
        path = _shortened(_without_dot_segments(path.rstrip("/")))
    return path or "/"


def _shortened(path: str) -> str:
    if "." in path:
        path = _PAGE_ENDING.sub("", _INDEX_PAGE.sub("", path))
    if "amp" in path:
        path = _without_amp(path)
    if "/print" in path:
        path = _article_or(path, _PRINT_TAIL.sub("", path))
    if path.startswith(("/mobile/", "/sp/")):
        path = _MOBILE_HEAD.sub("", path)
    return path


def _without_amp(path: str) -> str:
    path = _AMP_SUFFIX.sub("", path)
    path = _article_or(path, _AMP_TAIL.sub("", path))
    path = _AMP_HEAD.sub("", path)
    path = _AMP_INSIDE.sub("", path)
    return _AMP_WORD.sub("/", path)


def _article_or(path: str, shorter: str) -> str:
    """The shorter path if it still looks like an article's: /topic/amp is not a view of /topic."""
    return shorter if _ARTICLE_TAIL.search(shorter) else path


def _without_dot_segments(path: str) -> str:
    # RFC 3986 5.2.4
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept) if kept else ""
