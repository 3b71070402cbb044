"""What the tables of an .msi must keep together: the rules behind Windows' ICEs, on this machine.

1. Components (ICE08, ICE18, ICE21, ICE38, ICE64): a GUID each, a feature each, a key path of their own; what
   lies in a folder of one user has a registry value of that user as its key, and its folder is removed.
2. Files (ICE04, ICE30): numbered from 1 without a gap, within their medium, no two names alike in a folder.
3. Folders (ICE18): one root, no circles.
4. Sequences (ICE26, ICE27, ICE28, ICE77): every action exists, each kind of row has its action, the fixed order holds,
   and what runs deferred lies between InstallInitialize and InstallFinalize.
5. Properties (ICE16, ICE24, ICE61): the five that must be there are, names are short enough, and what an
   upgrade finds is secure.
6. What stands in brackets exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from millennium_bundler.msi.actions import ACTIONS, ORDER, STANDARD_PROPERTIES, WANTED_BY
from millennium_bundler.msi.categories import is_well_formed, references
from millennium_bundler.msi.checks import Problem, Tables
from millennium_bundler.msi.schema import Row, tables

_USER_FOLDERS = {
    "AppDataFolder",
    "DesktopFolder",
    "LocalAppDataFolder",
    "ProgramMenuFolder",
    "StartMenuFolder",
    "StartupFolder",
}
_REGISTRY_KEY_PATH = 4
_CURRENT_USER = 1
_DEFERRED = 0x400
_SEQUENCES = (
    "InstallExecuteSequence",
    "InstallUISequence",
    "AdminExecuteSequence",
    "AdminUISequence",
    "AdvtExecuteSequence",
)
_REQUIRED = ("ProductCode", "ProductLanguage", "ProductName", "ProductVersion", "Manufacturer")
MAX_PRODUCT_NAME_CHARS = 63


def check_rules(found: Tables) -> Iterator[Problem]:
    """Yield every fault of tables whose rows are well-formed by themselves."""
    yield from _components(found)
    yield from _files(found)
    yield from _folders(found)
    yield from _sequences(found)
    yield from _properties(found)
    yield from _brackets(found)


def _rows(found: Tables, name: str) -> list[dict[str, object]]:
    names = [column.name for column in tables()[name].columns]
    return [dict(zip(names, row, strict=True)) for row in found.get(name, ())]


# Rule 1: components.
def _components(found: Tables) -> Iterator[Problem]:
    components = _rows(found, "Component")
    files = {row["File"]: row["Component_"] for row in _rows(found, "File")}
    values = {row["Registry"]: row for row in _rows(found, "Registry")}
    in_feature = {row["Component_"] for row in _rows(found, "FeatureComponents")}
    removed = {row["DirProperty"] for row in _rows(found, "RemoveFile") if not row["FileName"]}
    parents = {row["Directory"]: row["Directory_Parent"] for row in _rows(found, "Directory")}
    codes = Counter(row["ComponentId"] for row in components if row["ComponentId"])
    for row in components:
        name, folder, key = str(row["Component"]), row["Directory_"], row["KeyPath"]
        by_registry = int(str(row["Attributes"])) & _REGISTRY_KEY_PATH
        owner = values.get(key, {}).get("Component_") if by_registry else files.get(key)
        if codes[row["ComponentId"]] > 1:
            yield _fault("ICE08", "Component", name, "another component has its GUID")
        if name not in in_feature:
            yield _fault("ICE21", "Component", name, "no feature has it")
        if key and owner != name:
            yield _fault("ICE18", "Component", name, f"its key path {key} is not its own")
        if not _is_of_user(folder, parents):
            continue
        if not by_registry or values.get(key, {}).get("Root") != _CURRENT_USER:
            yield _fault("ICE38", "Component", name, "its key is no value of the user's registry")
        if folder not in _USER_FOLDERS and folder not in removed:
            yield _fault("ICE64", "Component", name, f"its folder {folder} is never removed")


def _is_of_user(folder: object, parents: dict[object, object]) -> bool:
    seen: set[object] = set()
    while folder is not None and folder not in seen:
        if folder in _USER_FOLDERS:
            return True
        seen.add(folder)
        folder = parents.get(folder)
    return False


# Rule 2: files.
def _files(found: Tables) -> Iterator[Problem]:
    files = _rows(found, "File")
    folders = {row["Component"]: row["Directory_"] for row in _rows(found, "Component")}
    last = max((int(str(row["LastSequence"])) for row in _rows(found, "Media")), default=0)
    numbers = sorted(int(str(row["Sequence"])) for row in files)
    if numbers != list(range(1, len(files) + 1)) or (files and last != len(files)):
        yield _fault("ICE04", "File", "", "its sequence is not 1, 2, 3 … up to the medium's last")
    names: Counter[tuple[object, str]] = Counter()
    for row in files:
        names.update({(folders.get(row["Component_"]), n) for n in _both_names(row["FileName"])})
    for (folder, name), count in names.items():
        if count > 1:
            yield _fault("ICE30", "File", name, f"{count} files have this name in {folder}")


def _both_names(name: object) -> set[str]:
    return set(str(name).casefold().split("|"))


# Rule 3: folders.
def _folders(found: Tables) -> Iterator[Problem]:
    parents = {row["Directory"]: row["Directory_Parent"] for row in _rows(found, "Directory")}
    roots = [name for name, parent in parents.items() if parent in {None, name}]
    if parents and roots != ["TARGETDIR"]:
        yield _fault("ICE18", "Directory", "", f"its roots are {roots}, not TARGETDIR alone")
    for name, parent in parents.items():
        seen = {name}
        folder = parent
        while folder is not None and folder not in seen:
            seen.add(folder)
            folder = parents.get(folder)
        if folder is not None and name not in roots:
            yield _fault("ICE18", "Directory", str(name), "it lies in itself")


# Rule 4: sequences.
def _sequences(found: Tables) -> Iterator[Problem]:
    custom = {str(row["Action"]): int(str(row["Type"])) for row in _rows(found, "CustomAction")}
    dialogs = {str(row["Dialog"]) for row in _rows(found, "Dialog")}
    for name in _SEQUENCES:
        places = {str(row["Action"]): row["Sequence"] for row in _rows(found, name)}
        for action in places.keys() - custom.keys() - dialogs - ACTIONS.keys():
            yield _fault("ICE27", name, action, "there is no such action")
        yield from _order(name, places)
        taken = Counter(place for place in places.values() if isinstance(place, int) and place > 0)
        for place, count in taken.items():
            if count > 1:
                yield _fault("ICE82", name, str(place), f"{count} actions have this place")
    places = {str(row["Action"]): row["Sequence"] for row in _rows(found, "InstallExecuteSequence")}
    yield from _missing_actions(found, places)
    yield from _deferred(places, custom)


def _missing_actions(found: Tables, places: dict[str, object]) -> Iterator[Problem]:
    for table, actions in WANTED_BY.items():
        for action in actions:
            if found.get(table) and action not in places:
                yield _fault("ICE18", table, "", f"it has rows, but {action} is never done")


def _order(name: str, places: dict[str, object]) -> Iterator[Problem]:
    for before, after in ORDER:
        first, second = places.get(before), places.get(after)
        if isinstance(first, int) and isinstance(second, int) and first >= second:
            yield _fault("ICE26", name, after, f"it comes before {before}")


def _deferred(places: dict[str, object], custom: dict[str, int]) -> Iterator[Problem]:
    start, end = places.get("InstallInitialize"), places.get("InstallFinalize")
    for action, place in places.items():
        kind = custom.get(action, 0)
        is_within = (
            isinstance(start, int)
            and isinstance(end, int)
            and isinstance(place, int)
            and start < place < end
        )
        if kind & _DEFERRED and not is_within:
            message = "it is deferred, and not between InstallInitialize and InstallFinalize"
            yield _fault("ICE77", "InstallExecuteSequence", action, message)


# Rule 5: properties.
def _properties(found: Tables) -> Iterator[Problem]:
    values = {str(row["Property"]): str(row["Value"]) for row in _rows(found, "Property")}
    for name in _REQUIRED:
        if name not in values:
            yield _fault("ICE24", "Property", name, "it is missing")
    for name in ("ProductCode", "UpgradeCode"):
        if name in values and not is_well_formed(values[name], "Guid"):
            yield _fault("ICE24", "Property", name, "it is no GUID in capitals and braces")
    if len(values.get("ProductName", "")) > MAX_PRODUCT_NAME_CHARS:
        message = f"it is longer than {MAX_PRODUCT_NAME_CHARS} characters"
        yield _fault("ICE16", "Property", "ProductName", message)
    secure = set(values.get("SecureCustomProperties", "").split(";"))
    for row in _rows(found, "Upgrade"):
        if row["ActionProperty"] not in secure:
            message = "it is not among SecureCustomProperties"
            yield _fault("ICE61", "Upgrade", str(row["ActionProperty"]), message)


# Rule 6: brackets.
def _brackets(found: Tables) -> Iterator[Problem]:
    names = {row["Property"] for row in _rows(found, "Property")}
    names |= {row["Property"] for row in _rows(found, "AppSearch")}
    names |= {row["Property"] for row in _rows(found, "Control")}
    names |= {row["ActionProperty"] for row in _rows(found, "Upgrade")}
    names |= {row["Directory"] for row in _rows(found, "Directory")}
    names |= {row["Source"] for row in _rows(found, "CustomAction")}
    files = {f"{mark}{row['File']}" for row in _rows(found, "File") for mark in "#!"}
    files |= {f"${row['Component']}" for row in _rows(found, "Component")}
    known = names | files | STANDARD_PROPERTIES
    for name, rows in found.items():
        table = tables()[name]
        for index, column in enumerate(table.columns):
            for row in rows:
                yield from _unknown(
                    table.name, row, references(_text(row, index), column.category), known
                )


def _unknown(table: str, row: Row, named: tuple[str, ...], known: set[object]) -> Iterator[Problem]:
    for name in named:
        if name not in known and name[0] not in "%\\~":
            yield _fault("ICE03", table, str(row[0]), f"it names [{name}], which is nowhere")


def _text(row: Row, index: int) -> str:
    cell = row[index]
    return cell if isinstance(cell, str) else ""


def _fault(rule: str, table: str, key: str, message: str) -> Problem:
    return Problem(rule=rule, table=table, key=key, message=message)
