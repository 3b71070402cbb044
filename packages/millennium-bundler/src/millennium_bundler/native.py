"""The runtimes that AppImages begin with: where they are and how they are made.

``python -m millennium_bundler.native`` compiles, from the C sources of this repository, one static
program for this machine and one for each other whose cross compiler is here. Wheels carry the result;
a clone compiles at set-up. The same sources and compiler give the same bytes; their SHA-256 is written
beside them, with that of the sources, and checked whenever one is used.

They are linked with musl (MIT) and libzstd (BSD) and nothing else, so an AppImage owes nobody more than
their notices, which are in it (``--appimage-notices``).
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler import __version__
from millennium_bundler.errors import FormatError

STORE = Path(__file__).parent / "_native"
SOURCES = Path(__file__).parents[2] / "native"
MACHINES = ("x86_64", "aarch64")
RUNTIME = "appimage-runtime"

# What tells a type-2 AppImage, at offset 8:
# https://github.com/AppImage/AppImageSpec/blob/master/draft.md#type-2-image-format
_MARK_OFFSET, _MARK = 8, b"AI\x02"
_FILES = (
    *("runtime.c", "background.c", "blocks.c", "cache.c", "compare.c", "digest.c"),
    *("extract.c", "fuse.c", "mount.c", "notices.c", "sha256.c", "squashfs.c"),
)
_FLAGS = (
    *("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-s", "-fPIE", "-static-pie"),
    *("-ffunction-sections", "-fdata-sections", "-fstack-protector-strong", "-nostdinc"),
    *("-nostartfiles", "-nodefaultlibs", "-Wl,--gc-sections", "-Wl,--build-id=none"),
    *("-Wl,-z,relro,-z,now", "-Wl,-z,noexecstack"),
)
_HELP = "install gcc, musl-tools and libzstd-dev"
_HELP_CROSS = "install gcc-{0}-linux-gnu, and name a folder made by tools/foreign_root.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """What compiles for one machine.

    Attributes:
        machine: "x86_64" or "aarch64".
        compiler: Command of a gcc for it.
        root: Folder whose `usr` has musl and libzstd for it.
    """

    machine: str
    compiler: str
    root: Path = Path("/")

    @property
    def include(self) -> Path:
        """Where musl's headers are."""
        return self.root / "usr" / "include" / f"{self.machine}-linux-musl"

    @property
    def libraries(self) -> Path:
        """Where musl is."""
        return self.root / "usr" / "lib" / f"{self.machine}-linux-musl"

    @property
    def zstd(self) -> Path:
        """The static libzstd."""
        return self.root / "usr" / "lib" / f"{self.machine}-linux-gnu" / "libzstd.a"

    def is_usable(self) -> bool:
        """Tell whether everything is there."""
        files = (self.libraries / "rcrt1.o", self.zstd)
        return shutil.which(self.compiler) is not None and all(map(Path.is_file, files))


def find_toolchains(*, roots: tuple[Path, ...] = ()) -> list[Toolchain]:
    """List this machine's toolchain and those for other machines that are here.

    Args:
        roots: Folders, besides the system's own, that may have musl and libzstd for other machines.
    """
    own = platform.machine()
    found = [Toolchain(machine=own, compiler="gcc")] if own in MACHINES else []
    for machine in MACHINES:
        cross = [
            Toolchain(machine=machine, compiler=f"{machine}-linux-gnu-gcc", root=root)
            for root in (*map(Path.absolute, roots), Path("/"))  # gcc runs in another folder
        ]
        found += [chain for chain in cross if machine != own and chain.is_usable()][:1]
    return found


def compile_runtime(chain: Toolchain, *, sources: Path = SOURCES, store: Path = STORE) -> Path:
    """Compile the runtime for one machine and note its SHA-256 beside it.

    Raises:
        FormatError: Compiler or library are missing, or the compiler refuses.
    """
    own = chain.machine == platform.machine()
    help_line = _HELP if own else _HELP_CROSS.format(chain.machine)
    if not (chain.is_usable() and sources.is_dir()):
        message = f"the AppImage runtime for {chain.machine} cannot be compiled here"
        raise FormatError(message, code="appimage.compiler", help=help_line)
    folder = store / chain.machine
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".compile-") as aside:
        result = Path(aside) / RUNTIME
        command = [chain.compiler, *_arguments(chain), "-o", str(result)]
        # Inside the source folder, so that no path of this machine gets in.
        done = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
        if done.returncode:
            message = f"the AppImage runtime does not compile: {done.stderr.strip()[-600:]}"
            raise FormatError(message, code="appimage.compiler", help=help_line)
        return _keep(result, folder / RUNTIME, sources)


def find_runtime(machine: str, *, store: Path = STORE) -> bytes:
    """Return the runtime for one machine, after its SHA-256 was checked.

    Raises:
        FormatError: It is not there, or is not what was compiled.
    """
    path = store / machine / RUNTIME
    try:
        data, noted = path.read_bytes(), _noted(path)[0]
    except (OSError, ValueError) as exc:
        message = f"there is no AppImage runtime for {machine}"
        help_line = "take a wheel of millennium-bundler; in a clone run: python -m millennium_bundler.native"
        raise FormatError(message, code="appimage.no_runtime", help=help_line) from exc
    if hashlib.sha256(data).hexdigest() != noted:
        message = f"the AppImage runtime for {machine} is not the file that was compiled"
        raise FormatError(
            message, code="appimage.runtime_changed", help="install millennium-bundler again"
        )
    return data


def _arguments(chain: Toolchain) -> list[str]:
    asked = [chain.compiler, "-print-file-name=include"]
    own_headers = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    start = [str(chain.libraries / name) for name in ("rcrt1.o", "crti.o")]
    return [
        *_FLAGS,
        f'-DRUNTIME_VERSION="{__version__}"',
        *("-isystem", str(chain.include), "-isystem", own_headers),
        *("-idirafter", str(chain.root / "usr" / "include")),  # zstd.h alone
        *start,
        *_FILES,
        str(chain.zstd),
        *(f"-L{chain.libraries}", "-lc", "-lgcc"),
        str(chain.libraries / "crtn.o"),
    ]


def _keep(result: Path, target: Path, sources: Path) -> Path:
    data = bytearray(result.read_bytes())
    data[_MARK_OFFSET : _MARK_OFFSET + len(_MARK)] = _MARK
    result.write_bytes(data)
    note = _note(result)
    noted = f"{hashlib.sha256(data).hexdigest()} {_source_digest(sources)}\n"
    note.write_text(noted, encoding="ascii")
    note.replace(_note(target))
    return result.replace(target)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _noted(path: Path) -> tuple[str, str]:
    """Return the digests of a runtime and of what it was compiled from."""
    runtime, sources = _note(path).read_text(encoding="ascii").split()
    return runtime, sources


def _source_digest(sources: Path) -> str:
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(sources.glob("*.[ch]")):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _is_current(machine: str, store: Path) -> bool:
    try:
        return _noted(store / machine / RUNTIME)[1] == _source_digest(SOURCES)
    except (OSError, ValueError):
        return False


def _check_roots(roots: tuple[Path, ...]) -> None:
    for root in roots:
        if not root.is_dir():
            message = f"there is no folder {str(root)!r} with musl and libzstd for another machine"
            help_line = "make one: python tools/foreign_root.py aarch64 FOLDER"
            raise FormatError(message, code="appimage.compiler", help=help_line)


def main(arguments: list[str] | None = None) -> int:
    """Compile for every machine that can be compiled for here, and say what was written.

    Args:
        arguments: Folders that may have musl and libzstd for other machines.
    """
    roots = tuple(map(Path, sys.argv[1:] if arguments is None else arguments))
    chains = find_toolchains(roots=roots)
    try:
        _check_roots(roots)
        written = [compile_runtime(chain) for chain in chains]
    except FormatError as error:
        sys.stderr.write(f"error[{error.number}]: {error.message}\n  help: {error.help}\n")
        return 1
    for path in written:
        sys.stdout.write(f"{path.parent.name}/{path.name} {path.stat().st_size}\n")
    for machine in sorted(set(MACHINES) - {chain.machine for chain in chains}):
        if _is_current(machine, STORE):
            sys.stdout.write(f"{machine}: kept, compiled from the same sources\n")
            continue
        shutil.rmtree(STORE / machine, ignore_errors=True)  # a wheel would carry it, and it is old
        sys.stdout.write(f"{machine}: left out; {_HELP_CROSS.format(machine)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
