"""Payloads are JSON, within the limit, or refused by name."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from millennium.errors import PayloadError, TooLargeError
from millennium.ipc import encoding
from millennium.ipc.encoding import encode_payload


def test_a_payload_is_encoded() -> None:
    assert encode_payload({"p": PurePosixPath("/a")}, "x") == b'{"p":"/a"}'


@pytest.mark.parametrize("value", [b"", bytearray(), memoryview(b""), object()], ids=str)
def test_what_json_cannot_carry_is_refused_by_name(value: object) -> None:
    with pytest.raises(PayloadError, match="event 'saved'"):
        encode_payload(value, "event 'saved'")


def test_a_payload_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_JSON_BYTES", 4)

    assert encode_payload("ab", "x") == b'"ab"'
    with pytest.raises(TooLargeError):
        encode_payload("abc", "x")
