"""The pages in a real browser: read, searched, changed, by keyboard, on a phone, under attack."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipelines.storage.models import Article, Source
from tests.e2e.browsers import need_browser
from tests.e2e.desk_newsroom import make_newsroom
from tests.e2e.desk_serving import desk_of, served

Sessions = sessionmaker[Session]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FERRY, LEVY = "/stories/22", "/stories/21"
PAGES = (
    *("/", "/?language=he", "/?source=voz-del-norte&window=6h", FERRY, LEVY, "/articles/28"),
    *("/articles/28?q=levy", "/search", "/search?q=ferry+OR+levy&test=30", "/search?q=(ferry"),
    *("/search?q=zyzzyva", "/coverage", "/coverage?span=7d", "/sources/nordkurier"),
    *("/sources/al-marfa", "/alerts", "/alerts?state=parked", "/stories/99999", "/nowhere"),
)


#: One of each kind of page, in each state that looks different.
LOOKS = (
    *("/", "/?language=he&window=6h", LEVY, "/articles/28?q=levy", "/search", "/search?q=(ferry"),
    *("/search?q=ferry+OR+levy&test=30", "/coverage", "/sources/nordkurier", "/alerts", "/nowhere"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = need_browser()
    # Chromium's own sandbox refuses to work for root.
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=args)
        yield started
        started.close()


@dataclass(frozen=True)
class Newsroom:
    folder: Path
    address: str


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("newsroom")
    url, _ = make_newsroom(folder)
    with served(desk_of(url, folder)) as address:
        yield Newsroom(folder, address)


@dataclass
class Troubles:
    """What a page must not do: dialogs, violations of the policy, faults, requests elsewhere."""

    seen: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext, address: str) -> None:
        context.on("dialog", lambda dialog: (self.seen.append("dialog"), dialog.dismiss()))
        context.on("weberror", lambda error: self.seen.append(f"error {error.error}"))
        context.on("console", lambda line: self._console(line.type, line.text))
        context.on("request", lambda request: self._request(request.url, address))

    def _console(self, kind: str, text: str) -> None:
        # A page that answers 404 says so in the console.
        if kind == "error" and "Failed to load resource" not in text:
            self.seen.append(text)

    def _request(self, url: str, address: str) -> None:
        if not url.startswith((f"{address}/", "data:", "blob:")):
            self.seen.append(f"request {url}")


def opened(browser: Browser, newsroom: Newsroom, **more: object) -> tuple[Page, Troubles]:
    context = browser.new_context(base_url=newsroom.address, **more)  # type: ignore[arg-type]
    troubles = Troubles()
    troubles.listen(context, newsroom.address)
    return context.new_page(), troubles


@pytest.fixture
def page(browser: Browser, newsroom: Newsroom) -> Iterator[Page]:
    page, troubles = opened(browser, newsroom)
    yield page
    page.context.close()
    assert troubles.seen == []


# ---- every page


def test_every_page_reads_without_scripts(browser: Browser, newsroom: Newsroom) -> None:
    page, troubles = opened(browser, newsroom, java_script_enabled=False)

    for path in PAGES:
        response = page.goto(path)
        assert response is not None
        assert response.status == (404 if path in ("/stories/99999", "/nowhere") else 200), path
        assert page.locator("h1").count() == 1, path
        assert page.locator("h1").inner_text().strip(), path
    page.context.close()
    assert troubles.seen == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, newsroom: Newsroom, colours: str) -> None:
    page, troubles = opened(browser, newsroom, color_scheme=colours, reduced_motion="reduce")
    found: dict[str, list[str]] = {}

    for path in LOOKS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        page.evaluate(AXE_SCRIPT)
        told = page.evaluate(
            "(tags) => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
            ".then((r) => r.violations.map((v) => v.id + ' ' +"
            " v.nodes.map((n) => n.target.join(' ')).slice(0, 3)))",
            WCAG,
        )
        if told:
            found[path] = told
    page.context.close()
    assert found == {}
    assert troubles.seen == []


def test_nothing_scrolls_sideways_on_a_phone(browser: Browser, newsroom: Newsroom) -> None:
    page, troubles = opened(browser, newsroom, viewport={"width": 360, "height": 740})
    too_wide = {}

    for path in PAGES:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            too_wide[path] = width
    page.context.close()
    assert too_wide == {}
    assert troubles.seen == []


# ---- reading


def test_a_line_of_today_opens_to_who_had_it_first(page: Page) -> None:
    page.goto("/")
    story = page.locator("details.story").first
    line = story.locator("summary").first
    expect(line).to_contain_text("undecidable between Harbour Courier")
    line.click()

    expect(story.locator(".row-first").first).to_contain_text("13:07–13:16")
    copies = story.locator("details.copies")
    expect(copies.locator(".row")).to_be_hidden()
    copies.locator("summary").click()
    expect(copies.locator(".row")).to_contain_text("text of Harbour Courier")


def test_filters_act_when_they_are_changed(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Language").select_option("ja")

    page.wait_for_url("**language=ja**")
    expect(page.locator("details.story")).to_have_count(2)


def test_a_story_shows_edits_copies_and_reasons(page: Page) -> None:
    page.goto(LEVY)

    expect(page.locator(".edit del").first).to_be_visible()
    expect(page.locator(".edit ins", has_text="1.10 crowns a tonne").first).to_be_visible()
    expect(page.get_by_role("heading", name="Why this is one story")).to_be_visible()
    expect(page.locator(".word").first).to_contain_text("%")
    page.get_by_role("link", name="Island Gazette 100%").click()
    expect(page.locator("#pair ins")).to_contain_text("editing by the Gazette")


def test_two_wordings_of_an_article_are_compared(page: Page) -> None:
    page.goto("/articles/28")
    page.get_by_label("Compare wording").select_option("1")
    page.get_by_label("with").select_option("3")
    page.get_by_role("button", name="Compare").click()

    expect(page.get_by_role("heading", name="Wording 1 to 3")).to_be_visible()
    expect(page.locator("#wordings del").first).to_be_visible()


def test_coverage_says_in_words_what_a_cell_shows(page: Page) -> None:
    page.goto("/coverage")
    row = page.get_by_role("row", name="Diario del Puerto")

    expect(row.locator("td.blocked").first).to_contain_text("blocked")
    expect(
        page.get_by_role("row", name="Harbour Courier").locator("td.none").first
    ).to_contain_text("nobody looked")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Rhythm")).to_be_visible()


def test_an_alert_says_why_it_fired_and_where_it_is_parked(page: Page) -> None:
    page.goto("/alerts?state=parked")
    alert = page.locator(".alert").last

    expect(alert.locator("mark").first).to_have_text("Fire")
    expect(alert.locator(".delivery")).to_contain_text("400 Bad Request: topic is reserved")


# ---- searching and saving


def test_the_query_is_checked_while_it_is_typed(page: Page) -> None:
    page.goto("/search")
    page.locator("#query").press_sequentially("(ferry NEAR")
    expect(page.locator("#check")).to_contain_text("the watch ends too early")
    page.locator("#query").press_sequentially("/5 fire)")

    expect(page.locator("#check")).to_contain_text("Understood")
    page.locator("#query").press("Enter")
    expect(page.locator(".hit mark").first).to_be_visible()


def test_a_query_is_tested_over_thirty_days_and_saved(page: Page, newsroom: Newsroom) -> None:
    page.goto("/search?q=levy+OR+toll")
    page.get_by_role("link", name="Back-test the last 30 days").click()
    expect(page.locator("#backtest")).to_contain_text("alerts in 30 days")
    expect(page.locator("#backtest canvas")).to_be_visible()
    page.get_by_label("File name").fill("harbour-charges")
    page.get_by_label("Channels").fill("mail")
    page.get_by_role("button", name="Save the watch").click()

    expect(page.get_by_role("status").first).to_contain_text("watches/harbour-charges.toml")
    written = (newsroom.folder / "watches" / "harbour-charges.toml").read_text(encoding="utf-8")
    assert "levy OR toll" in written


def test_an_analyst_renames_and_parts_a_story(page: Page) -> None:
    page.goto(FERRY)
    page.get_by_label("Title").fill("Ferry fire off Cape Lunde")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry fire off Cape Lunde")
    page.get_by_role("checkbox", name="港新聞").check()
    page.get_by_role("button", name="Split").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "ルンデ岬沖でフェリー火災、412人が避難"
    )
    page.get_by_label("Make it part of story number").fill("22")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator(".track")).to_have_count(5)


# ---- keyboard and colours


def test_everything_on_today_is_reached_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("details.story").nth(1)
    expect(second.locator("summary").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(second.locator(".row-source a").first).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("/")
    page.keyboard.type("levy")
    page.keyboard.press("Enter")

    page.wait_for_url("**/search?q=levy")


def test_colours_follow_the_system_until_they_are_chosen(
    browser: Browser, newsroom: Newsroom
) -> None:
    page, troubles = opened(browser, newsroom, color_scheme="dark")
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    switch = page.get_by_role("button", name="Colours")
    switch.click()
    light = page.evaluate(paper)
    page.goto("/alerts")

    assert dark == "rgb(15, 18, 21)"
    assert light == page.evaluate(paper) == "rgb(251, 250, 247)"
    expect(switch).to_contain_text("light")
    page.context.close()
    assert troubles.seen == []


# ---- what sites may send


AREAS = ("html_xss", "payload_xss", "csv_formula")


def hostile_texts(shared: Path) -> tuple[str, ...]:
    texts = []
    for area in AREAS:
        lines = (shared / "hostile" / "pack" / area / "dev" / "cases.jsonl").read_text("utf-8")
        texts += [str(json.loads(line)["input"]) for line in lines.splitlines()]
    return tuple(texts)


def test_hostile_text_stays_text_on_every_page(
    browser: Browser, shared: Path, tmp_path: Path
) -> None:
    texts = hostile_texts(shared)
    url, sessions = make_newsroom(tmp_path, hostile=texts)
    with served(desk_of(url, tmp_path)) as address:
        page, troubles = opened(browser, Newsroom(tmp_path, address))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.blockedURI))"
        )
        for path in hostile_paths(sessions, texts):
            page.goto(path, wait_until="domcontentloaded")
            page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
            made_of_text = page.evaluate(
                "[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]"
                ".filter((a) => /^on/i.test(a.name) || (/^(href|src|action|formaction)$/i"
                ".test(a.name) && /^\\s*(javascript|data|vbscript):/i.test(a.value)))"
                ".map((a) => e.tagName + ' ' + a.name))"
            )
            foreign = page.evaluate(
                '[...document.querySelectorAll(\'iframe, object, embed, base, img:not([src^="/"]),'
                ' script:not([src^="/static/"])\')].length'
            )
            assert (made_of_text, foreign) == ([], 0), path
        page.context.close()
    assert troubles.seen == []


def hostile_paths(sessions: Sessions, texts: tuple[str, ...]) -> Iterator[str]:
    """Every page that shows what sites sent, and the search with what a link may bring."""
    with sessions() as session:
        query = select(Article.id, Article.story_id).join(Source).where(Source.slug == "hostile")
        found = session.execute(query).all()
    yield from ("/", "/?baseline=true", "/coverage", "/sources/hostile", "/alerts")
    yield from (f"/articles/{article_id}" for article_id, _ in found)
    yield from sorted({f"/stories/{story_id}" for _, story_id in found if story_id})
    yield "/search?q=council+met+again"
    for text in texts[::120]:
        yield f"/search?q={quote(text)}"
        yield f"/?source={quote(text)}&language={quote(text)}&window={quote(text)}"
