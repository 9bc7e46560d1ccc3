"""Plans the next look of each section whose look is written, under the budget of its batch."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from scrapy.crawler import Crawler
from sqlalchemy.orm import Session, object_session

from crawler.schedule.budget import Budget, current_budget
from crawler.schedule.due import plan_visit
from crawler.spiders.looks import now_utc
from pipelines.looks import LookResult, SectionLook
from pipelines.storage.models import Section
from pipelines.storage.visits import Planner


def planner_of(requests_per_day: float, now: datetime) -> Planner:
    """Return the planner of one batch that begins at ``now``.

    The budget is read when the first look is written: beside the event loop, and patiently.
    """
    known: list[Budget] = []

    def plan(section: Section, look: SectionLook, result: LookResult) -> None:
        if not known:
            session = cast(Session, object_session(section))
            known.append(current_budget(session, requests_per_day, now=now))
        (budget,) = known
        plan_visit(section, look, result, theta=budget.theta, weight=budget.weight(section.id))

    return plan


def planner(crawler: Crawler) -> Planner:
    """Return the planner of a crawl (Scrapy setting VISIT_PLANNER)."""
    return planner_of(crawler.settings.getfloat("REQUESTS_PER_DAY"), now_utc())
