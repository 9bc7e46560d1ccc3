"""Takes SQL that somebody typed apart: one statement, only a question, and its parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.operator_error import UsageError

# What may hold a semicolon or a colon without meaning one, in either database's spelling.
_TOKEN = re.compile(
    r"""(?P<quoted>[eE]'(?:\\.|''|[^'\\])*' | '(?:''|[^'])*' | "(?:""|[^"])*" | `[^`]*`
        | \$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
      | (?P<comment>--[^\n]* | /\*.*?\*/)
      | (?P<cast>::)
      | (?P<name>(?<![\w:]):[A-Za-z_]\w*)
      | (?P<end>;)
      | (?P<percent>%)""",
    re.VERBOSE | re.DOTALL,
)
_FIRST_WORD = re.compile(r"[\s(]*([A-Za-z]+)")
_QUESTIONS = frozenset({"SELECT", "WITH", "VALUES"})


class QueryError(UsageError):
    """The query cannot be asked; the message says what is wrong with it and what is near."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One question. ``parameters`` are the names written :name, each once, in order."""

    sql: str
    parameters: tuple[str, ...]

    def for_psycopg(self) -> str:
        """Return it with parameters written %(name)s, as psycopg wants them."""
        return _TOKEN.sub(_as_psycopg, self.sql)


def read_statement(text: str) -> Statement:
    """Return the one question a text holds. Raises QueryError for anything else."""
    asked = _TOKEN.sub(lambda token: " " if token["comment"] else token.group(), text).strip()
    tokens = list(_TOKEN.finditer(asked))
    ends = [token.start() for token in tokens if token["end"]]
    if ends:
        if asked[ends[0] :].replace(";", "").strip():
            raise QueryError("one question at a time: there is more after the semicolon")
        asked = asked[: ends[0]].rstrip()
    if not asked:
        raise QueryError("there is no query; `firstseen sql` lists the views to ask")
    first = _FIRST_WORD.match(asked)
    if first is None or first[1].upper() not in _QUESTIONS:
        word = first[1].upper() if first else asked.split()[0]
        raise QueryError(f"only questions can be asked: SELECT, WITH or VALUES, not {word}")
    names = dict.fromkeys(token["name"][1:] for token in tokens if token["name"])
    return Statement(asked, tuple(names))


def _as_psycopg(token: re.Match[str]) -> str:
    if token["name"]:
        return f"%({token['name'][1:]})s"
    return token.group().replace("%", "%%")
