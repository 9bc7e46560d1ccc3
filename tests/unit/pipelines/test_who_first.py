from datetime import UTC, datetime, timedelta

from pipelines.who_first import Sighting, who_was_first

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def seen(source: str, after: int | None, by: int, **more: object) -> Sighting:
    values = {
        "source": source,
        "family": source,
        "article_id": by,
        "headline": "The treaty is signed",
        "url": f"https://{source}.example/treaty",
        "first_seen_at": NOON + timedelta(minutes=by),
        "not_seen_at": None if after is None else NOON + timedelta(minutes=after),
    }
    return Sighting(**values | more)  # type: ignore[arg-type]


def test_sources_are_ordered_where_their_intervals_do_not_overlap() -> None:
    report = who_was_first([seen("late", 10, 20), seen("early", 0, 5)])

    assert report.first == ("early",)
    assert report.decided
    assert [(p.sighting.source, p.rank) for p in report.placings] == [("early", 1), ("late", 2)]


def test_overlapping_intervals_are_undecidable() -> None:
    report = who_was_first([seen("a", 0, 10), seen("b", 5, 12), seen("c", 30, 40)])

    assert report.first == ("a", "b")
    assert not report.decided
    assert report.placings[0].undecidable == ("b",)
    assert report.placings[2].rank == 3


def test_a_source_nobody_had_looked_at_before_may_always_have_been_first() -> None:
    report = who_was_first([seen("known", 0, 10), seen("fresh", None, 50)])

    assert set(report.first) == {"known", "fresh"}
    assert report.placings[1].doubt is None


def test_a_source_counts_once_by_its_earliest_article() -> None:
    report = who_was_first([seen("a", 0, 10), seen("a", 20, 30, article_id=2), seen("b", 11, 15)])

    assert [p.sighting.source for p in report.placings] == ["a", "b"]
    assert report.placings[0].more_articles == 1


def test_copies_agencies_and_houses_are_counted_apart() -> None:
    report = who_was_first(
        [
            seen("wire-user", 0, 5, copy_group=1, credits=("Reuters",)),
            seen("other-user", 6, 9, copy_group=1),
            seen("sister-a", 10, 12, family="house", copy_group=2),
            seen("sister-b", 13, 15, family="house", copy_group=3),
            seen("own-report", 16, 20, copy_group=4),
        ]
    )

    assert report.independent == 3  # Reuters, the house, own-report
    assert report.agencies == ("Reuters",)
    assert report.placings[1].copies == ("wire-user",)
