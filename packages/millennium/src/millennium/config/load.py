"""Reads a project's configuration: one place, its platform overlay, types, then meaning.

1. Exactly one of ``[tool.millennium]``, ``millennium.toml`` and ``.millenniumrc`` exists.
2. Each file's keys are known to the schema, in the spelling of its format.
3. ``[project]`` gives defaults; the overlay of the platform is merged by RFC 7396.
4. The merged tree has the schema's types, and the version that a JSON file keeps; then
   `millennium.config.validate` checks what types cannot say.
5. No environment variable has a say.

Every error names file, line and column.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from msgspec.inspect import type_info

from millennium.config.project import (
    ProjectFiles,
    find_project,
    platform_name,
    read_base,
    read_defaults,
    read_overlays,
    refuse_misspelt,
)
from millennium.config.schema import Config
from millennium.config.source import Source
from millennium.config.tree import JSON, KeyPath, merge_patch, show_path
from millennium.config.validate import Problem, find_problems, find_warnings
from millennium.config.version_file import is_version_file, read_version
from millennium.errors import (
    ConfigError,
    InvalidValueError,
    Location,
    MissingAssetsError,
    MissingKeyError,
    MissingMainError,
)

__all__ = [
    "LoadedConfig",
    "ProjectFiles",
    "find_main",
    "find_project",
    "load_config",
    "require_assets",
    "require_main",
]

_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_WRONG_TYPE = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<given>[^`]+)`")
_TABLE_FOR_LIST = "Expected `array`, got `object`"
_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "text",
}
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedConfig:
    """A configuration and the files it came from.

    Attributes:
        config: Typed and checked.
        files: The project.
        platform: Whose overlay was merged.
        warnings: What is probably not meant, one line each.
        sources: The last one wins.
    """

    config: Config
    files: ProjectFiles
    platform: str
    warnings: tuple[str, ...] = ()
    sources: Sequence[Source] = field(default=(), repr=False)

    @property
    def path(self) -> Path:
        """The file that configures the app."""
        return self.files.config

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.files.root

    def locate(self, *path: str | int) -> Location:
        """Return where a key, in kebab-case, is written; else where it should be."""
        return _locate(self.sources, path)


def load_config(root: Path, *, platform: str = sys.platform) -> LoadedConfig:
    """Read the configuration of the project that `root` is in.

    Args:
        root: The project's folder, or one inside.
        platform: ``linux``, ``macos`` or ``windows``, or as `sys.platform` says it.

    Raises:
        ConfigError: One of its leaves; see the list in the module.
    """
    files = find_project(root)
    name = platform_name(platform)
    sources = [*read_defaults(files), read_base(files), *read_overlays(files, name)]
    try:
        decoded = _decode(sources)
    except ConfigError:
        refuse_misspelt(files.config)  # what is wrong may be a slip in the name of the table
        raise
    config = _with_version(decoded, files.root, sources)
    for problem in find_problems(config):
        raise _as_error(problem, sources)
    warnings = tuple(find_warnings(config))
    return LoadedConfig(
        config=config, files=files, platform=name, warnings=warnings, sources=sources
    )


def require_assets(loaded: LoadedConfig, *, folder: str = "") -> Path:
    """Return the folder with the page.

    Args:
        loaded: The configuration.
        folder: ``build.dev-path``, taken instead of ``build.dist-dir`` when not empty.

    Raises:
        MissingAssetsError: It does not exist, or leads out of the project.
    """
    written = folder or loaded.config.build.dist_dir
    key = "dev-path" if folder else "dist-dir"
    path = (loaded.root / written).resolve()
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise MissingAssetsError(
            f"the folder with the page, {written!r}, {what}",
            help=f"create it, or set build.{key} to the folder that has your index.html",
            location=loaded.locate("build", key),
        )
    return path


def find_main(loaded: LoadedConfig) -> Path | None:
    """Return the file that starts the app, if it exists."""
    project = next(iter(loaded.sources), None)
    name = str(project.tree.get("product-name", "")) if project else ""
    package = re.sub(r"[-.]+", "_", name).lower()
    candidates = (
        f"src/{package}/__main__.py",
        f"{package}/__main__.py",
        "main.py",
        "app.py",
    )
    written = loaded.config.build.main
    for candidate in (written,) if written else candidates:
        if (loaded.root / candidate).is_file():
            return loaded.root / candidate
    return None


def require_main(loaded: LoadedConfig) -> Path:
    """Return the file that starts the app.

    Raises:
        MissingMainError: It does not exist.
    """
    path = find_main(loaded)
    if path is None:
        written = loaded.config.build.main or "src/<package>/__main__.py"
        what, advice = "does not exist", "create it, or set build.main"
        if (loaded.root / written).is_dir():
            what, advice = "is a folder", "set build.main to the file in it that calls app.run()"
        raise MissingMainError(
            f"the file that starts the app, {written!r}, {what}",
            help=advice,
            location=loaded.locate("build", "main"),
        )
    return path


def _decode(sources: Sequence[Source]) -> Config:
    schema = type_info(Config)
    merged: JSON = {}
    for source in sources:
        merged = merge_patch(merged, source.speller.canonical(source.tree, schema))
    try:
        return msgspec.convert(merged, Config)
    except msgspec.ValidationError as error:
        raise _explain(str(error), sources) from None  # which says the same in msgspec's words


def _with_version(config: Config, root: Path, sources: Sequence[Source]) -> Config:
    if not is_version_file(config.version):
        return config
    version = read_version(root, config.version, _locate(sources, ("version",)))
    return msgspec.structs.replace(config, version=version)


def _explain(message: str, sources: Sequence[Source]) -> ConfigError:
    place = _PLACE.search(message)
    path = _parse_place(place["path"] if place else "")
    reason = message[: place.start()] if place else message
    location = _locate(sources, path)
    missing = _MISSING.fullmatch(reason)
    if missing:
        name = show_path((*path, missing["name"]))
        advice = "write it, such as 'org.example.notes'" if name == "identifier" else "write it"
        return MissingKeyError(f"the key {name!r} is missing", help=advice, location=location)
    advice = "run `millennium config schema` to see what each key takes"
    if reason == _TABLE_FOR_LIST and location.path.endswith(".toml"):
        advice = f"write its heading with two brackets: [[…{path[-1]}]]"
    message = f"{show_path(path)}: {_in_words(reason)}"
    return InvalidValueError(message, help=advice, location=location)


def _in_words(reason: str) -> str:
    wrong = _WRONG_TYPE.fullmatch(reason)
    if wrong is None:
        return f"{reason[0].lower()}{reason[1:]}"
    wanted = [_WORDS.get(name, name) for name in wrong["wanted"].split(" | ") if name != "null"]
    return f"takes {' or '.join(wanted)}, not {_WORDS.get(wrong['given'], wrong['given'])}"


def _parse_place(text: str) -> KeyPath:
    steps = _STEP.finditer(text.partition("[...]")[0])
    return tuple(int(step[2]) if step[2] else step[1] for step in steps)


def _as_error(problem: Problem, sources: Sequence[Source]) -> ConfigError:
    location = _locate(sources, problem.path)
    message = f"{show_path(problem.path)}: {problem.message}"
    return problem.error(message, help=problem.help, location=location)


def _locate(sources: Sequence[Source], path: KeyPath) -> Location:
    for source in reversed(sources):
        if source.knows(path):
            return source.locate(path)
    configured = [source for source in sources if not source.moved] or list(sources)
    return configured[-1].locate(path)
