"""gi is told of the typelibs inside, wherever this machine's own are."""

from __future__ import annotations

from types import ModuleType

import pytest

from millennium_build.freeze.native.inside.typelibs import embed


class Girepository2:
    """As girepository 2.0 answers on a machine whose folder has Soup's typelibs only."""

    def __init__(self) -> None:
        self.loaded: dict[str, str] = {}

    @classmethod
    def get_default(cls) -> Girepository2:
        return ONLY

    def load(self, blob: int) -> str:
        name, version = {7: ("GLib", "2.0"), 8: ("Gtk", "3.0")}[blob]
        self.loaded[name] = version
        return name

    def is_registered(self, namespace: str) -> bool:
        return namespace in self.loaded

    def get_version(self, namespace: str) -> str:
        return self.loaded[namespace]

    def enumerate_versions(self, namespace: str) -> list[str]:
        return ["2.4", "3.0"] if namespace == "Soup" else []


ONLY = Girepository2()


@pytest.fixture
def native() -> ModuleType:
    module = ModuleType("gi._gi")
    vars(module)["Repository"] = Girepository2
    embed(module, lambda blob, _: ONLY.load(blob), (7, 8))
    return module


@pytest.mark.parametrize(
    ("namespace", "versions"),
    [("Gtk", ["3.0"]), ("Soup", ["2.4", "3.0"]), ("Nothing", [])],
    ids=["inside", "outside", "nowhere"],
)
def test_versions_are_those_inside_then_those_outside(
    native: ModuleType, namespace: str, versions: list[str]
) -> None:
    assert native.Repository.get_default().enumerate_versions(namespace) == versions


def test_typelibs_are_loaded_in_their_order(native: ModuleType) -> None:
    assert list(native.Repository.get_default().loaded) == ["GLib", "Gtk"]


def test_all_else_is_asked_of_the_native_repository(native: ModuleType) -> None:
    assert native.Repository.get_default().get_version("Gtk") == "3.0"
