"""Paths travel as text; what has no hook does not travel."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec
import pytest

from millennium.ipc.hooks import decode_hook, encode_hook


class Plain:
    pass


def test_a_path_is_made_of_text() -> None:
    assert msgspec.json.decode(b'"/a/b"', type=Path, dec_hook=decode_hook) == Path("/a/b")


def test_any_object_stays_as_it_is() -> None:
    assert msgspec.json.decode(b"[1]", type=list[object], dec_hook=decode_hook) == [1]


@pytest.mark.parametrize("kind", [Path, Plain], ids=["path-of-a-number", "plain"])
def test_what_has_no_hook_is_not_decoded(kind: type) -> None:
    with pytest.raises(NotImplementedError):
        decode_hook(kind, 1)


def test_a_path_is_encoded_as_text() -> None:
    assert encode_hook(PurePosixPath("/a")) == "/a"


def test_what_has_no_hook_is_not_encoded() -> None:
    with pytest.raises(NotImplementedError, match="Plain"):
        encode_hook(Plain())
