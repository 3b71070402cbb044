"""Real .msi packages in a Windows of Wine: installed, run, upgraded, refused, removed, clicked through."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "packages/millennium-bundler/tests/programs"))
from windows_programs import KEY as KEY_BELOW
from windows_programs import (
    Maker,
    hands,
    maker,
    said,
    wait_until,
    xdotool,
)
from windows_programs import leftovers as windows_leftovers

pytestmark = pytest.mark.timeout(300)

# Where programs and their installers are kept; Wine makes them when they are first needed.
USER_FOLDERS = ("Local/Programs", "Roaming/Microsoft/Installer")
REFUSED, LEFT = 1603 & 0xFF, 1602 & 0xFF
KEY = f"HKLM\\{KEY_BELOW}"


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, windows: Any) -> Maker:
    """Makes packages."""
    return maker(tmp_path_factory.mktemp("packages"), "msi")


def install(windows: Any, package: Path, *words: str) -> int:
    return int(windows.run("msiexec", "/i", package, "/qn", *words)[0])


def remove(windows: Any, package: Path) -> int:
    return int(windows.run("msiexec", "/x", package, "/qn")[0])


def leftovers(windows: Any, before: set[str], word: str) -> list[str]:
    """Return what an installation has left."""
    own = {windows.home / "AppData" / place for place in USER_FOLDERS}
    folders = [str(path.relative_to(windows.drive)) for path in own]
    return windows_leftovers(windows, before, word, *folders, "windows/Installer")


def test_a_program_of_the_machine_is_installed_run_and_removed(windows: Any, make: Maker) -> None:
    before = windows.files()
    package = make("Whole Probe", "1.0.0")
    assert install(windows, package) == 0
    folder = windows.drive / "Program Files" / "Whole Probe"
    assert (folder / "resources/deep folder/words.json").read_text() == '{"version": "1.0.0"}'
    assert said(windows, "C:\\Program Files\\Whole Probe\\probe.exe") == "1.0.0"
    assert windows.programs("Whole Probe") == ["1.0.0"]
    assert leftovers(windows, before, "WholeProbe")  # the control: there is something to find
    assert remove(windows, package) == 0
    assert windows.programs("Whole Probe") == []
    assert leftovers(windows, before, "WholeProbe") == []


def test_windows_knows_documents_links_and_the_menu(windows: Any, make: Maker) -> None:
    package = make("Known Probe", "1.0.0", msi={"desktop_shortcut": True})
    assert install(windows, package) == 0
    program = '"C:\\Program Files\\Known Probe\\probe.exe" "%1"'
    classes = "HKLM\\Software\\Classes"
    assert program in windows.registry(f"{classes}\\mprobe\\shell\\open\\command")
    assert "URL Protocol" in windows.registry(f"{classes}\\mprobe")
    assert program in windows.registry(f"{classes}\\org.example.KnownProbe.mprobe")
    offered = windows.registry(f"{classes}\\.mprobe\\OpenWithProgids")
    assert "org.example.KnownProbe.mprobe" in offered
    listed = windows.registry("HKLM\\Software\\RegisteredApplications")
    assert "Software\\Ada Lovelace\\Known Probe\\Capabilities" in listed
    assert any(name.endswith("Known Probe.lnk") for name in windows.files())
    assert remove(windows, package) == 0
    assert "mprobe" not in windows.registry(classes)


def test_one_user_installs_without_rights(windows: Any, make: Maker) -> None:
    before = windows.files()
    package = make("User Probe", "1.0.0", msi={"install_scope": "per_user"})
    assert install(windows, package) == 0
    folder = windows.home / "AppData/Local/Programs/User Probe"
    assert (folder / "probe.exe").is_file()
    assert "mprobe" in windows.registry("HKCU\\Software\\Classes\\mprobe\\shell")
    assert windows.registry(f"{KEY}\\User Probe") == ""
    assert windows.programs("User Probe") == ["1.0.0"]
    assert leftovers(windows, before, "UserProbe")
    assert remove(windows, package) == 0
    assert leftovers(windows, before, "UserProbe") == []


def test_an_upgrade_leaves_one_entry_and_a_downgrade_is_refused(windows: Any, make: Maker) -> None:
    old, new = make("Grown Probe", "1.0.0"), make("Grown Probe", "1.1.0")
    program = "C:\\Program Files\\Grown Probe\\probe.exe"
    assert install(windows, old) == 0
    assert install(windows, new) == 0
    assert windows.programs("Grown Probe") == ["1.1.0"]
    assert said(windows, program) == "1.1.0"
    assert install(windows, old) == REFUSED
    assert windows.programs("Grown Probe") == ["1.1.0"]
    assert said(windows, program) == "1.1.0"
    assert remove(windows, new) == 0
    assert windows.programs("Grown Probe") == []


def test_a_downgrade_that_is_allowed_replaces_the_newer(windows: Any, make: Maker) -> None:
    allowed = {"webview_install": {"mode": "skip"}, "allow_downgrades": True}
    old = make("Shrunk Probe", "1.0.0", windows=allowed)
    new = make("Shrunk Probe", "1.1.0", windows=allowed)
    assert install(windows, new) == 0
    assert install(windows, old) == 0
    assert windows.programs("Shrunk Probe") == ["1.0.0"]
    assert said(windows, "C:\\Program Files\\Shrunk Probe\\probe.exe") == "1.0.0"
    assert remove(windows, old) == 0


def test_a_version_built_anew_replaces_itself_in_another_language(
    windows: Any, make: Maker
) -> None:
    english = make("Twice Probe", "1.0.0")
    german = make("Twice Probe", "1.0.0", msi={"language": ["de-DE"]})
    assert install(windows, english) == 0
    assert install(windows, german) == 0
    assert windows.programs("Twice Probe") == ["1.0.0"]
    assert remove(windows, german) == 0
    assert windows.programs("Twice Probe") == []


def test_the_folder_is_kept_unless_another_is_named(windows: Any, make: Maker) -> None:
    versions = [make("Kept メモ", version) for version in ("1.0.0", "1.1.0", "1.2.0")]
    assert install(windows, versions[0], "INSTALLDIR=C:\\first") == 0
    assert any(name.endswith("Kept メモ.lnk") for name in windows.files())
    assert install(windows, versions[1]) == 0
    assert said(windows, "C:\\first\\probe.exe") == "1.1.0"
    assert install(windows, versions[2], "INSTALLDIR=C:\\second") == 0
    assert said(windows, "C:\\second\\probe.exe") == "1.2.0"
    assert not (windows.drive / "first" / "probe.exe").exists()
    assert remove(windows, versions[2]) == 0


def test_the_path_has_the_program_while_it_is_installed(windows: Any, make: Maker) -> None:
    environment = "HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment"
    package = make("Path Probe", "1.0.0", msi={"add_to_path": True})
    assert install(windows, package) == 0
    assert "C:\\Program Files\\Path Probe" in windows.registry(environment)
    assert remove(windows, package) == 0
    assert "Path Probe" not in windows.registry(environment)


def test_webview2_is_installed_where_it_is_not(windows: Any, make: Maker) -> None:
    called = windows.drive / "called.txt"
    mode = {"webview_install": {"mode": "embed_bootstrapper", "path": "webview.exe"}}
    package = make("Webview Probe", "1.0.0", windows=mode)
    assert install(windows, package) == 0
    assert called.read_text() == "webview /silent /install"
    assert remove(windows, package) == 0
    called.unlink()
    client = "{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
    key = f"HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\EdgeUpdate\\Clients\\{client}"
    windows.run("reg", "add", key, "/v", "pv", "/d", "120.0.0.0", "/f")
    assert install(windows, package) == 0
    assert not called.exists()
    assert remove(windows, package) == 0


def test_rows_of_ones_own_are_installed(windows: Any, make: Maker) -> None:
    row = {
        "Registry": "Beta",
        "Root": 2,
        "Key": "Software\\Ada Lovelace\\Beta",
        "Name": "On",
        "Value": "#1",
        "Component_": "Settings",
    }
    beside = {"rows.json": json.dumps({"Registry": [row]})}
    msi = {"fragment_paths": ["rows.json"]}
    package = make("Own Probe", "1.0.0", msi=msi, beside=beside)
    assert install(windows, package) == 0
    assert "0x1" in windows.registry(f"{KEY}\\Beta")
    assert remove(windows, package) == 0
    assert windows.registry(f"{KEY}\\Beta") == ""


def test_a_signed_package_is_installed_and_a_flipped_byte_is_found(
    windows: Any, make: Maker, tmp_path: Path
) -> None:
    if shutil.which("osslsigncode") is None:
        pytest.skip("needs osslsigncode: packaging/apt.txt")
    key, certificate, altered = (tmp_path / name for name in ("key.pem", "own.pem", "altered.msi"))
    subject = ("-subj", "/CN=Probe", "-addext", "extendedKeyUsage=codeSigning", "-days", "9")
    words = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key)
    assert run(*words, "-out", certificate, *subject) == 0
    authenticode = {
        "certificate": str(certificate),
        "key": {"file": str(key)},
        "roots": str(certificate),
    }
    signed = make("Signed Probe", "1.0.0", signing={"authenticode": authenticode})
    data = bytearray(signed.read_bytes())
    data[len(data) // 2] ^= 1
    altered.write_bytes(data)
    verify = ("osslsigncode", "verify", "-CAfile", certificate, "-in")
    assert run(*verify, signed) == 0
    assert run(*verify, altered) != 0
    assert install(windows, signed) == 0
    assert windows.programs("Signed Probe") == ["1.0.0"]
    assert run(*verify, windows.drive / "Program Files/Signed Probe/probe.exe") == 0
    assert remove(windows, signed) == 0


def run(*words: str | Path) -> int:
    """Run a tool of this machine; return its exit code."""
    return subprocess.run(
        [str(word) for word in words], capture_output=True, check=False
    ).returncode


class Wizard:
    """The pages of an installer, one window after the other."""

    def __init__(self, windows: Any, package: Path, title: str) -> None:
        self._process = windows.start("msiexec", "/i", package)
        self._title = title
        self._window = ""
        self._seen: set[str] = set()

    def page(self, settled_s: float = 1.0) -> None:
        """Wait for the next page that stays, and give it the keys."""
        before, since = self._window, time.monotonic()
        # The page below a question is there again for a moment when that is answered.
        self._seen.add(before)
        until = since + 60
        while self._window == before or time.monotonic() - since < settled_s:
            assert time.monotonic() < until, f"no further page of {self._title}"
            found = xdotool("search", "--onlyvisible", "--name", f"^{self._title}$").split()
            new = [window for window in found if window not in self._seen]
            if new and new[-1] != self._window:
                self._window, since = new[-1], time.monotonic()
            time.sleep(0.2)
        # The manager answers when it has the keys; without that, a busy machine loses the first.
        xdotool("windowactivate", "--sync", self._window)
        time.sleep(0.5)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            xdotool("key", key)
            time.sleep(0.5)

    def end(self) -> int:
        """Wait for the end; return the last byte of the exit code."""
        self._process.communicate(timeout=60)
        return int(self._process.returncode)


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Hands."""
    with hands():
        yield


@pytest.mark.usefixtures("keyboard")
def test_the_wizard_installs_and_starts_the_app(windows: Any, make: Maker) -> None:
    package = make("Clicked Probe", "1.0.0")
    program = windows.drive / "Program Files" / "Clicked Probe" / "probe.exe"
    wizard = Wizard(windows, package, "Clicked Probe Setup")
    wizard.page()  # welcome
    wizard.press("Return")
    wizard.page()  # licence: Next is dead until it is accepted
    wizard.press("Return", "space", "Return")
    wizard.page()  # folder
    wizard.press("Return")
    wait_until(program.exists)
    wizard.page(settled_s=5)  # past the progress
    called = windows.drive / "called.txt"
    wizard.press("Return")
    assert wizard.end() == 0
    wait_until(called.exists)  # the app was started
    called.unlink()
    assert windows.programs("Clicked Probe") == ["1.0.0"]
    # Wine's engine keeps what the first page counted, so that Remove there does nothing: only the page
    # is looked at, and the removal is asked for by hand.
    wizard = Wizard(windows, package, "Clicked Probe Setup")
    wizard.page()  # repair or remove
    wizard.press("Escape")
    wizard.page()  # it was interrupted
    wizard.press("Return")
    assert wizard.end() == LEFT
    assert remove(windows, package) == 0
    assert not program.exists()


@pytest.mark.usefixtures("keyboard")
def test_who_leaves_the_wizard_has_nothing_installed(windows: Any, make: Maker) -> None:
    wizard = Wizard(windows, make("Left Probe", "1.0.0"), "Left Probe Setup")
    wizard.page()
    wizard.press("Escape")
    wizard.page()  # do you want to leave?
    wizard.press("alt+y")
    wizard.page()  # it was interrupted
    wizard.press("Return")
    assert wizard.end() == LEFT
    assert windows.programs("Left Probe") == []
