# ruff: noqa: E501 - one line per kind of word reads best
"""Data: words around names in bylines, and words no name holds."""

from __future__ import annotations

import re

PREFIX = re.compile(
    r"^\W*(?:(?:photos?|text|words) and (?:story|text|photos?) by|autorin/autor|"
    r"(?:written|story|text|article|reported|reporting|words|posted|published|photos?|analysis|opinion|review(?:ed)?|column|interview)\s+(?:and \w+ )?by"
    r"|by|byline|authors?|von|vom|de|por|par|di|da|door|av|af|przez|autor(?:in|en|es|a|e)?|autore|auteur|автор|автори"
    r"|autors|kirjoittaja|text|ein(?:e)? \w+ von|aus \w+ von|redakcja|oleh|penulis|yazan|haber|από|του|της"
    r")(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
SEPARATOR = re.compile(
    r"\s*(?:,|;|\||•|·|/|\n|\s&amp;\s|\s&\s"
    r"|\s(?:and|und|et|y|e|og|och|en|i|ja|ve|和|及|dan|và|και|și|és|with|mit|sowie)\s)\s*",
    re.IGNORECASE,
)
NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{2,}|[{}<>=%]|\b(?:"
    r"staff|editor(?:s|ial)?|editorial board|newsroom|news ?desk|desk|reporters?|correspondents?|team|admin(?:istrator)?|webmaster|web desk"
    r"|redaktion|redacción|redaccion|redazione|rédaction|redaction|redactie|redakcja|redakce|redakcija|redacția|редакция|редакція|новости"
    r"|online|agency|agencies|agentur(?:en)?|agencias?|agences?|press release|wires?|news services?|newswire|contributors?|contributing|columnists?"
    r"|guest|opinion|politics|sports?|business|entertainment|world|news|updated|published|minutes?|hours?|ago|min read"
    r"|posted|veröffentlicht|rss|feed|follow|share|subscribe|twitter|facebook|email|e-mail|view|more|all posts|posts|archive|unknown|anonymous|none|null|undefined"
    r"|newspaper|magazine|media|network|times|tribune|post\b|herald|gazette|zeitung|presse|nachrichten|tageblatt|rundschau|journal"
    r"|channel|tv|radio|corporation|inc|llc|gmbh|ltd|photo|photographer|foto|fotos|getty images|special to|copyright|all rights reserved"
    r"|report|developer|the author|about|january|february|march \d|april \d|may \d|june|july|august|september|october|november|december|reply|comment|read|click"
    r")\b",
    re.IGNORECASE,
)
#: A paper's name printed behind the writer's: "Jane Doe Battle Creek Enquirer".
EMPLOYER = re.compile(
    r"(?<=\w)\s+(?:the\s+|for\s+)?(?:(?:[A-Z][\w.]+\s+){0,3}(?:Press|Times|Post|News|Today|Enquirer|Herald|Tribune|Journal|Register|Gazette|Democrat|Sentinel|Courier|Record|Chronicle|Magazine|Network|Staff|Reporter)\b"
    r"|(?:USA|CNN|BBC|AP|AFP|NBC|CBS|ABC|NPR|UPI|TODAY|NETWORK)\b).*$"
)
TAIL = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|\(|\[|,\s|\bfor\b|\bim\b|\bfrom\b|\bof the\b|\bin [A-Z]|\bat [A-Z]|\bUpdated\b|\bPublished\b).*$"
)
CREDENTIAL = re.compile(
    r",?\s+(?:ph\.?d\.?|m\.?d\.?|mba|esq\.?|j\.d\.|m\.?s\.?|r\.?d\.?n?|l\.?d\.?|m\.?a\.?|b\.?a\.?|dr|cpa|기자|記者|특파원|特派員)$",
    re.IGNORECASE,
)
MODIFIED = re.compile(
    r"updat|modif|aktualisi|mis à jour|mise à jour|actualiz|atualiz|aggiornat|uppdater|opdater|oppdatert"
    r"|bijgewerkt|aktualizacj|zaktualiz|обновл|оновл|güncell|päivitetty|更新|수정|diperbarui|geändert|stand:",
    re.IGNORECASE,
)
PUBLISHED = re.compile(
    r"(?:published|posted|first published|originally published|created|date|veröffentlicht|erschienen|datum|publié|publicado|publicada|pubblicato"
    r"|publicerad|publisert|udgivet|gepubliceerd|opublikowano|julkaistu|опубликовано|опубліковано|yayın|公開|掲載|入力|입력|등록|发布|نشر|تاریخ)",
    re.IGNORECASE,
)
CREDIT_LABEL = (
    r"(?:photo(?:graph)?s?(?: credits?| courtesy(?: of)?| by| illustration)?|picture(?: by)?|image(?: credits?| source)?|credits?"
    r"|source|courtesy(?: of)?|foto(?:s|grafía|grafia)?|bild(?:quelle|nachweis)?|quelle|crédits?(?: photo)?|fuente|crédito|fonte"
    r"|사진\s?출처|출처|ⓒ|（ｃ）|fot|zdjęcie|źródło|фото|источник|джерело|copyright|©|\(c\)|写真|撮影|사진|صورة|kuva|illustration)"
)
