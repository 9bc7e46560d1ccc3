"""Tells walls and error pages from articles that speak of walls and errors."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extraction.page import ParsedPage
from crawler.extraction.page_kind import Clues, Verdict
from crawler.extraction.plain_text import words
from crawler.extraction.running_text import LEAST_TEXT
from crawler.extraction.wall_phrases import (
    ABOUT_PAGES,
    CHALLENGE,
    CHALLENGE_MARKUP,
    CONSENT,
    LOGIN,
    NOT_FOUND,
)

_FULL_TEXT = 900  # as much as nobody writes under a wall
_SOME_TEXT = 200  # characters: more than most notices have
_BETWEEN_PARTS = re.compile(r"\s+[|–—»·:-]\s+")
_MOST_BESIDE = 2  # words of a heading that are not the notice's: "Lantern: page not found"
_LONGEST_BESIDE = 12  # characters


def notice_on(page: ParsedPage, clues: Clues, size: int) -> Verdict | None:
    """Return what stands in place of an article, None where nothing does."""
    if size >= _FULL_TEXT:
        return None
    headings = [b.text[:400] for b in clues.blocks if b.tag == "h1"][:5]
    everything = " ".join(b.text for b in clues.blocks[:120])[:6000]
    story = is_story(page, clues, size)
    if not story and _challenges(page, clues, headings, everything):
        return Verdict("challenge", "asks whether the reader is human")
    if not (story and is_promised(clues)) and _says_not_found(page, clues, headings, size):
        return Verdict("soft-404", "says that the page was not found")
    asked = everything if not story else " ".join(b.text for b in clues.body)
    consents = len(CONSENT.findall(asked)) if len(everything) < 5000 else 0
    named = f"{page.title or ''} {' '.join(headings)} {clues.headline}"
    if consents >= 2 and (CONSENT.search(named) or not _has_article_mark(page, clues)):
        return Verdict("consent", "asks for consent before showing the page")
    if not (story and is_promised(clues)) and any(is_about(LOGIN, h) for h in headings):
        return Verdict("login", "asks the reader to sign in")
    return None


def is_promised(clues: Clues) -> bool:
    """Say whether the page has the headline under which a listing promised it."""
    listed, shown = set(words(clues.listed_headline or "")), set(words(clues.headline))
    least = min(len(listed), len(shown))
    if least < 2:  # a section's name is no headline
        return False
    return len(listed & shown) * 5 >= 3 * least


def is_story(page: ParsedPage, clues: Clues, size: int) -> bool:
    """Say whether a text stands under what its listing promised or the page states for machines."""
    if size < LEAST_TEXT or not clues.headline:
        return False
    return is_promised(clues) or (size >= _SOME_TEXT and _has_article_mark(page, clues))


def is_about(notice: re.Pattern[str], heading: str) -> bool:
    """Say whether a heading is the notice itself: there is nothing else that it tells."""
    if not notice.search(heading):
        return False
    rest = ABOUT_PAGES.sub(" ", notice.sub(" ", heading))
    return len(words(rest)) <= _MOST_BESIDE and len("".join(rest.split())) <= _LONGEST_BESIDE


def _says_not_found(page: ParsedPage, clues: Clues, headings: Sequence[str], size: int) -> bool:
    if any(is_about(NOT_FOUND, heading) for heading in (*headings, clues.headline)):
        return True
    parts = _BETWEEN_PARTS.split(page.title or "")
    if not any(is_about(NOT_FOUND, part) for part in parts):
        return False
    # a title may begin with what the headline goes on to tell: "Page not found - how ..."
    return not (size >= _SOME_TEXT and len(words(clues.headline)) > len(words(parts[0])))


def _challenges(page: ParsedPage, clues: Clues, headings: Sequence[str], everything: str) -> bool:
    named = f"{page.title or ''} {' '.join(headings)} {clues.headline}"
    if not CHALLENGE.search(f"{named} {everything[:1500]}"):
        return False
    if CHALLENGE_MARKUP.search(_sources(page)):
        return True
    if len(everything) >= 1500:
        return False
    told = [block for block in clues.body if len(block.text) > 80]
    # who tells of it in three paragraphs, under a headline of its own, does not ask it
    return len(told) < 3 or any(is_about(CHALLENGE, text) for text in (*headings, clues.headline))


def _has_article_mark(page: ParsedPage, clues: Clues) -> bool:
    return page.meta("og:type") == "article" or clues.has_machine_date


def _sources(page: ParsedPage) -> str:
    scripts = [s.get("src") or "" for s in page.root.iter("script", "iframe")]
    classes = [str(d.get("class") or "") for d in page.root.iter("div")]
    return " ".join(scripts + classes[:2000])
