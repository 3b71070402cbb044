"""The manifest says what the bundler reads, with paths that start at itself."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from millennium.config.bundle import BundleConfig, FileAssociation
from millennium.config.bundle_linux import DebConfig
from millennium.config.schema import Config
from millennium_build.bundle_place import Place
from millennium_build.errors import OutputError
from millennium_build.freeze.interface import FreezeResult
from millennium_build.manifest import ManifestInput, binary_name, bundle_keys, make_manifest
from millennium_build.verify import Verification
from millennium_bundler.errors import FormatError
from millennium_bundler.settings import load_manifest


def _given(root: Path, bundle: BundleConfig, verification: Verification) -> ManifestInput:
    folder = root / "dist" / "org.example.notes" / "x86_64-linux-gnu"
    folder.mkdir(parents=True)
    (folder / "notes").write_bytes(b"")
    config = Config(
        identifier="org.example.notes",
        product_name="Notes",
        version="1.2",
        description="Plain notes",
        bundle=bundle,
    )
    target = "x86_64-linux-gnu"
    # Where the manifest will be is not known yet when this is asked.
    early = Place(root=root, folder=folder.with_name("not there"), target=target, binary="notes")
    return ManifestInput(
        config=config,
        root=root,
        folder=folder,
        target=target,
        runtime="millennium_runtime_webview:WebviewRuntime",
        result=FreezeResult(
            executable=folder / "notes",
            sonames=("libc.so.6",),
            symbol_versions={"libc.so.6": "2.34"},
        ),
        verification=verification,
        inputs_digest="abc",
        config_file=root / "pyproject.toml",
        bundle=bundle_keys(config, early),
    )


VERIFIED = Verification(verified=True, engine="WebKitGTK", milliseconds=5, wall_milliseconds=9)


def _manifest(root: Path, bundle: BundleConfig, verification: Verification = VERIFIED) -> Any:
    return json.loads(make_manifest(_given(root, bundle, verification)))


def test_bundler_accepts_it(tmp_path: Path) -> None:
    bundle = BundleConfig(
        file_associations=(FileAssociation(ext=("md",), name="Note"),),
        deep_link_schemes=("notes",),
        deb=DebConfig(section="editors", depends=("xdg-utils",)),
    )
    given = _given(tmp_path, bundle, VERIFIED)
    path = given.folder / "bundle-manifest.json"
    path.write_bytes(make_manifest(given))
    settings = load_manifest(path).settings
    assert (settings.binary_name, settings.version) == ("notes", "1.2")
    assert settings.verified
    assert settings.engine.debian == ("libwebkit2gtk-4.1-0 (>= 2.40)",)
    assert settings.linux.deb.section == "editors"
    assert settings.sonames == ("libc.so.6",)


def test_what_was_looked_at_before_the_build_is_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "one").write_text("1")
    given = _given(tmp_path, BundleConfig(resources={"words": "words"}), VERIFIED)
    before = json.loads(make_manifest(given))["files"]
    (tmp_path / "words" / "two").write_text("2")
    assert len(before) == 1
    assert json.loads(make_manifest(given))["files"] == before


def test_executable_is_named_with_its_digest(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, BundleConfig())
    assert manifest["executable"] == "notes"
    assert manifest["executable_sha256"].startswith("e3b0c44298fc1c14")


def test_paths_start_at_the_manifest(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, BundleConfig(icon=("icons/a.png",), license_files=("LICENSE",)))
    assert manifest["icons"] == ["../../../icons/a.png"]
    assert manifest["license_files"] == ["../../../LICENSE"]


def test_unverified_artifact_says_why(tmp_path: Path) -> None:
    found = Verification(verified=False, reason="no display")
    manifest = _manifest(tmp_path, BundleConfig(), found)
    assert (manifest["verified"], manifest["verification"]) == (False, {"reason": "no display"})


def test_resources_are_installed_beside_the_executable(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "en.txt").write_text("")
    manifest = _manifest(tmp_path, BundleConfig(resources=("words/*.txt",)))
    assert manifest["files"] == [
        {
            "source": "../../../words/en.txt",
            "destination": "/usr/lib/notes/words/en.txt",
            "mode": "0644",
        }
    ]


def test_resources_may_go_to_another_place(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "run").write_text("")
    (tmp_path / "words" / "run").chmod(0o755)
    manifest = _manifest(tmp_path, BundleConfig(resources={"words": "other"}))
    assert [(file["destination"], file["mode"]) for file in manifest["files"]] == [
        ("/usr/lib/notes/other/run", "0755"),
    ]


def test_pattern_that_matches_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"words/\*"):
        _manifest(tmp_path, BundleConfig(resources=("words/*",)))


def test_changelog_is_a_file_or_a_text(tmp_path: Path) -> None:
    (tmp_path / "CHANGES").write_text("One thing.\n")
    assert _manifest(tmp_path, BundleConfig(changelog="CHANGES"))["changelog"] == "One thing.\n"


def test_changelog_may_stand_in_the_configuration(tmp_path: Path) -> None:
    assert _manifest(tmp_path, BundleConfig(changelog="One.\nTwo."))["changelog"] == "One.\nTwo."


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ("Notes", "notes"),
        ("My Notes!", "my-notes"),
        ("Müllers Straße", "mullers-strasse"),
        ("Smørrebrød №1", "smorrebrod-no1"),
        ("Заметки", "app"),
        ("", "app"),
    ],
    ids=["plain", "spaces", "marks", "letters-of-neighbours", "other-letters", "none"],
)
def test_executable_is_named_as_a_command(product: str, name: str) -> None:
    assert binary_name(Config(identifier="org.example.app", product_name=product)) == name


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("pyproject.toml", "bundle.deb.pre-install-script"),
        (".millenniumrc", "bundle.deb.preInstallScript"),
    ],
)
def test_errors_of_the_bundler_name_the_configuration(tmp_path: Path, file: str, key: str) -> None:
    given = dataclasses.replace(
        _given(tmp_path, BundleConfig(), VERIFIED), config_file=tmp_path / file
    )
    path = given.folder / "bundle-manifest.json"
    path.write_bytes(make_manifest(given))
    error = FormatError("correct linux.deb.scripts.pre_install", code="format.system")
    load_manifest(path).tell_as_written(error)
    assert (error.message, error.place) == (f"correct {key}", str(tmp_path / file))
