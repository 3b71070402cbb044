"""What is not exactly a message is refused before anybody looks at it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from millennium.errors import BadArgumentsError, IpcError, TooLargeError, WireError
from millennium.ipc.limits import MAX_BATCH_CALLS, MAX_BATCH_CHARS, MAX_HEADER_CHARS, MAX_HEADERS
from millennium.ipc.wire import (
    Ack,
    Cancel,
    Close,
    Unknown,
    Verify,
    decode_batch,
    decode_extended,
    decode_verb,
    encode_message,
    error_news,
    event_news,
    result_news,
    ticket_news,
)

TOKEN = "A" * 22


def test_a_batch_is_read() -> None:
    batch = decode_batch(f'12 {TOKEN} [[1,"h",{{"a": 1}}],[2,"",["cancel"]]]')

    assert (batch.number, batch.token) == (12, TOKEN)
    assert [(number, handle, bytes(raw)) for number, handle, raw in batch.items] == [
        (1, "h", b'{"a": 1}'),
        (2, "", b'["cancel"]'),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x y z",
        f"-1 {TOKEN} []",
        f"1.5 {TOKEN} []",
        f"² {TOKEN} []",
        f"{'1' * 13} {TOKEN} []",
        f"1 {TOKEN}",
        f"1 {TOKEN} [[1,",
        f"1 {TOKEN} {{}}",
        f'1 {TOKEN} [[1,"h"]]',
        f'1 {TOKEN} [[1,"h",{{}},5]]',
        f'1 {TOKEN} [["1","h",{{}}]]',
        f"1 {TOKEN} [[1,2,{{}}]]",
        f"1 {TOKEN} [] []",
        f'1 {TOKEN} [[1,"h",{{"s":"\\ud800"}}]]',
        f'1 {TOKEN} [[1,"\ud800",{{}}]]',
    ],
    ids=[
        "empty",
        "garbage",
        "negative",
        "fraction",
        "superscript",
        "long-number",
        "no-body",
        "cut",
        "object",
        "short-item",
        "long-item",
        "text-id",
        "number-handle",
        "two-bodies",
        "lone-surrogate",
        "raw-surrogate",
    ],
)
def test_what_is_no_batch_is_refused(text: str) -> None:
    with pytest.raises(WireError) as caught:
        decode_batch(text)

    assert TOKEN not in caught.value.message


def test_a_batch_of_the_greatest_number_of_calls_is_read() -> None:
    items = ",".join(['[1,"h",{}]'] * MAX_BATCH_CALLS)

    assert len(decode_batch(f"1 {TOKEN} [{items}]").items) == MAX_BATCH_CALLS


def test_one_call_more_is_refused() -> None:
    items = ",".join(['[1,"h",{}]'] * (MAX_BATCH_CALLS + 1))

    with pytest.raises(TooLargeError, match="too many calls"):
        decode_batch(f"1 {TOKEN} [{items}]")


def test_a_longer_message_is_refused_unread() -> None:
    with pytest.raises(TooLargeError, match="over the limit"):
        decode_batch(f"1 {TOKEN} " + "[" * (MAX_BATCH_CHARS + 65))


@given(st.text())
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    with pytest.raises(IpcError):
        decode_batch(text)


@pytest.mark.parametrize(
    ("raw", "verb"),
    [
        (b'["cancel"]', Cancel()),
        (b'["ack"]', Ack()),
        (b'["close"]', Close()),
        (b'["unknown","x"]', Unknown("x")),
        (b'["verify",3]', Verify(3.0)),
    ],
    ids=["cancel", "ack", "close", "unknown", "verify"],
)
def test_a_verb_is_read(raw: bytes, verb: object) -> None:
    assert decode_verb(Raw(raw)) == verb


@pytest.mark.parametrize("raw", [b'["stop"]', b"[]", b"{}", b'["ack",1]', b'["unknown"]'], ids=str)
def test_what_is_no_verb_is_refused(raw: bytes) -> None:
    with pytest.raises(WireError):
        decode_verb(Raw(raw))


def test_the_short_form_of_arguments_has_no_long_one() -> None:
    assert decode_extended(Raw(b'{"a":[1]}')) is None


def test_the_long_form_is_read() -> None:
    extended = decode_extended(Raw(b'[{"x-a":"1"},{"b":2},5,true]'))

    assert extended is not None
    assert (extended.headers, bytes(extended.args)) == ({"x-a": "1"}, b'{"b":2}')
    assert (extended.length, extended.is_json) == (5, True)


@pytest.mark.parametrize(
    "raw", [b"[]", b"[1]", b'[{"a":1},{}]', b"[{},{},5,false,1]", b"[{},{},1.5]"], ids=str
)
def test_a_malformed_long_form_is_refused(raw: bytes) -> None:
    with pytest.raises(WireError):
        decode_extended(Raw(raw))


def long_form(**headers: str) -> Raw:
    return Raw(json.dumps([headers, {}]).encode())


@pytest.mark.parametrize(
    "headers",
    [{f"x-{number}": "1" for number in range(MAX_HEADERS)}, {"x": "y" * (MAX_HEADER_CHARS - 1)}],
    ids=["number", "size"],
)
def test_headers_of_a_call_have_limits(headers: dict[str, str]) -> None:
    assert decode_extended(long_form(**headers)) is not None
    with pytest.raises(TooLargeError, match="headers"):
        decode_extended(long_form(**headers, z=""))


def test_a_message_has_its_three_parts() -> None:
    text = encode_message(5, {"ack": 1}, [result_news(1, b"2"), ticket_news(2, "t")])

    assert text == '5\n{"ack":1}\n[0,1,2,4,2,"t"]'


def test_a_message_without_anything_is_two_line_breaks() -> None:
    assert encode_message(0, {}, []) == "0\n\n"


def test_an_error_crosses_as_code_and_message_only() -> None:
    news = error_news(3, BadArgumentsError("x", help="secret help"))

    assert json.loads(b"[%b]" % news) == [1, 3, {"code": "command.bad_args", "message": "x"}]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_topic_of_any_letters_survives(topic: str) -> None:
    news = event_news(topic, b"1", topic)

    assert b"\n" not in news
    assert json.loads(b"[%b]" % news) == [3, topic, {"payload": 1, "source": topic}]


DEEP = 50_000


@pytest.mark.parametrize("text", ["[" * DEEP, '{"a":' * DEEP], ids=["arrays", "objects"])
def test_what_is_nested_too_deeply_is_malformed(text: str) -> None:
    with pytest.raises(WireError):
        decode_batch(f'0 t [[1,"h",{text}]]')
    with pytest.raises(WireError):
        decode_verb(Raw(f'["cancel",{text}'.encode()))
    with pytest.raises(WireError):
        decode_extended(Raw(f"[{{}},{text}".encode()))


def test_what_is_nested_less_deeply_passes() -> None:
    nested = "[" * 500 + "]" * 500
    assert decode_batch(f'0 t [[1,"h",{{"a":{nested}}}]]').items[0][1] == "h"
