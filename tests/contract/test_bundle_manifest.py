"""Every key of ``bundle`` reaches the manifest, in words that the bundler understands.

The two distributions do not know each other: `millennium build` writes the manifest, the bundler reads it.
So this is tested where both are: key by key, both ways.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from functools import reduce
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec.structs import fields

import millennium_build.bundle_settings
from millennium.config.bundle import BundleConfig, FileAssociation
from millennium.config.bundle_signing import FormerKeyConfig, KeyConfig
from millennium.config.bundle_windows import LanguageConfig
from millennium.config.features import UpdaterConfig
from millennium.config.not_yet import NOT_YET
from millennium.config.schema import Config
from millennium_build.bundle_place import Place
from millennium_build.bundle_settings import ELSEWHERE, SPREAD, manifest_name
from millennium_build.freeze.interface import FreezeResult
from millennium_build.manifest import ManifestInput, bundle_keys, make_manifest
from millennium_build.verify import Verification
from millennium_bundler.schema import FreeForm
from millennium_bundler.settings import BundleSettings, load_manifest

BY_BUILD = frozenset({"active"})
"""Keys that `millennium build` itself acts on; the manifest need not know."""

WHOLE = (
    *("dmg.window_position", "dmg.window_size", "dmg.app_position"),
    "dmg.application_folder_position",
)
"""Tables that are one value."""

VALUES: dict[str, object] = {
    "targets": ("deb",),
    "resources": ("words.txt",),
    "external_bin": ("tool",),
    "file_associations": (FileAssociation(ext=("md",)),),
    "deep_link_schemes": ("notes",),
    "email": "ada@example.org",
    "changelog": "One.\nTwo.",
    "create_updater_artifacts": "v1-compatible",
    "updater.base_url": "https://example.org/notes/",
    "updater.next_public_keys": ("RWQx",),
    "updater.retired_public_keys": ("RWQy",),
    "updater.minimum_version": "1.0",
    "signing.authenticode.timestamp_url": "http://time.example.org",
    "windows.timestamp_url": "http://time.example.org",
    "windows.wix.language": {"de-DE": LanguageConfig(locale_path="words.json")},
    "windows.wix.version": "1.2",
    "windows.wix.upgrade_code": "12345678-1234-1234-1234-123456789abc",
    "macos.minimum_system_version": "11.0",
    "macos.bundle_version": "7",
    "macos.timestamp_url": "none",
    "flatpak.runtime": "org.kde.Platform",
    "flatpak.sdk": "org.kde.Sdk",
    "flatpak.runtime_repository": "",
    "flatpak.finish_args": ("--device=dri",),
    "arch.release": "2",
    "windows.webview_install_mode.url": "https://example.org/webview.exe",
    "windows.webview_install_mode.sha256": "0" * 64,
    "windows.nsis.languages": ("de-DE",),
    "windows.nsis.minimum_webview2_version": "90.0",
    "signing.minisign.former": (FormerKeyConfig(key=KeyConfig(file="old.key")),),
    **{
        f"signing.{signer}.{what}.pkcs11": "pkcs11:token=release"
        for signer in ("authenticode", "gpg", "minisign")
        for what in ("key", "password")
    },
}
"""What a key may be set to, where its type does not say."""

BY_BUILD_ALONE = frozenset(
    {
        *("schema", "identifier", "product_name", "binary_name", "version", "target", "files"),
        *("executable", "executable_sha256", "publisher", "homepage", "license", "verified"),
        *("verification", "engine.name", "engine.debian", "engine.rpm", "engine.arch", "sonames"),
        *("symbol_versions", "sbom", "inputs_digest", "updater.public_key"),
        *("source.file", "source.keys", "source.spelling"),
        # For executables of others: an app's own page of the manual is made.
        *("source_date", "man.synopsis", "man.options", "macos.provider_short_name"),
    }
)
"""Keys of the manifest that are not of ``bundle``."""


def keys_of(table: msgspec.Struct, path: str = "") -> Iterator[str]:
    for field in fields(table):
        name = f"{path}.{field.name}" if path else field.name
        value = getattr(table, field.name)
        if isinstance(value, msgspec.Struct) and name not in WHOLE:
            yield from keys_of(value, name)
        else:
            yield name


def acts(name: str) -> bool:
    parts = name.split(".")
    starts = {f"bundle.{'.'.join(parts[: count + 1])}" for count in range(len(parts))}
    return not starts & set(NOT_YET)


KEYS = [name for name in keys_of(BundleConfig()) if acts(name) and name not in BY_BUILD]


def kind_of(name: str) -> tuple[Any, Any]:
    """Return the type of a key, and its default."""
    kind: Any = BundleConfig
    for part in name.split("."):
        kind = get_type_hints(kind)[part]
    default = getattr(
        reduce(getattr, name.split(".")[:-1], BundleConfig()), name.rsplit(".", maxsplit=1)[-1]
    )
    return kind, default


def other_value(name: str) -> object:
    kind, default = kind_of(name)
    if name in VALUES:
        return VALUES[name]
    if isinstance(kind, UnionType):
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return next(choice for choice in get_args(kind) if choice != default)
    if kind is bool:
        return not default
    if kind is int:
        return default + 1
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{field.name: 1 for field in fields(kind)})
    plain = {str: "xy", tuple: ("xy",), dict: {"/etc/x": "xy"}}
    return plain[get_origin(kind) or kind]


def with_key(table: Any, path: list[str], value: object) -> Any:
    inner = getattr(table, path[0])
    new = with_key(inner, path[1:], value) if path[1:] else value
    return msgspec.structs.replace(table, **{path[0]: new})


def write(root: Path, bundle: BundleConfig, **rest: Any) -> Path:
    folder = root / "dist" / "org.example.notes" / "x86_64-linux-gnu"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notes").write_bytes(b"")
    (root / "words.txt").write_text("words")
    (root / "tool-x86_64-unknown-linux-gnu").write_text("tool")
    config = Config(identifier="org.example.notes", product_name="Notes", bundle=bundle, **rest)
    target = "x86_64-linux-gnu"
    place = Place(root=root, folder=folder, target=target, binary="notes")
    given = ManifestInput(
        config=config,
        bundle=bundle_keys(config, place),
        config_file=root / "pyproject.toml",
        root=root,
        folder=folder,
        target=target,
        runtime="millennium_runtime_webview:WebviewRuntime",
        result=FreezeResult(executable=folder / "notes", sonames=(), symbol_versions={}),
        verification=Verification(verified=True, engine="WebKitGTK"),
        inputs_digest="abc",
    )
    path = folder / "bundle-manifest.json"
    path.write_bytes(make_manifest(given))
    return path


def is_carried(name: str, root: Path) -> bool:
    """Tell whether the bundler hears of a key that is set."""
    plain = load_manifest(write(root, BundleConfig())).settings
    bundle = with_key(BundleConfig(), name.split("."), other_value(name))
    return load_manifest(write(root, bundle)).settings != plain


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_set_changes_what_the_bundler_reads(name: str, tmp_path: Path) -> None:
    assert is_carried(name, tmp_path)


@pytest.mark.parametrize("name", ["deb.section", "targets", "signing.gpg.key.variable"])
def test_a_key_that_is_forgotten_is_found(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(millennium_build.bundle_settings, "NOT_YET", (f"bundle.{name}",))
    assert not is_carried(name, tmp_path)


def test_no_key_is_exempt_that_does_not_exist() -> None:
    known = set(keys_of(BundleConfig()))
    assert BY_BUILD | VALUES.keys() | ELSEWHERE <= known


def manifest_keys(kind: type, path: str = "") -> Iterator[str]:
    hints = get_type_hints(kind)
    for field in fields_of(kind):
        name = f"{path}.{field.name}" if path else field.name
        hint = hints[field.name]
        is_table = is_dataclass(hint) and hint is not FreeForm
        is_whole = name.removeprefix("macos.") in WHOLE
        if is_table and not is_whole:
            yield from manifest_keys(hint, name)
        else:
            yield name


def test_every_setting_of_the_bundler_can_be_set(tmp_path: Path) -> None:
    place: Any = write  # SPREAD asks nothing of it for these values
    spread = {key for name in SPREAD for key in SPREAD[name](("de-DE",), place)}
    reached = {manifest_name(name) for name in KEYS} | spread | {"windows.msi.locales", "targets"}
    assert set(manifest_keys(BundleSettings)) - reached - BY_BUILD_ALONE == set()


SCALARS = [name for name in KEYS if isinstance(kind_of(name)[1], bool | int | str)]
SAYS_ITSELF = {"create_updater_artifacts": "none", "windows.wix.language": ("en-US",)}


@pytest.mark.parametrize("name", [name for name in SCALARS if kind_of(name)[1] != ""])
def test_both_have_the_same_default(name: str, tmp_path: Path) -> None:
    settings = load_manifest(write(tmp_path, BundleConfig())).settings
    found = reduce(getattr, manifest_name(name).replace("wix", "msi").split("."), settings)
    default = kind_of(name)[1]
    assert found in (SAYS_ITSELF.get(name, default), str(default).replace("-", "_"))


@pytest.mark.parametrize("name", WHOLE)
def test_both_have_the_same_places_in_the_window(name: str, tmp_path: Path) -> None:
    settings = load_manifest(write(tmp_path, BundleConfig())).settings
    found = reduce(getattr, manifest_name(name).split("."), settings)
    default = kind_of(name)[1]
    assert isinstance(default, msgspec.Struct)
    assert {part: getattr(found, part) for part in msgspec.to_builtins(default)} == (
        msgspec.to_builtins(default)
    )


def test_defaults_are_left_out(tmp_path: Path) -> None:
    document = json.loads(write(tmp_path, BundleConfig()).read_bytes())
    assert document.keys() & {"linux", "windows", "macos", "signing", "updater", "targets"} == set()


def test_the_key_that_updates_are_checked_with_is_the_updaters_own(tmp_path: Path) -> None:
    path = write(tmp_path, BundleConfig(), updater=UpdaterConfig(pubkey="RWQx"))
    assert load_manifest(path).settings.updater.public_key == "RWQx"
