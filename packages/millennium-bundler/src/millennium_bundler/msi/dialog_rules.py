"""What the wizard's tables must keep together: the rules behind Windows' ICEs on dialogs.

1. ICE34, ICE44: what an event names exists: a dialog, an action, an answer of the engine's.
2. ICE45: each control is inside its dialog.
3. ICE17: a picture's name is in `Binary`, a button does something, a box has a property.
4. ICE20: there is an error dialog, one for files in use, and one for each end.
5. ICE31: a style in a text exists.
6. ICE57: Tab goes through every control that `Control_Next` chains, and comes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from millennium_bundler.msi.actions import ACTIONS
from millennium_bundler.msi.checks import Problem, Tables
from millennium_bundler.msi.schema import tables

_ANSWERS = {
    *("Exit", "Return", "Retry", "Ignore", "ErrorAbort", "ErrorCancel", "ErrorIgnore", "ErrorNo"),
    *("ErrorOk", "ErrorRetry", "ErrorYes"),
}
_STYLE = re.compile(r"^\{[\\&]([A-Za-z0-9_.]+)\}")
_ENDS = {-1, -2, -3}
_WITH_PROPERTY = {"CheckBox", "Edit", "PathEdit", "ListBox", "ComboBox", "RadioButtonGroup"}


def check_dialogs(found: Tables) -> Iterator[Problem]:
    """Yield every fault of the wizard; nothing when there is none."""
    if not found.get("Dialog"):
        return
    yield from _required(found)
    yield from _controls(found)
    yield from _events(found)
    yield from _tabs(found)


def _rows(found: Tables, name: str) -> list[dict[str, object]]:
    names = [column.name for column in tables()[name].columns]
    return [dict(zip(names, row, strict=True)) for row in found.get(name, ())]


# Rule 4.
def _required(found: Tables) -> Iterator[Problem]:
    dialogs = {row["Dialog"] for row in _rows(found, "Dialog")}
    values = {row["Property"]: row["Value"] for row in _rows(found, "Property")}
    if values.get("ErrorDialog") not in dialogs:
        yield _fault("ICE20", "Property", "ErrorDialog", "it names no dialog")
    if "FilesInUse" not in dialogs:
        yield _fault("ICE20", "Dialog", "FilesInUse", "it is missing")
    ends = {row["Sequence"] for row in _rows(found, "InstallUISequence")}
    for place in sorted(_ENDS - ends, reverse=True):
        yield _fault("ICE20", "InstallUISequence", str(place), "no dialog is shown at this end")


# Rules 2, 3 and 5.
def _controls(found: Tables) -> Iterator[Problem]:
    sizes = {row["Dialog"]: row for row in _rows(found, "Dialog")}
    pictures = {row["Name"] for row in _rows(found, "Binary")}
    styles = {row["TextStyle"] for row in _rows(found, "TextStyle")}
    doing = {(row["Dialog_"], row["Control_"]) for row in _rows(found, "ControlEvent")}
    for row in _rows(found, "Control"):
        key = f"{row['Dialog_']}/{row['Control']}"
        size, kind, text = sizes.get(row["Dialog_"], {}), row["Type"], str(row["Text"] or "")
        style = _STYLE.match(text)
        for start, length in (("X", "Width"), ("Y", "Height")):
            if int(str(row[start])) + int(str(row[length])) > int(str(size.get(length, 0))):
                yield _fault("ICE45", "Control", key, f"its {length} leaves the dialog")
        if kind == "Bitmap" and text not in pictures:
            yield _fault("ICE17", "Control", key, f"picture {text!r} is not in Binary")
        if kind == "PushButton" and (row["Dialog_"], row["Control"]) not in doing:
            yield _fault("ICE17", "Control", key, "the button does nothing")
        if kind in _WITH_PROPERTY and not row["Property"]:
            yield _fault("ICE17", "Control", key, "it has no property")
        if style and style[1] not in styles:
            yield _fault("ICE31", "Control", key, f"style {style[1]!r} is not in TextStyle")


# Rule 1.
def _events(found: Tables) -> Iterator[Problem]:
    dialogs = {row["Dialog"] for row in _rows(found, "Dialog")}
    actions = {row["Action"] for row in _rows(found, "CustomAction")} | ACTIONS.keys()
    known: dict[object, set[object]] = {
        "NewDialog": dialogs,
        "SpawnDialog": dialogs,
        "DoAction": actions,
        "EndDialog": set(_ANSWERS),
    }
    for row in _rows(found, "ControlEvent"):
        choices = known.get(row["Event"])
        if choices is not None and row["Argument"] not in choices:
            key = f"{row['Dialog_']}/{row['Control_']}"
            message = f"{row['Event']} names {row['Argument']!r}, which is nowhere"
            yield _fault("ICE44", "ControlEvent", key, message)


# Rule 6.
def _tabs(found: Tables) -> Iterator[Problem]:
    following: dict[object, dict[object, object]] = {}
    for row in _rows(found, "Control"):
        if row["Control_Next"]:
            following.setdefault(row["Dialog_"], {})[row["Control"]] = row["Control_Next"]
    for row in _rows(found, "Dialog"):
        chain = following.get(row["Dialog"], {})
        at, seen = row["Control_First"], set[object]()
        while at in chain and at not in seen:
            seen.add(at)
            at = chain[at]
        if chain and (seen != set(chain) or at != row["Control_First"]):
            yield _fault("ICE57", "Dialog", str(row["Dialog"]), "Tab does not come back")


def _fault(rule: str, table: str, key: str, message: str) -> Problem:
    return Problem(rule=rule, table=table, key=key, message=message)
