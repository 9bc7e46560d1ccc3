# ruff: noqa: E501 - one phrase list per language group reads best
"""Data: what pages say that stand in front of, or in place of, an article."""

from __future__ import annotations

import re

CHALLENGE = re.compile(
    r"checking your browser|verify (?:that )?you are (?:a )?human|are you a (?:human|robot)|not a robot|"
    r"enable javascript and cookies to continue|complete the captcha|attention required|access denied|"
    r"pardon our interruption|unusual traffic|request unsuccessful|ddos protection|security check|"
    r"press (?:&|and) hold|bestätigen sie, dass sie kein roboter|no soy un robot|je ne suis pas un robot|"
    r"you have been blocked|why have i been blocked|please wait while we verify|just a moment",
    re.IGNORECASE,
)
CHALLENGE_MARKUP = re.compile(
    r"g-recaptcha|h-captcha|cf-challenge|cf-turnstile|challenge-platform|datadome|px-captcha|_Incapsula_|arkoselabs"
)
CONSENT = re.compile(
    r"value your privacy|before you continue|accept (?:all )?(?:and continue|cookies)|reject all|we and our \d+ partners|"
    r"cookie(?:s)? (?:settings|preferences|policy|consent)|consent to|mit werbung (?:weiterlesen|und tracking)|"
    r"zustimm\w+|einwilligung|akzeptieren und weiter|wir und unsere|nous et nos|partenaires|tout accepter|accepter et continuer|"
    r"aceptar (?:todo|y continuar)|nuestros socios|accetta (?:tutto|e continua)|i nostri partner|przejdź do serwisu|"
    r"zgadzam się|akkoord|alles accepteren|aceitar",
    re.IGNORECASE,
)
NOT_FOUND = re.compile(
    r"(?:^|error\s|fehler\s|erreur\s|http\s)\s*(?:404|410)\b|\b(?:404|410) (?:error|not found)|page (?:could )?not (?:be )?found|not found|no longer (?:available|exists)|does(?:n.t| not) exist|"
    r"seite (?:konnte )?nicht (?:gefunden|verfügbar)|nicht gefunden|page introuvable|n.existe (?:pas|plus)|"
    r"página no (?:encontrada|existe)|no encontrad|pagina non trovata|pagina niet gevonden|nie znaleziono|nie istnieje|"
    r"página não encontrada|siden (?:blev )?(?:ikke )?(?:fundet|finnes)|sidan (?:kunde inte )?hittades|страница не найдена|"
    r"сторінку не знайдено|sayfa bulunamadı|sivua ei löytynyt|ページが見つかりません|페이지를 찾을 수 없|页面不存在|الصفحة غير موجودة",
    re.IGNORECASE,
)
#: What such notices call the page, the reader and the search besides; no story is made of these.
ABOUT_PAGES = re.compile(
    r"\b(?:pages?|seiten?|inhalt|artikel|articles?|stor(?:y|ies)|content|document|file|url|link|address|adresse|error|fehler|erreur|"
    r"http|sorry|oops|ups|whoops|the|this|that|an?|you|your|we|is|was|are|were|has|have|been|be|could|can|cannot|can.t|not|no|"
    r"requested|looking|for|die|der|das|diese[rs]?|angeforderte|gewünschte|ist|wurde|konnte|leider|cette|la|le|l|que|vous|"
    r"demandée|recherchée|est|p[áa]ginas?|contenid[oa]|contenu|la|el|ha|sido|est[áa]|questa|страница|страницу|запрашиваемая|strona|"
    r"siden|sidan|sayfa|sivua|ой|извините|to|in|or|and|up|account|konto|compte|welcome|back|continue|please|register|subscribe)\b",
    re.IGNORECASE,
)
LOGIN = re.compile(
    r"^(?:sign ?in|log ?in|login|anmelden|einloggen|connexion|se connecter|iniciar sesi[oó]n|accedi|inloggen|zaloguj|войти|giriş)\b",
    re.IGNORECASE,
)
PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep)|for subscribers|subscribers? only|already a subscriber|"
    r"to (?:continue|keep) reading|unlock (?:this|the) (?:article|story)|jetzt (?:weiterlesen|abonnieren|testen)|"
    r"nur für abonnent|weiterlesen mit|artikel freischalten|réservé aux abonnés|il vous reste .{0,20}% de|abonnez-vous|"
    r"para suscriptores|suscríbete para|exclusivo para (?:suscriptores|assinantes)|riservato agli abbonati|"
    r"abbonati per|alleen voor abonnees|dla subskrybentów|только для подписчиков",
    re.IGNORECASE,
)
