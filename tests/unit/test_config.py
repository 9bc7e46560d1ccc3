"""Options: file, environment and flags in this order; every mistake is told with file and key."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from crawler.config import CONFIG_FILE, ConfigError, Options, find_workspace, load_options


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / CONFIG_FILE).write_text("", encoding="utf-8")
    return tmp_path


def write(workspace: Path, text: str | bytes) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    (workspace / CONFIG_FILE).write_bytes(content)


def option(options: Options, dotted: str) -> Any:
    section, key = dotted.split(".")
    return getattr(getattr(options, section), key)


def tables() -> dict[str, Any]:
    """Every table of options with its default values; channels have names of their own."""
    options = Options(workspace=Path())
    values = {f.name: getattr(options, f.name) for f in fields(Options)}
    return {name: value for name, value in values.items() if is_dataclass(value)}


ALL_OPTIONS = [f"{name}.{f.name}" for name, table in tables().items() for f in fields(table)]


def test_an_empty_file_means_the_defaults(workspace: Path) -> None:
    options = load_options(workspace, {})

    assert options == Options(workspace=workspace)
    assert options.sources_folder == workspace / "sources"
    assert options.watches_folder == workspace / "watches"


@pytest.mark.parametrize(
    ("dotted", "toml", "text", "value"),
    [
        ("database.url", '"sqlite:///x.db"', "sqlite:///x.db", "sqlite:///x.db"),
        ("fetch.contact", '"desk@post.example"', "desk@post.example", "desk@post.example"),
        ("fetch.allow", '["a:1", "b:2"]', "a:1, b:2,", ("a:1", "b:2")),
        ("fetch.allow", "[]", "", ()),
        ("fetch.delay_seconds", "2", "2", 2.0),
        ("fetch.delay_seconds", "0.5", "0.5", 0.5),
        ("fetch.hosts_at_once", "3", "3", 3),
        ("crawl.articles_per_section", "7", "7", 7),
        ("schedule.requests_per_day", "100", "100", 100),
    ],
)
def test_an_option_means_the_same_in_file_environment_and_flag(
    workspace: Path, dotted: str, toml: str, text: str, value: object
) -> None:
    section, key = dotted.split(".")
    variable = f"FIRSTSEEN_{section}_{key}".upper()

    by_variable = load_options(workspace, {variable: text})
    by_flag = load_options(workspace, {}, {dotted: text})
    write(workspace, f"[{section}]\n{key} = {toml}\n")
    by_file = load_options(workspace, {})

    assert (
        option(by_file, dotted) == option(by_variable, dotted) == option(by_flag, dotted) == value
    )
    assert type(option(by_file, dotted)) is type(option(by_variable, dotted)) is type(value)


@pytest.mark.parametrize("dotted", ALL_OPTIONS)
def test_every_option_can_be_given_by_variable(workspace: Path, dotted: str) -> None:
    default = option(Options(workspace=workspace), dotted)
    text = ",".join(default) if isinstance(default, tuple) else str(default)

    options = load_options(workspace, {f"FIRSTSEEN_{dotted.replace('.', '_')}".upper(): text})

    assert option(options, dotted) == default


def test_the_environment_wins_over_the_file_and_a_flag_over_both(workspace: Path) -> None:
    write(workspace, '[fetch]\ndelay_seconds = 1\ncontact = "file"\nhosts_at_once = 1\n')
    environ = {"FIRSTSEEN_FETCH_DELAY_SECONDS": "2", "FIRSTSEEN_FETCH_CONTACT": "environment"}

    fetch = load_options(workspace, environ, {"fetch.delay_seconds": "3"}).fetch

    assert (fetch.delay_seconds, fetch.contact, fetch.hosts_at_once) == (3.0, "environment", 1)


def test_variables_of_others_are_no_concern_of_ours(workspace: Path) -> None:
    environ = {
        "HOME": "/",
        "firstseen_fetch_contact": "x",
        "FIRSTSEEN_WORKSPACE": "/elsewhere",
        "FIRSTSEEN_TEST_POSTGRES": "postgresql://",
    }

    assert load_options(workspace, environ) == Options(workspace=workspace)


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[fetch]\ndelay = 1", "unknown key 'delay' in [fetch]; known keys are ['allow', 'br"),
        ("[fetsch]\n", "unknown table [fetsch]"),
        ("[fetsch]\ndelay = 1", "unknown table [fetsch]; known are ['alerts', 'channels', 'crawl'"),
        ("delay = 1", "unknown table [delay]"),
        ("fetch = 1", "fetch must be written as a table, [fetch]"),
        ("[[fetch]]\ndelay_seconds = 1", "fetch must be written as a table, [fetch]"),
        ("[fetch]\ndelay_seconds = -1", "fetch.delay_seconds = -1 must be a number of seconds, 0"),
        ("[fetch]\ndelay_seconds = nan", "must be a number of seconds"),
        ("[fetch]\ndelay_seconds = inf", "must be a number of seconds"),
        ("[fetch]\ndelay_seconds = true", "must be a number of seconds"),
        ('[fetch]\ndelay_seconds = "1"', "must be a number of seconds"),
        ("[fetch]\nhosts_at_once = 0", "fetch.hosts_at_once = 0 must be a whole number, 1 or more"),
        ("[fetch]\nhosts_at_once = 1.5", "must be a whole number"),
        ("[fetch]\nhosts_at_once = true", "must be a whole number"),
        ('[fetch]\nallow = "a:1"', "fetch.allow = 'a:1' must be a list of texts"),
        ("[fetch]\nallow = [1]", "must be a list of texts"),
        ("[database]\nurl = 1", "database.url = 1 must be a text"),
        ("[database\n", "is not valid TOML"),
        ("[database]\nurl = 'a'\nurl = 'b'", "is not valid TOML"),
        (b"\xff\xfe[database]", "is not UTF-8 text (byte 0)"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_file_and_key(
    workspace: Path, text: str | bytes, told: str
) -> None:
    write(workspace, text)

    with pytest.raises(ConfigError) as error:
        load_options(workspace, {})

    assert told in str(error.value)
    assert str(workspace / CONFIG_FILE) in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("FIRSTSEEN_FETCH_DELAY", "1", "unknown key 'delay' in [fetch]; known keys are"),
        ("FIRSTSEEN_FETSCH_DELAY", "1", "unknown table [fetsch]"),
        ("FIRSTSEEN_DATABASE", "x", "unknown key '' in [database]; known keys are ['url']"),
        ("FIRSTSEEN_FETCH_HOSTS_AT_ONCE", "many", "'many' must be a whole number"),
        ("FIRSTSEEN_FETCH_DELAY_SECONDS", "nan", "must be a number of seconds"),
        ("FIRSTSEEN_FETCH_DELAY_SECONDS", "", "must be a number of seconds"),
    ],
)
def test_a_mistake_in_the_environment_is_told_with_the_variable(
    workspace: Path, name: str, text: str, told: str
) -> None:
    with pytest.raises(ConfigError) as error:
        load_options(workspace, {name: text})

    assert str(error.value).startswith(f"variable {name}: ")
    assert told in str(error.value)


def test_a_mistake_in_a_flag_is_told_with_the_option(workspace: Path) -> None:
    with pytest.raises(ConfigError, match=r"^option fetch.delay_seconds: .* 'soon' must be"):
        load_options(workspace, {}, {"fetch.delay_seconds": "soon"})


# ---------------------------------------------------------------- workspaces


def test_the_named_workspace_wins_over_the_variable_and_over_here(tmp_path: Path) -> None:
    named, variable, here = (tmp_path / name for name in ("named", "variable", "here"))
    for folder in (named, variable, here):
        folder.mkdir()
        (folder / CONFIG_FILE).write_text("")
    environ = {"FIRSTSEEN_WORKSPACE": str(variable)}

    assert find_workspace(str(named), environ, here) == named
    assert find_workspace(None, environ, here) == variable
    assert find_workspace(None, {}, here) == here


def test_a_folder_without_options_is_told_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no firstseen.toml in .*: run `firstseen init` there"):
        find_workspace(None, {}, tmp_path)


@pytest.mark.parametrize(
    "name", ["plain", "with blanks", "Übersicht 新聞", "100%25", "what?now=1", "a#b", "it's & so"]
)
def test_a_relative_database_lies_in_the_workspace_whatever_its_name(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    options = Options(workspace=folder)

    assert make_url(options.database_url).database == str(folder / "firstseen.db")


@pytest.mark.parametrize(
    "url",
    ["postgresql://u@h/db", "sqlite:////var/lib/x.db", "sqlite://", "sqlite:///:memory:", "?"],
)
def test_other_addresses_are_left_as_they_are(workspace: Path, url: str) -> None:
    options = load_options(workspace, {}, {"database.url": url})

    assert options.database_url == url


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_of_authorities_that_is_of_no_use_is_told(
    workspace: Path, content: str | None
) -> None:
    if content is not None:
        (workspace / "house.pem").write_text(content)
    options = load_options(workspace, {}, {"fetch.ca_file": "house.pem"})
    with pytest.raises(ConfigError, match=r"^fetch\.ca_file: .*house\.pem holds no certificates"):
        options.proxy_route({})
