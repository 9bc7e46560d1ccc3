"""Writes docs/pictures: every page of the desk over a fictional newsroom.

``python -m tests.e2e.pictures`` makes them anew; it needs a browser and no network.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from crawler.middlewares.rendering_search import find_browser
from tests.e2e.desk_newsroom import make_newsroom
from tests.e2e.desk_serving import desk_of, served

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_COLOURS = 128  # in a palette: a page has few
_WIDE = {"width": 1280, "height": 860}
_PHONE = {"width": 360, "height": 740}
#: name -> address, what is opened before, colours, size
PICTURES: Mapping[str, tuple[str, tuple[str, ...], str, Mapping[str, int]]] = {
    "today": ("/", ("#story-22 > summary",), "light", _WIDE),
    "today-dark": ("/", ("#story-21 > summary",), "dark", _WIDE),
    "today-phone": ("/", ("#story-22 > summary",), "light", _PHONE),
    "story": ("/stories/21?compare=31", (), "light", {"width": 1280, "height": 1900}),
    "article": ("/articles/28", (), "light", {"width": 1280, "height": 1300}),
    "search": ("/search?q=ferry+OR+levy+OR+minister*&test=30", (), "light", _WIDE),
    "search-help": ("/search?q=(ferry+NEAR", (), "light", {"width": 1280, "height": 620}),
    "coverage": ("/coverage", (), "light", {"width": 1280, "height": 700}),
    "coverage-dark": ("/coverage?span=48h", (), "dark", {"width": 1280, "height": 700}),
    "source": ("/sources/nordkurier", (), "light", {"width": 1280, "height": 1500}),
    "alerts": ("/alerts", (".alert .fold > summary",), "light", _WIDE),
    "alerts-phone": ("/alerts?state=parked", (), "dark", _PHONE),
}


def main() -> int:
    """Write every picture and say how large it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = find_browser("", environ=os.environ, home=Path.home())
    # Chromium's own sandbox refuses to work for root.
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url, _ = make_newsroom(Path(folder))
        with served(desk_of(url, Path(folder))) as address:
            browser = playwright.chromium.launch(executable_path=program, args=args)
            for name in PICTURES:
                path = FOLDER / f"{name}.png"
                path.write_bytes(picture(browser, address, name))
                sys.stderr.write(f"{path.name} {path.stat().st_size // 1000} kB\n")
            browser.close()
    return 0


def picture(browser: Browser, address: str, name: str) -> bytes:
    """Return one picture as a PNG with a palette."""
    path, clicks, colours, size = PICTURES[name]
    more: dict[str, Any] = {"viewport": size, "color_scheme": colours, "reduced_motion": "reduce"}
    page = browser.new_page(base_url=address, **more)
    page.goto(path, wait_until="networkidle")
    for selector in clicks:
        page.locator(selector).first.click()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(150)  # a chart is drawn after its box is measured
    taken = page.screenshot()
    page.close()
    plain = Image.open(io.BytesIO(taken)).convert("RGB")
    made = io.BytesIO()
    plain.quantize(_COLOURS, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


if __name__ == "__main__":
    raise SystemExit(main())
