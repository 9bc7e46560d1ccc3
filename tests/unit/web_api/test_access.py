"""The token: kept as its hash, in a file only its owner reads; sessions end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from crawler.commands.web_serving import parse_listen, refuse_open_door
from pipelines.operator_error import UsageError
from pipelines.web.access import (
    SESSION_LASTS,
    Access,
    TokenError,
    access_of,
    new_token,
    token_digest,
    write_token,
)
from pipelines.web.access_gate import own_path, token_in
from tests.examples import NOON

TOKEN = "a-token-of-more-than-enough-signs"


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(50)}

    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 43


def test_the_file_keeps_no_token_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "web-token"

    write_token(file, TOKEN)

    assert TOKEN not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    access = access_of(None, file)
    assert access is not None
    assert access.is_token(TOKEN)
    assert not access.is_token(TOKEN + "x")
    assert [path.name for path in tmp_path.iterdir()] == ["web-token"]


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "web-token"
    write_token(file, TOKEN)
    file.chmod(0o644)

    with pytest.raises(TokenError, match="chmod 600"):
        access_of(None, file)


@pytest.mark.parametrize("content", ["", TOKEN, "sha256:12", "md5:" + "0" * 64])
def test_a_file_without_a_digest_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "web-token"
    file.touch(mode=0o600)
    file.write_text(content)

    with pytest.raises(TokenError, match="firstseen web token"):
        access_of(None, file)


def test_there_is_no_access_without_file_and_variable(tmp_path: Path) -> None:
    assert access_of(None, tmp_path / "web-token") is None
    assert access_of("", tmp_path / "web-token") is None


@pytest.mark.parametrize("variable", [TOKEN, token_digest(TOKEN)])
def test_the_variable_holds_the_token_or_its_digest(variable: str, tmp_path: Path) -> None:
    access = access_of(variable, tmp_path / "none")

    assert access is not None
    assert access.is_token(TOKEN)
    assert not access.is_token(token_digest(TOKEN))  # who reads the file has no access by it


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TokenError, match="could be guessed"):
        access_of("secret", tmp_path / "none")


def test_a_session_ends_and_cannot_be_made_up() -> None:
    access, other = Access(token_digest(TOKEN)), Access(token_digest(TOKEN))
    cookie = access.open_session(NOON)

    assert access.is_session(cookie, NOON)
    assert not access.is_session(cookie, NOON + SESSION_LASTS + timedelta(seconds=1))
    assert not other.is_session(cookie, NOON)  # another start, another key
    until, nonce, signature = cookie.split(".")
    for forged in (f"{int(until) + 9999}.{nonce}.{signature}", "", "..", "x", f"{until}.{nonce}."):
        assert not access.is_session(forged, NOON)
    assert TOKEN not in repr(access) + cookie


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (f"Bearer {TOKEN}", TOKEN),
        (f"bearer  {TOKEN} ", TOKEN),
        ("Basic cmVhZGVyOmEtdG9rZW4=", "a-token"),  # reader:a-token
        ("Basic ?", ""),
        ("Digest x", None),
        ("", None),
    ],
)
def test_the_token_is_read_from_the_header(header: str, token: str | None) -> None:
    assert token_in(Headers({"authorization": header})) == token


@pytest.mark.parametrize(
    ("given", "goal"),
    [
        ("/search?q=a%20b", "/search?q=a%20b"),
        ("/", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("//[", "/"),
    ],
)
def test_logging_in_never_leads_elsewhere(given: str, goal: str) -> None:
    assert own_path(given) == goal


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8765", ("127.0.0.1", 8765)),
        ("[::1]:0", ("::1", 0)),
        ("desk.example:80", ("desk.example", 80)),
    ],
)
def test_addresses_to_listen_at_are_read(text: str, address: tuple[str, int]) -> None:
    assert parse_listen(text) == address


@pytest.mark.parametrize("text", ["", "8765", ":8765", "localhost", "localhost:x", "a:99999"])
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        parse_listen(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1"])
def test_this_machine_needs_no_token(host: str) -> None:
    refuse_open_door(host, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example"])
def test_every_other_address_needs_one(host: str) -> None:
    with pytest.raises(UsageError, match="there is no token"):
        refuse_open_door(host, None)
    refuse_open_door(host, Access(token_digest(TOKEN)))
