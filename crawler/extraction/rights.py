"""What the publisher reserves or allows: robots directives, text and data mining, free access."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.extraction.page import ParsedPage
from crawler.extraction.structured_data import StructuredData
from pipelines.items import Evidence

_DIRECTIVE = re.compile(r"[a-z]+(?:[:-][a-z0-9-]+)*", re.IGNORECASE)
# Defaults say nothing; only restrictions are kept.
_DEFAULTS = frozenset(
    {"index", "follow", "all", "max-image-preview", "max-snippet", "noodp", "noydir"}
)


def read_robots_directives(page: ParsedPage) -> list[str]:
    """Return the restricting directives of the robots metas, lower case, each once."""
    found: dict[str, None] = {}
    for content in page.metas.get("robots", ()):
        for directive in content.lower().split(","):
            match = _DIRECTIVE.match(directive.strip())
            if match and match[0].split(":")[0] not in _DEFAULTS:
                found[match[0][:60]] = None
    return list(found)[:20]


def read_tdm_reservation(page: ParsedPage) -> bool | None:
    """Return the TDM Reservation Protocol's flag (W3C TDMRep, section 6.2), None when unstated."""
    value = page.meta("tdm-reservation")
    return None if value not in ("0", "1") else value == "1"


def read_free_access(page: ParsedPage, data: StructuredData) -> tuple[bool | None, Evidence | None]:
    """Return (is_accessible_for_free, evidence)."""
    for node in (data.article, data.page):
        value = (node or {}).get("isAccessibleForFree")
        if isinstance(value, Mapping):
            value = value.get("@value")
        if isinstance(value, bool):
            return value, "json-ld"
        if isinstance(value, str) and value.lower().rsplit("/", 1)[-1] in ("true", "false"):
            return value.lower().endswith("true"), "json-ld"
    tier = page.meta("article:content_tier")  # Facebook: free, metered, locked
    if tier in ("free", "locked", "metered"):
        return tier == "free", "meta"
    return None, None
