"""Questions analysts ask, each as one query of the views that runs on both databases. Data only."""

from __future__ import annotations

#: parameter -> what it means, its value where none is given ("" = it must be), and the same for a
#: file of SQLite that may be old: counted from what is in it.
PARAMETERS: dict[str, tuple[str, str, str]] = {
    "since": (
        "the beginning of the period: 24h, 7d, 2026-11-23",
        "7d",
        "(SELECT strftime('%Y-%m-%d', max(started_at), '-7 days') FROM visits)",
    ),
    "story": (
        "the number of a story",
        "",
        "(SELECT story_id FROM articles ORDER BY id DESC LIMIT 1)",
    ),
    "article": ("the number of an article", "", "(SELECT max(copy_of_id) FROM articles)"),
    "source": ("the slug of a source", "", "(SELECT min(slug) FROM sources)"),
    "agency": ("a news agency: AP, Reuters, AFP, dpa, ...", "Reuters", "'Reuters'"),
    "publishers": ("a number of independent publishers", "3", "'3'"),
}

#: name -> question, what to know about the answer, query.
COOKBOOK: dict[str, tuple[str, str, str]] = {
    "who-had-it-first": (
        "Who had this story first?",
        "Two sources are ordered only where their intervals (not_seen_at, first_seen_at] do not "
        "overlap; undecidable_with names the others. date_published is what they claim.",
        """SELECT rank, source, country, not_seen_at, first_seen_at, undecidable_with,
  date_published, wire_credit, headline
FROM v_who_first
WHERE story_id = :story
ORDER BY rank, first_seen_at, source""",
    ),
    "story-timeline": (
        "How did this story spread, article by article?",
        "copy_of names the article whose text is repeated.",
        """SELECT first_seen_at, source, country, headline, wire_credit, copy_of, copy_kind,
  revisions, gone_at
FROM v_story_timeline
WHERE story_id = :story
ORDER BY first_seen_at, article_id""",
    ),
    "independent-publishers": (
        "Which stories do most publishers bring independently of each other?",
        "Copies count for the house that had the text first, agency texts for the agency.",
        """SELECT s.story_id, s.title, s.independent_publishers, s.sources, s.articles, s.copies,
  s.agencies, s.first_sources
FROM (
  SELECT story_id, independent_publishers FROM v_stories WHERE last_seen_at >= :since
  ORDER BY independent_publishers DESC, story_id LIMIT 25
) top
JOIN v_stories s ON s.story_id = top.story_id
ORDER BY s.independent_publishers DESC, s.story_id""",
    ),
    "first-by-source": (
        "Which sources were certainly first, how often?",
        "Only stories that other sources carry too, and only where no other interval overlaps.",
        """SELECT first_sources AS source, count(*) AS stories_first
FROM v_stories
WHERE first_seen_at >= :since AND is_decided = 1 AND sources > 1
GROUP BY first_sources
ORDER BY stories_first DESC, source""",
    ),
    "first-by-country": (
        "In which country do stories that cross borders appear first?",
        "Undecidable cases count for each country that may have been first.",
        """SELECT w.country, count(DISTINCT w.story_id) AS stories
FROM v_who_first w
WHERE w.first_seen_at >= :since AND w.baseline = 0 AND w.is_first = 1
  AND EXISTS (SELECT 1 FROM v_story_timeline o
    WHERE o.story_id = w.story_id AND o.country <> w.country)
GROUP BY w.country
ORDER BY stories DESC, w.country""",
    ),
    "agency-copies": (
        "Who runs an agency's texts, and how soon after the first to run each?",
        "Papers are compared with each other; the wire itself is not looked at.",
        """SELECT a.first_seen_at, a.source, a.headline, o.source AS ran_first,
  o.first_seen_at AS first_run_at, a.copy_score, a.url
FROM v_articles a
JOIN v_articles o ON o.article_id = a.copy_group
WHERE a.first_seen_at >= :since AND a.copy_of IS NOT NULL
  AND EXISTS (SELECT 1 FROM v_wire_credits w
    WHERE w.article_id = a.article_id AND w.agency = :agency)
ORDER BY a.first_seen_at DESC, a.article_id
LIMIT 200""",
    ),
    "copies-of-a-text": (
        "Who carries the same text as this article, and under which headlines?",
        "The first row had it first, as far as we saw.",
        """SELECT c.first_seen_at, c.source, c.headline, c.wire_credit, c.copy_kind, c.copy_score,
  c.url
FROM v_articles a
JOIN v_articles c ON c.copy_group = a.copy_group
WHERE a.article_id = :article
ORDER BY c.first_seen_at, c.article_id""",
    ),
    "agency-share": (
        "How much of each source is agency copy?",
        "Articles that credit at least one agency, in percent.",
        """SELECT source, count(*) AS articles, count(wire_credit) AS with_agency,
  100 * count(wire_credit) / count(*) AS percent
FROM v_articles
WHERE first_seen_at >= :since AND baseline = 0
GROUP BY source
ORDER BY percent DESC, source""",
    ),
    "headline-changes": (
        "How often does each source change headlines, week by week?",
        "week is the Monday; spelling alone is not counted.",
        """SELECT week, source, count(*) AS changes, count(DISTINCT article_id) AS articles
FROM v_headline_changes
WHERE observed_at >= :since
GROUP BY week, source
ORDER BY week DESC, changes DESC, source""",
    ),
    "silent-edits": (
        "Which texts were edited after publication without a correction note?",
        "signs_more is by how many characters the text grew; `firstseen diff ARTICLE` shows the "
        "words.",
        """SELECT observed_at, source, article_id, number,
  seconds_since_first_seen / 60 AS minutes_after, signs - signs_before AS signs_more,
  headline_changed, headline, url
FROM v_revisions
WHERE kind = 'edit' AND correction_added = 0 AND observed_at >= :since
ORDER BY observed_at DESC, article_id, number
LIMIT 200""",
    ),
    "corrections": (
        "What was corrected, how long after we first saw it?",
        "The note itself is in v_articles.corrections.",
        """SELECT r.observed_at, r.source, r.seconds_since_first_seen / 60 AS minutes_after,
  r.headline, a.corrections, a.url
FROM v_revisions r
JOIN v_articles a ON a.article_id = r.article_id
WHERE r.correction_added = 1 AND r.observed_at >= :since
ORDER BY r.observed_at DESC, r.article_id
LIMIT 200""",
    ),
    "deleted-articles": (
        "Which articles were taken away?",
        "A page counts as gone after two looks, hours apart, that found 404 or 410.",
        """SELECT gone_at, source, first_seen_at, headline, wire_credit, story_id, url
FROM v_articles
WHERE gone_at >= :since
ORDER BY gone_at DESC, article_id""",
    ),
    "delay": (
        "How long after its stated publication do we first see an article, at each source?",
        "The median, in seconds. Articles dated by the day, or ahead, are left out.",
        """SELECT source, articles, delay_seconds AS median_seconds
FROM (
  SELECT source, delay_seconds,
    row_number() OVER (PARTITION BY source ORDER BY delay_seconds) AS place,
    count(*) OVER (PARTITION BY source) AS articles
  FROM v_articles
  WHERE first_seen_at >= :since AND baseline = 0 AND delay_seconds >= 0
) ranked
WHERE place = (articles + 1) / 2
ORDER BY median_seconds, source""",
    ),
    "coverage-gaps": (
        "When could we not see what a source published?",
        "Hours without a completed look; last_completed_at tells how long the silence is.",
        """SELECT source, hour_at, state, looks, failed, blocked, last_completed_at
FROM v_coverage
WHERE hour_at >= :since AND completed = 0
ORDER BY source, hour_at""",
    ),
    "paywalled-share": (
        "How much of each source is behind a wall?",
        "Only articles whose page says so, one way or the other.",
        """SELECT source, count(is_accessible_for_free) AS articles,
  count(is_accessible_for_free) - sum(is_accessible_for_free) AS behind_wall,
  100 - 100 * sum(is_accessible_for_free) / count(is_accessible_for_free) AS percent
FROM v_articles
WHERE first_seen_at >= :since AND baseline = 0
GROUP BY source
HAVING count(is_accessible_for_free) > 0
ORDER BY percent DESC, source""",
    ),
    "not-carried": (
        "What did this source not carry, though others did?",
        "Stories of at least so many independent publishers. Look at coverage-gaps before you "
        "call it silence.",
        """SELECT s.story_id, s.title, s.first_seen_at, s.independent_publishers, s.first_sources
FROM v_stories s
WHERE s.last_seen_at >= :since
  AND NOT EXISTS (SELECT 1 FROM v_story_timeline t
    WHERE t.story_id = s.story_id AND t.source = :source)
  AND s.independent_publishers >= CAST(:publishers AS INTEGER)
ORDER BY s.independent_publishers DESC, s.story_id
LIMIT 50""",
    ),
    "authors": (
        "Who writes most, and for whom?",
        "An article of two authors counts for both.",
        """SELECT author, source, count(*) AS articles, max(first_seen_at) AS latest
FROM v_authors
WHERE first_seen_at >= :since
GROUP BY author, source
ORDER BY articles DESC, author, source
LIMIT 100""",
    ),
    "alerts-per-watch": (
        "How much does each watch tell, and did it arrive?",
        "A watch that tells too much, or nothing, wants another query.",
        """SELECT watch, count(*) AS alerts, count(DISTINCT story_id) AS stories,
  count(CASE WHEN kind = 'new' THEN 1 END) AS new_stories,
  sum(delivered) AS delivered, sum(waiting) AS waiting, sum(parked) AS parked,
  max(raised_at) AS latest
FROM v_alerts
WHERE raised_at >= :since
GROUP BY watch
ORDER BY alerts DESC, watch""",
    ),
    "sources-in-trouble": (
        "Which sources need a hand?",
        "`firstseen health` says more, and `firstseen sources doctor` what to do.",
        """SELECT source, state, sections, sections_failing, failures_in_a_row, last_outcome,
  last_looked_at, articles_last_day
FROM v_sources_health
WHERE state <> 'ok'
ORDER BY sections_failing DESC, source""",
    ),
}
