"""Real setup programs in a Windows of Wine: installed, run, upgraded, refused, removed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.timeout(300)

PUBLISHER = "Ada Lovelace"
KEY = f"Software\\{PUBLISHER}"
CLASSES = "Software\\Classes"
LISTED = "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
IN_USE, NEWER = 32, 1638 & 0xFF
# What Wine makes when it is first needed.
FOLDERS_OF_WINDOWS = ("Local/Programs", "Roaming/Microsoft/Windows/Start Menu/Programs")
# Waits when it is told to; else it writes its version, or the words it was called with, into the file
# that it is given first.
SOURCE = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>
int main(int count, char **words) {
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


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, windows: Any) -> Maker:
    """Makes packages."""
    if shutil.which("makensis") is None:
        pytest.skip("needs makensis: packaging/apt-slow.txt")
    return Maker(tmp_path_factory.mktemp("packages"))


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


def test_one_user_installs_runs_and_removes_without_a_trace(windows: Any, make: Maker) -> None:
    before = windows.files()
    package = make("Whole Probe", "1.0.0")
    assert install(windows, package) == 0
    folder = of_user(windows, "Whole Probe")
    assert (folder / "resources/deep folder/words.json").read_text() == '{"version": "1.0.0"}'
    assert said(windows, folder / "probe.exe") == "1.0.0"
    assert windows.programs("Whole Probe") == ["1.0.0"]
    assert windows.registry(f"HKLM\\{KEY}\\Whole Probe") == ""
    assert leftovers(windows, before, "WholeProbe")  # the control: there is something to find
    remove(windows, folder)
    assert windows.programs("Whole Probe") == []
    assert leftovers(windows, before, "WholeProbe") == []


def test_a_program_of_the_machine_lies_with_the_others(windows: Any, make: Maker) -> None:
    before = windows.files()
    package = make("Shared Probe", "1.0.0", nsis={"install_mode": "per_machine"})
    assert install(windows, package) == 0
    folder = windows.drive / "Program Files" / "Shared Probe"
    assert said(windows, folder / "probe.exe") == "1.0.0"
    assert "InstallDir" in windows.registry(f"HKLM\\{KEY}\\Shared Probe")
    assert "SharedProbe" in windows.registry(f"HKLM\\{LISTED}")
    assert windows.registry(f"HKCU\\{KEY}\\Shared Probe") == ""
    assert leftovers(windows, before, "SharedProbe")
    remove(windows, folder)
    assert leftovers(windows, before, "SharedProbe") == []


def test_who_installs_chooses_for_whom(windows: Any, make: Maker) -> None:
    package = make("Both Probe", "1.0.0", nsis={"install_mode": "both"})
    shared = windows.drive / "Program Files" / "Both Probe"
    assert install(windows, package) == 0
    assert (of_user(windows, "Both Probe") / "probe.exe").is_file()
    assert not shared.exists()
    remove(windows, of_user(windows, "Both Probe"))
    assert install(windows, package, "/ALLUSERS") == 0
    assert (shared / "probe.exe").is_file()
    assert not of_user(windows, "Both Probe").exists()
    remove(windows, shared)
    assert windows.programs("Both Probe") == []


def test_windows_knows_documents_links_and_menus(windows: Any, make: Maker) -> None:
    desktop = windows.home / "Desktop"
    desktop.unlink()  # Wine's leads to the desktop of this machine
    desktop.mkdir()
    nsis = {"desktop_shortcut": True, "start_menu_folder": "Ada"}
    package = make("Known Probe", "1.0.0", nsis=nsis)
    assert install(windows, package) == 0
    command = '\\Known Probe\\probe.exe" "%1"'
    assert command in windows.registry(f"HKCU\\{CLASSES}\\mprobe\\shell\\open\\command")
    assert "URL Protocol" in windows.registry(f"HKCU\\{CLASSES}\\mprobe")
    assert command in windows.registry(f"HKCU\\{CLASSES}\\org.example.KnownProbe.mprobe")
    offered = windows.registry(f"HKCU\\{CLASSES}\\.mprobe\\OpenWithProgids")
    assert "org.example.KnownProbe.mprobe" in offered
    listed = windows.registry("HKCU\\Software\\RegisteredApplications")
    assert f"{KEY}\\Known Probe\\Capabilities" in listed
    shortcuts = [name for name in windows.files() if name.endswith("Known Probe.lnk")]
    assert any("Start Menu/Programs/Ada/" in name for name in shortcuts)
    assert any("Desktop/" in name for name in shortcuts)
    entry = windows.registry(f"HKCU\\{LISTED}\\org.example.KnownProbe")
    assert re.search(r"EstimatedSize +REG_DWORD +0x[1-9a-f]", entry)
    assert re.search(r'DisplayIcon +REG_SZ +"C:.*\\probe.exe"', entry)
    remove(windows, of_user(windows, "Known Probe"))
    assert "mprobe" not in windows.registry(f"HKCU\\{CLASSES}")
    assert not [name for name in windows.files() if "Known Probe" in name or name.endswith("/Ada")]


def test_what_another_put_there_stays(windows: Any, make: Maker) -> None:
    package = make("Shared Place", "1.0.0")
    assert install(windows, package) == 0
    folder = of_user(windows, "Shared Place")
    (folder / "resources" / "mine.txt").write_text("mine")
    (windows.home / "AppData/Roaming/org.example.SharedPlace").mkdir()
    scheme = f"HKCU\\{CLASSES}\\mprobe\\shell\\open\\command"
    windows.run("reg", "add", scheme, "/ve", "/d", "other.exe", "/f")
    remove(windows, folder)
    assert (folder / "resources" / "mine.txt").read_text() == "mine"
    assert not (folder / "probe.exe").exists()
    assert (windows.home / "AppData/Roaming/org.example.SharedPlace").is_dir()
    assert "other.exe" in windows.registry(scheme)
    windows.run("reg", "delete", f"HKCU\\{CLASSES}\\mprobe", "/f")
    shutil.rmtree(folder)


def test_data_goes_when_that_is_asked_for(windows: Any, make: Maker) -> None:
    package = make("Purged Probe", "1.0.0")
    assert install(windows, package) == 0
    data = windows.home / "AppData/Local/org.example.PurgedProbe"
    other = windows.home / "AppData/Local/org.example.PurgedProbe2"
    data.mkdir()
    (data / "notes.txt").write_text("notes")
    other.mkdir()
    remove(windows, of_user(windows, "Purged Probe"), "/PURGE")
    assert not data.exists()
    assert other.is_dir()
    other.rmdir()


def test_an_upgrade_leaves_one_entry_and_a_downgrade_is_refused(windows: Any, make: Maker) -> None:
    extra = {"files": [{"source": "words.json", "destination": "/only/once.json"}]}
    old, new = make("Grown Probe", "1.9.0", **extra), make("Grown Probe", "1.10.0-beta.2")
    folder = of_user(windows, "Grown Probe")
    assert install(windows, old) == 0
    assert install(windows, new) == 0
    assert windows.programs("Grown Probe") == ["1.10.0-beta.2"]
    assert said(windows, folder / "probe.exe") == "1.10.0-beta.2"
    assert not (folder / "only").exists()
    assert install(windows, old) == NEWER
    assert windows.programs("Grown Probe") == ["1.10.0-beta.2"]
    assert said(windows, folder / "probe.exe") == "1.10.0-beta.2"
    remove(windows, folder)
    assert windows.programs("Grown Probe") == []


def test_a_downgrade_that_is_allowed_replaces_the_newer(windows: Any, make: Maker) -> None:
    new = make("Shrunk Probe", "1.1.0")
    old = make("Shrunk Probe", "1.0.0", windows={"allow_downgrades": True})
    assert install(windows, new) == 0
    assert install(windows, old) == 0
    assert windows.programs("Shrunk Probe") == ["1.0.0"]
    assert said(windows, of_user(windows, "Shrunk Probe") / "probe.exe") == "1.0.0"
    remove(windows, of_user(windows, "Shrunk Probe"))


def test_folder_and_removed_shortcut_are_kept_by_an_upgrade(windows: Any, make: Maker) -> None:
    versions = [make("Kept Probe", version) for version in ("1.0.0", "1.1.0", "1.2.0")]
    assert install(windows, versions[0], "/D=C:\\first", "place") == 0
    assert [name for name in windows.files() if name.endswith("Kept Probe.lnk")]
    assert install(windows, versions[1]) == 0
    assert said(windows, windows.drive / "first place" / "probe.exe") == "1.1.0"
    [shortcut] = [name for name in windows.files() if name.endswith("Kept Probe.lnk")]
    (windows.drive / shortcut).unlink()
    assert install(windows, versions[2], "/D=C:\\second") == 0
    assert said(windows, windows.drive / "second" / "probe.exe") == "1.2.0"
    assert not (windows.drive / "first place").exists()
    assert not [name for name in windows.files() if name.endswith("Kept Probe.lnk")]
    remove(windows, windows.drive / "second")


def test_no_shortcut_is_made_when_none_is_wanted(windows: Any, make: Maker) -> None:
    package = make("Plain Probe", "1.0.0")
    assert install(windows, package, "/NS") == 0
    assert not [name for name in windows.files() if name.endswith("Plain Probe.lnk")]
    remove(windows, of_user(windows, "Plain Probe"))


def test_the_app_is_started_with_its_words(windows: Any, make: Maker) -> None:
    called = windows.drive / "called.txt"
    package = make("Started Probe", "1.0.0")
    assert install(windows, package) == 0
    assert not called.exists()  # the control
    assert install(windows, package, "/R", "/ARGS", "--open", "two words", "/NS") == 0
    wait_until(called.exists)
    assert called.read_text() == "1.0.0 --open two words /NS"
    called.unlink()
    assert [name for name in windows.files() if name.endswith("Started Probe.lnk")]
    remove(windows, of_user(windows, "Started Probe"))


def test_a_passive_installation_needs_no_hand(windows: Any, make: Maker) -> None:
    package = make("Passive Probe", "1.0.0", nsis={"display_language_selector": True})
    assert windows.run(package, "/P", "/UPDATE")[0] == 0
    assert windows.programs("Passive Probe") == ["1.0.0"]
    remove(windows, of_user(windows, "Passive Probe"))


def test_the_language_is_chosen_and_remembered(windows: Any, make: Maker) -> None:
    package = make("Said Probe", "1.0.0")
    assert install(windows, package, "/LANG=1031") == 0
    assert "1031" in windows.registry(f"HKCU\\{KEY}\\Said Probe")
    assert install(windows, package, "/LANG=1033") == 0
    assert "1033" in windows.registry(f"HKCU\\{KEY}\\Said Probe")
    remove(windows, of_user(windows, "Said Probe"))


def test_an_app_that_runs_is_not_replaced(windows: Any, make: Maker) -> None:
    old, new = make("Busy Probe", "1.0.0"), make("Busy Probe", "1.1.0")
    folder = of_user(windows, "Busy Probe")
    assert install(windows, old) == 0
    running = windows.start(folder / "probe.exe", "wait")
    time.sleep(2)
    assert install(windows, new) == IN_USE
    assert windows.programs("Busy Probe") == ["1.0.0"]
    windows.close()
    assert running.returncode is not None
    assert install(windows, new) == 0
    assert windows.programs("Busy Probe") == ["1.1.0"]
    remove(windows, folder)


def test_hooks_of_ones_own_run_at_their_moments(windows: Any, make: Maker) -> None:
    package = make("Hooked Probe", "1.0.0", nsis={"installer_hooks": "hooks.nsh"})
    said_by_hooks = windows.drive / "hooks.txt"
    assert install(windows, package) == 0
    assert said_by_hooks.read_text().split() == ["PREINSTALL", "POSTINSTALL"]
    remove(windows, of_user(windows, "Hooked Probe"))
    moments = ["PREINSTALL", "POSTINSTALL", "PREUNINSTALL", "POSTUNINSTALL"]
    assert said_by_hooks.read_text().split() == moments
    said_by_hooks.unlink()


def test_webview2_is_installed_where_it_is_not(windows: Any, make: Maker) -> None:
    called = windows.drive / "called.txt"
    mode = {"webview_install": {"mode": "embed_bootstrapper", "path": "webview.exe"}}
    nsis = {"minimum_webview2_version": "110.0.1587.40"}
    package = make("Webview Probe", "1.0.0", windows=mode, nsis=nsis)
    client = "{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
    key = f"HKCU\\SOFTWARE\\Microsoft\\EdgeUpdate\\Clients\\{client}"
    assert install(windows, package) == 0
    assert called.read_text() == "webview /silent /install"
    called.unlink()
    windows.run("reg", "add", key, "/v", "pv", "/d", "109.0.0.0", "/f")
    assert install(windows, package) == 0
    assert called.read_text() == "webview /silent /install"
    called.unlink()
    windows.run("reg", "add", key, "/v", "pv", "/d", "120.0.0.0", "/f")
    assert install(windows, package) == 0
    assert not called.exists()
    windows.run("reg", "delete", key, "/f")
    remove(windows, of_user(windows, "Webview Probe"))


def test_texts_of_an_app_are_never_code(windows: Any, make: Maker) -> None:
    name = "It's $INSTDIR `odd` & ${NSISDIR} $$ $%PATH%"
    package = make(name, "1.0.0", description='A "quoted" $0 text')
    assert install(windows, package) == 0
    assert windows.programs(name) == ["1.0.0"]
    entry = windows.registry(f"HKCU\\{LISTED}")
    assert 'A "quoted" $0 text' in entry
    folder = of_user(windows, name)
    assert said(windows, folder / "probe.exe") == "1.0.0"
    remove(windows, folder)
    assert windows.programs(name) == []


def test_a_signed_setup_leaves_a_signed_app_and_uninstaller(
    windows: Any, make: Maker, tmp_path: Path
) -> None:
    if shutil.which("osslsigncode") is None:
        pytest.skip("needs osslsigncode: packaging/apt.txt")
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Ada"]
    words += ["-addext", "extendedKeyUsage=codeSigning", "-days", "9"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "own.pem")]
    subprocess.run([*words, *files], check=True, capture_output=True)
    key = {"certificate": str(tmp_path / "own.pem"), "key": {"file": str(tmp_path / "key.pem")}}
    authenticode = {**key, "roots": str(tmp_path / "own.pem")}
    package = make("Signed Probe", "1.0.0", signing={"authenticode": authenticode})
    plain = make("Plain Signed Probe", "1.0.0")
    folder, other = (of_user(windows, f"{name}Signed Probe") for name in ("", "Plain "))
    assert install(windows, package) == 0
    assert install(windows, plain) == 0
    signed = [package, folder / "probe.exe", folder / "uninstall.exe"]
    assert [_verifies(path, tmp_path) for path in signed] == [True, True, True]
    assert not _verifies(other / "uninstall.exe", tmp_path)  # the control
    remove(windows, folder)
    remove(windows, other)
    assert windows.programs("Signed Probe") == []


def _verifies(path: Path, folder: Path) -> bool:
    words = ["osslsigncode", "verify", "-CAfile", str(folder / "own.pem"), "-in", str(path)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


needs_hands = pytest.mark.skipif(
    shutil.which("xdotool") is None or not os.environ.get("DISPLAY"),
    reason="needs a display and xdotool",
)


def press(title: str, *keys: str) -> None:
    """Press keys in the window of a wizard, with time to turn the page after each."""
    wait_until(lambda: bool(_xdotool("search", "--onlyvisible", "--name", title)))
    for key in keys:
        time.sleep(1.5)
        window = _xdotool("search", "--onlyvisible", "--name", title).split()[-1]
        _xdotool("windowfocus", window)
        _xdotool("key", key)


def _xdotool(*words: str) -> str:
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False).stdout


@needs_hands
def test_the_wizard_installs_starts_and_removes(windows: Any, make: Maker) -> None:
    package = make("Clicked Probe", "1.0.0")
    program = of_user(windows, "Clicked Probe") / "probe.exe"
    called = windows.drive / "called.txt"
    wizard = windows.start(package)
    press("^Clicked Probe Setup", "Return", "Return")  # welcome, licence
    time.sleep(2)
    assert not program.exists()  # the folder is asked for first
    press("^Clicked Probe Setup", "Return")
    wait_until(program.exists)
    time.sleep(3)
    press("^Clicked Probe Setup", "Return")
    wizard.communicate(timeout=60)
    assert wizard.returncode == 0
    wait_until(called.exists)  # the app was started
    called.unlink()
    assert windows.programs("Clicked Probe") == ["1.0.0"]
    data = windows.home / "AppData/Roaming/org.example.ClickedProbe"
    data.mkdir()
    windows.start(
        f"C:\\{program.parent.relative_to(windows.drive)}\\uninstall.exe".replace("/", "\\")
    )
    press("^Clicked Probe Uninstall", "Return")  # the folder
    time.sleep(2)
    assert program.exists()
    press("^Clicked Probe Uninstall", "alt+d", "Return")  # the box: data too
    wait_until(lambda: not program.parent.exists())
    press("^Clicked Probe Uninstall", "Return")
    assert not data.exists()
