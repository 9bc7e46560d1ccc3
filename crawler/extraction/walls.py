"""Tells articles from everything else an article's address may answer with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.extraction.blocks import HEADINGS, Block, Container
from crawler.extraction.hints import BIT
from crawler.extraction.notices import is_promised, notice_on
from crawler.extraction.page import ParsedPage
from crawler.extraction.page_kind import Clues, PageKind, Verdict
from crawler.extraction.plain_text import is_unspaced, words
from crawler.extraction.running_text import LEAST_TEXT, text_size
from crawler.extraction.structured_data import StructuredData
from crawler.extraction.wall_phrases import PAYWALL

_KIND_OF_TYPE: dict[str, PageKind] = {
    "LiveBlogPosting": "liveblog",
    "AdvertiserContentArticle": "sponsored",
    "ImageGallery": "gallery",
    "MediaGallery": "gallery",
    "VideoGallery": "video",
    "VideoObject": "video",
    "Clip": "video",
    "TVEpisode": "video",
    "Movie": "video",
    "PodcastEpisode": "audio",
    "RadioEpisode": "audio",
    "AudioObject": "audio",
    "CollectionPage": "front",
    "SearchResultsPage": "front",
    "ProfilePage": "front",
    "ContactPage": "front",
    "AboutPage": "front",
    "CheckoutPage": "front",
}
_AWAY = (
    BIT["nav"]
    | BIT["footer"]
    | BIT["header"]
    | BIT["sidebar"]
    | BIT["related"]
    | BIT["comment"]
    | BIT["ad"]
)
_SHORT_TEXT = 120  # less than one paragraph
_PARAGRAPH = 80  # more than a headline or the line under it
_RUNNING = 3  # paragraphs that follow each other: no teaser has as many
_HEAD = 6  # blocks above a text: its headline, a byline, a date, a number of comments
_HEADLINE_WORDS = 4  # a section, a form or a notice is named in fewer
_ALONE = 250  # characters in three or more paragraphs, however short: a brief, a poem, an answer
_FULL_TEXT = 900  # as much as nobody writes under a video or on a hub page


def judge_page(page: ParsedPage, data: StructuredData, clues: Clues) -> Verdict:
    """Return what kind of page this is; only "article" is worth storing."""
    size = text_size(clues.body)
    wall = notice_on(page, clues, size)
    if wall is not None:
        return wall
    declared = _declared_kind(page, data, size)
    if declared is not None:
        return declared
    if not clues.headline:
        return Verdict("empty", "no headline")
    if size < _SHORT_TEXT:
        if PAYWALL.search(_main_text(clues.blocks)[:3000]):
            return Verdict("paywall", "a subscription notice instead of the text")
        if sum(len(b.text) for b in clues.blocks) < _SHORT_TEXT and _has_scripts(page):
            return Verdict("script-only", "the text is not in the page; it needs JavaScript")
        if not (size >= LEAST_TEXT and is_promised(clues)):
            return Verdict("empty", f"{size} characters of text")
    return _article_or_front(page, data, clues, size)


def _has_scripts(page: ParsedPage) -> bool:
    return next(page.root.iter("script"), None) is not None


def _declared_kind(page: ParsedPage, data: StructuredData, size: int) -> Verdict | None:
    for name in ("LiveBlogPosting", "AdvertiserContentArticle"):
        if name in data.types:
            return Verdict(_KIND_OF_TYPE[name], f"JSON-LD says {name}")
    if data.article is not None:
        return None
    og_type = (page.meta("og:type") or "").lower()
    if og_type == "article" and size >= _FULL_TEXT:
        return None
    for name in sorted(data.types & _KIND_OF_TYPE.keys()):
        if size < _FULL_TEXT:
            return Verdict(_KIND_OF_TYPE[name], f"JSON-LD says {name} and no article")
    if og_type.startswith(("video", "music", "profile")) and size < _FULL_TEXT:
        kind: PageKind = {"v": "video", "m": "audio"}.get(og_type[0], "front")  # type: ignore[assignment]  # literals
        return Verdict(kind, f"og:type is {og_type}")
    return None


def _article_or_front(page: ParsedPage, data: StructuredData, clues: Clues, size: int) -> Verdict:
    """Weigh the marks of an article against those of a list of articles."""
    marks = 0
    marks += 3 if data.article is not None and data.article_count <= 2 else 0
    marks += 2 if page.meta("og:type") == "article" else 0
    marks += 2 if clues.has_machine_date else 0
    marks += 1 if clues.has_author else 0
    marks += 1 if clues.has_dateline_date else 0
    marks += 1 if _is_story_address(page.url) else 0
    marks += min(size // 500, 5)
    marks += 3 if is_promised(clues) else 0
    marks += 3 if _stands_alone(clues) else 0
    headlines = _headline_links(clues)
    if headlines >= 5 and _is_told_in_one_piece(clues):
        headlines = 0  # what readers may read next stands around the text, not in it
    if urlsplit(page.url).path.strip("/") == "" and "=" not in page.url:
        return Verdict("front", "the address is the site's own front page")
    if headlines >= 5 and marks < 5 and headlines * 250 > size:
        return Verdict("front", f"{headlines} headlines with links and few marks of an article")
    teasers = _teasers(page, clues)
    if not clues.has_machine_date and data.article is None and teasers >= _RUNNING:
        return Verdict("front", f"{teasers} texts, each under the linked headline of its own story")
    strong = clues.has_machine_date or data.article is not None or page.meta("og:type") == "article"
    strong = strong or is_promised(clues)
    if not strong and _linked_share(clues.body) > 0.5:
        return Verdict("front", "most of the text stands beside links to other stories")
    if marks < 3:
        return Verdict("front", "no date, author, type or length of an article")
    return Verdict("article", f"{size} characters under a headline")


def _headline_links(clues: Clues) -> int:
    """Count links in the main part that read like headlines of other stories."""
    return sum(1 for b in clues.blocks if _is_headline_link(b) and not b.hints & _AWAY)


def _is_headline_link(block: Block) -> bool:
    return (
        block.link_chars >= 25
        and block.link_chars * 10 >= len(block.text) * 3
        and block.links <= 3
        and (block.tag in HEADINGS or block.tag in ("li", "a", "div", "article", "p"))
    )


def _teasers(page: ParsedPage, clues: Clues) -> int:
    """Count the texts under linked headlines; 0 where not nearly all of them stand under one."""
    paragraphs = [b for b in clues.body if _is_long(b.text)]
    teasers, before = 0, -1
    for paragraph in paragraphs:
        between = clues.blocks[max(before + 1, paragraph.position - _HEAD) : paragraph.position]
        teasers += any(_heads_another(page, block) for block in between)
        before = paragraph.position
    return teasers if teasers * 5 >= len(paragraphs) * 4 else 0


def _heads_another(page: ParsedPage, block: Block) -> bool:
    """Say whether a block is nothing but a link to another page of the site."""
    size = len(block.text)
    if not 12 <= (size * 2 if is_unspaced(block.text) else size) <= 300:
        return False
    if block.link_chars * 10 < size * 9 or block.links > 1:
        return False
    address = page.absolute(_link_of(block.container))
    if address is None:
        return False
    there, here = urlsplit(address), urlsplit(page.url)
    return there.netloc == here.netloc and (there.path, there.query) != (here.path, here.query)


def _link_of(container: Container) -> str | None:
    """Return where a linked block leads: the link is in it, or it is in the link."""
    element = container.element
    inside = next(element.iter("a"), None)
    around = inside if inside is not None else next(element.iterancestors("a"), None)
    return None if around is None else around.get("href")


def _is_told_in_one_piece(clues: Clues) -> bool:
    """Say whether the text stands together under the headline; a list's teasers lie apart."""
    paragraphs = [b for b in clues.body if not _is_mostly_linked(b) and _is_long(b.text)]
    if len(paragraphs) < _RUNNING:
        return False
    holders = Counter(id(_holder(b)) for b in paragraphs)
    if holders.most_common(1)[0][1] * 3 < len(paragraphs) * 2:
        return False
    between = clues.blocks[paragraphs[0].position : paragraphs[-1].position]
    return sum(map(_is_headline_link, between)) * 2 <= len(paragraphs)


def _is_long(text: str) -> bool:
    return len(text) >= _PARAGRAPH or (len(text) * 2 >= _PARAGRAPH and is_unspaced(text))


def _holder(block: Block) -> Container | None:
    """Return what holds a paragraph: texts that are cut by <br> stand in it themselves."""
    return block.container.parent if block.tag == "p" else block.container


def _linked_share(body: Sequence[Block]) -> float:
    """Return the share of body blocks that carry a link as long as a headline."""
    linked = sum(1 for b in body if _is_mostly_linked(b) or (b.tag == "li" and b.links))
    return linked / max(len(body), 1)


def _is_mostly_linked(block: Block) -> bool:
    """Say whether a block is there for where it leads; a paragraph may link a word or a name."""
    return block.link_chars >= 20 and block.link_chars * 10 >= len(block.text) * 3


def _stands_alone(clues: Clues) -> bool:
    """Say whether a text stands together and hardly another headline stands beside it.

    Where a listing promised another headline, that proves nothing: notices stand alone too.
    """
    if clues.listed_headline and not is_promised(clues):
        return False
    if _headline_links(clues) >= _RUNNING:
        return False
    is_told = len(words(clues.headline)) >= _HEADLINE_WORDS and len(clues.body) >= _RUNNING
    return (is_told and text_size(clues.body) >= _ALONE) or _is_told_in_one_piece(clues)


def _is_story_address(url: str) -> bool:
    path = urlsplit(url).path
    last = path.rstrip("/").rsplit("/", 1)[-1]
    return last.count("-") >= 3 or last.count("_") >= 3 or bool(re.search(r"\d{5,}", path))


def _main_text(blocks: Sequence[Block]) -> str:
    return " ".join(b.text for b in blocks if not b.hints & _AWAY)
