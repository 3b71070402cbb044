"""The compiled parts of the native freezer: where they are and how they are made.

``python -m millennium_build.native`` compiles, from the C sources of this repository, one stub and
one core for every Python that is found here. Wheels carry the result; a clone compiles at set-up.
The same sources and compiler give the same bytes.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from millennium_build.errors import CompilerError, NativeMissingError

STORE = Path(__file__).parent / "_native"
SOURCES = Path(__file__).parents[2] / "native"
SUPPORTED_MINORS = (11, 12, 13, 14)

_COMMON = (
    *("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Os", "-s", "-fPIC", "-ffunction-sections"),
    *("-fdata-sections", "-Wl,--gc-sections", "-Wl,--build-id=none", "-Wl,-z,relro,-z,now"),
    "-Wl,-z,noexecstack",
)
_ASK_HEADERS = "import sysconfig, sys; print(sys.abiflags, sysconfig.get_path('include'), sep='|')"


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeArtifacts:
    """The two compiled files that an executable for one Python minor starts with."""

    stub: Path
    core: Path


def triplet() -> str:
    """Return the target that this machine builds for, such as ``x86_64-linux-gnu``."""
    return f"{platform.machine()}-linux-gnu"


def native_artifacts(
    minor: int, *, store: Path = STORE, target: str | None = None
) -> NativeArtifacts:
    """Find the stub and the core for Python 3.`minor`.

    Raises:
        NativeMissingError: One of them is not there.
    """
    folder = store / (target or triplet())
    found = NativeArtifacts(stub=folder / "stub", core=folder / f"core-3.{minor}.so")
    for path in (found.stub, found.core):
        if not path.is_file():
            raise NativeMissingError(
                f"the native freezer has no {path.name} for {folder.name}",
                help="in a clone run: python -m millennium_build.native (needs gcc, libzstd-dev"
                f' and the headers of Python 3.{minor}); or use: freezer = "pyinstaller"',
            )
    return found


def find_headers(interpreters: tuple[Path, ...]) -> dict[int, Path]:
    """Ask each interpreter for its C headers; the first of a minor version wins.

    Debug and free-threaded interpreters have another binary interface and are passed over.
    """
    headers: dict[int, Path] = {}
    for interpreter in interpreters:
        answer = subprocess.run(
            [interpreter, "-I", "-c", _ASK_HEADERS], capture_output=True, text=True, check=False
        )
        flags, _, folder = answer.stdout.strip().partition("|")
        include = Path(folder)
        if answer.returncode == 0 and not flags and (include / "Python.h").is_file():
            minor = int(include.name.rpartition(".")[2])
            headers.setdefault(minor, include)
    return headers


def find_interpreters() -> tuple[Path, ...]:
    """List this interpreter, then every supported one on the usual places."""
    places = [Path("/usr/bin"), Path("/usr/local/bin")]
    places += sorted(Path.home().glob(".pyenv/versions/3.*/bin"))
    places += sorted(Path.home().glob(".local/share/uv/python/cpython-3.*/bin"))
    candidates = [place / f"python3.{minor}" for place in places for minor in SUPPORTED_MINORS]
    return (Path(sys.executable), *(path for path in candidates if path.exists()))


def compile_native(
    headers: dict[int, Path], *, sources: Path = SOURCES, store: Path = STORE, compiler: str = "gcc"
) -> list[Path]:
    """Compile the stub, and a core for each Python whose headers are given.

    Returns:
        The files that were written, in the folder of this machine's triplet.

    Raises:
        CompilerError: There is no compiler, or it refuses.
    """
    folder = store / triplet()
    folder.mkdir(parents=True, exist_ok=True)
    stub = [
        "-fPIE",
        "-pie",
        "stub.c",
        "payload.c",
        "environment.c",
        "-Wl,-Bstatic",
        "-lzstd",
        "-Wl,-Bdynamic",
    ]
    written = [_compile([*stub, "-ldl"], folder / "stub", sources=sources, compiler=compiler)]
    for minor, include in sorted(headers.items()):
        core = ["-shared", f"-I{include}", "core.c"]
        target = folder / f"core-3.{minor}.so"
        written.append(_compile(core, target, sources=sources, compiler=compiler))
    return written


def _compile(arguments: list[str], target: Path, *, sources: Path, compiler: str) -> Path:
    """Run the compiler inside the source folder, so that no path of this machine gets in."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".compile-") as folder:
        result = Path(folder) / target.name
        command = [compiler, *_COMMON, "-o", str(result), *arguments]
        try:
            done = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            missing = compiler if sources.is_dir() else str(sources)
            raise CompilerError(
                f"cannot compile {target.name}: {missing} is not there",
                help="install gcc and libzstd-dev",
            ) from error
        if done.returncode != 0:
            raise CompilerError(
                f"cannot compile {target.name}: {done.stderr.strip()[-600:]}",
                help="install gcc, libzstd-dev and the headers of that Python",
            )
        return result.replace(target)


def main() -> int:
    """Compile for every Python found here and say what was written."""
    try:
        written = compile_native(find_headers(find_interpreters()))
    except CompilerError as error:
        sys.stderr.write(f"error[{error.number}]: {error.message}\n  help: {error.help}\n")
        return 1
    for path in written:
        sys.stdout.write(f"{path.parent.name}/{path.name} {path.stat().st_size}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
