"""What is wrong with a watch, where, what was expected, and what may have been meant."""

from __future__ import annotations

from lark.exceptions import UnexpectedCharacters, UnexpectedToken

_OPERANDS = ("a word", 'a "phrase"', "a field", "(")
_OPERATORS = frozenset({"_AND", "_OR", "_NOT", "NEAR"})


class WatchSyntaxError(ValueError):
    """A watch cannot be read. ``line`` and ``column`` count from 1, in characters.

    ``expected`` lists what could stand there; ``suggestion`` is a likely repair, or None.
    """

    def __init__(
        self,
        message: str,
        query: str,
        position: int,
        expected: tuple[str, ...] = (),
        suggestion: str | None = None,
    ) -> None:
        before = query[:position]
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        self.message = message
        self.expected = expected
        self.suggestion = suggestion
        whole = f"line {self.line}, column {self.column}: {message}"
        if expected:
            whole += f"; expected {' or '.join(expected)}"
        if suggestion:
            whole += f" (did you mean: {suggestion}?)"
        super().__init__(whole)


def not_parsed(error: UnexpectedToken | UnexpectedCharacters, query: str) -> WatchSyntaxError:
    """Return the error for a query the grammar refuses."""
    if isinstance(error, UnexpectedCharacters):
        return _not_read(query, error.pos_in_stream or 0)
    token, accepted = error.token, set(error.accepts or error.expected)
    expects_operand = "WORD" in accepted
    if token.type == "$END":
        at = len(query.rstrip())
        if not expects_operand:
            return WatchSyntaxError("a bracket is still open", query, at, (")",), f"{query})")
        return WatchSyntaxError("the watch ends too early", query, at, _OPERANDS)
    at = token.start_pos or 0
    if token.type == "RPAR" and "RPAR" not in accepted and not expects_operand:
        return WatchSyntaxError("this bracket was never opened", query, at)
    if token.type == "RPAR":
        return WatchSyntaxError("nothing to look for before )", query, at, _OPERANDS)
    if token.type in _OPERATORS:
        return WatchSyntaxError(
            f"{token} needs something on its left", query, at, _OPERANDS, f'"{token}" as a word'
        )
    return WatchSyntaxError(f"{token} cannot stand here", query, at, _OPERANDS)


def _not_read(query: str, at: int) -> WatchSyntaxError:
    sign = query[at : at + 1]
    if sign in '"“”„‟«»＂':
        return WatchSyntaxError(
            "this quotation mark is never closed", query, at, ('a closing "',), f'{query[at:]}"'
        )
    if sign in "-!！":
        what = f"-{'word'}" if sign == "-" else "!Word"
        return WatchSyntaxError(f"a {sign} with nothing after it", query, at, (what,))
    if sign in "@＠":
        return WatchSyntaxError("an @ without the name of a list", query, at, ("@list",))
    return WatchSyntaxError(f"{sign} cannot stand here", query, at, _OPERANDS)
