"""Turns strings of a page into plain text: no markup, no control characters, single spaces."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
# C0/C1 controls and characters nobody sees; U+00AD is a hyphenation hint, not part of a word
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff]")


def one_line(text: str) -> str:
    """Return ``text`` without control characters, every run of white space as one space."""
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(_INVISIBLE.sub("", text).split())


def from_markup(text: str) -> str:
    """Return the plain text of a string that may hold entities or tags (JSON-LD, meta content).

    Entities are decoded at most twice: publishers often escape what is escaped already.
    """
    for _ in range(2):
        if "&" not in text:
            break
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return one_line(text)


def words(text: str) -> list[str]:
    """Return the lower-case words of ``text``, one per character in scripts without spaces."""
    lowered = text.casefold()
    # asking for scripts at every letter costs three times as much, and few texts need it
    spaced = lowered.isascii() or not _UNSPACED.search(lowered)
    return (_SPACED_WORD if spaced else _WORD).findall(lowered)


def name_key(name: str) -> str:
    """Return the letters and digits of a name in lower case, which all its spellings share."""
    return _NO_LETTER.sub("", name.casefold())


_NO_LETTER = re.compile(r"[\W_]+")
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_NO_SPACES}]|(?:(?![{_NO_SPACES}])\\w)+")
_SPACED_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(f"[{_NO_SPACES}]")
_DENSE = re.compile(f"[{_NO_SPACES}\uac00-\ud7af]")


def is_unspaced(text: str) -> bool:
    """Say whether half of what begins ``text`` is in a script that says more in fewer signs."""
    head = text[:400]
    return not head.isascii() and len(_DENSE.findall(head)) * 2 > len(head)
