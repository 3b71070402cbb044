"""A release is checked as it is, and every change of it is found."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mac_programs import thin
from millennium_bundler.bundle import BundleOptions, bundle
from millennium_bundler.errors import BundleError, PackageError, SignError
from millennium_bundler.formats.app import AppFormat
from millennium_bundler.formats.dmg import DmgFormat
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing
from millennium_bundler.verification import verify_folder, verify_package

MakeManifest = Callable[..., Manifest]

KEY = SecretKey.generate()
UPDATER = {"artifacts": "plain", "base_url": "https://example.org/updates"}
APP = "Hello.app"
SBOM = {
    "bomFormat": "CycloneDX",
    "metadata": {"component": {"bom-ref": "org.example.Hello"}},
    "components": [],
    "dependencies": [],
}


# Like a real program it cannot be compressed much, so that a delta pays.
PROGRAM = thin(content=hashlib.shake_256(b"program").digest(60_000))


@pytest.fixture
def release(make_mac_manifest: MakeManifest, tmp_path: Path) -> Callable[..., Path]:
    """Makes a version of an application: the app, its image, its archive, and a delta to it."""

    def make(version: str, *, key: SecretKey | None = KEY, previous: Path | None = None) -> Path:
        changes: dict[str, object] = {"updater": UPDATER} if key else {}
        manifest = make_mac_manifest(PROGRAM, version=version, sbom="parts.json", **changes)
        manifest.resolve("parts.json").write_text(json.dumps(SBOM))
        signing = Signing(minisign=KeySigner(key)) if key else Signing()
        output = tmp_path / f"release-{version}"
        options = BundleOptions(output=output, with_lint=False, previous=previous)
        done = bundle(replace(manifest, signing=signing), [AppFormat(), DmgFormat()], options)
        assert done.failed == ()
        return output

    return make


@pytest.fixture
def signed(release: Callable[..., Path]) -> Path:
    """Version 1.1.0, with a delta from 1.0.0."""
    return release("1.1.0", previous=release("1.0.0"))


FILES = {
    "a package": "hello_1.1.0_x64.dmg",
    "its signature": "hello_1.1.0_x64.dmg.minisig",
    "its parts": "hello_1.1.0_x64.dmg.cdx.json",
    "an archive": "Hello.app.tar.gz",
    "the archive's signature": "Hello.app.tar.gz.minisig",
    "the updater's signature": "Hello.app.tar.gz.sig",
    "a delta": "Hello.app.tar.gz.from-1.0.0.zst",
    "the delta's signature": "Hello.app.tar.gz.from-1.0.0.zst.minisig",
    "the application's parts": "Hello.app.cdx.json",
    "the program of the application": "Hello.app/Contents/MacOS/hello",
    "the manifest of updates": "update-stable.json",
    "the feed": "latest.json",
    "the provenance": "provenance.intoto.jsonl",
    "the sums": "SHA256SUMS",
    "the signature of the sums": "SHA256SUMS.minisig",
}


def test_everything_that_was_made_is_verified(signed: Path):
    found = verify_folder(signed, KEY.public)
    listed = {*found.files, "SHA256SUMS", "SHA256SUMS.minisig"}
    assert listed == {path.name for path in signed.iterdir()}
    assert {path.partition("/")[0] for path in FILES.values()} == listed
    assert (found.is_signed, found.unlisted) == (True, ())
    assert found.apps == (("org.example.Hello", "1.1.0"),)


@pytest.mark.parametrize("name", FILES.values(), ids=FILES)
def test_a_flipped_byte_anywhere_is_found(signed: Path, name: str):
    flip(signed / name)
    with pytest.raises(BundleError):
        verify_folder(signed, KEY.public)


@pytest.mark.parametrize("name", FILES.values(), ids=FILES)
def test_a_missing_file_is_found(signed: Path, name: str):
    (signed / name).unlink()
    with pytest.raises(PackageError) as caught:
        verify_folder(signed, KEY.public)
    assert caught.value.code == "package.differs"


def test_without_a_key_what_is_inside_an_application_is_checked(release: Callable[..., Path]):
    folder = release("1.0.0", key=None)
    found = verify_folder(folder, None)
    assert (found.is_signed, APP in found.files) == (False, True)
    flip(folder / "Hello.app/Contents/MacOS/hello")
    with pytest.raises(PackageError, match=r"Hello\.app is not what was released"):
        verify_folder(folder, None)


def add_file(app: Path) -> None:
    (app / "Contents/MacOS/more").write_bytes(b"")


def add_folder(app: Path) -> None:
    (app / "Contents/more").mkdir()


def lead_elsewhere(app: Path) -> None:
    program = app / "Contents/MacOS/hello"
    program.symlink_to(program.replace(app.parent / "elsewhere"))


def wait_for_ever(app: Path) -> None:
    os.mkfifo(app / "Contents/pipe")


def no_program(app: Path) -> None:
    (app / "Contents/MacOS/hello").chmod(0o644)


def another_name(app: Path) -> None:
    (app / "Contents/Info.plist").rename(app / "Contents/info.plist")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
@pytest.mark.parametrize(
    "change", [add_file, add_folder, lead_elsewhere, wait_for_ever, no_program, another_name]
)
def test_an_application_is_checked_as_a_whole(signed: Path, change: Callable[[Path], None]):
    change(signed / APP)
    with pytest.raises(PackageError, match=r"Hello\.app"):
        verify_folder(signed, KEY.public)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
def test_who_may_read_an_application_is_everybodys_own_matter(signed: Path):
    (signed / "Hello.app/Contents/MacOS/hello").chmod(0o700)
    (signed / "Hello.app/Contents/Info.plist").chmod(0o600)
    assert verify_folder(signed, KEY.public).is_signed


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


PACKAGE = "hello_1.1.0_x64.dmg"


def copied(folder: Path, target: Path, *names: str) -> Path:
    """Copy a package and what stands beside it to a place of its own."""
    target.mkdir()
    for name in names:
        (folder / name).rename(target / name)
    return target / names[0]


def test_a_package_is_verified_wherever_it_is(signed: Path, tmp_path: Path):
    beside = (f"{PACKAGE}.minisig", f"{PACKAGE}.cdx.json", "provenance.intoto.jsonl")
    path = copied(signed, tmp_path / "alone", PACKAGE, *beside)
    found = verify_package(path, KEY.public)
    assert found.files == (PACKAGE, f"{PACKAGE}.cdx.json")
    assert found.apps == (("org.example.Hello", "1.1.0"),)


def test_its_provenance_may_have_its_name(signed: Path, tmp_path: Path):
    path = copied(signed, tmp_path / "alone", PACKAGE, f"{PACKAGE}.minisig")
    (signed / "provenance.intoto.jsonl").rename(path.with_name(f"{PACKAGE}.intoto.jsonl"))
    assert verify_package(path, KEY.public).files == (PACKAGE,)


def test_an_application_is_verified_wherever_it_is(signed: Path, tmp_path: Path):
    path = copied(signed, tmp_path / "alone", APP, "provenance.intoto.jsonl")
    assert verify_package(path, KEY.public).files == (APP,)
    flip(path / "Contents/Info.plist")
    with pytest.raises(PackageError):
        verify_package(path, KEY.public)


@pytest.mark.parametrize("ending", ["", ".minisig", ".cdx.json"])
def test_a_flipped_byte_of_a_package_or_beside_it_is_found(signed: Path, ending: str):
    flip(signed / f"{PACKAGE}{ending}")
    with pytest.raises(BundleError):
        verify_package(signed / PACKAGE, KEY.public)


@pytest.mark.parametrize("name", [PACKAGE, f"{PACKAGE}.minisig", "provenance.intoto.jsonl"])
def test_a_package_without_its_proof_is_refused(signed: Path, name: str):
    (signed / name).unlink()
    with pytest.raises(PackageError):
        verify_package(signed / PACKAGE, KEY.public)


def test_without_a_key_a_package_is_compared_with_the_sums(signed: Path, tmp_path: Path):
    found = verify_package(signed / PACKAGE, None)
    assert (found.files, found.is_signed) == ((PACKAGE,), False)
    assert verify_package(signed / APP, None).files == (APP,)
    flip(signed / PACKAGE)
    with pytest.raises(PackageError):
        verify_package(signed / PACKAGE, None)


@pytest.mark.parametrize("name", ["SHA256SUMS.minisig", "more"], ids=["unlisted", "not there"])
def test_a_package_that_the_sums_do_not_name_is_refused(signed: Path, name: str):
    with pytest.raises(PackageError, match="does not name"):
        verify_package(signed / name, None)


def test_a_name_that_no_package_has_is_refused(tmp_path: Path):
    (tmp_path / "a:b").write_bytes(b"")
    with pytest.raises(PackageError, match="no name"):
        verify_package(tmp_path / "a:b", KEY.public)


def test_a_folder_with_sums_alone_is_compared_with_them(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(b'').hexdigest()}  a\n")
    found = verify_folder(tmp_path, None)
    assert (found.files, found.apps, found.is_signed) == (("a",), (), False)


def test_somebody_elses_key_is_refused(signed: Path):
    stranger = SecretKey.generate().public
    with pytest.raises(SignError):
        verify_folder(signed, stranger)
    with pytest.raises(SignError):
        verify_package(signed / PACKAGE, stranger)
