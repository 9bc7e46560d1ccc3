"""Measures link finding on real fronts: ``python -m tests.benchmarks.fronts [--write]``.

Prints what the product finds beside Scrapy's LinkExtractor and courlan (where installed), on the
labelled fronts beside the checkout. With numpy installed, the figures are cross-validated by
publisher; without it they are those of the shipped weights, which have seen these pages.
``--write`` writes docs/benchmarks/fronts.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterable, Sequence

from crawler.discovery.address_shapes import AddressShapes
from crawler.discovery.article_address import address_is_article
from crawler.discovery.section_front import read_section_front
from tests.benchmarks.train_fronts import (
    ROOT,
    Front,
    PageFigures,
    cross_validate_addresses,
    cross_validate_fronts,
    figures,
    load_fronts,
    load_judged,
)

Reader = Callable[[bytes, str], Iterable[str]]
REPORT = ROOT / "docs" / "benchmarks" / "fronts.md"


def our_links(html: bytes, url: str) -> list[str]:
    """The product with the shipped weights."""
    return [link.url for link in read_section_front(html, url).links]


def scrapy_links(html: bytes, url: str) -> list[str]:
    """Scrapy's LinkExtractor restricted to the page's registrable domain."""
    from scrapy.http import HtmlResponse
    from scrapy.linkextractors import LinkExtractor

    from crawler.discovery.addresses import registrable_domain

    host = url.split("/")[2]
    response = HtmlResponse(url, body=html)
    domain = registrable_domain(host) or host
    return [link.url for link in LinkExtractor(allow_domains=[domain]).extract_links(response)]


def courlan_links(html: bytes, url: str) -> list[str]:
    """courlan's strict filter for text pages on the same site."""
    from courlan import extract_links  # type: ignore[import-not-found]

    text = html.decode("utf-8", "replace")
    return list(extract_links(text, url=url, external_bool=False, strict=True))


def measure(reader: Reader, fronts: Sequence[Front]) -> tuple[list[PageFigures], list[float]]:
    """Return figures and CPU milliseconds of every page."""
    found, costs = [], []
    for front in fronts:
        started = time.process_time()
        links = list(reader(front.html, front.url))
        costs.append((time.process_time() - started) * 1000)
        found.append(figures(front, links))
    return found, costs


def address_figures(judged: Sequence[dict[str, object]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the shipped weights on the judged addresses."""
    says = [address_is_article(str(row["url"])) for row in judged]
    right = sum(s and bool(row["is_story"]) for s, row in zip(says, judged, strict=True))
    precision, recall = right / sum(says), right / sum(bool(r["is_story"]) for r in judged)
    return precision, recall, 2 * precision * recall / (precision + recall)


def with_known_articles(fronts: Sequence[Front]) -> list[PageFigures]:
    """Every second article of a page is known before; the others are to be found."""
    found = []
    for front in fronts:
        links = [link.url for link in read_section_front(front.html, front.url).links]
        known = [u for u in links if figures(front, [u]).precision][::2]
        shapes = AddressShapes().learn(known)
        listing = read_section_front(front.html, front.url, known_shapes=shapes)
        found.append(figures(front, [link.url for link in listing.links]))
    return found


def mean(pages: Sequence[PageFigures], name: str) -> float:
    return sum(float(getattr(p, name)) for p in pages) / len(pages)


def row(name: str, pages: Sequence[PageFigures], costs: Sequence[float] = ()) -> str:
    cells = [f"{mean(pages, n):.3f}" for n in ("precision", "recall", "f1")]
    cells.append(f"{min(p.recall for p in pages):.2f}")
    cells.append(
        f"{sum(costs) / len(costs):.0f} / {sorted(costs)[len(costs) // 2]:.0f}" if costs else ""
    )
    return f"| {name} | " + " | ".join(cells) + " |"


def report() -> str:
    """Return the tables in Markdown."""
    fronts, judged = load_fronts(), load_judged()
    learnable = importlib.util.find_spec("numpy") is not None
    lines = [
        "# Fronts and addresses",
        "",
        "Written by `python -m tests.benchmarks.fronts --write`: 32 fronts of 30 publishers in",
        "about 15 languages, and 1,761 addresses judged by people. Page-macro figures; CPU in",
        "milliseconds a page, mean / median, on one machine: trust the ratios.",
        "",
        "| | P | R | F1 | lowest recall | CPU ms |",
        "|---|---|---|---|---|---|",
    ]
    measure(our_links, fronts[:1])  # load weights and suffix list outside the clock
    ours, costs = measure(our_links, fronts)
    if learnable:
        crossed = cross_validate_fronts(fronts, judged)
        lines.append(row("firstseen, publishers never seen (cross-validated)", crossed, costs))
    lines.append(row("firstseen, shipped weights (have seen these pages)", ours, costs))
    lines.append(row("... every second article known before", with_known_articles(fronts)))
    lines.append(row("Scrapy LinkExtractor, same site", *measure(scrapy_links, fronts)))
    if importlib.util.find_spec("courlan") is not None:
        lines.append(row("courlan, strict", *measure(courlan_links, fronts)))
    lines += ["", "| addresses alone | P | R | F1 |", "|---|---|---|---|"]
    if learnable:
        p, r, f = cross_validate_addresses(fronts, judged)
        lines.append(f"| firstseen, cross-validated by publisher | {p:.3f} | {r:.3f} | {f:.3f} |")
    p, r, f = address_figures(judged)
    lines.append(f"| firstseen, shipped weights | {p:.3f} | {r:.3f} | {f:.3f} |")
    lines += ["", "| page (shipped weights) | P | R | F1 |", "|---|---|---|---|"]
    for page in sorted(ours, key=lambda page: page.f1):
        lines.append(f"| {page.name} | {page.precision:.3f} | {page.recall:.3f} | {page.f1:.3f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the report, or write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    text = report()
    print(text)
    if parser.parse_args().write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
