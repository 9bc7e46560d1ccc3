"""Names the language of an article as a BCP 47 tag."""

from __future__ import annotations

import re
import string
from collections import defaultdict

from crawler.extraction.page import ParsedPage
from crawler.extraction.structured_data import StructuredData
from pipelines.items import Evidence

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?")
# Scripts that name their language, or at least exclude what a template's lang="en" claims.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("hy", re.compile("[\u0531-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
)
# Two languages or more share these; without a claim the commonest is named.
_SHARED: tuple[tuple[str, re.Pattern[str], tuple[str, re.Pattern[str]]], ...] = (
    ("ar", re.compile("[\u0621-\u064a]"), ("fa", re.compile("[پچژگ]"))),
    ("ru", re.compile("[\u0430-\u044f]"), ("uk", re.compile("[іїєґ]"))),
    ("hi", re.compile("[\u0904-\u0939]"), ("mr", re.compile("ळ"))),
)
_FUNCTION_WORDS = {
    "en": "the and of to in that is was for with on as by it from has have are were said",
    "de": "der die das und ist nicht mit von den dem ein eine auf für sich auch im zu werden hat",
    "fr": "le la les des et est une dans pour que qui pas sur au avec plus par sont du ce",
    "es": "el la los las de que y en un una por con para del se su al es lo más",
    "pt": "o os as de que e em um uma para com não do da no na ao se por mais",
    "it": "il lo la gli le di che e un una per con non del della nel sono è anche più",
    "nl": "de het een en van in op is dat niet te zijn voor met die aan er ook door maar",
    "pl": "i w na z do nie się że jest to o po jak od za przez dla są był oraz",
    "sv": "och att det som en på är av för med den till inte har om ett var de men sig",
    "da": "og at det er en til på af for med den ikke har de som et han der var sig",
    "nb": "og det er en på som av for med til ikke har den at i de om et var han",
    "fi": "ja on ei että se oli hän mutta myös kun ovat sekä joka tai kuin ollut mukaan",
    "cs": "a se na je že v o s do to pro jako by k za ve jsou po od však",
    "sk": "a sa na je že v o s do to pre ako by k za vo sú po od však",
    "hu": "a az és hogy nem is egy van volt meg csak már mint ez de el vagy ki",
    "ro": "și în de la a cu pe care nu este o din pentru că mai au fost sau prin",
    "tr": "ve bir bu için de da ile olarak daha çok olan gibi en ne kadar sonra",
    "id": "yang dan di ini dengan untuk dari itu dalam pada tidak akan ke juga adalah",
    "vi": "và của là có trong được cho không với các đã những một người này về",
    "ca": "el la els les i de que en un una per amb del al és no es més",
    "hr": "i u je na se da su za od s koji što nije kako ali će bi",
    "sl": "in je na se da so za z ki pri ne kot tudi bo po",
    "et": "ja on ei et see oli kui ka mis ning aga tema mida või",
    "lv": "un ir ar par no ka tas arī bet kas gan pie vai kā",
    "lt": "ir yra kad su iš į tai bet kaip buvo ar už dėl",
    "sq": "dhe në të një për me që nga është nuk ka se si edhe",
}
_WORD = re.compile(r"[^\W\d_]+")
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _FUNCTION_WORDS.items():
    for _word in dict.fromkeys(_words.split()):
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
# Where all scripts of the two tables above lie; a text without one such letter needs no counting.
_BEYOND_LATIN = re.compile("[\u0370-\u1fff\u2c00-\ud7ff]")
_ASCII_LETTERS = string.ascii_letters.encode()


def normal_tag(claim: str) -> str | None:
    """Return a claim such as "en_us" as BCP 47 ("en-US"), or None when it is not a tag."""
    match = _TAG.fullmatch(claim.strip())
    if match is None:
        return None
    language, script, region = match.groups()
    parts = [language.lower()]
    if script:
        parts.append(script.title())
    if region:
        parts.append(region.upper())
    return "-".join(parts)


def language_of_text(text: str) -> str | None:
    """Return the language that script and function words betray, or None when in doubt."""
    sample = text[:800]
    letters = _count_letters(sample)
    if letters < 40:
        return None
    if not _BEYOND_LATIN.search(sample):
        return _by_function_words(sample)
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) > letters * (0.08 if language == "ja" else 0.35):
            return language
    for language, script, (other, letter) in _SHARED:
        if len(script.findall(sample)) > letters * 0.5:
            return other if len(letter.findall(sample)) > letters * 0.01 else language
    return _by_function_words(sample)


def _count_letters(sample: str) -> int:
    if sample.isascii():
        return len(sample) - len(sample.encode().translate(None, _ASCII_LETTERS))
    return sum(map(str.isalpha, sample))


def _by_function_words(sample: str) -> str | None:
    found = _WORD.findall(sample.casefold())
    counts: dict[str, int] = defaultdict(int)
    for word in found:
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] += 1
    ranked = sorted(counts, key=counts.__getitem__, reverse=True)
    if not ranked:
        return None
    first, second = counts[ranked[0]], counts[ranked[1]] if len(ranked) > 1 else 0
    return ranked[0] if first > second * 1.15 and first > len(found) * 0.12 else None


def read_language(
    page: ParsedPage, data: StructuredData, text: str
) -> tuple[str | None, Evidence | None]:
    """Return (tag, evidence). A claim that the text contradicts is overruled by the text."""
    claims: list[tuple[str | None, Evidence]] = [
        (data.text("inLanguage"), "json-ld"),
        (page.language, "visible"),
        (page.meta("og:locale"), "meta"),
        (page.meta("content-language", "language", "dc.language"), "meta"),
    ]
    stated = [(tag, evidence) for c, evidence in claims if c and (tag := normal_tag(c))]
    read = language_of_text(text)
    for tag, evidence in stated:
        if read is None or _agree(tag.split("-")[0], read):
            return tag, evidence
    if read:
        return read, "visible"
    return None, None


_KIN = ({"nb", "no", "nn", "da"}, {"hr", "sr", "bs", "sh", "sl"}, {"cs", "sk"}, {"id", "ms"})
_SAME_SCRIPT = (
    {"ar", "fa", "ur", "ps", "ku"},
    {"hi", "mr", "ne", "sa"},
    {"pt", "gl"},
    {"es", "gl", "ca"},
)
_NAMED_BY_SCRIPT = {name for name, _ in _SCRIPTS} | {"ar", "fa", "ru", "uk", "hi"}
_CYRILLIC = {"ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "uz"}


def _agree(claimed: str, read: str) -> bool:
    if claimed == read or (claimed == "iw" and read == "he"):
        return True
    families = (*_KIN, *_SAME_SCRIPT, _CYRILLIC)
    if any(claimed in f and read in f for f in families):
        return True
    # function words know two dozen languages; one they do not know cannot be contradicted
    return (
        read in _FUNCTION_WORDS
        and claimed not in _FUNCTION_WORDS
        and claimed not in _NAMED_BY_SCRIPT
    )
