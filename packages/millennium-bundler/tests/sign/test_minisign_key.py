"""minisign's secret keys: locked, opened, and refused."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.errors import SignError
from millennium_bundler.sign.minisign import wrapped
from millennium_bundler.sign.minisign_key import (
    MAX_SCRYPT_BYTES,
    SecretKey,
    _parameters,
    is_locked,
    open_key,
)
from millennium_bundler.sign.secret import Secret

PASSWORD = Secret("pä$$".encode())
KEY = SecretKey.generate()
LOCKED = KEY.locked(PASSWORD)
OPEN = KEY.locked(None)
# Made by minisign 0.11 -G -W: no checksum inside.
OF_MINISIGN = Secret(
    b"untrusted comment: minisign encrypted secret key\n"
    b"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAzUeJ8ZXTOtgottGZvVxF"
    b"IeLPoVTSM5XHChYWdaTrx8n31nHo5cN/AsZpJ6Kr3Po1vWEK1E2GZm2qIhwtY8E/xYBeXrSGnqJqAAAAAAAAAAAAAAAA"
    b"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
)


def altered(secret: Secret, at: int, value: bytes) -> Secret:
    comment, line = secret.reveal().decode().split("\n")[:2]
    blob = bytearray(base64.b64decode(line))
    blob[at : at + len(value)] = value
    return Secret(f"{comment}\n{base64.b64encode(blob).decode()}\n".encode())


def test_a_locked_key_opens_with_its_password():
    assert is_locked(LOCKED)
    assert open_key(LOCKED, PASSWORD).public == KEY.public


def test_an_open_key_needs_none():
    assert not is_locked(OPEN)
    assert open_key(OPEN, None).public == KEY.public


def test_an_empty_password_is_one():
    assert open_key(KEY.locked(Secret(b"")), Secret(b"")).public == KEY.public


def test_the_form_of_tauri_opens():
    assert (
        open_key(Secret(wrapped(LOCKED.reveal().decode()).encode()), PASSWORD).public == KEY.public
    )


def test_a_key_of_minisign_without_checksum_opens():
    assert open_key(OF_MINISIGN, None).public.name == "D83AD395F18947CD"


@pytest.mark.parametrize("password", [None, Secret(b"other")], ids=["none", "wrong"])
def test_a_locked_key_stays_shut_without_its_password(password: Secret | None):
    with pytest.raises(SignError, match="password") as caught:
        open_key(LOCKED, password)
    assert caught.value.code == "sign.password"


def test_no_two_locked_texts_are_alike():
    assert KEY.locked(PASSWORD) != KEY.locked(PASSWORD)


def test_the_cost_is_that_of_tauri():
    blob = base64.b64decode(LOCKED.reveal().split(b"\n")[1])
    assert _parameters(*struct.unpack("<QQ", blob[38:54])) == (32768, 1)


@pytest.mark.parametrize(
    ("operations", "memory", "expected"),
    [
        (33_554_432, 1_073_741_824, (1 << 20, 1)),
        (524_288, 16_777_216, (16384, 1)),
        (0, 0, (2, 512)),
    ],
    ids=["minisign", "interactive", "nothing"],
)
def test_costs_are_those_of_libsodium(operations: int, memory: int, expected: tuple[int, int]):
    assert _parameters(operations, memory) == expected


@pytest.mark.parametrize(
    ("operations", "memory"),
    [(1 << 40, MAX_SCRYPT_BYTES * 2), (2**64 - 1, 2**64 - 1), (1 << 40, 1 << 20)],
    ids=["memory", "everything", "time"],
)
def test_a_file_that_asks_for_too_much_is_refused(operations: int, memory: int):
    greedy = altered(LOCKED, 38, struct.pack("<QQ", operations, memory))
    with pytest.raises(SignError, match="asks for more") as caught:
        open_key(greedy, PASSWORD)
    assert caught.value.code == "minisign.too_costly"


def test_a_foreign_public_part_is_refused():
    # Signing with it would give the key away: https://github.com/MystenLabs/ed25519-unsafe-libs
    swapped = altered(OF_MINISIGN, 54 + 40, SecretKey.generate().public.key)
    with pytest.raises(SignError, match="another key's"):
        open_key(swapped, None)


@pytest.mark.parametrize(
    "text",
    [
        Secret(b""), Secret(b"\xff\xfe"), altered(OPEN, 0, b"XX"), altered(OPEN, 2, b"Xx"),
        altered(OPEN, 4, b"XX"), Secret(OPEN.reveal()[:80]), Secret(b"x" * 100_000),
    ],
    ids=["empty", "bytes", "algorithm", "lock", "checksum", "cut", "huge"],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: Secret):
    with pytest.raises(SignError, match="malformed"):
        open_key(text, PASSWORD)


@settings(max_examples=50)
@given(st.integers(54, 157), st.integers(1, 255))
def test_no_altered_open_key_is_used(at: int, change: int):
    blob = base64.b64decode(OPEN.reveal().split(b"\n")[1])
    with pytest.raises(SignError):
        open_key(altered(OPEN, at, bytes([blob[at] ^ change])), None)


def test_a_key_prints_as_one_text():
    assert repr(KEY) == "SecretKey(…)"
