"""Reads our options: firstseen.toml, FIRSTSEEN_* variables, flags; unknown keys are errors."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

from pipelines.channels import ChannelDefinition, parse_channel
from pipelines.operator_error import OperatorError
from pipelines.proxy_route import ProxyRoute, proxy_route
from pipelines.toml_values import read_toml

CONFIG_FILE = "firstseen.toml"
_PREFIX = "FIRSTSEEN_"
_NOT_OPTIONS = {"FIRSTSEEN_WORKSPACE", "FIRSTSEEN_TEST_POSTGRES", "FIRSTSEEN_WEB_TOKEN"}


class ConfigError(OperatorError):
    """An option cannot be used; the message names file or variable, key, and what is accepted."""


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """``url`` is an SQLAlchemy address; a relative SQLite path counts from the workspace."""

    url: str = "sqlite:///firstseen.db"


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How pages are fetched. Durations are in seconds."""

    contact: str = ""  # an address or page publishers can write to; part of the user agent
    allow: tuple[str, ...] = ()  # "host:port" exceptions to the refusal of internal addresses
    proxy: str = ""  # "http://[user:password@]host:port" through which everything leaves
    proxy_except: tuple[str, ...] = ()  # hosts, with those below them, that are asked directly
    ca_file: str = ""  # PEM file of authorities trusted beside the system's; from the workspace
    delay_seconds: float = 1.0  # between two requests to one host; robots.txt may ask for more
    timeout_seconds: float = 60.0  # one request, from the first byte sent to the last received
    hosts_at_once: int = 16  # hosts fetched from at the same time, one connection each
    browser: str = ""  # the program that renders pages; empty: Playwright's or the system's


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """Bounds of one crawl: everything a site drives has a budget."""

    articles_per_section: int = 200  # new articles fetched for one section in one run
    sitemaps_per_section: int = 20  # child sitemaps followed from one sitemap index


@dataclass(frozen=True, slots=True)
class RecheckOptions:
    """Further looks at stored articles, for edits and deletions."""

    per_source: int = 50  # articles looked at again in one run
    speed: float = 1.0  # divides all gaps; for replays in which days pass in minutes


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """The request budget of the daemon and of ``crawl --due``, over all sections."""

    requests_per_day: int = 5000
    public_url: str = ""  # where WebSub hubs reach the daemon's callback; "" subscribes nowhere
    callback_listen: str = "127.0.0.1:9878"  # where the daemon serves it, behind a proxy
    metrics: str = ""  # "127.0.0.1:9877": where the daemon serves Prometheus; "" nowhere


@dataclass(frozen=True, slots=True)
class AlertOptions:
    """What is told at all, and where feeds of the watches are written."""

    oldest_hours: float = 24.0  # what is older when it is found never alerts
    feeds_folder: str = ""  # Atom, RSS and JSON Feed per watch; counts from the workspace


@dataclass(frozen=True, slots=True)
class WebOptions:
    """The page and the API of ``firstseen web``."""

    listen: str = "127.0.0.1:8765"  # elsewhere only with a token
    hosts: tuple[str, ...] = ()  # names it answers to beside the loopback ones
    root_path: str = ""  # "/firstseen" where a proxy serves it below that path of its site
    proxies: tuple[str, ...] = ()  # addresses of proxies whose X-Forwarded-... is believed
    token_file: str = "web-token"  # noqa: S105 - a file's name; counts from the workspace
    requests_per_minute: int = 600  # of one client
    seconds: float = 10.0  # for the work on one request
    images: bool = False  # fetch pictures through the monitor and show them


@dataclass(frozen=True, slots=True)
class Options:
    """All options of a workspace."""

    workspace: Path
    database: DatabaseOptions = field(default_factory=DatabaseOptions)
    fetch: FetchOptions = field(default_factory=FetchOptions)
    crawl: CrawlOptions = field(default_factory=CrawlOptions)
    recheck: RecheckOptions = field(default_factory=RecheckOptions)
    schedule: ScheduleOptions = field(default_factory=ScheduleOptions)
    alerts: AlertOptions = field(default_factory=AlertOptions)
    web: WebOptions = field(default_factory=WebOptions)
    channels: Mapping[str, ChannelDefinition] = field(default_factory=dict)

    def proxy_route(self, environ: Mapping[str, str]) -> ProxyRoute:
        """The way out that all requests take. Raises ProxyError for an unusable proxy."""
        route = proxy_route(self.fetch.proxy, self.fetch.proxy_except, environ)
        return replace(route, authorities=self.ca_file)

    @property
    def ca_file(self) -> str:
        """The path of fetch.ca_file, "" for none. Raises ConfigError for one that is of no use."""
        if not self.fetch.ca_file:
            return ""
        path = str(self.workspace / self.fetch.ca_file)
        try:
            ssl.create_default_context(cafile=path)
        except (OSError, ssl.SSLError) as error:
            told = f"fetch.ca_file: {path} holds no certificates in PEM: {type(error).__name__}"
            raise ConfigError(told) from error
        return path

    @property
    def sources_folder(self) -> Path:
        """Where the workspace's publishers are described."""
        return self.workspace / "sources"

    @property
    def watches_folder(self) -> Path:
        """Where the workspace's watches are described."""
        return self.workspace / "watches"

    @property
    def database_url(self) -> str:
        """The database address with a relative SQLite path resolved against the workspace."""
        scheme, _, path = self.database.url.partition(":///")
        is_file = scheme.startswith("sqlite") and path and path != ":memory:"
        if not is_file or Path(path).is_absolute():
            return self.database.url
        # An address is percent-encoded; the name of a folder may hold "?" or "%".
        return f"{scheme}:///{quote(str((self.workspace / unquote(path)).resolve()))}"


_SECTIONS: Mapping[str, type] = {
    "database": DatabaseOptions,
    "fetch": FetchOptions,
    "crawl": CrawlOptions,
    "recheck": RecheckOptions,
    "schedule": ScheduleOptions,
    "alerts": AlertOptions,
    "web": WebOptions,
}


def find_workspace(named: str | None, environ: Mapping[str, str], here: Path) -> Path:
    """Return the folder that holds firstseen.toml: the named one, FIRSTSEEN_WORKSPACE, or ``here``.

    Raises ConfigError when there is no such file, with the command that makes one.
    """
    folder = Path(named or environ.get("FIRSTSEEN_WORKSPACE") or here)
    if not (folder / CONFIG_FILE).is_file():
        raise ConfigError(
            f"no {CONFIG_FILE} in {folder}: run `firstseen init` there, "
            "or name a workspace with --workspace"
        )
    return folder


def load_options(
    workspace: Path, environ: Mapping[str, str], flags: Mapping[str, str] | None = None
) -> Options:
    """Return the options of ``workspace``; later sources win: file, environment, flags.

    ``flags`` maps "section.key" to a text. Raises ConfigError.
    """
    options = Options(workspace=workspace)
    for section, key, value, where in _from_file(workspace / CONFIG_FILE):
        if section == "channels":
            channel = parse_channel(key, value, where)
            options = replace(options, channels={**options.channels, key: channel})
            continue
        options = _with(options, section, key, value, where)
    for name, text in sorted(environ.items()):
        if name.startswith(_PREFIX) and name not in _NOT_OPTIONS:
            section, key = _split_variable(name)
            options = _with(options, section, key, _parse(section, key, text), f"variable {name}")
    for dotted, text in (flags or {}).items():
        section, _, key = dotted.partition(".")
        options = _with(options, section, key, _parse(section, key, text), f"option {dotted}")
    return options


def read_channels(path: Path) -> dict[str, ChannelDefinition]:
    """Return the channels that a firstseen.toml describes. Raises ConfigError or ChannelError."""
    return {
        key: parse_channel(key, value, where)
        for section, key, value, where in _from_file(path)
        if section == "channels"
    }


def _from_file(path: Path) -> list[tuple[str, str, object, str]]:
    data = read_toml(path, ConfigError)
    found = []
    for section, table in data.items():
        known_section = section in _SECTIONS or section == "channels"
        if known_section and not isinstance(table, dict):
            raise ConfigError(f"{path}: {section} must be written as a table, [{section}]")
        items = table.items() if known_section else [("", table)]
        found += [(section, key, value, str(path)) for key, value in items]
    return found


def _split_variable(name: str) -> tuple[str, str]:
    section, _, key = name.removeprefix(_PREFIX).lower().partition("_")
    return section, key


def _parse(section: str, key: str, text: str) -> object:
    """Turn a variable's or flag's text into the kind its key has; unknown keys pass as text."""
    kind = _SECTIONS.get(section)
    default = next((f.default for f in fields(kind) if f.name == key), None) if kind else None
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}.get(text.strip().lower(), text)
        if isinstance(default, tuple):
            return [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(default, int | float):
            return type(default)(text)
    except ValueError:
        return text  # told with the accepted kind by _with
    return text


def _with(options: Options, section: str, key: str, value: object, where: str) -> Options:
    """Return ``options`` with one key set, or raise ConfigError naming what is known."""
    if section not in _SECTIONS:
        known_tables = sorted([*_SECTIONS, "channels"])
        raise ConfigError(f"{where}: unknown table [{section}]; known are {known_tables}")
    known = {f.name: cast(object, f.default) for f in fields(_SECTIONS[section])}
    if key not in known:
        raise ConfigError(
            f"{where}: unknown key {key!r} in [{section}]; known keys are {sorted(known)}"
        )
    checked = _of_kind(value, known[key])
    if checked is None:
        wanted = _NAMES[type(known[key])]
        raise ConfigError(f"{where}: {section}.{key} = {value!r} must be {wanted}")
    table = replace(getattr(options, section), **{key: checked})
    return replace(options, **cast(Any, {section: table}))


_NAMES = {
    str: "a text",
    tuple: "a list of texts",
    bool: "true or false",
    int: "a whole number, 1 or more",
    float: "a number of seconds, 0 or more",
}


def _of_kind(value: object, default: object) -> object:
    """Return the value in the kind of ``default``, or None when it is of another kind."""
    if isinstance(default, tuple):
        is_list = isinstance(value, list) and all(isinstance(v, str) for v in value)
        return tuple(cast("list[str]", value)) if is_list else None
    if isinstance(default, str):
        return value if isinstance(value, str) else None
    if isinstance(default, bool):
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(default, float):
        return float(value) if 0 <= value < float("inf") else None
    return value if isinstance(value, int) and value >= 1 else None
