"""A real Flatpak bundle: installed for one user by flatpak, upgraded, and removed without a trace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

IDENTIFIER = "org.example.FlatpakProbe"

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(
        not (shutil.which("flatpak") and shutil.which("ostree")), reason="needs flatpak and ostree"
    ),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Path]:
    """Makes the bundle of one version as a user would."""

    def bundle(version: str) -> Path:
        folder = tmp_path / version
        folder.mkdir()
        (folder / "probe").write_text(f"#!/bin/sh\necho probe {version}\n")
        Image.new("RGBA", (64, 64), (90, 60, 200, 255)).save(folder / "icon.png")
        manifest = {
            "schema": 1,
            "identifier": IDENTIFIER,
            "product_name": "Flatpak probe",
            "binary_name": "flatpak-probe",
            "version": version,
            "target": f"{os.uname().machine}-linux-gnu",
            "executable": "probe",
            "icons": ["icon.png"],
            "verified": True,
            "file_associations": [{"ext": ["fprobe"], "name": "Probe document"}],
        }
        path = folder / "bundle-manifest.json"
        path.write_text(json.dumps(manifest))
        command = [sys.executable, "-m", "millennium_bundler", "bundle", "--targets", "flatpak"]
        subprocess.run([*command, "--manifest", path], check=True, capture_output=True)
        [made] = (folder / "bundle").glob("*.flatpak")
        return made

    return bundle


def flatpak(home: Path, *words: str | Path, check: bool = True) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    command = ["flatpak", words[0], "--user", *words[1:]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=check)
    return done.stdout


def install(home: Path, bundle: Path) -> None:
    # Its runtime would be fetched from the network; nothing is run here.
    flatpak(home, "install", "--noninteractive", "--no-deps", "--bundle", bundle)


def exports(home: Path) -> Path:
    return home / ".local/share/flatpak/exports/share"


def content(home: Path) -> str:
    app = home / f".local/share/flatpak/app/{IDENTIFIER}/current/active/files/bin/flatpak-probe"
    return app.read_text()


def test_it_is_installed_and_the_desktop_knows_it(home: Path, make: Callable[[str], Path]):
    install(home, make("1.0.0"))
    shown = flatpak(home, "info", IDENTIFIER)
    assert "Runtime: org.gnome.Platform/" in shown
    entry = (exports(home) / f"applications/{IDENTIFIER}.desktop").read_text()
    assert f"--command=flatpak-probe --file-forwarding {IDENTIFIER} @@ %F @@" in entry
    assert (exports(home) / f"icons/hicolor/64x64/apps/{IDENTIFIER}.png").exists()
    assert (exports(home) / f"mime/packages/{IDENTIFIER}.xml").exists()


def test_it_may_reach_a_display_and_no_network(home: Path, make: Callable[[str], Path]):
    install(home, make("1.0.0"))
    shown = flatpak(home, "info", "--show-permissions", IDENTIFIER)
    assert "sockets=wayland;fallback-x11;" in shown
    assert "network" not in shown


@pytest.mark.parametrize(
    ("first", "second"), [("1.0.0", "1.1.0"), ("1.1.0", "1.0.0")], ids=["upgrade", "downgrade"]
)
def test_another_version_takes_its_place(
    home: Path, make: Callable[[str], Path], first: str, second: str
):
    install(home, make(first))
    flatpak(
        home, "install", "--noninteractive", "--no-deps", "--reinstall", "--bundle", make(second)
    )
    assert second in content(home)


def test_removal_leaves_nothing_of_it(home: Path, make: Callable[[str], Path]):
    install(home, make("1.0.0"))
    before = {path for path in _all(home) if IDENTIFIER in path.name and path.is_file()}
    assert before
    flatpak(home, "uninstall", "--noninteractive", IDENTIFIER)
    assert {path for path in before if path.exists()} == set()
    assert flatpak(home, "list") == ""


def _all(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if "/repo/" not in str(path)]


def test_a_flipped_byte_is_not_installed(home: Path, make: Callable[[str], Path]):
    bundle = make("1.0.0")
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    flatpak(home, "install", "--noninteractive", "--no-deps", "--bundle", bundle, check=False)
    assert flatpak(home, "list") == ""
