"""What stands beside packages."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from releases import KEY, for_windows, next_version, other_app, other_key, with_key, with_parts

from millennium_bundler.attestation import Released, write_attestations
from millennium_bundler.checksums import parse_sums
from millennium_bundler.errors import FormatError
from millennium_bundler.formats.interface import Package
from millennium_bundler.output import tree_digest, write_package
from millennium_bundler.provenance import Subject, envelopes, open_statement
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree
from millennium_bundler.verification import verify_folder

MakeManifest = Callable[..., Manifest]


def add(folder: Path, name: str) -> Subject:
    (folder / name).write_bytes(name.encode())
    return Subject(name=name, sha256=hashlib.sha256(name.encode()).hexdigest())


@pytest.fixture
def released(tmp_path: Path) -> tuple[Path, Released]:
    """A package, an application, a delta and a manifest of updates in a folder."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    tree = Tree(date=0)
    tree.file("Contents/MacOS/hello", b"program", mode=0o755)
    write_package(Package(file_name="Hello.app", data=tree), folder)
    app = Subject(name="Hello.app", sha256=tree_digest(tree), is_folder=True)
    (folder / "latest.json").write_text("{}")
    made = Released(
        packages=[add(folder, "a.deb"), app],
        downloads=[add(folder, "a.deb.from-1.0.0.zst")],
        others=["latest.json"],
    )
    return folder, made


@pytest.fixture
def unsigned(make_manifest: MakeManifest) -> Manifest:
    """The manifest of an app that has a list of parts."""
    return with_parts(make_manifest)


@pytest.fixture
def manifest(unsigned: Manifest) -> Manifest:
    """The same with a key."""
    return with_key(unsigned)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_without_a_key_there_are_sums_parts_and_statement(
    unsigned: Manifest, released: tuple[Path, Released]
):
    folder, made = released
    written = write_attestations(unsigned, made, folder)
    assert [path.name for path in written] == [
        "a.deb.cdx.json", "Hello.app.cdx.json", "provenance.json", "SHA256SUMS",
    ]  # fmt: skip
    assert sorted(parse_sums((folder / "SHA256SUMS").read_bytes())) == [
        "Hello.app.cdx.json", "a.deb", "a.deb.cdx.json", "a.deb.from-1.0.0.zst", "latest.json",
        "provenance.json",
    ]  # fmt: skip


def test_with_a_key_every_file_of_the_statement_is_signed(
    manifest: Manifest, released: tuple[Path, Released]
):
    folder, made = released
    write_attestations(manifest, made, folder)
    boxes = [name for name in names(folder) if name.endswith(".minisig")]
    assert boxes == ["SHA256SUMS.minisig", "a.deb.from-1.0.0.zst.minisig", "a.deb.minisig"]
    assert "provenance.json" not in names(folder)


def test_the_statement_names_packages_downloads_and_lists_of_parts(
    manifest: Manifest, released: tuple[Path, Released]
):
    folder, made = released
    write_attestations(manifest, made, folder)
    [line] = envelopes((folder / "provenance.intoto.jsonl").read_bytes())
    statement = open_statement(line, KEY.public)
    assert [one.name for one in statement.subjects] == [
        "Hello.app", "a.deb", "a.deb.from-1.0.0.zst",
    ]  # fmt: skip
    assert set(statement.subjects) == set(made.subjects)
    for parts in statement.byproducts:
        assert hashlib.sha256((folder / parts.name).read_bytes()).hexdigest() == parts.sha256
    assert [one.name for one in statement.byproducts] == ["Hello.app.cdx.json", "a.deb.cdx.json"]


def test_a_list_of_parts_is_about_its_package(manifest: Manifest, released: tuple[Path, Released]):
    folder, made = released
    write_attestations(manifest, made, folder)
    document = json.loads((folder / "a.deb.cdx.json").read_text())
    assert document["metadata"]["component"]["hashes"][0]["content"] == made.packages[0].sha256


def test_without_a_list_of_parts_there_is_none(
    make_manifest: MakeManifest, released: tuple[Path, Released]
):
    folder, made = released
    write_attestations(make_manifest(), made, folder)
    assert [name for name in names(folder) if name.endswith(".cdx.json")] == []


def test_the_same_release_has_the_same_bytes_beside_it(
    manifest: Manifest, released: tuple[Path, Released]
):
    folder, made = released
    paths = write_attestations(manifest, made, folder)
    first = [path.read_bytes() for path in paths]
    write_attestations(manifest, made, folder)
    assert [path.read_bytes() for path in paths] == first


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [(True, False, "provenance.json"), (False, True, "provenance.intoto.jsonl")],
    ids=["the key is gone", "a key has come"],
)
def test_one_provenance_is_left(
    manifest: Manifest,
    unsigned: Manifest,
    released: tuple[Path, Released],
    before: bool,
    after: bool,
    left: str,
):
    folder, made = released
    write_attestations(manifest if before else unsigned, made, folder)
    write_attestations(manifest if after else unsigned, made, folder)
    assert [name for name in names(folder) if name.startswith("provenance")] == [left]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_reads_the_sums_too(manifest: Manifest, released: tuple[Path, Released]):
    folder, made = released
    write_attestations(manifest, made, folder)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True)


@pytest.mark.skipif(shutil.which("minisign") is None, reason="needs minisign")
def test_minisign_reads_the_signatures_too(manifest: Manifest, released: tuple[Path, Released]):
    folder, made = released
    write_attestations(manifest, made, folder)
    words = ["minisign", "-V", "-P", KEY.public.line, "-m", "a.deb"]
    assert subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode == 0


def test_what_cannot_be_written_is_named(unsigned: Manifest, released: tuple[Path, Released]):
    folder, made = released
    (folder / "SHA256SUMS").mkdir()
    with pytest.raises(FormatError) as caught:
        write_attestations(unsigned, made, folder)
    assert caught.value.code == "format.write"


def test_a_name_that_no_list_can_hold_is_refused(
    unsigned: Manifest, released: tuple[Path, Released]
):
    folder, _made = released
    odd = Released(packages=[Subject(name="two\nlines", sha256="0" * 64)])
    with pytest.raises(FormatError) as caught:
        write_attestations(unsigned, odd, folder)
    assert caught.value.code == "format.write"
    assert "SHA256SUMS" not in names(folder)


@pytest.fixture
def windows(manifest: Manifest) -> Manifest:
    """The same version for another system."""
    return for_windows(manifest)


def release_msi(windows: Manifest, folder: Path) -> None:
    made = Released(packages=[add(folder, "a.msi")])
    (folder / "a.msi.sig").write_text("a signature")
    write_attestations(windows, replace(made, others=["a.msi.sig"]), folder)


def test_several_systems_share_a_folder(
    manifest: Manifest, windows: Manifest, released: tuple[Path, Released]
):
    folder, made = released
    release_msi(windows, folder)
    write_attestations(manifest, made, folder)
    sums = parse_sums((folder / "SHA256SUMS").read_bytes())
    assert {"a.msi", "a.msi.minisig", "a.msi.sig", "a.msi.cdx.json", "a.deb"} <= sums.keys()
    found = verify_folder(folder, KEY.public)
    assert (found.unlisted, found.apps) == ((), (("org.example.Hello", "1.2.3"),))
    write_attestations(manifest, made, folder)
    assert len(envelopes((folder / "provenance.intoto.jsonl").read_bytes())) == 2


def forget(folder: Path, manifest: Manifest) -> Manifest:
    (folder / "a.msi").unlink()
    return manifest


def alter(folder: Path, manifest: Manifest) -> Manifest:
    (folder / "a.msi").write_bytes(b"other")
    return manifest


@pytest.mark.parametrize("change", [forget, alter, next_version, other_app, other_key])
def test_what_is_no_part_of_the_release_is_not_listed_with_it(
    manifest: Manifest,
    windows: Manifest,
    released: tuple[Path, Released],
    change: Callable[[Path, Manifest], Manifest],
):
    folder, made = released
    release_msi(windows, folder)
    write_attestations(change(folder, manifest), made, folder)
    assert "a.msi" not in parse_sums((folder / "SHA256SUMS").read_bytes())
    assert len(envelopes((folder / "provenance.intoto.jsonl").read_bytes())) == 1
