from datetime import UTC, datetime, timedelta

from pipelines.storage.coverage import Look, SectionCoverage, find_gaps, usual_distance

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def look(minute: int, outcome: str = "ok", new: int = 0) -> Look:
    return Look(NOON + timedelta(minutes=minute), outcome, new, window_overflow=False)


def test_the_usual_distance_is_the_median_of_completed_looks() -> None:
    looks = [look(0), look(10), look(15, "timeout"), look(20), look(60)]

    assert usual_distance(looks) == timedelta(minutes=10)
    assert usual_distance(looks[:2]) is None


def test_a_failure_makes_the_stretch_around_it_uncertain() -> None:
    looks = [look(0), look(5, "timeout"), look(10, new=2), look(15)]

    (gap,) = find_gaps(looks, before=None, usual=timedelta(minutes=5))

    assert (gap.since, gap.until, gap.reasons, gap.new_links) == (
        NOON,
        NOON + timedelta(minutes=10),
        ("timeout",),
        2,
    )


def test_a_long_silence_is_a_gap_and_the_usual_distance_is_not() -> None:
    looks = [look(0), look(10), look(20), look(90)]

    (gap,) = find_gaps(looks, before=NOON - timedelta(minutes=10), usual=timedelta(minutes=10))

    assert gap.length == timedelta(minutes=70)
    assert gap.reasons == ()


def test_the_strip_shows_what_is_known_of_each_stretch() -> None:
    looks = (look(5, new=1), look(15), look(25), look(35, "robots"), look(45, "timeout"))
    covered = SectionCoverage(
        source="valley-post",
        section="politics",
        since=NOON,
        until=NOON + timedelta(minutes=60),
        looks=looks,
        gaps=(),
        usual=timedelta(minutes=10),
        before=None,
    )

    assert covered.strip(6) == ["new", "quiet", "quiet", "blocked", "failed", "none"]
    assert covered.strip(12)[2] == "between"
