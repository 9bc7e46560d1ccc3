"""Short, linked and oddly set texts are articles; what speaks of a wall is none."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from crawler.extraction.article import read_page
from tests.unit.extraction.pages import HEADLINE, NEWS_ARTICLE, PARAGRAPHS, article_page

URL = "https://lantern.example/politics/harbour"
_WORDS = "council harbour voted wall storms market street people waited winter plan money ferry"
_SHAPES: dict[str, Callable[[list[str]], str]] = {
    "paragraphs": lambda texts: "".join(f"<p>{t}</p>" for t in texts),
    "divs": lambda texts: "".join(f"<div>{t}</div>" for t in texts),
    "lines": lambda texts: "<p>" + "<br>".join(texts) + "</p>",
    "stanzas": lambda texts: "<div>" + "<br><br>".join(texts) + "</div>",
    "sections": lambda texts: "".join(f"<section><p>{t}</p></section>" for t in texts),
    "table": lambda ts: "<table>" + "".join(f"<tr><td>{t}</td></tr>" for t in ts) + "</table>",
    "verbatim": lambda texts: "<pre>" + "\n\n".join(texts) + "</pre>",
    "list": lambda texts: "<ul>" + "".join(f"<li>{t}</li>" for t in texts) + "</ul>",
    "noscript": lambda ts: "<noscript>" + "".join(f"<p>{t}</p>" for t in ts) + "</noscript>",
    "interview": lambda ts: "".join(
        f"<p><b>{t}</b></p><p>{' '.join(t.split()[::-1])}</p>" for t in ts
    ),
    "definitions": lambda ts: "<dl>" + "".join(f"<dt>{t}</dt><dd>{t}</dd>" for t in ts) + "</dl>",
}


def _sentences(count: int, length: int) -> list[str]:
    chance, found = random.Random(f"{count} {length}"), []
    for _ in range(count):
        text = ""
        while len(text) < length - 6:
            text += chance.choice(_WORDS.split()) + " "
        found.append(text.strip().capitalize()[: length - 1] + ".")
    return found


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("length", [25, 40, 60, 78, 82, 100, 200, 400])
@pytest.mark.parametrize("count", [6, 12, 40])
def test_a_text_under_the_promised_headline_is_an_article(
    shape: str, length: int, count: int
) -> None:
    texts = _sentences(count, length)
    page = article_page(paragraphs=(), inside=_SHAPES[shape](texts))

    reading = read_page(page, URL, listed_headline=HEADLINE)

    assert reading.item is not None, reading.reason
    assert texts[0] in reading.item.article_body
    read = sum(text in reading.item.article_body for text in texts)
    assert read >= 0.95 * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "市议会周二投票决定重建旧港口城墙。此前三个冬天,暴风雨淹没了鱼市场和后面的街道。人民等待已久,工程将持续四年时间,渡轮改道。",
        "市議会は火曜日、古い港の壁を再建することを決めた。三度の冬の嵐が魚市場と裏通りを襲った。工事は四年かかる見込みである。",
        "สภาเมืองลงมติสร้างกำแพงท่าเรือเก่าขึ้นใหม่หลังพายุสามฤดูหนาวท่วมตลาดปลาและถนนด้านหลัง",
    ],
)
def test_scripts_without_spaces_say_as_much_in_fewer_signs(text: str) -> None:
    page = article_page(headline=text[:14], paragraphs=(text,), language="zh")
    assert read_page(page, URL, listed_headline=text[:14]).kind == "article"


@pytest.mark.parametrize("promised", [True, False])
def test_a_link_in_every_paragraph_does_not_make_a_list_of_a_text(promised: bool) -> None:
    linked = tuple(
        p.replace(p[20:48], f'<a href="/topics/{n}-1">{p[20:48]}</a>')
        for n, p in enumerate(PARAGRAPHS)
    )
    page = article_page(paragraphs=linked)
    assert read_page(page, URL, listed_headline=HEADLINE if promised else None).kind == "article"


_DANGEROUS = """Peugeot 404 returns to the streets of Marrow Bay|Resolution 404 passed by nine votes
404 jobs lost at the shipyard of Saint Orrin|Page not found: how the archive lost its newspapers
Subscribe or starve, says the last paper of the bay|Access denied to reporters at harbour inquiry
Maintenance of the old bridge closes ferry line|Body of missing sailor not found after three days
Sign in the sky puzzles the villagers of Orrin|Just a moment of silence for the drowned
Security check delays ferry passengers for hours|Village that no longer exists gets a museum
Log in the river stops the ferry to Saint Orrin|Are you a robot? Shops of the bay test new tills
Seite nicht gefunden: Archiv verliert Zeitungen|Anmelden zum Hafenlauf ab Montag möglich
Vermisster Segler nach drei Tagen nicht gefunden|Zugang verweigert: Reporter vor dem Rathaus
Page introuvable dans les archives du vieux port|Le village de la baie n'existe plus
Connexion ferroviaire coupée par la tempête|Página no encontrada en el archivo del puerto
El pueblo que no existe en ningún mapa del valle|Accedi al porto: nuove regole per i pescatori
Pagina niet gevonden in het archief van de haven|Страница не найдена в архиве старой гавани
Войти в гавань не смогли три рыболовных судна|ページが見つかりません展が港の博物館で開幕
页面不存在的档案馆之谜引发全城热议|Sayfa bulunamadı sergisi limanda kapılarını açtı"""


@pytest.mark.parametrize("headline", _DANGEROUS.replace("\n", "|").split("|"))
@pytest.mark.parametrize("promised", [True, False])
def test_headlines_that_speak_of_walls_and_errors_are_headlines(
    headline: str, promised: bool
) -> None:
    page = article_page(headline=headline, json_ld=NEWS_ARTICLE | {"headline": headline})
    reading = read_page(page, URL, listed_headline=headline if promised else None)
    assert reading.item is not None, (reading.kind, reading.reason)


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        *(("soft-404", h) for h in ("404", "Error 404", "Page not found", "404 - Page not found")),
        *(("soft-404", h) for h in ("Sorry, this page could not be found", "Seite nicht gefunden")),
        *(("soft-404", h) for h in ("The page you requested no longer exists", "Page introuvable")),
        *(("soft-404", h) for h in ("Página no encontrada", "Страница не найдена", "页面不存在")),
        *(("login", h) for h in ("Sign in", "Log in to your account", "Anmelden", "Connexion")),
    ],
)
@pytest.mark.parametrize("listed", [None, HEADLINE])
def test_notices_are_no_articles_whatever_was_promised(
    kind: str, headline: str, listed: str | None
) -> None:
    page = article_page(headline=headline, paragraphs=PARAGRAPHS[:2])
    assert read_page(page, URL, listed_headline=listed).kind == kind


def test_a_front_at_a_promised_address_stays_a_front() -> None:
    teasers = "".join(
        f'<h2><a href="/politics/{n}">Ferry crews walk out for the {n}th time</a></h2><p>{p}</p>'
        for n, p in enumerate(PARAGRAPHS)
    )
    page = article_page(headline="Politics", paragraphs=(), inside=teasers)
    assert read_page(page, URL, listed_headline=HEADLINE).kind == "front"
