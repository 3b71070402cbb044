"""Typelibs come with what they depend on, in the order in which they must be loaded."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from millennium_build.errors import TypelibError
from millennium_build.freeze.plan.typelibs import TypelibChoice, read_dependencies

MAGIC = b"GOBJ\nMETADATA\r\n\x1a"


def _typelib(folder: Path, name: str, dependencies: str = "") -> None:
    header = MAGIC.ljust(36, b"\0") + struct.pack("<I", 40 if dependencies else 0)
    (folder / f"{name}.typelib").write_bytes(header + dependencies.encode() + b"\0")


def _chosen(folder: Path, asked: dict[str, set[str]]) -> list[str]:
    choice = TypelibChoice((folder, folder / "absent"))
    choice.add_all(asked)
    return [f"{each.namespace}-{each.version}" for each in choice.chosen.values()]


def test_dependencies_stand_first(tmp_path: Path) -> None:
    _typelib(tmp_path, "GLib-2.0")
    _typelib(tmp_path, "Gdk-3.0", "GLib-2.0")
    _typelib(tmp_path, "Gtk-3.0", "Gdk-3.0|GLib-2.0")
    assert _chosen(tmp_path, {"Gtk": {"3.0"}}) == ["GLib-2.0", "Gdk-3.0", "Gtk-3.0"]


def test_version_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    _typelib(tmp_path, "Gtk-3.0")
    _typelib(tmp_path, "Gtk-4.0")
    assert _chosen(tmp_path, {"Gtk": {"3.0"}}) == ["Gtk-3.0"]


def test_highest_version_is_taken_when_none_is_asked_for(tmp_path: Path) -> None:
    _typelib(tmp_path, "Soup-2.4")
    _typelib(tmp_path, "Soup-3.0")
    assert _chosen(tmp_path, {"Soup": set()}) == ["Soup-3.0"]


def test_version_of_a_dependency_decides_for_an_import_without_one(tmp_path: Path) -> None:
    _typelib(tmp_path, "Gdk-3.0")
    _typelib(tmp_path, "Gdk-4.0")
    _typelib(tmp_path, "Gtk-3.0", "Gdk-3.0")
    assert _chosen(tmp_path, {"Gdk": set(), "Gtk": {"3.0"}}) == ["Gdk-3.0", "Gtk-3.0"]


def test_namespace_that_is_not_installed_is_passed_over(tmp_path: Path) -> None:
    assert _chosen(tmp_path, {"Nothing": {"1.0"}}) == []


def test_missing_dependency_is_named(tmp_path: Path) -> None:
    _typelib(tmp_path, "Gtk-3.0", "Gdk-3.0")
    with pytest.raises(TypelibError, match=r"Gdk-3\.0"):
        _chosen(tmp_path, {"Gtk": {"3.0"}})


@pytest.mark.parametrize(
    "data",
    [b"", b"ELF", MAGIC, MAGIC.ljust(36, b"\0") + struct.pack("<I", 4000)],
    ids=["empty", "other", "cut-off", "beyond"],
)
def test_what_is_no_typelib_is_refused(data: bytes) -> None:
    with pytest.raises(TypelibError):
        read_dependencies(data)
