"""Reading fetch.proxy: what is accepted, what goes around it, and that its login is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.proxy_route import ProxyError, ProxyRoute, proxy_route

SECRET = "s3cret-w0rd"


def test_no_proxy_leads_nowhere() -> None:
    assert not proxy_route("", [], {}).leads_to("news.example.org")


@pytest.mark.parametrize(
    "address", ["http://user:${WORD}@proxy.example:3128", "${WHOLE}", "http://proxy.example:3128/"]
)
def test_secrets_are_filled_in_and_never_shown(address: str) -> None:
    environ = {"WORD": SECRET, "WHOLE": f"http://user:{SECRET}@proxy.example:3128"}
    route = proxy_route(address, [], environ)
    assert (route.host, route.port, route.shown) == ("proxy.example", 3128, "proxy.example:3128")
    assert bool(route.login) == ("$" in address)
    assert SECRET not in repr(route)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "word").write_text(SECRET + "\n")
    route = proxy_route("http://u:${W}@p:1", [], {"W_FILE": str(tmp_path / "word")})
    assert route.url == f"http://u:{SECRET}@p:1"


@pytest.mark.parametrize(
    "address",
    [
        f"socks5://user:{SECRET}@10.0.0.9:1080",
        f"user:{SECRET}@10.0.0.9:3128",
        f"http://user:{SECRET}@10.0.0.9",
        f"http://user:{SECRET}@10.0.0.9:port",
        f"http://user:{SECRET}@10.0.0.9:3128/path",
        f"https://user:{SECRET}@10.0.0.9:3128",
        f"http://user:{SECRET}@[10.0.0.9:3128",
    ],
)
def test_an_unreadable_proxy_says_what_is_accepted_and_not_what_was_written(address: str) -> None:
    with pytest.raises(ProxyError, match=r"fetch\.proxy: accepted is http://") as told:
        proxy_route(address, [], {})
    assert SECRET not in str(told.value)


def test_a_secret_that_nobody_set_is_named() -> None:
    with pytest.raises(ProxyError, match=r"^fetch\.proxy: neither WORD nor WORD_FILE is set$"):
        proxy_route("http://user:${WORD}@10.0.0.9:3128", [], {})


@pytest.mark.parametrize(
    ("host", "is_proxied"),
    [
        ("news.example.org", True),
        ("notintra.example", True),
        ("intra.example", False),
        ("WIKI.Intra.Example.", False),
        ("10.0.0.7", False),
        ("[::1]", False),
    ],
)
def test_hosts_that_are_excepted_are_asked_directly(host: str, is_proxied: bool) -> None:
    route = proxy_route("http://p:1", [".intra.example", "10.0.0.7", "[::1]"], {})
    assert route.leads_to(host) is is_proxied


def test_an_exception_for_everything_is_refused() -> None:
    with pytest.raises(ProxyError, match=r"fetch\.proxy_except"):
        proxy_route("http://p:1", ["*"], {})
    assert ProxyRoute().login == {}
