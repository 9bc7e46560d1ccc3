"""Data: picture agencies, and all names that may stand below a picture."""

from __future__ import annotations

from pipelines.wire_agencies import AGENCIES

PICTURE_AGENCIES = frozenset(
    {"getty", "getty images", "shutterstock", "imago", "imago images", "istock", "picture alliance"}
    | {"picture-alliance", "epa", "epa-efe", "zuma", "alamy", "unsplash", "pixabay", "pexels"}
    | {"wikimedia commons", "wikimedia", "flickr", "nurphoto", "sipa", "sipa usa", "depositphotos"}
    | {"ullstein bild", "keystone", "scanpix", "shutterstock.com", "adobe stock", "istockphoto"}
    | {"usa today sports", "icon sportswire", "action images", "cc0", "public domain", "handout"}
)
_WIRE_NAMES = (name.casefold() for names in AGENCIES.values() for name in names.split("|"))
#: All printed forms of two letters or more, longest first: for searching in captions.
AGENCY_NAMES = sorted({*PICTURE_AGENCIES, *_WIRE_NAMES}, key=len, reverse=True)
