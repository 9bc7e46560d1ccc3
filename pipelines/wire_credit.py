"""Which news agencies does an article credit as its own source?"""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.wire_agencies import AGENCIES, ALONE_ONLY

_CANONICAL = {name: agency for agency, names in AGENCIES.items() for name in names.split("|")}
_EDGES = re.compile(r"^[\s/(\[*|,.;:–—-]+(?:the )?|^the |[\s/)\]*|,.;:–—-]+$", re.IGNORECASE)
_WHOLE = {name.casefold(): agency for name, agency in _CANONICAL.items()}
_ANY_CASE = {name.casefold(): agency for name, agency in _CANONICAL.items() if " " in name}


def _alternatives(names: list[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(
        f"(?i:{re.escape(name)})" if " " in name else re.escape(name) for name in longest_first
    )


_NAME = f"(?:[Tt]he )?(?:{_alternatives(list(_CANONICAL))})"
_FREE_NAME = _alternatives([name for name in _CANONICAL if name not in ALONE_ONLY])
# "dpa/lhe", "AFP/cg": the desk that handled the text; "AP/Reuters": two agencies
# (possessive, and never an agency itself: there is one way only to read "dpa-dpa-dpa")
_DESK = rf"(?:[/-](?!{_NAME})[a-zäöü]{{2,5}}(?![a-zäöü]))*+"
_JOINED = r"(?:\s?[/,;&+-]\s?|\s(?:and|und|et|y|e|en|i|och|og)\s)"
_NAMES = f"{_NAME}{_DESK}(?:{_JOINED}{_NAME}{_DESK})*+"
_WHOLE_NAMES = re.compile(rf"(?<!\w){_NAMES}(?!\w)")
_LETTER = re.compile(r"[^\W\d_]")
_FIND = re.compile(rf"(?<!\w)(?:{_alternatives(list(_CANONICAL))})(?!\w)")
_FREE = re.compile(rf"(?<![\w/.@-])(?:{_FREE_NAME})(?![\w.@]*\w)")

_WORD = re.compile(r"[^\W_]+")
# "la" begins "La Presse" and every other sentence in Spanish: two words tell more than one.
_BEGINNINGS = frozenset(tuple(_WORD.findall(name.casefold())[:2]) for name in _CANONICAL)
_FIRST_WORDS = frozenset(beginning[0] for beginning in _BEGINNINGS if beginning)
_UNSPACED = re.compile("[\u3000-\u9fff\uac00-\ud7af]")

_IN_BRACKETS = rf"(?:[(\[（［【]\s*(?:©\s*)?(?P<a>{_NAMES})\s*[)\]）］】]|/(?P<b>{_NAMES})/)"
# BERLIN, March 12 (dpa) - ...: at the head of a paragraph, after no more than place and date
_DATELINE = re.compile(
    rf"(?P<place>[^\n()\[\]!?]{{0,70}}?){_IN_BRACKETS}\s*(?:[.:]\s*)?(?P<dash>[-–—―=]|$)?"
)
# Berlin, dpa - ...; МОСКВА, 12 мар - РИА Новости. ...
_BARE_DATELINE = re.compile(
    rf"(?:[^\W\d_][\w' .]{{1,30}}[,.]?\s(?:[^,\n]{{1,20}}?[,.]?\s)?(?:[-–—]\s)?)?"
    rf"(?P<a>{_NAMES})(?:\s[-–—]{{1,2}}\s|\s?[-–—]{{2}}\s|\.\s[-–—]?\s?(?=\w))"
)
# 【ワシントン共同】, ［パリ 12日 ロイター］, 新华社北京3月12日电, (서울=연합뉴스)
_EAST_ASIAN = re.compile(
    r"[【［\[(（][^】］\])）\n]{0,30}?[=＝\s]?(?P<a>AFP時事|AFP通信|AP通信|ロイター|共同|時事|연합뉴스|뉴시스|뉴스1|중앙통신)"
    r"(?:通信)?[^】］\])）\n]{0,6}[】］\])）]"
    r"|\s*[（(]?(?P<b>新华社|新華社|中新社|中央社|韩联社|路透社|法新社|美联社|塔斯社|共同社)[^\n]{0,25}?[日]?(?:电|電|讯|訊)"
)
# a text's last words: ... he said. (PTI)   ... he said. — Bernama   ... he said. /PAP/
_LAST_WORDS = re.compile(
    rf"(?:[.!?…”\"»“'’।。]\s*|^){_IN_BRACKETS}\s*\.?$|"
    rf"[.!?…”\"»“'’।。]\s*[-–—]{{1,2}}\s*(?P<c>{_NAMES})\.?$"
)
_REPORTING = re.compile(
    r"\(?\s*(?:additional )?(?:reporting|writing) by [^.]{3,160}?[;.,]\s*"
    r"(?:(?:additional )?(?:reporting|writing) by [^;]{3,160};?\s*)*(?:editing|writing) by ",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(
    rf"(?:[Tt]he )?(?P<a>{_NAMES})(?:['’]s?)?(?:\s(?:[Ww]riters?|[Rr]eporters?|[Jj]ournalists?|"
    rf"[Dd]iplomatic|[Cc]orrespondents?|[Ss]taff)[^.\n]{{0,160}}?)?\s(?:also )?contributed\b"
)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|copyright)[\s©\d,.-]*(?:by )?(?P<a>{_NAMES})", re.IGNORECASE)
_PERSON = re.compile(
    rf"(?:by|von|par|por|di|da|door|av|af)\s+\S[^\n,|/]{{2,60}}?\s*[,|/–—-]?\s+(?P<a>{_NAMES})"
    r"(?:\s+(?:staff )?(?:writers?|reporters?))?",
    re.IGNORECASE,
)
# What a line may hold beside the agency's name and still be nothing but a credit.
_FILLER = re.compile(
    r"""(?<!\w)(?: by | from | with | source s? | credits? | the | via | and | files? | reporting
      | material s? | information s? | agenc(?:y|ies|e|ia|ias) | news | service s? | staff | wire
      | report | inputs? | additional | copyright | all\ rights\ reserved | this | story | was
      | von | mit | quelle n? | und | informationen | agentur(?:en)? | der | des | die | nachrichten
      | avec | par | et | la | le | les | l | d | de | du
      | con | por | fuente | redacci[oó]n | agencias | y | e | informaci[oó]n
      | di | da | fonte | redazione | com | bron | met | door | en
      | med | av | af | fra | kilde | källa | från | och | og | lähde
      | źr[oó]d[lł]o | zdroj | forr[aá]s | sursa | izvor | kaynak | haber | ve
      | источник | по | материалам | джерело | πηγή | المصدر | 来源 | 據 | 据
      | \d+ (?:st|nd|rd|th|h|am|pm)? | [ap]m | gmt | utc | edt | est | pdt | cdt
      | mon(?:day)? | tues?(?:day)? | wed(?:nesday)? | thu(?:rs?(?:day)?)? | fri(?:day)?
      | sat(?:urday)? | sun(?:day)? | jan(?:uary)? | feb(?:ruary)? | mar(?:ch)? | apr(?:il)? | may
      | june? | july? | aug(?:ust)? | sept?(?:ember)? | oct(?:ober)? | nov(?:ember)? | dec(?:ember)?
    )(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_PICTURE = re.compile(
    r"\b(?:photos?|pictures?|images?|file|video|credit|foto(?:s|grafie)?|bild(?:er)?|symbolbild"
    r"|imagen|immagine|kuva|zdj[eę]cie|фото|getty|epa|pool|shutterstock|via AP|handout)\b",
    re.IGNORECASE,
)
# Credits stand within the first or last words of a line; what is longer is never searched.
_LONGEST_LINE = 240
_DESK_CODE = re.compile(r"(?<!\w)dpa(?:-infocom)?[:,]\s?(?:dpa:)?\d{6}")


def agency_named(text: str) -> str | None:
    """Return the agency that a name and nothing else is, normalised; None: it is another's name.

    In any case: sites write their agencies' names as they write their authors'.
    """
    return _WHOLE.get(_EDGES.sub("", text).casefold())


def wire_credit(byline: str | None, dateline: str | None, body: str) -> list[str]:
    """Return the agencies an article credits, normalised ("AP", "dpa"), in order of appearance.

    Counted: byline, dateline, lines of credit around the text, the text's last words, and
    Reuters' "Reporting by ...; editing by ...". Mentions are not: an article about an agency is
    not its copy, and the credit of a picture says nothing about the words.
    """
    found: list[str] = []
    if byline:
        found += _in_byline(byline[:_LONGEST_LINE])
    if dateline:
        found += _agencies(dateline[:_LONGEST_LINE])
    lines = [line for line in (raw.strip() for raw in body.splitlines()) if line]
    for line in (line[:_LONGEST_LINE] for line in lines[:6]):
        found += _at_the_head(line) if _may_name(line) else []
    for line in (line[-_LONGEST_LINE:] for line in lines[-5:]):
        found += _at_the_end(line) if _may_name(line) or " by " in line else []
    if lines and _may_name(lines[-1][-80:]):
        found += _last_words(lines[-1][-80:])
    return list(dict.fromkeys(found))


def _may_name(line: str) -> bool:
    """A quick no for the many lines in which no agency's name begins."""
    words = _WORD.findall(line.casefold())
    if not _FIRST_WORDS.isdisjoint(words) and (
        not _BEGINNINGS.isdisjoint((word,) for word in words)
        or not _BEGINNINGS.isdisjoint(pairwise(words))
    ):
        return True
    return not line.isascii() and _UNSPACED.search(line) is not None


def _agencies(text: str) -> list[str]:
    """All names in a text that is known to be a credit."""
    return [
        _CANONICAL.get(match[0]) or _ANY_CASE[match[0].casefold()] for match in _FIND.finditer(text)
    ]


def _named(match: re.Match[str] | None) -> list[str]:
    if match is None:
        return []
    return _agencies(next((text for text in match.groupdict().values() if text), ""))


def _in_byline(byline: str) -> list[str]:
    if not _may_name(byline) or _PICTURE.search(byline):
        return []
    found = _named(_EAST_ASIAN.search(byline))
    for part in re.split(r"[,/|&;()+•·]|\s[-–—]\s|\b(?:and|und|et|y)\b", byline):
        credit = part.strip(" .:")
        if _is_credit(credit):
            found += _agencies(credit)
        else:  # "Jane Doe Associated Press", but not "Sita Belga"
            found += [
                _CANONICAL.get(name) or _ANY_CASE[name.casefold()] for name in _FREE.findall(credit)
            ]
    return found


def _at_the_head(line: str) -> list[str]:
    found = _named(_EAST_ASIAN.match(line))
    if _PICTURE.search(line[:120]):
        return found
    found += _in_dateline(line) or _named(_BARE_DATELINE.match(line))
    if len(line) <= 120:
        found += _line_of_credit(line) or _named(_PERSON.fullmatch(line))
    return found


def _in_dateline(line: str) -> list[str]:
    match = _DATELINE.match(line)
    if match is None:
        return []
    # without a dash only "(Belga) The ..." and "Port Alder, 12 March (PTI) The ..." are datelines;
    # "the party (PA) lost" is not
    place = match["place"]
    is_one = match["dash"] is not None or not place or any(map(str.isdigit, place))
    return _agencies(match["a"] or match["b"]) if is_one else []


def _at_the_end(line: str) -> list[str]:
    low = line.lower()  # the words that a search turns on are found in no time, or not there
    if "ing by " in low and _REPORTING.search(line):
        return ["Reuters"]
    if _PICTURE.search(line):
        return []
    found = _named(_CONTRIBUTED.search(line)) if "contributed" in line else []
    if any(map(low.__contains__, ("©", "(c)", "copyright"))):
        found += _named(_COPYRIGHT.search(line))
    if _DESK_CODE.search(line):
        found.append("dpa")
    return found or (_line_of_credit(line) if len(line) <= 120 else [])


def _last_words(line: str) -> list[str]:
    # a caption that ended up last names its photographer's agency
    return [] if _PICTURE.search(line) else _named(_LAST_WORDS.search(line))


def _line_of_credit(line: str) -> list[str]:
    return _agencies(line) if _is_credit(line) else []


def _is_credit(line: str) -> bool:
    """Is there nothing in it but agencies and the words of a credit?"""
    if _FIND.search(line) is None:
        return False
    rest = _FILLER.sub(" ", _WHOLE_NAMES.sub(" ", line))
    return _LETTER.search(rest) is None
