"""Where the files that the configuration names lie, seen from the manifest, and where they go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from millennium_build.errors import OutputError

_RUST_SYSTEMS = {
    "linux-gnu": "unknown-linux-gnu",
    "linux-musl": "unknown-linux-musl",
    "windows-gnu": "pc-windows-gnu",
    "windows-msvc": "pc-windows-msvc",
}
"""Our name of a system → that of Rust, which projects of the original have in file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A project's folder and the manifest's, and which system the build is for.

    Attributes:
        root: The project's folder.
        folder: Where the manifest will be.
        target: Such as ``x86_64-linux-gnu``.
        binary: Name of the executable.
    """

    root: Path
    folder: Path
    target: str
    binary: str

    def relative(self, path: str) -> str:
        """Return a path of the project as the manifest names it, wherever links put its folder."""
        start = os.path.realpath(self.folder)
        return Path(os.path.relpath(Path(os.path.realpath(self.root), path), start)).as_posix()

    def has_file(self, path: str) -> bool:
        """Tell whether the project has such a file; a long text is none."""
        try:
            return "\n" not in path and (self.root / path).is_file()
        except OSError:  # a text that is longer than a name may be
            return False

    def text(self, written: str) -> str:
        """Return the text that the configuration holds, or names the file of.

        Raises:
            OutputError: The file is no text in UTF-8.
        """
        if not self.has_file(written):
            return written
        try:
            return (self.root / written).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"{written} cannot be read as text"
            raise OutputError(message, help="save it in UTF-8") from error

    def files(self, source: str, destination: str) -> list[dict[str, str]]:
        """Return what a package has of a file, or of all files of a folder."""
        folder = self.root / source
        if not folder.is_dir():
            return [self.file(source, destination)]
        return [
            self.file(
                path.relative_to(self.root).as_posix(),
                f"{destination.rstrip('/')}/{path.relative_to(folder).as_posix()}",
            )
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]

    def file(self, source: str, destination: str) -> dict[str, str]:
        """Return one file; it may be started where it may be in the project."""
        mode = "0755" if os.access(self.root / source, os.X_OK) else "0644"
        return {"source": self.relative(source), "destination": destination, "mode": mode}

    def resources(self, patterns: tuple[str, ...] | dict[str, str]) -> list[dict[str, str]]:
        """Return the files that `bundle.resources` names, beside the executable's own.

        Raises:
            OutputError: A pattern matches no file.
        """
        named = patterns if isinstance(patterns, dict) else dict.fromkeys(patterns, "")
        return [
            self.file(source, self._resource(source, where))
            for pattern, where in sorted(named.items())
            for source in self._matches(pattern)
        ]

    def sidecars(self, paths: tuple[str, ...]) -> list[dict[str, str]]:
        """Return the programs that `bundle.external-bin` names, as built for the target.

        Raises:
            OutputError: One was not built for it.
        """
        return [self._sidecar(path) for path in paths]

    @property
    def _is_windows(self) -> bool:
        return "windows" in self.target

    def _resource(self, source: str, where: str) -> str:
        inside = f"{where.strip('/')}/{Path(source).name}" if where else source
        return f"/{inside}" if self._is_windows else f"/usr/lib/{self.binary}/{inside}"

    def _matches(self, pattern: str) -> list[str]:
        folder = self.root / pattern
        found = sorted(folder.rglob("*")) if folder.is_dir() else sorted(self.root.glob(pattern))
        files = [path.relative_to(self.root).as_posix() for path in found if path.is_file()]
        if not files:
            message = f"bundle.resources names {pattern!r}, which matches no file"
            raise OutputError(message, help="correct the pattern")
        return files

    def _sidecar(self, path: str) -> dict[str, str]:
        machine, _, system = self.target.partition("-")
        suffix = ".exe" if self._is_windows else ""
        targets = dict.fromkeys([self.target, f"{machine}-{_RUST_SYSTEMS.get(system, system)}"])
        names = [f"{path}-{target}{suffix}" for target in targets]
        found = next((name for name in names if (self.root / name).is_file()), None)
        if found is None:
            message = f"bundle.external-bin names {path!r}, which is not there for {self.target}"
            raise OutputError(message, help=f"put it at {' or '.join(names)}")
        name = f"{Path(path).name}{suffix}"
        destination = f"/{name}" if self._is_windows else f"/usr/bin/{name}"
        return {"source": self.relative(found), "destination": destination, "mode": "0755"}
