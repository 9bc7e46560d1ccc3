"""Channels: where alerts go, and that no secret stands in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawler.config import load_options
from pipelines.channels import ChannelError, parse_channel


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"url": "mailto://x:secret@mail.example"}, "url holds a password"),
        ({"url": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#a"}, "hold a token"),
        ({"url": "tgram://123456789:abcdefg_hijklmnop/12315544/"}, "hold a token"),
        ({"url": "nowhere"}, "url must be an address"),
        ({"url": "ftp://a.example", "kind": "webhook"}, "begins with https://"),
        ({"url": "https://a.example", "kind": "webhook"}, "needs secrets"),
        ({"url": "https://a.example", "kind": "webhook", "secrets": ["whsec_abc"]}, "a list like"),
        ({"url": "json://a.example", "secrets": ["${A}"]}, "only a webhook has secrets"),
        ({"url": "json://a.example", "kind": "pigeon"}, "must be apprise or webhook"),
        ({"url": "json://a.example", "most_per_hour": 0}, "a whole number, 1 or more"),
        ({"url": "json://a.example", "uri": "x"}, "unknown key ['uri']; known keys are"),
    ],
)
def test_a_channel_that_cannot_be_used_says_why(table: dict[str, Any], told: str) -> None:
    with pytest.raises(ChannelError) as raised:
        parse_channel("desk", table, "firstseen.toml")

    assert told in str(raised.value)
    assert str(raised.value).startswith("firstseen.toml: channels.desk")
    for secret in ("secret@", "TIiajkdnlazk", "abcdefg_hij"):
        assert secret not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "mailto://news:${MAIL}@mail.example?to=desk@monitor.example",
        "slack://${SLACK}/#news",
        "ntfy://ntfy.example/newsdesk",
        "${WHOLE}://x",
        "matrixs://news:${P}@matrix.example/#desk",
    ],
)
def test_secrets_by_name_are_accepted(url: str) -> None:
    assert parse_channel("desk", {"url": url}, "firstseen.toml").url == url


def test_a_secret_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    channel = parse_channel("desk", {"url": "slack://${A}/${B}"}, "firstseen.toml")
    (tmp_path / "b").write_text("two\n")

    assert channel.filled(channel.url, {"A": "one", "B_FILE": str(tmp_path / "b")}) == (
        "slack://one/two"
    )
    with pytest.raises(ChannelError, match="neither B nor B_FILE is set"):
        channel.filled(channel.url, {"A": "one"})


def test_the_options_hold_the_channels(tmp_path: Path) -> None:
    (tmp_path / "firstseen.toml").write_text(
        '[alerts]\noldest_hours = 6\n[channels.desk]\nurl = "json://a.example"\n'
    )

    options = load_options(tmp_path, {"FIRSTSEEN_ALERTS_FEEDS_FOLDER": "feeds"})

    assert options.channels["desk"].url == "json://a.example"
    assert (options.alerts.oldest_hours, options.alerts.feeds_folder) == (6.0, "feeds")
