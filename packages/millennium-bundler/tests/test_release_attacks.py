"""A release as an attacker would change it: without the key, and with what the key has signed before."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.attestation import Released, write_attestations
from millennium_bundler.errors import BundleError, PackageError, SignError
from millennium_bundler.provenance import Subject, make_statement, seal_statement
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner, trusted_comment
from millennium_bundler.sign.signing import Signing
from millennium_bundler.verification import verify_folder, verify_package

KEY, STRANGER = SecretKey.generate(), SecretKey.generate()
SUMS, ENVELOPE = "SHA256SUMS", "provenance.intoto.jsonl"
OLD, NEW = "hello_1.0.deb", "hello_2.0.deb"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def publish(make_manifest: Callable[..., Manifest], tmp_path: Path) -> Callable[..., Path]:
    """Releases a package of a version, as the publisher does."""

    def release(version: str, name: str = "", *, app: str = "hello") -> Path:
        folder = tmp_path / f"{app}-{version}"
        folder.mkdir(exist_ok=True)
        data = f"{app} {version}".encode()
        name = name or f"{app}_{version}.deb"
        (folder / name).write_bytes(data)
        manifest = make_manifest(version=version, identifier=f"org.example.{app}")
        signed = replace(manifest, signing=Signing(minisign=KeySigner(KEY)))
        released = Released(packages=[Subject(name=name, sha256=sha256(data))])
        write_attestations(signed, released, folder)
        return folder

    return release


@pytest.fixture
def new(publish: Callable[..., Path]) -> Path:
    """The newest release, which is good."""
    folder = publish("2.0")
    assert verify_folder(folder, KEY.public).apps == (("org.example.hello", "2.0"),)
    assert verify_package(folder / NEW, KEY.public).apps == (("org.example.hello", "2.0"),)
    return folder


@pytest.fixture
def old(publish: Callable[..., Path]) -> Path:
    """The one before, which was good, too: all its signatures are true."""
    return publish("1.0")


def sign(path: Path, key: SecretKey, comment: str) -> None:
    box = KeySigner(key).sign_box(path, trusted_comment=comment)
    path.with_name(f"{path.name}.minisig").write_bytes(box)


def list_all(folder: Path, key: SecretKey | None = None) -> None:
    """Write sums that fit what is there; sign them, if a key was found that does."""
    found = [path for path in sorted(folder.iterdir()) if not path.name.startswith(SUMS)]
    lines = [f"{sha256(path.read_bytes())}  {path.name}\n" for path in found]
    (folder / SUMS).write_text("".join(lines))
    if key is not None:
        sign(folder / SUMS, key, f"file:{SUMS}")


def outside(folder: Path) -> Path:
    path = folder.parent / "outside"
    path.write_bytes(b"root's")
    return path


@pytest.mark.parametrize(
    "name",
    ["../outside", "{outside}", "./a", "x/../../outside", "..\\outside", "a\r"],
    ids=["upwards", "absolute", "here", "down and up", "Windows", "line end"],
)
def test_sums_never_lead_out_of_their_folder(new: Path, name: str):
    path = outside(new)
    listed = name.format(outside=path)
    (new / SUMS).write_text(f"{sha256(path.read_bytes())}  {listed}\n", newline="")
    with pytest.raises(PackageError, match="a line that is no sum"):
        verify_folder(new, None)


def link(path: Path) -> None:
    path.symlink_to(path.replace(path.parent.parent / path.name))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
@pytest.mark.parametrize("name", [NEW, SUMS, f"{SUMS}.minisig", f"{NEW}.minisig", ENVELOPE])
@pytest.mark.parametrize("exchange", [link, pipe, folder])
def test_what_is_no_plain_file_is_refused(new: Path, name: str, exchange: Callable[[Path], None]):
    exchange(new / name)
    with pytest.raises(PackageError) as caught:
        verify_folder(new, KEY.public)
    assert caught.value.code == "package.differs"


def grow(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(1 << 30)


@pytest.mark.parametrize("name", [SUMS, f"{SUMS}.minisig"])
def test_a_line_without_end_is_not_read(new: Path, name: str):
    grow(new / name)
    with pytest.raises(PackageError, match="longer than"):
        verify_folder(new, KEY.public)


def test_a_provenance_without_end_is_not_read(new: Path):
    grow(new / ENVELOPE)
    with pytest.raises(PackageError, match="longer than"):
        verify_package(new / NEW, KEY.public)


def test_the_sums_of_a_stranger_are_refused(new: Path):
    (new / "evil.deb").write_bytes(b"evil")
    list_all(new)
    assert "evil.deb" in verify_folder(new, None).files
    with pytest.raises(SignError):
        verify_folder(new, KEY.public)
    sign(new / SUMS, STRANGER, f"file:{SUMS}")
    with pytest.raises(SignError):
        verify_folder(new, KEY.public)


@pytest.mark.parametrize(
    "comment",
    [f"file:{NEW}", "as it is", f"file:{SUMS}\tfile:{NEW}"],
    ids=["of another file", "without a name", "of both"],
)
def test_a_true_signature_of_another_file_signs_no_sums(new: Path, comment: str):
    """A key signs many things; one whose content is a list of checksums is not the list of this folder."""
    list_all(new, KEY)
    sign(new / SUMS, KEY, comment)
    with pytest.raises(SignError) as caught:
        verify_folder(new, KEY.public)
    assert caught.value.code == "minisign.other_name"


def take_provenance(old: Path, new: Path) -> None:
    shutil.copy(old / ENVELOPE, new / ENVELOPE)


def add_provenance(old: Path, new: Path) -> None:
    (new / ENVELOPE).write_bytes((new / ENVELOPE).read_bytes() + (old / ENVELOPE).read_bytes())


def take_package(old: Path, new: Path) -> None:
    shutil.copy(old / OLD, new / NEW)


def take_package_and_signature(old: Path, new: Path) -> None:
    take_package(old, new)
    shutil.copy(old / f"{OLD}.minisig", new / f"{NEW}.minisig")


def take_all_but_the_name(old: Path, new: Path) -> None:
    take_package_and_signature(old, new)
    take_provenance(old, new)


def take_sums(old: Path, new: Path) -> None:
    for name in (SUMS, f"{SUMS}.minisig"):
        shutil.copy(old / name, new / name)


MIXED = [
    take_provenance, add_provenance, take_package, take_package_and_signature, take_all_but_the_name, take_sums,
]  # fmt: skip


@pytest.mark.parametrize("mix", MIXED)
def test_no_part_of_an_older_release_passes_for_the_new_one(
    old: Path, new: Path, mix: Callable[[Path, Path], None]
):
    mix(old, new)
    with pytest.raises(BundleError):
        verify_folder(new, KEY.public)


@pytest.mark.parametrize("mix", MIXED[:-1])
def test_nor_does_it_when_all_of_it_was_listed_and_signed_by_mistake(
    old: Path, new: Path, mix: Callable[[Path, Path], None]
):
    mix(old, new)
    list_all(new, KEY)
    with pytest.raises(BundleError):
        verify_folder(new, KEY.public)


@pytest.mark.parametrize("mix", [*MIXED[:1], *MIXED[2:5]])
def test_no_older_package_passes_for_the_new_one_where_it_is_alone(
    old: Path, new: Path, mix: Callable[[Path, Path], None]
):
    mix(old, new)
    with pytest.raises(BundleError):
        verify_package(new / NEW, KEY.public)


def test_the_same_content_under_a_new_name_is_refused(old: Path):
    """Renamed with its signature: what is signed is true, and is not what the name says."""
    for ending in ("", ".minisig"):
        (old / f"{OLD}{ending}").rename(old / f"{NEW}{ending}")
    list_all(old, KEY)
    with pytest.raises(BundleError):
        verify_folder(old, KEY.public)
    with pytest.raises(BundleError):
        verify_package(old / NEW, KEY.public)


@pytest.fixture
def twice(publish: Callable[..., Path]) -> Path:
    """One name in two versions: the newer release with the older one's package."""
    old, new = publish("1.0", "hello.deb"), publish("2.0", "hello.deb")
    shutil.copy(old / "hello.deb", new / "hello.deb")
    shutil.copy(old / "hello.deb.minisig", new / "hello.deb.minisig")
    return new


def test_one_name_in_two_versions_is_told_apart(twice: Path):
    with pytest.raises(PackageError):
        verify_package(twice / "hello.deb", KEY.public)


def test_a_signature_for_another_version_is_refused(new: Path):
    sign(new / NEW, KEY, trusted_comment(NEW, date=1, version="1.0"))
    list_all(new, KEY)
    with pytest.raises(SignError, match=r"another version than 2\.0"):
        verify_folder(new, KEY.public)
    with pytest.raises(SignError, match=r"another version than 2\.0"):
        verify_package(new / NEW, KEY.public)


def test_another_app_of_the_publisher_is_named(publish: Callable[..., Path]):
    """All of it is true: only who looks at the answer sees that it is another app."""
    assert verify_folder(publish("2.0", app="other"), KEY.public).apps == (
        ("org.example.other", "2.0"),
    )


def test_the_provenance_of_another_app_is_refused(new: Path, publish: Callable[..., Path]):
    take_provenance(publish("2.0", app="other"), new)
    list_all(new, KEY)
    with pytest.raises(PackageError):
        verify_folder(new, KEY.public)


@pytest.fixture
def statement(new: Path, make_manifest: Callable[..., Manifest]) -> bytes:
    """Says of the newest release what is true."""
    subject = Subject(name=NEW, sha256=sha256((new / NEW).read_bytes()))
    settings = make_manifest(version="2.0", identifier="org.example.hello").settings
    return make_statement(settings, [subject], executable_sha256="0" * 64)


def test_the_provenance_of_a_stranger_is_refused(new: Path, statement: bytes):
    (new / ENVELOPE).write_bytes(seal_statement(statement, KeySigner(KEY)))
    assert verify_package(new / NEW, KEY.public).files == (NEW,)
    (new / ENVELOPE).write_bytes(seal_statement(statement, KeySigner(STRANGER)))
    with pytest.raises(SignError):
        verify_package(new / NEW, KEY.public)


@pytest.mark.parametrize("line", [b"{}\n", b"\n"], ids=["of something else", "empty"])
@pytest.mark.parametrize("is_first", [True, False], ids=["before", "behind"])
def test_a_provenance_with_a_line_of_somebody_else_is_refused(
    new: Path, line: bytes, is_first: bool
):
    own = (new / ENVELOPE).read_bytes()
    (new / ENVELOPE).write_bytes(line + own if is_first else own + line)
    with pytest.raises(SignError):
        verify_package(new / NEW, KEY.public)


def test_a_signed_file_that_no_statement_names_is_refused(new: Path):
    (new / "more.deb").write_bytes(b"more")
    sign(new / "more.deb", KEY, trusted_comment("more.deb", date=1, version="2.0"))
    list_all(new, KEY)
    with pytest.raises(PackageError, match="other packages"):
        verify_folder(new, KEY.public)
