"""Reads ``capabilities/*.toml`` of a project."""

from __future__ import annotations

from pathlib import Path

from millennium.config.source import read_toml
from millennium.errors import CapabilityError, Location
from millennium.security.capability import Capability, make_capability

FOLDER = "capabilities"


def load_capabilities(root: Path, *, platform: str) -> tuple[Capability, ...]:
    """Return the capabilities of a project that hold on `platform`, by file name.

    Raises:
        ConfigSyntaxError: A file is not TOML.
        CapabilityError: A file says what no capability may, or two share an identifier.
    """
    found: dict[str, Capability] = {}
    for file in sorted((root / FOLDER).glob("*.toml")):
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
