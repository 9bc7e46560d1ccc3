"""Parts a page: what it states about itself, its blocks, its headline and its body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extraction.blocks import Block, cut_into_blocks
from crawler.extraction.body import choose_body, top_containers
from crawler.extraction.body_features import Surroundings
from crawler.extraction.claims import stated_authors
from crawler.extraction.embedded import embedded_text
from crawler.extraction.field_faults import FieldFaults, needed
from crawler.extraction.headline import Headline, choose_headline
from crawler.extraction.live_updates import first_update
from crawler.extraction.page import ParsedPage
from crawler.extraction.running_text import running_text, text_size
from crawler.extraction.site_memory import SiteMemory
from crawler.extraction.structured_data import StructuredData, read_structured_data

_NOTHING_SHOWN = 300  # characters: a spinner, a notice, a footer
_LITTLE_TEXT = 200  # characters: so short a text may stand where nobody looked


@dataclass(frozen=True, slots=True)
class Parts:
    """What the fields of a page are read from: its statements, its blocks, headline and body."""

    page: ParsedPage
    data: StructuredData
    blocks: Sequence[Block]
    headline: Headline | None
    body: Sequence[Block]

    @property
    def size(self) -> int:
        """How many characters of the body are not links."""
        return text_size(self.body)

    @property
    def start(self) -> int:
        """The position of the block that shows the headline, -1 when none does."""
        return self.headline.block.position if self.headline and self.headline.block else -1

    @property
    def span(self) -> tuple[int, int]:
        """The positions of the blocks from the headline to the end of the text."""
        start, body = self.start, self.body
        if start < 0:
            start = max(body[0].position - 8, 0) if body else 0
        return start, body[-1].position if body else start + 20


def read_parts(page: ParsedPage, *, memory: SiteMemory | None, faults: FieldFaults) -> Parts:
    """Return what the fields are read from. Raises UnreadablePage where there is no such thing.

    What a page states about itself helps to read it; it cannot keep it from being read.
    """
    with faults.apart("json_ld"):
        return _parts_by(page, read_structured_data(page), memory)
    return _parts_by(page, StructuredData(), memory)


def _parts_by(page: ParsedPage, data: StructuredData, memory: SiteMemory | None) -> Parts:
    with needed("text"):
        blocks = blocks_of(page)
    parts = _parts_among(blocks, page, data, memory)
    if parts.size >= _LITTLE_TEXT:
        return parts
    with needed("text"):
        blocks = cut_into_blocks(page.root, everything=True)
    other = _parts_among(blocks, page, data, memory)
    return other if other.size >= max(_LITTLE_TEXT // 2, 2 * parts.size) else parts


def _parts_among(
    blocks: Sequence[Block], page: ParsedPage, data: StructuredData, memory: SiteMemory | None
) -> Parts:
    with needed("headline"):
        headline = choose_headline(page, data, blocks)
    with needed("body"):
        about = surroundings_of(page, data, blocks, headline)
        body = choose_body(blocks, about, memory=memory, url=page.url)
        if text_size(body) < _LITTLE_TEXT:
            body = _or_running_text(body, blocks, about)
    return Parts(page, data, blocks, headline, body)


def _or_running_text(
    body: list[Block], blocks: Sequence[Block], about: Surroundings
) -> list[Block]:
    """Return the text of short paragraphs under the headline where it is most of what there is."""
    if about.headline_position < 0:
        return body
    run = running_text(blocks, about.headline_position, about.title)
    taken = {block.position for block in run}
    whole = all(block.position in taken for block in body)
    return run if whole and text_size(run) >= 2 * text_size(body) else body


def blocks_of(page: ParsedPage) -> list[Block]:
    """Return the page's blocks; of a page that shows nothing, those its scripts would draw."""
    blocks = cut_into_blocks(page.root)
    # a page of many blocks shows enough: each of them holds a sign at least
    if len(blocks) < _NOTHING_SHOWN and sum(len(b.text) for b in blocks) < _NOTHING_SHOWN:
        drawn = embedded_text(page.root)
        if drawn is not None:
            return cut_into_blocks(drawn)
    return blocks


def surroundings_of(
    page: ParsedPage, data: StructuredData, blocks: Sequence[Block], headline: Headline | None
) -> Surroundings:
    """Return what the chooser of the body should know beside the blocks."""
    tight, wide = top_containers(blocks)
    position = headline.block.position if headline and headline.block else -1
    return Surroundings(
        title=headline.text if headline else "",
        headline_position=position,
        first_update=first_update(data, blocks, position),
        stated_body=data.text("articleBody", "text") or "",
        authors=tuple(a.lower() for a in stated_authors(page, data) if len(a) > 5),
        tight=tight,
        top=wide,
    )
