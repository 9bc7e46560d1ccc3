"""Removes what no XML document may hold, and yet feeds and sitemaps do."""

from __future__ import annotations

import re

# XML 1.0 section 2.2
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,9})|(\d{1,9}));?")
_LAST_CHARACTER = 0x10FFFF


def allowed_in_xml(text: str) -> str:
    """Return ``text`` without the characters that XML forbids, references to them included."""
    return _NUMBER.sub(_allowed_reference, _FORBIDDEN.sub("", text))


def _allowed_reference(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    if code > _LAST_CHARACTER or _FORBIDDEN.match(chr(code)):
        return "\ufffd"
    return found[0]
