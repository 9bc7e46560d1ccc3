"""Was it the site or the page that gave no article? Only the page's own faults stay with it."""

from __future__ import annotations

from pipelines.outcome_words import MEANINGS

#: The page itself is missing. Other statuses tell of the site's mood, of us, or of a server.
MISSING = ("http-404", "http-410")
#: Ends of a request that other pages of the site would share, beside the statuses.
SITE_WIDE = tuple(word for word, meaning in MEANINGS.items() if meaning.about == "site")
#: Nothing was asked yet, through nobody's will: its turn comes by itself.
NOT_ASKED_YET = tuple(w for w, meaning in MEANINGS.items() if meaning.reach in ("unsent", "stuck"))


def is_for_the_site(outcome: str) -> bool:
    """Return whether an outcome says more of the site's state than of the page."""
    return outcome in SITE_WIDE or (outcome.startswith("http-") and outcome not in MISSING)
