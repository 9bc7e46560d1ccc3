"""A second reading of the watch language, by brute force: the oracle of the property tests.

It shares nothing with the product: expressions are nested tuples, words are split at spaces, and
every combination of positions is tried.
"""

from __future__ import annotations

from itertools import product
from typing import Any

FIELDS = {"": ("headline", "description", "article_body"), "title": ("headline",)}
FIELDS |= {"body": ("article_body",), "author": ("byline",)}

Expression = tuple[Any, ...]
Place = tuple[str, frozenset[int]]  # a field and the positions of the words used


def written(node: Expression) -> str:
    """Return the expression in the watch language, with more brackets than it needs."""
    match node:
        case ("word", field, text, star):
            return f"{field + ':' if field else ''}{text}{'*' if star else ''}"
        case ("phrase", field, words):
            return f'{field + ":" if field else ""}"{" ".join(words)}"'
        case ("near", left, right, distance, ordered):
            operator = f"{'ONEAR' if ordered else 'NEAR'}/{distance}"
            return f"({written(left)} {operator} {written(right)})"
        case ("not", part):
            return f"NOT {written(part)}"
        case ("and", parts):
            return f"({' '.join(map(written, parts))})"
        case ("or", parts):
            return f"({' OR '.join(map(written, parts))})"
    raise AssertionError(node)


def holds(node: Expression, article: dict[str, str]) -> bool:
    """Tell whether the expression holds, by trying everything."""
    match node:
        case ("not", part):
            return not holds(part, article)
        case ("and", parts):
            return all(holds(part, article) for part in parts)
        case ("or", parts):
            return any(holds(part, article) for part in parts)
    return bool(places(node, article))


def places(node: Expression, article: dict[str, str]) -> list[Place]:
    """Return every way in which a placed expression holds."""
    found: list[Place] = []
    match node:
        case ("word", field, text, star):
            for name in FIELDS[field]:
                for at, word in enumerate(article[name].split()):
                    if word == text or (star and word.startswith(text)):
                        found.append((name, frozenset({at})))
        case ("phrase", field, words):
            for name in FIELDS[field]:
                text = article[name].split()
                for at in range(len(text)):
                    if text[at : at + len(words)] == list(words):
                        found.append((name, frozenset(range(at, at + len(words)))))
        case ("or", parts):
            for part in parts:
                found.extend(places(part, article))
        case ("near", left, right, distance, ordered):
            for one, two in product(places(left, article), places(right, article)):
                if one[0] == two[0] and _are_near(one[1], two[1], distance, ordered):
                    found.append((one[0], one[1] | two[1]))
    return found


def _are_near(one: frozenset[int], two: frozenset[int], distance: int, ordered: bool) -> bool:
    if one & two:
        return False
    if ordered:
        return 0 < min(two) - max(one) <= distance
    return min(abs(a - b) for a, b in product(one, two)) <= distance
