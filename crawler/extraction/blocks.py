"""Cuts the visible text of a page into blocks, each with its place in the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from crawler.extraction.hints import BIT, hints_of
from crawler.extraction.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

# Text in these is not for readers, or not running text.
SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "select", "option", "textarea"}
    | {"input", "button", "object", "head", "canvas", "map", "math", "datalist", "audio", "video"}
    | {"picture", "source", "img", "link", "meta", "nav-bar", "dialog", "progress", "embed"}
)
INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em"}
    | {"font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "ruby", "rb", "rt", "rp", "s"}
    | {"samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TAG_HINTS = {
    "nav": BIT["nav"],
    "footer": BIT["footer"],
    "header": BIT["header"],
    "aside": BIT["sidebar"],
    "figcaption": BIT["caption"],
    "figure": BIT["image"],
    "blockquote": BIT["quote"],
    "table": BIT["table"],
    "article": BIT["article"],
    "main": BIT["content"],
    "time": BIT["date"],
}
_HIDDEN = BIT["hidden"]
_RELATED = BIT["related"]
_OUTER = 4  # a footer this near the root is the page's, not the article's
MAX_BLOCKS = 6_000


@dataclass(slots=True, eq=False)
class Container:
    """A block-level element on the way from the root to a block."""

    tag: str
    parent: Container | None
    depth: int
    own: int  # hints of its own names
    above: int  # hints of all its ancestors
    signature: str  # tag and class names, as site memory counts them
    element: Any
    score: float = 0.0
    text: int = 0  # characters of running text inside


@dataclass(slots=True, eq=False)
class Block:
    """A run of text that a reader sees as one paragraph."""

    text: str
    container: Container
    position: int
    link_chars: int
    bold_chars: int
    inline_hints: int
    links: int
    after_break: bool  # split off by <br><br>

    @property
    def tag(self) -> str:
        """Tag of the nearest block-level element."""
        return self.container.tag

    @property
    def hints(self) -> int:
        """Hints of the block's own element and of everything around it."""
        return self.container.own | self.container.above | self.inline_hints


class _Walk:
    """One walk over the tree without recursion: depth is the page's choice, not ours."""

    def __init__(self, root: _Element) -> None:
        self.blocks: list[Block] = []
        body = root.find("body")
        self.start = body if body is not None else root
        self.containers = [Container("body", None, 0, 0, 0, "body", self.start)]
        self.parts: list[str] = []
        self.linked = self.bold = self.links = self.hints = self.breaks = 0
        self.split = False

    def flush(self, container: Container, *, split: bool = False) -> None:
        """End the current block; what was gathered belongs to ``container``."""
        if self.parts:
            text = one_line("".join(self.parts))
            if text and len(self.blocks) < MAX_BLOCKS:
                self.blocks.append(
                    Block(
                        text,
                        container,
                        len(self.blocks),
                        self.linked,
                        self.bold,
                        self.hints,
                        self.links,
                        self.split,
                    )
                )
            self.parts.clear()
        self.linked = self.bold = self.links = self.hints = self.breaks = 0
        self.split = split

    def add(self, text: str, linked: bool, bold: bool) -> None:
        self.parts.append(text)
        size = len(text.strip())
        if size:
            self.breaks = 0
            if linked:
                self.linked += size
            if bold:
                self.bold += size

    def walk(self) -> None:
        # frame: children left, container, inside a link, inside bold, is a block, element
        frame = (iter(self.start), self.containers[0], False, False, True, None)
        stack: list[tuple[Iterator[_Element], Container, bool, bool, bool, Any]] = [frame]
        if self.start.text:
            self.parts.append(self.start.text)
        while stack:
            children, container, linked, bold, _, _ = stack[-1]
            for child in children:
                tag = child.tag
                if not isinstance(tag, str) or tag in SKIPPED:
                    pass
                elif tag == "br":
                    self.line_break(container)
                elif tag == "nav" or (tag == "footer" and container.depth < _OUTER):
                    self.flush(container)  # menus: half of a page's elements, none of its text
                elif tag == "aside" and hints_of(child.get("class") or "") & _RELATED:
                    # changes on every read; unseen, it cannot change what is read beside it
                    self.flush(container)
                else:
                    stack.append(self.enter(child, tag, container, linked, bold))
                    break
                if child.tail:
                    self.add(child.tail, linked, bold)
            else:
                self.leave(stack)

    def line_break(self, container: Container) -> None:
        self.breaks += 1
        if self.breaks == 2:
            self.flush(container, split=True)
        else:
            self.parts.append(" ")

    def enter(
        self, child: _Element, tag: str, container: Container, linked: bool, bold: bool
    ) -> tuple[Iterator[_Element], Container, bool, bool, bool, Any]:
        is_block = tag not in INLINE
        if is_block:
            if self.parts or self.hints or self.links or self.split or self.breaks:
                self.flush(container)
            own, names = _hints_and_class(child)
            own |= _TAG_HINTS.get(tag, 0)
            parent = container
            container = Container(
                tag, parent, parent.depth + 1, own, parent.own | parent.above, names, child
            )
            self.containers.append(container)
            bold = bold or tag in HEADINGS
        else:
            if inline_names := child.get("class"):
                self.hints |= hints_of(inline_names)
            if tag == "a":
                linked = True
                self.links += 1
            bold = bold or tag in ("b", "strong")
        if child.text:
            self.add(child.text, linked, bold)
        return iter(child), container, linked, bold, is_block, child

    def leave(
        self, stack: list[tuple[Iterator[_Element], Container, bool, bool, bool, Any]]
    ) -> None:
        _, container, _, _, is_block, element = stack.pop()
        if is_block and (self.parts or self.hints or self.links or self.split or self.breaks):
            self.flush(container)
        if stack and element.tail:
            _, _, linked, bold, _, _ = stack[-1]
            self.add(element.tail, linked, bold)


# Attributes by which templates name their parts.
_NAMING = frozenset({"class", "id", "role", "itemprop", "data-component", "data-testid"})


def _hints_and_class(element: _Element) -> tuple[int, str]:
    """Hints of an element's own names, and its class attribute."""
    classes, names, bits = "", "", 0
    for key, value in cast("list[tuple[str, str]]", element.items()):
        if key in _NAMING:
            names = f"{names} {value}" if names else value
            if key == "class":
                classes = value
        elif (key == "style" and "display:none" in value.replace(" ", "")) or key == "hidden":
            bits |= _HIDDEN
    return (bits | hints_of(names) if names else bits), classes


def cut_into_blocks(root: _Element) -> tuple[list[Block], list[Container]]:
    """Return the blocks in reading order and all containers, outermost first."""
    walk = _Walk(root)
    walk.walk()
    return walk.blocks, walk.containers
