"""firstseen sources check: look at the sections now, storing nothing."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from crawler.batch import BatchReport, run_batch
from crawler.commands.crawl import shown
from crawler.config import Options
from crawler.workspace import choose_sources
from pipelines.operator_error import UsageError
from pipelines.outcome_words import explain_outcome


@dataclass(frozen=True, slots=True)
class Checked:
    """What one section showed: ``problem`` is "" when it can be watched."""

    section: str
    outcome: str
    links: int
    articles: int
    pages: dict[str, int]
    problem: str
    rendered: bool = False


def check_sources(options: Options, slugs: list[str], *, as_json: bool, verbose: bool) -> int:
    """Look once, read a few articles of each section, and tell what could not be reached.

    Returns 0 when every section lists articles that can be read, 3 when some do not, else 1.
    """
    definitions = choose_sources(options.sources_folder, slugs)
    if not definitions:
        raise UsageError(f"no enabled source in {options.sources_folder}")
    limits = {"ARTICLES_PER_SECTION": 3, "RENDER_AFTER": 1}  # `auto` shows at once what it needs
    report = run_batch(options, definitions, store=False, **limits, **shown(verbose=verbose))
    checked = _judge(report)
    if as_json:
        records = [_record(c) for c in checked]
        sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=2) + "\n")
    else:
        _print_table(checked)
    bad = sum(bool(c.problem) for c in checked) + report.unfinished
    return 0 if not bad else 1 if bad >= len(checked) else 3


def _judge(report: BatchReport) -> list[Checked]:
    checked = []
    for ended in report.looks:
        look = ended.look
        name = f"{look.source}/{look.section}"
        pages: dict[str, int] = {}
        for page in report.pages:
            if page.source == look.source and page.section == look.section:
                pages[page.outcome] = pages.get(page.outcome, 0) + 1
        articles = int(report.stats.get(f"firstseen/articles/{name}", 0))
        links = len(look.links or ())
        problem = _problem(look.source, look.outcome, look.detail, links, articles)
        rendered = bool(report.stats.get(f"firstseen/rendered/{name}"))
        checked.append(Checked(name, look.outcome, links, articles, pages, problem, rendered))
    return sorted(checked, key=lambda c: c.section)


def _problem(slug: str, outcome: str, detail: str, links: int, articles: int) -> str:
    if outcome != "ok":
        return explain_outcome(outcome, detail, slug=slug) or f"could not be read: {outcome}"
    if not links:
        return explain_outcome("sparse", "lists nothing", slug=slug)
    return "" if articles else "none of the first pages could be read as an article"


def _record(checked: Checked) -> dict[str, Any]:
    return {
        "section": checked.section,
        "outcome": checked.outcome,
        "links": checked.links,
        "articles_read": checked.articles,
        "pages_without_article": checked.pages,
        "rendered": checked.rendered,
        "problem": checked.problem or None,
    }


def _print_table(checked: list[Checked]) -> None:
    from crawler.commands.tables import print_table

    rows = [(c.section, _told(c), str(c.links), str(c.articles), c.problem or "-") for c in checked]
    columns = ("section", "outcome", "links", "articles read", "problem")
    print_table(columns, rows, wrapped={"problem"})


def _told(checked: Checked) -> str:
    return f"{checked.outcome}, rendered" if checked.rendered else checked.outcome
