"""One edit as the pages of an article and of its story show it."""

from __future__ import annotations

from typing import Any

from pipelines.revision_lines import changed_lines, told_change
from pipelines.revisions import diff_words
from pipelines.storage.models import Revision


def told_edit(before: Revision, after: Revision) -> dict[str, Any]:
    """Return both wordings, the change in words, and the differences of headline and lines."""
    is_renamed = before.headline != after.headline
    return {
        "before": before,
        "after": after,
        "told": told_change(before, after),
        "headline": diff_words(before.headline, after.headline) if is_renamed else None,
        "lines": changed_lines(before.article_body, after.article_body),
    }
