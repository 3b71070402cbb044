"""OpenPGP signatures by gpg, with a key that no keyring keeps."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from millennium_bundler.errors import SignError
from millennium_bundler.sign.gpg import GpgKey, GpgSigner
from millennium_bundler.sign.secret import Secret

PASSWORD = Secret(b"sesame-4711-marker")
DATE = 1_735_689_600
DATA = b"what is released"

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg")


def gpg(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["gpg", "--homedir", str(home), "--batch", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def signer(openpgp_key: Path) -> Iterator[GpgSigner]:
    key = GpgKey(secret=Secret(openpgp_key.read_bytes()), password=PASSWORD)
    with GpgSigner(key, date=DATE) as made:
        yield made


@pytest.fixture
def stranger(tmp_path: Path, signer: GpgSigner) -> Path:
    """The keyring of somebody who has the public key alone."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (tmp_path / "public").write_bytes(signer.public_key())
    gpg(home, "--import", tmp_path / "public")
    return home


def test_gpg_accepts_a_detached_signature(signer: GpgSigner, stranger: Path, tmp_path: Path):
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "data.sig").write_bytes(signer.sign_detached(DATA))
    done = gpg(stranger, "--status-fd", "1", "--verify", tmp_path / "data.sig", tmp_path / "data")
    assert f"VALIDSIG {signer.fingerprint}" in done.stdout


def test_gpg_refuses_it_for_other_data(signer: GpgSigner, stranger: Path, tmp_path: Path):
    (tmp_path / "data").write_bytes(DATA + b".")
    (tmp_path / "data.sig").write_bytes(signer.sign_detached(DATA))
    assert gpg(stranger, "--verify", tmp_path / "data.sig", tmp_path / "data").returncode != 0


def test_gpg_accepts_a_text_with_its_signature(signer: GpgSigner, stranger: Path, tmp_path: Path):
    (tmp_path / "InRelease").write_bytes(signer.sign_clear(b"Suite: stable\n"))
    assert gpg(stranger, "--verify", tmp_path / "InRelease").returncode == 0


def test_a_signature_as_text_is_one(signer: GpgSigner):
    assert signer.sign_armoured(DATA).startswith(b"-----BEGIN PGP SIGNATURE-----")


def test_the_same_data_is_signed_the_same(signer: GpgSigner):
    assert signer.sign_detached(DATA) == signer.sign_detached(DATA)


def test_several_formats_sign_at_once(signer: GpgSigner):
    with ThreadPoolExecutor(4) as pool:
        signatures = list(pool.map(signer.sign_detached, [DATA] * 6))
    assert len(set(signatures)) == 1


def test_a_signature_carries_the_date(signer: GpgSigner):
    packet = subprocess.run(
        ["gpg", "--list-packets"],
        input=signer.sign_detached(DATA),
        capture_output=True,
        check=False,
    )
    assert f"created {DATE}".encode() in packet.stdout


def test_our_own_check_accepts_and_refuses(signer: GpgSigner):
    signature = signer.sign_detached(DATA)
    signer.verify(DATA, signature)
    with pytest.raises(SignError, match="does not verify") as caught:
        signer.verify(DATA + b".", signature)
    assert caught.value.code == "sign.not_valid"


def test_a_signature_is_never_older_than_its_key(openpgp_key: Path):
    key = GpgKey(secret=Secret(openpgp_key.read_bytes()), password=PASSWORD)
    with GpgSigner(key, date=1) as signer:
        assert signer.sign_detached(DATA)


def test_a_signature_without_a_date_carries_the_present(openpgp_key: Path):
    key = GpgKey(secret=Secret(openpgp_key.read_bytes()), password=PASSWORD)
    with GpgSigner(key) as signer:
        assert signer.sign_detached(DATA)


def test_the_wrong_password_is_refused(openpgp_key: Path):
    key = GpgKey(secret=Secret(openpgp_key.read_bytes()), password=Secret(b"another-password"))
    with (
        GpgSigner(key, date=DATE) as signer,
        pytest.raises(SignError, match="gpg failed") as caught,
    ):
        signer.sign_detached(DATA)
    assert "another-password" not in str(caught.value)


def test_what_is_no_key_is_refused():
    with pytest.raises(SignError, match="gpg failed"):
        GpgSigner(GpgKey(secret=Secret(b"no key at all")))


def test_a_key_of_another_name_is_refused(openpgp_key: Path):
    key = GpgKey(name="grace@example.org", secret=Secret(openpgp_key.read_bytes()))
    with pytest.raises(SignError, match=r"no such secret key.*grace@example.org") as caught:
        GpgSigner(key)
    assert caught.value.code == "sign.no_key"


def test_no_key_agent_or_keyring_is_left(openpgp_key: Path):
    key = GpgKey(secret=Secret(openpgp_key.read_bytes()), password=PASSWORD)
    with GpgSigner(key, date=DATE) as signer:
        signer.sign_detached(DATA)
        home = signer._home
    assert home is not None
    assert not home.exists()
    running = subprocess.run(
        ["pgrep", "-f", str(home)], capture_output=True, text=True, check=False
    )
    assert running.stdout == ""


def test_a_key_of_the_users_keyring_signs(
    openpgp_key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home = tmp_path / "own"
    home.mkdir(mode=0o700)
    gpg(home, "--import", openpgp_key)
    monkeypatch.setenv("GNUPGHOME", str(home))
    with GpgSigner(GpgKey(name="ada@example.org", password=PASSWORD), date=DATE) as signer:
        assert signer.sign_detached(DATA)
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, timeout=60)


def test_an_empty_keyring_has_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = tmp_path / "own"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    with pytest.raises(SignError, match="no such secret key in the keyring"):
        GpgSigner(GpgKey(name="ada@example.org"))
