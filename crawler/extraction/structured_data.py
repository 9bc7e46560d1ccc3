"""What a page says of its article for machines: the JSON-LD node that describes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.json_ld import Node, first_string, read_json_ld, strings, types_of
from crawler.extraction.page import ParsedPage
from crawler.extraction.plain_text import from_markup

ARTICLE_TYPES = frozenset(
    {"Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle"}
    | {"BackgroundNewsArticle", "AskPublicNewsArticle", "ReviewNewsArticle", "BlogPosting"}
    | {"SocialMediaPosting", "Report", "ScholarlyArticle", "TechArticle", "SatiricalArticle"}
    | {
        "MedicalScholarlyArticle",
        "ClaimReview",
        "Review",
        "Interview",
        "CreativeWork",
        "Newsarticle",
    }
    | {"Recipe"}
)
# Weak types describe an article only when they carry a headline.
_WEAK_TYPES = frozenset({"CreativeWork", "Review", "ClaimReview", "Recipe", "SocialMediaPosting"})
_MOST_UPDATES = 200
PAGE_TYPES = frozenset({"WebPage", "ItemPage", "MedicalWebPage"})


@dataclass(frozen=True, slots=True)
class StructuredData:
    """The nodes of a page, the one that is its article, and nodes by their @id."""

    article: Node | None = None
    page: Node | None = None
    types: frozenset[str] = frozenset()
    by_id: dict[str, Node] = field(default_factory=dict)
    article_count: int = 0
    updates: tuple[Node, ...] = ()  # of a live blog

    def text(self, *names: str) -> str | None:
        """Return the first of these properties of the article that has a text."""
        for name in names:
            value = first_string((self.article or {}).get(name))
            if value and (text := from_markup(value)):
                return text
        return None

    def resolve(self, value: Any) -> list[Any]:
        """Return the values of a property as a list, references by @id followed once."""
        values = value if isinstance(value, list) else [] if value is None else [value]
        return [
            self.by_id.get(v["@id"], v)
            if isinstance(v, dict) and isinstance(v.get("@id"), str) and "name" not in v
            else v
            for v in values[:200]
        ]


def read_structured_data(page: ParsedPage) -> StructuredData:
    """Return what the JSON-LD of ``page`` says; empty when there is none."""
    nodes = read_json_ld(page.json_ld)
    if not nodes:
        return StructuredData()
    articles = [n for n in nodes if _is_article(n)]
    return StructuredData(
        article=max(articles, key=lambda n: _fitness(n, page), default=None),
        page=next((n for n in nodes if types_of(n) & PAGE_TYPES), None),
        types=frozenset().union(*map(types_of, nodes)),
        by_id={n["@id"]: n for n in nodes if isinstance(n.get("@id"), str) and len(n) > 2},
        article_count=len({first_string(n.get("headline")) for n in articles}),
        updates=tuple(_updates(nodes)),
    )


def _updates(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        updates = node.get("liveBlogUpdate")
        if isinstance(updates, list):
            yield from (u for u in updates[:_MOST_UPDATES] if isinstance(u, dict))


def _is_article(node: Node) -> bool:
    kinds = types_of(node)
    if not kinds & ARTICLE_TYPES:
        return any(k.endswith(("NewsArticle", "BlogPosting")) for k in kinds)
    return bool(kinds - _WEAK_TYPES) or bool(first_string(node.get("headline")))


def _fitness(node: Node, page: ParsedPage) -> tuple[bool, int]:
    """Rank article nodes: the one about this address first, then the one that says most."""
    path = urlsplit(page.url).path.rstrip("/")
    addresses = strings(node.get("url")) + strings(node.get("mainEntityOfPage"))
    addresses += strings(node.get("@id"))
    about_page = len(path) > 1 and any(path in a for a in addresses)
    said = ("headline", "datePublished", "author", "articleBody", "image", "description")
    return about_page, sum(1 for name in said if node.get(name))
