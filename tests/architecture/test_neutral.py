"""Nothing but the Linux engine and the native freezer needs Linux to be imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCKED = ("gi", "fcntl", "pwd", "resource")
OF_LINUX = ("millennium_runtime_webview.webkitgtk", "millennium_build.freeze.native")
"""Rooms that may need Linux; everything below them too."""

PROBE = """
import builtins, importlib, json, sys

blocked, names = json.loads(sys.argv[1])
import_as_usual = builtins.__import__

def guarded(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if name.split(".")[0] in blocked and importer.split(".")[0].startswith("millennium"):
        raise ImportError(f"{name} is not to be had on this system")
    return import_as_usual(name, globals, locals, fromlist, level)

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "gi":
            raise ImportError("gi is not to be had on this system")

builtins.__import__ = guarded
sys.meta_path.insert(0, Finder())
failures = {}
for name in names:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failures[name] = f"{type(error).__name__}: {error}"
print(json.dumps(failures))
"""


def _name(path: Path) -> str:
    parts = path.as_posix().split("/src/")[1].removesuffix(".py").split("/")
    return ".".join(part for part in parts if part != "__init__")


def _modules() -> list[str]:
    names = map(_name, sorted((ROOT / "packages").glob("*/src/**/*.py")))
    return [
        name for name in names if not name.startswith(OF_LINUX) and not name.endswith("__main__")
    ]


def _failures(names: list[str], folder: Path = ROOT) -> dict[str, str]:
    command = [sys.executable, "-c", PROBE, json.dumps([BLOCKED, names])]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    failures: dict[str, str] = json.loads(answer.stdout.splitlines()[-1])
    return failures


def test_every_module_can_be_imported_on_another_system() -> None:
    assert _failures(_modules()) == {}


def test_control_the_block_blocks(tmp_path: Path) -> None:
    (tmp_path / "millennium_control.py").write_text("import fcntl\n", encoding="utf-8")
    assert list(_failures(["millennium_control"], tmp_path)) == ["millennium_control"]


def test_control_gi_is_blocked_for_everybody(tmp_path: Path) -> None:
    (tmp_path / "somebody.py").write_text("import gi\n", encoding="utf-8")
    assert list(_failures(["somebody"], tmp_path)) == ["somebody"]
