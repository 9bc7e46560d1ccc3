"""The grammar of the watch language, for lark; what its words mean is decided in parsing.py."""

from __future__ import annotations

from functools import cache

from lark import Lark

# NEAR binds tighter than NOT, NOT tighter than AND, AND (also the implicit one) tighter than OR.
# A bare event field ("gone:") is one that nothing touches; a value may follow a space elsewhere.
GRAMMAR = r"""
?start: any_of
?any_of: all_of (_OR all_of)*
?all_of: negation (_AND? negation)*
?negation: (_NOT | _MINUS) negation -> negated
         | near
?near: operand
     | near NEAR operand
?operand: WORD -> word
        | PHRASE -> phrase
        | _EXACT WORD -> exact_word
        | _EXACT PHRASE -> exact_phrase
        | LIST -> named_list
        | EVENT -> event
        | FIELD operand -> in_field
        | "(" any_of ")" -> group

_OR.3: /OR(?![^\s()"])/
_AND.3: /AND(?![^\s()"])/
_NOT.3: /NOT(?![^\s()"])/
NEAR.3: /(?:O?NEAR|(?i:o?near|w)\/\d+)(?![^\s()"])/
_MINUS.3: /-(?=[^\s)])/
_EXACT.3: /!(?=[^\s)])/
EVENT.3: /(?:revised|removed|headline_changed|gone):(?![^\s()]|\()/i
FIELD.2: /(?:FIELD_NAMES):\s*/i
LIST.2: /@[^\s()"]+/
PHRASE.2: /"[^"]*"\*?/
WORD: /[^\s()"@!-][^\s()"]*/

%ignore /\s+/
"""

FIELDS = {
    "title": "headline",
    "lead": "lead",
    "body": "article_body",
    "author": "author",
    "section": "article_section",
    "wire": "wire_credit",
    "source": "source",
    "domain": "domain",
    "country": "country",
    "lang": "lang",
    "after": "after",
    "before": "before",
    "minsources": "minsources",
    "revised": "revised",
    "removed": "removed",
    "headline_changed": "headline_changed",
}
FIELD_NAMES = (*FIELDS, "gone")


@cache
def parser() -> Lark:
    """Return the parser (LALR: linear, and it knows at each point what could follow)."""
    text = GRAMMAR.replace("FIELD_NAMES", "|".join(sorted(FIELDS, key=len, reverse=True)))
    return Lark(text, parser="lalr", lexer="basic")
