"""From settings to signers: each place named once, and no secret seen anywhere."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.bundle_signing import SigningContext, open_signing, signing_for
from millennium_bundler.errors import SignError
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.authenticode import OsslSigner
from millennium_bundler.sign.minisign import parse_box, verify, wrapped
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import CommandSigner, KeySigner
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import Signing
from millennium_bundler.signing_settings import (
    AuthenticodeSettings,
    FormerKeySettings,
    GpgSettings,
    KeySettings,
    MinisignSettings,
    SigningSettings,
)

KEY = SecretKey.generate()
PASSWORD = Secret(b"sesame-4711-marker")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in os.environ if name.startswith(("MILLENNIUM_", "TAURI_"))]:
        monkeypatch.delenv(name)


def opened(settings: SigningSettings, folder: Path) -> Signing:
    with open_signing(settings, SigningContext(folder=folder, date=1)) as signing:
        return signing


def minisign(folder: Path, **changes: object) -> Signing:
    return opened(SigningSettings(minisign=MinisignSettings(**changes)), folder)  # type: ignore[arg-type]


def test_nothing_is_configured_where_nothing_is_said(tmp_path: Path):
    assert opened(SigningSettings(), tmp_path) == Signing()


@pytest.mark.parametrize(
    ("key", "password"),
    [
        ("MILLENNIUM_PRIVATE_KEY", "MILLENNIUM_KEY_PASSWORD"),
        ("TAURI_SIGNING_PRIVATE_KEY", "TAURI_SIGNING_PRIVATE_KEY_PASSWORD"),
    ],
    ids=["ours", "tauri"],
)
def test_variables_alone_configure_minisign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, password: str
):
    monkeypatch.setenv(key, wrapped(KEY.locked(PASSWORD).reveal().decode()))
    monkeypatch.setenv(password, PASSWORD.reveal().decode())
    signer = minisign(tmp_path).minisign
    assert signer is not None
    assert (signer.key_id, signer.public_key) == (KEY.public.name, KEY.public.text)


def test_a_file_beside_the_manifest_holds_the_key(tmp_path: Path):
    (tmp_path / "key").write_bytes(KEY.locked(None).reveal())
    assert isinstance(minisign(tmp_path, key=KeySettings(file="key")).minisign, KeySigner)


def test_a_locked_key_without_a_password_is_refused(tmp_path: Path):
    (tmp_path / "key").write_bytes(KEY.locked(PASSWORD).reveal())
    with pytest.raises(SignError, match="locked") as caught:
        minisign(tmp_path, key=KeySettings(file="key"))
    assert caught.value.code == "sign.password"


def test_the_password_comes_from_a_place_of_its_own(tmp_path: Path):
    (tmp_path / "key").write_bytes(KEY.locked(PASSWORD).reveal())
    (tmp_path / "password").write_bytes(PASSWORD.reveal() + b"\n")
    places = {"key": KeySettings(file="key"), "password": KeySettings(file="password")}
    assert minisign(tmp_path, **places).minisign is not None


def test_two_places_for_one_key_are_refused(tmp_path: Path):
    with pytest.raises(SignError, match="2 places") as caught:
        minisign(tmp_path, key=KeySettings(file="key", variable="KEY"))
    assert caught.value.code == "sign.settings"


SIGN = """
import sys
from cryptography.hazmat.primitives.serialization import load_pem_private_key
key = load_pem_private_key(open(sys.argv[1], "rb").read(), None)
sys.stdout.buffer.write(key.sign(sys.stdin.buffer.read())[: int(sys.argv[2])])
"""


@pytest.fixture
def sign_command(tmp_path: Path) -> Callable[..., tuple[str, ...]]:
    """A command that signs with `KEY`, as a service or a token would."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = KEY._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "ed25519.pem").write_bytes(pem)

    def make(size: int = 64) -> tuple[str, ...]:
        return (sys.executable, "-c", SIGN, str(tmp_path / "ed25519.pem"), str(size))

    return make


@pytest.mark.parametrize("form", ["line", "file"])
def test_a_command_signs_for_minisign(tmp_path: Path, sign_command, form: str):
    (tmp_path / "key.pub").write_text(KEY.public.text)
    public = {"line": KEY.public.line, "file": "key.pub"}[form]
    signer = minisign(tmp_path, sign_command=sign_command(), public_key=public).minisign
    assert isinstance(signer, CommandSigner)
    box = parse_box(signer.sign_box(b"data", trusted_comment="t").decode())
    assert verify(box, [KEY.public], b"data") == "t"


def test_a_command_that_writes_no_signature_is_refused(tmp_path: Path, sign_command):
    changes = {"sign_command": sign_command(63), "public_key": KEY.public.line}
    signer = minisign(tmp_path, **changes).minisign
    assert signer is not None
    with pytest.raises(SignError, match="63 bytes"):
        signer.sign_box(b"data", trusted_comment="t")


def test_a_command_of_another_key_is_refused(tmp_path: Path, sign_command):
    other = SecretKey.generate().public.line
    signer = minisign(tmp_path, sign_command=sign_command(), public_key=other).minisign
    assert signer is not None
    with pytest.raises(SignError, match="does not fit"):
        signer.sign_box(b"data", trusted_comment="t")


@pytest.mark.parametrize(
    "changes",
    [{}, {"public_key": KEY.public.line, "key": KeySettings(file="key")}],
    ids=["no-public-key", "both"],
)
def test_half_a_sign_command_is_refused(tmp_path: Path, changes: dict[str, object]):
    with pytest.raises(SignError) as caught:
        minisign(tmp_path, sign_command=("sign",), **changes)
    assert caught.value.code == "sign.settings"


def test_a_former_key_signs_too(tmp_path: Path):
    (tmp_path / "former").write_bytes(KEY.locked(None).reveal())
    former = (FormerKeySettings(key=KeySettings(file="former")),)
    assert [one.key_id for one in minisign(tmp_path, former=former).former] == [KEY.public.name]


def test_a_former_key_without_a_place_is_refused(tmp_path: Path):
    with pytest.raises(SignError, match="names no place"):
        minisign(tmp_path, former=(FormerKeySettings(key=KeySettings()),))


def test_authenticode_has_a_key_or_a_command(tmp_path: Path):
    settings = AuthenticodeSettings(sign_command=("sign",), key=KeySettings(file="key"))
    with pytest.raises(SignError, match="both"):
        opened(SigningSettings(authenticode=settings), tmp_path)


def test_a_sign_command_configures_authenticode(tmp_path: Path):
    settings = SigningSettings(authenticode=AuthenticodeSettings(sign_command=("sign", "%1")))
    assert opened(settings, tmp_path).authenticode is not None


def test_what_authenticode_settings_say_reaches_osslsigncode(tmp_path: Path):
    settings = AuthenticodeSettings(
        certificate="own.pem",
        key=KeySettings(pkcs11="pkcs11:token=a"),
        pkcs11_module="token.so",
        digest_algorithm="sha512",
        timestamp_url="http://time.example.org",
    )
    signer = opened(SigningSettings(authenticode=settings), tmp_path).authenticode
    assert isinstance(signer, OsslSigner)
    words = (*signer._who(tmp_path), *signer._what(tmp_path / "a.exe"))
    assert words[:2] == ("-pkcs11module", str(tmp_path / "token.so"))
    assert words[2:6] == ("-certs", str(tmp_path / "own.pem"), "-key", "pkcs11:token=a")
    assert words[words.index("-h") + 1] == "sha512"
    assert "http://time.example.org" in words


def test_gpg_takes_no_pkcs11_uri(tmp_path: Path):
    settings = GpgSettings(key=KeySettings(pkcs11="pkcs11:token=a"))
    with pytest.raises(SignError, match="no PKCS#11") as caught:
        opened(SigningSettings(gpg=settings), tmp_path)
    assert "gnupg-pkcs11-scd" in caught.value.help


@pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg")
def test_a_named_key_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "home").mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "home"))
    with pytest.raises(SignError, match="no such secret key"):
        opened(SigningSettings(gpg=GpgSettings(key_id="0" * 40)), tmp_path)


def test_a_manifest_gets_its_signers(
    make_manifest: Callable[..., Manifest], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MILLENNIUM_PRIVATE_KEY", KEY.locked(None).reveal().decode())
    manifest = make_manifest(signing={"authenticode": {"sign_command": ["sign", "%1"]}})
    with signing_for(manifest) as signed:
        assert signed.signing.minisign is not None
        assert signed.signing.authenticode is not None
        assert signed.signing.authenticode.mark.name == "Hello"  # type: ignore[attr-defined]
