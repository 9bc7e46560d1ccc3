"""Compares what was concluded of a publisher with what was true; counts how much was concluded.

What is held, for every address that a section listed:

- *interval*: where there is a lower end, it is a time that belongs to an answer of that section, at
  the address it had, and at the moment of which that answer speaks the origin did not list the
  address. Times are compared by what they stood for, so a wrong clock of ours is no excuse.
- *true time*: where our clock was right throughout, or the answers carry an honest Date, the lower
  end itself lies before the address was offered, and the upper end after.
- *flood*: nothing is "new" that claims honestly to be older than the section's first whole look and
  stands behind what was known; nothing is "new" before the section has shown anything.
- *silence*: nothing is "older" or "baseline" that appeared, at the growing end, after a whole look.
- *lost*: what the last two looks, both whole, list and our filters keep is an article, or its
  address has a row in ``pages``.
- *owner*: every address leads to the article that stands there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.storage.models import Article, ArticleUrl, ListedLink, Page, Section, Source
from pipelines.url_key import url_key
from tests.model.reader import Looked, Reader
from tests.model.server import parts_of
from tests.model.site import Article as TrueArticle
from tests.model.site import NewsList

_WELL_BEFORE = timedelta(hours=2)
_GROWN = 3
_TWO_LOOKS = 2


@dataclass
class Verdict:
    """What was wrong, in words, and how much was concluded."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of what was wrong."""
        return frozenset(line.partition(":")[0] for line in self.wrong)


def judge(session: Session, reader: Reader) -> Verdict:
    """Return what is true and false in the database of one history."""
    verdict = Verdict()
    slug = reader.definition.slug
    query = select(Section).join(Source).where(Source.slug == slug)
    for section in session.scalars(query):
        looks = [looked for looked in reader.looked if looked.look.section == section.key]
        rows = session.scalars(select(ListedLink).where(ListedLink.section_id == section.id))
        for row in rows:
            _judge_row(reader, looks, row, verdict)
        verdict.wrong += _lost(session, reader, looks, verdict)
    verdict.wrong += _owners(session, reader, slug)
    return verdict


def news_of(reader: Reader, address: str) -> NewsList:
    """Return the publisher's list at a section's address."""
    return next(news for news in reader.world.site.lists if news.url == address)


def is_truly_whole(reader: Reader, looked: Looked) -> bool:
    """Whether all parts of a list were shown to this look as they were, and within our limits."""
    news = news_of(reader, looked.address)
    asked = {url: reply for url, reply in looked.served if reply is None or reply.status != 302}
    if any(reply is None or not reply.is_whole for reply in asked.values()):
        return False
    shown = [len(reply.links) for reply in asked.values() if reply and reply.links is not None]
    if any(count > news.most for count in shown):
        return False
    return bool(asked) and (news.kind != "index" or set(parts_of(news)) <= asked.keys())


def _judge_row(reader: Reader, looks: list[Looked], row: ListedLink, verdict: Verdict) -> None:
    first = next((n for n, x in enumerate(looks) if row.url_key in _keys(x)), None)
    if first is None:
        verdict.wrong.append(f"nowhere: {row.url} was never listed")
        return
    wrong = [*_interval(reader, looks[first], row)]
    article = reader.world.site.articles[reader.world.site.owners[row.url]]
    before = [x for x in looks[:first] if x.era == looks[first].era]
    whole = [x for x in before if is_truly_whole(reader, x)][-1:]
    whole = [x for x in whole if _did_not_list(x, row.url)]
    if row.arrival == "new":
        wrong += _flood(reader, looks[first], before, row, article)
    elif whole and any(x.look.links for x in before):
        wrong += _silence(reader, looks[first], whole[-1], row, article)
    verdict.wrong += wrong
    verdict.counts[f"arrival {row.arrival}"] += 1
    verdict.counts["with a lower end"] += row.not_listed_at is not None
    if whole and article.dated_at == article.put_up_at and whole[-1].look.links is not None:
        asked = whole[-1].look.asked_at
        is_tight = row.not_listed_at is not None and asked is not None
        verdict.counts["could be tight"] += 1
        verdict.counts["tight"] += bool(is_tight and row.not_listed_at >= asked)  # type: ignore[operator]


def _keys(looked: Looked) -> set[str]:
    links = (*(looked.look.links or ()), *looked.look.left_out)
    return {link.url_key for link in links}


def _did_not_list(looked: Looked, url: str) -> bool:
    """Whether the lists that a look was shown did not hold an address at that moment."""
    served = [reply for _, reply in looked.served if reply and reply.news and reply.as_of]
    return not any(reply.news.offers(url, reply.as_of) for reply in served)  # type: ignore[union-attr,arg-type]


def _interval(reader: Reader, looked: Looked, row: ListedLink) -> Iterator[str]:
    bound = row.not_listed_at
    if bound is None:
        return
    moments = reader.world.meant.get(bound, [])
    if not moments:
        yield f"nowhere: {row.url}: {bound} is no time of any answer"
    elif not any(m.news.url == looked.address for m in moments):
        yield f"interval: {row.url}: {bound} is of another address"
    elif all(m.news.offers(row.url, m.at) for m in moments):
        yield f"interval: {row.url} was there at {bound}, truly {moments[0].at}"
    if bound >= row.first_listed_at:
        yield f"interval: {row.url}: ({bound}, {row.first_listed_at}] is empty"
    news = news_of(reader, looked.address)
    if not reader.world.was_wrong and news.offers(row.url, bound):
        yield f"true time: {row.url} was there at {bound}"


def _flood(
    reader: Reader, looked: Looked, before: list[Looked], row: ListedLink, article: TrueArticle
) -> Iterator[str]:
    if not any(x.look.links for x in before):
        yield f"flood: {row.url} is new before anything was shown"
    news = news_of(reader, looked.address)
    whole = [x for x in before if is_truly_whole(reader, x) and x.look.links]
    if news.dates != "honest" or news.order != "newest first" or news.kind == "index" or not whole:
        return
    first_at = whole[0].served[0][1].as_of  # type: ignore[union-attr]
    assert first_at is not None
    links = looked.look.links or ()
    place = next((n for n, link in enumerate(links) if link.url_key == row.url_key), None)
    if place is None or article.dated_at >= first_at - _WELL_BEFORE or reader.world.was_wrong:
        return
    if any(link.url_key in looked.known for link in links[:place]):
        yield f"flood: {row.url} of {article.dated_at} is new, found behind known ones"


def _silence(
    reader: Reader, looked: Looked, whole: Looked, row: ListedLink, article: TrueArticle
) -> Iterator[str]:
    news, links = news_of(reader, looked.address), looked.look.links or ()
    known = sum(link.url_key in looked.known for link in links)
    is_slid = article.dated_at != article.put_up_at or article.url != row.url
    is_moved = row.url in reader.world.site.moved
    if is_slid or is_moved or article.put_up_at <= max(_as_of(whole)):
        return
    if row.left_out is not None or row.url_key not in {link.url_key for link in links}:
        return
    is_clear = news.dates in ("honest", "bare days")
    is_open = looked.look.cut_at is not None or len(links) > _GROWN * max(known, 1)
    if reader.world.was_wrong or (
        not is_clear and (is_open or news.order == "no order" or not _at_growing_end(looked, row))
    ):
        return
    yield f"silence: {row.url}, put up {article.put_up_at}, is {row.arrival}"


def _at_growing_end(looked: Looked, row: ListedLink) -> bool:
    """Whether an address stands at one end of a list, all that was known at the other."""
    keys = [link.url_key for link in looked.look.links or ()]
    known = [n for n, key in enumerate(keys) if key in looked.known]
    return not known or not known[0] < keys.index(row.url_key) < known[-1]


def _as_of(looked: Looked) -> list[object]:
    return [reply.as_of for _, reply in looked.served if reply and reply.as_of]


def _lost(session: Session, reader: Reader, looks: list[Looked], verdict: Verdict) -> Iterator[str]:
    last = looks[-_TWO_LOOKS:]
    if len(last) < _TWO_LOOKS or not all(is_truly_whole(reader, x) for x in last):
        return
    listed = [set(news_of(reader, x.address).links_at(max(_as_of(x)))) for x in last]  # type: ignore[type-var,arg-type]
    for link in listed[0] & listed[1]:
        key = url_key(link.url)
        if session.get(ArticleUrl, key):
            verdict.counts["offered, stored"] += 1
        elif page := session.get(Page, key):
            verdict.counts[f"offered, named {page.outcome}"] += 1
        elif _left_out(session, looks, key):
            verdict.counts["offered, left out"] += 1
        else:
            yield f"lost: {link.url}"


def _left_out(session: Session, looks: list[Looked], key: str) -> bool:
    """Whether a filter of ours keeps an address out, by name; a front names no other hosts."""
    query = select(ListedLink.left_out).where(ListedLink.url_key == key)
    if any(left_out is not None for left_out in session.scalars(query)):
        return True
    return "partner" in key and key not in _keys(looks[-1])


def _owners(session: Session, reader: Reader, slug: str) -> Iterator[str]:
    query = (
        select(ArticleUrl.url, Article.headline)
        .join(Article, Article.id == ArticleUrl.article_id)
        .join(Source, Source.id == Article.source_id)
        .where(Source.slug == slug)
    )
    site = reader.world.site
    for url, headline in session.execute(query):
        owner = site.articles[site.owners[url]] if url in site.owners else None
        if owner is None or owner.headline != headline:
            yield f"owner: {url} leads to {headline!r}"
