"""What sites in a mood say instead of an article: none of it may ever be stored."""

MAINTENANCE = (
    "We will be right back",
    "We are currently carrying out planned work on our systems. During this time articles, "
    "videos and the archive are not available.",
    "Subscribers can read today's edition as a digital paper in our app. Your subscription and "
    "your saved articles are not affected by the work.",
    "We expect to be back in the course of the day and apologise for the inconvenience this causes "
    "to our readers, who can write to us at any time.",
)
HUMAN = (
    "One more step before you continue",
    "This question is for testing whether you are a human visitor and to prevent automated "
    "submissions to the website.",
    "Please make sure your browser supports scripts and does not block them from loading. For more "
    "information you can review our terms of service.",
)
MISSING = (
    "This page could not be found",
    "The page you were looking for has been moved or does not exist any longer. You may have typed "
    "the address incorrectly, or used an outdated link.",
    "Please use the search of our archive, or go on reading on our front page, where you find the "
    "latest reports of our newsroom around the clock.",
)
PARKED = (
    "This domain may be for sale",
    "The owner of this domain has parked it with our marketplace. Make an offer today and your own "
    "project can start tomorrow, with free transfer included.",
)
TEASER = "To read the whole article you need a subscription. Subscribe now for one euro a month."
DESIGN = (
    "Our newsletter brings you the most important reports of the day into your mailbox, every "
    "morning at six, free of charge and without advertising.",
    "Follow us for more: our reporters answer your questions about this article every Thursday "
    "evening in the reading room of our main building.",
)
KICKER = "Morning edition plus"
#: A phrase of each: no wording that is kept may hold one.
FORBIDDEN = (
    *(text[1][:60] for text in (MAINTENANCE, HUMAN, MISSING, PARKED)),
    *(text[0] for text in (MAINTENANCE, HUMAN, MISSING, PARKED)),
    TEASER[:40],
)


def page(text: tuple[str, ...], *, address: str = "") -> bytes:
    """Return a page with that headline and those paragraphs."""
    headline, *paragraphs = text
    canonical = f'<link rel="canonical" href="{address}">' if address else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline}</title>'
        f'{canonical}</head><body><main><h1>{headline}</h1>{body}<p><a href="/">Front page</a>'
        '</p></main><footer><a href="/imprint">Imprint</a></footer></body></html>'
    ).encode()
