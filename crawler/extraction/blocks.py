"""Cuts the visible text of a page into blocks, each with its place in the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

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
# What the walk does at an element; whatever is not named here begins a block.
_SKIP, _BREAK, _MENU, _FOOTER, _ASIDE, _INLINE, _BLOCK = range(7)
_AT: Final[dict[Any, int]] = {
    **dict.fromkeys(SKIPPED, _SKIP),
    **dict.fromkeys((etree.Comment, etree.ProcessingInstruction, etree.Entity), _SKIP),
    **dict.fromkeys(INLINE, _INLINE),
    "br": _BREAK,
    "nav": _MENU,
    "footer": _FOOTER,
    "aside": _ASIDE,
}
# A tag that is never closed puts the page into its menu, its footer or what readers without
# scripts see; and some pages show their text to these readers alone.
_AT_EVERYTHING: Final[dict[Any, int]] = _AT | dict.fromkeys(
    ("noscript", "nav", "footer", "aside", "dialog"), _BLOCK
)
_HIDDEN = BIT["hidden"]
_RELATED = BIT["related"]
_OUTER = 4  # a footer this near the root is the page's, not the article's
MAX_BLOCKS = 6_000


@dataclass(slots=True, eq=False)
class Container:
    """A block-level element on the way from the root to a block.

    What its names hint at is read when it is asked: nobody asks it of a page's many menus.
    """

    tag: str
    parent: Container | None
    depth: int
    signature: str  # the class names, as site memory counts them
    element: Any
    score: float = 0.0
    text: int = 0  # characters of running text inside
    _own: int = -1
    _hints: int = -1

    @property
    def own(self) -> int:
        """Hints of the element's own names."""
        if self._own < 0:
            self._own = _own_hints(self) if self.parent is not None else 0
        return self._own

    @property
    def above(self) -> int:
        """Hints of all ancestors."""
        return self.parent.hints if self.parent is not None else 0

    @property
    def hints(self) -> int:
        """Hints of the element and of everything around it."""
        if self._hints < 0:
            known: Container | None = self
            unknown = []
            while known is not None and known._hints < 0:
                unknown.append(known)
                known = known.parent
            hints = known._hints if known is not None else 0
            for container in reversed(unknown):
                container._hints = hints = hints | container.own
        return self._hints


@dataclass(slots=True, eq=False)
class Block:
    """A run of text that a reader sees as one paragraph."""

    text: str
    container: Container
    position: int
    link_chars: int
    bold_chars: int
    inline_names: tuple[str, ...]  # class attributes of the inline elements inside
    links: int

    @property
    def tag(self) -> str:
        """Tag of the nearest block-level element."""
        return self.container.tag

    @property
    def inline_hints(self) -> int:
        """Hints of the inline elements inside."""
        bits = 0
        for names in self.inline_names:
            bits |= hints_of(names)
        return bits

    @property
    def hints(self) -> int:
        """Hints of the block's own element and of everything around it and inside."""
        return self.container.hints | self.inline_hints


class _Walk:
    """One walk over the tree without recursion: depth is the page's choice, not ours.

    Every page pays for this per element, so what can be told apart early is, and elements without
    children are done with at once.
    """

    __slots__ = ("at", "blocks", "bold", "breaks", "linked", "links", "names", "parts")

    def __init__(self, at: dict[Any, int]) -> None:
        self.at = at
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.names: list[str] = []
        self.linked = self.bold = self.links = self.breaks = 0

    def walk(self, start: _Element) -> None:
        container = Container("body", None, 0, "body", start)
        children: Iterator[Any] = iter(start)
        linked = bold = False
        is_block = True
        table = self.at
        element: Any = None
        # the frames around the present one: what is left of them, and what holds inside them
        stack: list[tuple[Iterator[Any], Container, bool, bool, bool, Any]] = []
        if start.text:
            self.parts.append(start.text)
        while True:
            for child in children:
                tag = child.tag
                at = table.get(tag, _BLOCK)
                if at >= _INLINE or (at > _MENU and self.is_entered(child, at, container)):
                    frame = (children, container, linked, bold, is_block, element)
                    if at == _INLINE:
                        inner = container
                        inner_linked, inner_bold = self.enter_inline(child, tag, linked, bold)
                    else:
                        inner = self.enter_block(child, tag, container)
                        inner_linked, inner_bold = linked, bold or tag in HEADINGS
                    text = child.text
                    if text and (self.parts or not text.isspace()):
                        self.add(text, inner_linked, inner_bold)
                    if len(child):
                        stack.append(frame)
                        children, container, element = iter(child), inner, child
                        linked, bold, is_block = inner_linked, inner_bold, at != _INLINE
                        break
                    if at != _INLINE:
                        self.end(inner)
                elif at == _BREAK:
                    self.line_break(container)
                elif at != _SKIP:
                    self.flush(container)
                tail = child.tail
                if tail and (self.parts or not tail.isspace()):
                    self.add(tail, linked, bold)
            else:
                if is_block:
                    self.end(container)
                if not stack:
                    return
                tail = element.tail
                children, container, linked, bold, is_block, element = stack.pop()
                if tail and (self.parts or not tail.isspace()):
                    self.add(tail, linked, bold)

    def is_entered(self, child: _Element, at: int, container: Container) -> bool:
        """Say whether a footer or an aside is read; menus are half of a page and none of its text.

        What is related changes on every read; unseen, it cannot change what is read beside it.
        """
        if at == _FOOTER:
            return container.depth >= _OUTER
        return not hints_of(child.get("class") or "") & _RELATED

    def enter_inline(
        self, child: _Element, tag: str, linked: bool, bold: bool
    ) -> tuple[bool, bool]:
        """Return whether what stands in the element is linked, and whether it is bold."""
        if names := child.get("class"):
            self.names.append(names)
        if tag == "a":
            self.links += 1
            return True, bold
        return linked, bold or tag == "b" or tag == "strong"

    def enter_block(self, child: _Element, tag: str, parent: Container) -> Container:
        """End what came before the element, and return its container."""
        if self.parts or self.names or self.links or self.breaks:
            self.flush(parent)
        return Container(tag, parent, parent.depth + 1, child.get("class") or "", child)

    def add(self, text: str, linked: bool, bold: bool) -> None:
        """Take a piece of text; white space counts for nothing but the gap it is."""
        self.parts.append(text)
        size = len(text.strip())
        if size:
            self.breaks = 0
            if linked:
                self.linked += size
            if bold:
                self.bold += size

    def line_break(self, container: Container) -> None:
        self.breaks += 1
        if self.breaks == 2:
            self.flush(container)
        else:
            self.parts.append(" ")

    def end(self, container: Container) -> None:
        """Flush where there is anything to flush or forget."""
        if self.parts or self.names or self.links or self.breaks:
            self.flush(container)

    def flush(self, container: Container) -> None:
        """End the current block; what was gathered belongs to ``container``."""
        parts, blocks = self.parts, self.blocks
        if parts:
            text = one_line("".join(parts))
            if text and len(blocks) < MAX_BLOCKS:
                figures = self.linked, self.bold, tuple(self.names), self.links
                blocks.append(Block(text, container, len(blocks), *figures))
            parts.clear()
        self.names.clear()
        self.linked = self.bold = self.links = self.breaks = 0


# Attributes by which templates name their parts.
_NAMING = frozenset({"class", "id", "role", "itemprop", "data-component", "data-testid"})


def _own_hints(container: Container) -> int:
    names, bits = "", _TAG_HINTS.get(container.tag, 0)
    for key, value in container.element.items():
        if key in _NAMING:
            names = f"{names} {value}" if names else value
        elif (key == "style" and "display:none" in value.replace(" ", "")) or key == "hidden":
            bits |= _HIDDEN
    return bits | hints_of(names) if names else bits


def cut_into_blocks(root: _Element, *, everything: bool = False) -> list[Block]:
    """Return the blocks of a page, or of a part of one, in reading order.

    ``everything``: also what stands in menus, footers, and for readers without scripts.
    """
    body = root.find("body")
    walk = _Walk(_AT_EVERYTHING if everything else _AT)
    walk.walk(body if body is not None else root)
    return walk.blocks
