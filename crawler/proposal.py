"""Writes what the doctor found as a source file, or mends the file there is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from crawler.catalogue import SectionDefinition, SourceDefinition
from crawler.diagnosis import Diagnosis, Finding

_UNKNOWN_COUNTRY = "ZZ"  # ISO 3166-1 keeps it free for users; a person must replace it
_UNKNOWN_LANGUAGE = "und"  # BCP 47: undetermined
_TABLE = re.compile(r"^\s*\[", re.MULTILINE)


def source_text(found: Diagnosis) -> str:
    """Return the text of a new source file. Raises ValueError when nothing was found to watch."""
    best = found.best
    if best is None:
        raise ValueError("nothing to watch was found")
    lines = [
        f"name = {_text(found.name)}",
        f"home_url = {_text(found.home_url)}",
        f"country = {_text(found.country or _UNKNOWN_COUNTRY)}"
        + ("" if found.country else "  # not known: please put in the ISO 3166-1 code"),
        f"language = {_text(found.language or _UNKNOWN_LANGUAGE)}"
        + ("" if found.language else "  # not known: please put in the BCP 47 tag"),
    ]
    if not best.readable:
        lines.append("verified = false")
    if not best.about_politics:
        lines.append('notes = "Covers the whole site; include can keep a section\'s addresses."')
    lines += ["", "[[sections]]", *_section_lines(best, _key(best))]
    return "\n".join(lines) + "\n"


def _key(found: Finding) -> str:
    return "politics" if found.about_politics else "news"


def _section_lines(found: Finding, key: str) -> list[str]:
    lines = [f"key = {_text(key)}", f"kind = {_text(found.kind)}", f"url = {_text(found.url)}"]
    if found.name:
        lines.append(f"name = {_text(found.name[:100])}")
    if found.needs_rendering:
        lines.append('render = "always"')
    return lines


def repairs(source: SourceDefinition, found: Diagnosis) -> dict[str, Finding]:
    """Return for each section that lists nothing the finding that could take its place, by key.

    A section about politics is only replaced by one about politics.
    """
    broken = [f for f in found.findings if f.key and not f.works]
    spare = [f for f in found.findings if not f.key and f.works and f.readable is not False]
    mended: dict[str, Finding] = {}
    for old in broken:
        fitting = [f for f in spare if f.about_politics or not old.about_politics]
        if fitting:
            mended[old.key] = fitting[0]
            spare.remove(fitting[0])
    return mended


def mended_text(text: str, section: SectionDefinition, new: Finding) -> str:
    """Return a source file's text with one section's address and kind replaced.

    Everything else, comments included, stays as it is. Raises ValueError when the section cannot be
    found in the text as it is usually written.
    """
    return _with_values(text, section.key, {"url": new.url, "kind": new.kind})


def moved_text(text: str, section: SectionDefinition, *, url: str = "", host: str = "") -> str:
    """Return a source file's text with one section at ``url``, its entries on ``host`` too.

    "" leaves either as it is. Raises ValueError like ``mended_text``.
    """
    text = _with_values(text, section.key, {"url": url} if url else {})
    if not host or host in section.hosts:
        return text
    hosts = ", ".join(map(_text, (*section.hosts, host)))
    return _with_values(text, section.key, {}, line=f"hosts = [{hosts}]")


def _with_values(text: str, key: str, values: Mapping[str, str], *, line: str = "") -> str:
    """Replace strings of a section's table; ``line`` takes the place of one of its name."""
    for start, end in _tables(text):
        table = text[start:end]
        if not re.match(r"\s*\[\[\s*sections\s*\]\]", table):
            continue
        if tomllib.loads(table)["sections"][0].get("key") != key:
            continue
        for name, value in values.items():
            written = re.compile(rf"^(\s*{name}\s*=\s*)(\"[^\"\n]*\"|'[^'\n]*')", re.MULTILINE)
            table, count = written.subn(lambda m, v=value: m[1] + _text(v), table)  # type: ignore[misc]  # the loop's own value
            if count != 1:
                raise ValueError(f"{name} of section {key!r} is not written on one line")
        return text[:start] + (_with_line(table, line) if line else table) + text[end:]
    raise ValueError(f"section {key!r} is not in the file")


def _with_line(table: str, line: str) -> str:
    name = line.partition(" ")[0]
    table = re.sub(rf"^\s*{name}\s*=\s*\[[^\]]*\][^\n]*\n", "", table, flags=re.MULTILINE)
    return re.sub(r"^(\s*url\s*=[^\n]*)$", rf"\1\n{line}", table, count=1, flags=re.MULTILINE)


def _tables(text: str) -> list[tuple[int, int]]:
    starts = [match.start() for match in _TABLE.finditer(text)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _text(value: str) -> str:
    # A JSON string is a TOML basic string as long as it holds no escaped surrogates.
    return json.dumps(" ".join(value.split()), ensure_ascii=False)
