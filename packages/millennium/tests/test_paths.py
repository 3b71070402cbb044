"""Where files belong."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from millennium.paths import AppPaths, installed_resources
from millennium.security.scope import VARIABLES

IDENTIFIER = "org.example.notes"
XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (*XDG, "XDG_RUNTIME_DIR", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def relative(home: Path, paths: AppPaths) -> list[str]:
    folders = (paths.app_data, paths.app_config, paths.app_cache, paths.app_log)
    return [folder.relative_to(home).as_posix() for folder in folders]


def test_linux_follows_the_standard(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert relative(home, AppPaths.of(IDENTIFIER)) == [
        f".local/share/{IDENTIFIER}",
        f".config/{IDENTIFIER}",
        f".cache/{IDENTIFIER}",
        f".local/state/{IDENTIFIER}/logs",
    ]


def test_linux_follows_the_users_variables(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in XDG:
        monkeypatch.setenv(name, str(home / name))
    assert relative(home, AppPaths.of(IDENTIFIER)) == [
        f"XDG_DATA_HOME/{IDENTIFIER}",
        f"XDG_CONFIG_HOME/{IDENTIFIER}",
        f"XDG_CACHE_HOME/{IDENTIFIER}",
        f"XDG_STATE_HOME/{IDENTIFIER}/logs",
    ]


def test_a_relative_variable_counts_as_unset(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "somewhere")
    assert AppPaths.of(IDENTIFIER).data == home / ".local" / "share"


def test_macos_has_its_library(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "confstr", lambda name: str(home / "temporary"))
    paths = AppPaths.of(IDENTIFIER)
    assert relative(home, paths) == [
        f"Library/Application Support/{IDENTIFIER}",
        f"Library/Application Support/{IDENTIFIER}",
        f"Library/Caches/{IDENTIFIER}",
        f"Library/Logs/{IDENTIFIER}",
    ]
    assert paths.temp == home / "temporary"


def test_windows_has_its_app_data(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    paths = AppPaths.of(IDENTIFIER)
    assert relative(home, paths) == [
        f"AppData/Roaming/{IDENTIFIER}",
        f"AppData/Roaming/{IDENTIFIER}",
        f"AppData/Local/{IDENTIFIER}",
        f"AppData/Local/{IDENTIFIER}/logs",
    ]
    assert paths.temp == home / "AppData" / "Local" / "Temp"


def test_the_users_own_folders_are_read(home: Path) -> None:
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text(
        '# made by a tool\nXDG_DOCUMENTS_DIR="$HOME/Papiere"\nXDG_MUSIC_DIR="/srv/music"\n'
        'XDG_VIDEOS_DIR="$(touch /tmp/never)"\n'
    )
    paths = AppPaths.of(IDENTIFIER)
    assert (paths.document, paths.audio, paths.video) == (
        home / "Papiere",
        Path("/srv/music"),
        home / "Videos",
    )


def test_a_damaged_list_of_folders_counts_as_none(home: Path) -> None:
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_bytes(b'XDG_DOCUMENTS_DIR="\xff"')
    assert AppPaths.of(IDENTIFIER).document == home / "Documents"


def optional(home: Path, paths: AppPaths) -> dict[str, str]:
    names = ("LOCALDATA", "APPLOCALDATA", "FONT", "EXE", "RUNTIME", "RESOURCE")
    variables = paths.variables()
    return {
        name: variables[name].relative_to(home).as_posix() for name in names if name in variables
    }


def test_linux_has_every_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    assert optional(home, AppPaths.of(IDENTIFIER, resource=home / "project")) == {
        "LOCALDATA": ".local/share",
        "APPLOCALDATA": f".local/share/{IDENTIFIER}",
        "FONT": ".local/share/fonts",
        "EXE": ".local/bin",
        "RUNTIME": "run",
        "RESOURCE": "project",
    }


@pytest.mark.parametrize("value", ["", "run"], ids=["empty", "relative"])
def test_a_runtime_folder_that_is_not_given_has_no_variable(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    assert "RUNTIME" not in AppPaths.of(IDENTIFIER).variables()


def test_macos_has_fonts_and_no_folder_of_programs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "confstr", lambda name: str(home / "temporary"))
    assert optional(home, AppPaths.of(IDENTIFIER)) == {
        "LOCALDATA": "Library/Application Support",
        "APPLOCALDATA": f"Library/Application Support/{IDENTIFIER}",
        "FONT": "Library/Fonts",
    }


def test_windows_tells_local_data_from_roaming(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert optional(home, AppPaths.of(IDENTIFIER)) == {
        "LOCALDATA": "AppData/Local",
        "APPLOCALDATA": f"AppData/Local/{IDENTIFIER}",
    }


@pytest.mark.parametrize(
    ("platform", "program", "expected"),
    [
        ("linux", "usr/bin/notes", "usr/lib/notes"),
        ("linux", "downloads/notes", None),
        ("darwin", "Notes.app/Contents/MacOS/notes", "Notes.app/Contents/Resources"),
        ("darwin", "downloads/notes", None),
        ("win32", "Notes/notes.exe", "Notes/resources"),
    ],
    ids=["linux", "linux not installed", "macos", "macos not installed", "windows"],
)
def test_installed_resources_are_found_by_where_the_program_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    program: str,
    expected: str | None,
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    found = installed_resources(tmp_path / program)
    assert found == (expected and tmp_path / expected)


def test_installed_resources_are_those_of_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "notes").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "bin" / "notes")
    assert installed_resources(tmp_path / "link") == tmp_path / "lib" / "notes"


def test_every_variable_of_a_pattern_has_its_folder(tmp_path: Path) -> None:
    assert AppPaths.below(tmp_path, IDENTIFIER).variables().keys() == VARIABLES


def test_scope_variables_name_the_folders(home: Path) -> None:
    paths = AppPaths.of(IDENTIFIER)
    variables = paths.variables()
    assert (variables["APPDATA"], variables["HOME"], variables["LOG"], variables["APP"]) == (
        paths.app_data,
        home,
        paths.app_log,
        paths.app_config,
    )


def test_for_tests_all_folders_are_below_one(tmp_path: Path) -> None:
    folders = AppPaths.below(tmp_path, IDENTIFIER).variables().values()
    assert [folder for folder in folders if not folder.is_relative_to(tmp_path)] == []
