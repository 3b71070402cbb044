"""Starts an app from source, in the project's own Python. Standard library only.

Usage: ``python launcher.py FOLDER PACKAGE FILE DESCRIPTORS [-- ARGUMENTS…]``

1. The process ends with the one that started it.
2. With descriptors (``R,W``) it is warm first: it imports what the line it reads names, then waits for
   the line ``go``. Nothing of the app is imported before.
3. Then ``FILE`` runs as ``__main__``, from the folder its imports start in, as a member of its package
   where it has one.
4. An error that carries its own explanation is shown as that, any other with its traceback.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import runpy
import signal
import sys
import warnings

OPTION = "--millennium-source"
_PR_SET_PDEATHSIG = 1
_MAX_LINE_BYTES = 1024 * 1024


def main() -> None:
    """Do what the module docstring says."""
    folder, package, file, descriptors, *rest = sys.argv[1:]
    _die_with_parent()
    if descriptors != "release":
        reader = int(descriptors.partition(",")[0])
        _warm_up(json.loads(_line(reader)))
        if _line(reader) != b"go":
            return
    sys.argv = [file, f"{OPTION}={descriptors}", *rest[1:]]
    sys.path[0] = folder
    try:
        if package:
            runpy.run_module(_module(package, file), run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(file, run_name="__main__")
    except Exception as error:
        if not _tell(error):
            raise
        raise SystemExit(1) from None


def _tell(error: Exception) -> bool:  # (4)
    notes: list[str] = getattr(error, "__notes__", [])
    if not notes or not notes[0].startswith("error["):
        return False
    number = notes[0].partition(":")[0]
    sys.stderr.write("\n".join((f"{number}: {error}", *notes[1:])) + "\n")
    return True


def _die_with_parent() -> None:  # (1)
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            raise SystemExit(1)


def _line(descriptor: int) -> bytes:
    # Byte by byte: what follows belongs to the app.
    line = b""
    while len(line) < _MAX_LINE_BYTES:
        byte = os.read(descriptor, 1)
        if byte in {b"\n", b""}:
            break
        line += byte
    return line


def _warm_up(names: list[str]) -> None:  # (2)
    # What fails or warns here does so again, and is told, when the app imports it itself.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _module(package: str, file: str) -> str:
    name = os.path.splitext(os.path.basename(file))[0]  # noqa: PTH119, PTH122 - pathlib is not warm yet
    return package if name == "__main__" else f"{package}.{name}"


if __name__ == "__main__":
    main()
