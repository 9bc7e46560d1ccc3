"""The watch language, case by case: what it matches, what it refuses, and how it says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.items import ClaimedDate
from pipelines.watches.explain import explain
from pipelines.watches.index import WatchIndex
from pipelines.watches.parsing import LONGEST_QUERY, parse_watch
from pipelines.watches.predicate import compile_predicate
from pipelines.watches.prefilter import fts5_query, tsquery
from pipelines.watches.syntax_error import WatchSyntaxError

ARTICLE: dict[str, Any] = {
    "url": "https://politics.example-times.co.uk/2026/tax-talks",
    "headline": "Minister O’Neill quits in Straße row",
    "description": "The finance minister resigned over taxes.",
    "article_body": "LONDON (Agency) - Training for US staff resumes.\n"
    "“It is over,” the minister of finance said. Café owners in Łódź told us so.",
    "byline": "By Jane Doe and John Roe",
    "authors": ["Jane Doe", "John Roe"],
    "wire_credit": ["Reuters", "AFP"],
    "article_section": "UK politics",
    "source": "example-times",
    "country": "GB",
    "in_language": "en-GB",
    "date_published": ClaimedDate(
        datetime(2026, 3, 5, 10, tzinfo=UTC), "minute", "json-ld", "2026-03-05T10:00Z"
    ),
}
EDIT = {
    "removed": "we regret the error",
    "added": "updated figures",
    "headline_before": "Minister stays",
    "headline_after": "Minister quits",
    "publishers": 3,
}


def matches(query: str, article: dict[str, Any] = ARTICLE, **context: Any) -> bool:
    return compile_predicate(parse_watch(query))(article, context) is not None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("minister taxes", True),
        ("minister AND absent", False),
        ("absent OR minister", True),
        ("minister NOT absent", True),
        ("minister AND NOT taxes", False),
        ("minister -taxes", False),
        ("minister -(absent OR nothing)", True),
        ("absent OR minister AND absent", False),  # AND binds tighter than OR
        ("NOT absent AND minister", True),  # NOT binds tighter than AND
        ("ai", False),  # never inside "training"
        ("train", False),
        ("train*", True),
        ('"finance minister"', True),
        ('"minister finance"', False),
        ("“finance minister”", True),
        ("„finance minister“", True),
        ('"finance minist*"', True),
        ('"finance minist"*', True),
        ("o'neill", True),
        ("O’NEILL", True),
        ("strasse", True),
        ("STRASSE", True),
        ("cafe", True),
        ("lodz", True),
        ("!US", True),
        ("!Us", False),
        ("!us", True),  # "told us so"
        ('!"Jane"', False),  # the byline is no part of what the article says
        ('!"O\'Neill"', True),
        ("!Train*", True),
        ("!train*", False),
        ("minister NEAR/2 finance", True),
        ("finance NEAR/1 minister", True),
        ("finance w/1 minister", True),
        ("quits NEAR/1 minister", False),
        ("quits near/3 minister", True),
        ("title:quits NEAR/3 (minister OR premier)", True),
        ("finance ONEAR/2 minister", True),
        ("headline:x OR minister", None),
        ("taxes ONEAR/9 finance", False),
        ("quits NEAR/9 resigned", False),  # not across fields
        ("resigned NEAR/3 resigned", False),  # there is only one
        ("minister NEAR finance", True),
        ("title:quits", True),
        ("title:taxes", False),
        ("TITLE:quits", True),
        ("title: quits", True),
        ("title:(taxes OR quits)", True),
        ("title:(taxes OR body:training)", True),
        ("lead:taxes", True),
        ("lead:training", False),
        ("body:training", True),
        ("author:doe", True),
        ('author:"john roe"', True),
        ("doe", False),
        ("section:politics", True),
        ("wire:reuters", True),
        ("wire:dpa", False),
        ("source:example-times", True),
        ('source:"Example Times"', True),
        ("source:example", False),
        ("source:(other OR example-times)", True),
        ("domain:example-times.co.uk", True),
        ("domain:www.example-times.co.uk", True),
        ("domain:times.co.uk", False),
        ("country:gb", True),
        ("lang:en", True),
        ("lang:en-GB", True),
        ("lang:e", None),
        ("lang:en-US", False),
        ("after:2026-03-05", True),
        ("before:2026-03-05", False),
        ("before:2026-03-05T11:00", True),
        ("before:2026-03-05T11:00+02:00", False),
        ("after:2026-04", False),
        ("after:2025 before:2027", True),
        ("minsources:1", True),
        ("minsources:2", False),
        ("gone: OR revised: OR removed: OR headline_changed:", False),
        ('removed:"regret the error"', False),
    ],
)
def test_the_language_means_what_its_users_expect(query: str, expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(WatchSyntaxError):
            parse_watch(query)
    else:
        assert matches(query) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("revised:", True),
        ("removed:", True),
        ("headline_changed:", True),
        ("gone:", False),
        ('removed:"regret the error"', True),
        ("removed:figures", False),
        ("revised:figures", True),
        ("revised:(regret figures)", True),
        ("headline_changed:stays", True),
        ("headline_changed:taxes", False),
        ("minister AND minsources:3", True),
        ("minsources:4", False),
    ],
)
def test_a_watch_can_ask_for_what_happened_to_an_article(query: str, expected: bool) -> None:
    assert matches(query, **EDIT) is expected
    assert (WatchIndex({"w": parse_watch(query)}).matching(ARTICLE, EDIT) == {"w"}) is expected


def test_an_article_that_is_gone_is_told() -> None:
    assert matches("gone: minister", gone=True)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("京都", "東京都知事が発表", True),  # a substring of the running text
        ("京知", "東京。知事", False),
        ("北京", "北。京", False),
        ('"東京 知事"', "東京知事", True),
        ("ＡＩ", "人工智能AI技术", True),
        ("パーティー", "大きなﾊﾟｰﾃｨｰです", True),
        ("รัฐมนตรี", "กล่าวว่ารัฐมนตรีไม่", True),
        ("محمد", "قال مُحَمَّد اليوم", True),
        ("محمد", "محمدي", False),
        ("‏محمد‏ OR x", "قال محمد", True),  # marks of direction around what was pasted
        ("شلوم", "שלום", False),
        ("שלום", "שָׁלוֹם עולם", True),
        ("हिन्दी", "हिन्दी में", True),
        ("हिन्द", "हिन्दी में", False),
        ("ISTANBUL", "İstanbul’da", True),
        ("москва*", "Москва́ сегодня", True),
        ("（北京 OR 上海） title：x OR 北京", "在北京", True),
    ],
)
def test_every_script_is_searched_by_its_own_words(query: str, text: str, expected: bool) -> None:
    assert matches(query, {"article_body": text, "headline": ""}) is expected


@pytest.mark.parametrize(
    ("query", "line", "column", "says"),
    [
        ("", 1, 1, "empty"),
        ("   ", 1, 1, "empty"),
        ("tax AND", 1, 8, "expected a word"),
        ("tax OR OR bank", 1, 8, "OR needs something"),
        ("AND tax", 1, 1, '"AND"'),
        ("(tax bank", 1, 10, "still open"),
        ("tax)", 1, 4, "never opened"),
        ("()", 1, 2, "nothing to look for"),
        ('tax "bank', 1, 5, "never closed"),
        ("tax\n  titel:bank", 2, 3, "title:bank"),
        ("x\ny AND\n", 2, 6, "too early"),
        ("https://example.org", 1, 1, "domain:"),
        ("t*x", 1, 1, "tx*"),
        ("*tax", 1, 1, "tax*"),
        ("t*", 1, 1, "at least 2"),
        ("tax - bank", 1, 5, "nothing after"),
        ("tax & bank", 1, 5, "no letter or digit"),
        ("tax NEAR/0 bank", 1, 5, "between 1 and 100"),
        ("tax NEAR/999999999999 bank", 1, 5, "between 1 and 100"),
        ("(tax bank) NEAR/3 oil", 1, 12, "joins words"),
        ("(tax OR NOT bank) NEAR/3 oil", 1, 19, "joins words"),
        ("NOT", 1, 4, "too early"),
        ("after:yesterday", 1, 7, "2026-03-01"),
        ("minsources:many", 1, 12, "a number"),
        ("country:!GB", 1, 10, "plain value"),
        ("domain:example.org/news", 1, 8, "a domain"),
        ("gone:today", 1, 1, "takes no value"),
        ("@nobody", 1, 1, "no list @nobody"),
        ("tax @", 1, 5, "name of a list"),
        ("(" * 200 + "tax" + ")" * 200, 1, 1, "deeper"),
        ("x" * (LONGEST_QUERY + 1), 1, 1, "at most"),
    ],
)
def test_a_broken_watch_is_refused_with_the_place_and_a_way_out(
    query: str, line: int, column: int, says: str
) -> None:
    with pytest.raises(WatchSyntaxError) as caught:
        parse_watch(query)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"line {line}, column {column}: ")


def test_named_lists_hold_words_phrases_stems_and_exact_terms() -> None:
    lists = {"people": ["Jane Doe", "finance minist*", "!WHO"], "outlets": ["example-times"]}
    tree = parse_watch("@people source:@outlets", lists=lists)
    assert compile_predicate(tree)(ARTICLE) is not None
    who = parse_watch("@people", lists={"people": ["!WHO"]})
    assert compile_predicate(who)({"headline": "who said so"}) is None
    with pytest.raises(WatchSyntaxError, match="@people"):
        parse_watch("@poeple", lists=lists)


def test_a_match_shows_the_words_that_made_it() -> None:
    match = compile_predicate(parse_watch("finance NEAR/2 minister title:quits -absent"))(ARTICLE)
    assert match is not None
    shown = [(s.field, str(ARTICLE[s.field])[s.start : s.end]) for s in match.spans]
    assert shown == [
        ("headline", "quits"),
        ("description", "finance"),
        ("description", "minister"),
        ("article_body", "minister"),
        ("article_body", "finance"),
    ]


def test_what_did_not_count_is_not_shown() -> None:
    match = compile_predicate(parse_watch("(minister absent) OR quits"))(ARTICLE)
    assert match is not None
    assert [span.field for span in match.spans] == ["headline"]


def test_explain_draws_the_tree_and_the_words() -> None:
    tree = parse_watch('title:quits (taxes OR 北京 OR !WHO) -"fake news" after:2026')
    assert explain(tree).splitlines() == [
        "AND",
        "├─ title:quits",
        "├─ OR",
        "│  ├─ taxes",
        "│  ├─ 北京",
        "│  └─ !WHO",
        "├─ NOT",
        '│  └─ "fake news"',
        "└─ after:2026-01-01T00:00:00+00:00",
    ]
    with_article = explain(tree, ARTICLE)
    assert "├─ + title:quits" in with_article
    assert "│  ├─ - 北京" in with_article
    assert "the watch holds" in with_article
    assert "headline: Minister O’Neill [quits] in Straße row" in with_article


@pytest.mark.parametrize(
    ("query", "fts5", "postgres"),
    [
        ("Tax", '"tax"', "'tax'"),
        ("tax*", '"tax" *', "'tax':*"),
        (
            '"the tax ban*"',
            '"the tax ban" *',
            "(('the' <-> 'tax' <-> 'ban':*) | ('the' & 'tax' & 'ban':* & '…'))",
        ),
        ("title:tax*", '{headline} : "tax" *', "'tax':*A"),
        ("lead:tax", '{description article_body} : "tax"', "'tax':BC"),
        ("tax -bank", '"tax"', "'tax'"),
        ("tax bank OR oil", '(("tax" AND "bank") OR "oil")', "(('tax' & 'bank') | 'oil')"),
        (
            "tax NEAR/2 bank",
            'NEAR("tax" "bank", 12)',
            "(('tax' <1> 'bank' | 'tax' <2> 'bank' | 'bank' <1> 'tax' | 'bank' <2> 'tax')"
            " | ('tax' & 'bank' & '…'))",
        ),
        (
            "title:(tax ONEAR/1 bank)",
            '{headline} : NEAR("tax" "bank", 11)',
            "(('tax':A <1> 'bank':A) | ('tax':A & 'bank':A & '…'))",
        ),
        ("tax NEAR/9 bank", 'NEAR("tax" "bank", 19)', "('tax' & 'bank')"),
        ("title:tax NEAR/2 body:bank", '({headline} : "tax" AND {article_body} : "bank")', None),
        (
            "(a OR b) NEAR/9 bank",
            '(NEAR("a" "bank", 19) OR NEAR("b" "bank", 19))',
            "(('a' & 'bank') | ('b' & 'bank'))",
        ),
        (
            "(a NEAR/9 b) NEAR/9 bank",
            '(NEAR("a" "b", 19) AND "bank")',
            "(('a' & 'b') & 'bank')",
        ),
        ("北京", '"北 京"', "(('北' <-> '京') | ('北' & '京' & '…'))"),
        ("o'neill source:x", '"o neill"', "(('o' <-> 'neill') | ('o' & 'neill' & '…'))"),
        ("-tax", None, None),
        ("tax OR source:x", None, None),
        ("author:doe", None, None),
        ("gone:", None, None),
    ],
)
def test_the_database_is_asked_for_a_superset(
    query: str, fts5: str | None, postgres: str | None
) -> None:
    tree = parse_watch(query)
    assert fts5_query(tree) == fts5
    if fts5 is None or postgres is not None:
        assert tsquery(tree) == postgres


def test_a_page_of_one_word_does_not_stop_the_desk() -> None:
    article = {"headline": "", "article_body": "tax " * 20_000}
    assert matches("tax NEAR/100 tax NEAR/100 tax NEAR/100 tax", article)
    assert not matches("tax NEAR/100 absent NEAR/100 tax", article)
    assert not matches('"tax tax tax tax absent"', article)


def test_an_index_asks_every_watch_that_could_hold() -> None:
    queries = {
        "plain": "minister",
        "stem": "resign*",
        "never": "minister absent",
        "negative": "-absent",
        "author": "author:doe",
        "fact": "source:example-times",
        "wire": "wire:(dpa OR afp)",
        "exact": "!Us",
    }
    index = WatchIndex({name: parse_watch(query) for name, query in queries.items()})
    assert index.matching(ARTICLE) == set(queries) - {"never", "exact"}
    assert WatchIndex({}).matching(ARTICLE) == set()
