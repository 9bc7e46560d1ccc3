"""The bytes of a sitemap piece by piece, unpacked where they are gzipped."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

MOST_BYTES = 50 * 1024 * 1024  # sitemaps.org: a sitemap is at most 50 MB uncompressed
CHUNK = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952 2.3.1


def chunks_of(body: bytes) -> Iterator[bytes]:
    """The bytes, unpacked when gzipped (several members too), at most MOST_BYTES of them.

    A gzip stream that breaks off yields what came before.
    """
    if not body.startswith(_GZIP_MAGIC):
        for start in range(0, min(len(body), MOST_BYTES), CHUNK):
            yield body[start : min(start + CHUNK, MOST_BYTES)]
        return
    left, packed = MOST_BYTES, body
    while packed.startswith(_GZIP_MAGIC) and left > 0:
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof and left > 0 and packed:
            try:
                chunk = unpacker.decompress(packed, min(CHUNK, left))
            except zlib.error:
                return
            packed = unpacker.unconsumed_tail or unpacker.unused_data
            left -= len(chunk)
            if chunk:
                yield chunk
