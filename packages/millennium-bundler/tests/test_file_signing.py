"""Which signatures a file gets, and in which order."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from millennium_bundler.errors import SignError
from millennium_bundler.file_signing import plan_signatures, take_step
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import AppSigner, FileSigner, Signing
from millennium_bundler.tree import Tree


class MarkFile(FileSigner):
    """Puts a mark where a signature would be."""

    def sign(self, data: bytes, *, name: str) -> bytes:
        return data + f"[{name}]".encode()

    def verify(self, data: bytes, *, name: str) -> None:
        assert data.endswith(f"[{name}]".encode())


class MarkImage(AppSigner):
    """Puts a mark where a signature would be."""

    def sign_app(self, app: Tree) -> Tree:
        return app

    def sign_image(self, data: bytes, *, identifier: str) -> bytes:
        return data + f"[{identifier}]".encode()


SIGNING = Signing(
    authenticode=MarkFile(), codesign=MarkImage(), minisign=KeySigner(SecretKey.generate())
)


def planned(*names: str, signing: Signing = SIGNING) -> list[tuple[str, str]]:
    files = tuple(Path(name) for name in names)
    steps = plan_signatures(files, signing, identifier="org.example.Hello", date=1)
    return [(step.how, step.target.name) for step in steps]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.exe", [("authenticode", "a.exe"), ("minisign", "a.exe.minisig")]),
        ("A.MSI", [("authenticode", "A.MSI"), ("minisign", "A.MSI.minisig")]),
        ("a.dmg", [("codesign", "a.dmg"), ("minisign", "a.dmg.minisig")]),
        ("a.deb", [("minisign", "a.deb.minisig")]),
    ],
)
def test_what_is_inside_is_signed_before_what_is_beside(name: str, expected: list[tuple[str, str]]):
    assert planned(name) == expected


def test_a_program_is_one_by_any_name(tmp_path: Path):
    # What makensis asks to be signed is called nst1234.tmp.
    (tmp_path / "nst1234.tmp").write_bytes(b"MZ")
    assert planned(str(tmp_path / "nst1234.tmp"))[0] == ("authenticode", "nst1234.tmp")


def test_a_signature_is_not_signed():
    with pytest.raises(SignError, match="nobody is configured"):
        planned("a.deb.minisig")


def test_nobody_configured_is_refused():
    with pytest.raises(SignError, match="nobody is configured") as caught:
        planned("a.exe", signing=Signing())
    assert caught.value.code == "sign.settings"


@pytest.mark.parametrize(
    ("name", "mark"), [("a.exe", b"x[a.exe]"), ("a.dmg", b"x[org.example.Hello]")]
)
def test_a_signature_inside_replaces_the_file(tmp_path: Path, name: str, mark: bytes):
    (tmp_path / name).write_bytes(b"x")
    steps = plan_signatures((tmp_path / name,), SIGNING, identifier="org.example.Hello", date=1)
    take_step(steps[0])
    assert (tmp_path / name).read_bytes() == mark


def test_a_file_that_is_gone_is_said_to_be(tmp_path: Path):
    steps = plan_signatures((tmp_path / "a.deb",), SIGNING, identifier="", date=1)
    with pytest.raises(SignError, match=r"a\.deb cannot be read") as caught:
        take_step(steps[0])
    assert caught.value.code == "sign.no_file"


@pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg")
def test_a_repository_is_signed_as_apt_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import subprocess

    from millennium_bundler.sign.gpg import GpgKey, GpgSigner

    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    words = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "Ada", "ed25519", "sign"]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    (tmp_path / "Release").write_text("Suite: stable\n")
    (tmp_path / "other").write_text("other\n")
    signing = Signing(gpg=GpgSigner(GpgKey(name="Ada")))
    files = (tmp_path / "Release", tmp_path / "other")
    steps = plan_signatures(files, signing, identifier="", date=1)
    assert [step.target.name for step in steps] == ["Release.gpg", "InRelease", "other.asc"]
    take_step(steps[1])
    assert (tmp_path / "InRelease").read_text().startswith("-----BEGIN PGP SIGNED MESSAGE-----")
    subprocess.run(["gpgconf", "--kill", "all"], check=False, timeout=60)
