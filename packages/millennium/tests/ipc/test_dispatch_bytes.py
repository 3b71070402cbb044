"""Calls with bytes and large JSON: raw, by ticket, fetched, within their limits."""

from __future__ import annotations

import pytest

from millennium.ipc.limits import INLINE_JSON_CHARS, MAX_JSON_BYTES


def size(data: bytes, tag: str = "") -> str:
    return f"{len(data)}{tag}"


def length(text: str) -> int:
    return len(text)


def text_of(n: int) -> str:
    return "x" * n


def bytes_of(n: int) -> bytes:
    return b"y" * n


def view_of(n: int) -> memoryview:
    return memoryview(b"y" * n)


def test_bytes_arrive_raw_beside_typed_arguments(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {"tag": "!"}, 3, False])
    answer = page.fetch("POST", page.ticket(1), b"abc")

    assert answer.status == 204
    assert page.result(1) == "3!"


def test_the_page_may_name_the_parameter_of_the_bytes(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {"tag": "!", "data": None}, 0, False])
    page.fetch("POST", page.ticket(1))

    assert page.result(1) == "0!"


def test_bytes_under_another_name_are_refused(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {"date": None}, 0, False])
    page.fetch("POST", page.ticket(1))

    assert "unknown field `date`" in page.error(1)["message"]


@pytest.mark.parametrize("function", [size, length])
def test_json_where_bytes_are_expected_is_refused_and_the_reverse(make_room, function) -> None:
    page = make_room(size, length).open()
    page.call(1, "size", {"tag": "x"})
    page.call(2, "length", [{}, {}, 3, False])
    page.fetch("POST", page.ticket(2), b"abc")

    assert page.error(1)["message"] == "size: bytes expected"
    assert page.error(2)["message"] == "length: JSON expected, not bytes"


@pytest.mark.parametrize("inline", [True, False], ids=["inline", "pool"])
def test_large_json_comes_by_ticket(make_room, inline: bool) -> None:
    body = b'{"text":"%b"}' % (b"x" * INLINE_JSON_CHARS)
    page = make_room(length, inline=inline).open()
    page.call(1, "length", [{}, {}, len(body), True])
    page.fetch("POST", page.ticket(1), body)

    assert page.result(1) == INLINE_JSON_CHARS


def test_large_json_that_is_no_json_answers_its_call(make_room) -> None:
    page = make_room(length).open()
    page.call(1, "length", [{}, {}, 3, True])
    page.fetch("POST", page.ticket(1), b"[1,")

    assert page.error(1)["code"] == "command.bad_args"


@pytest.mark.parametrize("function", [bytes_of, view_of])
def test_a_result_of_bytes_is_fetched_raw(make_room, function) -> None:
    page = make_room(function).open()
    page.call(1, function.__name__, {"n": 5})
    answer = page.fetch("GET", page.ticket(1))

    assert answer.body == b"yyyyy"
    assert ("content-type", "application/octet-stream") in answer.headers


def test_a_large_result_is_fetched_as_json(make_room) -> None:
    page = make_room(text_of).open()
    page.call(1, "text_of", {"n": INLINE_JSON_CHARS})
    answer = page.fetch("GET", page.ticket(1))

    assert answer.body == b'"%b"' % (b"x" * INLINE_JSON_CHARS)
    assert ("content-type", "application/json") in answer.headers


def test_a_result_over_the_limit_is_said(make_room) -> None:
    page = make_room(text_of).open()
    page.call(1, "text_of", {"n": MAX_JSON_BYTES})

    assert page.error(1)["code"] == "ipc.too_large"


@pytest.mark.parametrize(
    "announced", [[2**30 + 1, False], [MAX_JSON_BYTES + 1, True]], ids=["bytes", "json"]
)
def test_an_argument_over_the_limit_gets_no_ticket(make_room, announced: list[object]) -> None:
    page = make_room(size).open()
    page.call(1, "size", [{}, {}, *announced])

    assert page.error(1)["code"] == "ipc.too_large"


def test_a_malformed_long_form_answers_its_call(make_room) -> None:
    page = make_room(size).open()
    page.call(1, "size", [1, 2])

    assert page.error(1)["code"] == "ipc.malformed"
