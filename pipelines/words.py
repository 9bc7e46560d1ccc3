"""Words of a text in every script, folded so that spelling habits do not matter."""

from __future__ import annotations

import re
import unicodedata

# Listed by what separates words, because Python's \w leaves out the vowel signs of Indic and
# other scripts and would cut their words in pieces.
_SEPARATORS = re.compile(
    r"[\x80-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7"
    r"\u02b9-\u02df\u037e\u0387\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05f3\u05f4"
    r"\u0609-\u060d\u061b-\u061f\u0640\u066a-\u066d\u06d4\u0700-\u070d\u0964\u0965\u0970"
    r"\u0e2f\u0e5a\u0e5b\u0f0b-\u0f14\u104a-\u104f\u1360-\u1368\u17d4-\u17da\u1800-\u180e"
    r"\u2000-\u206f\u20a0-\u20cf\u2100-\u214f\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004"
    r"\u3008-\u3020\u3030\u303d\u30fb\ufd3e\ufd3f\ufe00-\ufe6f\ufeff\uff00-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff\U0001f000-\U0001faff]"
)
# one table for the bytes below 128: letters to lower case, everything but letters and digits to
# a space; the bytes of UTF-8's longer characters stay
_ASCII = bytes(
    code if code > 127 else ord(chr(code).lower()) if chr(code).isalnum() else 32
    for code in range(256)
)
# what most texts have beyond ASCII; without it they take the fast way
_TYPOGRAPHIC = "“”‘’„–—…\xa0"
#: Scripts written without spaces: Han, kana, Thai, Lao, Khmer, Burmese.
UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\U00020000-\U0003ffff]"
)


def folded_bytes(text: str) -> bytes:
    """Return the folded text in UTF-8, with any number of spaces between the words."""
    if not text.isascii():
        for character in _TYPOGRAPHIC:
            text = text.replace(character, " ")
        if not text.isascii():
            text = _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return text.encode("utf-8", "replace").translate(_ASCII)


def folded(text: str) -> str:
    """Return the words separated by single spaces: NFKC, case-folded, no punctuation."""
    return b" ".join(folded_bytes(text).split()).decode("utf-8")


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded, in order.

    A run of a script written without spaces is one word here; see ``is_unspaced``.
    """
    return folded(text).split()


def is_unspaced(text: str) -> bool:
    """Is this (folded) text mainly in a script that puts no spaces between words?"""
    if text.isascii():
        return False
    sample = text[:4000]
    letters = len(sample) - sample.count(" ")
    return len(UNSPACED.findall(sample)) * 2 > letters
