"""Finds the runtime: the one given, the one that build baked, else the one installed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from millennium_runtime.errors import RuntimeNotFoundError
from millennium_runtime.runtime import Runtime

GROUP = "millennium.runtimes"
_INSTALL = 'pip install "millennium[webview]"'


def load_runtime(path: str) -> type[Runtime]:
    """Import a runtime by "module:Class".

    Raises:
        RuntimeNotFoundError: The module or class is missing, or is not a Runtime.
    """
    module, _, name = path.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as exc:
        message = f"runtime {path!r} cannot be imported: {exc}"
        raise RuntimeNotFoundError(message, help=_INSTALL) from exc
    if not (isinstance(found, type) and issubclass(found, Runtime)):
        message = f"{path!r} is not a Runtime"
        raise RuntimeNotFoundError(
            message, help="name a class derived from millennium_runtime.Runtime"
        )
    return found


def find_runtimes() -> dict[str, str]:
    """Return the installed runtimes: entry-point name → "module:Class", sorted by name."""
    found = dict(_read_entry_points(sys.path))
    if not found:  # in a zip file, perhaps; parsing e-mail is half of what this loads
        from importlib.metadata import entry_points  # noqa: PLC0415

        found = {point.name: point.value for point in entry_points(group=GROUP)}
    return dict(sorted(found.items()))


def _read_entry_points(folders: list[str]) -> Iterator[tuple[str, str]]:
    heading = f"[{GROUP}]"
    for file in (file for folder in folders for file in _metadata_files(Path(folder))):
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        lines = text.partition(heading)[2].partition("[")[0].splitlines()
        for name, separator, value in (line.partition("=") for line in lines):
            if separator:
                yield name.strip(), value.strip()


def _metadata_files(folder: Path) -> tuple[Path, ...]:
    try:
        entries = tuple(folder.iterdir())
    except OSError:  # a zip file, or nothing at all
        return ()
    return tuple(entry / "entry_points.txt" for entry in entries if entry.suffix == ".dist-info")


def select_runtime(given: type[Runtime] | None, baked: str, *, is_release: bool) -> type[Runtime]:
    """Choose a runtime: argument, then context, then (development only) the only one installed.

    Raises:
        RuntimeNotFoundError: None, or several and none was chosen.
    """
    if given is not None:
        return given
    if baked:
        return load_runtime(baked)
    if is_release:
        raise RuntimeNotFoundError(
            "this executable was built without a runtime", help="build it again"
        )
    installed = find_runtimes()
    if not installed:
        raise RuntimeNotFoundError("no window runtime is installed", help=_INSTALL)
    if len(installed) > 1:
        names = ", ".join(installed)
        message = f"several window runtimes are installed: {names}"
        raise RuntimeNotFoundError(message, help="pass one: App(runtime=WebviewRuntime)")
    return load_runtime(next(iter(installed.values())))
