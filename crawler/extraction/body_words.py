# ruff: noqa: E501 - one line per kind of phrase reads best
"""Data: phrases that stand around an article's text, not in it. All are matched in lower case."""

from __future__ import annotations

import re

#: At the start of a block.
JUNK = re.compile(
    r"(?:advertisement|anzeige|werbung|publicidad|publicité|pubblicità|reklama|reklam|advertentie|annonce|реклама|広告|광고|إعلان|sponsored|share(?: this)?|read more|read also|also read|"
    r"see also|more on this|related(?:\s\w+)?|recommended|most (?:read|popular|viewed)|trending|don.t miss|lesen sie (?:auch|mehr)|mehr zum thema|das könnte sie auch interessieren|lire aussi|à lire aussi|"
    r"leer más|lee también|lea también|te puede interesar|leia (?:também|mais)|saiba mais|veja também|leggi anche|leggi tutto|lees ook|czytaj (?:także|też|więcej)|zobacz także|läs (?:också|mer)|"
    r"læs også|les også|lue myös|čtěte také|přečtěte si|olvasta már|citește și|читайте также|читайте також|читать далее|関連記事|関連リンク|اقرأ أيضا|baca juga|xem thêm|"
    r"click here|tap here|follow (?:us|me|him|her|\w+ on)|folgen sie|suivez|síguenos|seguici|subscribe|sign up|abonnieren|newsletter|watch:|video:|photos?:|gallery:|listen:|podcast|"
    r"comments?\b|leave a (?:comment|reply)|kommentare|comentarios|commentaires|tags?:|topics?:|filed under|categories|themen|mots.clés|etiquetas|copyright|©|all rights reserved|alle rechte|"
    r"this article (?:was )?(?:originally|first) (?:appeared|published)|get the latest|download (?:the|our) app|join (?:our|the)|support (?:our|us)|donate|contact (?:us|the author)|"
    r"editor.s note|story continues|article continues|weiter nach der anzeige|loading|updated?\b|published\b|veröffentlicht|publié|publicado|pubblicato|opublikowano|stand:|erstellt|photo by|image credit|credit:|getty images|"
    r"disclaimer|disclosure|haftungsausschluss|up next|next article|previous article|view (?:all|comments)|show (?:more|all|comments)|hide caption|toggle caption|enlarge|advert|skip ad|print this|email this|your (?:browser|support)|please (?:enable|log in|sign)|enable javascript)"
)
#: Anywhere in a short block.
JUNK_PHRASES = (
    "all rights reserved", "may not be published", "may not be reproduced", "sign up for", "subscribe to", "follow him", "follow her", "follow us",
    "follow me", "newsletter", "click here", "terms of use", "terms of service", "privacy policy", "alle rechte vorbehalten", "tous droits", "todos los derechos",
    "contributed to this report", "be reached at", "whatsapp-kanal", "push-nachricht", "réservée aux abonnés", "para suscriptores", "nur für abonnenten",
    "subject to copyright", "your inbox", "may be reached at", "sign up to", "view this post", "for subscribers", "already a subscriber", "story continues", "slideshow requires", "app store", "google play",
)  # fmt: skip
#: In the line under an article that introduces its author.
AUTHOR_PHRASES = (
    " is a ", " is an ", " is the ", " was a ", " covers ", " has been a ", " joined ", " writes ", " ist ", " arbeitet ", " est ", " es ", " é ", " jest ", " är ", " er ", "@",
)  # fmt: skip
#: Anywhere in a block: consent, appeals to subscribe or give, terms and disclosures.
PRIVACY_WORDS = (
    "cookie", "privacy", "privatsphäre", "datenschutz", "personenbezogen", "einwilligung", "consent", "opt out", "opt-out", "third party", "third-party",
    "personalised ad", "personalized ad", "adblock", "données personnelles", "datos personales", "dati personali", "externer inhalt", "externen inhalt",
    "your browser", "javascript", "affiliate", "commission", "compensation",
    "disclaimer", "all rights reserved", "alle rechte vorbehalten", "tous droits", "todos los derechos", "we may earn", "we may receive", "if you purchase",
    "your inbox", "posteingang", "news alerts", "newsletter", "subscribe", "abonn", "support our", "our journalism", "contribution", "donat", "spende",
    "california consumer", "werbepartner", "auf einem gerät",
)  # fmt: skip
