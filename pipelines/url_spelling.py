"""One spelling for percent-encoded text (RFC 3986 6.2.2)."""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes

# RFC 3986 2.2: these keep their percent form, for decoding them would change the meaning.
_KEPT = frozenset(b"/?#[]@!$&'()*+,;=:%\\\"<>^`{|}")
_SAFE = "/_.,~!$'()*;=:@%-"
_PLAIN = re.compile(r"[A-Za-z0-9_.,~!$'()*;=:@/-]*")
_TRIPLE = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def encoded(text: str) -> str:
    """Return the text with upper-case hex, and nothing encoded that need not be.

    6.2.2.1: ``%e4`` is ``%E4``; 6.2.2.2: ``%61`` is ``a``. Characters beyond ASCII are written as
    UTF-8 bytes; a percent sign that starts no triple is encoded itself.
    """
    if _PLAIN.fullmatch(text):
        return text
    if "%" in text:
        text = _TRIPLE.sub(_one_triple, _STRAY_PERCENT.sub("%25", text))
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe=_SAFE + "+")


def _one_triple(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    if 32 < byte < 127 and byte not in _KEPT:
        return chr(byte)
    return f"%{match[1].upper()}"
