"""The files of the app: folders, components, files, their cabinet.

1. One component a file, with a GUID of its path: what Windows counts is what we install.
2. Per machine a component's key is its file; per user it is a value in the user's registry, as Windows
   wants it in folders of a user, and every folder is removed by name.
3. Versioned files carry their version, others their hash, so that a repair copies what was altered.
"""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import PurePosixPath

from millennium_bundler.archive.cabinet import CabinetFile, write_cabinet
from millennium_bundler.msi.product import (
    CURRENT_USER,
    INSTALL_FOLDER,
    MAIN_FEATURE,
    MAIN_FILE,
    Product,
)
from millennium_bundler.msi.rows import Rows
from millennium_bundler.msi.short_names import both_names
from millennium_bundler.pe import is_pe, read_pe
from millennium_bundler.tree import File

CABINET = "app.cab"
SETTINGS = "Settings"
"""The component that everything beside files hangs on."""

IS_64_BIT, BY_REGISTRY = 256, 4
_VITAL = 512
_REMOVE_WHEN_REMOVED = 2
_USER_PROGRAMS = "UserPrograms"
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
_NEUTRAL_LANGUAGE = 0


def add_payload(rows: Rows, product: Product) -> dict[str, bytes]:
    """Add all files of the app; return the cabinets by stream name."""
    taken: dict[str, set[str]] = {}
    folders = _add_folders(rows, product, taken)
    cabinet = []
    files = [entry for entry in product.tree if isinstance(entry, File)]
    for number, file in enumerate(files, 1):
        path = PurePosixPath(file.path)
        parent = str(path.parent)
        key = MAIN_FILE if file.path == product.executable else _key("F", file.path)
        _add_component(rows, product, key, folders[parent])
        name = both_names(path.name, taken.setdefault(parent, set()))
        _add_file(rows, file, key, name, number)
        cabinet.append(CabinetFile(name=key, data=file.data))
    rows.add("Media", DiskId=1, LastSequence=len(files), Cabinet=f"#{CABINET}")
    return {CABINET: write_cabinet(cabinet, date=product.tree.date)}


def attributes(product: Product, *, by_registry: bool) -> int:
    """Return the attributes of a component."""
    return (IS_64_BIT if product.machine.is_64_bit else 0) | (BY_REGISTRY if by_registry else 0)


def _add_folders(rows: Rows, product: Product, taken: dict[str, set[str]]) -> dict[str, str]:
    """Add the folders; return their names in the database by path.

    Args:
        rows: Where they are added.
        product: Whose they are.
        taken: Short names by folder, which files and folders share; the new ones are added.
    """
    top = product.programs_folder
    rows.add("Directory", Directory="TARGETDIR", DefaultDir="SourceDir")
    rows.add("Directory", Directory=top, Directory_Parent="TARGETDIR", DefaultDir=".")
    if product.is_per_user:
        rows.add("Directory", Directory=_USER_PROGRAMS, Directory_Parent=top, DefaultDir="Programs")
        top = _USER_PROGRAMS
    name = both_names(product.folder_name, set())
    rows.add("Directory", Directory=INSTALL_FOLDER, Directory_Parent=top, DefaultDir=name)
    folders = {".": INSTALL_FOLDER}
    for entry in product.tree:
        path = PurePosixPath(entry.path)
        if isinstance(entry, File):
            continue
        key, parent = _key("D", entry.path), str(path.parent)
        name = both_names(path.name, taken.setdefault(parent, set()))
        rows.add("Directory", Directory=key, Directory_Parent=folders[parent], DefaultDir=name)
        folders[entry.path] = key
    removed = [*reversed(folders.values()), *([_USER_PROGRAMS] if product.is_per_user else [])]
    for folder in removed if product.is_per_user else []:  # the deepest first
        rows.add(
            "RemoveFile",
            FileKey=f"Remove{folder}",
            Component_=SETTINGS,
            DirProperty=folder,
            InstallMode=_REMOVE_WHEN_REMOVED,
        )
    return folders


def _add_component(rows: Rows, product: Product, key: str, folder: str) -> None:
    value = f"R{key}"
    rows.add(
        "Component",
        Component=key,
        ComponentId=product.component_code(key),
        Directory_=folder,
        Attributes=attributes(product, by_registry=product.is_per_user),
        KeyPath=value if product.is_per_user else key,
    )
    rows.add("FeatureComponents", Feature_=MAIN_FEATURE, Component_=key)
    if product.is_per_user:
        rows.add(
            "Registry",
            Registry=value,
            Root=CURRENT_USER,
            Key=f"{product.registry_key}\\Components",
            Name=key,
            Value="#1",
            Component_=key,
        )


def _add_file(rows: Rows, file: File, key: str, name: str, number: int) -> None:
    found = read_pe(file.data, place=file.path) if is_pe(file.data) else None
    version = found.version if found else ""
    rows.add(
        "File",
        File=key,
        Component_=key,
        FileName=name,
        FileSize=len(file.data),
        Version=version or None,
        Language=str(found.language or _NEUTRAL_LANGUAGE) if found and version else None,
        Attributes=_VITAL,
        Sequence=number,
    )
    if file.data and not version:
        parts = struct.unpack("<4i", hashlib.md5(file.data, usedforsecurity=False).digest())
        hashes = {f"HashPart{index}": part for index, part in enumerate(parts, 1)}
        rows.add("MsiFileHash", File_=key, Options=0, **hashes)


def _key(letter: str, path: str) -> str:
    word = _UNSAFE.sub("_", PurePosixPath(path).name)[:32]
    return f"{letter}_{word}_{hashlib.sha256(path.encode()).hexdigest()[:16]}"
