"""The project's Python, seen from the build: what it is, and a worker inside it.

Rules:

1. The interpreter is the one that was asked for; it runs isolated (no variables, no user site).
2. What is read from it are facts; nothing of the project is imported.
3. Scans and bytecode come from a worker in that interpreter, or from the cache, whose key holds
   the source, the version of Python and the worker's own source.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from millennium.errors import Location
from millennium_build.cache import Cache, key_of
from millennium_build.errors import EnvironmentUnusableError, SourceError

_WORKER = Path(__file__).with_name("worker.py")
_FLAGS = ("-I", "-X", "utf8", "-X", "no_debug_ranges")
"""Isolated; columns are left out of bytecode: they only point into source lines, which never ship."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """Facts about one Python, as `millennium_build.freeze.worker.probe` tells them."""

    implementation: str
    version: tuple[int, int, int]
    executable: Path
    abiflags: str
    is_debug: bool
    is_free_threaded: bool
    platform: str
    search: tuple[Path, ...]
    builtin: frozenset[str]
    stdlib_names: frozenset[str]
    frozen: frozenset[str]
    suffixes: tuple[str, ...]
    variables: dict[str, str] = field(hash=False)
    sysconfigdata: str

    @property
    def minor(self) -> int:
        """Return 11 for Python 3.11."""
        return self.version[1]

    @property
    def version_text(self) -> str:
        """Return ``3.11.7``."""
        return ".".join(map(str, self.version))

    def find_libpython(self) -> Path | None:
        """Find the shared library of this interpreter."""
        names = (self.variables["INSTSONAME"], self.variables["LDLIBRARY"])
        folders = (
            Path(self.variables["LIBDIR"]),
            Path(self.variables["LIBDIR"]) / self.variables["MULTIARCH"],
            self.executable.resolve().parents[1] / "lib",
        )
        candidates = (folder / name for name in names if ".so" in name for folder in folders)
        return next((path for path in candidates if path.is_file()), None)


class Workshop:
    """A worker in the project's interpreter. Use it as a context manager."""

    def __init__(self, python: Path | None, cache: Cache) -> None:
        self._python = python or Path(sys.executable)
        self._cache = cache
        self._process: subprocess.Popen[str] | None = None
        self._salt = key_of(_WORKER.read_bytes(), *_FLAGS)
        self._interpreter: Interpreter | None = None

    def __enter__(self) -> Self:
        """Return the workshop; the worker starts when it is first asked."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the worker."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    @property
    def interpreter(self) -> Interpreter:
        """Return the facts about the interpreter, asked for once.

        Raises:
            EnvironmentUnusableError: It cannot be started or gives no answer.
        """
        if self._interpreter is None:
            self._interpreter = _parse_interpreter(self._ask({"do": "probe"}))
        return self._interpreter

    def scan(self, path: Path, source: bytes, *, is_main: bool = False) -> dict[str, Any]:
        """Return what the module in a file imports (`worker.ImportScan.result`).

        Raises:
            SourceError: It is not valid Python.
        """

        def work() -> bytes:
            request = {"do": "scan", "path": str(path), "is_main": is_main}
            return json.dumps(self._ask(request)).encode()

        key = key_of(self._salt, self.interpreter.version_text, int(is_main), source)
        answer: dict[str, Any] = json.loads(self._cache.get_or_make("scan", key, work))
        return answer

    def compile(self, path: Path, source: bytes, *, filename: str, optimize: int) -> bytes:
        """Return the marshalled bytecode of a file.

        Raises:
            SourceError: It is not valid Python.
        """

        def work() -> bytes:
            request = {"do": "compile", "path": str(path), "filename": filename}
            return base64.b64decode(str(self._ask({**request, "optimize": optimize})))

        version = self.interpreter.version_text
        key = key_of(self._salt, version, filename, optimize, source)
        return self._cache.get_or_make("bytecode", key, work)

    def _ask(self, request: dict[str, object]) -> Any:  # noqa: ANN401 - JSON
        process = self._start()
        assert process.stdin is not None  # noqa: S101 - both are pipes, see _start
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            raise EnvironmentUnusableError(
                f"{self._python} ended before it answered",
                help="start it by hand; --python names another one",
            )
        answer = json.loads(line)
        if "error" in answer:
            path = str(request.get("path", self._python))
            place = Location(path, answer.get("line", 0), answer.get("column", 0))
            message = f"{Path(path).name} is not valid Python: {answer['error']}"
            raise SourceError(message, location=place)
        return answer["ok"]

    def _start(self) -> subprocess.Popen[str]:
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    [self._python, *_FLAGS, _WORKER],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    encoding="utf-8",
                    start_new_session=True,  # Ctrl-C is for us, who then end it: it has nothing to say
                )
            except OSError as error:
                raise EnvironmentUnusableError(
                    f"cannot start {self._python}: {error.strerror}",
                    help="--python names the interpreter of the project",
                ) from error
        return self._process


def _parse_interpreter(facts: dict[str, Any]) -> Interpreter:
    major, minor, micro = facts["version"]
    return Interpreter(
        implementation=facts["implementation"],
        version=(major, minor, micro),
        executable=Path(facts["executable"]),
        abiflags=facts["abiflags"],
        is_debug=facts["is_debug"],
        is_free_threaded=facts["is_free_threaded"],
        platform=facts["platform"],
        search=tuple(Path(path) for path in facts["search"]),
        builtin=frozenset(facts["builtin"]),
        stdlib_names=frozenset(facts["stdlib_names"]),
        frozen=frozenset(facts["frozen"]),
        suffixes=tuple(facts["suffixes"]),
        variables=facts["variables"],
        sysconfigdata=facts["sysconfigdata"],
    )
