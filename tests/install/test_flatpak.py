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
PROBE = """#!/bin/sh
echo probe VERSION
cat /proc/net/dev
ls /app/bin
"""
MACHINE = os.uname().machine
PLATFORM = f"""[Runtime]
name=org.gnome.Platform
runtime=org.gnome.Platform/{MACHINE}/50
sdk=org.gnome.Sdk/{MACHINE}/50
"""

Make = Callable[..., Path]

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
def make(tmp_path: Path) -> Make:
    """Makes the bundle of one version as a user would."""

    def bundle(version: str, **settings: object) -> Path:
        folder = tmp_path / version
        folder.mkdir()
        (folder / "probe").write_text(PROBE.replace("VERSION", version))
        Image.new("RGBA", (64, 64), (90, 60, 200, 255)).save(folder / "icon.png")
        manifest = {
            "schema": 1,
            "identifier": IDENTIFIER,
            "product_name": "Flatpak probe",
            "binary_name": "flatpak-probe",
            "version": version,
            "target": f"{MACHINE}-linux-gnu",
            "executable": "probe",
            "icons": ["icon.png"],
            "verified": True,
            "file_associations": [{"ext": ["fprobe"], "name": "Probe document"}],
            "linux": {"flatpak": settings},
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


@pytest.fixture
def platform(home: Path, tmp_path: Path) -> None:
    """Installs a stand-in for the runtime: this system's shell, with what it needs and no webview."""
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    if (
        not shutil.which("bwrap")
        or subprocess.run(probe, capture_output=True, check=False).returncode
    ):
        pytest.skip("needs bubblewrap, and a system where it may make sandboxes")
    runtime = tmp_path / "platform"
    programs = [Path("/bin/sh"), Path("/bin/cat"), Path("/bin/ls")]
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=True).stdout
    libraries = {Path(word) for word in told.split() if word.startswith("/") and ".so" in word}
    for path in (*programs, *libraries):
        target = runtime / "usr" / str(path).removeprefix("/usr").lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o755)
    (runtime / "files").mkdir()
    (runtime / "metadata").write_text(PLATFORM)
    repository = tmp_path / "repository"
    export = ["flatpak", "build-export", "--runtime", "--disable-sandbox"]
    subprocess.run([*export, repository, runtime, "50"], check=True, capture_output=True)
    flatpak(home, "remote-add", "--no-gpg-verify", "local", repository)
    flatpak(home, "install", "--noninteractive", "local", "org.gnome.Platform//50")


@pytest.mark.usefixtures("platform")
def test_it_runs_in_its_sandbox_without_network(home: Path, make: Make):
    install(home, make("1.0.0"))
    shown = flatpak(home, "run", IDENTIFIER)
    assert shown.startswith("probe 1.0.0\n")
    assert "flatpak-probe" in shown
    assert interfaces(shown) == {"lo"}


@pytest.mark.usefixtures("platform")
def test_control_it_has_the_network_when_that_was_asked_for(home: Path, make: Make):
    if interfaces(Path("/proc/net/dev").read_text()) == {"lo"}:
        pytest.skip("needs a network interface to find")
    install(home, make("1.0.0", network=True))
    assert interfaces(flatpak(home, "run", IDENTIFIER)) > {"lo"}


def interfaces(shown: str) -> set[str]:
    return {line.split(":")[0].strip() for line in shown.splitlines() if ": " in line}


def exports(home: Path) -> Path:
    return home / ".local/share/flatpak/exports/share"


def content(home: Path) -> str:
    app = home / f".local/share/flatpak/app/{IDENTIFIER}/current/active/files/bin/flatpak-probe"
    return app.read_text()


def test_it_is_installed_and_the_desktop_knows_it(home: Path, make: Make):
    install(home, make("1.0.0"))
    shown = flatpak(home, "info", IDENTIFIER)
    assert "Runtime: org.gnome.Platform/" in shown
    entry = (exports(home) / f"applications/{IDENTIFIER}.desktop").read_text()
    assert f"--command=flatpak-probe --file-forwarding {IDENTIFIER} @@ %F @@" in entry
    assert (exports(home) / f"icons/hicolor/64x64/apps/{IDENTIFIER}.png").exists()
    assert (exports(home) / f"mime/packages/{IDENTIFIER}.xml").exists()


def test_it_may_reach_a_display_and_no_network(home: Path, make: Make):
    install(home, make("1.0.0"))
    shown = flatpak(home, "info", "--show-permissions", IDENTIFIER)
    assert "sockets=wayland;fallback-x11;" in shown
    assert "network" not in shown


@pytest.mark.parametrize(
    ("first", "second"), [("1.0.0", "1.1.0"), ("1.1.0", "1.0.0")], ids=["upgrade", "downgrade"]
)
def test_another_version_takes_its_place(home: Path, make: Make, first: str, second: str):
    install(home, make(first))
    flatpak(
        home, "install", "--noninteractive", "--no-deps", "--reinstall", "--bundle", make(second)
    )
    assert second in content(home)


def test_removal_leaves_nothing_of_it(home: Path, make: Make):
    install(home, make("1.0.0"))
    before = {path for path in _all(home) if IDENTIFIER in path.name and path.is_file()}
    assert before
    flatpak(home, "uninstall", "--noninteractive", IDENTIFIER)
    assert {path for path in before if path.exists()} == set()
    assert flatpak(home, "list") == ""


def _all(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if "/repo/" not in str(path)]


def test_a_flipped_byte_is_not_installed(home: Path, make: Make):
    bundle = make("1.0.0")
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    flatpak(home, "install", "--noninteractive", "--no-deps", "--bundle", bundle, check=False)
    assert flatpak(home, "list") == ""
