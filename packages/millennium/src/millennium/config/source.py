"""One file, or one table of a file, that configuration is read from."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from millennium.config.positions import find_positions, line_and_column
from millennium.config.spelling import Speller, as_written, to_camel
from millennium.config.tree import JSON, KeyPath
from millennium.errors import ConfigNotFoundError, ConfigSyntaxError, Location

MAX_CONFIG_BYTES = 4 * 1024 * 1024
_PLACE = re.compile(r"(?:line |<string>:)(?P<line>\d+)(?:,? column |:)?(?P<column>\d+)?")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A table of configuration and where it came from.

    Attributes:
        file: The file.
        text: All of the file.
        tree: The table; for JSON5 with the nested tables of the original made flat.
        prefix: Where in the file the table is.
        moved: Place in `tree` → place in the file, for what was made flat.
    """

    file: Path
    text: str = field(repr=False)
    tree: dict[str, JSON] = field(repr=False)
    prefix: KeyPath = ()
    moved: dict[KeyPath, KeyPath] = field(default_factory=dict)

    @property
    def is_toml(self) -> bool:
        """Whether keys are written in kebab-case."""
        return self.file.suffix == ".toml"

    @cached_property
    def speller(self) -> Speller:
        """What rewrites the table to the schema's spelling."""
        return Speller(spell=as_written if self.is_toml else to_camel, locate=self.locate)

    def knows(self, path: KeyPath) -> bool:
        """Say whether this file writes the value at `path` (in the schema's spelling)."""
        return self._written(path) in self._positions

    def locate(self, path: KeyPath) -> Location:
        """Return the place of `path`, or of the nearest table around it."""
        for length in range(len(path), -1, -1):
            offset = self._positions.get(self._written(path[:length]))
            if offset is not None:
                return Location(str(self.file), *line_and_column(self.text, offset))
        return Location(str(self.file))

    @cached_property
    def _positions(self) -> dict[KeyPath, int]:
        return find_positions(self.text, is_toml=self.is_toml)

    def _written(self, path: KeyPath) -> KeyPath:
        start, rest = self.prefix, path
        for place in sorted(self.moved, key=len, reverse=True):
            if path[: len(place)] == place:
                start, rest = self.moved[place], path[len(place) :]
                break
        for part in rest:
            spelled = part if isinstance(part, int) else self.speller.spell(part)
            is_spelled = (*start, spelled) in self._positions
            start = (*start, spelled if is_spelled else part)
        return start


def read_toml(file: Path) -> tuple[str, dict[str, JSON]]:
    """Return text and tree of a TOML file.

    Raises:
        ConfigNotFoundError: It cannot be read.
        ConfigSyntaxError: It is not TOML.
    """
    text = _read_text(file)
    try:
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigSyntaxError(
            f"{file.name} is not TOML: {error}",
            help="mend that place: a table is [name], a value name = value, text stands in quotes",
            location=_place_in(str(error), file),
        ) from error


def read_json5(file: Path) -> tuple[str, dict[str, JSON]]:
    """Return text and tree of a JSON5 file.

    Raises:
        ConfigNotFoundError: It cannot be read, or the reader is not installed.
        ConfigSyntaxError: It is not JSON5, or no table.
    """
    text = _read_text(file)
    try:
        import json5  # noqa: PLC0415 - belongs to millennium-build; TOML needs nothing
    except ImportError as error:
        raise ConfigNotFoundError(
            f"{file.name} is JSON5, which needs the package json5",
            help="install millennium-build, or write millennium.toml instead",
        ) from error
    try:
        tree: JSON = json5.loads(text, allow_duplicate_keys=False)
    except (ValueError, RecursionError) as error:
        raise ConfigSyntaxError(
            f"{file.name} is not JSON5: {error}",
            help="mend that place: names and text stand in quotes, commas between entries",
            location=_place_in(str(error), file),
        ) from error
    if not isinstance(tree, dict):
        raise ConfigSyntaxError(
            f"{file.name} does not hold a table",
            help="begin it with { and end it with }",
            location=Location(str(file)),
        )
    return text, tree


def _read_text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_CONFIG_BYTES + 1)
    except OSError as error:
        raise ConfigNotFoundError(f"{file} cannot be read: {error.strerror}") from error
    if len(data) > MAX_CONFIG_BYTES:
        raise ConfigSyntaxError(
            f"{file.name} is larger than {MAX_CONFIG_BYTES} bytes",
            help="keep what is not configuration in files of its own",
            location=Location(str(file)),
        )
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigSyntaxError(
            f"{file.name} is not UTF-8", location=Location(str(file))
        ) from error


def _place_in(message: str, file: Path) -> Location:
    """Return the place a parser's message names: ``line 3, column 5`` or ``<string>:3``."""
    match = _PLACE.search(message)
    if match is None:
        return Location(str(file))
    return Location(str(file), int(match["line"]), int(match["column"] or 1))
