"""Fingerprints of texts: the same words give the same value on every machine, for ever."""

from __future__ import annotations

from hashlib import blake2b

from pipelines.words import folded


def text_hash(text: str) -> str:
    """Return 32 hex digits that are equal for texts with the same words in the same order.

    Case, punctuation, white space and Unicode's compatibility forms make no difference.
    """
    return blake2b(folded(text).encode("utf-8", "replace"), digest_size=16).hexdigest()
