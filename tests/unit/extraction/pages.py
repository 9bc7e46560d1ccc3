"""Small pages of fictional outlets, for the tests of reading."""

from __future__ import annotations

import json
from typing import Any

PARAGRAPHS = (
    "The council of Marrow Bay voted on Tuesday to rebuild the old harbour wall, after three "
    "winters in which storms had flooded the fish market and the streets behind it.",
    "“We have waited long enough,” said Ines Calloway, who leads the harbour committee, adding "
    "that the first stones would be laid before the end of September.",
    "The opposition called the plan too expensive. It had asked for a study of cheaper barriers, "
    "which the council rejected by nine votes to six.",
    "Work is expected to take four years, and the ferry to Saint Orrin will leave from the new "
    "pier while the wall is closed to the public.",
)
HEADLINE = "Marrow Bay votes to rebuild harbour wall"


def article_page(
    *,
    headline: str = HEADLINE,
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    json_ld: dict[str, Any] | str | None = None,
    head: str = "",
    before: str = "",
    inside: str = "",
    after: str = "",
    language: str = "en",
) -> str:
    """Return an article page with the usual furniture around the text."""
    if isinstance(json_ld, dict):
        json_ld = json.dumps(json_ld)
    script = f'<script type="application/ld+json">{json_ld}</script>' if json_ld else ""
    text = [f"<p>{p}</p>" for p in paragraphs]
    text.insert(1, inside)
    return f"""<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">
<title>{headline} | The Bay Lantern</title><meta property="og:site_name" content="The Bay Lantern">
{script}{head}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/politics">Politics</a></li>
<li><a href="/login">Sign in</a></li></ul></nav></header>
<main><article><h1>{headline}</h1>{before}<div class="article-body">{"".join(text)}</div></article>
{after}</main>
<aside class="most-read"><h4>Most read</h4><ol><li><a href="/a-1">Lighthouse retires after
forty years on the rock</a></li><li><a href="/a-2">Ferry timetable changes again</a></li></ol>
</aside>
<footer><p>Copyright The Bay Lantern. All rights reserved. <a href="/terms">Terms</a></p></footer>
</body></html>"""


NEWS_ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": HEADLINE,
    "datePublished": "2024-05-14T09:30:00+02:00",
    "dateModified": "2024-05-14T11:00:00+02:00",
    "author": [{"@type": "Person", "name": "Jonas Verrell"}],
    "articleSection": "Politics",
}
