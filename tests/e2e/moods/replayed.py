"""The replay's outlets of real pages, run in this process at the exam's time."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

from crawler.demo.exchange import Request, Response
from tests.e2e.moods.outlets import Clock, Offered
from tests.e2e.newsweb_exam import source_toml

_DAYS = 3.0
#: The moods are the exam's: no trait may look like one.
_WELL: dict[str, Any] = {"rate_limit": None, "robots": "normal"}


@dataclass
class ReplayedOutlet:
    """One outlet of the replay."""

    world: Any
    inner: Any
    listing_paths: frozenset[str]
    beside: tuple[str, ...] = ("/live/", "/sponsored/")

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.inner.group.lower())

    @property
    def origin(self) -> str:
        return str(self.inner.origin)

    def source_file(self) -> str:
        described = self.world.manifest()["outlets"]
        mine = next(one for one in described if one["outlet"] == self.inner.group)
        return source_toml(mine, rendered=False)

    def answer(self, request: Request) -> Response:
        parts = urlsplit(request.target)
        asked = self.world.answer(self.inner, unquote(parts.path), parts.query, request.headers)
        status, headers, body = asked
        kind = headers.pop("Content-Type", "text/html")
        return Response(body, kind, status, headers)

    def articles(self) -> list[Offered]:
        return [_truth(a) for a in self.inner.articles if a.published and a.listed]

    def listed(self) -> set[str]:
        shown = [*self.inner.front_items()]
        feeds = self.inner.traits["feeds"]
        shown += self.inner.feed_items() if set(feeds) - {"newsmap"} else []
        newest = [a for a in self.inner.live() if a.kind != "offsection"][:60]
        shown += newest if "newsmap" in feeds else []
        return {article.id for article in shown}


def _truth(article: Any) -> Offered:
    return Offered(
        key=article.id,
        paths=(article.path, *article.old_paths),
        headlines=frozenset({article.page.title}),
        paragraphs=tuple(article.page.paras),
        put_up_at=datetime.fromtimestamp(article.listed, UTC),
        is_gone=bool(article.deleted),
        is_edited=any(one["kind"].startswith("edit") for one in article.versions),
    )


class Replay:
    """The world of the replay at the exam's time; ``tick(hour)`` lets happen what is due."""

    def __init__(
        self, newsweb: Path, clock: Clock, *, outlets: int, seed: int, net: str, port: int
    ) -> None:
        """Load the outlets and their stock."""
        described = importlib.util.spec_from_file_location("newsweb", newsweb / "newsweb.py")
        if described is None or described.loader is None:
            raise FileNotFoundError(newsweb)
        module: Any = importlib.util.module_from_spec(described)
        described.loader.exec_module(module)
        module.time = SimpleNamespace(time=clock.seconds, monotonic=time.monotonic)
        given = {"pack": str(newsweb / "pages"), "borrow": [], "extra": [], "per_outlet": 10}
        given |= {"outlets": outlets, "seed": seed, "net": net, "port": port, "days": _DAYS}
        self._world = module.World(argparse.Namespace(**given, speed=0.0))
        self._world.events = [e for e in self._world.events if e[1] not in ("down", "up")]
        for outlet in self._world.outlets:
            outlet.traits |= _WELL
            outlet.traits["layout"] = outlet.traits["layout"].replace("js", "cards")
        self.tick(0.0)
        self.outlets = [
            ReplayedOutlet(self._world, one, _listing_paths(one)) for one in self._world.outlets
        ]

    def tick(self, hour: float) -> None:
        """Let happen what is due by so many hours after the start."""
        asyncio.run(self._world.advance(hour * 3600))


def _listing_paths(outlet: Any) -> frozenset[str]:
    feeds = ("/rss", "/sitemap-news.xml", *(outlet.section + end for end in ("/rss.xml",)))
    more = (outlet.section, f"{outlet.section}/feed.atom", f"{outlet.section}/feed.json")
    return frozenset((*feeds, *more))
