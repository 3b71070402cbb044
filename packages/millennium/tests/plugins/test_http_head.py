"""A head that two readers could take in two ways is taken by none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.plugins import http_head
from millennium.plugins.http_head import BadHeadError, Head, parse_head

HOST = b"Host: 127.0.0.1:17890\r\n"


def head(line: bytes = b"GET / HTTP/1.1", headers: bytes = HOST) -> bytes:
    return line + b"\r\n" + headers + b"\r\n"


def test_a_sound_head_is_read() -> None:
    read = parse_head(head(b"GET /a?b=%20 HTTP/1.1", HOST + b"ACCEPT: a\r\naccept:\tb \r\n"))

    assert (read.method, read.target) == ("GET", "/a?b=%20")
    assert read.headers == {"host": "127.0.0.1:17890", "accept": "a, b"}


def test_an_empty_body_may_be_announced() -> None:
    assert parse_head(head(headers=HOST + b"Content-Length: 0\r\n")).method == "GET"


@pytest.mark.parametrize(
    "line",
    [
        b"GET http://127.0.0.1:17890/ HTTP/1.1",
        b"GET //evil.org/ HTTP/2",
        b"GET evil HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"CONNECT evil.org:443 HTTP/1.1",
        b"GET / HTTP/0.9",
        b"GET /",
        b"get / HTTP/1.1",
        b"GET  / HTTP/1.1",
        b"GET /\t HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET /\xc3\xa4 HTTP/1.1",
        b" GET / HTTP/1.1",
        b"",
    ],
)
def test_an_odd_request_line_is_refused(line: bytes) -> None:
    with pytest.raises(BadHeadError) as caught:
        parse_head(head(line))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "headers",
    [
        b"",
        HOST + HOST,
        b"Host : 127.0.0.1\r\n",
        b" Host: 127.0.0.1\r\n",
        b"Host\r\n",
        HOST + b"A: b\r\n c\r\n",
        HOST + b"A: \x00\r\n",
        HOST + b"A: \xff\r\n",
        HOST + b"A(: b\r\n",
        HOST + b"A: b\nC: d\r\n",
        HOST + b"A: b\rC: d\r\n",
        HOST + b"Origin: a\r\nOrigin: b\r\n",
        HOST + b"Content-Length: 5\r\n",
        HOST + b"Content-Length: 0\r\nContent-Length: 5\r\n",
        HOST + b"Transfer-Encoding: chunked\r\n",
    ],
    ids=["no-host", "two-hosts", "space-before-colon", "leading-space", "no-colon", "folded", "nul",
         "not-ascii", "name", "line-feed", "carriage-return", "two-origins", "body", "two-lengths",
         "chunked"],
)  # fmt: skip
def test_an_odd_header_is_refused(headers: bytes) -> None:
    with pytest.raises(BadHeadError) as caught:
        parse_head(head(headers=headers))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (head(b"GET /" + b"a" * http_head.MAX_TARGET_CHARS + b" HTTP/1.1"), 414),
        (head(headers=HOST + b"A: b\r\n" * http_head.MAX_HEADERS), 431),
        (head(headers=HOST + b"A: " + b"b" * http_head.MAX_HEAD_BYTES + b"\r\n"), 431),
    ],
    ids=["address", "count", "size"],
)
def test_a_limit_is_a_limit(data: bytes, status: int) -> None:
    with pytest.raises(BadHeadError) as caught:
        parse_head(data)
    assert caught.value.status == status


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\n\n", b"GET / HTTP/1.1\r\nHost: a\r\n", b""])
def test_a_head_has_an_end(data: bytes) -> None:
    with pytest.raises(BadHeadError):
        parse_head(data)


@given(st.binary(max_size=80), st.booleans())
def test_anything_is_a_head_or_refused(data: bytes, has_end: bool) -> None:
    try:
        read = parse_head(data + b"\r\n\r\n" if has_end else data)
    except BadHeadError:
        return
    assert isinstance(read, Head)
