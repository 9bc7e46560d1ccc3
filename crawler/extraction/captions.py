"""Parts what is printed under a picture into its caption and its credit."""

from __future__ import annotations

import re

from crawler.extraction.agencies import AGENCY_NAMES
from crawler.extraction.byline import is_person
from crawler.extraction.byline_words import CREDIT_LABEL
from crawler.extraction.plain_text import one_line
from crawler.extraction.site_name import SiteNames

_LABELLED = re.compile(
    rf"(?:^|[\s(\[|.,;–—/-]|(?<=[a-zß)])(?=[A-Z])){CREDIT_LABEL}\s*(?:[:：=]|\bby\b|(?<=[©ⓒ）]))\s*(.+?)[)\]]?$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:(?:^|[\s(|])©|（[CcＣｃ]）)\s*(.+?)\)?$")
# "Jane Doe / J. Roe / Lantern photo": behind the caption, the word comes last
_LABEL_LAST = re.compile(
    r"\s/\s(.{2,80}?\b(?:photo|foto|nuotr|pictures|images|kuva|bild)\.?)$", re.IGNORECASE
)
# a line of its own: "Foto: Jane Doe", "© Jane Doe/imago"
_CREDIT_LINE = re.compile(rf"\W*(?:{CREDIT_LABEL}\s*[:：]|©)\s*\S", re.IGNORECASE)
_LONGEST_CREDIT_LINE = 120
# "代表撮影": photographed by the pool
_ROUND_C = re.compile(r"^（[CcＣｃ]）\s*")
_TAKEN_BY = re.compile(r"(?<=\w)撮影$")
_BRACKETED = re.compile(r"[(\[（]([^()\[\]（）]{2,120})[)\]）]\s*\.?$")
_LABEL_START = re.compile(
    rf"^[\s(\[|/–—-]*(?:symbolfoto|archivbild|{CREDIT_LABEL})\s*"
    rf"(?:[:：=]\s*|by\s+|(?<=©)\s*|(?<=\bby)\s+|(?<=of)\s+|(?<=copyright)\s+)",
    re.IGNORECASE,
)
LABEL_ONLY = re.compile(rf"\W*{CREDIT_LABEL}\W*$", re.IGNORECASE)
_RIGHTS = re.compile(r"(?<=\w)\s*[/|,.]?\s*(?:copyright|©|all rights reserved).*$", re.IGNORECASE)
AGENCY = re.compile(
    r"(?<!\w)(?:" + "|".join(map(re.escape, AGENCY_NAMES)) + r")(?!\w)", re.IGNORECASE
)
# "... in the rain. Jane Doe/Getty Images", "... / Jane Doe": a name behind the last sentence
_TRAILING = re.compile(
    r"(?:(?<=[.!?…。»”\"'’])\s*|\s[|/–—-]\s|\s{2,})((?=\S*[A-ZÄÖÜ가-힣一-龯])[^.!?。|]{2,70}?\.?)$"
)
_FILE_PHOTO = re.compile(
    r"(?:file|archive)(?: photo| picture| image)?$|archiv(?:bild|foto)?$|(?:photo )?d.archives?$",
    re.IGNORECASE,
)


def split_caption(text: str) -> tuple[str | None, str | None]:
    """Return (caption, credit) of a caption as printed: "Snow. Photo: Jane Doe" has both."""
    text = one_line(text)
    for pattern in (_LABELLED, _COPYRIGHT):
        match = pattern.search(text)
        if match and len(match[1]) <= 150:
            return tidy(text[: match.start()]), tidy_credit(match[0])
    match = _LABEL_LAST.search(text)
    if match and match.start():
        return tidy(text[: match.start()]), tidy_credit(match[1])
    match = _BRACKETED.search(text)
    if match and (AGENCY.search(match[1]) or _is_signed(match[1])):
        return tidy(text[: match.start()]), tidy_credit(match[1])
    match = _TRAILING.search(text)
    if match and (AGENCY.search(match[1]) or _is_signature(match)):
        return tidy(text[: match.start()]), tidy_credit(match[1])
    return tidy(text), None


def part_caption(
    caption: str | None, credit: str | None, names: SiteNames
) -> tuple[str | None, str | None]:
    """Return caption and credit without the credit at the end of the caption."""
    if not caption:
        return caption, credit
    if credit is None:
        match = _BRACKETED.search(caption)
        if match and (_FILE_PHOTO.match(match[1]) or names.is_site(match[1])):
            return tidy(caption[: match.start()]), match[1]
        return split_caption(caption)  # JSON-LD often has both in its caption
    bare = caption.rstrip(" )]）")
    if bare.endswith(credit) and bare != credit:
        head = caption[: len(bare) - len(credit)]
        if not head[-1].isalnum():
            return tidy(head.rstrip(" （＝=©:")), credit
    return caption, credit


def is_credit_line(text: str) -> bool:
    """Say whether a line is nothing but a picture's credit, to judge by its first word."""
    return len(text) <= _LONGEST_CREDIT_LINE and _CREDIT_LINE.match(text) is not None


def names_somebody(text: str) -> bool:
    """Say whether a short line below a picture is a person, an agency, or both."""
    return len(text) <= 60 and (AGENCY.search(text) is not None or _is_signed(text))


def _is_signed(text: str) -> bool:
    """Say whether a bracket holds a name; "(on the left)" does not."""
    return is_person(text) and not (text[0].islower() or text[0].isdigit())


def _is_signature(match: re.Match[str]) -> bool:
    """Say whether what stands behind the last sentence is a name and not one more sentence."""
    parts = match[1].split()
    return len(parts) <= 4 and all(p[0].isupper() for p in parts) and is_person(match[1])


def tidy(text: str) -> str | None:
    """Return a caption without the marks that parted it from its credit; None when empty."""
    return text.strip(" |–—-/([") or None


def tidy_credit(text: str) -> str | None:
    """Return the names of a credit without "Photo:", brackets and rights; None when empty."""
    text = text.strip(" .,;|–—-/")
    if text.startswith(("(", "[")):
        text = text.strip("()[] ")
    previous = None
    while previous != text:
        previous = text
        text = _RIGHTS.sub("", _LABEL_START.sub("", text).lstrip("©: "))
        text = _ROUND_C.sub("", text)
    return _TAKEN_BY.sub("", text.strip(" .,;|–—-/")) or None
