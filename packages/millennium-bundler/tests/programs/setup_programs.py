"""A program in setup programs, and what is asked of a Windows of Wine after they ran."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

PUBLISHER = "Ada Lovelace"
KEY = f"Software\\{PUBLISHER}"
CLASSES = "Software\\Classes"
LISTED = "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
FAILED, IN_USE, NEWER = 2, 32, 1638 & 0xFF
# What Wine makes when it is first needed.
FOLDERS_OF_WINDOWS = ("Local/Programs", "Roaming/Microsoft/Windows/Start Menu/Programs")
# Waits when it is told to; else it writes its version, or the words it was called with, into the file
# that it is given first.
SOURCE = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>
int main(int count, char **words) {
    if (!strcmp(VERSION, "failing")) return 5;
    if (count > 1 && !strcmp(words[1], "wait")) { Sleep(60000); return 0; }
    const char *place = count > 1 && strchr(words[1], ':') ? words[1] : "C:\\called.txt";
    FILE *file = fopen(place, "a");
    if (!file) return 3;
    fprintf(file, "%s", VERSION);
    for (int i = 1; i < count; i++) fprintf(file, " %s", words[i]);
    fclose(file);
    return 0;
}
"""
HOOKS = "".join(
    f"""!macro NSIS_HOOK_{moment}
  FileOpen $0 "C:\\hooks.txt" a
  FileSeek $0 0 END
  FileWrite $0 "{moment} "
  FileClose $0
!macroend
"""
    for moment in ("PREINSTALL", "POSTINSTALL", "PREUNINSTALL", "POSTUNINSTALL")
)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes packages of a program in folders of their own."""

    folder: Path

    def __call__(self, product: str, version: str, **changes: Any) -> Path:
        """Make one setup.exe as a user would; keys of `windows` and `nsis` may be changed."""
        folder = self.folder / f"{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        _compile(folder / "probe.exe", version)
        _compile(folder / "webview.exe", "webview")
        _compile(folder / "failing.exe", "failing")
        Image.new("RGBA", (256, 256), (90, 60, 200, 255)).save(folder / "icon.png")
        (folder / "words.json").write_text(json.dumps({"version": version}))
        (folder / "LICENSE").write_text("Do [what] you {like}. Grüße €\n" * 60)
        (folder / "hooks.nsh").write_text(HOOKS)
        nsis = {"stub": "x86_64", "languages": ["en-US", "de-DE"], **changes.pop("nsis", {})}
        windows = {"webview_install": {"mode": "skip"}, **changes.pop("windows", {})}
        manifest = {
            "schema": 1,
            "identifier": f"org.example.{re.sub('[^A-Za-z]', '', product)}",
            "product_name": product,
            "binary_name": "probe",
            "version": version,
            "description": "Probe for the installation test",
            "publisher": PUBLISHER,
            "target": "x86_64-windows-gnu",
            "executable": "probe.exe",
            "executable_sha256": hashlib.sha256((folder / "probe.exe").read_bytes()).hexdigest(),
            "icons": ["icon.png"],
            "license_files": ["LICENSE"],
            "verified": True,
            "files": [{"source": "words.json", "destination": "/resources/deep folder/words.json"}],
            "file_associations": [{"ext": ["mprobe"], "name": "Probe document"}],
            "deep_link_schemes": ["mprobe"],
            "windows": {**windows, "nsis": nsis},
            **changes,
        }
        (folder / "bundle-manifest.json").write_text(json.dumps(manifest))
        command = [sys.executable, "-m", "millennium_bundler", "bundle", "--targets", "nsis"]
        done = subprocess.run(
            [*command, "--json", "--manifest", str(folder / "bundle-manifest.json")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        [bundle] = json.loads(done.stdout)["bundles"]
        assert bundle["lint"] in ([], None)
        return Path(bundle["path"])


def _compile(path: Path, version: str) -> None:
    source = path.with_suffix(".c")
    source.write_text(SOURCE)
    words = ["-O2", "-s", f'-DVERSION="{version}"', "-o", str(path), str(source)]
    subprocess.run(["x86_64-w64-mingw32-gcc", *words], check=True)


def install(windows: Any, package: Path, *words: str) -> int:
    return int(windows.run(package, "/S", *words)[0])


def remove(windows: Any, folder: Path, *words: str) -> None:
    """Remove what lies in a folder; the uninstaller goes on in a copy of its own."""
    place = str(folder.relative_to(windows.drive)).replace("/", "\\")
    windows.run(f"C:\\{place}\\uninstall.exe", "/S", *words)
    wait_until(lambda: not (folder / "uninstall.exe").exists())
    time.sleep(0.5)


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not true() and time.monotonic() < until:
        time.sleep(0.2)
    assert true()


def leftovers(windows: Any, before: set[str], word: str) -> list[str]:
    """Return what is there since, in files and in the registry, but for folders of Windows itself."""
    own = {windows.home / "AppData" / place for place in FOLDERS_OF_WINDOWS}
    found = sorted(
        windows.files() - before - {str(path.relative_to(windows.drive)) for path in own}
    )
    return found + [line for line in windows.hives().splitlines() if word in line]


def of_user(windows: Any, product: str) -> Path:
    return Path(windows.home / "AppData/Local/Programs" / product)


def said(windows: Any, program: Path) -> str:
    """Run an installed program; return the version it wrote."""
    place = windows.drive / "said.txt"
    windows.run(program, "C:\\said.txt")
    text = place.read_text()
    place.unlink()
    return str(text).partition(" ")[0]
