"""What earlier runs have left in a folder stays a part of the release, or does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from releases import KEY, for_windows, next_version, other_app, other_key, with_key, with_parts

from millennium_bundler.attestation import Released, write_attestations
from millennium_bundler.bundle import BundleOptions, bundle
from millennium_bundler.checksums import parse_sums
from millennium_bundler.formats.interface import Format, Package
from millennium_bundler.output import tree_digest, write_package
from millennium_bundler.provenance import Subject
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.tree import Tree
from millennium_bundler.verification import verify_folder

MakeManifest = Callable[..., Manifest]

BESIDE = ("SHA256SUMS", "provenance.json", "provenance.intoto.jsonl")


@pytest.fixture
def unsigned(make_manifest: MakeManifest) -> Manifest:
    """The manifest of an app that has a list of parts."""
    return with_parts(make_manifest)


@pytest.fixture
def signed(unsigned: Manifest) -> Manifest:
    """The same with a key."""
    return with_key(unsigned)


@pytest.fixture(params=["unsigned", "signed"])
def manifest(request: pytest.FixtureRequest) -> Manifest:
    """Both, one after the other."""
    found: Manifest = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where packages go."""
    made = tmp_path / "bundle"
    made.mkdir()
    return made


def add(folder: Path, name: str, data: bytes = b"a package") -> Subject:
    (folder / name).write_bytes(data)
    return Subject(name=name, sha256=hashlib.sha256(data).hexdigest())


def add_app(folder: Path) -> Subject:
    tree = Tree(date=0)
    tree.file("Contents/MacOS/hello", b"program", mode=0o755)
    write_package(Package(file_name="Hello.app", data=tree), folder)
    return Subject(name="Hello.app", sha256=tree_digest(tree), is_folder=True)


def release(manifest: Manifest, folder: Path, *packages: Subject, delta: str = "") -> None:
    downloads = [add(folder, delta, b"a delta")] if delta else []
    write_attestations(manifest, Released(packages=packages, downloads=downloads), folder)


def listed(folder: Path) -> set[str]:
    return set(parse_sums((folder / "SHA256SUMS").read_bytes()))


def key_of(manifest: Manifest) -> SecretKey | None:
    return KEY if manifest.signing.minisign else None


def check(manifest: Manifest, folder: Path) -> tuple[str, ...]:
    """Return what the folder has beside the release, which is whole."""
    key = key_of(manifest)
    return verify_folder(folder, key.public if key else None).unlisted


def test_packages_of_an_earlier_run_stay_in_the_release(manifest: Manifest, folder: Path):
    release(manifest, folder, add(folder, "a.deb"), add_app(folder), delta="a.deb.from-1.0.0.zst")
    release(manifest, folder, add(folder, "a.tar.gz"))
    names = {"a.deb", "a.deb.cdx.json", "Hello.app.cdx.json", "a.deb.from-1.0.0.zst", "a.tar.gz"}
    assert names <= listed(folder)
    assert check(manifest, folder) == ()


def test_a_release_says_the_same_however_many_runs_have_made_it(manifest: Manifest, folder: Path):
    release(manifest, folder, add(folder, "a.deb"), add(folder, "a.tar.gz"), add_app(folder))
    at_once = {name: (folder / name).read_bytes() for name in BESIDE if (folder / name).is_file()}
    release(manifest, folder, add(folder, "a.tar.gz"))
    assert {name: (folder / name).read_bytes() for name in at_once} == at_once


def test_a_package_that_is_made_again_is_listed_as_it_is_now(manifest: Manifest, folder: Path):
    release(manifest, folder, add(folder, "a.deb"), add(folder, "a.tar.gz"))
    again = add(folder, "a.tar.gz", b"another")
    release(manifest, folder, again)
    assert parse_sums((folder / "SHA256SUMS").read_bytes())["a.tar.gz"] == again.sha256
    assert check(manifest, folder) == ()


def forget(folder: Path, manifest: Manifest) -> Manifest:
    (folder / "a.deb").unlink()
    return manifest


def alter(folder: Path, manifest: Manifest) -> Manifest:
    (folder / "a.deb").write_bytes(b"other")
    return manifest


def link(folder: Path, manifest: Manifest) -> Manifest:
    (folder / "a.deb").rename(folder / "elsewhere")
    (folder / "a.deb").symlink_to("elsewhere")
    return manifest


def other_inputs(_folder: Path, manifest: Manifest) -> Manifest:
    return replace(manifest, settings=replace(manifest.settings, inputs_digest="0" * 64))


def other_executable(_folder: Path, manifest: Manifest) -> Manifest:
    place = manifest.resolve(manifest.settings.executable)
    data = place.read_bytes() + b"\0"
    place.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return replace(manifest, settings=replace(manifest.settings, executable_sha256=digest))


@pytest.mark.parametrize(
    "change",
    [forget, alter, link, next_version, other_app, other_inputs, other_executable, other_key],
)
def test_what_is_no_part_of_the_release_does_not_stay(
    manifest: Manifest, folder: Path, change: Callable[[Path, Manifest], Manifest]
):
    release(manifest, folder, add(folder, "a.deb"), delta="a.deb.from-1.0.0.zst")
    release(change(folder, manifest), folder, add(folder, "a.tar.gz"))
    assert {name for name in listed(folder) if name.startswith("a.deb")} == set()
    assert "a.tar.gz" in listed(folder)


def test_what_was_made_of_a_package_goes_with_it(manifest: Manifest, folder: Path):
    release(manifest, folder, add(folder, "a.deb"), delta="a.deb.from-1.0.0.zst")
    release(manifest, folder, add(folder, "a.deb", b"another"))
    assert "a.deb.from-1.0.0.zst" not in listed(folder)
    assert "a.deb.cdx.json" in listed(folder)


def test_a_changed_list_of_parts_does_not_stay(manifest: Manifest, folder: Path):
    release(manifest, folder, add(folder, "a.deb"))
    (folder / "a.deb.cdx.json").write_text("{}")
    release(manifest, folder, add(folder, "a.tar.gz"))
    assert "a.deb" in listed(folder)
    assert check(manifest, folder) == ("a.deb.cdx.json",)


@pytest.mark.parametrize("has_box", [True, False], ids=["there", "gone"])
def test_what_stays_is_signed(signed: Manifest, folder: Path, has_box: bool):
    release(signed, folder, add(folder, "a.deb"))
    (folder / "a.deb.sig").write_text("of the updater")
    (folder / "a.deb.minisig").rename(folder / ("a.deb.minisig" if has_box else "elsewhere"))
    release(signed, folder, add(folder, "a.tar.gz"))
    assert {"a.deb.minisig", "a.deb.sig"} <= listed(folder)
    assert set(check(signed, folder)) <= {"elsewhere"}


def test_a_key_takes_nothing_over_that_nobody_has_signed(
    unsigned: Manifest, signed: Manifest, folder: Path
):
    release(unsigned, folder, add(folder, "a.deb"))
    release(signed, folder, add(folder, "a.tar.gz"))
    assert "a.deb" not in listed(folder)


def test_of_another_system_stays_what_is_there(signed: Manifest, folder: Path):
    windows = for_windows(signed)
    release(windows, folder, add(folder, "a.msi"), add(folder, "setup.exe"))
    (folder / "a.msi").unlink()
    release(signed, folder, add(folder, "a.deb"))
    assert {"setup.exe", "setup.exe.cdx.json", "setup.exe.minisig"} <= listed(folder)
    assert check(signed, folder) == ("a.msi.cdx.json", "a.msi.minisig")


def test_without_a_key_one_system_is_listed(unsigned: Manifest, folder: Path):
    windows = for_windows(unsigned)
    release(windows, folder, add(folder, "a.msi"))
    release(unsigned, folder, add(folder, "a.deb"))
    assert check(unsigned, folder) == ("a.msi", "a.msi.cdx.json")


class Toy(Format[bytes]):
    """A format whose package is its name."""

    def _plan(self, manifest: Manifest) -> bytes:
        return self.name.encode()

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        return Package(file_name=f"a.{self.name}", data=plan)

    def _verify(self, package: Package, plan: bytes) -> None:
        assert package.data == plan


class Image(Toy):
    """One that updaters take."""

    name = "appimage"


class Deb(Toy):
    """Another one."""

    name = "deb"


@pytest.fixture
def with_updates(make_manifest: MakeManifest) -> Manifest:
    """An app that has updates."""
    updater = {"artifacts": "plain", "base_url": "https://example.org/updates"}
    manifest = make_manifest(updater=updater)
    return with_key(manifest)


def updates(folder: Path) -> list[str]:
    feed = json.loads((folder / "latest.json").read_bytes())
    return sorted({one["url"].rpartition("/")[2] for one in feed["platforms"].values()})


def test_updates_of_an_earlier_run_stay_offered(with_updates: Manifest, folder: Path):
    bundle(with_updates, [Image(), Deb()], BundleOptions(output=folder))
    bundle(with_updates, [Deb()], BundleOptions(output=folder))
    assert updates(folder) == ["a.appimage", "a.deb"]
    assert check(with_updates, folder) == ()


def test_updates_that_are_not_there_as_they_were_do_not(with_updates: Manifest, folder: Path):
    bundle(with_updates, [Image(), Deb()], BundleOptions(output=folder))
    (folder / "a.appimage").write_bytes(b"other")
    bundle(with_updates, [Deb()], BundleOptions(output=folder))
    assert updates(folder) == ["a.deb"]
