"""What the outcome of a look means, in words, and what can be done about it."""

from __future__ import annotations

#: For every outcome that is not a whole look: what it means, and what to do. ``{slug}`` is the
#: source's. Where the look has a detail of its own, that comes first.
SENTENCES = {
    "partial": "a part of the listing was not seen, so nothing can be said to have been absent",
    "sparse": "it lists nothing, or far less than usual: a cold cache, maintenance, or the wrong "
    "address; look at it, then `firstseen sources doctor {slug}`",
    "all-filtered": "the listing has entries and our own filters keep none of them; correct "
    "`include`, `exclude` or `hosts` in its source file",
    "nothing-listed": "the page answers and lists no article: another page, or a new layout; "
    "`firstseen sources doctor {slug}`",
    "moved": "the listing is on another site now",
    "not-a-listing": "the address answers with something else; `firstseen sources doctor {slug}`",
    "needs-rendering": "the page lists nothing until its scripts have run; a browser shows it if "
    "that happens again",
    "no-browser": "its pages must be shown in a browser and none was found; install chromium or "
    "name one in fetch.browser",
    "render-failed": "the browser could not show the page",
    "empty": "the answer has no body",
    "not-text": "the answer is a picture, a film or a file; is the address right?",
    "truncated": "the answer broke off before its end",
    "garbled": "the answer breaks the rules of HTTP",
    "too-large": "the answer is larger than we read",
    "timeout": "the answer did not come in time; fetch.timeout_seconds is the limit",
    "dns": "the host's name is not known; `firstseen sources doctor {slug}`",
    "refused": "nobody listens at the address",
    "tls": "the site's certificate cannot be trusted; an authority of your own goes into "
    "fetch.ca_file",
    "network": "the connection broke",
    "blocked-address": "the name leads into a private network; fetch.allow makes exceptions",
    "robots": "robots.txt asks us not to look here; write to the publisher, or retire the section",
    "robots-unreachable": "robots.txt cannot be read, which means no for now",
    "held-off": "the host asked for a pause; it is left alone until then",
    "redirect-loop": "the redirects go in a circle",
    "wants-cookies": "the site sends us in a circle because it wants cookies that it did not set "
    "on the way; only a browser could show it, see `render` in docs/rendering.md",
    "proxy-failed": "our own proxy could not be used, so nothing is known of the site; see that "
    "fetch.proxy is right and that the proxy runs",
    "http-3xx": "a redirect that leads nowhere",
    "http-4xx": "the site has no such page, or not for us; `firstseen sources doctor {slug}`",
    "http-5xx": "the site has a fault of its own",
    "stopped": "the run ended first; it is still due",
    "failed": "a fault of ours: the log has the trace",
}

#: Of pages, where the word alone does not say what became of them.
PAGE_SENTENCES = {
    "wall": "several addresses show one text that none of them promises; it is stored nowhere and "
    "they are asked again",
    "unconfirmed": "the page has nothing of what its listing promises; it is asked again and "
    "stored once it stays",
}

#: Outcomes whose looks say in words what was seen; the others' details are a program's.
_WITH_SENTENCES = frozenset(
    ("partial", "sparse", "all-filtered", "moved", "nothing-listed", "not-a-listing")
)


def explain_outcome(outcome: str, detail: str = "", *, slug: str = "SLUG") -> str:
    """Return one sentence on a look: what it says itself, and what its outcome means."""
    told = SENTENCES.get(outcome, "").format(slug=slug)
    if outcome in _WITH_SENTENCES or not told or not detail:
        return "; ".join(part for part in (detail, told) if part)
    return f"{told} ({detail})"
