"""Find every module that the app can import, without running it.

Rules:

1. What a module imports is read from its source (`millennium_build.freeze.worker`) or, for an
   extension module, from the dotted names in its strings; `rules` adds what neither shows.
2. An import in a function or a ``try`` is followed like any other.
3. `rules.EXCLUDED` is left out unless the app names it or something surely imports it.
4. What the app's configuration disables is never in, whoever imports it; nor is what the app
   replaces by an object of its own before anybody imports it.
5. A fallback behind ``except ImportError`` is left out when the standard library surely has what
   was tried first.
6. The app's own code that surely runs, and imports what is not there, ends the search: no executable
   of it could start. Code that changes how Python finds modules knows better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from millennium.errors import Location
from millennium_build.errors import ModuleMissingError
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan import rules
from millennium_build.freeze.plan.finder import FoundModule, ModuleFinder
from millennium_build.freeze.plan.model import Leftover, Reason

_DOTTED = re.compile(rb"(?<![\w.])[a-z_]\w*(?:\.[a-zA-Z_]\w*)+(?=\0)")
_WORD = re.compile(rb"(?<=\0)[a-z_][a-z_0-9]{1,24}(?=\0)")
_FINDS_ITSELF = re.compile(rb"\bsys\.(?:path|modules|meta_path)|\baddsitedir\b")
_COMPILED_PYTHON = (b"__pyx_", b"CPyStatics")
_MAX_HINT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One import: the name, who imports it, and whether that is sure."""

    name: str
    by: str
    is_hard: bool = False


@dataclass(slots=True, kw_only=True)
class Discovery:
    """The modules found so far. Ask `need` for names, then `run` until nothing is left to read.

    Attributes:
        own: Folder of the app's own modules.
        disabled: Names that must never be in.
        replaced: Names that the app puts into `sys.modules` itself.
        found: Name → where it is.
        unresolved: Module → its imports by names made at run time.
        followed: Those of `unresolved` whose choices came in all the same.
        typelibs: Namespace → versions that modules ask for; no version when only imported.
        sure: The app's own modules that run as soon as it starts.
    """

    workshop: Workshop
    finder: ModuleFinder
    own: Path
    disabled: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    main: str = ""
    found: dict[str, FoundModule] = field(default_factory=dict)
    leftovers: dict[str, Leftover] = field(default_factory=dict)
    unresolved: dict[str, tuple[str, ...]] = field(default_factory=dict)
    followed: set[str] = field(default_factory=set)
    typelibs: dict[str, set[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    users: dict[str, set[str]] = field(default_factory=dict)
    sure: set[str] = field(default_factory=set)
    _todo: list[str] = field(default_factory=list)

    def add_main(self, name: str, path: Path) -> None:
        """Take the file that is run, under the name it is frozen as."""
        self.main = name
        self.sure |= {name, *_parents(name)}
        self.found[name] = FoundModule(name=name, kind="source", path=path)
        self._todo.append(name)

    def need(self, wanted: Wanted) -> bool:
        """Take a module and its packages, if it may be in and exists."""
        name = wanted.name
        if name in self.found:
            self.users.setdefault(name, set()).add(wanted.by)
            return True
        reason = self._why_left_out(wanted)
        if reason is None:
            reason = self._take(wanted)
        if reason is None:
            self.leftovers.pop(name, None)
            return True
        self.leftovers[name] = Leftover(name=name, wanted_by=wanted.by, reason=reason)
        if reason == "disabled" and wanted.is_hard:
            self.warnings.append(f"{wanted.by} imports {name}, which the configuration disables")
        return False

    def run(self) -> None:
        """Read what was found, and what that needs, until nothing new comes."""
        while self._todo:
            while self._todo:
                self._read(self._todo.pop())
            for name in rules.USED_BY_OTHERS:
                self._need_parts(name)

    def _read(self, name: str) -> None:
        for ruled in rules.RULES.get(name, ()):
            self.need(Wanted(name=ruled, by=name))
        module = self.found[name]
        if module.kind == "source":
            self._read_source(module)
        elif module.kind == "extension":
            self._read_strings(module)

    def _need_parts(self, name: str) -> None:
        """Take what a module needs only when others than a known few use it."""
        insiders, parts = rules.USED_BY_OTHERS[name]
        users = {user for user in self.users.get(name, ()) if not self._is_standard(user)}
        if any(not _is_in(user, insiders) for user in users):
            for part in parts:
                self.need(Wanted(name=part, by=name))

    def is_own(self, module: FoundModule) -> bool:
        """Tell whether a module belongs to the app."""
        return module.path is not None and module.path.is_relative_to(self.own)

    def _why_left_out(self, wanted: Wanted) -> Reason | None:
        if _is_in(wanted.name, self.disabled):
            return "disabled"
        if _is_in(wanted.name, self.replaced):
            return "replaced"
        if not _is_in(wanted.name, rules.EXCLUDED) or wanted.is_hard:
            return None
        importer = self.found.get(wanted.by)
        is_asked = importer is None or self.is_own(importer) or _is_in(wanted.by, rules.EXCLUDED)
        return None if is_asked else "excluded"

    def _take(self, wanted: Wanted) -> Reason | None:
        parent, _, _ = wanted.name.rpartition(".")
        locations = None
        if parent:
            if not self.need(Wanted(name=parent, by=wanted.by, is_hard=wanted.is_hard)):
                return self.leftovers[parent].reason
            locations = self.found[parent].locations
            if not locations:
                return "absent"
        module = self.finder.find(wanted.name, locations)
        if module is None:
            return "absent"
        self.found[wanted.name] = module
        self.users.setdefault(wanted.name, set()).add(wanted.by)
        self._todo.append(wanted.name)
        return None

    def _read_source(self, module: FoundModule) -> None:
        assert module.path is not None  # noqa: S101 - only namespaces and built-ins have none
        source = module.path.read_bytes()
        is_main = module.name == self.main
        findings = self.workshop.scan(module.path, source, is_main=is_main)
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        if _FINDS_ITSELF.search(source):
            self.sure.discard(module.name)
        for item in findings["imports"]:
            self._follow(module.name, package, item)
        for namespace, version in findings["typelibs"]:
            self.typelibs.setdefault(namespace, set()).add(version)
        if findings["dynamic"]:
            self.unresolved[module.name] = tuple(findings["dynamic"])
            self._need_neighbours(module)
        if findings["hints"]:
            self.followed.add(module.name)
        for hint in findings["hints"]:
            self._follow_hint(module.name, package, hint)
        if not self._is_standard(module.name):
            self._follow_words(module.name, findings)

    def _need_neighbours(self, module: FoundModule) -> None:
        """Take all modules of a package whose own file imports by names made at run time.

        Such packages (``pygments.lexers``) hold one module a choice; which is chosen nobody knows.
        """
        is_choice = module.is_package and "." in module.name and not self._is_standard(module.name)
        if not is_choice or _is_in(module.name, rules.CHOSEN_ELSEWHERE):
            return
        self.followed.add(module.name)
        for folder in module.locations:
            for path in sorted(folder.glob("*.py")):
                if path.stem.isidentifier() and path.stem != "__init__":
                    self._need_quietly(f"{module.name}.{path.stem}", module.name)

    def _follow(self, by: str, package: str, item: dict[str, Any]) -> None:
        name = _absolute(item["module"], item["level"], package)
        if not name or self._is_unused(name, by, item) or self._has_better(item["instead_of"]):
            return
        if name == "gi.repository":
            for namespace in item["names"]:
                self.typelibs.setdefault(namespace, set())
        if not self.need(Wanted(name=name, by=by, is_hard=item["hard"])):
            self._require(name, by, item["line"])
            return
        self._note_sure(name, by, item["line"])
        if not self.found[name].is_package:
            return
        for attribute in item["names"]:
            if attribute != "*":
                self._need_quietly(f"{name}.{attribute}", by, is_hard=item["hard"])

    def _note_sure(self, name: str, by: str, line: int) -> None:
        if line and by in self.sure and self._is_written_here(self.found[name]):
            self.sure |= {name, *_parents(name)}

    def _require(self, name: str, by: str, line: int) -> None:  # (6)
        top = self.found.get(name.partition(".")[0])
        is_ours = top is None or self._is_written_here(top)
        is_sure = bool(line) and by in self.sure and name != "__main__"
        is_absent = self.leftovers[name].reason == "absent" and not self._is_standard(name)
        if not (is_sure and is_absent and is_ours):
            return
        python = self.workshop.interpreter.executable
        raise ModuleMissingError(
            f"there is no module {name!r}",
            help=f"mend its name, or install what has it: {python} -m pip install …",
            location=Location(str(self.found[by].path), line, 1),
        )

    def _is_written_here(self, module: FoundModule) -> bool:
        """Tell whether a module is the app's own, not one of an environment in the app's folder."""
        return self.is_own(module) and "site-packages" not in str(module.path)

    def _is_unused(self, name: str, by: str, item: dict[str, Any]) -> bool:
        """Tell whether only code that never runs in an executable imports it."""
        if item["hard"]:
            return False
        if _is_in(name, rules.UNUSED_EDGES.get(by, frozenset())):
            return True
        is_test = item["function"].startswith(rules.SELF_TESTS)
        return is_test and self._is_standard(by) and not by.startswith("multiprocessing.")

    def _need_quietly(self, name: str, by: str, *, is_hard: bool = False) -> None:
        """Take a submodule if there is one: the name may as well be an attribute."""
        known = name in self.leftovers
        is_in = self.need(Wanted(name=name, by=by, is_hard=is_hard))
        if not (is_in or known) and self.leftovers[name].reason == "absent":
            del self.leftovers[name]

    def _follow_hint(self, by: str, package: str, hint: str) -> None:
        level = len(hint) - len(hint.lstrip("."))
        if level:
            self._need_quietly(_absolute(hint[level:], level, package), by)
        elif "." in hint:
            self._need_quietly(hint, by)
        elif package:
            self._need_quietly(f"{package}.{hint}", by)

    def _follow_words(self, by: str, findings: dict[str, Any]) -> None:
        if by.partition(".")[0] == "msgspec":  # which names its own optional parts
            return
        for word in findings["words"]:
            for name in rules.WORDS[word]:
                self.need(Wanted(name=name, by=by))
        for encoding in findings["encodings"]:
            name = encoding.lower().replace("-", "_").replace(" ", "_")
            if name.isidentifier():
                self._need_quietly(f"encodings.{name}", by)

    def _is_standard(self, name: str) -> bool:
        return name.partition(".")[0] in self.workshop.interpreter.stdlib_names

    def _has_better(self, instead_of: Iterable[str]) -> bool:
        names = list(instead_of)
        known = self.workshop.interpreter.stdlib_names
        return bool(names) and all(
            name.partition(".")[0] in known and self._exists(name) for name in names
        )

    def _exists(self, name: str) -> bool:
        return name in self.found or ("." not in name and self.finder.find(name) is not None)

    def _read_strings(self, module: FoundModule) -> None:
        """Read the names in an extension module."""
        assert module.path is not None  # noqa: S101 - only namespaces and built-ins have none
        if module.path.stat().st_size > _MAX_HINT_BYTES:
            return
        binary = module.path.read_bytes()
        names = {match.decode() for match in _DOTTED.findall(binary)}
        words = {match.decode() for match in _WORD.findall(binary)}
        is_compiled_python = any(mark in binary for mark in _COMPILED_PYTHON)
        known = self.workshop.interpreter.stdlib_names if is_compiled_python else rules.PLAUSIBLE
        for name in sorted(names | (words & known)):
            self._need_quietly(name, module.name)


def _absolute(module: str, level: int, package: str) -> str:
    if not level:
        return module
    parts = package.split(".")
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, module] if module else kept)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _is_in(name: str, names: frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:count]) in names for count in range(1, len(parts) + 1))
