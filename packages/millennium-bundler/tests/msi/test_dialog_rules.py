"""What the wizard's tables must keep together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from millennium_bundler.msi.dialog_rules import check_dialogs
from millennium_bundler.msi.package import make_database
from millennium_bundler.msi.product import Product
from millennium_bundler.msi.schema import tables

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def faults(make_product: Callable[..., Product]) -> Callable[..., list[str]]:
    """Returns the faults of the wizard after a change of its rows."""

    def check(change: Callable[[Rows], object]) -> list[str]:
        found = make_database(make_product()).tables
        rows: Rows = {}
        for name, given in found.items():
            names = [column.name for column in tables()[name].columns]
            rows[name] = [dict(zip(names, row, strict=True)) for row in given]
        change(rows)
        changed = {name: [tuple(row.values()) for row in given] for name, given in rows.items()}
        return [str(problem) for problem in check_dialogs(changed)]

    return check


def control(rows: Rows, dialog: str, name: str) -> dict[str, Any]:
    found = (row for row in rows["Control"] if row["Dialog_"] == dialog)
    return next(row for row in found if row["Control"] == name)


def without(rows: Rows, table: str, **cells: object) -> None:
    rows[table] = [row for row in rows[table] if not cells.items() <= row.items()]


def test_our_own_wizard_keeps_all_rules(faults: Callable[..., list[str]]):
    assert faults(lambda rows: None) == []


def test_a_package_without_a_wizard_has_no_faults():
    assert list(check_dialogs({})) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda rows: without(rows, "Property", Property="ErrorDialog"),
            "Property ErrorDialog: it names no dialog (ICE20)",
        ),
        (
            lambda rows: without(rows, "Dialog", Dialog="FilesInUse"),
            "Dialog FilesInUse: it is missing (ICE20)",
        ),
        (
            lambda rows: without(rows, "InstallUISequence", Sequence=-3),
            "InstallUISequence -3: no dialog is shown at this end (ICE20)",
        ),
        (
            lambda rows: control(rows, "WelcomeDlg", "Next").update(X=350),
            "Control WelcomeDlg/Next: its Width leaves the dialog (ICE45)",
        ),
        (
            lambda rows: without(rows, "Binary", Name="GroundBitmap"),
            "Control WelcomeDlg/Ground: picture 'GroundBitmap' is not in Binary (ICE17)",
        ),
        (
            lambda rows: without(rows, "ControlEvent", Dialog_="WelcomeDlg", Control_="Next"),
            "Control WelcomeDlg/Next: the button does nothing (ICE17)",
        ),
        (
            lambda rows: control(rows, "FolderDlg", "Folder").update(Property=None),
            "Control FolderDlg/Folder: it has no property (ICE17)",
        ),
        (
            lambda rows: without(rows, "TextStyle", TextStyle="Large"),
            "Control WelcomeDlg/Title: style 'Large' is not in TextStyle (ICE31)",
        ),
        (
            lambda rows: rows["ControlEvent"][0].update(Event="NewDialog", Argument="Nowhere"),
            "NewDialog names 'Nowhere', which is nowhere (ICE44)",
        ),
        (
            lambda rows: control(rows, "WelcomeDlg", "Cancel").update(Control_Next="Cancel"),
            "Dialog WelcomeDlg: Tab does not come back (ICE57)",
        ),
    ],
    ids=[
        *("error dialog", "files in use", "end", "outside", "picture", "dead button"),
        *("no property", "style", "event", "tab"),
    ],
)
def test_a_broken_rule_is_named(
    faults: Callable[..., list[str]], change: Callable[[Rows], object], fault: str
):
    assert fault in "\n".join(faults(change))
