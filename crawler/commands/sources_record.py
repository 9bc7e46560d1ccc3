"""firstseen sources record: save a page and the article read from it."""

from __future__ import annotations

import json
import sys
from typing import Any

from crawler.catalogue import SourceDefinition, load_sources
from crawler.commands.crawl import shown
from crawler.config import Options
from crawler.recordings import read_fields, save_recording
from crawler.spelling import did_you_mean
from pipelines.operator_error import OperatorError, UsageError
from pipelines.url_key import same_site


def record_page(options: Options, url: str, *, slug: str | None, verbose: bool) -> int:
    """Fetch a page, save it below recorded/, and print what was read from it.

    Raises UsageError when no source owns the address, OperatorError when it cannot be fetched.
    """
    source = _owner(load_sources(options.sources_folder), url, slug)
    from crawler.batch import fetch_page

    page = fetch_page(options, url, **shown(verbose=verbose))
    if page.outcome != "ok" or page.arrived_at is None:
        raise OperatorError(f"{url}: {page.outcome}{': ' + page.detail if page.detail else ''}")
    facts: dict[str, Any] = {"content_type": page.content_type, "read_at": page.arrived_at}
    fields, kind = read_fields(page.body, page.url, source, **facts)
    root = options.workspace / "recorded"
    folder = save_recording(
        root, source.slug, url=page.url, body=page.body, expected=fields, **facts
    )
    sys.stdout.write(json.dumps(fields, ensure_ascii=False, indent=2) + "\n")
    told = "" if fields else f" (no article: {kind})"
    sys.stderr.write(f"saved {folder}{told}; correct expected.json where it is wrong\n")
    return 0


def _owner(sources: dict[str, SourceDefinition], url: str, slug: str | None) -> SourceDefinition:
    if slug is not None:
        if slug not in sources:
            raise UsageError(f"unknown source {slug}{did_you_mean(slug, sources)}")
        return sources[slug]
    try:
        owners = [s for s in sources.values() if same_site(s.home_url, url)]
    except ValueError as error:
        raise UsageError(f"{url}: {error}") from error
    if not owners:
        raise UsageError(f"no source of the workspace has this site: {url}; name one by --source")
    return owners[0]
