"""Which runtime is taken."""

from __future__ import annotations

import sys
import zipfile

import pytest

from millennium_runtime import registry
from millennium_runtime.errors import RuntimeNotFoundError
from millennium_runtime.registry import find_runtimes, load_runtime, select_runtime
from millennium_runtime.testing import MockRuntime

MOCK = "millennium_runtime.testing:MockRuntime"


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Install runtimes of these names, and nothing else."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "missing.zip")])

    def install(*names):
        (tmp_path / "plain-1.0.dist-info").mkdir()
        for name in names:
            lines = (
                f"[console_scripts]\nx = y:z\n\n[{registry.GROUP}]\n{name} = {MOCK}\n\n[z]\na = b\n"
            )
            folder = tmp_path / f"{name}-1.0.dist-info"
            folder.mkdir()
            (folder / "entry_points.txt").write_text(lines)

    return install


def test_a_runtime_is_loaded_by_its_path():
    assert load_runtime(MOCK) is MockRuntime


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("no_such_module:Runtime", "cannot be imported"),
        ("millennium_runtime.testing:Missing", "cannot be imported"),
        ("", "cannot be imported"),
        ("millennium_runtime.testing:FakeReply", "is not a Runtime"),
        ("millennium_runtime.dpi:math", "is not a Runtime"),
    ],
)
def test_what_is_no_runtime_is_refused(path, reason):
    with pytest.raises(RuntimeNotFoundError, match=reason):
        load_runtime(path)


def test_installed_runtimes_are_listed_by_name(installed):
    installed("zoo", "ant")
    assert find_runtimes() == {"ant": MOCK, "zoo": MOCK}


def test_one_in_a_zip_file_is_found(installed, tmp_path):
    installed()
    with zipfile.ZipFile(tmp_path / "missing.zip", "w") as file:
        file.writestr("z-1.0.dist-info/METADATA", "Name: z\nVersion: 1.0\n")
        file.writestr("z-1.0.dist-info/entry_points.txt", f"[{registry.GROUP}]\nz = {MOCK}\n")
    assert find_runtimes() == {"z": MOCK}


def test_the_argument_wins(installed):
    installed("one", "two")
    assert select_runtime(MockRuntime, "no_such:Thing", is_release=True) is MockRuntime


def test_what_build_baked_comes_second(installed):
    installed("one", "two")
    assert select_runtime(None, MOCK, is_release=True) is MockRuntime


def test_in_development_the_only_one_installed_is_taken(installed):
    installed("only")
    assert select_runtime(None, "", is_release=False) is MockRuntime


def test_a_release_never_looks_around(installed):
    installed("only")
    with pytest.raises(RuntimeNotFoundError, match="built without a runtime"):
        select_runtime(None, "", is_release=True)


def test_none_installed_names_what_to_install(installed):
    installed()
    with pytest.raises(RuntimeNotFoundError, match="no window runtime is installed") as caught:
        select_runtime(None, "", is_release=False)
    assert "pip install" in caught.value.help


def test_several_installed_are_named(installed):
    installed("one", "two")
    with pytest.raises(RuntimeNotFoundError, match="one, two"):
        select_runtime(None, "", is_release=False)
