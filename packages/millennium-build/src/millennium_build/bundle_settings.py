"""What ``bundle`` of the configuration becomes in the manifest.

1. A key has the same name in both, or stands in `RENAMED`; what it is in belongs to the name.
2. Its value is taken as it is, or goes through a function of `CONVERTED`; one that becomes several keys
   goes through `SPREAD`.
3. Defaults are left out: the bundler has the same ones.
4. Where two keys of the configuration become one, that of ``signing`` wins: the others are the original's.
5. What nothing acts on (`millennium.config.not_yet`) is left out; the loader warns of it.

So a key that both sides add needs nothing here, unless it is a path.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from msgspec import NODEFAULT, Struct, to_builtins
from msgspec.structs import FieldInfo, fields

from millennium.config.bundle import BundleConfig
from millennium.config.bundle_signing import FormerKeyConfig, KeyConfig
from millennium.config.bundle_windows import LanguageConfig
from millennium.config.not_yet import NOT_YET
from millennium_build.bundle_place import Place

JSON = Any
T = TypeVar("T")

RENAMED: dict[str, str] = {
    "icon": "icons",
    "short_description": "description",
    "create_updater_artifacts": "updater.artifacts",
    **{name: f"linux.{name}" for name in ("deb", "rpm", "arch", "appimage", "flatpak")},
    **{
        f"{name}.{when}_script": f"linux.{name}.scripts.{when}"
        for name in ("deb", "rpm", "arch")
        for when in ("pre_install", "post_install", "pre_remove", "post_remove")
    },
    "dmg": "macos.dmg",
    **{
        f"windows.{name}": f"signing.authenticode.{name}"
        for name in ("digest_algorithm", "timestamp_url", "sign_command")
    },
    "windows.webview_install_mode": "windows.webview_install",
    "windows.webview_install_mode.type": "windows.webview_install.mode",
    "windows.wix": "windows.msi",
}
"""Path in the configuration → path in the manifest, each with all below it."""

AT_THE_TOP: dict[str, str] = {
    **{
        name: name
        for name in (
            *("identifier", "product_name", "version", "description"),
            *("publisher", "homepage", "license"),
        )
    },
    "binary_name": "product_name",
    "updater.public_key": "updater.pubkey",
}
"""Path in the manifest → path in the configuration, of what is not in its ``bundle``."""

ELSEWHERE: frozenset[str] = frozenset({"active", "resources", "external_bin"})
"""Keys that are no settings: `millennium build` acts on the first, the others become files."""


def bundle_settings(bundle: BundleConfig, place: Place) -> dict[str, JSON]:
    """Return the keys of the manifest that the configuration sets, as a tree.

    Raises:
        OutputError: A file that the manifest holds the text of cannot be read.
    """
    tree: dict[str, JSON] = {}
    last = "signing."  # (4)
    for path, value in sorted(_changed(bundle, ""), key=lambda key: key[0].startswith(last)):
        for name, made in _converted(path, value, place).items():
            _put(tree, name.split("."), made)
    return tree


def written_keys(bundle: BundleConfig, spell: Callable[[str], str]) -> dict[str, str]:
    """Return path in the manifest → path in the configuration, spelled; "." is where all others are.

    Args:
        bundle: Of two keys that become one it is told which was written.
        spell: Kebab-case name → as the configuration's file writes it.
    """
    written = {path for path, _value in _changed(bundle, "")}
    renamed = {new: f"bundle.{old}" for old, new in RENAMED.items() if new not in written}
    own = {name: path for name, path in AT_THE_TOP.items() if not written & _sources(name)}
    found = {".": "bundle", "files": "bundle.resources", "macos": "bundle.macos", **renamed, **own}
    return {
        name: ".".join(spell(part.replace("_", "-")) for part in path.split("."))
        for name, path in sorted(found.items())
    }


def manifest_name(path: str) -> str:
    """Return where a key of ``bundle`` stands in the manifest, by its longest renamed part."""
    head, rest = path, ""
    while head not in RENAMED:
        head, sign, last = head.rpartition(".")
        if not sign:
            return path
        rest = f".{last}{rest}"
    return RENAMED[head] + rest


def _sources(name: str) -> set[str]:
    return {old for old, new in RENAMED.items() if new == name}


def _changed(table: Struct, path: str) -> Iterator[tuple[str, object]]:
    """Yield each key that differs from its default, with its path."""
    for field in fields(table):
        name = f"{path}.{field.name}" if path else field.name
        value = getattr(table, field.name)
        if f"bundle.{name}" in NOT_YET or name in ELSEWHERE:
            continue
        if isinstance(value, Struct) and name not in CONVERTED:
            yield from _changed(value, name)
        elif value != _default(field):
            yield name, value


def _default(field: FieldInfo) -> object:
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return field.default


def _converted(path: str, value: Any, place: Place) -> dict[str, JSON]:  # noqa: ANN401 - any key's
    if path in SPREAD:
        return SPREAD[path](value, place)
    if path in CONVERTED:
        return {manifest_name(path): CONVERTED[path](value, place)}
    return {manifest_name(path): to_builtins(value)}


def _put(tree: dict[str, JSON], path: list[str], value: JSON) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    tree[path[-1]] = value


def _path(value: str, place: Place) -> str:
    return place.relative(value)


def _paths(value: tuple[str, ...], place: Place) -> list[str]:
    return [place.relative(each) for each in value]


def _path_of_each(value: dict[str, str], place: Place) -> dict[str, str]:
    return {name: place.relative(path) for name, path in value.items()}


def _files(value: dict[str, str], place: Place) -> list[dict[str, str]]:
    return [
        file
        for destination, source in sorted(value.items())
        for file in place.files(source, destination)
    ]


def _text(value: str, place: Place) -> str:
    return place.text(value)


def _path_or_text(value: str, place: Place) -> str:
    return place.relative(value) if place.has_file(value) else value


def _frameworks(value: tuple[str, ...], place: Place) -> list[str]:
    endings = (".framework", ".dylib")
    return [place.relative(each) if each.endswith(endings) else each for each in value]


def _snake(value: str, _: Place) -> str:
    return value.replace("-", "_")


def _kinds(value: tuple[Struct, ...], _: Place) -> list[dict[str, JSON]]:
    return [
        {field.name: to_builtins(getattr(kind, field.name)) for field in fields(kind)}
        for kind in value
    ]


def _former_keys(value: tuple[FormerKeyConfig, ...], place: Place) -> list[dict[str, JSON]]:
    return [
        {"key": _key(former.key, place), "password": _key(former.password, place)}
        for former in value
    ]


def _key(key: KeyConfig, place: Place) -> dict[str, JSON]:
    given = {name: value for name, value in to_builtins(key).items() if value}
    return {**given, "file": place.relative(key.file)} if key.file else given


def _point(value: Struct, _: Place) -> dict[str, JSON]:
    found: dict[str, JSON] = to_builtins(value)
    return found


def _words(value: str | tuple[str, ...], _: Place) -> list[str]:
    return shlex.split(value) if isinstance(value, str) else list(value)


def _artifacts(value: bool | str, _: Place) -> str:
    return str(value).replace("-", "_") if isinstance(value, str) else "plain"


def _targets(value: str | tuple[str, ...], _: Place) -> dict[str, JSON]:
    """Return the formats; ``updater`` among them is how the original asks for a release."""
    words = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    names = [name for name in (word.strip().lower() for word in words) if name]
    found: dict[str, JSON] = {"updater.artifacts": "plain"} if "updater" in names else {}
    formats = [name for name in names if name != "updater"]
    return found if not formats or "all" in formats else {**found, "targets": formats}


def _languages(
    value: str | tuple[str, ...] | dict[str, LanguageConfig], place: Place
) -> dict[str, JSON]:
    names = [value] if isinstance(value, str) else list(value)
    found: dict[str, JSON] = {"windows.msi.language": names}
    if isinstance(value, dict):
        texts = {name: table.locale_path for name, table in value.items() if table.locale_path}
        found["windows.msi.locales"] = _path_of_each(texts, place)
    return found


_PATH = (
    *(f"{name}.desktop_template" for name in ("deb", "rpm")),
    *(path for path in RENAMED if path.endswith("_script")),
    *("macos.license", "macos.certificate", "macos.entitlements", "macos.info_plist"),
    *("dmg.background", "windows.webview_install_mode.path", "windows.wix.license"),
    *("windows.wix.banner_path", "windows.wix.dialog_image_path", "windows.nsis.license"),
    *("windows.nsis.header_image", "windows.nsis.sidebar_image", "windows.nsis.installer_icon"),
    *("windows.nsis.installer_hooks", "windows.nsis.template"),
    *("signing.authenticode.certificate", "signing.authenticode.pkcs11_module"),
    "signing.authenticode.roots",
    *(
        f"signing.{signer}.{what}.file"
        for signer in ("authenticode", "gpg", "minisign")
        for what in ("key", "password")
    ),
)

CONVERTED: dict[str, Callable[[Any, Place], JSON]] = {
    **dict.fromkeys(_PATH, _path),
    **dict.fromkeys(
        ("icon", "license_files", "windows.wix.fragment_paths", "macos.certificate_chain"), _paths
    ),
    **dict.fromkeys(("deb.files", "rpm.files", "arch.files", "appimage.files"), _files),
    **dict.fromkeys(("changelog", "deb.changelog"), _text),
    **dict.fromkeys(
        (
            *("windows.webview_install_mode.type", "windows.wix.install_scope"),
            "windows.nsis.install_mode",
        ),
        _snake,
    ),
    **dict.fromkeys(
        (
            *("dmg.window_position", "dmg.window_size"),
            *("dmg.app_position", "dmg.application_folder_position"),
        ),
        _point,
    ),
    **dict.fromkeys(("macos.files", "windows.nsis.custom_language_files"), _path_of_each),
    "macos.frameworks": _frameworks,
    "file_associations": _kinds,
    "create_updater_artifacts": _artifacts,
    "windows.sign_command": _words,
    "signing.minisign.former": _former_keys,
    "signing.minisign.public_key": _path_or_text,
}
"""Path in the configuration → what its value becomes."""

SPREAD: dict[str, Callable[[Any, Place], dict[str, JSON]]] = {
    "targets": _targets,
    "windows.wix.language": _languages,
}
"""Path in the configuration → the keys of the manifest it becomes, by their paths."""
