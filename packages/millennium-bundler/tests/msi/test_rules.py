"""What tables must keep together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from millennium_bundler.msi.package import make_database
from millennium_bundler.msi.product import Product
from millennium_bundler.msi.rules import check_rules
from millennium_bundler.msi.schema import tables

Change = Callable[[dict[str, list[dict[str, Any]]]], object]


@pytest.fixture
def faults(make_product: Callable[..., Product]) -> Callable[..., list[str]]:
    """Returns the faults of a whole package after a change of its rows."""

    def check(change: Change, **changes: object) -> list[str]:
        found = make_database(make_product(**changes)).tables
        names = {name: [column.name for column in tables()[name].columns] for name in tables()}
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in tables()}
        for name, given in found.items():
            rows[name] = [dict(zip(names[name], row, strict=True)) for row in given]
        change(rows)
        changed = {name: [tuple(row.values()) for row in given] for name, given in rows.items()}
        return [str(problem) for problem in check_rules(changed)]

    return check


def test_our_own_rows_keep_all_rules(faults: Callable[..., list[str]]):
    everything = {"desktop_shortcut": True, "add_to_path": True, "start_menu_folder": "Tools"}
    assert faults(lambda rows: None) == []
    assert faults(lambda rows: None, msi=everything) == []
    assert faults(lambda rows: None, msi={**everything, "install_scope": "per_user"}) == []


def named(rows: dict[str, list[dict[str, Any]]], table: str, key: str) -> dict[str, Any]:
    return next(row for row in rows[table] if next(iter(row.values())) == key)


def drop(rows: dict[str, list[dict[str, Any]]], table: str, key: str) -> None:
    rows[table].remove(named(rows, table, key))


def action(place: int, name: str = "Mine") -> dict[str, Any]:
    return {"Action": name, "Condition": None, "Sequence": place}


EXECUTE = "InstallExecuteSequence"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda rows: rows["Component"][0].update(rows["Component"][1] | {"Component": "Other"}),
            "another component has its GUID (ICE08)",
        ),
        (lambda rows: rows["FeatureComponents"].clear(), "no feature has it (ICE21)"),
        (
            lambda rows: named(rows, "Component", "MainExe").update(KeyPath="other"),
            "Component MainExe: its key path other is not its own (ICE18)",
        ),
        (
            lambda rows: named(rows, "Component", "MenuShortcut").update(
                Attributes=0, KeyPath="MainExe"
            ),
            "its key is no value of the user's registry (ICE38)",
        ),
        (
            lambda rows: named(rows, "Registry", "RMenuShortcut").update(Root=2),
            "its key is no value of the user's registry (ICE38)",
        ),
        (
            lambda rows: named(rows, "File", "MainExe").update(Sequence=7),
            "its sequence is not 1, 2, 3",
        ),
        (lambda rows: rows["Media"][0].update(LastSequence=9), "its sequence is not 1, 2, 3"),
        (
            lambda rows: rows["File"].append(
                {**named(rows, "File", "MainExe"), "File": "Twin", "Sequence": 3}
            ),
            "2 files have this name in INSTALLDIR (ICE30)",
        ),
        (
            lambda rows: rows["Directory"].append(
                {"Directory": "ROOT", "Directory_Parent": None, "DefaultDir": "x"}
            ),
            "not TARGETDIR alone (ICE18)",
        ),
        (
            lambda rows: named(rows, "Directory", "ProgramFiles64Folder").update(
                Directory_Parent="INSTALLDIR"
            ),
            "Directory INSTALLDIR: it lies in itself (ICE18)",
        ),
        (lambda rows: rows[EXECUTE].append(action(4100)), "Mine: there is no such action (ICE27)"),
        (
            lambda rows: named(rows, EXECUTE, "InstallFiles").update(Sequence=1450),
            "InstallFiles: it comes before RemoveFiles (ICE26)",
        ),
        (
            lambda rows: named(rows, EXECUTE, "InstallFiles").update(Sequence=5000),
            "5000: 2 actions have this place (ICE82)",
        ),
        (
            lambda rows: drop(rows, EXECUTE, "WriteRegistryValues"),
            "Registry: it has rows, but WriteRegistryValues is never done (ICE18)",
        ),
        (
            lambda rows: (
                rows["CustomAction"].append(
                    {
                        "Action": "Mine",
                        "Type": 1024 + 2,
                        "Source": None,
                        "Target": None,
                        "ExtendedType": None,
                    }
                ),
                rows[EXECUTE].append(action(1490)),
            ),
            "Mine: it is deferred, and not between InstallInitialize and InstallFinalize (ICE77)",
        ),
        (lambda rows: drop(rows, "Property", "Manufacturer"), "Manufacturer: it is missing"),
        (
            lambda rows: named(rows, "Property", "ProductCode").update(Value="{a}"),
            "ProductCode: it is no GUID in capitals and braces (ICE24)",
        ),
        (
            lambda rows: named(rows, "Property", "ProductName").update(Value="x" * 64),
            "it is longer than 63 characters (ICE16)",
        ),
        (
            lambda rows: named(rows, "Property", "SecureCustomProperties").update(Value="X"),
            "UPGRADEFOUND: it is not among SecureCustomProperties (ICE61)",
        ),
        (
            lambda rows: named(rows, "Shortcut", "MenuShortcut").update(Target="[#Nothing]"),
            "Shortcut MenuShortcut: it names [#Nothing], which is nowhere (ICE03)",
        ),
    ],
    ids=[
        *("guid twice", "no feature", "key path", "file as key", "key of machine", "sequence"),
        *("medium", "name twice", "two roots", "circle", "no action", "order", "place twice"),
        *("never done", "deferred", "no property", "no guid", "long name", "not secure", "bracket"),
    ],
)
def test_a_broken_rule_is_named(faults: Callable[..., list[str]], change: Change, fault: str):
    assert [one for one in faults(change) if fault in one]


def test_a_folder_of_the_user_is_removed(faults: Callable[..., list[str]]):
    found = faults(lambda rows: rows["RemoveFile"].clear(), msi={"install_scope": "per_user"})
    assert "Component MainExe: its folder INSTALLDIR is never removed (ICE64)" in found


@pytest.mark.parametrize("place", [1490, 6700], ids=["before", "after"])
def test_what_is_deferred_between_is_no_fault(faults: Callable[..., list[str]], place: int):
    def change(rows: dict[str, list[dict[str, Any]]], at: int) -> None:
        rows["CustomAction"].append(
            {
                "Action": "Mine",
                "Type": 1024 + 2,
                "Source": None,
                "Target": None,
                "ExtendedType": None,
            }
        )
        rows[EXECUTE].append(action(at))

    assert faults(lambda rows: change(rows, 6000 + 50)) == []
    assert len(faults(lambda rows: change(rows, place))) == 1
