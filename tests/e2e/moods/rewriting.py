"""What moods do to the bytes of listings and pages: addresses, dates, entries, texts."""

from __future__ import annotations

import gzip
import html
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from crawler.demo.exchange import Response

_GZIP = b"\x1f\x8b"
_ENTRY = re.compile(r"(?s)<(item|entry|url)\b[^>]*>.*?</\1>\s*")
_ISO = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
_RFC = re.compile(r"\b(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})")
_PARAGRAPH = re.compile(r"(?s)<p\b[^>]*>.*?</p\s*>")


def retold(response: Response, change: Callable[[str], str]) -> Response:
    """Return the response with its text changed, packed as it was."""
    if response.status != 200:
        return response
    is_packed = response.body.startswith(_GZIP)
    raw = gzip.decompress(response.body) if is_packed else response.body
    body = change(raw.decode("utf-8", "replace")).encode()
    return replace(response, body=gzip.compress(body, mtime=0) if is_packed else body)


def _spellings(path: str) -> Iterable[str]:
    return dict.fromkeys((path, html.escape(path), path.replace("/", "\\/")))


def addresses_changed(text: str, origin: str, changes: Mapping[str, str]) -> str:
    """Return a text in which paths, where they are links or addresses, are other ones."""
    table = {
        old: new
        for path, other in changes.items()
        for old, new in zip(_spellings(path), _spellings(other), strict=False)
    }
    if not table:
        return text
    found = "|".join(map(re.escape, sorted(table, key=len, reverse=True)))
    before = "|".join(re.escape(o) for o in (origin, origin.replace("/", "\\/")))
    after = r"(?=[\"'<>?#\s&;\\]|$)"
    pattern = re.compile(rf"((?:{before})|[\"']|^)({found}){after}", re.MULTILINE)
    return pattern.sub(lambda match: match[1] + table[match[2]], text)


def without_entries(text: str, paths: Iterable[str], *, keep: int = 0) -> str:
    """Return a listing without its entries, or with the first few of them."""
    if text.lstrip().startswith("{"):
        return re.sub(r'(?s)"items"\s*:\s*\[.*\]', '"items": []', text)
    if "<rss" in text or "<feed" in text or "<urlset" in text or "rdf:RDF" in text:
        count = iter(range(10**6))
        return _ENTRY.sub(lambda match: match[0] if next(count) < keep else "", text)
    shown = set(sorted(paths, key=text.find)[:keep]) if keep else set()
    gone = [html.escape(path) for path in paths if path not in shown]
    if not gone:
        return text
    found = "|".join(map(re.escape, sorted(gone, key=len, reverse=True)))
    return re.sub(rf"(?s)<a\b[^>]*href=\"[^\"]*(?:{found})[\"?#][^>]*>.*?</a>", "", text)


def dates_changed(text: str, iso: Callable[[str], str], rfc: Callable[[str], str]) -> str:
    """Return a text whose machine-readable times are others."""
    return _RFC.sub(lambda m: rfc(m[0]), _ISO.sub(lambda m: iso(m[0]), text))


def paragraphs_appended(text: str, more: Iterable[str]) -> str:
    """Return an article's page with paragraphs after its last long one."""
    long = [m for m in _PARAGRAPH.finditer(text) if len(m[0]) > 80]
    if not long:
        return text
    end = long[-1].end()
    return text[:end] + "".join(f"\n<p>{p}</p>" for p in more) + text[end:]


def cut_to_teaser(text: str, paragraphs: Sequence[str], wall: str) -> str:
    """Return an article's page that ends after its first paragraph."""
    shown = [html.escape(paragraph, quote=False)[:40] for paragraph in paragraphs[1:]]
    kept = _PARAGRAPH.sub(lambda m: "" if any(s in m[0] for s in shown) else m[0], text)
    first = html.escape(paragraphs[0], quote=False)[:40]
    at = next((m.end() for m in _PARAGRAPH.finditer(kept) if first in m[0]), len(kept))
    kept = f'{kept[:at]}\n<p class="paywall">{wall}</p>{kept[at:]}'
    return re.sub(r'"(articleBody)"\s*:\s*"(?:\\.|[^"\\])*"', r'"\1": ""', kept)


def number_of(text: str) -> int:
    """Return a number that always is the same for the same text."""
    return zlib.crc32(text.encode())
