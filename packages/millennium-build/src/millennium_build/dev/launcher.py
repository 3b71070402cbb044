"""Starts an app from source, in the project's own Python. Standard library only.

Usage: ``python launcher.py FOLDER PACKAGE FILE DESCRIPTORS [-- ARGUMENTS…]``

1. The process ends with the one that started it.
2. With descriptors (``R,W``) it is warm first: it imports what the line it reads names, then waits for
   the line ``go``. Nothing of the app is imported before.
3. Then ``FILE`` runs as ``__main__``, from the folder its imports start in, as a member of its package
   where it has one.
4. An error that carries its own explanation is shown as that; what is no Python, and a module that is
   not there, by place and help; any other with the part of its traceback that is the app's. Ctrl-C is
   no error.
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
from types import TracebackType

OPTION = "--millennium-source"
_PR_SET_PDEATHSIG = 1
_MAX_LINE_BYTES = 1024 * 1024
_INTERRUPTED = 130
# As `millennium_build.errors` numbers them, which cannot be imported here.
SOURCE, MODULE_MISSING, APP = "M0312", "M0313", "M0372"


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
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - nothing of ours may stand in what the app shows
        _tell(error)
        raise SystemExit(1) from None


def _tell(error: Exception) -> None:  # (4)
    notes: list[str] = getattr(error, "__notes__", [])
    if notes and notes[0].startswith("error["):
        number = notes[0].partition(":")[0]
        lines = [f"{number}: {error}", *notes[1:]]
    elif isinstance(error, SyntaxError) and os.path.isfile(error.filename or ""):  # noqa: PTH113
        name = os.path.basename(str(error.filename))  # noqa: PTH119 - pathlib is not warm yet
        place = f"{_shown(str(error.filename))}:{error.lineno}:{error.offset}"
        lines = [f"error[{SOURCE}]: {name} is not valid Python: {error.msg}", f"  --> {place}"]
    elif isinstance(error, ModuleNotFoundError) and error.name:
        help_line = f"mend its name, or install what has it: {sys.executable} -m pip install …"
        lines = [f"error[{MODULE_MISSING}]: there is no module {error.name!r}"]
        lines += [f"  --> {_place(error.__traceback__)}", f"  = help: {help_line}"]
    else:
        error.__traceback__ = _own_part(error.__traceback__)
        sys.excepthook(type(error), error, error.__traceback__)
        lines = [f"error[{APP}]: the app failed: {type(error).__name__}: {error}"]
        lines += [f"  --> {_place(error.__traceback__)}"]
    sys.stderr.write("\n".join(lines) + "\n")


def _own_part(traceback: TracebackType | None) -> TracebackType | None:
    """Return what follows our own calls and those that start a module."""
    while traceback is not None and _is_of_start(traceback):
        traceback = traceback.tb_next
    return traceback


def _place(traceback: TracebackType | None) -> str:
    """Return the innermost line that has a file."""
    place = _shown(sys.argv[0])
    while traceback is not None:
        if not _is_of_start(traceback):
            place = f"{_shown(traceback.tb_frame.f_code.co_filename)}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _is_of_start(traceback: TracebackType) -> bool:
    name = traceback.tb_frame.f_code.co_filename
    return name in {__file__, runpy.__file__} or name.startswith("<frozen ")


def _shown(path: str) -> str:
    here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - pathlib is not warm yet
    return path.removeprefix(here)


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
