"""What the configuration says of packages becomes the manifest's words."""

from __future__ import annotations

import json
from inspect import isclass
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields

from millennium.config.bundle import BundleConfig, FileAssociation
from millennium.config.bundle_linux import DebConfig, RpmConfig
from millennium.config.bundle_macos import DmgConfig, Extent, MacosConfig
from millennium.config.bundle_signing import (
    AuthenticodeConfig,
    FormerKeyConfig,
    KeyConfig,
    MinisignConfig,
    SigningConfig,
)
from millennium.config.bundle_windows import (
    LanguageConfig,
    WebviewInstallMode,
    WindowsConfig,
    WixConfig,
)
from millennium.config.not_yet import NOT_YET
from millennium.config.spelling import as_written, to_camel
from millennium_build.bundle_place import Place
from millennium_build.bundle_settings import (
    ELSEWHERE,
    SPREAD,
    bundle_settings,
    manifest_name,
    written_keys,
)
from millennium_bundler.settings import BundleSettings
from millennium_bundler.written_keys import SourceSettings, known_keys, text_as_written


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(
        root=tmp_path, folder=tmp_path / "dist" / "a", target="x86_64-linux-gnu", binary="notes"
    )


def settings(place: Place, **keys: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(bundle_settings(BundleConfig(**keys), place)))
    return found


def test_defaults_are_left_out(place: Place):
    assert settings(place) == {}


def test_a_name_that_both_have_is_kept(place: Place):
    assert settings(place, category="Office", rpm=RpmConfig(epoch=2)) == {
        "category": "Office",
        "linux": {"rpm": {"epoch": 2}},
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("deb.section", "linux.deb.section"),
        ("rpm.pre_install_script", "linux.rpm.scripts.pre_install"),
        ("windows.wix.banner_path", "windows.msi.banner_path"),
        ("windows.allow_downgrades", "windows.allow_downgrades"),
        ("category", "category"),
    ],
    ids=["table", "key", "inner table", "not renamed", "top"],
)
def test_names_are_translated_by_their_longest_known_part(path: str, name: str):
    assert manifest_name(path) == name


def test_files_are_said_from_the_manifest(place: Place):
    found = settings(
        place,
        icon=("icons/a.png",),
        deb=DebConfig(files={"/etc/notes.conf": "notes.conf"}, post_install_script="post.sh"),
        macos=MacosConfig(frameworks=("SDL2", "lib/x.dylib"), files={"Resources/a": "a"}),
    )
    assert found["icons"] == ["../../icons/a.png"]
    assert found["linux"]["deb"] == {
        "files": [{"source": "../../notes.conf", "destination": "/etc/notes.conf", "mode": "0644"}],
        "scripts": {"post_install": "../../post.sh"},
    }
    assert found["macos"] == {
        "frameworks": ["SDL2", "../../lib/x.dylib"],
        "files": {"Resources/a": "../../a"},
    }


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        ("all", {}),
        ("Deb, rpm", {"targets": ["deb", "rpm"]}),
        (("msi", "NSIS"), {"targets": ["msi", "nsis"]}),
        (("deb", "updater"), {"targets": ["deb"], "updater": {"artifacts": "plain"}}),
        (("updater",), {"updater": {"artifacts": "plain"}}),
    ],
    ids=["all", "text", "list", "with a release", "only a release"],
)
def test_targets_are_written_as_the_original_has_them(place: Place, targets: Any, found: Any):
    assert settings(place, targets=targets) == found


@pytest.mark.parametrize(
    ("value", "artifacts"),
    [(True, "plain"), ("v1-compatible", "v1_compatible")],
    ids=["plain", "archives"],
)
def test_updates_are_made_on_request(place: Place, value: Any, artifacts: str):
    assert settings(place, create_updater_artifacts=value) == {"updater": {"artifacts": artifacts}}


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("de-DE", {"language": ["de-DE"]}),
        (("de-DE", "en-US"), {"language": ["de-DE", "en-US"]}),
        (
            {"de-DE": LanguageConfig(locale_path="de.json"), "en-US": LanguageConfig()},
            {"language": ["de-DE", "en-US"], "locales": {"de-DE": "../../de.json"}},
        ),
    ],
    ids=["one", "several", "with texts"],
)
def test_languages_have_three_spellings(place: Place, language: Any, found: Any):
    windows = WindowsConfig(wix=WixConfig(language=language))
    msi = settings(place, windows=windows)["windows"]["msi"]
    assert {key: value for key, value in msi.items() if value} == found


@pytest.mark.parametrize("command", ["sign --in %1", ("sign", "--in", "%1")], ids=["line", "words"])
def test_windows_signing_is_that_of_the_manifest(place: Place, command: Any):
    windows = WindowsConfig(sign_command=command, timestamp_url="http://old.example.org")
    assert settings(place, windows=windows)["signing"]["authenticode"] == {
        "sign_command": ["sign", "--in", "%1"],
        "timestamp_url": "http://old.example.org",
    }


def test_what_signing_says_wins_over_the_older_spelling(place: Place):
    newer = SigningConfig(authenticode=AuthenticodeConfig(timestamp_url="http://new.example.org"))
    windows = WindowsConfig(timestamp_url="http://old.example.org")
    found = settings(place, windows=windows, signing=newer)
    assert found["signing"]["authenticode"]["timestamp_url"] == "http://new.example.org"


def test_keys_are_named_by_their_places(place: Place):
    old = FormerKeyConfig(key=KeyConfig(file="old.key"), password=KeyConfig(variable="OLD"))
    minisign = MinisignConfig(key=KeyConfig(command=("pass", "show", "key")), former=(old,))
    assert settings(place, signing=SigningConfig(minisign=minisign))["signing"]["minisign"] == {
        "key": {"command": ["pass", "show", "key"]},
        "former": [{"key": {"file": "../../old.key"}, "password": {"variable": "OLD"}}],
    }


@pytest.mark.parametrize(
    ("written", "found"),
    [("key.pub", "../../key.pub"), ("RWQx", "RWQx")],
    ids=["file", "the key itself"],
)
def test_a_public_key_is_a_file_or_itself(place: Place, written: str, found: str):
    (place.root / "key.pub").write_text("RWQy")
    signing = SigningConfig(minisign=MinisignConfig(public_key=written))
    assert settings(place, signing=signing)["signing"]["minisign"]["public_key"] == found


def test_values_of_several_words_are_spelt_as_the_manifest_does(place: Place):
    found = settings(
        place,
        dmg=DmgConfig(window_size=Extent(width=500, height=300)),
        file_associations=(FileAssociation(ext=("md",), mime_type="text/markdown"),),
        windows=WindowsConfig(webview_install_mode=WebviewInstallMode(type="fixed-runtime")),
    )
    assert found["macos"]["dmg"]["window_size"] == {"width": 500, "height": 300}
    assert found["file_associations"][0]["mime_type"] == "text/markdown"
    assert found["windows"]["webview_install"] == {"mode": "fixed_runtime"}


def _signed(**keys: Any) -> dict[str, Any]:
    return {"signing": SigningConfig(authenticode=AuthenticodeConfig(**keys))}


TWINS: dict[str, dict[str, Any]] = {
    "short_description": {"short_description": "a"},
    "signing.authenticode.sign_command": _signed(sign_command=("a",)),
    "signing.authenticode.digest_algorithm": _signed(digest_algorithm="sha512"),
    "signing.authenticode.timestamp_url": _signed(timestamp_url="https://example.org"),
}
"""Keys that become the same of the manifest as another → what the configuration sets."""


def _keys_of(kind: Any, before: str = "") -> list[str]:
    """Every key of a table and those below it that is a setting of the bundler."""
    found = []
    for item in fields(kind):
        path = f"{before}.{item.name}" if before else item.name
        if f"bundle.{path}" in NOT_YET or path in {*ELSEWHERE, *SPREAD}:
            continue
        inner = [item.type] if isclass(item.type) and issubclass(item.type, Struct) else []
        found += [path, *(key for table in inner for key in _keys_of(table, path))]
    return found


@pytest.mark.parametrize("path", _keys_of(BundleConfig))
def test_an_error_of_the_bundler_names_each_key_as_it_was_written(path: str):
    known = known_keys(BundleSettings)
    name = manifest_name(path)
    bundle = BundleConfig(**TWINS.get(path, {}))
    camel = SourceSettings(file="a", spelling="camel", keys=written_keys(bundle, to_camel))
    kebab = SourceSettings(file="a", spelling="kebab", keys=written_keys(bundle, as_written))
    places = [word.replace("_", "-") for word in f"bundle.{path}".split(".")]
    wanted = (".".join(map(to_camel, places)), ".".join(places))
    found = tuple(text_as_written(f"key '{name}'", source, known) for source in (camel, kebab))
    assert name in known
    assert found == tuple(f"key '{one}'" for one in wanted)


def test_every_key_that_has_another_name_is_one_of_the_manifest():
    assert written_keys(BundleConfig(), as_written).keys() - known_keys(BundleSettings) == {"."}
