"""minisign's boxes and public keys: what is read, what is refused, and what never verifies."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.errors import SignError
from millennium_bundler.sign.minisign import (
    LEGACY,
    Box,
    PublicKey,
    encode,
    parse_box,
    parse_public_key,
    prehash,
    read_public_key,
    verify,
    wrapped,
)
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner, trusted_comment

KEY = SecretKey.generate()
DATA = b"what is released"
TEXT = KeySigner(KEY).sign_box(DATA, trusted_comment="file:a.txt").decode()

# minisign 0.11 made these of the key's own text "legacy\n" with -l, and of the same without.
PUBLIC = "RWTNR4nxldM62MZpJ6Kr3Po1vWEK1E2GZm2qIhwtY8E/xYBeXrSGnqJq"


def legacy_box(data: bytes, comment: str = "old") -> Box:
    signature = KEY.sign(data)
    return Box(
        algorithm=LEGACY,
        key_id=KEY.public.key_id,
        signature=signature,
        trusted_comment=comment,
        global_signature=KEY.sign(signature + comment.encode()),
    )


@pytest.mark.parametrize(
    "form", [TEXT, wrapped(TEXT), TEXT.replace("\n", "\r\n")], ids=["plain", "tauri", "crlf"]
)
def test_a_box_verifies_in_every_form(form: str):
    assert verify(parse_box(form), [KEY.public], DATA) == "file:a.txt"


def test_a_file_is_read_in_parts(tmp_path: Path):
    path = tmp_path / "large"
    path.write_bytes(bytes(3 * 1024 * 1024))
    box = parse_box(KeySigner(KEY).sign_box(path, trusted_comment="t").decode())
    assert verify(box, [KEY.public], bytes(3 * 1024 * 1024)) == "t"


@pytest.mark.parametrize("form", ["bytes", "file"])
def test_a_box_of_the_old_kind_verifies(tmp_path: Path, form: str):
    path = tmp_path / "a"
    path.write_bytes(DATA)
    assert verify(legacy_box(DATA), [KEY.public], DATA if form == "bytes" else path) == "old"


def test_an_altered_file_is_refused():
    with pytest.raises(SignError, match="does not fit") as caught:
        verify(parse_box(TEXT), [KEY.public], DATA + b".")
    assert caught.value.code == "minisign.bad_signature"


def test_an_altered_trusted_comment_is_refused():
    box = replace(parse_box(TEXT), trusted_comment="file:b.txt")
    with pytest.raises(SignError, match="trusted comment") as caught:
        verify(box, [KEY.public], DATA)
    assert caught.value.code == "minisign.bad_signature"


def test_an_altered_untrusted_comment_is_just_that():
    box = replace(parse_box(TEXT), comment="whatever")
    assert verify(parse_box(box.text), [KEY.public], DATA) == "file:a.txt"


def test_the_key_of_somebody_else_is_refused_by_its_id():
    with pytest.raises(SignError, match=KEY.public.name) as caught:
        verify(parse_box(TEXT), [SecretKey.generate().public], DATA)
    assert caught.value.code == "minisign.other_key"


def test_another_key_with_the_same_id_is_refused():
    impostor = PublicKey(key_id=KEY.public.key_id, key=SecretKey.generate().public.key)
    with pytest.raises(SignError, match="does not fit"):
        verify(parse_box(TEXT), [impostor], DATA)


def test_of_two_keys_with_one_id_the_right_one_counts():
    impostor = PublicKey(key_id=KEY.public.key_id, key=SecretKey.generate().public.key)
    assert verify(parse_box(TEXT), [impostor, KEY.public], DATA) == "file:a.txt"


def test_the_hash_of_a_signed_file_does_not_pass_for_a_file_of_the_old_kind():
    with pytest.raises(SignError) as caught:
        verify(replace(parse_box(TEXT), algorithm=LEGACY), [KEY.public], prehash(DATA))
    assert caught.value.code == "minisign.bad_signature"


def test_a_prehashed_signature_does_not_pass_for_an_old_one():
    with pytest.raises(SignError, match="does not fit"):
        verify(replace(parse_box(TEXT), algorithm=LEGACY), [KEY.public], DATA)


@pytest.mark.parametrize(
    "form",
    [KEY.public.text, KEY.public.line, wrapped(KEY.public.text), f"{KEY.public.line}\r\n"],
    ids=["file", "line", "tauri", "line-with-end"],
)
def test_a_public_key_is_read_in_every_form(form: str):
    assert parse_public_key(form) == KEY.public


def pem(key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> str:
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form).decode()


def test_the_key_of_a_token_is_read_and_has_always_the_same_id():
    text = pem(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    key = parse_public_key(text)
    assert (key.key.hex()[:16], key.name) == ("3b6a27bcceb6a42d", parse_public_key(text).name)
    assert parse_public_key(key.text) == key


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PUBLIC KEY-----\nno\n-----END PUBLIC KEY-----\n",
        pem(generate_private_key(SECP256R1())),
    ],
    ids=["nonsense", "another-kind"],
)
def test_another_key_in_pem_is_refused(text: str):
    with pytest.raises(SignError, match="malformed"):
        parse_public_key(text)


def test_the_id_is_written_as_minisign_writes_it():
    assert parse_public_key(PUBLIC).name == "D83AD395F18947CD"


LINES = TEXT.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 100_000,
        "untrusted comment: x\n",
        "\n".join(LINES[:3]),
        "\n".join([*LINES[:4], "more"]),
        "\n".join([LINES[0], "%%%", *LINES[2:]]),
        "\n".join([LINES[0], encode(b"ED" + bytes(5)), *LINES[2:]]),
        "\n".join([LINES[0], encode(b"XX" + bytes(72)), *LINES[2:]]),
        "\n".join([*LINES[:2], "file:a.txt", LINES[3]]),
        "\n".join([*LINES[:2], "trusted comment: \x1b[2J", LINES[3]]),
        "\n".join([*LINES[:2], "trusted comment: \u202egpj.exe", LINES[3]]),
        "\n".join([*LINES[:2], f"trusted comment: {'x' * 8193}", LINES[3]]),
        base64.b64encode(b"\xff\xfe\xfd").decode(),
        wrapped("no box at all"),
    ],
    ids=[
        "empty", "huge", "one-line", "three-lines", "five-lines", "no-base64", "short", "algorithm",
        "no-trusted-comment", "escape", "bidi", "long-comment", "no-text", "wrapped-nonsense",
    ],
)  # fmt: skip
def test_what_is_no_box_is_refused(text: str):
    with pytest.raises(SignError, match=r"malformed|control characters"):
        parse_box(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RW",
        encode(b"Ed" + bytes(39)),
        encode(b"ED" + bytes(40)),
        "untrusted comment: x\ny\nz",
        TEXT,
    ],
    ids=["empty", "short", "length", "algorithm", "three-lines", "a-box"],
)
def test_what_is_no_public_key_is_refused(text: str):
    with pytest.raises(SignError, match="malformed"):
        parse_public_key(text)


def test_a_comment_with_a_line_end_cannot_be_signed():
    with pytest.raises(SignError, match="control characters"):
        KeySigner(KEY).sign_box(DATA, trusted_comment="a\nb")


def test_a_name_cannot_say_what_else_the_comment_says():
    with pytest.raises(SignError, match="cannot be signed") as caught:
        trusted_comment("a\tfile:other.deb\tversion:9.0.0", date=1)
    assert caught.value.code == "minisign.malformed"


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path):
    with pytest.raises(SignError, match="cannot be read") as caught:
        verify(parse_box(TEXT), [KEY.public], tmp_path / "none")
    assert caught.value.code == "sign.no_file"


def test_a_file_too_large_for_the_old_kind_is_refused(tmp_path: Path):
    path = tmp_path / "sparse"
    path.touch()
    with path.open("r+b") as file:
        file.truncate(4 * 1024 * 1024)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("millennium_bundler.sign.minisign._MAX_LEGACY_BYTES", 1024)
        with pytest.raises(SignError, match="too large"):
            verify(legacy_box(bytes(4 * 1024 * 1024)), [KEY.public], path)


@given(st.text(max_size=400))
def test_no_text_is_read_as_a_box_by_chance(text: str):
    with pytest.raises(SignError):
        parse_box(text)


def test_bits_that_no_byte_holds_are_refused():
    last = TEXT.rstrip().removesuffix("==")[-1]
    other = {"A": "B", "Q": "R", "g": "h", "w": "x"}[last]
    changed = TEXT.rstrip().removesuffix(f"{last}==") + f"{other}==\n"
    with pytest.raises(SignError, match="not base64"):
        parse_box(changed)


@given(st.data())
def test_no_changed_character_of_what_is_signed_verifies(data: st.DataObject):
    inside = len(LINES[0]) + 1
    at = data.draw(st.integers(inside, len(TEXT) - 2))
    letter = data.draw(
        st.characters(min_codepoint=32, max_codepoint=126).filter(lambda c: c != TEXT[at])
    )
    with pytest.raises(SignError):
        verify(parse_box(TEXT[:at] + letter + TEXT[at + 1 :]), [KEY.public], DATA)


def test_a_path_of_no_file_is_guessed_from_what_is_no_key(tmp_path: Path):
    with pytest.raises(SignError) as caught:
        read_public_key(str(tmp_path / "release.key.pub"))
    assert "the path of a file that is not there" in caught.value.help
