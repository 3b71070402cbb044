"""Make the module plan: from the main file to everything that the executable must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from millennium_build.errors import ModuleMissingError
from millennium_build.freeze.environment import Interpreter, Workshop
from millennium_build.freeze.plan import rules
from millennium_build.freeze.plan.data import READERS, package_files
from millennium_build.freeze.plan.discover import Discovery, Wanted
from millennium_build.freeze.plan.distributions import (
    InstalledDistribution,
    InstalledDistributions,
)
from millennium_build.freeze.plan.entry import Entry
from millennium_build.freeze.plan.finder import FoundModule, ModuleFinder
from millennium_build.freeze.plan.libraries import LibraryWalk
from millennium_build.freeze.plan.model import (
    ModulePlan,
    PlannedExtension,
    PlannedModule,
)
from millennium_build.freeze.plan.typelibs import TypelibChoice, typelib_folders
from millennium_build.freeze.plan.unresolved import tell_unresolved

_DISTRIBUTION_PACKAGES = Path("/usr/lib/python3/dist-packages")
_GI_NAMES = frozenset(("gi", "cairo"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What decides the plan besides the sources.

    Attributes:
        entry: The main file.
        include: Modules to freeze though no scan finds them.
        disabled: Modules that must not be in the executable.
        replaced: Modules that the app puts into `sys.modules` itself.
        include_data: Packages whose data files come along.
        without_data: Folders of the app that are not data of its package (the page).
        extra_data: Path inside the executable → file, besides what packages have.
        search: Folders to look in before the environment's (generated packages).
    """

    entry: Entry
    include: tuple[str, ...] = ()
    disabled: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    include_data: tuple[str, ...] = ()
    without_data: tuple[Path, ...] = ()
    extra_data: dict[str, Path] = field(default_factory=dict, hash=False)
    search: tuple[Path, ...] = ()


@dataclass(slots=True)
class _Draft:
    request: PlanRequest
    interpreter: Interpreter
    discovery: Discovery
    typelibs: TypelibChoice
    distributions: tuple[InstalledDistribution, ...] = ()
    data: dict[str, Path] = field(default_factory=dict)


def make_plan(request: PlanRequest, workshop: Workshop) -> ModulePlan:
    """Find all modules, libraries, typelibs and data of an app.

    Raises:
        ModuleMissingError: A module that the configuration includes does not exist.
        BuildError: Something that was found cannot be read.
    """
    interpreter = workshop.interpreter
    search = (*request.search, request.entry.root, *interpreter.search)
    draft = _Draft(
        request=request,
        interpreter=interpreter,
        discovery=Discovery(
            workshop=workshop,
            finder=_make_finder(search, interpreter),
            own=request.entry.root,
            disabled=request.disabled,
            replaced=request.replaced,
        ),
        typelibs=TypelibChoice(typelib_folders(interpreter)),
    )
    _find_modules(draft)
    draft.distributions = InstalledDistributions(search).owners(_third_party(draft))
    draft.data = _choose_data(draft)
    return _finish(draft)


def _make_finder(search: Sequence[Path], interpreter: Interpreter) -> ModuleFinder:
    """Look for gi among the distribution's own packages too, when they fit this minor."""
    extension = _DISTRIBUTION_PACKAGES / "gi" / f"_gi{interpreter.suffixes[0]}"
    only = {_DISTRIBUTION_PACKAGES: _GI_NAMES} if extension.is_file() else {}
    return ModuleFinder(
        search,
        suffixes=interpreter.suffixes,
        builtin=interpreter.builtin,
        only=only,
    )


def _find_modules(draft: _Draft) -> None:
    discovery, entry = draft.discovery, draft.request.entry
    if entry.package:
        discovery.need(Wanted(name=entry.package, by="(main)", is_hard=True))
    discovery.add_main(entry.frozen_name, entry.path)
    for name in rules.BASE:
        discovery.need(Wanted(name=name, by="(interpreter)"))
    for name in draft.request.include:
        if not discovery.need(Wanted(name=name, by="(include)")):
            raise ModuleMissingError(
                f"the module {name} was asked for and is not there",
                help="install it, or take it out of build.include",
            )
    discovery.run()
    if "gi" in discovery.found:
        _follow_typelibs(draft)


def _follow_typelibs(draft: _Draft) -> None:
    """Overrides belong to typelibs, and may use more typelibs in turn."""
    before = -1
    while before != len(draft.typelibs.chosen):
        before = len(draft.typelibs.chosen)
        draft.typelibs.add_all(draft.discovery.typelibs)
        for namespace in sorted(draft.typelibs.chosen):
            draft.discovery.need(Wanted(name=f"gi.overrides.{namespace}", by="(typelib)"))
            draft.discovery.leftovers.pop(f"gi.overrides.{namespace}", None)
        draft.discovery.run()


def _third_party(draft: _Draft) -> list[tuple[str, Path]]:
    known = draft.interpreter.stdlib_names
    return [
        (name, module.path)
        for name, module in draft.discovery.found.items()
        if module.path is not None and name.partition(".")[0] not in known
    ]


def _choose_data(draft: _Draft) -> dict[str, Path]:
    found = draft.discovery.found
    chosen = {*draft.request.include_data, *(name for name in rules.DATA if name in found)}
    for reader in READERS:
        chosen |= {user.partition(".")[0] for user in draft.discovery.users.get(reader, ())}
    if draft.request.entry.package:
        chosen.add(draft.request.entry.package.partition(".")[0])
    data: dict[str, Path] = {}
    for name in sorted(chosen - draft.interpreter.stdlib_names - rules.WITHOUT_DATA):
        module = found.get(name)
        for folder in module.locations if module else ():
            files = package_files(folder, name, without=draft.request.without_data)
            data |= files
    return data | draft.request.extra_data


def _finish(draft: _Draft) -> ModulePlan:
    found, walk = draft.discovery.found, LibraryWalk(draft.interpreter)
    extensions = tuple(
        PlannedExtension(name=name, path=module.path, needs=walk.add(module.path))
        for name, module in sorted(found.items())
        if module.kind == "extension" and module.path is not None
    )
    modules = tuple(
        _plan_module(draft, module)
        for _, module in sorted(found.items())
        if module.kind == "source"
    )
    namespaces = {name for name, module in found.items() if module.kind == "namespace"}
    return ModulePlan(
        main=draft.request.entry.frozen_name,
        modules=modules,
        extensions=extensions,
        libraries=tuple(walk.vendored[soname] for soname in sorted(walk.vendored)),
        typelibs=tuple(draft.typelibs.chosen.values()),
        namespaces=tuple(sorted(namespaces | _data_packages(draft))),
        data=draft.data,
        generated=_metadata(draft),
        system_libraries=tuple(sorted(walk.system)),
        distributions=draft.distributions,
        leftovers=tuple(item for _, item in sorted(draft.discovery.leftovers.items())),
        unresolved=dict(sorted(draft.discovery.unresolved.items())),
        warnings=(*draft.discovery.warnings, *_tell_unresolved(draft)),
        needs_files={name: why for name, why in rules.NEEDS_FILES.items() if name in found},
    )


def _tell_unresolved(draft: _Draft) -> tuple[str, ...]:
    discovery, entry = draft.discovery, draft.request.entry
    known = {*draft.interpreter.stdlib_names, *rules.CHOSEN_ELSEWHERE}
    told = {
        entry.path.name if name == entry.frozen_name else name: calls
        for name, calls in discovery.unresolved.items()
        if name.partition(".")[0] not in known
        and name not in (*discovery.followed, *rules.RULES, *draft.request.include)
    }
    return tell_unresolved(told)


def _plan_module(draft: _Draft, module: FoundModule) -> PlannedModule:
    assert module.path is not None  # noqa: S101 - source modules have one
    return PlannedModule(
        name=module.name,
        path=module.path,
        is_package=module.is_package,
        is_own=draft.discovery.is_own(module),
    )


def _data_packages(draft: _Draft) -> set[str]:
    """Folders that hold only data are packages all the same (``tzdata.zoneinfo``)."""
    packages = set()
    for path in draft.data:
        parts = path.split("/")[:-1]
        for count in range(1, len(parts) + 1):
            name = ".".join(parts[:count])
            if all(part.isidentifier() for part in parts[:count]):
                packages.add(name)
    return packages - set(draft.discovery.found)


def _metadata(draft: _Draft) -> dict[str, bytes]:
    """Metadata goes in when something besides the standard library may ask for it."""
    known = draft.interpreter.stdlib_names
    users = draft.discovery.users.get("importlib.metadata", set())
    if all(user.partition(".")[0] in known for user in users):
        return {}
    generated = {}
    for found in draft.distributions:
        generated[f"{found.folder}/METADATA"] = found.headers.encode()
        if found.entry_points:
            generated[f"{found.folder}/entry_points.txt"] = found.entry_points.encode()
    return generated
