"""From a manifest to packages on disk."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import pytest

from millennium_bundler import installed_formats
from millennium_bundler.bundle import (
    BundleOptions,
    bundle,
    default_formats,
    find_formats,
    formats_for,
    load_formats,
)
from millennium_bundler.errors import ExecutableError, FormatError, UpdaterError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing

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
    steps: list[tuple[str, str]] = []
    options = BundleOptions(
        output=tmp_path / "new" / "out",
        on_step=lambda format_, step: steps.append((format_, step)),
    )
    [made] = bundle(make_manifest(), [Toy()], options).made
    assert made.path.read_bytes() == b"org.example.Hello"
    assert made.sha256 == hashlib.sha256(b"org.example.Hello").hexdigest()
    assert made.findings == (Finding(tool="eye", severity="warning", tag="plain"),)
    assert sorted(path.name for path in made.path.parent.iterdir()) == [
        "SHA256SUMS",
        "a.toy",
        "provenance.json",
    ]
    assert steps == [("toy", "write and verify"), ("toy", "lint"), ("toy", "")]


def test_lint_can_be_left_out(make_manifest: MakeManifest, tmp_path: Path):
    options = BundleOptions(output=tmp_path, with_lint=False)
    assert bundle(make_manifest(), [Toy()], options).made[0].findings is None


class Silent(Toy):
    """A format whose outside tool never answers."""

    def lint(self, path: Path) -> tuple[Finding, ...]:
        raise subprocess.TimeoutExpired("eye", 300)


def test_a_tool_that_does_not_answer_is_a_finding_and_ends_nothing(
    make_manifest: MakeManifest, tmp_path: Path
):
    done = bundle(make_manifest(), [Silent()], BundleOptions(output=tmp_path))
    [finding] = done.made[0].findings or ()
    assert (finding.tool, finding.severity, finding.tag) == ("toy", "warning", "no-answer")
    assert "eye" in finding.message
    assert (tmp_path / "SHA256SUMS").is_file()


def test_an_executable_nobody_saw_start_is_refused(make_manifest: MakeManifest, tmp_path: Path):
    with pytest.raises(ExecutableError) as caught:
        bundle(make_manifest(verified=False), [Toy()], BundleOptions(output=tmp_path))
    assert caught.value.code == "executable.not_verified"


def test_it_passes_when_that_is_allowed(make_manifest: MakeManifest, tmp_path: Path):
    options = BundleOptions(output=tmp_path, allow_unverified=True)
    assert len(bundle(make_manifest(verified=False), [Toy()], options).made) == 1


class Twins(Toy):
    """A format of two packages, the second of which cannot be written."""

    name = "twins"

    def _plans(self, manifest: Manifest) -> tuple[bytes, ...]:
        return (b"first.toy", b"second.toy")

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        return Package(file_name=plan.decode(), data=plan)


class Choosy(Toy):
    """A format that does not like a setting."""

    name = "choosy"
    systems = ("linux", "windows")

    def check(self, manifest: Manifest) -> None:
        raise FormatError("no", code="format.write")


class Foreign(Toy):
    """A format of another system."""

    name = "foreign"
    systems = ("windows",)


def test_a_failed_format_leaves_nothing_and_stops_nobody(
    make_manifest: MakeManifest, tmp_path: Path
):
    (tmp_path / "second.toy").mkdir()
    done = bundle(make_manifest(), [Twins(), Toy()], BundleOptions(output=tmp_path))
    [failure] = done.failed
    assert (failure.target, failure.error.code) == ("twins", "format.write")
    assert [made.path.name for made in done.made] == ["a.toy"]
    assert sorted(path.name for path in tmp_path.iterdir() if "toy" in path.name) == [
        "a.toy",
        "second.toy",
    ]


def test_a_bad_setting_is_named_before_any_work(make_manifest: MakeManifest, tmp_path: Path):
    with pytest.raises(FormatError):
        bundle(make_manifest(), [Toy(), Choosy()], BundleOptions(output=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_format_of_another_system_names_those_of_this(
    make_manifest: MakeManifest, tmp_path: Path
):
    with pytest.raises(FormatError) as caught:
        bundle(make_manifest(), [Foreign()], BundleOptions(output=tmp_path))
    assert caught.value.code == "format.system"
    assert "deb" in caught.value.help


def test_all_formats_of_the_system_are_found(make_manifest: MakeManifest):
    assert "deb" in [format_.name for format_ in formats_for(make_manifest())]


def test_formats_for_other_machines_are_passed_over(make_manifest: MakeManifest):
    named = make_manifest(target="riscv64-linux-gnu", targets=["appimage", "deb"])
    assert [format_.name for format_ in default_formats(named)] == ["deb"]
    every = [format_.name for format_ in formats_for(named)]
    assert every == ["arch", "deb", "rpm", "tar"]


def test_a_format_for_other_machines_is_refused_before_any_work(
    make_manifest: MakeManifest, tmp_path: Path
):
    manifest = make_manifest(target="s390x-linux-gnu")
    with pytest.raises(FormatError) as caught:
        bundle(manifest, load_formats(["deb", "arch"]), BundleOptions(output=tmp_path / "out"))
    assert caught.value.code == "format.system"
    assert caught.value.help == "for s390x-linux-gnu: deb, rpm, tar"
    assert not (tmp_path / "out").exists()


def test_the_deb_format_is_installed():
    assert find_formats()["deb"].value == "millennium_bundler.formats.deb:DebFormat"


def test_formats_are_loaded_once_each_in_order():
    assert [format_.name for format_ in load_formats(["deb", "deb"])] == ["deb"]


def test_an_unknown_format_lists_the_known():
    with pytest.raises(FormatError) as caught:
        load_formats(["exe"])
    assert caught.value.code == "format.unknown"
    assert "deb" in caught.value.help
    assert "did you mean" not in caught.value.help


def test_a_slip_of_the_finger_gets_a_guess():
    with pytest.raises(FormatError) as caught:
        load_formats(["appimg"])
    assert caught.value.help.startswith("did you mean 'appimage'? known: app, ")


class Interrupted(Toy):
    """A format during which the user presses Ctrl-C."""

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        raise KeyboardInterrupt


class Patient(Toy):
    """A format that takes its time, and counts how often it was asked."""

    begun: ClassVar[list[str]] = []

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        self.begun.append("patient")
        time.sleep(1)
        return Package(file_name="patient.toy", data=plan)


def test_nothing_begins_and_nothing_is_written_after_an_interruption(
    make_manifest: MakeManifest, tmp_path: Path
):
    Patient.begun.clear()
    formats: list[Format[Any]] = [Interrupted(), *(Patient() for _ in range(9))]
    with pytest.raises(KeyboardInterrupt):
        bundle(make_manifest(), formats, BundleOptions(output=tmp_path / "out"))
    assert len(Patient.begun) <= 4
    assert not (tmp_path / "out").exists()


def test_two_formats_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch):
    points = [EntryPoint("deb", value, "millennium.formats") for value in ("a:A", "b:B")]
    monkeypatch.setattr(installed_formats, "entry_points", lambda **_group: points)
    with pytest.raises(FormatError, match=r"both a:A and b:B"):
        find_formats()


UPDATER = {"artifacts": "plain", "base_url": "https://example.org/updates"}


def test_updates_without_a_key_are_refused_before_any_work(
    make_manifest: MakeManifest, tmp_path: Path
):
    with pytest.raises(UpdaterError):
        bundle(make_manifest(updater=UPDATER), [Toy()], BundleOptions(output=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


class Image(Toy):
    """A format whose packages updaters take."""

    name = "appimage"


def test_a_release_for_updaters_stands_beside_the_packages(
    make_manifest: MakeManifest, tmp_path: Path
):
    signing = Signing(minisign=KeySigner(SecretKey.generate()))
    manifest = replace(make_manifest(updater=UPDATER), signing=signing)
    done = bundle(manifest, [Image()], BundleOptions(output=tmp_path))
    assert done.failed == ()
    assert {"update-stable.json", "latest.json", "a.toy.sig", "a.toy.minisig"} <= {
        path.name for path in done.beside
    }


def test_what_fails_beside_the_packages_is_a_failure_of_its_own(
    make_manifest: MakeManifest, tmp_path: Path
):
    (tmp_path / "SHA256SUMS").mkdir()
    done = bundle(make_manifest(), [Toy()], BundleOptions(output=tmp_path))
    assert [made.path.name for made in done.made] == ["a.toy"]
    assert [failure.target for failure in done.failed] == ["release"]


@pytest.mark.parametrize(
    ("targets", "names"),
    [(["rpm", "msi", "deb"], ["rpm", "deb"]), ([], None)],
    ids=["those of other systems are passed over", "none means all"],
)
def test_the_manifest_says_what_is_made_by_default(
    make_manifest: MakeManifest, targets: list[str], names: list[str] | None
):
    manifest = make_manifest(targets=targets)
    every = [format_.name for format_ in formats_for(manifest)]
    assert [format_.name for format_ in default_formats(manifest)] == (names or every)


@pytest.mark.parametrize(
    ("targets", "code"),
    [(["msi", "dmg"], "format.system"), (["exe"], "format.unknown")],
    ids=["none of this system", "unknown"],
)
def test_targets_that_make_nothing_are_refused(
    make_manifest: MakeManifest, targets: list[str], code: str
):
    with pytest.raises(FormatError) as caught:
        default_formats(make_manifest(targets=targets))
    assert caught.value.code == code
