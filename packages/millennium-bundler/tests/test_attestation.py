"""What stands beside packages, written and checked."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.attestation import Verified, verify_folder, write_attestations
from millennium_bundler.errors import BundleError, FormatError, PackageError, SignError
from millennium_bundler.provenance import Subject
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing

MakeManifest = Callable[..., Manifest]

KEY = SecretKey.generate()


@pytest.fixture
def packages(tmp_path: Path) -> tuple[Path, list[Subject]]:
    """Two packages in a folder."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    found = []
    for name in ("a.deb", "b.rpm"):
        (folder / name).write_bytes(name.encode())
        found.append(Subject(name=name, sha256=hashlib.sha256(name.encode()).hexdigest()))
    return folder, found


@pytest.fixture
def unsigned(make_manifest: MakeManifest) -> Manifest:
    """The manifest of an app that has a list of parts."""
    manifest = make_manifest(sbom="parts.json")
    manifest.resolve("parts.json").write_text("{}")
    return manifest


@pytest.fixture
def signed(unsigned: Manifest, packages: tuple[Path, list[Subject]]) -> Path:
    """A folder with everything, signed."""
    folder, subjects = packages
    manifest = replace(unsigned, signing=Signing(minisign=KeySigner(KEY)))
    write_attestations(manifest, subjects, folder)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_without_a_key_there_are_sums_parts_and_statement(
    unsigned: Manifest, packages: tuple[Path, list[Subject]]
):
    folder, subjects = packages
    written = write_attestations(unsigned, subjects, folder)
    assert [path.name for path in written] == ["sbom.cdx.json", "provenance.json", "SHA256SUMS"]
    assert verify_folder(folder, None) == Verified(
        files=("a.deb", "b.rpm", "provenance.json", "sbom.cdx.json"), is_signed=False
    )


def test_with_a_key_everything_is_signed(signed: Path):
    assert {"a.deb.minisig", "b.rpm.minisig", "SHA256SUMS.minisig"} < set(names(signed))
    assert verify_folder(signed, KEY.public).is_signed


def test_without_a_list_of_parts_there_is_none(
    make_manifest: MakeManifest, packages: tuple[Path, list[Subject]]
):
    folder, subjects = packages
    write_attestations(make_manifest(), subjects, folder)
    assert "sbom.cdx.json" not in names(folder)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_reads_the_sums_too(signed: Path):
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=signed, check=True)


@pytest.mark.skipif(shutil.which("minisign") is None, reason="needs minisign")
def test_minisign_reads_the_signatures_too(signed: Path):
    words = ["minisign", "-V", "-P", KEY.public.line, "-m", "a.deb"]
    assert subprocess.run(words, cwd=signed, capture_output=True, check=False).returncode == 0


def test_what_nobody_lists_is_named(signed: Path):
    (signed / "setup.exe").write_bytes(b"MZ")
    assert verify_folder(signed, KEY.public).unlisted == ("setup.exe",)


def link(path: Path) -> None:
    path.symlink_to(path.replace(path.parent.parent / path.name))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
@pytest.mark.parametrize("name", ["a.deb", "SHA256SUMS", "a.deb.minisig"])
@pytest.mark.parametrize("exchange", [link, pipe])
def test_what_can_become_another_file_after_it_was_read_is_refused(
    signed: Path, name: str, exchange: Callable[[Path], None]
):
    exchange(signed / name)
    with pytest.raises(PackageError, match="is no plain file") as caught:
        verify_folder(signed, KEY.public)
    assert caught.value.code == "package.differs"


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "name",
    [
        "a.deb",
        "a.deb.minisig",
        "SHA256SUMS",
        "SHA256SUMS.minisig",
        "provenance.intoto.jsonl",
        "provenance.json",
        "sbom.cdx.json",
    ],
)
def test_a_flipped_byte_anywhere_is_found(signed: Path, name: str):
    change(signed / name)
    with pytest.raises(BundleError):
        verify_folder(signed, KEY.public)


@pytest.mark.parametrize(
    "name", ["a.deb", "a.deb.minisig", "SHA256SUMS", "provenance.intoto.jsonl"]
)
def test_a_missing_file_is_named(signed: Path, name: str):
    (signed / name).unlink()
    with pytest.raises(PackageError, match=name):
        verify_folder(signed, KEY.public)


def test_somebody_elses_key_is_refused(signed: Path):
    with pytest.raises(SignError):
        verify_folder(signed, SecretKey.generate().public)


def forge_sums(folder: Path) -> None:
    """Write sums that fit what is there, as somebody without the key can."""
    found = [path for path in sorted(folder.iterdir()) if not path.name.startswith("SHA256SUMS")]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in found]
    (folder / "SHA256SUMS").write_text("".join(lines))


def test_packages_that_took_each_others_names_are_refused(signed: Path):
    for ending in ("", ".minisig"):
        first, second = signed / f"a.deb{ending}", signed / f"b.rpm{ending}"
        contents = first.read_bytes(), second.read_bytes()
        second.write_bytes(contents[0])
        first.write_bytes(contents[1])
    forge_sums(signed)
    signer = KeySigner(KEY)
    box = signer.sign_box(signed / "SHA256SUMS", trusted_comment="file:SHA256SUMS")
    (signed / "SHA256SUMS.minisig").write_bytes(box)
    with pytest.raises(SignError, match="another name"):
        verify_folder(signed, KEY.public)


def test_a_package_of_another_release_is_refused(signed: Path):
    (signed / "a.deb").write_bytes(b"older")
    signer = KeySigner(KEY)
    for name in ("a.deb", "SHA256SUMS"):
        forge_sums(signed)
        box = signer.sign_box(signed / name, trusted_comment=f"file:{name}")
        (signed / f"{name}.minisig").write_bytes(box)
    forge_sums(signed)
    box = signer.sign_box(signed / "SHA256SUMS", trusted_comment="file:SHA256SUMS")
    (signed / "SHA256SUMS.minisig").write_bytes(box)
    with pytest.raises(PackageError, match="other packages"):
        verify_folder(signed, KEY.public)


@pytest.mark.parametrize(
    "text",
    ["", "no sum\n", "0" * 64 + "  ../x\n", "0" * 64 + "  ..\n", ("0" * 64 + "  x\n") * 2],
    ids=["empty", "no sum", "a path", "the folder above", "twice"],
)
def test_sums_that_are_none_are_refused(tmp_path: Path, text: str):
    (tmp_path / "SHA256SUMS").write_text(text)
    with pytest.raises(PackageError) as caught:
        verify_folder(tmp_path, None)
    assert caught.value.code == "package.differs"


def test_sums_that_are_too_long_are_refused(tmp_path: Path):
    (tmp_path / "SHA256SUMS").write_bytes(b" " * 1_100_000)
    with pytest.raises(PackageError, match="longer than"):
        verify_folder(tmp_path, None)


def test_what_cannot_be_written_is_named(unsigned: Manifest, packages: tuple[Path, list[Subject]]):
    folder, subjects = packages
    (folder / "SHA256SUMS").mkdir()
    with pytest.raises(FormatError) as caught:
        write_attestations(unsigned, subjects, folder)
    assert caught.value.code == "format.write"
