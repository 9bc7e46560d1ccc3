"""Which of the rules for a story that was told an edit of one of its articles meets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.storage.edits import Change
from pipelines.watch_files import WatchDefinition
from pipelines.watch_set import holds


def edit_rules(definition: WatchDefinition, facts: Mapping[str, Any], change: Change) -> list[str]:
    """Return the rules of a watch's ``[again]`` that an edit meets, in words.

    ``facts`` are the article's as it reads now.
    """
    again = definition.again
    rules = []
    if again.correction and change.correction:
        rules.append("a correction was added")
    if again.headline and change.headline:
        rules.append("the headline was changed")
    for phrase, tree in zip(again.removed, definition.removed_trees, strict=True):
        # Not the language's removed: a phrase that only moved is still there.
        if holds(tree, {**facts, **change.before}, {}) and not holds(tree, facts, {}):
            rules.append(f"“{phrase}” was removed")
    return rules
