"""A program of Windows, its packages, and what is asked of a Windows of Wine after they ran.

Programs that Wine starts have the rights of an administrator who was asked for them. `limited` starts them as Windows
starts most: by an administrator who was not asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

PUBLISHER = "Ada Lovelace"
KEY = f"Software\\{PUBLISHER}"
CLASSES = "Software\\Classes"
LISTED = "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
# Waits or fails when it is told to; else it writes its version, or the words it was called with, into the file
# that it is given first; behind a folder that it runs in, when it stands for Windows' PowerShell.
SOURCE = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>
int main(int count, char **words) {
    char folder[MAX_PATH] = "";
    if (!strcmp(VERSION, "failing")) return 5;
    if (count > 1 && !strcmp(words[1], "wait")) { Sleep(60000); return 0; }
    const char *place = count > 1 && strchr(words[1], ':') ? words[1] : "C:\\called.txt";
    FILE *file = fopen(place, "a");
    if (!file) return 3;
    GetCurrentDirectoryA(sizeof folder, folder);
    if (!strcmp(VERSION, "powershell")) fprintf(file, "%s>", folder);
    fprintf(file, "%s", VERSION);
    for (int i = 1; i < count; i++) fprintf(file, " %s", words[i]);
    fclose(file);
    return 0;
}
"""
RESOURCE = "1 VERSIONINFO FILEVERSION {numbers},0 PRODUCTVERSION {numbers},0 BEGIN END"
LIMITED = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>
int main(void) {
    HANDLE own, linked, limited, first;
    DWORD size, code = 99;
    SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;
    SID_AND_ATTRIBUTES administrators = {0};
    STARTUPINFOW start = {sizeof start};
    PROCESS_INFORMATION made;
    WCHAR *words = GetCommandLineW();
    words = *words == '"' ? wcschr(words + 1, '"') + 1 : wcschr(words, ' ');
    while (*words == ' ') words++;
    AllocateAndInitializeSid(&nt, 2, 32, 544, 0, 0, 0, 0, 0, 0, &administrators.Sid);
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own)
        || !GetTokenInformation(own, TokenLinkedToken, &linked, sizeof linked, &size)
        || !CreateRestrictedToken(linked, 0, 1, &administrators, 0, NULL, 0, NULL, &limited)
        || !DuplicateTokenEx(limited, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenPrimary, &first)
        || !CreateProcessAsUserW(first, NULL, words, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made))
        return 98;
    WaitForSingleObject(made.hProcess, INFINITE);
    GetExitCodeProcess(made.hProcess, &code);
    return code;
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
_READERS = {"msi": ("msiinfo", "msiextract"), "nsis": ("makensis", "7z")}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes packages of a program in folders of their own.

    Attributes:
        target: "msi" or "nsis".
    """

    folder: Path
    target: str

    def __call__(self, product: str, version: str, **changes: Any) -> Path:
        """Make one package as a user would; keys of `windows` and of the target may be changed."""
        folder = self.folder / f"{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        for name, said_by_it in (
            ("probe", version),
            ("webview", "webview"),
            ("failing", "failing"),
        ):
            compile_program(folder / f"{name}.exe", said_by_it)
        Image.new("RGBA", (256, 256), (90, 60, 200, 255)).save(folder / "icon.png")
        (folder / "words.json").write_text(json.dumps({"version": version}))
        (folder / "LICENSE").write_text("Do [what] you {like}. Grüße €\n" * 60)
        (folder / "hooks.nsh").write_text(HOOKS)
        windows = {"webview_install": {"mode": "skip"}, **changes.pop("windows", {})}
        windows["nsis"] = {
            "stub": "x86_64",
            "languages": ["en-US", "de-DE"],
            **changes.pop("nsis", {}),
        }
        windows["msi"] = changes.pop("msi", {})
        for name, text in changes.pop("beside", {}).items():
            (folder / name).write_text(text)
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
            "windows": windows,
            **changes,
        }
        (folder / "bundle-manifest.json").write_text(json.dumps(manifest))
        command = [sys.executable, "-m", "millennium_bundler", "bundle", "--targets", self.target]
        done = subprocess.run(
            [*command, "--json", "--manifest", str(folder / "bundle-manifest.json")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        [bundle] = json.loads(done.stdout)["bundles"]
        assert bundle["lint"] == []
        return Path(bundle["path"])


def maker(folder: Path, target: str) -> Maker:
    """Return what makes packages, or skip where another reader of them is missing."""
    for tool in _READERS[target]:
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}: packaging/apt-slow.txt")
    return Maker(folder, target)


def compile_program(path: Path, version: str) -> None:
    """Compile a program that says its version."""
    resource, compiled = path.with_suffix(".rc"), path.with_suffix(".o")
    numbers = version.partition("-")[0].replace(".", ",") if version[0].isdigit() else "1,0,0"
    resource.write_text(RESOURCE.format(numbers=numbers))
    subprocess.run(["x86_64-w64-mingw32-windres", str(resource), str(compiled)], check=True)
    _compile(path, SOURCE, f'-DVERSION="{version}"', str(compiled))


def _compile(path: Path, source: str, *words: str) -> None:
    file = path.with_suffix(".c")
    file.write_text(source)
    tool = "x86_64-w64-mingw32-gcc"
    subprocess.run([tool, "-O2", "-s", "-o", str(path), str(file), *words], check=True)


def limited(windows: Any) -> Path:
    """Return a program that starts another without the rights of an administrator."""
    path = Path(windows.drive.parent.parent / "limited.exe")
    if not path.exists():
        _compile(path, LIMITED, "-ladvapi32")
    return path


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + 90
    while not true() and time.monotonic() < until:
        time.sleep(0.2)
    assert true()


def leftovers(windows: Any, before: set[str], word: str, *own: str) -> list[str]:
    """Return what is there since, in files and in the registry, but for folders of Windows itself."""
    found = sorted(windows.files() - before - set(own))
    return found + [line for line in windows.hives().splitlines() if word in line]


def said(windows: Any, program: Path | str) -> str:
    """Run an installed program; return the version it wrote."""
    place = windows.drive / "said.txt"
    place.unlink(missing_ok=True)
    windows.run(program, "C:\\said.txt")
    text = place.read_text()
    place.unlink()
    return str(text).partition(" ")[0]


def xdotool(*words: str) -> str:
    """Move windows and press keys; return what was printed."""
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False).stdout


@contextmanager
def hands() -> Iterator[None]:
    """See to a display whose windows can be told apart and given keys: one with a window manager."""
    for tool in ("xdotool", "xprop", "openbox"):
        if shutil.which(tool) is None or not os.environ.get("DISPLAY"):
            pytest.skip(f"needs a display and {tool}: packaging/apt.txt")
    words = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    manager = None if "window id" in told else subprocess.Popen(["openbox"])
    try:
        yield
    finally:
        if manager is not None:
            manager.terminate()
            manager.wait(timeout=30)
