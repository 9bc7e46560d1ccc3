"""Was it the site or the page that gave no article? Only the page's own faults stay with it."""

from __future__ import annotations

#: The page itself is missing. Other statuses tell of the site's mood, of us, or of a server.
MISSING = ("http-404", "http-410")
#: Ends of a request that other pages of the site would share, beside the statuses.
SITE_WIDE = (
    *("challenge", "consent", "timeout", "network", "refused", "dns", "tls", "truncated"),
    *("garbled", "redirect-loop", "robots-unreachable", "held-off", "render-failed"),
)


def is_for_the_site(outcome: str) -> bool:
    """Return whether an outcome says more of the site's state than of the page."""
    return outcome in SITE_WIDE or (outcome.startswith("http-") and outcome not in MISSING)
