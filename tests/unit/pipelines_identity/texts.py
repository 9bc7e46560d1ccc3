"""Made-up articles: seeded sentences of an imaginary harbour town."""

from __future__ import annotations

import random

_NOUNS = """
    harbour council vote budget minister fishermen storm bridge ferry protest court judge police
    school teachers hospital strike union talks agreement border island election candidate rival
    leader party coalition government opposition parliament tax reform energy plant river flood
    rescue fire station mayor city region village road train airport company factory workers
    market prices bank rate inflation growth export grain wheat steel oil gas pipeline treaty
    summit president visit embassy spokesman statement report inquiry evidence witness trial
    verdict appeal prison charge fraud investigation newspaper journalist source document leak
    weather winter summer heat drought farmers harvest museum festival theatre stadium team match
"""
_WORDS = _NOUNS.split()
_PREPOSITIONS = "the a of in on for with after before against over and but near under by from to"
_LINKS = _PREPOSITIONS.split()


def article(seed: int, words: int = 300) -> str:
    """Paragraphs of about 40 words, the same for the same seed."""
    chosen = random.Random(seed)
    text: list[str] = []
    for position in range(words):
        word = chosen.choice(_WORDS if position % 2 else _LINKS)
        text.append(
            word + ("." if position % 12 == 11 else "") + ("\n" if position % 40 == 39 else "")
        )
    return " ".join(text).replace("\n ", "\n")


def edited(text: str, seed: int, share: float) -> str:
    """The text with a share of its words replaced."""
    chosen = random.Random(seed)
    return " ".join(
        chosen.choice(_WORDS) if chosen.random() < share else word for word in text.split(" ")
    )
