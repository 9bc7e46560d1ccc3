"""What repeats over a site's pages, learnt from the pages themselves: boilerplate to leave out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class SiteMemory:
    """Paragraphs and class signatures of one source, counted over its pages."""

    pages: int = 0
