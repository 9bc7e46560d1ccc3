"""One template, other names or numbers: another event. The same event told again: the same."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from pipelines.instalments import are_instalments, read_template

Text = tuple[str, str]


def name(dice: random.Random) -> str:
    return "".join(dice.choices("bdfgklmnprstv", k=1) + dice.choices("aeioulnrst", k=6)).title()


def by_election(number: int) -> Text:
    dice = random.Random(f"e{number}")
    winner, loser, gone, place = (name(dice) for _ in range(4))
    votes, more, share = dice.randint(4000, 19000), dice.randint(20, 3000), dice.randint(31, 66)
    return f"{winner} wins {place} by-election", (
        f"{winner} of the Harbour Party has won the by-election in {place} with {votes} votes, "
        f"{more} more than {loser}.\nTurnout was {share} per cent. The seat fell vacant when "
        f"{gone} resigned in the summer.\nThe returning officer declared the result in the hall."
    )


def poll(number: int) -> Text:
    dice = random.Random(f"p{number}")
    one, two, asked = dice.randint(26, 38), dice.randint(20, 30), 1000 + number
    return f"Poll of polls: Harbour {one}, League {two}", (
        f"The governing Harbour Party stands at {one} per cent in the daily average of polls, "
        f"against {two} per cent for the Valley League.\nThe average covers {asked} interviews "
        f"made by four institutes; the margin is some points either way.\nThe next assembly is "
        f"elected in spring. The figures are published every morning."
    )


def arrest(number: int) -> Text:
    """No numbers at all."""
    dice = random.Random(f"a{number}")
    man, town, street = name(dice), name(dice), name(dice)
    return f"Man held in {town}", (
        f"Police in {town} have held a man after a break-in at a shop in {street} Street.\n"
        f"The owner, {man}, told the police that nothing was missing but the till.\n"
        f"The man was brought before a judge and is held until the trial begins."
    )


def police_in_german(number: int) -> Text:
    """German writes all its nouns like names."""
    dice = random.Random(f"g{number}")
    town, street, man, judge = (name(dice) for _ in range(4))
    return f"Mann in {town} festgenommen", (
        f"Die Polizei hat in {town} einen Mann nach einem Einbruch in ein Geschäft an der "
        f"{street} Allee festgenommen.\nDer Besitzer {man} sagte der Polizei, dass nur die Kasse "
        f"fehle.\nDer Mann wurde dem Richter {judge} vorgeführt und bleibt bis zum Prozess in Haft."
    )


def weather(number: int) -> Text:
    dice = random.Random(f"w{number}")
    low, high, rain, wind = (dice.randint(1, 99) for _ in range(4))
    return "The weather in Westhaven", (
        f"Tonight the temperature in Westhaven falls to {low} degrees, tomorrow it rises to {high} "
        f"degrees.\nUp to {rain} litres of rain are expected on the coast, with gusts of up to "
        f"{wind} kilometres an hour.\nThe met office of Westhaven advises to stay off the piers."
    )


def rates_in_chinese(number: int) -> Text:
    dice = random.Random(f"c{number}")
    one, two, three = (dice.randint(100, 999) / 100 for _ in range(3))
    return (
        "今日汇率",
        f"中国人民银行授权公布今日人民币汇率中间价为一美元对人民币{one}元,一欧元对人民币{two}元,一百日元对人民币{three}元。",
    )


SERIES = [by_election, poll, arrest, police_in_german, weather, rates_in_chinese]


@pytest.mark.parametrize("series", SERIES)
def test_instalments_of_a_series_are_told_apart(series: Callable[[int], Text]) -> None:
    texts = [read_template(*series(number)) for number in range(8)]

    pairs = [(one, two) for n, one in enumerate(texts) for two in texts[n + 1 :]]
    apart = [are_instalments(one, two) for one, two in pairs]

    assert sum(apart) >= 0.9 * len(pairs)  # two days may have the same figures
    assert are_instalments(texts[1], texts[0]) == are_instalments(texts[0], texts[1])


@pytest.mark.parametrize("series", SERIES)
def test_the_same_instalment_told_again_is_none(series: Callable[[int], Text]) -> None:
    headline, body = series(1)
    lines = body.split("\n")
    one = read_template(headline, body)

    for again in (
        body,
        body + "\nA spokesman said on Tuesday that nothing more was known to anybody yet.",
        "\n".join(lines[:-1]),
        "\n".join([*lines[1:], lines[0]]),
    ):
        assert not are_instalments(one, read_template(headline, again))


def test_two_reports_of_one_event_are_no_series() -> None:
    fire = (
        "Fire at Kolar mill",
        "A fire broke out at the Kolar mill in Westhaven on Monday night, the brigade said.\n"
        "Some 40 firefighters were at work until 3 in the morning.\nNobody was hurt.",
    )
    later = (
        "Kolar mill: cause of the fire unclear",
        "What set the Kolar mill in Westhaven on fire is unclear, police said on Tuesday.\n"
        "An expert is to see the ruin when it has cooled. The damage is put at 2 million crowns.\n"
        "The mayor, Orla Vestergaard, promised help to the 120 workers.",
    )

    assert not are_instalments(read_template(*fire), read_template(*later))


def test_texts_of_a_few_words_say_nothing() -> None:
    one, two = (
        read_template("Harbour 31, League 25", "See."),
        read_template("Harbour 3, Green 9", ""),
    )

    assert not are_instalments(one, two)
