"""A format of others' making that has a bug: it fails by name, and the others go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from millennium_bundler import bundle as bundle_module
from millennium_bundler import installed_formats
from millennium_bundler.bundle import BundleOptions, bundle, load_formats
from millennium_bundler.formats.interface import Format, Package
from millennium_bundler.installed_formats import carries
from millennium_bundler.settings import BundleSettings, Manifest

MakeManifest = Callable[..., Manifest]
WriteManifest = Callable[..., Path]

MODULE = """
from millennium_bundler.formats.interface import Format, Package

{start}

class Third(Format):
    name = "third"

    @classmethod
    def carries(cls, settings):
        {carries}
        return super().carries(settings)

    def check(self, manifest):
        {check}

    def lint(self, path):
        {lint}

    def _plan(self, manifest):
        {plan}

    def _build(self, manifest, plan):
        return Package(file_name="a.third", data=b"third")

    def _verify(self, package, plan):
        pass
"""
PLACES = ("start", "carries", "check", "lint", "plan")


class Users:
    """Somebody who has installed a format with a bug."""

    def __init__(self, folder: Path, manifest: Path) -> None:
        self.site, self.manifest, self.output = folder / "site", manifest, folder / "out"
        info = self.site / "third_party-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[millennium.formats]\nthird = third_party:Third\n")

    def install(self, place: str) -> None:
        bugs = {name: "1 / 0" if name == place else "pass" for name in PLACES}
        (self.site / "third_party.py").write_text(MODULE.format(**bugs))

    def type(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        paths = [str(self.site), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        return subprocess.run(
            [sys.executable, "-m", "millennium_bundler", "bundle", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=environment,
        )

    def bundle(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.type("--manifest", self.manifest, "--output", self.output, *words)


@pytest.fixture
def user(tmp_path: Path, write_manifest: WriteManifest) -> Users:
    """Nothing of the format is there yet."""
    return Users(tmp_path, write_manifest())


TARGETS = ("--targets", "tar,third")


def test_without_a_bug_both_packages_are_made(user: Users):
    user.install("")
    done = user.bundle(*TARGETS, "--json")
    assert [one["target"] for one in json.loads(done.stdout)["bundles"]] == ["tar", "third"]
    assert done.returncode == 0


@pytest.mark.parametrize("place", PLACES)
def test_a_bug_anywhere_stops_its_own_format_alone(user: Users, place: str):
    user.install(place)
    done = user.bundle(*TARGETS, "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert [one["target"] for one in document["bundles"]] == ["tar"]
    [failed] = document["failed"]
    assert (failed["target"], failed["code"]) == ("third", "format.internal")
    assert "error[M0445]: third: " in done.stderr
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "Traceback" not in done.stderr
    assert "a.third" not in [path.name for path in user.output.iterdir()]


def test_a_format_that_cannot_be_imported_stops_nobody_who_wants_all(user: Users):
    user.install("start")
    done = user.bundle("--targets", "all", "--no-lint", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert {"deb", "rpm", "tar"} <= {one["target"] for one in document["bundles"]}
    assert "third" in [one["target"] for one in document["failed"]]


def test_verbose_shows_the_line_with_the_bug(user: Users):
    user.install("plan")
    done = user.bundle(*TARGETS, "--verbose")
    assert "Traceback" in done.stderr
    assert "third_party.py" in done.stderr
    assert "in _plan" in done.stderr


@pytest.mark.parametrize(
    ("place", "said"), [("", "linux"), ("start", "cannot be imported")], ids=["good", "bug"]
)
def test_the_list_says_what_cannot_be_imported(user: Users, place: str, said: str):
    user.install(place)
    done = user.type("list")
    assert done.returncode == 0
    [line] = [line for line in done.stdout.splitlines() if line.startswith("third ")]
    assert line.split(maxsplit=1)[1] == said


class Good(Format[bytes]):
    """A format that makes a package."""

    name = "good"

    def _plan(self, manifest: Manifest) -> bytes:
        return b"good"

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        return Package(file_name="a.good", data=plan)

    def _verify(self, package: Package, plan: bytes) -> None:
        assert package.data == plan


def test_a_bug_in_what_stands_beside_packages_leaves_them(
    make_manifest: MakeManifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_what: object) -> list[Path]:
        raise ZeroDivisionError

    monkeypatch.setattr(bundle_module, "write_attestations", broken)
    done = bundle(make_manifest(), [Good()], BundleOptions(output=tmp_path))
    assert [made.path.name for made in done.made] == ["a.good"]
    [failure] = done.failed
    assert (failure.target, failure.error.code) == ("release", "format.internal")


class Unsure(Good):
    """A format that fails where it only has to answer."""

    name = "unsure"

    @classmethod
    def carries(cls, settings: BundleSettings) -> bool:
        raise ZeroDivisionError


class Careless(Good):
    """A format that fails when it is asked about the settings."""

    name = "careless"

    def check(self, manifest: Manifest) -> None:
        raise ZeroDivisionError


class Point(EntryPoint):
    """Where a format is, that cannot be imported."""

    def load(self) -> object:
        raise ZeroDivisionError


def test_each_of_several_formats_fails_by_its_name(
    make_manifest: MakeManifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    manifest = make_manifest()
    points = [Point("broken", "somewhere:Broken", "millennium.formats")]
    monkeypatch.setattr(installed_formats, "entry_points", lambda **_group: points)
    formats = [Unsure(), Careless(), *load_formats(["broken"]), Good()]
    done = bundle(manifest, formats, BundleOptions(output=tmp_path))
    assert [made.target for made in done.made] == ["good"]
    assert [(one.target, one.error.code) for one in done.failed] == [
        ("unsure", "format.internal"),
        ("careless", "format.internal"),
        ("broken", "format.internal"),
    ]


def test_a_format_that_does_not_answer_is_among_all_of_a_system(make_manifest: MakeManifest):
    assert carries(Unsure(), make_manifest().settings)
    assert not carries(Elsewhere(), make_manifest().settings)


class Elsewhere(Good):
    """A format of another system."""

    systems = ("windows",)
