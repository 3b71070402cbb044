"""Errors speak of the keys that their author wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from millennium_bundler.cli import group
from millennium_bundler.errors import BundleError, FormatError, ManifestError
from millennium_bundler.settings import BundleSettings, load_manifest
from millennium_bundler.written_keys import (
    SourceSettings,
    known_keys,
    tell_as_written,
    text_as_written,
)

WriteManifest = Callable[..., Path]

KEYS = {
    ".": "bundle",
    "icons": "bundle.icon",
    "linux.deb": "bundle.deb",
    "linux.deb.scripts.pre_install": "bundle.deb.preInstallScript",
    "macos": "bundle.macOS",
    "product_name": "productName",
    "windows.msi": "bundle.windows.wix",
}
SOURCE = {"file": "../.millenniumrc", "spelling": "camel", "keys": KEYS}
KNOWN = known_keys(BundleSettings)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("key 'linux.deb.depends[0]' must", "key 'bundle.deb.depends[0]' must"),
        ("key 'linux.deb.desktop_template'", "key 'bundle.deb.desktopTemplate'"),
        ("`linux.deb.scripts.pre_install`", "`bundle.deb.preInstallScript`"),
        ('linux.deb.packages["lib_a.so.1"]', 'bundle.deb.packages["lib_a.so.1"]'),
        ("key 'linux.deb.packages.lib_a.so'", "key 'bundle.deb.packages.lib_a.so'"),
        ("in `icons`", "in `bundle.icon`"),
        ("'product_name' of", "'productName' of"),
        ("set updater.base_url", "set bundle.updater.baseUrl"),
        ("see `windows.msi.locales`", "see `bundle.windows.wix.locales`"),
        ("of macos.dmg.background", "of bundle.macOS.dmg.background"),
        ("the icons of files are a version", "the icons of files are a version"),
        ("see /a/linux.deb.depends and words.txt", "see /a/linux.deb.depends and words.txt"),
        ("'other' `words.of.others`", "'other' `words.of.others`"),
    ],
)
def test_a_key_is_told_as_it_was_written(said: str, written: str):
    source = SourceSettings(file="a", spelling="camel", keys=KEYS)
    assert text_as_written(said, source, KNOWN) == written
    assert text_as_written(said, SourceSettings(), KNOWN) == said


def test_toml_has_dashes():
    source = SourceSettings(file="pyproject.toml", keys={".": "bundle"})
    said = text_as_written("`long_description`, windows.nsis.install_mode", source, KNOWN)
    assert said == "`bundle.long-description`, bundle.windows.nsis.install-mode"


def test_keys_of_a_source_without_a_place_for_others_stay_where_they_are():
    source = SourceSettings(file="pyproject.toml")
    assert text_as_written("updater.base_url", source, KNOWN) == "updater.base-url"


def test_what_the_error_is_about_is_the_configuration(tmp_path: Path):
    source = SourceSettings(file="app.toml", keys={".": "bundle"})
    error = FormatError("set updater.base_url", code="updater.settings")
    tell_as_written(error, source, KNOWN, tmp_path / "bundle-manifest.json")
    assert (error.place, str(error)) == (str(tmp_path / "app.toml"), "set bundle.updater.base-url")
    other = FormatError("no tool", code="format.no_tool", place="a.svg")
    tell_as_written(other, source, KNOWN, tmp_path / "bundle-manifest.json")
    assert (other.place, other.message) == ("a.svg", "no tool")


def test_a_manifest_that_breaks_the_schema_is_told_as_it_was_written(
    write_manifest: WriteManifest,
):
    path = write_manifest(source=SOURCE, linux={"deb": {"depends": ["libc6 >= 2"]}})
    with pytest.raises(ManifestError) as caught:
        load_manifest(path)
    assert "key 'bundle.deb.depends[0]' must be one package" in caught.value.message
    assert caught.value.place.endswith(".millenniumrc")


@pytest.mark.parametrize("source", [7, {"file": 7}, {"what": ""}], ids=str)
def test_a_source_that_is_none_is_itself_refused(write_manifest: WriteManifest, source: object):
    with pytest.raises(BundleError, match="source"):
        load_manifest(write_manifest(source=source))


def test_the_command_tells_settings_as_they_were_written(
    write_manifest: WriteManifest, tmp_path: Path
):
    path = write_manifest(source=SOURCE, sonames=["libnobody.so.1"])
    words = ["bundle", "--manifest", str(path), "--targets", "deb", "--output", str(tmp_path / "o")]
    done = CliRunner().invoke(group, words)
    assert done.exit_code == 1
    assert 'bundle.deb.packages["libnobody.so.1"]' in done.output
    assert ".millenniumrc" in done.output
    assert not (tmp_path / "o").exists()


def test_the_command_tells_warnings_as_they_were_written(
    write_manifest: WriteManifest, tmp_path: Path
):
    source = {"file": "pyproject.toml", "keys": {".": "bundle", "linux.arch": "bundle.arch"}}
    path = write_manifest(source=source, sonames=["libnobody.so.1"])
    words = ["bundle", "--manifest", str(path), "--targets", "arch", "--output", str(tmp_path)]
    done = CliRunner().invoke(group, [*words, "--json", "--no-lint"])
    assert done.exit_code == 0, done.output
    warnings = json.loads(done.stdout)["bundles"][0]["warnings"]
    assert any("name it in bundle.arch.depends" in one for one in warnings)
