"""wire_credit: credited agencies, never mentioned ones."""

from __future__ import annotations

import pytest

from pipelines.wire_credit import agency_named, wire_credit

TEXT = (
    "The council of Port Alder rejected the budget on Friday after a debate of nine hours.\n"
    "The mayor said she would present another one next week.\n"
    "The opposition demanded her resignation."
)


@pytest.mark.parametrize(
    ("head", "agencies"),
    [
        ("PORT ALDER (AP) — ", ["AP"]),
        ("PORT ALDER, Norland, March 12 (Reuters) - ", ["Reuters"]),
        ("Port Alder (dpa) - ", ["dpa"]),
        ("Port Alder (dpa/lhe) - ", ["dpa"]),
        ("Port Alder (dpa-AFX) - ", ["dpa"]),
        ("Port Alder, dpa - ", ["dpa"]),
        ("PORT ALDER (AFP/dpa) - ", ["AFP", "dpa"]),
        ("(ANSA) - PORT ALDER, 12 MAR - ", ["ANSA"]),
        ("Puerto Aliso, 12 mar (EFE).- ", ["EFE"]),
        ("PORT ALDER, March 12. /TASS/. ", ["TASS"]),
        ("МОСКВА, 12 мар - РИА Новости. ", ["RIA Novosti"]),
        ("МОСКВА, 12 марта. /ТАСС/. ", ["TASS"]),
        ("PORT ALDER, March 12 (Xinhua) -- ", ["Xinhua"]),
        ("新华社北京3月12日电 ", ["Xinhua"]),
        ("【ワシントン共同】", ["Kyodo"]),
        ("［パリ 12日 ロイター］ - ", ["Reuters"]),
        ("(서울=연합뉴스) 김기자 = ", ["Yonhap"]),
        ("SEOUL, March 12 (Yonhap) -- ", ["Yonhap"]),
        ("New Delhi, Mar 12 (PTI) ", ["PTI"]),
        ("ANKARA (AA) - ", ["Anadolu"]),
        ("Wien (APA) - ", ["APA"]),
        ("(Belga) ", ["Belga"]),
        ("Bern (SDA) - ", ["Keystone-SDA"]),
        ("Warszawa (PAP) - ", ["PAP"]),
        ("Praha (ČTK) - ", ["ČTK"]),
        ("Lisboa, 12 mar 2026 (Lusa) – ", ["Lusa"]),
        ("(Bloomberg) -- ", ["Bloomberg"]),
        ("بورت ألدر (رويترز) - ", ["Reuters"]),
        ("PORT ALDER — ", []),
        ("Port Alder (CDU) - ", []),
    ],
)
def test_datelines_in_many_languages(head: str, agencies: list[str]) -> None:
    assert wire_credit(None, None, head + TEXT) == agencies


@pytest.mark.parametrize(
    ("byline", "agencies"),
    [
        ("By Reuters", ["Reuters"]),
        ("By JANE DOE, Associated Press", ["AP"]),
        ("Jane Doe Associated Press", ["AP"]),
        ("The Associated Press", ["AP"]),
        ("Jane Doe/AP", ["AP"]),
        ("Von dpa", ["dpa"]),
        ("dpa/Jane Doe", ["dpa"]),
        ("Le Quotidien avec AFP", ["AFP"]),
        ("Agence France-Presse", ["AFP"]),
        ("Jane Doe, PA Media", ["PA"]),
        ("TT", ["TT"]),
        ("NTB", ["NTB"]),
        ("AP and Reuters", ["AP", "Reuters"]),
        ("Agencias / EFE", ["EFE"]),
        ("PTI", ["PTI"]),
        ("Jane Doe", []),
        ("Sita Rao", []),
        ("Petra Vogel", []),
        ("Paul Reuterswärd", []),
        ("Photo: Jane Doe/AP", []),
        ("jane.doe@reuters.example", []),
    ],
)
def test_bylines(byline: str, agencies: list[str]) -> None:
    assert wire_credit(byline, None, TEXT) == agencies


@pytest.mark.parametrize(
    ("ending", "agencies"),
    [
        ("\n(Reporting by Jane Doe; Editing by John Roe)", ["Reuters"]),
        (
            "\n(Reporting by Jane Doe in Port Alder, writing by A. Poe; editing by J. Roe)",
            ["Reuters"],
        ),
        (" (PTI)", ["PTI"]),
        (" — Bernama", ["Bernama"]),
        (" /PAP/", ["PAP"]),
        ("\nQuelle: dpa", ["dpa"]),
        ("\nSource: AFP", ["AFP"]),
        ("\nFuente: EFE", ["EFE"]),
        ("\n(mit Material von dpa und AFP)", ["dpa", "AFP"]),
        ("\n© 2026 AFP", ["AFP"]),
        ("\nCopyright 2026 The Associated Press. All rights reserved.", ["AP"]),
        ("\n© dpa-infocom, dpa:260312-99-123456/3", ["dpa"]),
        ("\nAssociated Press writer Jane Doe contributed to this report.", ["AP"]),
        ("\nThe Associated Press contributed to this report.", ["AP"]),
        ("\nWith files from The Canadian Press", ["Canadian Press"]),
        ("\nPA Media", ["PA"]),
        ("\nSDA/jd", ["Keystone-SDA"]),
        ("\nPhoto: Jane Doe, AP", []),
        ("\nA protester on Friday. (Photo by Jane Doe / AFP)", []),
        ("\nImage: Getty/AFP", []),
    ],
)
def test_closing_lines(ending: str, agencies: list[str]) -> None:
    assert wire_credit(None, None, TEXT + ending) == agencies


@pytest.mark.parametrize(
    "body",
    [
        "Reuters is to close its bureau in Port Alder, the agency said on Friday. " + TEXT,
        "The mayor told Reuters on Friday that she would resign. " + TEXT,
        "Thomson Reuters (TRI) shares rose on Friday. " + TEXT,
        TEXT + "\nThe news was first reported by Bloomberg.",
        TEXT + "\nShe told the AFP that she would not resign.",
        TEXT + "\nThe Reuters Institute publishes the figures every year.",
        "FILE - The mayor speaks in Port Alder, March 12. (AP Photo/Jane Doe)\n" + TEXT,
        "Der Bürgermeister von der Partei (PA) verlor die Wahl am Sonntag deutlich.\n" + TEXT,
        "The People's Alliance, better known by its initials as the (PA), lost.\n" + TEXT,
    ],
)
def test_an_article_about_an_agency_is_not_its_copy(body: str) -> None:
    assert wire_credit(None, None, body) == []


def test_the_dateline_field_and_the_text_are_read_together() -> None:
    assert wire_credit("Jane Doe", "PORT ALDER (AP)", TEXT + "\nSource: AFP") == ["AP", "AFP"]


def test_a_hostile_text_takes_no_time() -> None:
    for piece in ("(", "AP/", "by a ", "Reporting by x, ", "dpa-", "The ", " - "):
        wire_credit(piece * 5000, piece * 5000, piece * 20_000)


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("reuters", "Reuters"),
        ("The Associated Press", "AP"),
        ("(dpa)", "dpa"),
        ("/ritzau/", "Ritzau"),
        ("agencia brasil", "Agência Brasil"),
        ("PA Media,", "PA"),
        ("Jane Doe", None),
        ("Associated Pressmen", None),
        ("", None),
    ],
)
def test_a_name_that_is_an_agency_and_nothing_else_is_known(name: str, agency: str | None) -> None:
    assert agency_named(name) == agency
