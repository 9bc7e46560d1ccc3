"""The site's name is taken off a title; what only looks like one stays."""

from __future__ import annotations

from html import escape

import pytest

from crawler.extraction.article import read_page
from tests.unit.extraction.pages import PARAGRAPHS

_TEXT = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
_DATED = '<meta property="article:published_time" content="2024-05-14T09:30:00Z">'
_NAMED = '<meta property="og:site_name" content="The Bay Lantern">'
_VOTE = "Marrow Bay votes to rebuild harbour wall"


def _headline(title: str, *, head: str = "", top: str = "", host: str = "news.example") -> str:
    page = (
        f"<html><head><title>{escape(title)}</title>{_DATED}{head}</head>"
        f"<body>{top}<div>{_TEXT}</div></body></html>"
    )
    reading = read_page(page.encode(), f"http://{host}/politics/marrow-bay-48213")
    assert reading.item is not None, reading.reason
    return reading.item.headline


@pytest.mark.parametrize(
    ("title", "head", "top", "host", "expected"),
    [
        (f"{_VOTE} | The Bay Lantern", _NAMED, "", "news.example", _VOTE),
        (f"The Bay Lantern: {_VOTE}", _NAMED, "", "news.example", f"The Bay Lantern: {_VOTE}"),
        (f"The Bay Lantern - {_VOTE}", _NAMED, "", "news.example", _VOTE),
        (f"{_VOTE} - Bay Lantern", "", "", "www.baylantern.example", _VOTE),
        (f"{_VOTE} - Ledger-Post", "", "<a href='/'>LEDGER-POST</a>", "127.0.0.1", _VOTE),
        (f"{_VOTE} - L-P", "", "<a href='/'><img alt='L-P'></a>", "127.0.0.1", f"{_VOTE} - L-P"),
        (f"{_VOTE} - Ledger-Post", "", f"<p class=t>{_VOTE}</p>", "127.0.0.1", _VOTE),
        (f"{_VOTE} – live", "", "", "livewire.example", f"{_VOTE} – live"),
        ("« Nous voterons » - Bay Lantern", _NAMED, "", "news.example", "« Nous voterons »"),
    ],
)
def test_only_the_sites_own_name_is_taken_off_a_title(
    title: str, head: str, top: str, host: str, expected: str
) -> None:
    assert _headline(title, head=head, top=top, host=host) == expected


@pytest.mark.parametrize(
    "title",
    ['" OR 1=1 -- %_\\', "Yes - No - Maybe: how the bay votes", "A wall | a wall - and no harbour"],
)
def test_a_headline_with_dashes_in_it_stays_whole(title: str) -> None:
    assert _headline(title, head=_NAMED) == title


def test_a_title_cut_short_in_the_head_loses_its_dots() -> None:
    assert _headline(f"{_VOTE} | ...", head=_NAMED) == _VOTE
