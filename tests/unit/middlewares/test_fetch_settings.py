"""The settings that close Scrapy's open doors, checked against the Scrapy that is installed."""

from __future__ import annotations

import pytest
from scrapy.settings import BaseSettings, Settings, default_settings
from scrapy.utils.misc import load_object

from crawler.middlewares import FETCH_SETTINGS
from crawler.middlewares.addresses import AllowList

OUR_OWN = {
    "FETCH_ALLOW",
    "FETCH_CA_FILE",
    "FETCH_PROXY",
    "FETCH_PROXY_EXCEPT",
    "LANE_GAP",
    "CRAWL_DELAY_CAP",
    "CRAWL_DELAY_LONG",
    "CRAWL_DELAY_PATIENCE",
    "RETRY_FIRST_GAP",
    "RETRY_AFTER_MAX_WAIT",
    "HEED_EARLIER_HOLDS",
    "HOST_STATE",
    "RENDER_BROWSER",
    "RENDER_SECONDS",
    "RENDER_PAGES",
    "RENDER_MEMORY_MB",
    "RENDER_AFTER",
}


@pytest.fixture
def settings() -> Settings:
    return Settings(FETCH_SETTINGS)


def test_every_setting_is_ours_or_one_that_scrapy_knows() -> None:
    unknown = {name for name in FETCH_SETTINGS if not hasattr(default_settings, name)}
    assert unknown == OUR_OWN


@pytest.mark.parametrize("door", ["REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED"])
def test_doors_that_scrapy_leaves_open_are_closed(settings: Settings, door: str) -> None:
    assert getattr(default_settings, door)
    assert not settings.getbool(door)


def test_only_http_is_spoken_and_only_through_the_gate(settings: Settings) -> None:
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    speaking = {scheme: path for scheme, path in handlers.items() if path}
    assert set(speaking) == {"http", "https"}
    assert {path.rpartition(".")[2] for path in speaking.values()} == {"GatedDownloadHandler"}


def test_certificates_are_verified_and_sizes_are_bounded(settings: Settings) -> None:
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getint("DOWNLOAD_MAXSIZE") <= 10 * 1024 * 1024
    assert settings.getfloat("DOWNLOAD_TIMEOUT") <= 60


def test_every_middleware_can_be_loaded_and_every_other_is_a_known_one(settings: Settings) -> None:
    order = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    known = {load_object(path) for path in default_settings.DOWNLOADER_MIDDLEWARES_BASE}
    for part, number in order.items():
        part = load_object(part) if isinstance(part, str) else part
        assert part.__module__.startswith("crawler.") or part in known
        if part.__module__.startswith("crawler."):
            assert number is not None


def test_the_parts_stand_in_the_order_they_need(settings: Settings) -> None:
    order = {
        load_object(part).__name__ if isinstance(part, str) else part.__name__: number
        for part, number in settings.get_component_priority_dict_with_base(
            "DOWNLOADER_MIDDLEWARES"
        ).items()
        if number is not None
    }
    wanted = [
        "AddressGuardMiddleware",
        "CrawlDelayMiddleware",
        "RobotsMiddleware",
        "ConditionalGetMiddleware",
        "OwnRedirectMiddleware",
        "RetryAfterMiddleware",
        "HttpProxyMiddleware",
    ]
    assert [name for name in sorted(order, key=order.__getitem__) if name in wanted] == wanted


def test_settings_survive_being_copied_as_scrapy_does() -> None:
    copied: BaseSettings = Settings(FETCH_SETTINGS).copy()
    assert AllowList.parse(copied.getlist("FETCH_ALLOW")) == AllowList()
