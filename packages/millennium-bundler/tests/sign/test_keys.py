"""Where keys come from: each place once with a key, once without."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from millennium_bundler.errors import SignError
from millennium_bundler.sign.keys import (
    MAX_KEY_BYTES,
    CommandKey,
    FileKey,
    TokenKey,
    VariableKey,
    is_set,
    read_password,
    read_secret,
)
from millennium_bundler.sign.secret import Secret

MARKER = "sesame-4711-marker"
VARIABLE = VariableKey(names=("FIRST_KEY", "SECOND_KEY"))
URI = "pkcs11:token=Release;object=signing;type=private"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FIRST_KEY", raising=False)
    monkeypatch.delenv("SECOND_KEY", raising=False)


def printing(text: str, *, code: int = 0) -> CommandKey:
    program = f"import sys; sys.stdout.write({text!r}); sys.stderr.write('said'); sys.exit({code})"
    return CommandKey(words=(sys.executable, "-c", program))


def test_a_file_holds_a_key(tmp_path: Path):
    (tmp_path / "key").write_bytes(b"k\n")
    assert read_secret(FileKey(path=tmp_path / "key"), what="key") == Secret(b"k\n")


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(SignError, match="none") as caught:
        read_secret(FileKey(path=tmp_path / "none"), what="key")
    assert caught.value.code == "sign.no_key"


def test_a_variable_holds_a_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECOND_KEY", "untrusted comment: x\nRW\n")
    assert read_secret(VARIABLE, what="key") == Secret(b"untrusted comment: x\nRW\n")


def test_the_first_variable_counts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECOND_KEY", "second")
    monkeypatch.setenv("FIRST_KEY", "first")
    assert read_secret(VARIABLE, what="key") == Secret(b"first")


def test_a_variable_holds_the_path_of_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "my key").write_bytes(b"in the file")
    monkeypatch.setenv("FIRST_KEY", str(tmp_path / "my key"))
    assert read_secret(VARIABLE, what="key") == Secret(b"in the file")


@pytest.mark.parametrize(
    "text", ["a\0b", "x" * 5000, "x" * 300], ids=["zero", "long", "name-too-long"]
)
def test_what_cannot_be_a_path_is_the_key(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setattr("os.environ", {"FIRST_KEY": text})
    assert read_secret(VARIABLE, what="key") == Secret(text.encode())


def test_variables_that_are_not_set_are_named():
    assert not is_set(VARIABLE)
    with pytest.raises(SignError, match="FIRST_KEY or SECOND_KEY"):
        read_secret(VARIABLE, what="key")


def test_an_empty_variable_holds_no_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FIRST_KEY", "")
    assert not is_set(VARIABLE)
    monkeypatch.setenv("SECOND_KEY", "key")
    assert read_secret(VARIABLE, what="key") == Secret(b"key")


def test_an_empty_variable_holds_an_empty_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FIRST_KEY", "")
    assert is_set(VARIABLE, may_be_empty=True)
    assert read_password(VARIABLE, what="password") == Secret(b"")


def test_a_command_prints_a_password():
    assert read_password(printing("open sesame\n"), what="password") == Secret(b"open sesame")


def test_a_command_prints_a_key():
    assert read_secret(printing("k1\nk2\n"), what="key") == Secret(b"k1\nk2")


def test_a_command_of_windows_ends_its_lines_otherwise():
    assert read_secret(printing("k1\r\n"), what="key") == Secret(b"k1")


def test_a_command_that_prints_nothing_is_refused():
    with pytest.raises(SignError, match="printed no key"):
        read_secret(printing("\n"), what="key")


def test_a_command_that_fails_shows_only_what_it_said():
    with pytest.raises(SignError, match="said") as caught:
        read_secret(printing(MARKER, code=1), what="key")
    assert MARKER not in str(caught.value)


def test_too_large_a_key_is_refused(tmp_path: Path):
    (tmp_path / "key").write_bytes(bytes(MAX_KEY_BYTES + 1))
    with pytest.raises(SignError, match="larger than"):
        read_secret(FileKey(path=tmp_path / "key"), what="key")


def test_a_key_in_a_token_stays_there():
    with pytest.raises(SignError, match="in a token") as caught:
        read_secret(TokenKey(uri=URI), what="key")
    assert caught.value.code == "sign.unsupported"


@pytest.mark.parametrize(
    "uri",
    ["file:key", "pkcs11:a b", "pkcs11:a\x1b", f"{URI}?pin-value={MARKER}", f"{URI}?x=1&PIN-VALUE={MARKER}",
     f"{URI};pin-source=file:/x"],
    ids=["scheme", "space", "escape", "pin", "pin-behind", "pin-source"],
)  # fmt: skip
def test_a_uri_that_holds_a_pin_or_is_none_is_refused(uri: str):
    with pytest.raises(SignError) as caught:
        TokenKey(uri=uri)
    assert (caught.value.code, MARKER in str(caught.value)) == ("sign.settings", False)


def test_a_password_in_a_file_ends_with_its_line(tmp_path: Path):
    (tmp_path / "password").write_bytes(b"open sesame\r\n")
    source = FileKey(path=tmp_path / "password")
    assert read_password(source, what="password") == Secret(b"open sesame")


def test_a_password_in_a_variable_is_never_a_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"content")
    monkeypatch.setenv("FIRST_KEY", str(tmp_path / "file"))
    assert read_password(VARIABLE, what="password") == Secret(str(tmp_path / "file").encode())
