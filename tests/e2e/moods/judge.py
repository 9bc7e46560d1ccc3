"""Compares what was kept of outlets in a mood with the truth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.database import open_engine, session_factory
from pipelines.storage.models import Article, Page, Revision, Section, Source, Visit
from pipelines.storage.watch_models import Alert
from tests.e2e.moods.outlets import Offered, Outlet
from tests.e2e.moods.texts import FORBIDDEN

WHOLE = ("ok", "unchanged")
_WORDS = re.compile(r"\w+")
_SAME = 0.5  # of an article's paragraphs, for a text to be that article
_CLOCKS = timedelta(seconds=1)
TELLS_OF_THE_PAST = timedelta(hours=24)  # [alerts] oldest_hours


@dataclass
class Verdict:
    """What is wrong with one outlet's articles, by kind; and what was named."""

    outlet: str
    mood: str
    expected: int = 0
    stored: int = 0
    bounded: int = 0
    told: int = 0
    silent: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def _signs(text: str) -> str:
    return "".join(_WORDS.findall(text.lower()))


def _share(article: Article, offered: Offered) -> float:
    body = _signs(article.article_body)
    found = [_signs(paragraph)[:50] in body for paragraph in offered.paragraphs]
    return sum(found) / len(found) if found else 0.0


def owner_of(article: Article, truth: Iterable[Offered]) -> Offered | None:
    """Return the article of the outlet whose text was kept; None: it is none of them."""
    best = max(truth, key=lambda offered: _share(article, offered), default=None)
    return best if best and _share(article, best) >= _SAME else None


@dataclass(frozen=True, slots=True)
class Kept:
    """What the archive holds of one outlet."""

    articles: list[Article]
    revisions: dict[int, list[Revision]]
    alerts: Counter[int]
    pages: list[Page]
    visits: list[Visit]


def archive(folder: Path) -> Session:
    """Return a session that reads the workspace's archive."""
    engine = open_engine(f"sqlite:///{folder / 'firstseen.db'}", read_only=True)
    return session_factory(engine)()


def kept_of(session: Session, slug: str) -> Kept:
    """Read what is kept of a source."""
    source = session.scalars(select(Source).where(Source.slug == slug)).one_or_none()
    number = source.id if source else -1
    articles = list(session.scalars(select(Article).where(Article.source_id == number)))
    revisions: dict[int, list[Revision]] = {}
    of_source = select(Revision).join(Article).where(Article.source_id == number)
    for revision in session.scalars(of_source.order_by(Revision.id)):
        revisions.setdefault(revision.article_id, []).append(revision)
    alerts = select(Alert.article_id).join(Article, Article.id == Alert.article_id)
    visits = select(Visit).join(Section).where(Section.source_id == number).order_by(Visit.id)
    return Kept(
        articles,
        revisions,
        Counter(session.scalars(alerts.where(Article.source_id == number))),
        list(session.scalars(select(Page).where(Page.source_id == number))),
        list(session.scalars(visits)),
    )


def unread(kept: Kept, outlet: Outlet) -> list[Offered]:
    """Return what the outlet's listings show and the archive does not hold."""
    shown, truth = outlet.listed(), outlet.articles()
    owners = [owner_of(article, truth) for article in kept.articles]
    stored = {owner.key for owner in owners if owner}
    return [o for o in truth if o.key in shown - stored]


def names_of(kept: Kept, missing: Offered, *, since_visit: int) -> list[str]:
    """Return by which outcomes the ledger explains that an article is not there."""
    names = [v.outcome for v in kept.visits[since_visit:] if v.outcome not in WHOLE]
    slugs = [path.rpartition("/")[2].partition(".")[0] for path in missing.paths]
    names += [page.outcome for page in kept.pages if any(slug in page.url for slug in slugs)]
    return names


def judge(
    verdict: Verdict,
    outlet: Outlet,
    kept: Kept,
    *,
    expected: set[str],
    stock: set[str],
    silent: dict[int, str],
    bounds: bool,
) -> None:
    """Write into the verdict what is wrong. ``expected``: keys that must be there, once."""
    truth = outlet.articles()
    owners = {article.id: owner_of(article, truth) for article in kept.articles}
    count = Counter(owner.key for owner in owners.values() if owner)
    wrong = verdict.problems
    verdict.expected, verdict.stored = len(expected), len(expected & set(count))
    wrong += [f"missing: {key}" for key in sorted(expected - set(count))]
    wrong += [f"stored {n} times: {key}" for key, n in count.items() if n > 1]
    for article in kept.articles:
        wrong += _wrong_texts(article, kept)
        owner = owners[article.id]
        if owner is None and article.url.startswith(
            tuple(outlet.origin + folder for folder in outlet.beside)
        ):
            continue
        if owner is None:
            wrong.append(f"false article: {article.headline!r} at {article.url}")
            continue
        wrong += _wrong_revisions(article, owner, kept)
        if article.gone_at and not owner.is_gone:
            wrong.append(f"living article marked gone: {article.url}")
        verdict.bounded += article.not_seen_at is not None
        if bounds:
            wrong += _wrong_times(article, owner)
        wrong += _wrong_alerts(verdict, article, owner, kept, stock, silent)


def _wrong_texts(article: Article, kept: Kept) -> list[str]:
    texts = [article.headline, article.article_body]
    for revision in kept.revisions.get(article.id, ()):
        texts += [revision.headline, revision.article_body]
    phrases = {phrase for phrase in FORBIDDEN for text in texts if phrase in text}
    return [f"kept of a mood: {phrase!r} at {article.url}" for phrase in phrases]


def _wrong_revisions(article: Article, owner: Offered, kept: Kept) -> list[str]:
    later = kept.revisions.get(article.id, [])[1:]
    if owner.is_edited or not later:
        return []
    return [f"false revision ({r.kind}) of {article.url} at {r.observed_at}" for r in later]


def _wrong_times(article: Article, owner: Offered) -> list[str]:
    wrong = []
    if article.not_seen_at and article.not_seen_at > owner.put_up_at + _CLOCKS:
        wrong.append(
            f"false bound: {article.url} not seen at {article.not_seen_at}, "
            f"put up at {owner.put_up_at}"
        )
    if article.first_seen_at < owner.put_up_at - _CLOCKS:
        wrong.append(f"first seen before it was there: {article.url}")
    return wrong


def _wrong_alerts(
    verdict: Verdict,
    article: Article,
    owner: Offered,
    kept: Kept,
    stock: set[str],
    silent: dict[int, str],
) -> list[str]:
    told = kept.alerts[article.id]
    verdict.told += told
    if owner.key in stock:
        return [f"false alert: {article.url} was there before"] if told else []
    if told > 1:
        return [f"told {told} times: {article.url}"]
    if told or (article.copy_group_id not in (None, article.id)):
        return []
    reason = silent.get(article.id, "")
    verdict.silent[reason or "without a word"] += 1
    was_old = article.fetched_at - owner.put_up_at > TELLS_OF_THE_PAST
    is_named = reason in ("late", "claim") and (was_old or "dates-" in verdict.mood)
    return [] if is_named else [f"not told ({reason or 'without a word'}): {article.url}"]


def health_names(report: dict[str, Any], slug: str) -> list[str]:
    """Return what health says of a source's sections that are not well, and of its losses."""
    sections = [one for one in report["sections"] if one["source"] == slug]
    said = [f"{s['state']} {s['last_outcome']}" for s in sections if s["state"] != "ok"]
    said += [str(s["last_outcome"]) for s in sections if s["last_outcome"] not in WHOLE]
    return said + [str(loss) for loss in report["losses"] if loss["source"] == slug]
