"""What the app's Python says, read as syntax: nothing of it is imported or run.

A command is a function below ``@anything.command`` or ``@anything.command(…)``; its name is the
function's unless ``name="…"`` says another. The files are those of the main file's package, or beside
the main file where that belongs to no package.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from millennium.errors import Location
from millennium_build.check.finding import place_in
from millennium_build.errors import SourceError

MAX_FILES = 5000
_SKIPPED = frozenset({"__pycache__", "node_modules", "build", "dist", "tests", "site-packages"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCommand:
    """One function that pages may call."""

    name: str
    place: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundImport:
    """One module that is imported: dotted, with the imported name where there is one."""

    module: str
    place: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """All that was read.

    Attributes:
        main_runs: Whether the main file calls ``something.run()``.
    """

    commands: tuple[FoundCommand, ...]
    imports: tuple[FoundImport, ...]
    calls: tuple[FoundImport, ...]
    main_runs: bool


def read_code(main: Path, root: Path) -> Code:
    """Read the app's own modules.

    Args:
        main: The file that starts the app.
        root: The project's folder; places are shown relative to it.

    Raises:
        SourceError: A file is not valid Python.
    """
    readers = [_Reader(file, root) for file in _files(main)]
    for reader in readers:
        reader.read()
    starts = next(reader for reader in readers if reader.file == main)
    return Code(
        commands=tuple(command for reader in readers for command in reader.commands),
        imports=tuple(found for reader in readers for found in reader.imports),
        calls=tuple(call for reader in readers for call in reader.calls),
        main_runs=starts.runs,
    )


def _files(main: Path) -> list[Path]:
    found: list[Path] = []
    for file in _below(main.parent):
        found.append(file)
        if len(found) >= MAX_FILES:
            break
    return sorted({*found, main})


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _SKIPPED or (path / "pyvenv.cfg").exists():
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.suffix == ".py":
            yield path


class _Reader(ast.NodeVisitor):
    """Collects what one file says."""

    def __init__(self, file: Path, root: Path) -> None:
        self.file = file
        self._root = root
        self.commands: list[FoundCommand] = []
        self.imports: list[FoundImport] = []
        self.calls: list[FoundImport] = []
        self.runs = False

    def read(self) -> None:
        try:
            tree = ast.parse(self.file.read_bytes(), filename=str(self.file))
        except (SyntaxError, ValueError) as exc:
            line = getattr(exc, "lineno", None) or 0
            place = place_in(self.file, self._root, line, getattr(exc, "offset", None) or 0)
            message = f"{place.path} is not valid Python: {getattr(exc, 'msg', exc)}"
            raise SourceError(message, location=place) from None  # the message has it all
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Note a command."""
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Note a command."""
        self._function(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Note each module."""
        for alias in node.names:
            self.imports.append(FoundImport(module=alias.name, place=self._place(node)))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note each imported name as a module that it may be."""
        if node.level == 0 and node.module:
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                self.imports.append(FoundImport(module=module, place=self._place(node)))

    def visit_Call(self, node: ast.Call) -> None:
        """Note dotted calls, such as ``asyncio.start_server``, and ``app.run()``."""
        dotted = _dotted(node.func)
        if "." in dotted:
            self.calls.append(FoundImport(module=dotted, place=self._place(node)))
            self.runs = self.runs or dotted.endswith(".run")
        self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            name = _command_name(decorator, node.name)
            if name:
                self.commands.append(FoundCommand(name=name, place=self._place(node)))
        self.generic_visit(node)

    def _place(self, node: ast.AST) -> Location:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        return place_in(self.file, self._root, line, column)


def _command_name(decorator: ast.expr, function: str) -> str:
    call = decorator if isinstance(decorator, ast.Call) else None
    if not _dotted(call.func if call else decorator).endswith(".command"):
        return ""
    for keyword in call.keywords if call else ():
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value) or function
    return function


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""
