"""Reads a watch as an analyst writes it into its tree, or says what is wrong and where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, cast

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from pipelines.watches.facts import date_bound, meta, min_sources
from pipelines.watches.grammar import FIELD_NAMES, FIELDS, parser
from pipelines.watches.syntax_error import WatchSyntaxError, not_parsed
from pipelines.watches.tree import (
    EVERYWHERE,
    AllOf,
    AnyOf,
    Event,
    EventKind,
    MetaField,
    Near,
    Not,
    TextField,
    Watch,
    Words,
)
from pipelines.word_spans import is_sign, spelled, word_spans

Lists = Mapping[str, Sequence[str]]

LONGEST_QUERY = 20_000
DEEPEST = 60
_LONGEST_KEPT = 500
DEFAULT_DISTANCE = 4  # a bare NEAR, as at Meltwater
LONGEST_DISTANCE = 100  # further apart is AND
SHORTEST_STEM = 2  # "a*" would answer to every eighth word

# One sign for one sign, so that columns stay true: typographic and full-width forms of what the
# language is made of, and marks that only steer the display of right-to-left text.
_SAME = str.maketrans(
    dict.fromkeys("“”„‟«»＂", '"')
    | {"（": "(", "）": ")", "：": ":", "＊": "*", "＠": "@", "！": "!"}
    | dict.fromkeys(
        "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff", " "
    )
)
_FIELD_LIKE = re.compile(r"([^\W\d]\w*):(.*)", re.DOTALL)
_TEXT_SCOPES: dict[str, tuple[TextField, ...]] = {
    "revised": ("added", "removed"),
    "removed": ("removed",),
    "headline_changed": ("headline_before", "headline_after"),
}
_META_SCOPES = frozenset({"source", "domain", "country", "lang"})


def parse_watch(query: str, *, lists: Lists | None = None) -> Watch:
    """Return the tree of a watch.

    ``lists`` are the named lists a query may use as ``@name``: each entry is a word, a phrase
    without quotes, ``prefix*`` or ``!Exact``. Raises WatchSyntaxError with line, column, what was
    expected and, where one is likely, a suggestion.
    """
    if lists or len(query) > _LONGEST_KEPT:
        return _Reader(query, lists or {}).read()
    return _parse_without_lists(query)


@lru_cache(20_000)  # so that a change to one of ten thousand watches costs one parse
def _parse_without_lists(query: str) -> Watch:
    return _Reader(query, {}).read()


class _Reader:
    """Turns lark's tree into ours, with the field in force handed down."""

    def __init__(self, query: str, lists: Lists) -> None:
        self.query = query
        self.lists = lists

    def read(self) -> Watch:
        if len(self.query) > LONGEST_QUERY:
            raise WatchSyntaxError(f"a watch has at most {LONGEST_QUERY} signs", self.query, 0)
        plain = self.query.translate(_SAME)
        if not plain.strip():
            raise WatchSyntaxError("the watch is empty", self.query, 0, ("a word",))
        try:
            tree = parser().parse(plain)
        except (UnexpectedToken, UnexpectedCharacters) as error:
            raise not_parsed(error, self.query) from None
        except UnexpectedInput as error:
            raise WatchSyntaxError("not a watch", self.query, error.pos_in_stream or 0) from None
        self._refuse_depth(tree)
        return self._build(tree, "")

    def _refuse_depth(self, tree: Tree[Token]) -> None:
        level: list[Any] = [tree]
        for _ in range(2 * DEEPEST):
            level = [part for node in level if isinstance(node, Tree) for part in node.children]
            if not level:
                return
        raise WatchSyntaxError(f"brackets deeper than {DEEPEST} levels", self.query, 0)

    def _build(self, tree: Tree[Token], scope: str) -> Watch:
        match str(tree.data):
            case "any_of":
                return AnyOf(self._parts(tree, scope, AnyOf))
            case "all_of":
                return AllOf(self._parts(tree, scope, AllOf))
            case "negated":
                return Not(self._build(_subtree(tree, 0), scope))
            case "group":
                return self._build(_subtree(tree, 0), scope)
            case "near":
                return self._near(tree, scope)
            case "in_field":
                return self._build(_subtree(tree, 1), _token(tree, 0).strip().lower().rstrip(":"))
            case "named_list":
                return self._named_list(_token(tree, 0), scope)
            case "event":
                return Event(cast("EventKind", _token(tree, 0).lower().rstrip(":")))
            case leaf:
                token = _token(tree, 0)
                return self._leaf(token, str(token), scope, is_exact=leaf.startswith("exact"))

    def _parts(
        self, tree: Tree[Token], scope: str, kind: type[AllOf] | type[AnyOf]
    ) -> tuple[Watch, ...]:
        """Build the children, with those of the same kind taken up into one level."""
        parts: list[Watch] = []
        for child in tree.children:
            part = self._build(cast("Tree[Token]", child), scope)
            if isinstance(part, AllOf | AnyOf) and type(part) is kind and not _name(part):
                parts.extend(part.parts)
            else:
                parts.append(part)
        return tuple(parts)

    def _near(self, tree: Tree[Token], scope: str) -> Near:
        operator = _token(tree, 1)
        name, _, number = operator.upper().partition("/")
        distance = int(number[:6]) if number else DEFAULT_DISTANCE
        if not 1 <= distance <= LONGEST_DISTANCE:
            raise self._error(
                f"{operator}: a distance lies between 1 and {LONGEST_DISTANCE}",
                operator,
                suggestion=f"{name}/10, or AND for anywhere in the article",
            )
        sides = [self._build(_subtree(tree, index), scope) for index in (0, 2)]
        for side in sides:
            if not _is_placed(side):
                raise self._error(f"{operator} joins words, phrases and (a OR b) of them", operator)
        left, right = (cast("Words | Near | AnyOf", side) for side in sides)
        return Near(left, right, distance, in_order=name == "ONEAR")

    def _named_list(self, token: Token, scope: str) -> AnyOf:
        name = token[1:]
        entries = self.lists.get(name)
        if entries is None:
            close = difflib.get_close_matches(name, list(self.lists), n=1)
            raise self._error(
                f"there is no list @{name}",
                token,
                expected=tuple(f"@{known}" for known in sorted(self.lists)[:5]),
                suggestion=f"@{close[0]}" if close else None,
            )
        if not entries:
            raise self._error(f"the list @{name} is empty", token)
        parts = []
        for entry in entries:
            text = entry.translate(_SAME).strip()
            is_exact = text.startswith("!")
            parts.append(
                self._leaf(token, f'"{text.lstrip("!").strip(chr(34))}"', scope, is_exact=is_exact)
            )
        return AnyOf(tuple(parts), name=f"@{name}")

    def _leaf(self, token: Token, shown: str, scope: str, *, is_exact: bool) -> Watch:
        is_quoted = shown.startswith('"')
        if not is_quoted:
            self._refuse_unknown_field(token)
        text = shown.replace('"', "") if is_quoted else shown
        if scope in _META_SCOPES or scope in ("after", "before", "minsources"):
            if is_exact:
                raise self._error(f"{scope}: takes a plain value", token)
            return self._fact(token, text, scope)
        return self._words(token, text, scope, is_exact=is_exact)

    def _fact(self, token: Token, text: str, scope: str) -> Watch:
        try:
            if scope in _META_SCOPES:
                return meta(cast("MetaField", scope), text)
            if scope == "minsources":
                return min_sources(text)
            return date_bound(text, is_upper=scope == "before")
        except ValueError as error:
            raise self._error(f"{scope}:{text} - {error}", token) from None

    def _words(self, token: Token, text: str, scope: str, *, is_exact: bool) -> Words:
        is_prefix = text.endswith("*")
        stem = text[:-1] if is_prefix else text
        if "*" in stem:
            raise self._error(
                f"{text}: a * stands at the end of a word only",
                token,
                suggestion=f"{stem.replace('*', '')}*",
            )
        spans = word_spans(stem)
        if not spans:
            raise self._error(f"{text}: has no letter or digit to look for", token)
        words = tuple(span.word for span in spans)
        if is_prefix and is_sign(words[-1]):
            is_prefix = False  # a run of signs is found inside longer runs anyway
        if is_prefix and (not stem[-1:].isalnum() or len(words[-1]) < SHORTEST_STEM):
            raise self._error(
                f"{text}: at least {SHORTEST_STEM} letters must stand before *", token
            )
        fields = _TEXT_SCOPES.get(scope) or (
            (cast("TextField", FIELDS[scope]),) if scope else EVERYWHERE
        )
        return Words(
            fields,
            words,
            shown=text,
            is_prefix=is_prefix,
            spelling=tuple(spelled(stem[s.start : s.end]) for s in spans) if is_exact else None,
            glued=tuple(
                is_sign(one.word) and is_sign(two.word) and two.start <= one.end
                for one, two in pairwise(spans)
            ),
        )

    def _refuse_unknown_field(self, token: Token) -> None:
        found = _FIELD_LIKE.match(token)
        if found is None:
            return
        name, rest = found.groups()
        if name.lower() == "gone":
            raise self._error("gone: takes no value", token, suggestion=f"gone: {rest}")
        suggestion = f'"{token}" in quotes, if the colon belongs to the text'
        close = difflib.get_close_matches(name.lower(), FIELD_NAMES, n=1)
        if rest.startswith("//"):
            suggestion = "domain: for everything of one site"
        elif close:
            suggestion = f"{close[0]}:{rest}"
        raise self._error(
            f"{name}: is not a field",
            token,
            expected=tuple(f"{known}:" for known in FIELD_NAMES),
            suggestion=suggestion,
        )

    def _error(
        self,
        message: str,
        token: Token,
        *,
        expected: tuple[str, ...] = (),
        suggestion: str | None = None,
    ) -> WatchSyntaxError:
        return WatchSyntaxError(message, self.query, token.start_pos or 0, expected, suggestion)


def _is_placed(node: Watch) -> bool:
    """Does the node say where in a text it holds?"""
    if isinstance(node, AnyOf):
        return all(_is_placed(part) for part in node.parts)
    return isinstance(node, Words | Near)


def _name(part: AllOf | AnyOf) -> str | None:
    return part.name if isinstance(part, AnyOf) else None


def _token(tree: Tree[Token], index: int) -> Token:
    return cast("Token", tree.children[index])


def _subtree(tree: Tree[Token], index: int) -> Tree[Token]:
    return cast("Tree[Token]", tree.children[index])
