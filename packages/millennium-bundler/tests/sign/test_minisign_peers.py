"""Both ways between us, Debian's minisign and `tauri signer`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.errors import SignError
from millennium_bundler.sign.minisign import parse_box, parse_public_key, verify, wrapped
from millennium_bundler.sign.minisign_key import SecretKey, open_key
from millennium_bundler.sign.minisign_signer import CommandSigner, KeySigner, check_name
from millennium_bundler.sign.secret import Secret

PASSWORD = "sesame-4711-marker"
DATA = b"what is released\n" * 1000

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a file.bin"
    path.write_bytes(DATA)
    return path


@pytest.fixture
def ours(tmp_path: Path) -> SecretKey:
    """A key of ours, in the files that minisign reads."""
    key = SecretKey.generate()
    (tmp_path / "our.key").write_bytes(key.locked(Secret(PASSWORD.encode())).reveal())
    (tmp_path / "our.pub").write_text(key.public.text)
    return key


@pytest.fixture
def minisign(tmp_path: Path) -> Run:
    if shutil.which("minisign") is None:
        pytest.skip("needs minisign: packaging/apt-slow.txt")

    def run(*words: str | Path, answer: str = "") -> subprocess.CompletedProcess[str]:
        command = ["minisign", *map(str, words)]
        return subprocess.run(
            command,
            input=answer,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def tauri(tmp_path: Path) -> Run:
    """The command of npm's @tauri-apps/cli, when there is one."""
    command = os.environ.get("TAURI_CLI", "") or shutil.which("tauri")
    if not command:
        pytest.skip("needs @tauri-apps/cli: TAURI_CLI names its tauri.js")
    words = ["node", command] if command.endswith(".js") else [command]

    def run(*options: str | Path) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TAURI_")}
        return subprocess.run(
            [*words, "signer", *map(str, options)],
            cwd=tmp_path, env=clean, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return run


def test_minisign_accepts_our_signature(minisign: Run, ours: SecretKey, file: Path):
    box = KeySigner(ours).sign_box(file, trusted_comment="größer\tversion:1")
    file.with_name("a file.bin.minisig").write_bytes(box)
    done = minisign("-Vm", file, "-p", "our.pub", "-H")
    assert (done.returncode, "größer\tversion:1" in done.stdout) == (0, True)


@pytest.mark.parametrize("part", [b"a", b"trusted comment: x"], ids=["file", "comment"])
def test_minisign_refuses_what_was_altered(minisign: Run, ours: SecretKey, file: Path, part: bytes):
    box = KeySigner(ours).sign_box(file, trusted_comment="x")
    file.with_name("a file.bin.minisig").write_bytes(
        box.replace(b"trusted comment: x", part + b"y")
    )
    file.write_bytes(DATA.replace(b"a", part))
    assert minisign("-Vm", file, "-p", "our.pub").returncode != 0


def test_minisign_signs_with_our_key(minisign: Run, ours: SecretKey, file: Path):
    assert minisign("-Sm", file, "-s", "our.key", answer=f"{PASSWORD}\n").returncode == 0
    box = parse_box(file.with_name("a file.bin.minisig").read_text())
    comment = verify(box, [ours.public], file)
    assert comment.startswith("timestamp:")
    check_name(comment, file.name, is_demanded=True)
    with pytest.raises(SignError, match="was made for"):
        check_name(comment, "b file.bin")


def test_we_read_signatures_of_minisigns_old_kind(minisign: Run, ours: SecretKey, file: Path):
    assert minisign("-lSm", file, "-s", "our.key", answer=f"{PASSWORD}\n").returncode == 0
    box = parse_box(file.with_name("a file.bin.minisig").read_text())
    assert verify(box, [ours.public], file).startswith("timestamp:")
    with pytest.raises(SignError, match="does not fit"):
        verify(box, [ours.public], DATA + b".")


def test_we_sign_with_a_key_of_minisign(minisign: Run, file: Path, tmp_path: Path):
    minisign("-GW", "-p", "their.pub", "-s", "their.key")
    key = open_key(Secret((tmp_path / "their.key").read_bytes()), None)
    assert key.public == parse_public_key((tmp_path / "their.pub").read_text())
    box = KeySigner(key).sign_box(file, trusted_comment="x")
    file.with_name("a file.bin.minisig").write_bytes(box)
    assert minisign("-Vm", file, "-p", "their.pub").returncode == 0


@pytest.mark.slow
def test_we_open_a_key_that_minisign_locked(minisign: Run, tmp_path: Path):
    made = minisign("-G", "-p", "their.pub", "-s", "their.key", answer=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.returncode == 0
    text = Secret((tmp_path / "their.key").read_bytes())
    key = open_key(text, Secret(PASSWORD.encode()))
    assert key.public == parse_public_key((tmp_path / "their.pub").read_text())


def test_tauri_signs_with_our_key(tauri: Run, ours: SecretKey, file: Path, tmp_path: Path):
    (tmp_path / "tauri.key").write_text(wrapped((tmp_path / "our.key").read_text()))
    assert tauri("sign", "-f", "tauri.key", "-p", PASSWORD, file).returncode == 0
    box = parse_box(file.with_name("a file.bin.sig").read_text())
    assert verify(box, [ours.public], file).startswith("timestamp:")


def test_we_sign_with_a_key_of_tauri(tauri: Run, minisign: Run, file: Path, tmp_path: Path):
    assert tauri("generate", "-p", PASSWORD, "-w", "their.key").returncode == 0
    text = Secret((tmp_path / "their.key").read_bytes())
    key = open_key(text, Secret(PASSWORD.encode()))
    assert key.public == parse_public_key((tmp_path / "their.key.pub").read_text())
    box = KeySigner(key).sign_box(file, trusted_comment="x")
    file.with_name("a file.bin.minisig").write_bytes(box)
    assert minisign("-Vm", file, "-P", key.public.line).returncode == 0


MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Words of pkcs11-tool for a token made of software that holds an Ed25519 key."""
    if not (shutil.which("pkcs11-tool") and shutil.which("softhsm2-util") and MODULE.exists()):
        pytest.skip("needs softhsm2 and opensc: packaging/apt-slow.txt")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    monkeypatch.setenv("TOKEN_PIN", "4711")
    make = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "Release",
        "--pin",
        "4711",
        "--so-pin",
        "8765",
    ]
    subprocess.run(make, check=True, capture_output=True, timeout=60)
    words = ("pkcs11-tool", "--module", str(MODULE), "--token-label", "Release", "--id", "01")
    login = (*words, "--login", "--pin", "env:TOKEN_PIN")
    made = (*login, "--keypairgen", "--key-type", "EC:edwards25519")
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    public = (
        *words,
        "--read-object",
        "--type",
        "pubkey",
        "--output-file",
        str(tmp_path / "token.pem"),
    )
    subprocess.run(public, check=True, capture_output=True, timeout=60)
    return login


def test_a_token_signs_for_minisign(
    token: tuple[str, ...], minisign: Run, file: Path, tmp_path: Path
):
    key = parse_public_key((tmp_path / "token.pem").read_text())
    places = ("--input-file", "/dev/stdin", "--output-file", "/dev/stdout")
    signer = CommandSigner((*token, "--sign", "--mechanism", "EDDSA", *places), key)
    box = signer.sign_box(file, trusted_comment="from a token")
    file.with_name("a file.bin.minisig").write_bytes(box)
    assert minisign("-Vm", file, "-P", key.line).returncode == 0
