"""Manifests in which every key is set, one a system, and the files that they name."""

from __future__ import annotations

import io
import json
import plistlib
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from mac_programs import thin

SCRIPTS = dict.fromkeys(("pre_install", "post_install", "pre_remove", "post_remove"), "script.sh")


def own(name: str) -> list[dict[str, str]]:
    """A file of one format alone."""
    return [{"source": "words", "destination": f"/usr/share/hello/{name}", "mode": "0600"}]


USUAL: dict[str, Any] = {
    "schema": 1,
    "identifier": "org.example.Hello",
    "product_name": "Hello",
    "binary_name": "hello",
    "version": "1.2.3",
    "description": "Greets whoever asks",
    "long_description": "Hello greets people.\n\nIt does it well.",
    "publisher": "Ada Lovelace",
    "email": "ada@example.org",
    "homepage": "https://example.org/hello",
    "license": "MIT",
    "category": "Utility",
    "icons": ["icon.png"],
    "verified": True,
    "engine": {"name": "webkitgtk", "debian": ["libwebkit2gtk-4.1-0 (>= 2.40)"]},
    "sonames": ["libc.so.6"],
    "symbol_versions": {"libc.so.6": "2.35"},
}
"""What every test app says of itself, whatever its system is."""

COMMON: dict[str, Any] = {
    **USUAL,
    "product_name": "Hello World",
    "executable_sha256": "",
    "license_files": ["LICENSE"],
    "copyright": "2026 Ada Lovelace",
    "files": [
        {"source": "words", "destination": "/usr/share/hello/words", "mode": "0644"},
        {"source": "words", "destination": "/usr/lib/hello/more", "mode": "0755"},
    ],
    "verification": {"engine": "webkitgtk", "milliseconds": 3},
    "engine": {
        **USUAL["engine"],
        "rpm": ["webkit2gtk4.1 >= 2.40"],
        "arch": ["webkit2gtk-4.1>=2.40"],
    },
    "file_associations": [
        {
            "ext": ["greet"],
            "mime_type": "application/x-greet",
            "name": "Greeting",
            "description": "A greeting",
            "role": "editor",
        }
    ],
    "deep_link_schemes": ["hello"],
    "targets": ["deb"],
    "changelog": "Greets louder\nGreets more people",
    "man": {"synopsis": "hello [NAME]", "options": [{"flag": "--loud", "about": "Shout."}]},
    "signing": {
        "authenticode": {
            "certificate": "",
            "pkcs11_module": "",
            "digest_algorithm": "sha256",
            "timestamp_url": "https://example.org/time",
            "roots": "",
        },
        "gpg": {"key_id": "", "key": {"file": "", "variable": "", "command": [], "pkcs11": ""}},
        "minisign": {"public_key": "", "password": {"file": ""}, "former": []},
    },
    "updater": {
        "artifacts": "none",
        "channel": "stable",
        "base_url": "https://example.org/updates",
        "public_key": "",
        "next_public_keys": [],
        "retired_public_keys": [],
        "expires_after_days": 90,
        "minimum_version": "1.0.0",
        "with_deltas": True,
    },
    "sbom": "sbom.json",
    "inputs_digest": "abc",
    "source_date": 1_700_000_000,
}

LINUX: dict[str, Any] = {
    "target": "x86_64-linux-gnu",
    "executable": "hello",
    "linux": {
        "deb": {
            "depends": ["libc6 (>= 2.34)"],
            "recommends": ["fortune-mod"],
            "provides": ["greeter"],
            "conflicts": ["goodbye"],
            "replaces": ["hallo"],
            "section": "utils",
            "priority": "optional",
            "packages": {"libgreet.so.1": "libgreet1"},
            "files": own("deb"),
            "changelog": "Greets Debian",
            "desktop_template": "template.desktop",
            "scripts": SCRIPTS,
            "signature": False,
        },
        "rpm": {
            "license": "MIT",
            "depends": ["glibc >= 2.34"],
            "recommends": ["fortune-mod"],
            "provides": ["greeter = 1"],
            "conflicts": ["goodbye"],
            "obsoletes": ["hallo < 2"],
            "release": "1",
            "epoch": 1,
            "files": own("rpm"),
            "desktop_template": "template.desktop",
            "scripts": SCRIPTS,
        },
        "arch": {
            "depends": ["glibc>=2.34"],
            "recommends": ["fortune-mod"],
            "provides": ["greeter"],
            "conflicts": ["goodbye"],
            "replaces": ["hallo"],
            "release": "1",
            "files": own("arch"),
            "scripts": SCRIPTS,
        },
        "appimage": {
            "files": own("appimage"),
            "update_information": "zsync|https://example.org/hello.AppImage.zsync",
            "block_kibibytes": 128,
        },
        "flatpak": {
            "runtime": "org.gnome.Platform",
            "runtime_version": "50",
            "sdk": "org.gnome.Sdk",
            "runtime_repository": "https://example.org/repo.flatpakrepo",
            "branch": "stable",
            "network": False,
            "finish_args": ["--filesystem=home", "--env=GREETING=hello"],
        },
    },
}

WINDOWS: dict[str, Any] = {
    "target": "x86_64-windows-msvc",
    "executable": "hello.exe",
    "windows": {
        "allow_downgrades": False,
        "webview_install": {"mode": "skip", "silent": True, "path": "", "url": "", "sha256": ""},
        "msi": {
            "language": ["en-US"],
            "locales": {"en-US": "texts.json"},
            "install_scope": "per_machine",
            "version": "1.2.3",
            "upgrade_code": "11111111-2222-3333-4444-555555555555",
            "license": "LICENSE",
            "banner_path": "banner.png",
            "dialog_image_path": "dialog.png",
            "start_menu_folder": "Greeters",
            "desktop_shortcut": True,
            "add_to_path": True,
            "launch_after_install": True,
            "fragment_paths": ["fragment.json"],
        },
        "nsis": {
            "install_mode": "current_user",
            "languages": ["en-US"],
            "custom_language_files": {"en-US": "texts.json"},
            "display_language_selector": False,
            "compression": "zlib",
            "license": "LICENSE",
            "header_image": "header.png",
            "sidebar_image": "sidebar.png",
            "installer_icon": "",
            "start_menu_folder": "Greeters",
            "desktop_shortcut": True,
            "launch_after_install": True,
            "installer_hooks": "hooks.nsh",
            "minimum_webview2_version": "100.0",
            "stub": "x86",
        },
    },
}

MACOS: dict[str, Any] = {
    "target": "x86_64-apple-darwin",
    "executable": "hello.macho",
    "macos": {
        "frameworks": [],
        "files": {"Resources/own/words": "words"},
        "minimum_system_version": "10.13",
        "bundle_version": "1.2.3",
        "exception_domain": "example.org",
        "license": "LICENSE",
        "signing_identity": "",
        "certificate": "",
        "certificate_chain": [],
        "timestamp_url": "none",
        "provider_short_name": "",
        "entitlements": "entitlements.plist",
        "hardened_runtime": True,
        "info_plist": "info.plist",
        "dmg": {
            "background": "icon.png",
            "window_position": {"x": 200, "y": 120},
            "window_size": {"width": 660, "height": 400},
            "app_position": {"x": 180, "y": 170},
            "application_folder_position": {"x": 480, "y": 170},
            "icon_size": 128,
            "compression": "zlib",
        },
    },
}

COMPLETE: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "linux": ({**COMMON, **LINUX}, ("deb", "rpm", "arch", "appimage", "tar", "flatpak")),
    "windows": ({**COMMON, **WINDOWS}, ("msi", "nsis")),
    "macos": ({**COMMON, **MACOS}, ("app", "dmg")),
}
"""System → its manifest, and the formats that carry it."""


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGBA", (width, height), (40, 90, 200, 255)).save(out, "PNG")
    return out.getvalue()


def write_sources(folder: Path, windows_program: bytes) -> None:
    """Write the files that all of them name."""
    template = "[Desktop Entry]\nType=Application\nName={{name}}\nExec={{exec}}\n"
    files = {
        "hello": Path("/bin/true").read_bytes() if sys.platform == "linux" else b"#!/bin/sh\n",
        "hello.exe": windows_program,
        "hello.macho": thin(),
        "icon.png": picture(32, 32),
        "banner.png": picture(493, 58),
        "dialog.png": picture(493, 312),
        "header.png": picture(150, 57),
        "sidebar.png": picture(164, 314),
        "LICENSE": b"Do what you like.\n",
        "words": b"hello world\n",
        "script.sh": b"#!/bin/sh\ntrue\n",
        "template.desktop": template.encode(),
        "sbom.json": b"{}",
        "texts.json": b"{}",
        "fragment.json": json.dumps({"Registry": []}).encode(),
        "hooks.nsh": b"!macro NSIS_HOOK_POSTINSTALL\n!macroend\n",
        "entitlements.plist": plistlib.dumps({"com.apple.security.cs.allow-jit": True}),
        "info.plist": plistlib.dumps({"LSUIElement": False}),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
