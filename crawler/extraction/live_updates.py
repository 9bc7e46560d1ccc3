"""Parts the text of a live blog from the updates below it."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.extraction.blocks import Block
from crawler.extraction.json_ld import first_string
from crawler.extraction.plain_text import name_key
from crawler.extraction.structured_data import StructuredData

_SHORTEST = 8  # letters: "Update" may stand anywhere


def first_update(data: StructuredData, blocks: Sequence[Block], headline: int) -> int | None:
    """Return the position of the first update, None on a page that states or shows none.

    Each update is a posting of its own (schema.org/liveBlogUpdate), with a headline that stands
    over its text. ``headline`` is the position of the page's headline, -1 when it shows none.
    """
    if not data.updates:
        return None
    stated = (name_key(first_string(update.get("headline")) or "") for update in data.updates)
    headlines = {key for key in stated if len(key) >= _SHORTEST}
    if 0 <= headline < len(blocks):
        headlines.discard(name_key(blocks[headline].text))
    # a list of what happened so far, above the text, links to the updates
    below = (b for b in blocks[headline + 1 :] if not b.links and name_key(b.text) in headlines)
    return next((block.position for block in below), None)
