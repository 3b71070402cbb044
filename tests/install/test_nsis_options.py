"""Setup programs by their command line, hooks, signatures and pages, in a Windows of Wine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "packages/millennium-bundler/tests/programs"))
from setup_programs import FAILED, IN_USE, install, install_with_rights, of_user, remove
from windows_programs import (
    KEY,
    LISTED,
    Maker,
    compile_program,
    hands,
    limited,
    maker,
    said,
    wait_until,
    xdotool,
)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, windows: Any) -> Maker:
    """Makes packages."""
    return maker(tmp_path_factory.mktemp("packages"), "nsis")


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


@pytest.mark.parametrize("mode", ["current_user", "per_machine"])
def test_what_is_downloaded_lies_where_nobody_with_fewer_rights_can_change_it(
    windows: Any, make: Maker, tmp_path: Path, mode: str
) -> None:
    shell = windows.drive / "windows/system32/WindowsPowerShell/v1.0/powershell.exe"
    kept = shell.read_bytes()
    compile_program(tmp_path / "powershell.exe", "powershell")
    shell.write_bytes((tmp_path / "powershell.exe").read_bytes())
    called = windows.drive / "called.txt"
    downloaded = {"webview_install": {"mode": "download_bootstrapper"}}
    package = make("Fetched Probe", "1.0.0", windows=downloaded, nsis={"install_mode": mode})
    ask = {"current_user": install, "per_machine": install_with_rights}[mode]
    assert ask(windows, package) == 0
    folder, _, words = called.read_text().partition(">powershell ")
    # Wine's folder for a user's temporary files has moved from one version to another.
    places = {"current_user": r"c:\\users\\.*\\temp", "per_machine": r"c:\\windows\\temp"}
    assert re.fullmatch(places[mode] + r"\\ns[^\\]*", folder.lower())
    assert "Invoke-WebRequest" in words
    assert words.endswith("exit $p.ExitCode")  # NSIS cuts what is too long for it
    called.unlink()
    shell.write_bytes(kept)
    homes = {"current_user": windows.home / "AppData/Local/Programs"}
    remove(windows, homes.get(mode, windows.drive / "Program Files") / "Fetched Probe")


def test_nothing_is_installed_where_webview2_cannot_be(windows: Any, make: Maker) -> None:
    mode = {"webview_install": {"mode": "embed_bootstrapper", "path": "failing.exe"}}
    package = make("Failing Probe", "1.0.0", windows=mode)
    assert install(windows, package) == FAILED
    assert windows.programs("Failing Probe") == []
    assert not of_user(windows, "Failing Probe").exists()
    assert windows.registry(f"HKCU\\{KEY}\\Failing Probe") == ""


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


def press(title: str, *keys: str) -> None:
    """Press keys in the window of a wizard, with time to turn the page after each."""
    wait_until(lambda: bool(xdotool("search", "--onlyvisible", "--name", title)))
    for key in keys:
        time.sleep(1.5)
        window = xdotool("search", "--onlyvisible", "--name", title).split()[-1]
        xdotool("windowfocus", window)
        xdotool("key", key)


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Hands."""
    with hands():
        yield


@pytest.mark.usefixtures("keyboard")
def test_the_wizard_installs_starts_and_removes(windows: Any, make: Maker) -> None:
    package = make("Clicked Probe", "1.0.0")
    program = of_user(windows, "Clicked Probe") / "probe.exe"
    called = windows.drive / "called.txt"
    wizard = windows.start(limited(windows), package)
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
