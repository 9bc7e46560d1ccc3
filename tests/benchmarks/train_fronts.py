"""Learns the two linear models of discovery: ``python -m tests.benchmarks.train_fronts``.

Needs numpy (not a dependency of the product) and the labelled fronts beside the checkout. Writes
``crawler/discovery/address_weights.json`` and ``front_weights.json``; the same data gives the same
files. ``--check`` only prints the cross-validated figures.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.discovery import article_address, section_front
from crawler.discovery.article_address import address_features
from crawler.discovery.front_features import link_features
from crawler.discovery.front_links import collect_links
from crawler.discovery.linear_model import LinearModel

ROOT = Path(__file__).resolve().parents[2]
FRONTS = ROOT.parent / "shared" / "fronts"
FOLDS = 10
# A page's links count together as much as this many judged addresses: they are much alike.
PAGE_WEIGHT_ADDRESSES = 5.0
PAGE_WEIGHT_LINKS = 100.0
RIDGE_ADDRESSES = 1.0
RIDGE_LINKS = 3.0
FEWEST_EXAMPLES = 5  # a feature seen less often says nothing about other publishers


@dataclass(frozen=True)
class Front:
    """A labelled page, read once."""

    name: str
    publisher: str
    url: str
    html: bytes
    articles: frozenset[str]
    ignored: frozenset[str]
    keys: tuple[str, ...]
    address_rows: tuple[frozenset[str], ...]
    link_rows: tuple[frozenset[str], ...]

    @property
    def labels(self) -> list[float]:
        return [float(key in self.articles) for key in self.keys]

    @property
    def weights(self) -> list[float]:
        return [0.0 if key in self.ignored else 1.0 / len(self.keys) for key in self.keys]


def scorer_key(url: str, base: str) -> str:
    """The comparison key of ``shared/fronts/score.py``."""
    sys.path.insert(0, str(FRONTS))
    try:
        from score import key  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(FRONTS))
    return str(key(url, base))


def load_fronts() -> list[Front]:
    """Return the labelled pages."""
    fronts = []
    for line in (FRONTS / "dev" / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        html = gzip.decompress((FRONTS / "dev" / f"{row['id']}.html.gz").read_bytes())
        url = row["url"]
        candidates = collect_links(section_front.parse_page(html, None), url)
        articles = frozenset(scorer_key(u, url) for u in row["article_urls"])
        fronts.append(
            Front(
                name=row["id"],
                publisher=row["publisher"],
                url=url,
                html=html,
                articles=articles,
                ignored=frozenset(scorer_key(u, url) for u in row["ignore_urls"]) - articles,
                keys=tuple(scorer_key(c.url, url) for c in candidates),
                address_rows=tuple(address_features(c.url) for c in candidates),
                link_rows=tuple(link_features(candidates, url)),
            )
        )
    return fronts


def load_judged() -> list[dict[str, Any]]:
    """Return the addresses that people judged: handle, url, is_story."""
    text = (FRONTS / "human_links.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def fit(rows: Sequence[Iterable[str]], labels: Sequence[float], weights: Sequence[float],
        ridge: float) -> LinearModel:  # fmt: skip
    """Return the ridge logistic regression of the rows, by Newton's method."""
    import numpy as np

    counts: dict[str, int] = {}
    for row, weight in zip(rows, weights, strict=True):
        for name in row if weight else ():
            counts[name] = counts.get(name, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= FEWEST_EXAMPLES)
    column = {name: n for n, name in enumerate(names)}
    x = np.zeros((len(rows), len(names) + 1))
    x[:, -1] = 1.0
    for n, row in enumerate(rows):
        x[n, [column[name] for name in row if name in column]] = 1.0
    y, w = np.array(labels), np.array(weights)
    penalty = np.full(len(names) + 1, ridge)
    penalty[-1] = 1e-6
    beta = np.zeros(len(names) + 1)
    for _ in range(20):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (w * (p - y)) + penalty * beta
        hessian = (x * (w * p * (1 - p) + 1e-9)[:, None]).T @ x + np.diag(penalty)
        beta -= np.linalg.solve(hessian, gradient)
    learnt = {name: round(float(b), 3) for name, b in zip(names, beta, strict=False)}
    return LinearModel(weights=learnt, bias=round(float(beta[-1]), 3))


def train(
    fronts: Sequence[Front], judged: Sequence[dict[str, Any]]
) -> tuple[LinearModel, LinearModel]:
    """Return the address model (from both data sets) and the link model (from the pages)."""
    rows = [address_features(r["url"]) for r in judged]
    labels = [float(r["is_story"]) for r in judged]
    weights = [1.0] * len(judged)
    for front in fronts:
        rows += front.address_rows
        labels += front.labels
        weights += [PAGE_WEIGHT_ADDRESSES * w for w in front.weights]
    addresses = fit(rows, labels, weights, RIDGE_ADDRESSES)
    links = fit(
        [row for front in fronts for row in front.link_rows],
        [label for front in fronts for label in front.labels],
        [PAGE_WEIGHT_LINKS * w for front in fronts for w in front.weights],
        RIDGE_LINKS,
    )
    return addresses, links


def fold_of(name: str) -> int:
    """The fold of a publisher: fixed by its name."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


class using:  # noqa: N801  # reads as a sentence: with using(models): ...
    """Puts two models in the place of the product's for a while."""

    def __init__(self, models: tuple[LinearModel, LinearModel]) -> None:
        self.models = models

    def __enter__(self) -> None:
        self.before = article_address._model, section_front._model
        article_address._model = lambda: self.models[0]  # type: ignore[assignment]
        section_front._model = lambda: self.models[1]  # type: ignore[assignment]

    def __exit__(self, *exc: object) -> None:
        article_address._model, section_front._model = self.before


@dataclass(frozen=True)
class PageFigures:
    name: str
    precision: float
    recall: float
    f1: float


def figures(front: Front, returned: Iterable[str]) -> PageFigures:
    """Score what was returned for a page as ``score.py`` does."""
    mine = {scorer_key(u, front.url) for u in returned} - front.ignored
    right = len(mine & front.articles)
    precision = right / len(mine) if mine else 0.0
    recall = right / len(front.articles) if front.articles else 1.0
    both = precision + recall
    return PageFigures(
        front.name, precision, recall, 2 * precision * recall / both if both else 0.0
    )


def cross_validate_fronts(
    fronts: Sequence[Front], judged: Sequence[dict[str, Any]]
) -> list[PageFigures]:
    """Every page read by models that never saw its publisher."""
    order = sorted(
        {f.publisher for f in fronts}, key=lambda p: hashlib.sha256(p.encode()).hexdigest()
    )
    found = []
    for fold in range(FOLDS):
        out = set(order[fold::FOLDS])
        held = [f for f in fronts if f.publisher in out]
        hosts = {urlsplit(f.url).netloc.removeprefix("www.") for f in held}
        others = [r for r in judged if urlsplit(r["url"]).netloc.removeprefix("www.") not in hosts]
        with using(train([f for f in fronts if f.publisher not in out], others)):
            for front in held:
                listing = section_front.read_section_front(front.html, front.url)
                found.append(figures(front, [link.url for link in listing.links]))
    return sorted(found, key=lambda f: f.name)


def cross_validate_addresses(
    fronts: Sequence[Front], judged: Sequence[dict[str, Any]]
) -> tuple[float, float, float]:
    """Precision, recall, F1 on the judged addresses, by publisher."""
    right = returned = wanted = 0
    for fold in range(FOLDS):
        known = [r for r in judged if fold_of(r["handle"]) != fold]
        with using(train(fronts, known)):
            for row in (r for r in judged if fold_of(r["handle"]) == fold):
                says = article_address.address_is_article(row["url"])
                returned += says
                wanted += row["is_story"]
                right += says and row["is_story"]
    precision, recall = right / returned, right / wanted
    return precision, recall, 2 * precision * recall / (precision + recall)


def write(model: LinearModel, name: str) -> None:
    path = Path(section_front.__file__).with_name(name)
    data = {"bias": model.bias, "weights": dict(sorted(model.weights.items()))}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Print the cross-validated figures; write the models learnt from everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("-v", action="store_true", help="figures of every page")
    options = parser.parse_args()
    fronts, judged = load_fronts(), load_judged()
    pages = cross_validate_fronts(fronts, judged)
    for page in pages if options.v else ():
        print(f"{page.name:28s} P {page.precision:.3f} R {page.recall:.3f} F1 {page.f1:.3f}")
    n = len(pages)
    print(
        f"fronts, cross-validated by publisher: P {sum(p.precision for p in pages) / n:.3f}"
        f" R {sum(p.recall for p in pages) / n:.3f} F1 {sum(p.f1 for p in pages) / n:.3f}"
        f" lowest recall {min(p.recall for p in pages):.2f}"
    )
    precision, recall, f1 = cross_validate_addresses(fronts, judged)
    print(f"addresses, cross-validated by publisher: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")
    if not options.check:
        addresses, links = train(fronts, judged)
        write(addresses, article_address._WEIGHTS)
        write(links, section_front._WEIGHTS)


if __name__ == "__main__":
    main()
