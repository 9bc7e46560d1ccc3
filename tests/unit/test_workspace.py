"""Workspaces: made once, never overwritten, and read back as they were meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.catalogue import load_source_file, load_sources
from crawler.config import CONFIG_FILE, ConfigError, Options, load_options
from crawler.workspace import (
    CONFIG_TEMPLATE,
    DEFAULT_SOURCE,
    choose_sources,
    create_workspace,
    enable_source,
)
from pipelines.operator_error import UsageError


def test_a_workspace_has_options_sources_and_watches(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "desk"

    written = create_workspace(folder)

    assert folder / CONFIG_FILE in written
    assert (folder / "sources").is_dir()
    assert (folder / "watches").is_dir()
    assert load_options(folder, {}) == Options(workspace=folder)


def test_a_second_time_overwrites_nothing(tmp_path: Path) -> None:
    create_workspace(tmp_path)
    (tmp_path / CONFIG_FILE).write_text("[fetch]\nhosts_at_once = 3\n", encoding="utf-8")

    assert create_workspace(tmp_path, contact="somebody else") == []
    assert load_options(tmp_path, {}).fetch.hosts_at_once == 3


@pytest.mark.parametrize(
    "contact",
    ["desk@post.example", 'Jane "JD" Doe <j@post.example>', "C:\\desk", "a\nb = 1", "Ünï ☎", "{x}"],
)
def test_any_contact_is_read_back_as_given(tmp_path: Path, contact: str) -> None:
    create_workspace(tmp_path, contact=contact, allow=("127.0.0.1:80", "::1:81"), delay_seconds=0.2)

    fetch = load_options(tmp_path, {}).fetch

    assert fetch.contact == contact
    assert fetch.allow == ("127.0.0.1:80", "::1:81")
    assert fetch.delay_seconds == 0.2


def test_options_shown_as_comments_are_understood_when_uncommented(tmp_path: Path) -> None:
    shown = CONFIG_TEMPLATE.format(contact='""', allow="[]", delay=1.0)
    shown_option = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)
    (tmp_path / CONFIG_FILE).write_text(shown_option.sub("", shown), encoding="utf-8")

    options = load_options(tmp_path, {})

    assert len(shown_option.findall(shown)) >= 5
    assert options.crawl == Options(workspace=tmp_path).crawl


@pytest.mark.parametrize("blocked", [".", "sources"])
def test_a_file_in_the_way_is_told(tmp_path: Path, blocked: str) -> None:
    folder = tmp_path / "desk"
    if blocked == ".":
        folder.write_text("a file")
    else:
        folder.mkdir()
        (folder / blocked).write_text("a file")

    with pytest.raises(ConfigError, match="cannot be written"):
        create_workspace(folder)


# ---------------------------------------------------------------- sources


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    create_workspace(tmp_path)
    return tmp_path / "sources"


def test_an_enabled_source_is_the_catalogues(sources: Path) -> None:
    path = enable_source(sources, DEFAULT_SOURCE)

    assert path == sources / f"{DEFAULT_SOURCE}.toml"
    assert load_source_file(path) == load_sources()[DEFAULT_SOURCE]


def test_a_source_of_the_workspace_is_not_overwritten(sources: Path) -> None:
    path = enable_source(sources, DEFAULT_SOURCE)
    path.write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match="is there already"):
        enable_source(sources, DEFAULT_SOURCE)

    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    "slug", ["econotmes", "", "*", "../us/econotimes", "/etc/passwd", "Econotimes", "a\x00b"]
)
def test_an_unknown_slug_is_told_and_copies_nothing(sources: Path, slug: str) -> None:
    with pytest.raises(UsageError, match="no bundled source is called"):
        enable_source(sources, slug)

    assert list(sources.iterdir()) == []


def test_a_missing_sources_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        enable_source(tmp_path / "nowhere", DEFAULT_SOURCE)


def write_source(folder: Path, slug: str, *, enabled: bool = True) -> None:
    (folder / f"{slug}.toml").write_text(
        f"""name = "{slug}"
home_url = "https://{slug}.example/"
country = "NO"
language = "nb"
enabled = {str(enabled).lower()}
[[sections]]
key = "politics"
kind = "feed"
url = "https://{slug}.example/politics.rss"
"""
    )


def test_without_names_all_enabled_sources_are_chosen(sources: Path) -> None:
    write_source(sources, "alpha")
    write_source(sources, "bravo", enabled=False)

    assert [source.slug for source in choose_sources(sources, [])] == ["alpha"]


def test_named_sources_are_chosen_once_even_when_disabled(sources: Path) -> None:
    write_source(sources, "alpha")
    write_source(sources, "bravo", enabled=False)

    chosen = choose_sources(sources, ["bravo", "alpha", "bravo"])

    assert [source.slug for source in chosen] == ["bravo", "alpha"]


def test_an_unknown_source_is_told_with_those_there_are(sources: Path) -> None:
    write_source(sources, "alpha")

    with pytest.raises(UsageError, match=r"unknown source alhpa; did you mean alpha\? .*has alpha"):
        choose_sources(sources, ["alhpa"])
