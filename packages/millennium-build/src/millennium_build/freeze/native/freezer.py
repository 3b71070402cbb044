"""Put stub, libpython, modules, libraries and data into one file, without a compiler.

The executable is the stub with a payload behind it. It starts in one process, unpacks nothing and
takes no module from the disk. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from millennium_build.elf import loadable_part
from millennium_build.errors import LibpythonMissingError, NativeMissingError
from millennium_build.freeze.interface import FreezeInput, Freezer, FreezeResult
from millennium_build.freeze.native import payload
from millennium_build.freeze.native.payload import PayloadWriter
from millennium_build.freeze.needs import SystemNeeds
from millennium_build.freeze.plan import rules
from millennium_build.freeze.plan.model import ModulePlan
from millennium_build.native import native_artifacts
from millennium_build.output import write_executable

CACHED_FROM = 2 * 1024 * 1024
"""Vendored libraries of this size and more are decompressed once, into the user's cache."""

_INSIDE = Path(__file__).with_name("inside")
_SUPPORT = {
    "_millennium_boot": ("boot.py", None),
    "_millennium_cache": ("cache.py", "hashlib"),
    "_millennium_child": ("child.py", "multiprocessing"),
    "_millennium_metadata": ("metadata.py", "importlib.metadata"),
    "_millennium_resources": ("resources.py", "importlib.resources"),
    "_millennium_typelibs": ("typelibs.py", "gi"),
}
_ROOT = "/millennium"
_OPTIMIZE, _KEEP_DOCSTRINGS = 2, 1
_TIME_ZONES = "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo"


@dataclass(slots=True)
class _Work:
    given: FreezeInput
    writer: PayloadWriter
    needs: SystemNeeds = field(default_factory=SystemNeeds)

    def add_binary(self, path: Path) -> tuple[int, str]:
        """Take a library; return its blob, and its digest when the app may cache it."""
        data = loadable_part(path.read_bytes())
        self.needs.note_versions(data)
        digest = hashlib.sha256(data).hexdigest() if len(data) >= CACHED_FROM else ""
        return self.writer.add(data), digest


class NativeFreezer(Freezer):
    """Linux with glibc: a prebuilt stub, everything from memory."""

    name = "native"

    def why_not(self, given: FreezeInput) -> str:
        """Return why this freezer cannot freeze this plan here; empty when it can."""
        python = given.workshop.interpreter
        if python.platform != "linux" or python.implementation != "cpython":
            return f"it is for CPython on Linux, not {python.implementation} on {python.platform}"
        if python.is_debug or python.is_free_threaded:
            return "this Python is a debug or free-threaded build, for which it has no core"
        for package, reason in given.plan.needs_files.items():
            return f"{package} cannot live in memory: {reason}"
        try:
            native_artifacts(python.minor)
        except NativeMissingError as error:
            return error.message
        return ""

    def freeze(self, given: FreezeInput, say: Callable[[str], None]) -> FreezeResult:
        """Write the executable.

        Raises:
            NativeMissingError: There is no stub or core for this Python.
            LibpythonMissingError: This Python has no shared library.
            BuildError: Something that goes in cannot be read.
        """
        artifacts = native_artifacts(given.workshop.interpreter.minor)
        work = _Work(given, PayloadWriter(given.cache))
        index = _make_index(work)
        modules = _compile_modules(given)
        index["names"] = sorted({*_module_names(given.plan), *index["extensions"]})
        work.writer.put(payload.FROZEN, payload.pack_modules(modules))
        work.writer.put(payload.LIBPYTHON, _read_libpython(work))
        work.writer.put(payload.CORE, artifacts.core.read_bytes())
        work.writer.put(payload.INDEX, payload.pack_index(index))
        for path in (artifacts.stub, artifacts.core):
            work.needs.note_all(path.read_bytes())
        work.needs.sonames.update(given.plan.system_libraries)
        write_executable(given.output, work.writer.join(artifacts.stub.read_bytes()))
        say(f"{len(modules)} modules, {len(index['extensions'])} extensions")
        return _result(work)


def _make_index(work: _Work) -> dict[str, Any]:
    plan = work.given.plan
    extensions = {
        each.name: (work.add_binary(each.path)[0], each.needs) for each in plan.extensions
    }
    libraries = {}
    for each in plan.libraries:
        blob, digest = work.add_binary(each.path)
        libraries[each.soname] = (blob, each.needs, digest)
    typelibs = [work.writer.add(each.path.read_bytes()) for each in plan.typelibs]
    contents = {name: path.read_bytes() for name, path in plan.data.items()} | plan.generated
    data = {name: work.writer.add(contents[name]) for name in sorted(contents)}
    return {
        "app": work.given.app_name,
        "main": plan.main,
        "extensions": extensions,
        "libraries": libraries,
        "typelibs": typelibs,
        "namespaces": list(plan.namespaces),
        "data": data,
        "has_children": any(each.name == "multiprocessing" for each in plan.modules),
    }


def _module_names(plan: ModulePlan) -> list[str]:
    return [*(each.name for each in plan.modules), *plan.namespaces]


def _compile_modules(given: FreezeInput) -> dict[str, tuple[bytes, bool]]:
    """Compile what goes in; modules that libpython itself carries frozen are in already."""
    interpreter = given.workshop.interpreter
    compiled = {}
    for module in given.plan.modules:
        if module.name in interpreter.frozen and not module.is_own:
            continue
        ending = "/__init__.py" if module.is_package else ".py"
        code = given.workshop.compile(
            module.path,
            module.read(),
            filename=f"{_ROOT}/{module.name.replace('.', '/')}{ending}",
            optimize=_optimization(module.name),
        )
        compiled[module.name] = (code, module.is_package)
    return compiled | _compile_support(given)


def _compile_support(given: FreezeInput) -> dict[str, tuple[bytes, bool]]:
    present = {module.name for module in given.plan.modules}
    compiled = {}
    for name, (file, condition) in _SUPPORT.items():
        if condition is None or condition in present:
            path = _INSIDE / file
            code = given.workshop.compile(
                path, path.read_bytes(), filename=f"{_ROOT}/{name}.py", optimize=_OPTIMIZE
            )
            compiled[name] = (code, False)
    if "sysconfig" in present:
        compiled |= _compile_variables(given)
    return compiled


def _compile_variables(given: FreezeInput) -> dict[str, tuple[bytes, bool]]:
    """Write the module behind `sysconfig`: the real one tells the paths of this machine."""
    interpreter = given.workshop.interpreter
    suffix = interpreter.variables["EXT_SUFFIX"]
    variables = {
        "EXT_SUFFIX": suffix,
        "HAVE_FORK": 1,
        "MULTIARCH": interpreter.variables["MULTIARCH"],
        "Py_DEBUG": 0,
        "Py_GIL_DISABLED": 0,
        "SOABI": suffix.removeprefix(".").removesuffix(".so"),
        "TZPATH": _TIME_ZONES,
    }
    name, source = interpreter.sysconfigdata, f"build_time_vars = {variables!r}\n".encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.py"
        path.write_bytes(source)
        filename = f"{_ROOT}/{name}.py"
        code = given.workshop.compile(path, source, filename=filename, optimize=_OPTIMIZE)
    return {name: (code, False)}


def _optimization(name: str) -> int:
    keeps = name.partition(".")[0] in rules.KEEPS_DOCSTRINGS
    return _KEEP_DOCSTRINGS if keeps else _OPTIMIZE


def _read_libpython(work: _Work) -> bytes:
    interpreter = work.given.workshop.interpreter
    path = interpreter.find_libpython()
    if path is None:
        raise LibpythonMissingError(
            f"{interpreter.executable} has no shared libpython{interpreter.version[0]}"
            f".{interpreter.minor}",
            help=f"on Debian: apt install libpython3.{interpreter.minor}; with pyenv: install"
            " Python with --enable-shared",
        )
    data = loadable_part(path.read_bytes())
    work.needs.note_all(data)
    return data


def _result(work: _Work) -> FreezeResult:
    return FreezeResult(
        executable=work.given.output,
        sonames=tuple(sorted(work.needs.sonames)),
        symbol_versions=work.needs.symbol_versions(),
        sizes={
            "modules": work.writer.stored_size(payload.FROZEN),
            "libpython": work.writer.stored_size(payload.LIBPYTHON),
        },
    )
