"""What every outcome says: of whom it tells, how far the request came, and in words what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Of whom an outcome tells: of this listing, of one page, of the site or the way to it, or of us.
About = Literal["listing", "page", "site", "us"]
#: How far a request came: not sent yet; not sent until somebody changes something; not beyond our
#: own way out; not to the site; to an answer.
Reach = Literal["unsent", "barred", "stuck", "unreached", "answered"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One outcome. ``told`` says what it means and what to do, ``{slug}`` is the source's.

    ``says_itself``: its looks carry in words what was seen, which comes first; the details of the
    others are a program's.
    """

    about: About
    reach: Reach
    told: str = ""
    says_itself: bool = False


_DOCTOR = "`firstseen sources doctor {slug}`"
_AGAIN = "it is asked again by itself"
#: Every way in which a look ends, and the ends of a page that tell of more than the page.
MEANINGS = {
    "ok": Meaning("listing", "answered"),
    "unchanged": Meaning("listing", "answered"),
    # ---- the listing
    "partial": Meaning(
        "listing",
        "answered",
        "a part of the listing was not seen, so nothing can be said to have been absent",
        says_itself=True,
    ),
    "sparse": Meaning(
        "listing",
        "answered",
        "it lists nothing, or far less than usual: a cold cache, maintenance, or the wrong "
        f"address; look at it, then {_DOCTOR}",
        says_itself=True,
    ),
    "all-filtered": Meaning(
        "listing",
        "answered",
        "the listing has entries and our own filters keep none of them; correct "
        "`include`, `exclude` or `hosts` in its source file",
        says_itself=True,
    ),
    "nothing-listed": Meaning(
        "listing",
        "answered",
        f"the page answers and lists no article: another page, or a new layout; {_DOCTOR}",
        says_itself=True,
    ),
    "moved": Meaning("listing", "answered", "the listing is on another site now", says_itself=True),
    "not-a-listing": Meaning(
        "listing", "answered", f"the address answers with something else; {_DOCTOR}", True
    ),
    "needs-rendering": Meaning(
        "listing",
        "answered",
        "the page lists nothing until its scripts have run; a browser shows it if "
        "that happens again",
    ),
    # ---- the one page
    "empty": Meaning("page", "answered", f"the answer has no body; {_DOCTOR}"),
    "not-text": Meaning(
        "page", "answered", "the answer is a picture, a film or a file; is the address right?"
    ),
    "too-large": Meaning("page", "answered", f"the answer is larger than we read; {_DOCTOR}"),
    "http-4xx": Meaning("page", "answered", f"the site has no such page, or not for us; {_DOCTOR}"),
    "robots": Meaning(
        "page",
        "barred",
        "robots.txt asks us not to look here; write to the publisher, or retire the section",
    ),
    # ---- the site, or the way to it
    "truncated": Meaning("site", "answered", f"the answer broke off before its end; {_AGAIN}"),
    "garbled": Meaning("site", "answered", f"the answer breaks the rules of HTTP; {_AGAIN}"),
    "tls": Meaning(
        "site",
        "answered",
        "the site's certificate cannot be trusted; an authority of your own goes into "
        "fetch.ca_file",
    ),
    "redirect-loop": Meaning("site", "answered", f"the redirects go in a circle; {_DOCTOR}"),
    "wants-cookies": Meaning(
        "site",
        "answered",
        "the site sends us in a circle because it wants cookies that it did not set "
        "on the way; only a browser could show it, see `render` in docs/rendering.md",
    ),
    "http-3xx": Meaning("site", "answered", f"a redirect that leads nowhere; {_DOCTOR}"),
    "http-5xx": Meaning("site", "answered", f"the site has a fault of its own; {_AGAIN}"),
    "render-failed": Meaning("site", "answered", f"the browser could not show the page; {_DOCTOR}"),
    "challenge": Meaning("site", "answered", "the site asks whether the reader is human"),
    "consent": Meaning("site", "answered", "the site asks for consent before it shows anything"),
    "timeout": Meaning(
        "site",
        "unreached",
        "the answer did not come in time; fetch.timeout_seconds is the limit",
    ),
    "dns": Meaning("site", "unreached", f"the host's name is not known; {_DOCTOR}"),
    "refused": Meaning("site", "unreached", f"nobody listens at the address; {_DOCTOR}"),
    "network": Meaning("site", "unreached", f"the connection broke; {_AGAIN}"),
    "held-off": Meaning(
        "site", "unsent", "the host asked for a pause; it is left alone until then"
    ),
    "robots-unreachable": Meaning(
        "site", "unsent", f"robots.txt cannot be read, which means no for now; {_AGAIN}"
    ),
    "blocked-address": Meaning(
        "site", "barred", "the name leads into a private network; fetch.allow makes exceptions"
    ),
    # ---- we ourselves
    "no-browser": Meaning(
        "us",
        "barred",
        "its pages must be shown in a browser and none was found; install chromium or "
        "name one in fetch.browser",
    ),
    "proxy-failed": Meaning(
        "us",
        "stuck",
        "our own proxy could not be used, so nothing is known of the site; see that "
        "fetch.proxy is right and that the proxy runs",
    ),
    "stopped": Meaning("us", "unsent", "the run ended first; it is still due"),
    "failed": Meaning("us", "answered", "a fault of ours: the log has the trace"),
    "dropped": Meaning("us", "answered", "read, and refused by a check of ours: the log says why"),
    "never-asked": Meaning("us", "unsent", "its turn has not come yet"),
}

#: Of pages, where the word alone does not say what became of them.
PAGE_SENTENCES = {
    "wall": "several addresses show one text that none of them promises; it is stored nowhere and "
    "they are asked again",
    "unconfirmed": "the page has nothing of what its listing promises; it is asked again and "
    "stored once it stays",
}


def meaning_of(outcome: str) -> Meaning:
    """Return what an outcome says; one that is not in the table tells of a page that answered."""
    known = MEANINGS.get(outcome)
    if known is None and outcome.startswith(("http-3", "http-4", "http-5")):
        known = MEANINGS[f"{outcome[:6]}xx"]  # pages keep the whole status
    return known or Meaning("page", "answered")


def is_ours(outcome: str) -> bool:
    """Return whether an outcome is a state of ours, of which no site can be blamed."""
    return meaning_of(outcome).about == "us"


def is_sent(outcome: str) -> bool:
    """Return whether a request left us for the site, so that something may be known of it."""
    return meaning_of(outcome).reach in ("unreached", "answered")


def explain_outcome(outcome: str, detail: str = "", *, slug: str = "SLUG") -> str:
    """Return one sentence on a look: what it says itself, and what its outcome means."""
    meaning = meaning_of(outcome)
    told = meaning.told.format(slug=slug)
    if meaning.says_itself or not told or not detail:
        return "; ".join(part for part in (detail, told) if part)
    return f"{told} ({detail})"


def tell_look(outcome: str, detail: str = "", *, slug: str = "SLUG") -> str:
    """Return how a look ended: the word, and what it means where it was not seen whole."""
    told = explain_outcome(outcome, detail, slug=slug) if meaning_of(outcome).told else ""
    return f"{outcome}: {told}" if told else outcome
