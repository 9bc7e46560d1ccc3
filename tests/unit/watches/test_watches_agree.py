"""Live matching, the index and the database prefilter against a naive reading of the language."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.watches.index import WatchIndex
from pipelines.watches.parsing import parse_watch
from pipelines.watches.predicate import compile_predicate
from pipelines.watches.prefilter import fts5_query
from pipelines.word_spans import text_words
from tests.unit.watches import naive

WORDS = ["tax", "taxes", "talks", "minister", "bank", "banks", "oil"]
FIELDS = st.sampled_from(["", "", "", "title", "body", "author"])

words = st.builds(
    lambda field, word, star: ("word", field, word[:3] if star else word, star),
    FIELDS,
    st.sampled_from(WORDS),
    st.booleans(),
)
phrases = st.builds(
    lambda field, parts: ("phrase", field, tuple(parts)),
    FIELDS,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
)
terms = words | phrases
placed = st.recursive(
    terms,
    lambda inner: (
        st.builds(
            lambda left, right, distance, ordered: ("near", left, right, distance, ordered),
            inner,
            inner,
            st.integers(1, 4),
            st.booleans(),
        )
        | st.builds(lambda parts: ("or", tuple(parts)), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=4,
)
expressions = st.recursive(
    placed,
    lambda inner: (
        st.builds(lambda part: ("not", part), inner)
        | st.builds(lambda parts: ("and", tuple(parts)), st.lists(inner, min_size=2, max_size=3))
        | st.builds(lambda parts: ("or", tuple(parts)), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=6,
)
texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
articles = st.fixed_dictionaries(
    {"headline": texts, "description": texts, "article_body": texts, "byline": texts}
)


@settings(max_examples=400, deadline=None)
@given(expressions, articles)
def test_a_watch_holds_exactly_where_trying_everything_says_so(
    expression: naive.Expression, article: dict[str, str]
) -> None:
    tree = parse_watch(naive.written(expression))
    match = compile_predicate(tree)(article)
    assert (match is not None) == naive.holds(expression, article)
    for span in match.spans if match else ():
        text = article["byline" if span.field == "author" else span.field]
        assert 0 <= span.start < span.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(expressions, min_size=1, max_size=8), articles)
def test_many_watches_together_say_the_same_as_each_alone(
    queries: list[naive.Expression], article: dict[str, str]
) -> None:
    trees = {f"w{n}": parse_watch(naive.written(query)) for n, query in enumerate(queries)}
    alone = {name for name, tree in trees.items() if compile_predicate(tree)(article)}
    assert WatchIndex(trees).matching(article) == alone


@settings(max_examples=150, deadline=None)
@given(expressions, st.lists(articles, min_size=1, max_size=5))
def test_the_database_prefilter_never_loses_an_article(
    expression: naive.Expression, several: list[dict[str, str]]
) -> None:
    tree = parse_watch(naive.written(expression))
    query = fts5_query(tree)
    if query is None:
        return
    answer = set(indexed(several, query))
    predicate = compile_predicate(tree)
    assert answer >= {number for number, article in enumerate(several) if predicate(article)}


REAL_TEXTS = [
    "Der Straßenbau in Łódź: „teuer“, sagt Müller – AT&T schweigt.",
    "北京2022年冬奥会的AI技术。東京で会議、ﾊﾟｰﾃｨｰも。",
    "وزير الخارجية مُحَمَّد قال إن المحـادثات مستمرة",
    "שר החוץ אמר: ״אין תגובה״",
    "प्रधानमंत्री ने हिन्दी में कहा कि नया कानून आएगा",
    "รัฐมนตรีกล่าวว่าไม่มีความเห็น",
    "İstanbul’da Şişli ILIK ısı ½ ﬁnance naïve co-operate U.S.",
]


@pytest.mark.parametrize("text", REAL_TEXTS)
def test_every_word_of_every_script_is_found_live_and_in_the_index(text: str) -> None:
    plain = text.translate(dict.fromkeys(map(ord, "„“")))  # quotes would end the phrase
    chunks = [chunk for chunk in plain.split() if text_words(chunk)]
    for begin in range(len(chunks)):
        for query in (f'"{chunks[begin]}"', f'"{" ".join(chunks[begin : begin + 2])}"'):
            tree = parse_watch(query)
            article = {"headline": "", "description": None, "article_body": text}
            match = compile_predicate(tree)(article)
            assert match is not None
            assert match.spans
            fts = fts5_query(tree)
            assert fts is not None
            assert list(indexed([article], fts)) == [0]


def indexed(several: list[dict[str, Any]], query: str) -> list[int]:
    """The numbers of the articles that FTS5 finds."""
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE t USING fts5(headline, description, article_body, content='',"
        " tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")"
    )
    columns = ("headline", "description", "article_body")
    rows = [
        (number, *(" ".join(text_words(article[name] or "")) for name in columns))
        for number, article in enumerate(several)
    ]
    base.executemany(
        "INSERT INTO t (rowid, headline, description, article_body) VALUES (?,?,?,?)", rows
    )
    found = [row[0] for row in base.execute("SELECT rowid FROM t WHERE t MATCH ?", (query,))]
    base.close()
    return found
