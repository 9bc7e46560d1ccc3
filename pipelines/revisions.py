"""What changed between two wordings of one article, and does it matter?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipelines.fingerprint import text_hash
from pipelines.words import UNSPACED, folded, words_of

#: trivial: nothing a reader would call a change of the text; not stored as a revision.
#: replaced: so little is left in common that the address now shows another text.
ChangeKind = Literal["trivial", "edit", "replaced"]

#: Share of common words (of all) below which a page counts as replaced.
REPLACED_BELOW = 0.2
# Longer texts are compared paragraph by paragraph first; difflib is quadratic.
_LONGEST_DIFF = 4000
_MOST_STEPS = 1_000_000

_TOKEN = re.compile(
    f"{UNSPACED.pattern}|[^\\W_](?:[^\\s{UNSPACED.pattern[1:-1]}]*[^\\W_])?|\\S", re.UNICODE
)
_CORRECTION = re.compile(
    r"""^\W{0,3}(?: corrections?\b | clarifications?\b | corrected\b | editor[’']?s?[ ]note
      | (?:this|an[ ]earlier)[ ](?:article|story|version|report)\b.{0,80}?
            (?:correct|clarif|amend|misstat|incorrect|updated[ ]to)
      | korrektur | berichtigung | richtigstellung | anmerkung[ ]der[ ]redaktion
      | in[ ]einer[ ](?:früheren|ersten)[ ]version
      | rectificati(?:on|f) | correction | précision | une[ ](?:première|précédente)[ ]version
      | correcci[oó]n | fe[ ]de[ ]erratas | rectificaci[oó]n | corre[cç][aã]o | errata
      | rettifica | errata[ ]corrige | correctie | rectificatie | rettelse | rättelse | oikaisu
      | sprostowanie | oprava | исправление | уточнение | поправка | виправлення
      | düzeltme | تصحيح | 訂正 | 更正 | 정정 )""",
    re.VERBOSE | re.IGNORECASE,
)
# Lines that pages rewrite by themselves: stamps, counters, calls to share and subscribe.
_FURNITURE = re.compile(
    r"""^\W{0,3}(?:
        (?=.{0,70}(?:20\d\d|\d{1,2}[:.h]\d\d))(?:first[ ]|last[ ]|zuletzt[ ])?
        (?: published|updated|posted|modified|veröffentlicht|aktualisiert|stand|publié
          | mis[ ]à[ ]jour|modifié|publicado|actualizado|atualizado
          | pubblicato|aggiornato|опубликовано|обновлено
        )\b.{0,60}
      | \d+[ ](?:seconds?|minutes?|mins?|hours?|days?|weeks?)[ ]ago
      | (?:vor|il[ ]y[ ]a|hace|fa)[ ]\d+[ ]\w{1,12}
      | [\d.,]+[KMk]?[ ](?:comments?|shares?|views?|likes?|reads?|kommentare|commentaires
          |comentarios|commenti)
      | \d{1,2}[ ]?min(?:ute)?s?[ ]read | reading[ ]time\W.{0,20}
      | (?: read[ ]more|see[ ]also|related(?:[ ](?:articles?|stories|news))?|more[ ]on|also[ ]read
          | lesen[ ]sie[ ]auch|mehr[ ]zum[ ]thema|à[ ]lire[ ]aussi|lire[ ]aussi|lea[ ]también
          | leggi[ ]anche|lees[ ]ook|läs[ ]också|читайте[ ]также
        )(?:[ ]?[:：|>–-].{0,160})?
      | share(?:[ ](?:this|on|via)\b.{0,60})?
      | advertisement|anzeige|publicité|publicidad|pubblicità
      | (?:sign[ ]up|subscribe)[ ](?:to|for|now|here)\b.{0,80}
    )\W*$""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a text that was kept, added or removed, as printed."""

    kind: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class RevisionChange:
    """How one wording of an article became the next.

    ``words_added`` and ``words_removed`` count what a reader would notice. ``common`` is the
    share of words, of all in both, that stayed. ``correction_added`` is the note, if one is new.
    """

    kind: ChangeKind
    headline_changed: bool
    words_added: int
    words_removed: int
    common: float
    correction_added: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """Headline and body of one revision; ``corrections`` as the page states them."""

    headline: str
    body: str
    corrections: tuple[str, ...] = ()


def diff_words(old: str, new: str) -> list[Span]:
    """Return the way from one text to the other, word by word, in reading order.

    Joining all spans but the added ones gives ``old`` back, all but the removed ones ``new``:
    exact to the character. Scripts without spaces are compared character by character.
    """
    if max(len(old), len(new)) <= _LONGEST_DIFF * 6:
        return _joined(_diff(_pieces(old), _pieces(new)))
    spans: list[Span] = []
    for kind, before, after in opcodes(old.splitlines(True), new.splitlines(True)):
        if kind == "equal":
            spans.append(Span("same", "".join(after)))
        else:
            spans += _diff(_pieces("".join(before)), _pieces("".join(after)))
    return _joined(spans)


def classify_change(old: Wording, new: Wording) -> RevisionChange:
    """Return what changed; ``trivial`` when a reader would say: nothing.

    Layout, punctuation, case, time stamps, counters, related links and calls to subscribe are
    trivial. A changed headline or a new correction note never is.
    """
    headline_changed = folded(old.headline) != folded(new.headline)
    before, after = _telling(old.body), _telling(new.body)
    correction = _new_correction(old, new)
    if text_hash("\n".join(before)) == text_hash("\n".join(after)):
        same = not headline_changed and correction is None
        return RevisionChange(
            "trivial" if same else "edit", headline_changed, 0, 0, 1.0, correction
        )
    removed, added, kept = _counts(before, after)
    common = 2 * kept / (2 * kept + removed + added) if kept else 0.0
    # a move of paragraphs keeps every word and is an edit all the same
    kind: ChangeKind = "replaced" if common < REPLACED_BELOW else "edit"
    return RevisionChange(kind, headline_changed, added, removed, common, correction)


def wording_key(wording: Wording) -> str:
    """Return a text that is equal for two wordings between which nothing telling changed."""
    return f"{folded(wording.headline)} {text_hash(chr(10).join(_telling(wording.body)))}"


def correction_notes(body: str) -> list[str]:
    """Return the paragraphs of a text that announce a correction, as printed."""
    lines = (line.strip() for line in body.splitlines())
    return [line for line in lines if len(line) < 1200 and _CORRECTION.match(line)]


def _new_correction(old: Wording, new: Wording) -> str | None:
    known = {folded(note) for note in (*old.corrections, *correction_notes(old.body))}
    for note in (*new.corrections, *correction_notes(new.body)):
        if folded(note) not in known:
            return note
    return None


def _telling(body: str) -> list[str]:
    lines = (line.strip() for line in body.splitlines())
    return [line for line in lines if line and not (len(line) < 240 and _FURNITURE.match(line))]


def _counts(before: list[str], after: list[str]) -> tuple[int, int, int]:
    """Words removed, added and kept."""
    removed = added = kept = 0
    for kind, mine, theirs in opcodes(before, after):
        old, new = _units("\n".join(mine)), _units("\n".join(theirs))
        if kind == "equal":
            kept += len(old)
            continue
        stayed = 0
        if len(old) <= _LONGEST_DIFF and len(new) <= _LONGEST_DIFF:
            stayed = sum(len(a) for word, a, _ in opcodes(old, new) if word == "equal")
        removed, added, kept = removed + len(old) - stayed, added + len(new) - stayed, kept + stayed
    return removed, added, kept


def _units(text: str) -> list[str]:
    units: list[str] = []
    for word in words_of(text):
        units.extend(word if UNSPACED.search(word) else [word])
    return units


def _pieces(text: str) -> list[str]:
    """Words and what stands between them; joined they are the text."""
    pieces: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            pieces.append(text[end : match.start()])
        pieces.append(match[0])
        end = match.end()
    if end < len(text):
        pieces.append(text[end:])
    return pieces


def opcodes(old: list[str], new: list[str]) -> list[tuple[str, list[str], list[str]]]:
    """Return difflib's opcodes with their parts; equal ends are taken off first."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    room = shorter - start
    end = next((at for at in range(room) if old[-1 - at] != new[-1 - at]), room)
    mine, theirs = old[start : len(old) - end], new[start : len(new) - end]
    in_theirs = Counter(theirs)
    steps = sum(in_theirs[piece] for piece in mine)
    # a text of a few words over and over is compared roughly: difflib then leaves out the commonest
    matcher = SequenceMatcher(None, mine, theirs, autojunk=steps > _MOST_STEPS)
    codes = [(kind, mine[a:b], theirs[c:d]) for kind, a, b, c, d in matcher.get_opcodes()]
    ends = (
        ("equal", old[:start], old[:start]),
        ("equal", old[len(old) - end :], new[len(new) - end :]),
    )
    return [code for code in (ends[0], *codes, ends[1]) if code[1] or code[2]]


def _diff(old: list[str], new: list[str]) -> list[Span]:
    if len(old) > 3 * _LONGEST_DIFF or len(new) > 3 * _LONGEST_DIFF:
        return [Span("removed", "".join(old)), Span("added", "".join(new))]
    spans: list[Span] = []
    for kind, before, after in opcodes(old, new):
        if kind == "equal":
            spans.append(Span("same", "".join(before)))
            continue
        spans += [Span("removed", "".join(before)), Span("added", "".join(after))]
    return spans


def _joined(spans: list[Span]) -> list[Span]:
    """Without empty spans; a lone space between two changes does not tear them apart."""
    joined: list[Span] = []
    for number, span in enumerate(spans):
        if not span.text:
            continue
        between = span.kind == "same" and span.text.isspace() and 0 < number < len(spans) - 1
        parts = [Span("removed", span.text), Span("added", span.text)] if between else [span]
        for part in parts:
            _append(joined, part)
    return joined


def _append(spans: list[Span], span: Span) -> None:
    """Add a span to its like: within one run of changes, removed before added."""
    for at in (-1, -2):
        if len(spans) >= -at and spans[at].kind == span.kind:
            spans[at] = Span(span.kind, spans[at].text + span.text)
            return
        if len(spans) < -at or "same" in (span.kind, spans[at].kind):
            break
    spans.append(span)
