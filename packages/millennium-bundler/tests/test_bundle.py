"""From a manifest to packages on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from millennium_bundler import bundle as bundle_module
from millennium_bundler.bundle import BundleOptions, bundle, find_formats, load_formats
from millennium_bundler.errors import ExecutableError, FormatError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]


class Toy(Format[bytes]):
    """A format whose package is its plan."""

    name = "toy"

    def lint(self, path: Path) -> tuple[Finding, ...]:
        return (Finding(tool="eye", severity="warning", tag="plain"),)

    def _plan(self, manifest: Manifest) -> bytes:
        return manifest.settings.identifier.encode()

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        return Package(file_name="a.toy", data=plan)

    def _verify(self, package: Package, plan: bytes) -> None:
        assert package.data == plan


def test_a_package_is_written_and_described(make_manifest: MakeManifest, tmp_path: Path):
    steps: list[str] = []
    options = BundleOptions(output=tmp_path / "new" / "out", on_step=steps.append)
    [made] = bundle(make_manifest(), [Toy()], options)
    assert made.path.read_bytes() == b"org.example.Hello"
    assert made.sha256 == hashlib.sha256(b"org.example.Hello").hexdigest()
    assert made.findings == (Finding(tool="eye", severity="warning", tag="plain"),)
    assert [path.name for path in made.path.parent.iterdir()] == ["a.toy"]
    assert steps == ["toy: write and verify", "toy: lint"]


def test_lint_can_be_left_out(make_manifest: MakeManifest, tmp_path: Path):
    options = BundleOptions(output=tmp_path, with_lint=False)
    assert bundle(make_manifest(), [Toy()], options)[0].findings is None


def test_an_executable_nobody_saw_start_is_refused(make_manifest: MakeManifest, tmp_path: Path):
    with pytest.raises(ExecutableError) as caught:
        bundle(make_manifest(verified=False), [Toy()], BundleOptions(output=tmp_path))
    assert caught.value.code == "executable.not_verified"


def test_it_passes_when_that_is_allowed(make_manifest: MakeManifest, tmp_path: Path):
    options = BundleOptions(output=tmp_path, allow_unverified=True)
    assert len(bundle(make_manifest(verified=False), [Toy()], options)) == 1


def test_a_folder_that_cannot_be_written_is_an_error_without_leftovers(
    make_manifest: MakeManifest, tmp_path: Path
):
    (tmp_path / "a.toy").mkdir()
    with pytest.raises(FormatError) as caught:
        bundle(make_manifest(), [Toy()], BundleOptions(output=tmp_path))
    assert caught.value.code == "format.write"
    assert not list(tmp_path.glob("*.part"))


def test_the_deb_format_is_installed():
    assert find_formats()["deb"].value == "millennium_bundler.formats.deb:DebFormat"


def test_formats_are_loaded_once_each_in_order():
    assert [format_.name for format_ in load_formats(["deb", "deb"])] == ["deb"]


def test_an_unknown_format_lists_the_known():
    with pytest.raises(FormatError) as caught:
        load_formats(["exe"])
    assert (caught.value.code, caught.value.help) == ("format.unknown", "known: deb")


def test_two_formats_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch):
    points = [EntryPoint("deb", value, "millennium.formats") for value in ("a:A", "b:B")]
    monkeypatch.setattr(bundle_module, "entry_points", lambda **_group: points)
    with pytest.raises(FormatError, match=r"both a:A and b:B"):
        find_formats()
