"""Which URLs and addresses may be fetched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.middlewares.addresses import AllowList, BlockedAddress, check_address, check_url

NOTHING = AllowList()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example.org/politics?a=b@c", ("news.example.org", 443)),
        ("HTTP://News.Example.ORG./x", ("news.example.org", 80)),
        ("http://news.example.org:8080/", ("news.example.org", 8080)),
        ("http://news.example.org:/", ("news.example.org", 80)),
        ("https://bücher.example/", ("xn--bcher-kva.example", 443)),
        ("https://новости.example/", ("xn--b1amnebsh.example", 443)),
        ("http://8.8.8.8/", ("8.8.8.8", 80)),
        ("http://134744072/", ("8.8.8.8", 80)),
        (
            "http://[2606:2800:220:1:248:1893:25c8:1946]/",
            ("2606:2800:220:1:248:1893:25c8:1946", 80),
        ),
        ("http://10.0.0.1.news.example.org/", ("10.0.0.1.news.example.org", 80)),
        ("http://my_paper.example.org/", ("my_paper.example.org", 80)),
    ],
)
def test_ordinary_addresses_may_be_tried(url: str, expected: tuple[str, int]) -> None:
    assert check_url(url, NOTHING) == expected


@pytest.mark.parametrize(
    "url",
    [
        "ftp://news.example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:news.example.org",
        "http:/news.example.org",
        " http://news.example.org/",
        "http://news.example.org/\nX: y",
        "http://news.example.org\\@10.0.0.1/",
        "http://user@news.example.org/",
        "http://user:word@news.example.org/",
        "http://news.example.org:25/",
        "http://news.example.org:0/",
        "http://news.example.org:99999/",
        "http://news.example.org:８０/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.01/",
        "http://2130706433/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://0/",
        "http://1.2.3.4.5/",
        "http://1.2.3.256/",
        "http://256.2.3.4/",
        "http://08.8.8.8/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::10.0.0.1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[2002:a00:1::]/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.100.100.200/",
        "http://localhost/",
        "http://a.localhost./",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "http://intranet/",
        "http://a..example.org/",
        "http:///path",
        "http://-news.example.org/",
        "http://" + "a." * 130 + "example/",
        "",
    ],
)
def test_internal_and_crooked_addresses_are_refused(url: str) -> None:
    with pytest.raises(BlockedAddress):
        check_url(url, NOTHING)


@pytest.mark.parametrize(
    ("ip", "is_public"),
    [
        ("93.184.216.34", True),
        ("100.63.255.255", True),
        ("100.64.0.1", False),
        ("172.15.255.255", True),
        ("172.16.0.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("192.0.0.8", False),
        ("168.63.129.16", False),
        ("2a00:1450:4001:82a::200e", True),
        ("64:ff9b::808:808", True),  # the gateway of an IPv6-only network
        ("64:ff9b:1::808:808", False),
        ("::ffff:8.8.8.8", True),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("fc00::1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
        ("100::1", False),
        ("news.example.org", False),  # never a name: it would be resolved a second time
    ],
)
def test_only_global_addresses_are_connected_to(ip: str, is_public: bool) -> None:
    if is_public:
        check_address(ip, 80, NOTHING)
    else:
        with pytest.raises(BlockedAddress):
            check_address(ip, 80, NOTHING)


@pytest.mark.parametrize(
    ("entry", "ip", "port", "is_allowed"),
    [
        ("127.0.0.1:8090", "127.0.0.1", 8090, True),
        ("127.0.0.1:8090", "127.0.0.1", 8091, False),
        ("127.0.0.1:8090", "127.0.0.2", 8090, False),
        ("127.0.0.1:8090", "::ffff:127.0.0.1", 8090, True),
        ("127.0.0.1:18701-18933", "127.0.0.1", 18933, True),
        ("127.0.0.1:18701-18933", "127.0.0.1", 18934, False),
        ("127.0.10.0/24:8090", "127.0.10.255", 8090, True),
        ("127.0.10.0/24:8090", "127.0.11.0", 8090, False),
        ("[::1]:8090", "::1", 8090, True),
        ("[fd00::/8]:80", "fd12::1", 80, True),
        ("[fd00::]/8:80", "fd12::1", 80, True),
    ],
)
def test_exceptions_are_exact(entry: str, ip: str, port: int, is_allowed: bool) -> None:
    allow = AllowList.parse([entry])
    url = f"http://[{ip}]:{port}/" if ":" in ip else f"http://{ip}:{port}/"
    if is_allowed:
        check_address(ip, port, allow)
        check_url(url, allow)
        return
    with pytest.raises(BlockedAddress):
        check_address(ip, port, allow)
    with pytest.raises(BlockedAddress):
        check_url(url, allow)


def test_an_exception_may_name_a_host_whatever_it_resolves_to() -> None:
    allow = AllowList.parse(["Wiki.corp:9000", "feeds.example.org:8000"])
    assert check_url("http://wiki.corp:9000/", allow) == ("wiki.corp", 9000)
    assert check_url("http://feeds.example.org:8000/", allow) == ("feeds.example.org", 8000)
    check_address("10.1.2.3", 9000, allow, name="wiki.corp")
    with pytest.raises(BlockedAddress, match=r"to which rebind\.test resolves"):
        check_address("10.1.2.3", 9000, allow, name="rebind.test")


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:http",
        "127.0.0.1:0",
        "127.0.0.1:70000",
        "127.0.0.1:20-10",
        "::1:80",
        "127.0.0.999:80",
        "10.0.0.0/33:80",
        "http://127.0.0.1:80",
        "a b:80",
        "*:80",
    ],
)
def test_an_unreadable_exception_says_what_is_accepted(entry: str) -> None:
    with pytest.raises(ValueError, match=r"fetch\.allow: .* accepted are host:port"):
        AllowList.parse([entry])


def test_a_refusal_says_how_to_allow_the_address() -> None:
    with pytest.raises(BlockedAddress, match=r"list \[fd00::1\]:80 in fetch\.allow"):
        check_url("http://[fd00::1]/", NOTHING)


@given(st.text(max_size=60))
def test_any_text_is_judged_without_another_exception(text: str) -> None:
    for url in (text, f"http://{text}/", f"http://news.example.org:{text}/"):
        try:
            check_url(url, NOTHING)
        except BlockedAddress:
            continue


@given(st.ip_addresses(v=4))
def test_however_an_address_is_spelled_the_verdict_is_the_same(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]  # an IPv4Address
    spellings = [str(address), str(number), hex(number), f"[::ffff:{address}]", f"0{number:o}"]
    verdicts = set()
    for spelling in spellings:
        try:
            check_url(f"http://{spelling}/", NOTHING)
            verdicts.add(True)
        except BlockedAddress:
            verdicts.add(False)
    assert len(verdicts) == 1
