"""First module of a frozen app: imports come from the executable and from nowhere else.

Frozen as `_millennium_boot`. It runs before anything can be imported from the executable, so it
uses only what the interpreter itself has already loaded.

Rules:

1. `sys.meta_path` holds one finder and `sys.path` one entry that exists on no disk: a file beside
   the executable, in the working folder or in site-packages is never imported.
2. Extension modules are loaded from sealed memory files; large vendored libraries may come from
   the cache, each as a sealed copy that is checked against the digest in the executable first.
3. Of ``-c`` only the two forms with which multiprocessing starts its helpers are accepted, and
   their arguments are read as literals.
"""

from __future__ import annotations

import _imp
import marshal
import posix
import sys
from _frozen_importlib import ModuleSpec

import _millennium_core as core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType
    from typing import Any

ROOT = "/millennium"
INDEX_BLOB = 3

index: dict[str, Any] = {}
_loaded: set[str] = set()


def virtual_path(name: str, ending: str) -> str:
    """Return the path that a module claims to have; it exists on no disk."""
    return f"{ROOT}/{name.replace('.', '/')}{ending}"


class Importer:
    """Finds every module of the app, and loads those that are bytecode."""

    @classmethod
    def find_spec(cls, name: str, *_: object) -> ModuleSpec | None:
        """Find a module by its full name; its package's path says nothing more."""
        if _imp.is_builtin(name):
            return _make_spec(name, Builtins, origin="built-in")
        if _imp.is_frozen(name):
            return cls._frozen_spec(name)
        if name in index["extensions"]:
            return _located(_make_spec(name, Extensions, origin=virtual_path(name, ".so")))
        if name in index["namespaces"]:
            spec = _make_spec(name, Namespaces, is_package=True)
            spec.submodule_search_locations = [virtual_path(name, "")]
            return spec
        return None

    @classmethod
    def _frozen_spec(cls, name: str) -> ModuleSpec:
        is_package = _imp.is_frozen_package(name)
        origin = virtual_path(name, "/__init__.py" if is_package else ".py")
        spec = _located(_make_spec(name, cls, origin=origin, is_package=is_package))
        if is_package:
            spec.submodule_search_locations = [virtual_path(name, "")]
        return spec

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """Leave it to the interpreter."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Run the module's bytecode."""
        exec(_imp.get_frozen_object(module.__name__), module.__dict__)  # noqa: S102

    @staticmethod
    def get_code(name: str) -> object:
        """Return a module's bytecode (runpy, multiprocessing)."""
        return _imp.get_frozen_object(name)

    @staticmethod
    def get_source(name: str) -> None:
        """Return nothing: sources do not ship."""

    @staticmethod
    def get_filename(name: str) -> str:
        """Return the path a module claims to have."""
        return str(virtual_path(name, "/__init__.py" if _imp.is_frozen_package(name) else ".py"))

    @staticmethod
    def is_package(name: str) -> bool:
        """Tell whether a frozen module is a package."""
        return bool(_imp.is_frozen_package(name))

    @staticmethod
    def get_data(path: str) -> bytes:
        """Return a data file by its virtual path (pkgutil, the app's context)."""
        blob = index["data"].get(path.removeprefix(f"{ROOT}/"))
        if blob is None:
            raise FileNotFoundError(2, "not in this executable", path)
        return bytes(core.blob(blob))

    @staticmethod
    def get_resource_reader(name: str) -> object:
        """Return the reader behind `importlib.resources.files`."""
        from _millennium_resources import Reader  # noqa: PLC0415 - not in every app

        reader: object = Reader(name)
        return reader

    @staticmethod
    def find_distributions(context: object = None) -> Iterable[object]:
        """Return the distributions behind `importlib.metadata`."""
        from _millennium_metadata import find  # noqa: PLC0415 - not in every app

        found: Iterable[object] = find(context)
        return found


class Builtins:
    """Loads modules that are compiled into the interpreter."""

    create_module = staticmethod(_imp.create_builtin)
    exec_module = staticmethod(_imp.exec_builtin)


class Namespaces:
    """Loads packages that have no file of their own."""

    get_resource_reader = staticmethod(Importer.get_resource_reader)

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """Leave it to the interpreter."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Run nothing: there is no code."""


class Extensions:
    """Loads extension modules from memory."""

    get_resource_reader = staticmethod(Importer.get_resource_reader)

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        """Load the vendored libraries it needs, then itself."""
        blob, needs = index["extensions"][spec.name]
        for soname in needs:
            load_library(soname)
        claimed = spec.origin
        descriptor = core.memory_file(blob, spec.name)
        spec.origin = core.loader_path(descriptor)
        try:
            module: ModuleType = _imp.create_dynamic(spec)
        finally:
            spec.origin = claimed
            posix.close(descriptor)
        return module

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Run its initialisation; gi gets its typelibs at once."""
        _imp.exec_dynamic(module)
        module.__file__ = virtual_path(module.__name__, ".so")
        if module.__name__ == "gi._gi" and index["typelibs"]:
            from _millennium_typelibs import embed  # noqa: PLC0415 - not in every app

            embed(module, core.load_typelib, index["typelibs"])

    @staticmethod
    def get_code(name: str) -> None:
        """Return nothing: it is machine code."""

    get_source = is_package = get_code


class Folder:
    """The entry of `sys.path`: lists what is inside for `pkgutil`."""

    def __init__(self, path: str) -> None:
        if path != ROOT and not path.startswith(f"{ROOT}/"):
            raise ImportError(path)
        self._package = path[len(ROOT) + 1 :].replace("/", ".")

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Find a module as the finder does."""
        return Importer.find_spec(name)

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """Yield name and whether it is a package for each direct child."""
        start = f"{self._package}." if self._package else ""
        for name in index["names"]:
            last = name[len(start) :]
            if name.startswith(start) and "." not in last:
                is_package = _imp.is_frozen(name) and _imp.is_frozen_package(name)
                yield prefix + last, bool(is_package)


def load_library(soname: str) -> None:
    """Load a vendored library after those it needs; later ones find it by its soname."""
    if soname in _loaded:
        return
    _loaded.add(soname)
    blob, needs, digest = index["libraries"][soname]
    for needed in needs:
        load_library(needed)
    descriptor = -1
    if digest:
        from _millennium_cache import open_cached  # noqa: PLC0415 - not in every app

        descriptor = open_cached(
            index["app"],
            digest,
            read=lambda: core.blob(blob),
            seal=lambda file: core.sealed_copy(blob, file, soname),
        )
    if descriptor < 0:
        descriptor = core.memory_file(blob, soname)
    try:
        core.load_library(core.loader_path(descriptor))
    finally:
        posix.close(descriptor)


def _make_spec(
    name: str,
    loader: Any,  # noqa: ANN401 - a class that serves as its own instance
    *,
    origin: str | None = None,
    is_package: bool = False,
) -> ModuleSpec:
    """Make a spec."""
    return ModuleSpec(name, loader, origin=origin, is_package=is_package)


def _located(spec: ModuleSpec) -> ModuleSpec:
    spec.has_location = True
    spec.cached = None
    return spec


def _take_over_imports() -> None:
    sys.meta_path[:] = [Importer]
    sys.path_importer_cache.clear()
    sys.path_hooks[:] = [Folder]
    sys.path[:] = [ROOT]
    sys.frozen = True  # type: ignore[attr-defined]  # multiprocessing and the app ask for it


def _run_main() -> None:
    name = index["main"]
    module = sys.modules["__main__"]
    spec = Importer.find_spec(name)
    module.__spec__ = spec
    module.__loader__ = Importer  # type: ignore[assignment]
    module.__file__ = virtual_path(name, ".py")
    module.__package__ = name.rpartition(".")[0]
    module.__builtins__ = sys.modules["builtins"]  # type: ignore[attr-defined]
    if module.__package__:
        __import__(module.__package__)
    exec(_imp.get_frozen_object(name), module.__dict__)  # noqa: S102 - the app itself


def main() -> None:
    """Set the imports up, then run the app, or the child that multiprocessing asked for."""
    index.update(marshal.loads(core.blob(INDEX_BLOB)))  # noqa: S302 - this very executable's
    _take_over_imports()
    if len(sys.argv) > 1 and index["has_children"]:
        from _millennium_child import run_child  # noqa: PLC0415 - not in every app

        if run_child():
            return
    _run_main()
