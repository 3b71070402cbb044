r"""The wire, version 1: what a message of the page looks like, and what one to the page does.

From the private world, one string::

    hello 1
    number token [[id, "handle", {args}], [id, "handle", [headers, args, length, is_json]], …]
    number token [[id, "", ["cancel"]], [id, "", ["ack"]], …]
    number token [[channel, "", ["close"]], [id, "", ["unknown", "name"]], …]
    number token [[-id, "", ["ready"]], [-id, "", ["answer", true, "json"]], …]

To the private world, one string; the hello's answer has the document's number in front::

    sequence \n head \n news

``head`` is for the private world only, often empty: ``{"pad", "handles", "once", "ack",
"verify"}``, in the hello's answer also ``"frame"``, ``"seal"`` and ``"sealed"``. ``news`` is passed
on to the page unread, a flat array of kind, key, value:
``0, id, result`` · ``1, id, {code, message}`` · ``2, channel, item`` ·
``3, topic, {payload, source, origin}`` (no origin from Python) ·
``4, id, ticket`` · ``5, channel, null`` (ended) · ``6, id, [name, name]`` (a question;
with id 0 one that nobody asks any more) · ``7, id, envelope`` (other news, sealed).

Well-formed is not admitted: see `millennium.ipc.gate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import msgspec
from msgspec import Raw

from millennium.errors import MillenniumError, TooLargeError, WireError
from millennium.ipc.encoding import encode
from millennium.ipc.limits import (
    MAX_BATCH_CALLS,
    MAX_BATCH_CHARS,
    MAX_ENVELOPE_CHARS,
    MAX_HEADER_CHARS,
    MAX_HEADERS,
    WIRE_VERSION,
)

HELLO = f"hello {WIRE_VERSION}"
MAX_FRAMES = 256
"""Event names, with their senders, of which the JSON is remembered."""

_MAX_NUMBER_CHARS = 12

Item: TypeAlias = tuple[int, str, Raw]
"""Id of the call, handle ("" for a control verb), arguments."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One message: a token and the calls it pays for, with the length of one on the average."""

    number: int
    token: str
    items: list[Item]
    average_chars: int = 0


class Extended(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """The long form of a call's arguments.

    Attributes:
        headers: Names in lower case.
        args: The argument object; for bytes, the arguments beside the body.
        length: Size in bytes of what will be uploaded, -1 for nothing.
        is_json: Whether the upload is the argument object itself, as JSON.
    """

    headers: dict[str, str]
    args: Raw
    length: int = -1
    is_json: bool = False


class Cancel(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="cancel"):
    """The page no longer waits for the call of this id."""


class Ack(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="ack"):
    """All messages up to the one with this sequence number were delivered."""


class Close(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="close"):
    """The page closed the channel of this number."""


class Unknown(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="unknown"):
    """The page asked for a command that has no handle; only ever refused."""

    name: str


class Verify(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="verify"):
    """The document has loaded, `milliseconds` after it began."""

    milliseconds: float


class Ready(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="ready"):
    """The page can be asked the question of this id."""


class Answer(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag="answer"):
    """What the page answers to the question of this id, as JSON: a value, or what went wrong."""

    is_result: bool
    text: str


Verb: TypeAlias = Cancel | Ack | Close | Unknown | Verify | Ready | Answer

_decode_items = msgspec.json.Decoder(list[Item]).decode
_decode_extended = msgspec.json.Decoder(Extended).decode
_verb_decoder: msgspec.json.Decoder[Verb] = msgspec.json.Decoder(Verb)


def decode_batch(text: str, *, max_chars: int = MAX_BATCH_CHARS) -> Batch:
    """Turn one message into a batch that may be trusted to be well-formed.

    Raises:
        TooLargeError: Too long, or too many calls.
        WireError: Any other shape. Never carries the text, which may hold secrets.

    Thread: main. Blocking: no.
    """
    if len(text) > max_chars + MAX_ENVELOPE_CHARS:
        raise TooLargeError("a message is over the limit")
    number, _, rest = text.partition(" ")
    token, _, body = rest.partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) <= _MAX_NUMBER_CHARS):
        raise WireError("a message has no token number")
    try:
        items = _decode_items(body)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise WireError("a message is not a batch") from error
    if len(items) > MAX_BATCH_CALLS:
        raise TooLargeError("a batch has too many calls")
    return Batch(int(number), token, items, len(body) // (len(items) or 1))


def decode_extended(raw: Raw) -> Extended | None:
    """Return the long form of arguments, None if they are in the short one.

    Raises:
        WireError: An array that is not the long form.
        TooLargeError: Too many headers, or too large ones.
    """
    if bytes(memoryview(raw)[:1]) != b"[":
        return None
    try:
        extended = _decode_extended(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WireError("a call's long form is malformed") from error
    headers = extended.headers
    size = sum(len(name) + len(value) for name, value in headers.items())
    if len(headers) > MAX_HEADERS or size > MAX_HEADER_CHARS:
        raise TooLargeError(
            f"a call may have {MAX_HEADERS} headers of {MAX_HEADER_CHARS} characters together"
        )
    return extended


def decode_verb(raw: Raw) -> Verb:
    """Return what an item without a handle says.

    Raises:
        WireError: It is no verb.
    """
    try:
        return _verb_decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WireError("an unknown verb") from error


def result_news(call: int, json: bytes) -> bytes:
    """Return the news that settles a call with a JSON value."""
    return b"0,%d,%b" % (call, json)


def error_news(call: int, error: MillenniumError) -> bytes:
    """Return the news that rejects a call: code and message, nothing else."""
    return b"1,%d,%b" % (call, encode(error.to_page()))


def event_news(topic: str, payload: bytes, source: str = "", origin: str = "") -> bytes:
    """Return the news of an event with a JSON payload.

    Args:
        topic: Its name.
        payload: JSON.
        source: The window whose page sent it, "" for Python.
        origin: Of that page.
    """
    head, tail = _event_frame(topic, source, origin)
    return b"%b%b%b" % (head, payload, tail)


def ticket_news(call: int, ticket: str) -> bytes:
    """Return the news that the bytes of a call may be sent, or fetched, with this ticket."""
    return b"4,%d,%b" % (call, encode(ticket))


def sealed_news(call: int, envelope: str) -> bytes:
    """Return the news that answers a sealed call: its envelope holds other news."""
    return b'7,%d,"%b"' % (call, envelope.encode("ascii"))


def ask_news(number: int, names: tuple[str, str]) -> bytes:
    """Return the news that a question comes, by one of two names."""
    return b"6,%d,%b" % (number, encode(names))


def forget_news(names: tuple[str, str]) -> bytes:
    """Return the news that nobody will use these names any more."""
    return ask_news(0, names)


def encode_message(sequence: int, head: dict[str, object], news: Sequence[bytes]) -> str:
    """Return one message to the private world."""
    top = encode(head) if head else b""
    body = b"[%b]" % b",".join(news) if news else b""
    return (b"%d\n%b\n%b" % (sequence, top, body)).decode()


@lru_cache(MAX_FRAMES)
def _event_frame(topic: str, source: str, origin: str) -> tuple[bytes, bytes]:
    place = b',"origin":%b' % encode(origin) if origin else b""
    return b'3,%b,{"payload":' % encode(topic), b',"source":%b%b}' % (encode(source), place)
