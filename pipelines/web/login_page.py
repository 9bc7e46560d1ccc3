"""The page that asks for the token."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import HTMLResponse

from pipelines.web.headers import SAME_ORIGIN
from pipelines.web.pages.rendering import environment


def login_page(goal: str, *, is_wrong: bool = False) -> HTMLResponse:
    """Return the page; ``goal`` is the path to go to afterwards."""
    content = environment().get_template("login.html").render(goal=quote(goal), is_wrong=is_wrong)
    # Without TLS, the origin is all by which the form can be told from another site's.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": SAME_ORIGIN}
    return HTMLResponse(content, 401 if is_wrong else 200, headers)


def once_more_page() -> HTMLResponse:
    """Return a page that asks for itself again, now from this site and so with its cookie."""
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>firstseen</title>'
        '<meta http-equiv="refresh" content="0"><p><a href="">Go on</a></p>',
        headers={"Cache-Control": "no-store"},
    )
