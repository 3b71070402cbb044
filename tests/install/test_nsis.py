"""Real setup programs in a Windows of Wine: installed, run, upgraded, refused, removed."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "packages/millennium-bundler/tests/programs"))
from setup_programs import (
    LENT_RIGHTS,
    NEWER,
    NO_RIGHTS,
    install,
    install_with_rights,
    leftovers,
    of_user,
    remove,
)
from windows_programs import CLASSES, KEY, LISTED, Maker, limited, maker, said

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, windows: Any) -> Maker:
    """Makes packages."""
    return maker(tmp_path_factory.mktemp("packages"), "nsis")


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
    assert install(windows, package) == NO_RIGHTS
    assert install_with_rights(windows, package) == 0
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
    assert install(windows, package, "/ALLUSERS") == NO_RIGHTS
    assert not shared.exists()
    assert install_with_rights(windows, package, "/ALLUSERS") == 0
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


def test_an_update_of_what_all_users_have_makes_no_second_copy(windows: Any, make: Maker) -> None:
    old, new = (make("All Probe", v, nsis={"install_mode": "both"}) for v in ("1.0.0", "1.1.0"))
    assert install_with_rights(windows, old, "/ALLUSERS") == 0
    assert install(windows, new) == NO_RIGHTS
    assert not of_user(windows, "All Probe").exists()
    assert install_with_rights(windows, new) == 0
    assert windows.programs("All Probe") == ["1.1.0"]
    assert said(windows, windows.drive / "Program Files/All Probe/probe.exe") == "1.1.0"
    remove(windows, windows.drive / "Program Files" / "All Probe")


@pytest.mark.parametrize("mode", ["current_user", "both"])
def test_rights_are_not_lent_to_a_program_that_the_user_s_registry_names(
    windows: Any, make: Maker, mode: str
) -> None:
    package = make("Lent Probe", "1.0.0", nsis={"install_mode": mode})
    planted, called = windows.drive / "planted", windows.drive / "called.txt"
    planted.mkdir()
    shutil.copy(package.parents[1] / "probe.exe", planted / "uninstall.exe")
    entry = f"HKCU\\{LISTED}\\org.example.LentProbe"
    windows.run("reg", "add", entry, "/v", "InstallLocation", "/d", "C:\\planted", "/f")
    assert install_with_rights(windows, package) == LENT_RIGHTS
    assert not called.exists()
    assert not of_user(windows, "Lent Probe").exists()
    # The control: without rights there is nothing to lend, and it is called.
    assert install(windows, package) == 0
    assert called.read_text() == "1.0.0 /S /UPDATE _?=C:\\planted"
    called.unlink()
    remove(windows, of_user(windows, "Lent Probe"))


def test_nor_is_the_user_s_registry_asked_where_to(windows: Any, make: Maker) -> None:
    package = make("Led Probe", "1.0.0")
    place = f"HKCU\\{KEY}\\Led Probe"
    windows.run("reg", "add", place, "/v", "InstallDir", "/d", "C:\\led", "/f")
    assert install_with_rights(windows, package) == 0
    assert not (windows.drive / "led").exists()
    remove(windows, of_user(windows, "Led Probe"))
    windows.run("reg", "add", place, "/v", "InstallDir", "/d", "C:\\led", "/f")
    assert install(windows, package) == 0  # the control
    assert (windows.drive / "led" / "probe.exe").is_file()
    remove(windows, windows.drive / "led")


def test_who_is_given_no_rights_is_asked_once_and_installs_nothing(
    windows: Any, make: Maker
) -> None:
    package = make("Asked Probe", "1.0.0", nsis={"install_mode": "both"})
    shared = windows.drive / "Program Files" / "Asked Probe"
    # Wine starts the program anew, as Windows does after the question, but gives it nothing.
    windows.run(limited(windows), package, "/P", "/ALLUSERS")
    windows.close()
    assert not shared.exists()
    assert not of_user(windows, "Asked Probe").exists()
    assert windows.run(package, "/P", "/ALLUSERS")[0] == 0  # the control
    assert (shared / "probe.exe").is_file()
    remove(windows, shared)
