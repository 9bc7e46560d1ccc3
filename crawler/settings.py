"""Scrapy settings: every component, its order number and why."""

from __future__ import annotations

import os
from importlib.metadata import version

from crawler.middlewares import FETCH_SETTINGS

BOT_NAME = "firstseen"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
# Who asks, and where to complain: publishers see it in their logs. The contact is added per run.
USER_AGENT = f"firstseen/{version('firstseen')}"
if contact := os.environ.get("FIRSTSEEN_FETCH_CONTACT"):
    USER_AGENT += f" (+{contact})"

# One gate, one lane per host, limits on everything a site drives; Scrapy's open doors closed.
# Each value has its reason in crawler/middlewares/__init__.py.
globals().update(FETCH_SETTINGS)
if allow := os.environ.get("FIRSTSEEN_FETCH_ALLOW"):
    FETCH_ALLOW = allow.split(",")

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/feed+json;q=0.9,"
    "*/*;q=0.5",
    # No Accept-Language: a multilingual site shall show what it shows everybody.
}

ITEM_PIPELINES = {
    "pipelines.clean.CleanPipeline": 100,  # first: the others compare and keep clean text
    "pipelines.deduplicate.DeduplicatePipeline": 200,  # for runs without a database
    "pipelines.store.StorePipeline": 300,  # one article, one transaction
}

EXTENSIONS = {
    "crawler.extensions.conduct_log.ConductLog": 90,  # before the archive is closed
    "crawler.extensions.visit_log.VisitLog": 100,  # opens and closes the archive
    "crawler.extensions.progress.CrawlProgress": 900,  # only where SHOW_PROGRESS is set
    "scrapy.extensions.telnet.TelnetConsole": None,  # a Python prompt on a port
    "scrapy.extensions.remote_control.RemoteControl": None,  # runs code it is sent
    "scrapy.extensions.logstats.LogStats": None,  # our log has one line per unit of work
}
# schema.org names and ISO times in `-O out.jsonl`, instead of Python's spelling.
FEED_EXPORTERS = {
    "jsonl": "crawler.extensions.exporters.SchemaOrgLinesExporter",
    "jsonlines": "crawler.extensions.exporters.SchemaOrgLinesExporter",
    "json": "crawler.extensions.exporters.SchemaOrgExporter",
}
FEED_EXPORT_ENCODING = "utf-8"

# What a site lists is bounded: new articles fetched for one section in one run, and child
# sitemaps followed from one sitemap index.
ARTICLES_PER_SECTION = 200
SITEMAPS_PER_SECTION = 20
RECHECKS_PER_SOURCE = 50  # stored articles looked at again in one run
RECHECK_SPEED = 1.0  # divides the gaps between such looks; more than 1 in replays only
# Set by our commands. Without it nothing is stored and `scrapy crawl news -O out.jsonl` works.
FIRSTSEEN_DATABASE_URL = ""
FIRSTSEEN_WATCHES = ""  # the folder of watch files; empty: nothing is alerted
FIRSTSEEN_ALERT_HOURS = 24.0

LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOG_VERSIONS: list[str] = []  # a page of versions for every run tells nobody anything
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"
STATS_DUMP = False  # one line per unit of work; `crawl --json` prints the counts
LOG_FORMATTER = "crawler.extensions.log_lines.QuietLogFormatter"
