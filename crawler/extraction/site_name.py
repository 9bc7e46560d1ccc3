"""Takes the site's own name off a title, and nothing that is not the site's name."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from crawler.extraction.blocks import Block
from crawler.extraction.json_ld import strings
from crawler.extraction.page import ParsedPage
from crawler.extraction.plain_text import from_markup, name_key, one_line, words
from crawler.extraction.structured_data import StructuredData

_SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/~]+\s+|\s*[|»«•ㅣ]\s*")
_BESIDE_QUOTES = re.compile(r"(?<=\s)[|\-–—•·:/~]+\s+|\s*[|•ㅣ]\s*")  # in « ... » they are quotes
_SHORTEST_SHOWN = 4  # words: what a page repeats of a title is the headline, not a kicker
_MOST_LINKS = 60  # the site's name stands at the top of its pages


@dataclass(frozen=True)
class SiteNames:
    """What a page says about the name of its site; what costs more is read when it is asked."""

    page: ParsedPage
    data: StructuredData
    blocks: Sequence[Block] = field(default=(), repr=False)

    @cached_property
    def stated(self) -> tuple[str, ...]:
        """The names by which the head and JSON-LD call the site, letters and digits only."""
        publisher = self.data.resolve((self.data.article or {}).get("publisher"))
        names = [
            self.page.meta("og:site_name"),
            self.page.meta("application-name"),
            *(name for node in publisher for name in strings(node)),
        ]
        titles = {name_key(t) for t in (self.page.title, self.page.meta("og:title")) if t}
        keys = (name_key(name) for name in names if name and "//" not in name)
        return tuple(dict.fromkeys(k for k in keys if k and k not in titles))

    @cached_property
    def linked_home(self) -> frozenset[str]:
        """What the links to the site's own front page are called: its logo."""
        return frozenset(_home_links(self.page))

    @cached_property
    def host_labels(self) -> tuple[str, ...]:
        """The words of the host that can be a name: "www.bay-lantern.co.uk" has "baylantern"."""
        host = (urlsplit(self.page.url).hostname or "").removeprefix("www.")
        if host.replace(".", "").isdigit():
            return ()
        labels = [name_key(label) for label in host.split(".")]
        return (*(label for label in labels if len(label) > 2), name_key(host))

    def without(self, title: str) -> str:
        """Return ``title`` without the name of the site at either end."""
        title = from_markup(title)
        quoted = "«" in title and "»" in title
        pattern = _BESIDE_QUOTES if quoted else _SEPARATOR
        while (last := _last_match(pattern, title)) and self._ends_in_site(title, last):
            title = title[: last.start()].rstrip()
        first = pattern.search(title)
        if first and self.is_site(title[: first.start()]) and title[first.end() :].strip():
            title = title[first.end() :]
        return title

    def _ends_in_site(self, title: str, separator: re.Match[str]) -> bool:
        before, behind = title[: separator.start()], title[separator.end() :]
        if not before.strip():
            return False
        if not behind.strip(" .…"):
            return True  # what was cut off in the head
        if self.is_site(behind):
            return True
        # a newsroom that states the whole as its headline means the whole
        stated = self.data.text("headline")
        sure = stated is not None and name_key(stated) == name_key(title)
        return not sure and bool(name_key(behind)) and self._shown_alone(before)

    def is_site(self, piece: str) -> bool:
        """Say whether ``piece`` is the name of the site, in full or in its usual short form."""
        plain = name_key(piece)
        if not plain:
            return False
        if any(_same_name(plain, name) for name in self.stated):
            return True
        if len(plain) > 2 and len(piece.split()) <= 5:
            if any(plain in name and len(plain) * 5 >= len(name) * 3 for name in self.host_labels):
                return True
            return plain in self.linked_home
        return False

    def _shown_alone(self, before: str) -> bool:
        """Say whether the page prints the title without what follows, outside of any link."""
        wanted = words(before)
        if len(wanted) < _SHORTEST_SHOWN:
            return False
        size = len(before)
        return any(
            # spaces and marks may differ, by no more than a few signs
            not block.links and abs(len(block.text) - size) < 16 and words(block.text) == wanted
            for block in self.blocks
        )


def _same_name(plain: str, name: str) -> bool:
    if plain == name:
        return True
    if len(plain) <= 4:
        return False
    # "Reuters" for "Reuters India", "The Bay Lantern News" for "The Bay Lantern"
    return (plain in name and len(plain) * 2 >= len(name)) or (
        name in plain and len(plain) < 2 * len(name)
    )


def _last_match(pattern: re.Pattern[str], title: str) -> re.Match[str] | None:
    last = next(iter(deque(pattern.finditer(title), maxlen=1)), None)
    return last if last and title[last.end() :].strip() else None


def _home_links(page: ParsedPage) -> Iterator[str]:
    parts = urlsplit(page.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    for seen, link in enumerate(page.root.iter("a")):
        if seen >= _MOST_LINKS:
            break
        if (link.get("href") or "").strip() not in ("/", origin, origin + "/"):
            continue
        texts = [one_line("".join(map(str, link.itertext()))[:200]), link.get("title") or ""]
        texts += [image.get("alt") or "" for image in link.iter("img")]
        yield from (name for text in texts if len(name := name_key(text)) > 2)
