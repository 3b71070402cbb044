"""The fallback: PyInstaller's one-file executable, kept as small as it can be.

It follows the same module plan. What differs from PyInstaller's defaults:

1. Libraries of the system are not bundled; the system's webview must work with the system's GTK.
2. Typelibs and libgirepository come along, so the webview's own package is all that is needed.
3. What the plan left out on purpose is excluded, and data are the plan's, not the hooks'.
4. Its first hook takes dangerous variables out of the environment, before anything is imported.
5. Its launcher believes what variables say about a folder it has unpacked itself into, from which
   it then loads Python, from a parent that runs the same executable only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from millennium_build.codegen.environment import start_hook
from millennium_build.elf import loadable_part
from millennium_build.errors import FreezerError
from millennium_build.freeze.interface import FreezeInput, Freezer, FreezeResult
from millennium_build.freeze.needs import SystemNeeds
from millennium_build.freeze.plan import rules
from millennium_build.freeze.plan.entry import MAIN_NAME
from millennium_build.freeze.plan.model import ModulePlan, PlannedModule
from millennium_build.output import write_executable

_TYPELIBS = "millennium_typelibs"
_MAX_LOG_CHARS = 1500
_HASH_SEED = "0"
_EPOCH = "315532800"  # 1980-01-01, the first day a zip file can name

_TYPELIB_HOOK = f"""import os, sys
os.environ["GI_TYPELIB_PATH"] = os.path.join(sys._MEIPASS, "{_TYPELIBS}")
"""

_PACKAGE_MAIN = """import multiprocessing
import runpy
multiprocessing.freeze_support()
runpy.run_module({name!r}, run_name="__main__", alter_sys=True)
"""

SPEC = """import os
given = {given!r}
SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
FROM_HOOKS = ("gi_typelibs", "share", "lib/", "etc", "gio_modules", "webview")


def is_ours(entry):
    name, source, kind = entry
    is_python = kind == "EXTENSION" or name.startswith("libpython")
    return is_python or not os.path.realpath(source).startswith(SYSTEM)


a = Analysis(
    [given["script"]],
    pathex=given["search"],
    hiddenimports=given["modules"],
    excludes=given["excludes"],
    runtime_hooks=given["hooks"],
    optimize=2,
)
a.scripts = [s for s in a.scripts if not s[0].startswith(("pyi_rth_gi", "pyi_rth_gtk", "pyi_rth_gdk"))]
a.binaries = [b for b in a.binaries if is_ours(b)] + given["binaries"]
trimmed = given["trimmed"]
a.binaries = [(n, trimmed.get(os.path.realpath(s), s), t) for n, s, t in a.binaries]
a.datas = [d for d in a.datas if is_ours(d) and not d[0].startswith(FROM_HOOKS)] + given["data"]
exe = EXE(
    PYZ(a.pure), a.scripts, a.binaries, a.datas,
    [("pyi-enable-onefile-parent-verification", None, "OPTION")],
    name="app", strip=False, upx=False, console=True,
)
"""
"""What PyInstaller executes. A distribution keeps its Python's extension modules in /usr/lib too."""


class PyInstallerFreezer(Freezer):
    """Works wherever PyInstaller does; unpacks itself at each start."""

    name = "pyinstaller"

    def why_not(self, given: FreezeInput) -> str:
        """Return why this freezer cannot freeze this plan here; empty when it can."""
        interpreter = given.workshop.interpreter
        if not any((folder / "PyInstaller").is_dir() for folder in interpreter.search):
            return f"PyInstaller is not installed for {interpreter.executable}"
        if interpreter.platform == "linux" and interpreter.find_libpython() is None:
            return f"{interpreter.executable} has no shared libpython"
        return ""

    def freeze(self, given: FreezeInput, say: Callable[[str], None]) -> FreezeResult:
        """Write the executable.

        Raises:
            FreezerError: PyInstaller fails.
        """
        with tempfile.TemporaryDirectory(prefix="millennium-") as folder:
            work = Path(folder)
            spec = work / "app.spec"
            spec.write_text(SPEC.format(given=_spec_input(given, work)), encoding="utf-8")
            made = _run(given, work, spec)
            write_executable(given.output, made.read_bytes())
        say("frozen by PyInstaller")
        return _result(given)


def _spec_input(given: FreezeInput, work: Path) -> dict[str, Any]:
    plan = given.plan
    names = [_importable(module.name, plan) for module in plan.modules]
    names += [extension.name for extension in plan.extensions]
    hook = work / "first_hook.py"
    text = start_hook() + (_TYPELIB_HOOK if plan.typelibs else "")
    hook.write_text(text, encoding="utf-8")
    typelibs = [(f"{_TYPELIBS}/{each.path.name}", str(each.path), "DATA") for each in plan.typelibs]
    return {
        "script": str(_write_script(plan, work)),
        "search": [str(path) for path in _search(plan)],
        "modules": sorted(names),
        "excludes": _excludes(given, set(names)),
        "hooks": [str(hook)],
        "binaries": [(each.soname, str(each.path), "BINARY") for each in plan.libraries],
        "data": [*typelibs, *_data(plan, work)],
        "trimmed": _trim(given, work),
    }


def _excludes(given: FreezeInput, names: set[str]) -> list[str]:
    """Return what PyInstaller would find on its own and the plan left out on purpose.

    Of the standard library its own start-up code needs more than the plan knows.
    """
    left_out = {each.name for each in given.plan.leftovers if each.reason != "absent"}
    unused = {name for edges in rules.UNUSED_EDGES.values() for name in edges}
    standard = given.workshop.interpreter.stdlib_names
    others = {name for name in unused - names if name.partition(".")[0] not in standard}
    return sorted(left_out | others)


def _importable(name: str, plan: ModulePlan) -> str:
    """Return the name by which PyInstaller finds a module: the main file has its own again."""
    return f"{_package(plan)}{_main_module(plan).path.stem}" if name == plan.main else name


def _package(plan: ModulePlan) -> str:
    """Return the main file's package with a dot behind, or nothing."""
    return plan.main.removesuffix(MAIN_NAME)


def _binaries(plan: ModulePlan) -> list[Path]:
    extensions = [each.path for each in plan.extensions]
    return extensions + [each.path for each in plan.libraries]


def _trim(given: FreezeInput, work: Path) -> dict[str, str]:
    """Write binaries without what no loader reads; return file → smaller copy."""
    libpython = given.workshop.interpreter.find_libpython()
    binaries = [libpython, *_binaries(given.plan)] if libpython else []
    trimmed = {}
    for number, path in enumerate(binaries):
        real = path.resolve()
        copy = work / "trimmed" / str(number) / path.name
        copy.parent.mkdir(parents=True)
        copy.write_bytes(loadable_part(real.read_bytes()))
        trimmed[str(real)] = str(copy)
    return trimmed


def _data(plan: ModulePlan, work: Path) -> list[tuple[str, str, str]]:
    entries = [(name, str(path), "DATA") for name, path in sorted(plan.data.items())]
    for name, content in sorted(plan.generated.items()):
        path = work / "generated" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        entries.append((name, str(path), "DATA"))
    return entries


def _main_module(plan: ModulePlan) -> PlannedModule:
    return next(module for module in plan.modules if module.name == plan.main)


def _write_script(plan: ModulePlan, work: Path) -> Path:
    """Return the script to start with: a main file inside a package is run as part of it."""
    main = _main_module(plan)
    if not _package(plan):
        return main.path
    script = work / "main.py"
    script.write_text(_PACKAGE_MAIN.format(name=_importable(plan.main, plan)), encoding="utf-8")
    return script


def _search(plan: ModulePlan) -> list[Path]:
    """Return the folders that top-level modules of the app and the build come from."""
    folders = []
    for module in plan.modules:
        depth = module.name.count(".") + (1 if module.is_package else 0)
        folders.append(module.path.parents[depth])
    return list(dict.fromkeys(folders))


def _run(given: FreezeInput, work: Path, spec: Path) -> Path:
    command: list[str | Path] = [
        *(given.workshop.interpreter.executable, "-m", "PyInstaller", "--noconfirm"),
        *("--log-level", "WARN", "--distpath", work / "dist", "--workpath", work / "work", spec),
    ]
    environment = os.environ | {"PYTHONHASHSEED": _HASH_SEED, "SOURCE_DATE_EPOCH": _EPOCH}
    environment["PYINSTALLER_CONFIG_DIR"] = str(work / "config")
    done = subprocess.run(
        command, cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    made = shutil.which("app", path=str(work / "dist"))
    if done.returncode != 0 or made is None:
        raise FreezerError(
            f"PyInstaller failed with code {done.returncode}:\n{done.stderr[-_MAX_LOG_CHARS:]}",
            help="its own message above says what is missing",
        )
    return Path(made)


def _result(given: FreezeInput) -> FreezeResult:
    needs, plan = SystemNeeds(), given.plan
    libpython = given.workshop.interpreter.find_libpython()
    if libpython is not None:
        needs.note_all(given.output.read_bytes())
        needs.note_all(libpython.read_bytes())
        for path in _binaries(plan):
            needs.note_versions(path.read_bytes())
        needs.sonames.update(plan.system_libraries)
    return FreezeResult(
        executable=given.output,
        sonames=tuple(sorted(needs.sonames)),
        symbol_versions=needs.symbol_versions(),
    )
