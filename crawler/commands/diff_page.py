"""The changes of an article as one HTML page that needs nothing else: no script, no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from pipelines.revision_lines import by_line, told_change, told_times
from pipelines.revisions import Span, diff_words
from pipelines.storage.models import Revision
from pipelines.storage.revisions import ArticleHistory

_STYLE = """
:root { color-scheme: light dark; --added: #d7f5dd; --removed: #fde0dd; --quiet: #59636e;
  --line: #d1d9e0 }
@media (prefers-color-scheme: dark) { :root { --added: #12401f; --removed: #5c1a1a;
  --quiet: #9198a1; --line: #3d444d } }
body { font: 1.0625rem/1.6 Georgia, "Times New Roman", serif; max-width: 42rem; margin: 2.5rem auto;
  padding: 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.7rem; line-height: 1.25; margin-bottom: .25rem }
h2 { font-size: 1.3rem; line-height: 1.3 }
.facts, nav { font: .875rem/1.5 system-ui, sans-serif; color: var(--quiet) }
section { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: .5rem }
ins { background: var(--added); text-decoration: underline; text-underline-offset: .15em }
del { background: var(--removed); text-decoration: line-through }
p { margin: .8rem 0 }
"""
# Nothing is fetched or run even if a text got past the escaping.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_TAGS = {"same": "", "added": "ins", "removed": "del"}


def diff_page(history: ArticleHistory, steps: Sequence[tuple[Revision, Revision]]) -> str:
    """Return the page; everything a site wrote is escaped."""
    article = history.article
    sections = "".join(_section(before, after) for before, after in steps)
    if not steps:
        sections = "<section><p>No other wording to compare with.</p></section>"
    language = escape(article.in_language or history.source.language, quote=True)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
        f"<title>{escape(article.headline)} – changes</title><style>{_STYLE}</style></head><body>"
        f'<header><h1 dir="auto">{escape(article.headline)}</h1>'
        f'<p class="facts">{escape(history.source.name)} · article {article.id} · first seen '
        f"{article.first_seen_at:%Y-%m-%d %H:%M:%S} UTC<br>{_link(article.url)}</p></header>"
        f"{sections}</body></html>\n"
    )


def _link(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url, quote=True)}" rel="noreferrer nofollow">{escape(url)}</a>'


def _section(before: Revision, after: Revision) -> str:
    title = _spans(diff_words(before.headline, after.headline))
    body = _paragraphs(diff_words(before.article_body, after.article_body))
    return (
        f'<section><p class="facts">{escape(told_times(before))}<br>{escape(told_times(after))}'
        f"<br><strong>{escape(told_change(before, after))}</strong></p>"
        f'<h2 dir="auto">{title}</h2>{body}</section>'
    )


def _spans(spans: Iterable[Span]) -> str:
    parts = []
    for span in spans:
        tag = _TAGS[span.kind]
        parts.append(f"<{tag}>{escape(span.text)}</{tag}>" if tag else escape(span.text))
    return "".join(parts)


def _paragraphs(spans: Iterable[Span]) -> str:
    return "".join(f'<p dir="auto">{_spans(line)}</p>' for line in by_line(spans))
