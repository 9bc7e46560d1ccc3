"""Captions and credits of pictures, as the templates of newsrooms print them."""

from __future__ import annotations

import pytest

from crawler.extraction.captions import is_credit_line, split_caption
from crawler.extraction.fields import read_fields
from crawler.extraction.page import parse_page

CAPTION = "The ferry at the old pier on Tuesday."
PARAGRAPH = (
    "The harbour board voted on Tuesday to keep the old ferry running until the new pier is open, "
    "and asked the islands to share the cost of the repairs that the winter will bring. "
)
PICTURE = '<img src="/pictures/harbour-ferry-1200x800.jpg" alt="">'


def lead_of(printed: str, *, head: str = "") -> tuple[str | None, str | None]:
    html = (
        '<html lang="en"><head><meta property="og:image" content="/pictures/harbour-ferry.jpg">'
        f"{head}</head><body><main><h1>Ferry stays until the pier opens</h1>{printed}"
        + "".join(f"<p>{PARAGRAPH}{number}.</p>" for number in range(4))
        + "</main></body></html>"
    )
    page = parse_page(html, "https://lantern.example/ferry")
    assert page is not None
    image = read_fields(page)[0].images[0]
    return image.caption, image.credit


@pytest.mark.parametrize(
    "printed",
    [
        f'<figure>{PICTURE}<figcaption><span class="media__caption">{CAPTION}</span>'
        '<span class="media__credit">(Jane Doe)</span></figcaption></figure>',
        f"<figure>{PICTURE}<figcaption>{CAPTION}</figcaption><footer>Jane Doe</footer></figure>",
        f"<figure>{PICTURE}<figcaption>{CAPTION} <cite>Jane Doe</cite></figcaption></figure>",
        f'<figure>{PICTURE}<figcaption><span class="figcaption">{CAPTION}</span>'
        '<span class="figcaption figcaption--author">Jane Doe</span></figcaption></figure>',
        f"<div><div>{PICTURE}</div><p>{CAPTION}</p><p>© Jane Doe</p></div>",
        f'<div><x-image data-src="a"></x-image><div class="img-caption">{CAPTION}'
        '<span class="photographer">Foto: Jane Doe</span></div></div>',
        f"<figure>{PICTURE}<figcaption>{CAPTION}</figcaption></figure>"
        '<x-box class="image-copyright"><div>Jane Doe</div></x-box>',
        f'<a title="{CAPTION} (Photo: Jane Doe)">{PICTURE}</a>',
    ],
)
def test_a_lead_picture_has_its_caption_and_its_credit(printed: str) -> None:
    assert lead_of(printed) == (CAPTION, "Jane Doe")


def test_a_description_without_a_credit_is_no_caption() -> None:
    picture = PICTURE.replace('alt=""', 'alt="A white ferry beside a wooden pier"')
    assert lead_of(picture) == (None, None)


def test_the_writer_named_beside_a_picture_did_not_take_it() -> None:
    printed = f'<div>{PICTURE}<p class="caption">{CAPTION}</p><p class="author">John Roe</p></div>'
    assert lead_of(printed) == (CAPTION, None)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("Jonas Jonaitis / J. Petraitis / Lantern nuotr.", "Jonas Jonaitis", None),
        ("選手（左から）西田、高橋（Ｃ）灯台通信社", "選手（左から）西田、高橋", "灯台通信社"),
        ("気象庁で開かれた会合（2枚）", "気象庁で開かれた会合（2枚）", None),
    ],
)
def test_captions_and_credits_are_parted(text: str, caption: str, credit: str | None) -> None:
    found = split_caption(text)
    assert found[0] == caption
    assert credit is None or found[1] == credit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foto: Jane Doe", True),
        ("© Jane Doe/imago", True),
        ("Photo finish in the harbour race", False),
        ("Foto: " + "x" * 200, False),
    ],
)
def test_a_line_that_is_a_credit_is_known_by_its_first_word(text: str, expected: bool) -> None:
    assert is_credit_line(text) is expected


@pytest.mark.parametrize("address", ["http://[island/ferry.jpg", "//[::1/ferry.jpg", "https://]["])
def test_a_picture_whose_address_is_none_stops_nothing(address: str) -> None:
    assert lead_of(f'<img src="{address}" alt="">{PICTURE}') == (None, None)
