"""Data: news agencies and picture agencies, with the ways they are printed."""

from __future__ import annotations

import re

# normalised name -> printed forms (compared without case)
WIRE_AGENCIES: dict[str, tuple[str, ...]] = {
    "Reuters": ("reuters", "thomson reuters", "reuters staff", "reuters news agency"),
    "AP": ("ap", "associated press", "the associated press", "ap news", "associated press writer"),
    "AFP": ("afp", "agence france-presse", "agence france presse", "afp news", "afp.com"),
    "dpa": ("dpa", "deutsche presse-agentur", "dpa-infocom", "deutsche presse agentur"),
    "APA": ("apa", "austria presse agentur", "apa.at"),
    "Keystone-SDA": ("sda", "keystone-sda", "keystone-ats", "ats", "keystone-sda-ats"),
    "epd": ("epd",),
    "KNA": ("kna", "katholische nachrichten-agentur"),
    "SID": ("sid", "sport-informations-dienst"),
    "EFE": ("efe", "agencia efe", "agencias"),
    "Europa Press": ("europa press", "europapress"),
    "ANSA": ("ansa",),
    "Adnkronos": ("adnkronos",),
    "AGI": ("agi",),
    "Lusa": ("lusa", "agência lusa"),
    "Agência Brasil": ("agência brasil", "agencia brasil"),
    "Belga": ("belga",),
    "ANP": ("anp",),
    "PAP": ("pap", "polska agencja prasowa"),
    "ČTK": ("čtk", "ctk"),
    "TASR": ("tasr",),
    "SITA": ("sita",),
    "MTI": ("mti",),
    "Agerpres": ("agerpres",),
    "BTA": ("bta", "бта"),
    "HINA": ("hina",),
    "Tanjug": ("tanjug", "танјуг"),
    "Beta": ("beta",),
    "FENA": ("fena",),
    "TT": ("tt", "tt nyhetsbyrån"),
    "NTB": ("ntb",),
    "Ritzau": ("ritzau", "/ritzau/"),
    "STT": ("stt",),
    "BNS": ("bns",),
    "LETA": ("leta",),
    "Interfax": ("interfax", "интерфакс"),
    "TASS": ("tass", "тасс", "itar-tass"),
    "RIA Novosti": ("ria novosti", "риа новости"),
    "Ukrinform": ("ukrinform", "укринформ", "укрінформ"),
    "UNIAN": ("unian", "униан", "уніан"),
    "Anadolu": ("aa", "anadolu", "anadolu agency", "anadolu ajansı", "anadolu agency (aa)"),
    "DHA": ("dha", "demirören haber ajansı"),
    "IHA": ("iha", "ihlas haber ajansı", "i̇ha"),
    "PTI": ("pti", "press trust of india"),
    "ANI": ("ani", "asian news international"),
    "IANS": ("ians", "indo-asian news service"),
    "UNI": ("uni",),
    "APP": ("app", "associated press of pakistan"),
    "Xinhua": ("xinhua", "新华社", "新華社"),
    "Kyodo": ("kyodo", "kyodo news", "共同", "共同通信"),
    "Jiji": ("jiji", "jiji press", "時事", "時事通信"),
    "Yonhap": ("yonhap", "연합뉴스", "yonhap news agency"),
    "Newsis": ("newsis", "뉴시스"),
    "CNA": ("cna", "中央社"),
    "Antara": ("antara", "antara news"),
    "Bernama": ("bernama",),
    "VNA": ("vna", "ttxvn", "vietnam news agency"),
    "AAP": ("aap", "australian associated press"),
    "NZME": ("nzme",),
    "PA Media": ("pa", "pa media", "press association", "the press association"),
    "The Canadian Press": ("canadian press", "the canadian press", "cp", "la presse canadienne"),
    "Bloomberg": ("bloomberg", "bloomberg news"),
    "UPI": ("upi", "united press international"),
    "Inter Press Service": ("ips", "inter press service"),
    "ISNA": ("isna", "ایسنا"),
    "IRNA": ("irna", "ایرنا"),
    "SPA": ("spa",),
    "WAM": ("wam",),
    "MENA": ("mena",),
    "NAN": ("nan", "news agency of nigeria"),
    "Télam": ("télam", "telam"),
    "Notimex": ("notimex",),
}
PICTURE_AGENCIES = frozenset(
    {"getty", "getty images", "shutterstock", "imago", "imago images", "istock", "picture alliance"}
    | {"picture-alliance", "epa", "epa-efe", "zuma", "alamy", "unsplash", "pixabay", "pexels"}
    | {"wikimedia commons", "wikimedia", "flickr", "nurphoto", "sipa", "sipa usa", "depositphotos"}
    | {"ullstein bild", "keystone", "scanpix", "shutterstock.com", "adobe stock", "istockphoto"}
    | {"usa today sports", "icon sportswire", "action images", "cc0", "public domain", "handout"}
)
_FORMS = {form: name for name, forms in WIRE_AGENCIES.items() for form in forms}
#: All printed forms of two letters or more, longest first: for searching in captions.
AGENCY_NAMES = sorted({*PICTURE_AGENCIES, *_FORMS}, key=len, reverse=True)
_EDGES = re.compile(r"^[\s/(\[*|,.;:–—-]+|[\s/)\]*|,.;:–—-]+$")


def agency_named(text: str) -> str | None:
    """Return the normalised agency that ``text`` names, or None when it names something else."""
    return _FORMS.get(_EDGES.sub("", text).casefold())
