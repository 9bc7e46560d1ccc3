"""What a watch asks for beside the text: edits, and how many publishers carry the story."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.watches.tree import AllOf, AnyOf, Event, MinSources, Near, Not, Watch, Words

#: Texts that only edits have.
EDIT_FIELDS = frozenset({"removed", "added", "headline_before", "headline_after"})


def counts_publishers(tree: Watch) -> bool:
    """Whether a watch asks how many publishers carry the story."""
    return any(isinstance(node, MinSources) for node in _nodes(tree))


def is_about_edits(tree: Watch) -> bool:
    """Whether a watch asks for what happens to an article after it was first read."""
    return any(
        isinstance(node, Event) or (isinstance(node, Words) and EDIT_FIELDS & set(node.fields))
        for node in _nodes(tree)
    )


def _nodes(tree: Watch) -> Iterator[Watch]:
    yield tree
    match tree:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _nodes(part)
        case Not(part):
            yield from _nodes(part)
        case Near(left, right):
            yield from _nodes(left)
            yield from _nodes(right)
