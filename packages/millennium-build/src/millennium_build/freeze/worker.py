"""Runs inside the project's own Python: tells about it, scans and compiles source files.

The build may live in another environment and another version, so what depends on the project's
interpreter happens here. Only the standard library, nothing of this distribution. One JSON
line asks, one answers (see `ANSWERS`); `millennium_build.freeze.environment` is the other side.
"""

from __future__ import annotations

import _imp
import ast
import base64
import importlib.machinery
import json
import marshal
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

# What the scan knows about the machine that the executable will run on.
_KNOWN: dict[str, Any] = {
    "sys.platform": "linux",
    "_sys.platform": "linux",
    "os.name": "posix",
    "_os.name": "posix",
    "platform.system()": "Linux",
    "sys.implementation.name": "cpython",
    "sys.byteorder": sys.byteorder,
    "sys.version_info": tuple(sys.version_info[:3]),
    "sys.version_info[:2]": tuple(sys.version_info[:2]),
    "sys.version_info[0]": sys.version_info[0],
    "sys.version_info.major": sys.version_info[0],
}
_MAX_NAME = 120
_FALSE_NAMES = {"TYPE_CHECKING", "MYPY", "__debug__"}
_WATCHED = frozenset(
    ("ProcessPoolExecutor", "make_archive", "ssl", "toml", "unpack_archive", "yaml")
)
_NAMED_CHARACTER = "\\N{"
_CODEC_METHODS = frozenset(("decode", "encode", "getdecoder", "getencoder", "lookup"))
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}


def fold(node: ast.expr, *, is_main: bool = False) -> bool | None:
    """Return what a condition is in the executable, or None when only running it can tell."""
    match node:
        case ast.Constant():
            return bool(node.value)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _FALSE_NAMES:
            return False
        case ast.UnaryOp(op=ast.Not()):
            value = fold(node.operand, is_main=is_main)
            return None if value is None else not value
        case ast.BoolOp():
            values = [fold(each, is_main=is_main) for each in node.values]
            decisive = isinstance(node.op, ast.Or)
            if decisive in values:
                return decisive
            return None if None in values else not decisive
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _fold_comparison(left, operator, right, is_main=is_main)
        case ast.Call(func=ast.Attribute(attr="startswith"), args=[ast.Constant(value=str(head))]):
            value = _KNOWN.get(ast.unparse(node.func.value))  # type: ignore[attr-defined]  # matched
            return value.startswith(head) if isinstance(value, str) else None
        case _:
            return None


def _fold_comparison(
    left: ast.expr, operator: ast.cmpop, right: ast.expr, *, is_main: bool
) -> bool | None:
    name = ast.unparse(left)
    if name == "__name__":
        return None if is_main else False
    if name not in _KNOWN or type(operator) not in _COMPARE:
        return None
    try:
        return bool(_COMPARE[type(operator)](_KNOWN[name], ast.literal_eval(right)))
    except (ValueError, TypeError):
        return None


class ImportScan(ast.NodeVisitor):
    """Collects what one module imports, how surely, and what hints at more.

    An import is *hard* when the module cannot be loaded without it: at the top, in no function,
    no ``try`` and no branch that may not be taken. One that is a statement of the module itself has
    its line, any other 0.
    """

    def __init__(self, *, is_main: bool = False) -> None:
        self.is_main = is_main
        self.statements: frozenset[ast.AST] = frozenset()
        self.imports: list[dict[str, Any]] = []
        self.dynamic: list[str] = []
        self.strings: set[str] = set()
        self.typelibs: list[list[str]] = []
        self.words: set[str] = set()
        self.encodings: set[str] = set()
        self.has_getattr = False
        self._soft = 0
        self._function = ""
        self._instead_of: list[str] = []

    def result(self) -> dict[str, Any]:
        """Return the findings as JSON values, the same for the same source."""
        hints = sorted(self.strings) if self.dynamic and self.has_getattr else []
        return {
            "imports": self.imports,
            "dynamic": self.dynamic,
            "hints": hints,
            "typelibs": self.typelibs,
            "words": sorted(self.words),
            "encodings": sorted(self.encodings),
        }

    def visit_Module(self, node: ast.Module) -> None:
        """Remember what runs whatever happens."""
        self.statements = frozenset(node.body)
        self.generic_visit(node)

    def _add(
        self, module: str, names: list[str] | None = None, level: int = 0, line: int = 0
    ) -> None:
        self.words |= _WATCHED.intersection(names or ())
        self.imports.append(
            {
                "module": module,
                "names": names or [],
                "level": level,
                "hard": not self._soft,
                "line": line,
                "instead_of": self._instead_of,
                "function": self._function,
            }
        )

    def visit_Import(self, node: ast.Import) -> None:
        """Note ``import a.b, c``."""
        for alias in node.names:
            self._add(alias.name, line=self._line(node))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note ``from ..a import b, c``."""
        names = [alias.name for alias in node.names]
        self._add(node.module or "", names, node.level, self._line(node))

    def _line(self, node: ast.stmt) -> int:
        return node.lineno if node in self.statements else 0

    def visit_If(self, node: ast.If) -> None:
        """Follow only the branches that can be taken."""
        value = fold(node.test, is_main=self.is_main)
        self.visit(node.test)
        unsure = value is None
        self._soft += unsure
        for branch, is_taken in ((node.body, value is not False), (node.orelse, value is not True)):
            for statement in branch if is_taken else ():
                self.visit(statement)
        self._soft -= unsure

    def visit_Try(self, node: ast.Try) -> None:
        """Note that the body may fail, and what the handlers import instead of it."""
        self._visit_guarded(node)

    def _visit_guarded(self, node: ast.Try | ast.TryStar) -> None:
        is_guarded = bool(node.handlers)
        self._soft += is_guarded
        for statement in node.body:
            self.visit(statement)
        before = self._instead_of
        self._instead_of = _only_imports(node.body)
        for handler in node.handlers:
            self.visit(handler)
        self._instead_of = before
        self._soft -= is_guarded
        for statement in (*node.orelse, *node.finalbody):
            self.visit(statement)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        """Treat it like ``try``."""
        self._visit_guarded(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Note that a function may never be called."""
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Treat it like ``def``."""
        self._visit_function(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.has_getattr = self.has_getattr or (node.name == "__getattr__" and not self._soft)
        outer, self._function = self._function, self._function or node.name
        self._soft += 1
        self.generic_visit(node)
        self._soft -= 1
        self._function = outer

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Treat it like a function."""
        self._soft += 1
        self.generic_visit(node)
        self._soft -= 1

    def visit_With(self, node: ast.With) -> None:
        """Note that ``with suppress(...)`` guards what is in it."""
        guards = any("suppress" in ast.unparse(item.context_expr) for item in node.items)
        self._soft += guards
        self.generic_visit(node)
        self._soft -= guards

    def visit_Call(self, node: ast.Call) -> None:
        """Note imports by function, and typelib versions."""
        name = ast.unparse(node.func).rpartition(".")[2]
        arguments = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        if name in ("import_module", "__import__") and node.args:
            self._note_function_import(arguments[0], ast.unparse(node)[:80])
        elif name == "require_version":
            match arguments:
                case [str(namespace), str(version)]:
                    self.typelibs.append([namespace, version])
        elif name in _CODEC_METHODS and arguments and isinstance(arguments[0], str):
            self.encodings.add(arguments[0])
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Note arguments whose names tell what a library will import."""
        self._note_word(node.arg or "")
        if node.arg == "encoding" and isinstance(node.value, ast.Constant):
            self.encodings.add(str(node.value.value))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note attributes that a package makes when they are asked for."""
        self._note_word(node.attr)
        self.generic_visit(node)

    def _note_word(self, word: str) -> None:
        if word in _WATCHED:
            self.words.add(word)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Keep strings that might name a module."""
        text = node.value if isinstance(node.value, str) else ""
        if _NAMED_CHARACTER in text:
            self.words.add("regex-names")
        if len(text) <= _MAX_NAME and all(map(str.isidentifier, text.lstrip(".").split("."))):
            self.strings.add(text)

    def _note_function_import(self, name: object, text: str) -> None:
        if not isinstance(name, str):
            self.dynamic.append(text)
            return
        module = name.lstrip(".")
        self._soft += 1
        self._add(module, level=len(name) - len(module))
        self._soft -= 1


def _only_imports(statements: list[ast.stmt]) -> list[str]:
    """Return the absolute modules that a ``try`` body imports, if it does nothing else."""
    modules: list[str] = []
    for statement in statements:
        match statement:
            case ast.Import(names=names):
                modules += [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules.append(module)
            case _:
                return []
    return modules


def scan(source: bytes, *, is_main: bool = False) -> dict[str, Any]:
    """Return what a module imports.

    Raises:
        SyntaxError: It is not Python of this version.
    """
    visitor = ImportScan(is_main=is_main)
    visitor.visit(ast.parse(source))
    return visitor.result()


def compile_source(source: bytes, filename: str, optimize: int) -> bytes:
    """Compile to marshalled bytecode; the same source gives the same bytes in any process.

    `marshal` marks an object as shared when its reference count is above one, which depends on
    what else the process holds. So everything that is reachable is held once more meanwhile.
    """
    code = compile(source, filename, "exec", dont_inherit=True, optimize=optimize)
    held: list[object] = []
    _hold(code, held)
    return marshal.dumps(code)


def _hold(value: object, held: list[object]) -> None:
    held.append(value)
    if isinstance(value, CodeType):
        parts: tuple[object, ...] = (
            *(value.co_consts, value.co_names, value.co_varnames, value.co_freevars),
            *(value.co_cellvars, value.co_filename, value.co_name, value.co_qualname),
            *(value.co_linetable, value.co_exceptiontable),
        )
    elif isinstance(value, tuple | frozenset):
        parts = tuple(value)
    else:
        parts = ()
    for part in parts:
        _hold(part, held)


def probe() -> dict[str, Any]:
    """Describe this interpreter."""
    variables = sysconfig.get_config_vars()
    kept = ("INSTSONAME", "LDLIBRARY", "LIBDIR", "LIBPL", "MULTIARCH", "TZPATH", "EXT_SUFFIX")
    return {
        "implementation": sys.implementation.name,
        "version": list(sys.version_info[:3]),
        "executable": sys.executable,
        "abiflags": getattr(sys, "abiflags", ""),  # not on Windows
        "is_debug": hasattr(sys, "gettotalrefcount"),
        "is_free_threaded": bool(variables.get("Py_GIL_DISABLED")),
        "platform": sys.platform,
        "search": [path for path in sys.path if path],
        "builtin": sorted(sys.builtin_module_names),
        "stdlib_names": sorted(sys.stdlib_module_names),
        "frozen": sorted(_imp._frozen_module_names()),  # type: ignore[attr-defined]  # noqa: SLF001
        "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "variables": {name: str(variables.get(name) or "") for name in kept},
        "sysconfigdata": sysconfig._get_sysconfigdata_name(),  # type: ignore[attr-defined]  # noqa: SLF001
    }


def _answer_scan(request: dict[str, Any]) -> dict[str, Any]:
    return scan(Path(request["path"]).read_bytes(), is_main=request["is_main"])


def _answer_compile(request: dict[str, Any]) -> str:
    source = Path(request["path"]).read_bytes()
    code = compile_source(source, request["filename"], request["optimize"])
    return base64.b64encode(code).decode()


def _tell_error(error: Exception) -> dict[str, Any]:
    if isinstance(error, SyntaxError):
        return {"error": error.msg, "line": error.lineno or 0, "column": error.offset or 0}
    return {"error": f"{type(error).__name__}: {error}"}


ANSWERS = {"probe": lambda _: probe(), "scan": _answer_scan, "compile": _answer_compile}


def main() -> None:
    """Answer until the other side closes the pipe."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": ANSWERS[request["do"]](request)}
        except (SyntaxError, ValueError, OSError, RecursionError) as error:
            answer = _tell_error(error)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
