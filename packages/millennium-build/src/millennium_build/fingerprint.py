"""One digest of all that a build depends on, cheap enough to ask before every build.

It holds the project's own files, what is installed in its environment (by name and version; the
files of editable ones), the freezer's compiled parts, and the version of this distribution.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import distributions
from pathlib import Path

from millennium_build import __version__

_SKIPPED = {"__pycache__", "node_modules", "build", "dist", "site"}
_MAX_FILES = 50_000


def digest_inputs(root: Path, search: Sequence[Path], *, kept: Iterable[Path] = ()) -> str:
    """Return the SHA-256 of the inputs as hexadecimal text.

    Args:
        root: The project's folder. Hidden folders, ``build``, ``dist`` and the like are not in.
        search: Where the project's Python looks for modules.
        kept: Folders that count although their name is skipped (a page in ``dist``).
    """
    digest = hashlib.sha256(f"{__version__}\n".encode())
    for line in _installed(search):
        digest.update(f"{line}\n".encode())
    folders = [root, *kept, *(path for path in search if _is_editable(path))]
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{name} {content}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _installed(search: Sequence[Path]) -> list[str]:
    found = distributions(path=[str(path) for path in search])
    return sorted({f"{each.metadata['Name']} {each.version}" for each in found})


def _is_editable(path: Path) -> bool:
    """Tell whether a folder on the search path holds somebody's sources, not an installation."""
    return (
        path.is_dir()
        and not {"site-packages", "dist-packages"} & set(path.parts)
        and (path.parent / "pyproject.toml").is_file()
    )


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED and not name.startswith(".")
        )
        for name in sorted(names):
            path = Path(current, name)
            count += 1
            if count > _MAX_FILES:
                return
            if path.is_file() and not name.endswith(".pyc"):
                yield path
