"""The HTML pages of an outlet: home, section front, article, hubs, and the noise around them."""

from __future__ import annotations

from html import escape
from random import Random

from crawler.demo.articles import DemoArticle, wording_at
from crawler.demo.metadata import article_head, local, printed_date
from crawler.demo.newsroom import Newsroom

# Counters, ad slots and most-read boxes change this often: the page differs, the article does not.
_NOISE_SECONDS = 2.0
_MOST_READ = 6
_RELATED = 3


def home_page(room: Newsroom, position: float) -> str:
    """Return the home page: everything the outlet has, politics first."""
    articles = room.listed(position, section=None)[: room.outlet.window + 6]
    return _front(room, position, articles, title=room.outlet.name, path="/")


def section_page(room: Newsroom, position: float, section: str = "politics") -> str:
    """Return a section front with navigation, boxes and, for politics, one closed address."""
    articles = room.listed(position, section)[: room.outlet.window]
    outlet = room.outlet
    title = outlet.section_name if section == "politics" else section.title()
    return _front(room, position, articles, title=title, path=outlet.section_path)


def script_page(room: Newsroom, position: float) -> str:
    """Return a section front that stays empty until a browser runs its script."""
    main = room.outlet.part("script_front", section=escape(room.outlet.section_name))
    return _page(room, position, title=room.outlet.section_name, main=main)


def _front(
    room: Newsroom, position: float, articles: list[DemoArticle], *, title: str, path: str
) -> str:
    outlet = room.outlet
    closed = [a for a in room.articles if not a.listed and a.is_up(position)]
    main = outlet.part(
        "front",
        title=escape(title),
        lead="".join(_teaser(room, article, position, "lead_teaser") for article in articles[:1]),
        teasers=_teasers(room, articles[1:], position),
        closed=_teasers(room, closed, position),
        topics=_links([(name, f"/topics/{_slug(name)}") for name in outlet.topics]),
        videos=_links([(name, f"/video/{slug}") for slug, name in outlet.videos]),
    )
    head = ""
    if outlet.metadata != "none":
        head = f'<link rel="canonical" href="{room.origin}{path}">\n'
    kinds = {"rss": "rss+xml", "atom": "atom+xml", "rdf": "rdf+xml"}
    if outlet.kind in kinds:
        head += (
            f'<link rel="alternate" type="application/{kinds[outlet.kind]}" '
            f'title="{escape(outlet.section_name)}" href="{outlet.listing_path}">\n'
        )
    return _page(room, position, title=title, main=main, head=head)


def article_page(room: Newsroom, article: DemoArticle, position: float) -> str:
    """Return the article's page as it stands at ``position``."""
    outlet, wording = room.outlet, wording_at(article, position)
    updated = ""
    if wording.modified_at > article.at:
        updated = outlet.part("updated", date=printed_date(room, wording.modified_at))
    correction = ""
    if wording.correction:
        correction = outlet.part("correction", text=escape(wording.correction))
    main = outlet.part(
        "article",
        kicker=escape(article.kicker or outlet.section_name),
        headline=escape(wording.headline),
        description=escape(wording.description),
        byline=_byline(room, article),
        date=printed_date(room, article.at),
        date_iso=local(room, article.at).isoformat(timespec="seconds"),
        updated=updated,
        photo=_photo(room, article),
        body=_body(room, article, position),
        credit=outlet.part("credit", credit=escape(article.credit)) if article.credit else "",
        correction=correction,
        tags=_links([(word, f"/topics/{_slug(word)}") for word in article.keywords]),
        related=_teasers(room, _related(room, article, position), position),
    )
    head = article_head(room, article, wording, position)
    return _page(room, position, title=wording.headline, main=main, head=head)


def _byline(room: Newsroom, article: DemoArticle) -> str:
    if not article.authors:
        return ""
    names = [f'<a href="/authors/{_slug(name)}">{escape(name)}</a>' for name in article.authors]
    return room.outlet.part("byline", names=room.outlet.labels["and"].join(names))


def _photo(room: Newsroom, article: DemoArticle) -> str:
    if not article.photo:
        return ""
    return room.outlet.part(
        "photo",
        src=f"/media/{article.slug}.svg",
        caption=escape(article.photo.caption),
        credit=escape(article.photo.credit),
    )


def _body(room: Newsroom, article: DemoArticle, position: float) -> str:
    outlet = room.outlet
    paragraphs = [escape(text, quote=False) for text in wording_at(article, position).paragraphs]
    if article.dateline:
        place = outlet.part("dateline", place=escape(article.dateline)).rstrip("\n")
        paragraphs[0] = place + paragraphs[0]
    pieces = [outlet.part("paragraph", text=text) for text in paragraphs]
    chance = _chance(room, position, article.slug)
    related = _related(room, article, position)
    inserts = {
        2: _teaser(room, related[0], position, "inline_related") if related else "",
        3: outlet.part("inline_ad", number=chance.randrange(10_000, 99_999)),
        5: outlet.part("inline_newsletter"),
    }
    return "".join(piece + inserts.get(n, "") for n, piece in enumerate(pieces, start=1))


def hub_page(room: Newsroom, position: float, title: str) -> str:
    """Return a topic, author or video hub: a heading over a list of links, and no article."""
    articles = room.listed(position, section=None)[:8]
    items = _teasers(room, articles, position)
    main = room.outlet.part("hub", title=escape(title), items=items)
    return _page(room, position, title=title, main=main)


def service_page(room: Newsroom, position: float, title: str) -> str:
    """Return a service page (login, newsletters, imprint): short text and a form."""
    return _page(room, position, title=title, main=room.outlet.part("service", title=escape(title)))


def _page(room: Newsroom, position: float, *, title: str, main: str, head: str = "") -> str:
    outlet = room.outlet
    return outlet.part(
        "page",
        language=outlet.language,
        title=escape(title),
        head=head,
        style=outlet.parts["style"],
        nav=_links(list(outlet.nav)),
        today=printed_date(room, position, outlet.day_format),
        main=main,
        most_read=_most_read(room, position),
        ad=_chance(room, position, "ad").choice(["A", "B", "C", "D"]),
        reading=f"{_chance(room, position, 'reading').randrange(900, 4000):,}",
        footer=_links(list(outlet.service)),
    )


def _teaser(room: Newsroom, article: DemoArticle, position: float, part: str) -> str:
    wording = wording_at(article, position)
    return room.outlet.part(
        part,
        url=article.path_at(position),
        kicker=escape(article.kicker or room.outlet.section_name),
        headline=escape(wording.headline),
        description=escape(wording.description),
        date=printed_date(room, article.at),
        image=f"/media/{article.slug}.svg",
    )


def _teasers(room: Newsroom, articles: list[DemoArticle], position: float) -> str:
    return "".join(_teaser(room, article, position, "teaser") for article in articles)


def _most_read(room: Newsroom, position: float) -> str:
    articles = room.listed(position, section=None)
    chosen = _chance(room, position, "most-read").sample(articles, min(_MOST_READ, len(articles)))
    return "".join(
        f'<li><a href="{article.path_at(position)}?ref=mostread">'
        f"{escape(wording_at(article, position).headline)}</a></li>\n"
        for article in chosen
    )


def _related(room: Newsroom, article: DemoArticle, position: float) -> list[DemoArticle]:
    others = [other for other in room.listed(position) if other.slug != article.slug]
    chance = _chance(room, position, f"related {article.slug}")
    return chance.sample(others, min(_RELATED, len(others)))


def _chance(room: Newsroom, position: float, what: str) -> Random:
    tick = int(position // _NOISE_SECONDS)
    return Random(f"{room.seed}:{room.outlet.slug}:{what}:{tick}")  # noqa: S311 - noise


def _links(pairs: list[tuple[str, str]]) -> str:
    return "".join(f'<li><a href="{path}">{escape(name)}</a></li>\n' for name, path in pairs)


def _slug(name: str) -> str:
    return "-".join(name.lower().split())
