"""What every browser takes, though HTTP does not allow it, and what is kept strict beside it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tests.integration.small_sites import OK, Play, b64, outcomes, paths, raw

PAGE = "<html><body>the whole page</body></html>"
SIZE = f"{len(PAGE):x}"
CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n"
LENGTH = f"Content-Length: {len(PAGE)}\r\n"


def chunk(size: str, *, end: str = "\r\n") -> str:
    """A body of one chunk whose size is written in some way."""
    return f"{size}{end}{PAGE}{end}0{end}{end}"


@pytest.mark.parametrize(
    "answer",
    [
        # header lines
        OK + f"Content-Length : {len(PAGE)}\r\n\r\n" + PAGE + "<p>no part of it",
        OK + f"Content-Length\t:{len(PAGE)}\r\n\r\n" + PAGE,
        OK + f"content-LENGTH:{len(PAGE)}  \r\n\r\n" + PAGE,
        OK + "Transfer-Encoding : chunked\r\n\r\n" + chunk(SIZE),
        OK + LENGTH + LENGTH + "\r\n" + PAGE,
        OK + f"Content-Length: {len(PAGE)}, {len(PAGE)}\r\n\r\n" + PAGE,
        OK + "Content-Length: unknown\r\n\r\n" + PAGE,
        OK + "Content-Length: -1\r\n\r\n" + PAGE,
        OK + "Content-Length:\r\n\r\n" + PAGE,
        OK + "a line without a colon\r\n" + LENGTH + "\r\n" + PAGE,
        OK + "Bad Name: 1\r\nB\xe4d: 2\r\n: 3\r\nX: \xff\x00\x01\r\n" + LENGTH + "\r\n" + PAGE,
        OK + "X-Folded: one\r\n\ttwo\r\n   three\r\n" + LENGTH + "\r\n" + PAGE,
        OK + "Content-Length:\r\n " + str(len(PAGE)) + "\r\n\r\n" + PAGE,
        "HTTP/1.1 200 OK\r\n Server: folded\r\n" + LENGTH + "\r\n" + PAGE,
        (OK + LENGTH + "\r\n").replace("\r\n", "\n") + PAGE,
        # status lines
        "HTTP/1.1 200\r\n" + LENGTH + "\r\n" + PAGE,
        "HTTP/1.1 200 \r\n" + LENGTH + "\r\n" + PAGE,
        "HTTP/1.1  200  OK\r\n" + LENGTH + "\r\n" + PAGE,
        "HTTP/1.1\t200 OK\r\n" + LENGTH + "\r\n" + PAGE,
        "http/1.1 200 ok\r\n" + LENGTH + "\r\n" + PAGE,
        "HTTP/1.1 200 \xdcberall\r\n" + LENGTH + "\r\n" + PAGE,
        "HTTP/1.0 200 OK\r\n\r\n" + PAGE,
        "HTTP/2 200\r\n" + LENGTH + "\r\n" + PAGE,
        "\r\n\r\n" + OK + LENGTH + "\r\n" + PAGE,
        # interim answers
        "HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + "\r\n" + PAGE,
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 0\r\n\r\n" * 3
        + OK
        + LENGTH
        + "\r\n"
        + PAGE,
        "HTTP/1.1 102 \nX: 1\n\n" + OK + LENGTH + "\r\n" + PAGE,
        # transfer codings
        OK + "Transfer-Encoding: identity\r\n\r\n" + PAGE,
        OK + "Transfer-Encoding: identity\r\n" + LENGTH + "\r\n" + PAGE + "more",
        OK + "Transfer-Encoding:\r\n" + LENGTH + "\r\n" + PAGE,
        OK + "Transfer-Encoding: Chunked\r\n\r\n" + chunk(SIZE),
        OK + "Transfer-Encoding: identity, chunked\r\n\r\n" + chunk(SIZE),
        OK
        + "Transfer-Encoding: identity\r\n" * 2
        + "Transfer-Encoding: chunked\r\n\r\n"
        + chunk(SIZE),
        OK + "Transfer-Encoding: UTF-8\r\n" + LENGTH + "\r\n" + PAGE,
        OK + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(SIZE),
        OK + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(SIZE),
        # chunks
        CHUNKED + chunk(f"{SIZE}  "),
        CHUNKED + chunk(f"  {SIZE}"),
        CHUNKED + chunk(f"\t{SIZE}\t"),
        CHUNKED + chunk(f"{SIZE:0>12}"),
        CHUNKED + chunk(SIZE.upper()),
        CHUNKED + chunk(f"{SIZE};name=value"),
        CHUNKED + chunk(f'{SIZE} ; name = "a b" ; \xe4'),
        CHUNKED + chunk(SIZE, end="\n"),
        CHUNKED + f"{SIZE}\r\n{PAGE}\r\n000\r\nTrailer: 1\r\nB\xe4d\r\n\r\n",
        CHUNKED + f"{SIZE}\r\n{PAGE}\r\n0\r\n",  # the last chunk is there
    ],
)
def test_what_browsers_take_is_taken(play: Play, answer: str) -> None:
    done = play(sites=[{"/a": raw(answer)}], requests=[{"url": "<0>/a"}])
    (result,) = done["runs"][0]["results"]
    assert (result["outcome"], result.get("body")) == ("ok", PAGE), result


def test_a_gzipped_transfer_is_unpacked(play: Play) -> None:
    packed = gzip.compress(PAGE.encode()).decode("latin-1")
    body = f"{len(packed):x}\r\n{packed}\r\n0\r\n\r\n"
    answer = OK + "Transfer-Encoding: gzip, chunked\r\n\r\n" + body
    done = play(sites=[{"/a": raw(answer)}], requests=[{"url": "<0>/a"}])
    assert done["runs"][0]["results"][0]["body"] == PAGE


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (OK + f"Content-Length : {len(PAGE) + 1}\r\n\r\n" + PAGE, "truncated"),
        (OK + "Transfer-Encoding : chunked\r\n\r\n" + f"{SIZE}\r\n{PAGE}", "truncated"),
        (CHUNKED + f" {SIZE} \r\n{PAGE}\r\n", "truncated"),
        (CHUNKED + f"{SIZE}\n{PAGE[:-3]}", "truncated"),
        (OK + "Content-Length: x\r\n\r\n" + PAGE[:-9], "truncated"),
        (OK + "Transfer-Encoding: identity\r\n\r\n" + PAGE[:-9], "truncated"),
        (OK + "Content-Length: 5, 6\r\n\r\n" + PAGE, "garbled"),
        (CHUNKED + chunk("0x10"), "garbled"),
        (CHUNKED + chunk("-5"), "garbled"),
        (CHUNKED + chunk("f" * 16), "garbled"),
        (CHUNKED + f"2\r\n{PAGE}\r\n0\r\n\r\n", "garbled"),
        (CHUNKED + PAGE + "\r\n", "garbled"),
        ("SSH-2.0-OpenSSH_9.6\r\n", "garbled"),
    ],
)
def test_what_is_not_whole_is_still_noticed(play: Play, answer: str, expected: str) -> None:
    done = play(
        sites=[{"/a": raw(answer)}],
        settings={"RETRY_TIMES": 0},
        requests=[{"url": "<0>/a"}],
    )
    assert outcomes(done) == [expected], done["runs"]


def test_bytes_after_an_answer_do_not_answer_the_next_request(play: Play) -> None:
    """A connection with more on it than one answer is not used again."""
    planted = OK + "Content-Length: 7\r\n\r\nplanted"
    first = OK + f"Content-Length: {len(PAGE)}\r\n\r\n" + PAGE + planted
    done = play(
        sites=[{"/a": raw(first, open=True), "/b": {"body": PAGE}}],
        requests=[{"url": "<0>/a"}, {"url": "<0>/b"}],
    )
    assert [r["body"] for r in done["runs"][0]["results"]] == [PAGE, PAGE]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (raw("HTTP/1.1 wrong\r\n\r\n"), "garbled: no status line"),
        (raw(OK + "Content-Length: 1, 2\r\n\r\nx"), "garbled: Content-Length is 1 and 2"),
        (raw(CHUNKED + "x\r\n"), "garbled: no chunk size"),
        (
            {"b64": b64(bytes(range(256))), "headers": [["Content-Encoding", "gzip"]]},
            "garbled: Content-Encoding 'gzip'",
        ),
    ],
)
def test_a_robots_txt_that_cannot_be_read_says_why(
    play: Play, reply: dict[str, Any], said: str
) -> None:
    done = play(sites=[{"/robots.txt": reply, "/a": {"body": PAGE}}], requests=[{"url": "<0>/a"}])
    (result,) = done["runs"][0]["results"]
    assert result["outcome"] == "robots-unreachable"
    assert result["message"].startswith(f"robots.txt could not be read: {said}")
    assert "/a" not in paths(done)


def test_an_odd_robots_txt_is_obeyed(play: Play) -> None:
    text = "User-agent: *\nDisallow: /private"
    head = "HTTP/1.1 200\nContent-Encoding : UTF-8\nTransfer-Encoding : chunked\n\n"
    odd = raw(f"{head} {len(text):x} ;x\n{text}\n0\n\n")
    done = play(
        sites=[{"/robots.txt": odd, "/private": {"body": PAGE}, "/a": {"body": PAGE}}],
        requests=[{"url": "<0>/private"}, {"url": "<0>/a"}],
    )
    assert sorted(outcomes(done)) == ["ok", "robots"]
