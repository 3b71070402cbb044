"""Reads ``capabilities/*.toml`` of a project."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from millennium.config.source import read_toml
from millennium.errors import CapabilityError, Location
from millennium.security.capability import Capability, make_capability

FOLDER = "capabilities"
MAX_FILES = 256  # in the folder of capabilities


def load_capabilities(root: Path, *, platform: str) -> tuple[Capability, ...]:
    """Return the capabilities of a project that hold on `platform`, by file name.

    Raises:
        ConfigSyntaxError: A file is not TOML.
        CapabilityError: A file says what no capability may, two share an identifier, or there are
            too many files.
    """
    found: dict[str, Capability] = {}
    files = sorted(islice((root / FOLDER).glob("*.toml"), MAX_FILES + 1))
    if len(files) > MAX_FILES:
        raise CapabilityError(
            f"{FOLDER} has more than {MAX_FILES} files",
            help="put what the same windows may do into one file",
            location=Location(str(root / FOLDER)),
        )
    for file in files:
        capability = _read(file)
        if capability.identifier in found:
            raise CapabilityError(
                f"two capabilities are called {capability.identifier!r}",
                location=Location(str(file)),
            )
        found[capability.identifier] = capability
    return tuple(
        capability
        for capability in found.values()
        if not capability.platforms or platform in capability.platforms
    )


def _read(file: Path) -> Capability:
    _, tree = read_toml(file)
    tree = {key: value for key, value in tree.items() if key != "$schema"}
    try:
        return make_capability(tree, name=file.stem)
    except CapabilityError as error:
        raise CapabilityError(
            error.message, help=error.help, location=Location(str(file))
        ) from error
