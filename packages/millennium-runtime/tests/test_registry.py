"""Which runtime is taken."""

from __future__ import annotations

from importlib import metadata
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from millennium_runtime import registry
from millennium_runtime.errors import RuntimeNotFoundError
from millennium_runtime.registry import find_runtimes, load_runtime, select_runtime
from millennium_runtime.testing import MockRuntime

MOCK = "millennium_runtime.testing:MockRuntime"


@pytest.fixture
def installed(monkeypatch):
    """Pretend that runtimes of these names are installed."""

    def install(*names):
        points = EntryPoints(EntryPoint(name, MOCK, registry.GROUP) for name in names)
        monkeypatch.setattr(metadata, "entry_points", lambda group: points.select(group=group))

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
