"""Forms that change something: from our own pages only, small, and read without any library."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from fastapi import Request

from pipelines.web.problems import Problem

_LARGEST = 64_000  # bytes of a form
_MOST_FIELDS = 600
_TOKEN = secrets.token_urlsafe(32)  # of this process: a page of another origin cannot read it

Form = Mapping[str, Sequence[str]]


def form_token() -> str:
    """Return what every form of ours carries in its field ``token``."""
    return _TOKEN


async def own_form(request: Request) -> Form:
    """Return the fields of a form that one of our own pages sent.

    Raises Problem (403) for any other sender: other sites can make a browser send forms here.
    """
    if not _is_from_here(request):
        raise Problem(403, "this form did not come from the desk's own page")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem(415, "forms are sent as application/x-www-form-urlencoded")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise Problem(413, "this form is too large")
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=_MOST_FIELDS)
    except ValueError:  # also: not UTF-8
        raise Problem(400, "this form cannot be read") from None
    if not hmac.compare_digest(field_of(fields, "token").encode(), _TOKEN.encode()):
        raise Problem(403, "this form has expired; open its page again")
    return fields


def field_of(form: Form, name: str) -> str:
    """Return one field, "" where the form has none."""
    return form.get(name, [""])[0].strip()


def _is_from_here(request: Request) -> bool:
    # Fetch Metadata: a browser says itself where a request comes from. Pages cannot set it.
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        # RFC 6454 7.3: "null" is what our Referrer-Policy makes of our own forms.
        return site == "same-origin"
    return urlsplit(origin).netloc == request.headers.get("host", "")
