"""firstseen sources memory: what reading a source's pages has taught."""

from __future__ import annotations

import json
import sys
from typing import Any

from crawler.config import Options
from crawler.extraction.site_memory import SiteMemory
from crawler.reading_faults import fault_totals
from crawler.workspace_archive import archive_session
from pipelines.operator_error import UsageError
from pipelines.storage.address_noise import noise_of
from pipelines.storage.lessons import find_lesson
from pipelines.storage.sources import find_source

_MOST = 20


def show_memory(options: Options, slug: str, *, as_json: bool) -> int:
    """Print what repeats over a source's pages and how its rules fare. Raises UsageError."""
    with archive_session(options) as session:
        lesson = find_lesson(session, slug)
        source = find_source(session, slug)
        noise = sorted(noise_of(source)) if source is not None else []
    if lesson is None:
        raise UsageError(f"nothing learnt from {slug} yet; it is learnt from the pages of crawls")
    memory = SiteMemory.from_json(lesson.memory)
    record: dict[str, Any] = {
        "source": slug,
        "updated_at": lesson.at.isoformat(),
        "pages": memory.pages,
        "paragraphs": len(memory.paragraphs),
        "class_signatures": len(memory.signatures),
        "repeated": [{"begins": t, "addresses": n} for t, n in memory.common_paragraphs(_MOST)],
        "address_noise": noise,
        "rules": lesson.rules,
        "faults": fault_totals(lesson.faults),
    }
    if as_json:
        sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(record)
    return 0


def _print(record: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{record['source']}: learnt from {record['pages']} pages, "
        f"{record['paragraphs']} paragraphs and {record['class_signatures']} kinds of block known\n"
    )
    if record["repeated"]:
        sys.stdout.write("left out of articles, because other pages have it too:\n")
    for repeated in record["repeated"]:
        sys.stdout.write(f"  {repeated['addresses']}x  {repeated['begins']}...\n")
    if record["address_noise"]:
        told = ", ".join(record["address_noise"])
        sys.stdout.write(f"no part of addresses, because it changes at each look: {told}\n")
    for name, counts in sorted(record["rules"].items()):
        told = ", ".join(f"{outcome} {count}" for outcome, count in counts.items() if count)
        sys.stdout.write(f"rule {name}: {told}\n")
    for name, count in record["faults"].items():
        sys.stdout.write(f"not read, a fault of ours - {name}: {count} pages\n")
