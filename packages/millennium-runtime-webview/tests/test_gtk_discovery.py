"""Where `gi` comes from: the environment, the distribution, or nowhere."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import millennium_runtime
from millennium_runtime.errors import NoEngineError
from millennium_runtime_webview import gtk_discovery
from millennium_runtime_webview.gtk_discovery import (
    DistributionFinder,
    candidate_folders,
    find_distribution_gi,
    find_gi,
)

FITS = ".cpython-399-x86_64-linux-gnu.so"


def make_gi(folder, suffix):
    (folder / "gi").mkdir(parents=True)
    (folder / "gi" / "__init__.py").write_text("origin = 'distribution'\n")
    (folder / "gi" / f"_gi{suffix}").touch()
    (folder / "yaml").mkdir()
    (folder / "yaml" / "__init__.py").touch()
    return folder


@pytest.fixture
def without_gi(monkeypatch):
    """An interpreter that has no gi of its own."""
    monkeypatch.delitem(sys.modules, "gi", raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "gi" else find_spec(name)
    )


def test_the_environment_comes_first(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "gi", sys)
    assert find_gi() == "environment"


def test_the_distributions_gi_is_used_when_it_fits(tmp_path):
    folder = make_gi(tmp_path / "dist-packages", FITS)
    assert find_distribution_gi([tmp_path / "none", folder], FITS) == folder


def test_a_gi_for_another_python_is_left_alone(tmp_path):
    folder = make_gi(tmp_path / "dist-packages", ".cpython-310-x86_64-linux-gnu.so")
    assert find_distribution_gi([folder], FITS) is None


def test_only_gi_becomes_importable(tmp_path):
    folder = make_gi(tmp_path / "dist-packages", FITS)
    finder = DistributionFinder(folder)
    found = finder.find_spec("gi")
    assert found is not None
    assert found.origin == str(folder / "gi" / "__init__.py")
    assert finder.find_spec("yaml") is None
    assert finder.find_spec("gi.repository", [str(folder / "gi")]) is None


def test_the_distributions_gi_is_found_without_touching_the_path(monkeypatch, tmp_path, without_gi):
    folder = make_gi(tmp_path / "dist-packages", FITS)
    monkeypatch.setattr(gtk_discovery, "candidate_folders", lambda: (folder,))
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: FITS)
    before = list(sys.path)
    assert find_gi() == str(folder)
    assert find_gi() == str(folder)
    assert sys.path == before
    assert isinstance(sys.meta_path[-1], DistributionFinder)


def test_without_any_gi_one_command_is_named(monkeypatch, without_gi):
    monkeypatch.setattr(gtk_discovery, "candidate_folders", tuple)
    with pytest.raises(NoEngineError, match="PyGObject") as raised:
        find_gi()
    assert "install" in raised.value.help


def make_system(root, *, glib="", python="", apt=True):
    """Lay out the files by which a distribution is known."""
    (root / "usr/bin").mkdir(parents=True)
    libraries = root / "usr/lib/x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    (libraries / f"libglib-2.0.so.0.{glib}").touch()
    (libraries / "libglib-2.0.so.0").symlink_to(f"libglib-2.0.so.0.{glib}")
    (root / "usr/bin/python3").symlink_to(f"python{python}")
    (root / "usr/bin" / ("apt" if apt else "dnf")).touch()
    return root


NEW_PIP = 'pip install "millennium-runtime-webview[gtk]"'
OLD_PIP = 'pip install "PyGObject>=3.50,<3.52"'
TOOLS = "sudo apt install gcc pkg-config libcairo2-dev"


@pytest.mark.parametrize(
    ("system", "python", "command"),
    [
        ({"glib": "7400.6", "python": "3.11"}, "3.11", "sudo apt install python3-gi"),
        (
            {"glib": "7400.6", "python": "3.11"},
            "3.13",
            f"{TOOLS} libgirepository1.0-dev && {OLD_PIP}",
        ),
        ({"glib": "8400.4", "python": "3.13"}, "3.13", "sudo apt install python3-gi"),
        (
            {"glib": "8400.4", "python": "3.13"},
            "3.11",
            f"{TOOLS} libgirepository-2.0-dev && {NEW_PIP}",
        ),
        ({"glib": "7800.1", "python": "3.12", "apt": False}, "3.12", OLD_PIP),
        ({"glib": "8600.0", "python": "3.14", "apt": False}, "3.14", NEW_PIP),
    ],
    ids=["debian-12", "debian-12-other", "debian-13", "debian-13-other", "old-rpm", "new-rpm"],
)
def test_the_command_fits_the_distribution(tmp_path, system, python, command):
    assert gtk_discovery.missing_gi(make_system(tmp_path, **system)).help
    assert gtk_discovery.install_command(tmp_path, python) == command


def test_a_system_without_glib_gets_the_newest(tmp_path):
    assert gtk_discovery.glib_version(tmp_path) == ()
    assert gtk_discovery.install_command(tmp_path, "3.13") == NEW_PIP


def test_the_folders_are_those_of_this_python():
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert any(minor in str(folder) for folder in candidate_folders())


@pytest.mark.skipif(
    find_distribution_gi(candidate_folders()) is None, reason="needs python3-gi for this Python"
)
def test_the_distributions_gi_works_and_nothing_beside_it_is_seen():
    code = (
        "import os, sys\n"
        "own = [p for p in sys.path if 'site-packages' not in p and 'dist-packages' not in p]\n"
        "sys.path[:] = [*own, *sys.argv[1:]]\n"
        "from millennium_runtime_webview.gtk_discovery import find_gi\n"
        "folder = find_gi()\n"
        "import gi; from gi.repository import GLib\n"
        "print(os.path.dirname(os.path.dirname(gi.__file__)) == folder, folder in sys.path)"
    )
    files = (millennium_runtime.__file__, gtk_discovery.__file__)
    sources = [Path(str(file)).parents[1] for file in files]
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, *sources], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True False\n"
