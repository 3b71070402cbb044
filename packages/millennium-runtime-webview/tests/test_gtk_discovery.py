"""Where `gi` comes from: the environment, the distribution, or nowhere."""

from __future__ import annotations

import importlib.util
import sys
import sysconfig

import pytest

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
    assert raised.value.help == 'pip install "millennium-runtime-webview[gtk]"'


def test_the_folders_are_those_of_this_python():
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert any(minor in str(folder) for folder in candidate_folders())
