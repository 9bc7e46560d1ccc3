"""Politeness and safety between the spider and the sites: one gate, one lane per host.

``FETCH_SETTINGS`` is what ``crawler/settings.py`` takes over; ``DOWNLOADER_MIDDLEWARES`` and its
order numbers are part of it. What the parts need from a spider: ``request.meta`` with
``firstseen_purpose`` ("listing", "article" or "recheck"), and an errback that asks
``crawler.middlewares.outcomes.outcome_of`` for the word of the Visit. ``docs/conduct.md`` says in
plain words what a publisher may expect.

The order, from the spider (low) to the network (high)::

    10   RestraintMiddleware       counts what the ones below hold back
    20   AddressGuardMiddleware    before anything is asked on behalf of a bad URL
    30   RecallMiddleware          what is remembered of the host, before anybody asks for it
    90   CrawlDelayMiddleware      names the lane, before robots.txt asks for its turn in it
    100  RobotsMiddleware          where Scrapy's own stood
    560  ConditionalGetMiddleware  sees answers whole and unpacked, after redirects
    600  OwnRedirectMiddleware     where Scrapy's own stood
    650  RetryAfterMiddleware      below redirects: a 3xx may carry Retry-After as well

Unpacking, size limits and the lane itself live in ``GatedDownloadHandler``, so that their failures
pass the retry middleware and a waiting lane really keeps the connection closed.
"""

from __future__ import annotations

from typing import Any

_SCRAPY = "scrapy.downloadermiddlewares"
_OURS = "crawler.middlewares"
_HANDLER = "crawler.middlewares.download_handler.GatedDownloadHandler"

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    f"{_OURS}.conduct_tally.RestraintMiddleware": 10,
    f"{_OURS}.address_guard.AddressGuardMiddleware": 20,
    f"{_OURS}.recall.RecallMiddleware": 30,
    f"{_OURS}.crawl_delay.CrawlDelayMiddleware": 90,
    f"{_OURS}.robots.RobotsMiddleware": 100,
    f"{_OURS}.conditional_get.ConditionalGetMiddleware": 560,
    f"{_OURS}.redirects.OwnRedirectMiddleware": 600,
    f"{_OURS}.retry_after.RetryAfterMiddleware": 650,
    # Scrapy's own parts that these replace, or that do what no news monitor should:
    f"{_SCRAPY}.offsite.OffsiteMiddleware": None,  # drops redirects without telling the errback
    f"{_SCRAPY}.robotstxt.RobotsTxtMiddleware": None,  # 5xx would allow everything
    f"{_SCRAPY}.httpauth.HttpAuthMiddleware": None,  # no logins
    f"{_SCRAPY}.retry.RetryMiddleware": None,  # retries in 10 ms, knows no Retry-After
    f"{_SCRAPY}.redirect.MetaRefreshMiddleware": None,  # fronts reload themselves for ever
    f"{_SCRAPY}.redirect.RedirectMiddleware": None,
    f"{_SCRAPY}.httpcompression.HttpCompressionMiddleware": None,  # takes cut bodies as whole
    f"{_SCRAPY}.cookies.CookiesMiddleware": None,  # nobody is followed from page to page
    f"{_SCRAPY}.httpcache.HttpCacheMiddleware": None,  # served feeds without asking
}

FETCH_SETTINGS: dict[str, Any] = {
    "DOWNLOADER_MIDDLEWARES": DOWNLOADER_MIDDLEWARES,
    # Open doors of Scrapy 2.19, closed (settings/default_settings.py has them open).
    "REMOTE_CONTROL_ENABLED": False,  # an HTTP server that runs Python code
    "TELNETCONSOLE_ENABLED": False,  # a Python prompt on a port
    "DOWNLOAD_HANDLERS": {
        "http": _HANDLER,
        "https": _HANDLER,
        "data": None,  # a page must not bring its own page
        "file": None,
        "ftp": None,
        "s3": None,
    },
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "HTTPPROXY_ENABLED": True,  # only for FETCH_PROXY's login: the guard sets meta["proxy"] always
    "FETCH_PROXY": "",  # http://[user:password@]host:port; never taken from the environment
    "FETCH_PROXY_EXCEPT": [],  # hosts that are asked directly all the same
    "FETCH_CA_FILE": "",  # PEM file of authorities that are trusted beside the system's
    "FETCH_ALLOW": [],  # host:port exceptions to "no internal addresses"
    "HTTPAUTH_USER": "",
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,  # no site learns from us where we came from
    "METAREFRESH_ENABLED": False,
    "COMPRESSION_ENABLED": False,  # unpacked in the handler, see whole_response.py
    "RETRY_ENABLED": False,  # Scrapy's; ours reads RETRY_TIMES
    "REDIRECT_ENABLED": True,
    "REDIRECT_MAX_TIMES": 20,  # never reached: redirects.MAX_REDIRECTS stops at 6
    "REDIRECT_PRIORITY_ADJUST": 2,
    "HTTPCACHE_ENABLED": False,
    "AUTOTHROTTLE_ENABLED": False,
    # Limits of one request.
    "DOWNLOAD_TIMEOUT": 60,  # seconds from connecting to the last byte: a deadline, no idle timer
    "DOWNLOAD_MAXSIZE": 10 * 1024 * 1024,  # for requests without a purpose; see MAX_BYTES
    "DOWNLOAD_WARNSIZE": 0,  # the outcome says it
    "DOWNLOAD_FAIL_ON_DATALOSS": True,  # fewer bytes than Content-Length is a failure
    "URLLENGTH_LIMIT": 2083,
    # Scrapy's resolvers know one IPv4 address of a name, or never forget; a daemon runs for months.
    "TWISTED_DNS_RESOLVER": f"{_OURS}.name_resolver.EveryAddress",
    # Lanes: one connection and one request at a time per host.
    "CONCURRENT_REQUESTS": 64,  # hosts at work at the same time, as each has one lane
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "SCHEDULER_PRIORITY_QUEUE": f"{_OURS}.crawl_delay.LaneQueue",
    "DOWNLOAD_DELAY": 0,  # the lane keeps the gap; both would only blur who waits
    "DOWNLOAD_DELAY_JITTER": 0,
    "LANE_GAP": 1.0,  # seconds between a reply and the next request to the same host
    "CRAWL_DELAY_CAP": 30.0,
    "CRAWL_DELAY_LONG": 10.0,  # a host with a longer delay is spread over runs:
    "CRAWL_DELAY_PATIENCE": 45.0,  # it gets this many seconds of one run, at least two requests
    "RETRY_TIMES": 2,
    "RETRY_FIRST_GAP": 2.0,  # seconds; then four times as long
    "RETRY_AFTER_MAX_WAIT": 30.0,  # longer pauses end the host's part of the run
    "HEED_EARLIER_HOLDS": True,  # False when somebody asks by hand whether a site is back
    # Rendering: only requests with meta["firstseen_render"]; see docs/rendering.md.
    "RENDER_BROWSER": "",  # path or name; empty: Playwright's own, else the system's
    "RENDER_SECONDS": 30.0,  # one page, from the browser's first byte to the text
    "RENDER_PAGES": 4,  # open at the same time in this process, over all crawls
    "RENDER_MEMORY_MB": 1500,  # browser with all its pages; beyond, the greediest page is ended
    "RENDER_AFTER": 2,  # plain looks without a result, until `render = "auto"` renders
    # robots.txt
    "ROBOTSTXT_OBEY": False,  # Scrapy's reading of it; ours cannot be switched off
    "ROBOTSTXT_USER_AGENT": "firstseen",  # the product token of RFC 9309
    # Robots, hold-offs and validators between runs: a callable (crawler) -> HostStateStore.
    "HOST_STATE": None,
}
