import pytest

from pipelines.watches.parsing import parse_watch
from pipelines.watches.readable import ReadableArticle
from pipelines.web.pages.marking import Parts, mark_spans, marked
from pipelines.web.pages.rendering import site_url
from pipelines.web.pages.search import understand

LONG = "The council met. " * 40 + "A ferry burned off the cape. " + "Nobody was hurt. " * 40


def shown(parts: Parts) -> str:
    return "".join(f"[{part.text}]" if part.is_hit else part.text for part in parts)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "abcdef"),
        ([(0, 2)], "[ab]cdef"),
        ([(2, 4), (0, 2)], "[ab][cd]ef"),
        ([(1, 4), (2, 6)], "a[bcd][ef]"),  # hits may overlap
        ([(1, 5), (2, 3)], "a[bcde]f"),
    ],
)
def test_marks_neither_lose_nor_repeat_a_sign(spans: list[tuple[int, int]], expected: str) -> None:
    assert shown(mark_spans("abcdef", spans)) == expected


def test_hits_are_shown_in_the_headline_and_in_windows_of_the_text() -> None:
    article = ReadableArticle({"headline": "Ferry fire", "article_body": LONG, "description": ""})

    found = marked(parse_watch("ferry"), article)

    assert shown(found.headline) == "[Ferry] fire"
    ((field, window),) = found.windows
    assert field == "article_body"
    assert "A [ferry] burned" in shown(window)
    assert shown(window).startswith("… ")
    assert len(shown(window)) < 220


def test_a_broken_query_shows_where_it_breaks() -> None:
    understood = understand('tax NEAR "bank', {})

    assert understood.error is not None
    before, at, rest = understood.around_error
    assert (before, at, rest) == ("tax NEAR ", '"', "bank")


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://valleypost.example/a?b=c#d", True),
        ("http://xn--bcher-kva.example", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//valleypost.example/", False),
        ("/alerts", False),
        ("https://", False),
        ("http://[::1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, is_link: bool) -> None:
    assert site_url(url) == (url if is_link else None)
