"""Tries the addresses of a receiver one after the other within the time there is for all."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

#: What a try may fail with so that another address may still do.
FAULTS = (OSError, http.client.HTTPException)


def in_turn(addresses: Sequence[str], attempt: Callable[[str, float], T], *, seconds: float) -> T:
    """Return what the first address gives that answers; raise the last one's fault when none does.

    ``attempt`` gets an address and its share in seconds: what is left, divided by the addresses
    that are left, so that one that hangs leaves time for the others.
    """
    end = time.monotonic() + seconds
    for number, address in enumerate(addresses):
        left = len(addresses) - number
        try:
            return attempt(address, max(end - time.monotonic(), 0.001) / left)
        except FAULTS:
            if left == 1:
                raise
    raise OSError("the name leads to no address")
