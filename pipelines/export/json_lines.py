"""Records as JSON Lines: one JSON object a line, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO


def write_json_lines(records: Iterable[Mapping[str, Any]], stream: BinaryIO) -> None:
    """Write one object a line (RFC 8259, UTF-8); a line end within a text is escaped."""
    for record in records:
        line = json.dumps(record, ensure_ascii=False) + "\n"
        # What has no UTF-8 becomes a question mark: it must not cost the rest of the export.
        stream.write(line.encode("utf-8", "replace"))
