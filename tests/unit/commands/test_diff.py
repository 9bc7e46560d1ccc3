"""How changes are shown: readable without colour, harmless in a browser."""

from __future__ import annotations

import pytest

from crawler.commands.diff_page import diff_page
from crawler.commands.diff_shown import print_diff
from pipelines.operator_error import UsageError
from pipelines.storage.models import Article, Revision, Source
from pipelines.storage.revisions import ArticleHistory
from tests.examples import at

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> & "quoted" \''


def wording(number: int, headline: str, body: str) -> Revision:
    return Revision(
        number=number,
        observed_at=at(number),
        last_seen_at=at(number + 5),
        headline=headline,
        article_body=body,
    )


def history(*texts: tuple[str, str], url: str = "https://valleypost.example/1") -> ArticleHistory:
    article = Article(id=7, headline=texts[-1][0], url=url, first_seen_at=at(0))
    source = Source(slug="valley-post", name="The Valley Post", language="en")
    rows = (wording(number, *text) for number, text in enumerate(texts, start=1))
    return ArticleHistory(article, source, tuple(rows))


LEVY = history(
    ("Council puts off levy", "The council met.\nIt put off the vote.\nRain fell."),
    ("Council passes levy", "The council met.\nIt passed the vote.\nRain fell."),
    ("Council passes levy", "The council met.\nIt passed the vote.\nRain fell.\nMore tomorrow."),
)


def test_changes_are_readable_without_colour(capsys: pytest.CaptureFixture[str]) -> None:
    print_diff(LEVY, LEVY.steps(), whole=False)
    shown = capsys.readouterr().out
    assert "  Council [-puts off-]{+passes+} levy\n" in shown
    assert "  …\n  It [-put off-]{+passed+} the vote.\n  …\n" in shown
    assert "  {+More tomorrow.+}\n" in shown
    assert "headline changed, 1 word added, 2 removed" in shown
    assert "\x1b" not in shown


def test_unchanged_paragraphs_are_shown_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    print_diff(LEVY, LEVY.steps(), whole=True)
    assert "  The council met.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [(1, 2), (2, 3)]),
        (1, 3, [(1, 3)]),
        (1, None, [(1, 3)]),
        (None, 2, [(1, 2)]),
        (3, 1, [(3, 1)]),
        (None, 1, []),
        (2, 2, []),
    ],
)
def test_any_two_wordings_can_be_compared(
    since: int | None, until: int | None, expected: list[tuple[int, int]]
) -> None:
    assert [(b.number, a.number) for b, a in LEVY.steps(since, until)] == expected


def test_a_wording_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match="article 7 has no wording 9; it has 1 to 3"):
        LEVY.steps(1, 9)


def test_one_wording_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    only = history(("Levy", "The council met."))
    print_diff(only, only.steps(), whole=False)
    assert "no other wording to compare with" in capsys.readouterr().out
    assert "No other wording" in diff_page(only, only.steps())


def test_what_a_site_wrote_is_shown_as_text() -> None:
    hostile = history(
        (HOSTILE, f"{HOSTILE}\nfirst"), (HOSTILE + "!", f"second\n{HOSTILE}"), url=f"javascript:{1}"
    )
    page = diff_page(hostile, hostile.steps())
    assert "<script" not in page
    assert "<img" not in page
    assert "href" not in page
    assert page.count("&lt;script&gt;") >= 3
    assert "default-src 'none'" in page


def test_the_page_marks_what_came_and_went() -> None:
    page = diff_page(LEVY, LEVY.steps(1, 2))
    assert '<p dir="auto">It <del>put off</del><ins>passed</ins> the vote.</p>' in page
    assert '<a href="https://valleypost.example/1"' in page
