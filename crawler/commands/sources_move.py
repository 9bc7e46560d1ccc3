"""firstseen sources move: follow a section to the address, or the host, where it is now."""

from __future__ import annotations

import tomllib
from urllib.parse import urlsplit

from crawler.commands.source_files import write_source_file
from crawler.config import Options
from crawler.proposal import moved_text
from crawler.spelling import did_you_mean
from crawler.workspace import choose_sources
from pipelines.operator_error import UsageError
from pipelines.url_key import same_site


def move_section(options: Options, name: str, target: str) -> int:
    """Write the new address, or the new host of its entries, into the source file; return 0.

    ``name`` is source/section, ``target`` an http(s) address or a host. What is known of the
    section stays known; its first look at the new address is a baseline. Raises UsageError.
    """
    slug, _, key = name.partition("/")
    source = choose_sources(options.sources_folder, [slug])[0]
    sections = {section.key: section for section in source.sections}
    if key not in sections:
        hint = did_you_mean(key, list(sections))
        raise UsageError(f"{slug} has no section {key!r}{hint}; name it as SOURCE/SECTION")
    url = target if target.startswith(("http://", "https://")) else ""
    host = (urlsplit(url).hostname if url else target.lower()) or ""
    if not host or set(host) & set(" /:?#"):
        raise UsageError(f"{target!r} is neither an http(s) address nor a host")
    if url and same_site(url, source.home_url):
        host = ""
    path = source.path or options.sources_folder / f"{slug}.toml"
    try:
        text = moved_text(path.read_text(encoding="utf-8"), sections[key], url=url, host=host)
        tomllib.loads(text)
    except ValueError as error:
        raise UsageError(f"{path}: {error}; change it by hand") from error
    write_source_file(path, text)
    return 0
