"""Views for analysts, the same on both databases"""

import re

import sqlalchemy as sa
from alembic import op

revision = "20261123_views"
down_revision = "20261123_search_speed"

# What differs between the databases, by name. A view says TIME(a.first_seen_at) and means ISO 8601
# text in UTC on both; arguments hold no parentheses.
_ISO = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_SPELLINGS = {
    "sqlite": {
        "TIME": r"\1",  # it is stored as such text
        "FLAG": r"\1",
        "LIST": r"(SELECT group_concat(value, '; ') FROM json_each(\1))",
        "FIRST": r"json_extract(\1, '$[0]')",
        "ENTRIES": r"json_each(\1) AS \2",
        "PART": r"json_extract(\1, '$[0].\2')",
        "RULES": r"(SELECT group_concat(value, '; ') FROM json_each(\1, '$.rules'))",
        # Whole seconds of both: a time's own microseconds would be rounded to thousandths first.
        "SECONDS": r"(strftime('%s', substr(\1, 1, 19)) - strftime('%s', substr(\2, 1, 19)))",
        "WEEK": r"date(\1, 'weekday 0', '-6 days')",
        "HOUR": r"strftime('%Y-%m-%dT%H:00:00.000000Z', \1)",
        "EARLIER": r"strftime('%Y-%m-%dT%H:%M:%f000Z', \1, '-1 \2')",
        "LATER": r"strftime('%Y-%m-%dT%H:%M:%f000Z', \1, '+1 \2')",
        "JOINED": r"group_concat(\1, '; ')",
    },
    "postgresql": {
        "TIME": rf"to_char(\1 AT TIME ZONE 'UTC', '{_ISO}')",
        "FLAG": r"(\1)::int",
        "LIST": r"(SELECT string_agg(t.value, '; ' ORDER BY t.place) FROM json_array_elements_text("
        r"CASE json_typeof(\1) WHEN 'array' THEN \1 END) WITH ORDINALITY AS t (value, place))",
        "FIRST": r"(\1 ->> 0)",
        "ENTRIES": r"json_array_elements_text(CASE json_typeof(\1) WHEN 'array' THEN \1 END)"
        r" WITH ORDINALITY AS \2 (value, key)",
        "PART": r"(\1 -> 0 ->> '\2')",
        "RULES": r"LIST(\1 -> 'rules')",
        "SECONDS": r"(floor(extract(epoch FROM \1)) - floor(extract(epoch FROM \2)))::bigint",
        "WEEK": r"to_char(date_trunc('week', \1 AT TIME ZONE 'UTC'), 'YYYY-MM-DD')",
        "HOUR": r"date_trunc('hour', \1, 'UTC')",
        "EARLIER": r"(\1 - interval '1 \2')",
        "LATER": r"(\1 + interval '1 \2')",
        "JOINED": r"string_agg(\1, '; ')",
    },
}

_PARTS = {
    "COMPLETED": r"\1.outcome IN ('ok', 'unchanged')",
    "KEPT_OUT": r"\1.outcome IN ('robots', 'robots-unreachable', 'held-off', 'blocked-address')",
    # A source's first article in a story: one look into the index on story, source and time.
    "FIRST_OF_SOURCE": r"""NOT EXISTS (SELECT 1 FROM articles f WHERE f.story_id = \1.story_id
    AND f.source_id = \1.source_id AND f.first_seen_at <= \1.first_seen_at
    AND (f.first_seen_at < \1.first_seen_at OR f.id < \1.id))""",
    "MESSAGES": r"(SELECT count(*) FROM deliveries d WHERE d.alert_id = l.id AND d.state = '\1')",
    "HOURS": """WITH RECURSIVE hours (hour_at, earlier_at, until_at) AS (
  SELECT f.hour_at, EARLIER(f.hour_at, hour), LATER(f.hour_at, hour)
  FROM (SELECT HOUR(m.first_at) AS hour_at
    FROM (SELECT min(started_at) AS first_at FROM visits) m WHERE m.first_at IS NOT NULL) f
  UNION ALL
  SELECT h.until_at, h.hour_at, LATER(h.until_at, hour) FROM hours h
  WHERE h.until_at <= (SELECT max(v.arrived_at) FROM visits v WHERE v.started_at >=
    (SELECT EARLIER(m.last_at, hour) FROM (SELECT max(started_at) AS last_at FROM visits) m))
)""",
    "COUNTS": """CASE WHEN coalesce(sum(v.new_links), 0) > 0 THEN 'new'
    WHEN count(CASE WHEN COMPLETED(v) THEN 1 END) > 0 THEN 'quiet'
    WHEN count(CASE WHEN KEPT_OUT(v) THEN 1 END) > 0 THEN 'blocked'
    WHEN count(v.id) > 0 THEN 'failed' ELSE 'none' END AS state,
  count(DISTINCT c.id) AS sections,
  count(DISTINCT CASE WHEN COMPLETED(v) THEN c.id END) AS sections_seen,
  count(v.id) AS looks, count(CASE WHEN COMPLETED(v) THEN 1 END) AS completed,
  count(CASE WHEN KEPT_OUT(v) THEN 1 END) AS blocked,
  count(v.id) - count(CASE WHEN COMPLETED(v) OR KEPT_OUT(v) THEN 1 END) AS failed,
  coalesce(sum(v.new_links), 0) AS new_links,
  coalesce(sum(v.articles_stored), 0) AS articles_stored,
  count(CASE WHEN v.window_overflow THEN 1 END) AS window_overflows""",
    "LAST_COMPLETED": """(SELECT TIME(max(l.last_at)) FROM (SELECT (
    SELECT v.arrived_at FROM visits v WHERE v.section_id = c.id AND v.started_at < h.until_at
      AND v.arrived_at < h.until_at AND COMPLETED(v) ORDER BY v.started_at DESC LIMIT 1) AS last_at
    FROM sections c WHERE c.source_id = s.id) l) AS last_completed_at""",
    # A look counts for the hour in which its answer arrived. The index is on when it started.
    "OF_THE_HOUR": """v.section_id = c.id AND v.started_at >= h.earlier_at
  AND v.started_at < h.until_at AND v.arrived_at >= h.hour_at AND v.arrived_at < h.until_at""",
}
_COVERAGE = """HOURS()
SELECT s.slug AS source, TIME(h.hour_at) AS hour_at, COUNTS(), LAST_COMPLETED()
FROM sources s CROSS JOIN hours h
LEFT JOIN sections c ON c.source_id = s.id LEFT JOIN visits v ON OF_THE_HOUR()
GROUP BY s.id, s.slug, h.hour_at, h.until_at
"""
# PostgreSQL would compare all visits with all hours; so told, it looks up each hour asked for.
_COVERAGE_BY_HOUR = """HOURS()
SELECT s.source, TIME(h.hour_at) AS hour_at, s.state, s.sections, s.sections_seen, s.looks,
  s.completed, s.blocked, s.failed, s.new_links, s.articles_stored, s.window_overflows,
  LAST_COMPLETED()
FROM hours h CROSS JOIN LATERAL (
  SELECT s.id, s.slug AS source, COUNTS()
  FROM sources s LEFT JOIN sections c ON c.source_id = s.id LEFT JOIN visits v ON OF_THE_HOUR()
  GROUP BY s.id, s.slug) s
"""

VIEWS = {
    "v_articles": """
SELECT a.id AS article_id, s.slug AS source, s.name AS source_name, s.country, s.family,
  c.key AS section, a.url, a.canonical_url, a.headline, a.alternative_headline, a.description,
  a.article_body, a.byline, LIST(a.authors) AS authors, a.dateline,
  LIST(a.wire_credit) AS wire_credit, a.article_section, LIST(a.keywords) AS keywords,
  a.in_language, FLAG(a.is_accessible_for_free) AS is_accessible_for_free,
  PART(a.images, url) AS image_url, PART(a.images, caption) AS image_caption,
  PART(a.images, credit) AS image_credit,
  TIME(a.first_seen_at) AS first_seen_at, TIME(a.not_seen_at) AS not_seen_at,
  SECONDS(a.first_seen_at, a.not_seen_at) AS doubt_seconds, FLAG(a.baseline) AS baseline,
  TIME(a.date_published) AS date_published, a.date_published_source, a.date_published_precision,
  CASE WHEN a.date_published_precision <> 'day' THEN SECONDS(a.first_seen_at, a.date_published) END
    AS delay_seconds, LIST(a.date_flags) AS date_flags, TIME(a.date_modified) AS date_modified,
  LIST(a.corrections) AS corrections, a.story_id, a.copy_of_id AS copy_of, a.copy_kind,
  a.copy_score, a.copy_group_id AS copy_group,
  (SELECT count(*) FROM revisions r WHERE r.article_id = a.id AND r.number > 1) AS revisions,
  TIME(a.fetched_at) AS fetched_at, TIME(a.last_checked_at) AS last_checked_at,
  TIME(a.gone_at) AS gone_at, LIST(a.robots_directives) AS robots_directives,
  FLAG(a.tdm_reserved) AS tdm_reserved, a.parser_version
FROM articles a JOIN sources s ON s.id = a.source_id LEFT JOIN sections c ON c.id = a.section_id
""",
    "v_authors": """
SELECT a.id AS article_id, s.slug AS source, e.value AS author,
  TIME(a.first_seen_at) AS first_seen_at
FROM articles a JOIN sources s ON s.id = a.source_id, ENTRIES(a.authors, e)
""",
    "v_wire_credits": """
SELECT a.id AS article_id, s.slug AS source, e.value AS agency,
  TIME(a.first_seen_at) AS first_seen_at
FROM articles a JOIN sources s ON s.id = a.source_id, ENTRIES(a.wire_credit, e)
""",
    "v_stories": """
SELECT t.id AS story_id, t.title,
  TIME(t.first_seen_at) AS first_seen_at, TIME(t.last_seen_at) AS last_seen_at,
  (SELECT count(*) FROM articles a WHERE a.story_id = t.id) AS articles,
  (SELECT count(DISTINCT a.source_id) FROM articles a WHERE a.story_id = t.id) AS sources,
  (SELECT count(DISTINCT o.owner) FROM (
    SELECT CASE WHEN FIRST(w.wire_credit) IS NULL THEN w.family
        ELSE 'agency ' || FIRST(w.wire_credit) END AS owner,
      row_number() OVER (PARTITION BY coalesce(w.copy_group_id, -w.id)
        ORDER BY w.source_at, w.source_article, w.first_seen_at, w.id) AS place
    FROM (SELECT a.id, a.first_seen_at, a.copy_group_id, a.wire_credit, s.family,
        first_value(a.first_seen_at) OVER earliest AS source_at,
        first_value(a.id) OVER earliest AS source_article
      FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.story_id = t.id
      WINDOW earliest AS (PARTITION BY a.source_id ORDER BY a.first_seen_at, a.id)) w
    ) o WHERE o.place = 1) AS independent_publishers,
  (SELECT count(*) FROM articles a WHERE a.story_id = t.id AND a.copy_kind = 'copy') AS copies,
  (SELECT count(*) FROM articles a JOIN revisions r ON r.article_id = a.id AND r.number > 1
    WHERE a.story_id = t.id) AS revisions,
  (SELECT count(*) FROM articles a WHERE a.story_id = t.id AND a.gone_at IS NOT NULL) AS gone,
  (SELECT JOINED(f.slug) FROM (
    SELECT s.slug FROM articles a JOIN sources s ON s.id = a.source_id
    WHERE a.story_id = t.id AND (a.not_seen_at IS NULL OR a.not_seen_at < t.first_seen_at)
      AND FIRST_OF_SOURCE(a) ORDER BY a.first_seen_at, a.id) f) AS first_sources,
  (SELECT CASE count(*) WHEN 1 THEN 1 ELSE 0 END FROM articles a
    WHERE a.story_id = t.id AND (a.not_seen_at IS NULL OR a.not_seen_at < t.first_seen_at)
      AND FIRST_OF_SOURCE(a)) AS is_decided, (SELECT JOINED(g.value) FROM (
    SELECT e.value FROM articles a, ENTRIES(a.wire_credit, e)
    WHERE a.story_id = t.id AND FIRST_OF_SOURCE(a)
    GROUP BY e.value ORDER BY min(a.first_seen_at), min(e.key), min(a.id)) g) AS agencies,
  FLAG(t.pinned) AS pinned
FROM stories t WHERE t.merged_into_id IS NULL
""",
    "v_story_timeline": """
SELECT t.id AS story_id, t.title, a.id AS article_id, s.slug AS source, s.name AS source_name,
  s.country, s.family, a.headline, a.url, TIME(a.first_seen_at) AS first_seen_at,
  TIME(a.not_seen_at) AS not_seen_at, SECONDS(a.first_seen_at, a.not_seen_at) AS doubt_seconds,
  FLAG(a.baseline) AS baseline, TIME(a.date_published) AS date_published,
  LIST(a.wire_credit) AS wire_credit, a.copy_of_id AS copy_of, a.copy_kind, a.copy_score,
  a.story_score,
  (SELECT count(*) FROM revisions r WHERE r.article_id = a.id AND r.number > 1) AS revisions,
  TIME(a.gone_at) AS gone_at
FROM articles a JOIN stories t ON t.id = a.story_id JOIN sources s ON s.id = a.source_id
""",
    "v_who_first": """
SELECT t.id AS story_id, t.title, s.slug AS source, s.name AS source_name, s.country, s.family,
  a.id AS article_id, a.headline, a.url, TIME(a.first_seen_at) AS first_seen_at,
  TIME(a.not_seen_at) AS not_seen_at, SECONDS(a.first_seen_at, a.not_seen_at) AS doubt_seconds,
  TIME(a.date_published) AS date_published, FLAG(a.baseline) AS baseline,
  CASE WHEN a.not_seen_at IS NULL OR a.not_seen_at < t.first_seen_at THEN 1 ELSE 0 END AS is_first,
  1 + (SELECT count(DISTINCT b.source_id) FROM articles b
    WHERE b.story_id = a.story_id AND b.first_seen_at <= a.not_seen_at) AS rank,
  (SELECT JOINED(u.slug) FROM (
    SELECT s2.slug
    FROM (SELECT DISTINCT d.source_id FROM articles d WHERE d.story_id = a.story_id) k
    JOIN articles b ON b.id = (SELECT d.id FROM articles d WHERE d.story_id = a.story_id
      AND d.source_id = k.source_id ORDER BY d.first_seen_at, d.id LIMIT 1)
    JOIN sources s2 ON s2.id = b.source_id
    WHERE b.source_id <> a.source_id AND (a.not_seen_at IS NULL OR b.first_seen_at > a.not_seen_at)
      AND (b.not_seen_at IS NULL OR a.first_seen_at > b.not_seen_at)
    ORDER BY b.first_seen_at, b.id) u) AS undecidable_with,
  LIST(a.wire_credit) AS wire_credit, a.copy_of_id AS copy_of,
  (SELECT count(*) FROM articles b WHERE b.story_id = a.story_id AND b.source_id = a.source_id)
    AS articles
FROM articles a JOIN stories t ON t.id = a.story_id JOIN sources s ON s.id = a.source_id
WHERE FIRST_OF_SOURCE(a)
""",
    "v_revisions": """
SELECT r.id AS revision_id, r.article_id, r.number, r.kind, s.slug AS source, a.story_id, a.url,
  TIME(r.observed_at) AS observed_at, TIME(r.last_seen_at) AS last_seen_at,
  SECONDS(r.observed_at, a.first_seen_at) AS seconds_since_first_seen,
  WEEK(r.observed_at) AS week, r.headline, o.headline AS headline_before,
  FLAG(r.headline_changed) AS headline_changed, FLAG(r.correction_added) AS correction_added,
  r.description, r.article_body, length(r.article_body) AS signs,
  length(o.article_body) AS signs_before
FROM revisions r JOIN articles a ON a.id = r.article_id JOIN sources s ON s.id = a.source_id
LEFT JOIN revisions o ON o.article_id = r.article_id AND o.number = (
  SELECT max(p.number) FROM revisions p WHERE p.article_id = r.article_id AND p.number < r.number
    AND p.kind <> 'replaced')
""",
    "v_headline_changes": """
SELECT r.article_id, r.number, s.slug AS source, s.country, a.story_id, a.url,
  TIME(r.observed_at) AS observed_at, WEEK(r.observed_at) AS week,
  SECONDS(r.observed_at, a.first_seen_at) AS seconds_since_first_seen,
  (SELECT o.headline FROM revisions o WHERE o.article_id = r.article_id AND o.number < r.number
    AND o.kind <> 'replaced' ORDER BY o.number DESC LIMIT 1) AS headline_before,
  r.headline AS headline_after, FLAG(r.correction_added) AS correction_added
FROM revisions r JOIN articles a ON a.id = r.article_id JOIN sources s ON s.id = a.source_id
WHERE r.headline_changed AND r.number > 1
""",
    "v_coverage": _COVERAGE,
    "v_sources_health": """
SELECT s.slug AS source, s.name AS source_name, s.country, s.language, s.family, s.home_url,
  s.wikidata, CASE WHEN count(CASE WHEN c.enabled THEN 1 END) = 0 THEN 'retired'
    WHEN max(c.last_started_at) IS NULL THEN 'never'
    WHEN count(CASE WHEN c.enabled AND c.failures > 0 THEN 1 END) = 0 THEN 'ok'
    WHEN count(CASE WHEN c.enabled AND c.failures = 0 THEN 1 END) = 0 THEN 'failing'
    ELSE 'partly' END AS state, count(CASE WHEN c.enabled THEN 1 END) AS sections,
  count(CASE WHEN c.enabled AND c.failures > 0 THEN 1 END) AS sections_failing,
  coalesce(max(c.failures), 0) AS failures_in_a_row,
  (SELECT v.outcome FROM visits v JOIN sections d ON d.id = v.section_id
    WHERE d.source_id = s.id ORDER BY v.started_at DESC, v.id DESC LIMIT 1) AS last_outcome,
  TIME(max(c.last_started_at)) AS last_started_at, TIME(max(c.last_looked_at)) AS last_looked_at,
  TIME(min(c.next_visit_at)) AS next_visit_at,
  (SELECT count(*) FROM sections d JOIN visits v ON v.section_id = d.id
    WHERE d.source_id = s.id AND v.started_at > n.day_ago) AS looks_last_day,
  (SELECT count(*) FROM sections d JOIN visits v ON v.section_id = d.id
    WHERE d.source_id = s.id AND v.started_at > n.day_ago AND COMPLETED(v)) AS completed_last_day,
  (SELECT count(*) FROM articles a WHERE a.source_id = s.id AND a.first_seen_at > n.day_ago)
    AS articles_last_day, (SELECT count(*) FROM articles a WHERE a.source_id = s.id) AS articles,
  (SELECT TIME(max(a.first_seen_at)) FROM articles a WHERE a.source_id = s.id) AS last_article_at
FROM sources s CROSS JOIN (SELECT EARLIER(m.last_at, day) AS day_ago FROM (
  SELECT max(started_at) AS last_at FROM visits) m) n LEFT JOIN sections c ON c.source_id = s.id
GROUP BY s.id, n.day_ago
""",
    "v_alerts": """
SELECT l.id AS alert_id, TIME(l.raised_at) AS raised_at, w.slug AS watch, w.name AS watch_name,
  a.story_id, t.title, l.article_id, s.slug AS source, a.headline, a.url,
  CASE WHEN l.reason LIKE 'growth %' THEN 'growth' WHEN l.reason LIKE 'edit %' THEN 'edit'
    WHEN l.reason LIKE 'gone %' THEN 'gone' ELSE 'new' END AS kind,
  RULES(l.details) AS rules, l.publishers AS independent_publishers, l.query,
  (SELECT count(*) FROM deliveries d WHERE d.alert_id = l.id) AS deliveries,
  MESSAGES(delivered) AS delivered, MESSAGES(waiting) AS waiting, MESSAGES(parked) AS parked,
  (SELECT TIME(max(d.delivered_at)) FROM deliveries d WHERE d.alert_id = l.id) AS delivered_at
FROM alerts l JOIN watches w ON w.id = l.watch_id JOIN articles a ON a.id = l.article_id
JOIN sources s ON s.id = a.source_id LEFT JOIN stories t ON t.id = a.story_id
""",
}
_WORD = re.compile(r"\b([A-Z_]+)\(([^(),]*(?:\([^()]*\))?)(?:, *([^()]*))?\)")


def spelled(view: str, dialect: str) -> str:
    """Return a view's query as a database spells it."""
    spellings = _PARTS | _SPELLINGS[dialect]
    if view is _COVERAGE and dialect == "postgresql":
        view = _COVERAGE_BY_HOUR

    def spell(found: re.Match[str]) -> str:
        pattern = spellings[found[1]]
        return pattern.replace(r"\1", found[2]).replace(r"\2", found[3] or "")

    while _WORD.search(view):  # parts are made of parts
        view = _WORD.sub(spell, view)
    return view


def upgrade() -> None:
    columns = ["story_id", "source_id", "first_seen_at"]
    op.create_index("ix_articles_story_source_seen", "articles", columns)
    is_later = sa.text("number > 1")
    op.create_index(
        *("ix_revisions_later", "revisions", ["observed_at"]),
        sqlite_where=is_later,
        postgresql_where=is_later,
    )
    dialect = op.get_bind().dialect.name
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {spelled(query, dialect)}".replace(":", r"\:"))


def downgrade() -> None:
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
    op.drop_index("ix_revisions_later", "revisions")
    op.drop_index("ix_articles_story_source_seen", "articles")
