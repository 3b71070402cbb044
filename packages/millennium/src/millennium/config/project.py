"""Where a project keeps its configuration: exactly one place, found from any folder inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from millennium.config.original import flatten
from millennium.config.source import Source, read_json5, read_toml
from millennium.config.tree import JSON, KeyPath
from millennium.errors import (
    ConfigNotFoundError,
    InvalidValueError,
    TwoConfigsError,
    UnknownKeyError,
)

PLATFORMS = ("linux", "macos", "windows")
JSON5_NAMES = (".millenniumrc", ".millenniumrc.json5", ".millenniumrc.json")
TOML_NAME = "millennium.toml"
PYPROJECT = "pyproject.toml"
_TABLE = ("tool", "millennium")
_NEARLY = 0.85
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFiles:
    """A project and the one file that configures it.

    Attributes:
        root: The project's folder; paths in the configuration start here.
        config: The file: ``pyproject.toml``, ``millennium.toml`` or a ``.millenniumrc``.
        pyproject: The ``pyproject.toml`` beside it, where defaults come from.
    """

    root: Path
    config: Path
    pyproject: Path | None = None


def platform_name(system: str) -> str:
    """Return the name overlays use for a platform given so or as `sys.platform`."""
    return _SYSTEMS.get(system, system)


def find_project(start: Path) -> ProjectFiles:
    """Return the project that `start`, a folder or a file, is in.

    Raises:
        ConfigNotFoundError: Neither here nor in any folder above is a configuration.
        UnknownKeyError: Nor is there, but a table of tools has nearly our name.
        TwoConfigsError: A project has two.
    """
    folder = start.absolute()
    for root in (folder, *folder.parents):
        files = _files_in(root)
        if files is not None:
            return files
    for root in (folder, *folder.parents):
        refuse_misspelt(root / PYPROJECT)
    raise ConfigNotFoundError(
        f"no configuration in {folder} or any folder above",
        help="run `millennium init NAME`, or add [tool.millennium] with an identifier to pyproject.toml",
    )


def refuse_misspelt(file: Path) -> None:
    """Find the slip in a configuration that lacks something. Only that pays for it.

    Raises:
        UnknownKeyError: It is a ``pyproject.toml`` where a table has nearly our name, and ours names
            no app.
    """
    if file.name != PYPROJECT or not file.is_file():
        return
    if "identifier" in _pyproject_table(file, _TABLE).tree:
        return
    import difflib  # noqa: PLC0415 - no start pays for it

    tools = _pyproject_table(file, _TABLE[:1])
    names = set(tools.tree) - {_TABLE[1]}
    for name in difflib.get_close_matches(_TABLE[1], names, n=1, cutoff=_NEARLY):
        raise UnknownKeyError(
            f"unknown table [tool.{name}]",
            help=f"did you mean [{'.'.join(_TABLE)}]?",
            location=tools.locate((name,)),
        )


def read_base(files: ProjectFiles) -> Source:
    """Return the table that configures the app on every platform."""
    if files.config.name == PYPROJECT:
        source = _pyproject_table(files.config, _TABLE)
        tree = {key: value for key, value in source.tree.items() if key != "platform"}
        return Source(file=source.file, text=source.text, tree=tree, prefix=_TABLE)
    return _read_file(files.config)


def read_overlays(files: ProjectFiles, platform: str) -> list[Source]:
    """Return what changes on one platform; at most one table or file.

    Raises:
        TwoConfigsError: Two files change it.
    """
    names = (
        f"millennium.{platform}.toml",
        f".millenniumrc.{platform}",
        f".{platform}.millenniumrc",
        f"{platform}.millenniumrc",
    )
    present = [files.root / name for name in names if (files.root / name).is_file()]
    overlays = [_read_file(file) for file in present[:1]]
    if files.config.name == PYPROJECT:
        _refuse_unknown_platforms(files.config)
        table = _pyproject_table(files.config, (*_TABLE, "platform", platform))
        if table.tree:
            overlays.append(table)
            present.append(files.config)
    if len(present) > 1:
        raise _two(present)
    return overlays


def read_defaults(files: ProjectFiles) -> list[Source]:
    """Return what ``[project]`` says about the app, in our keys."""
    if files.pyproject is None:
        return []
    text, document = read_toml(files.pyproject)
    project = _table(document.get("project"))
    found: dict[str, tuple[tuple[str, ...], JSON]] = {
        "product-name": (("name",), project.get("name")),
        "version": (("version",), project.get("version")),
        "description": (("description",), project.get("description")),
        "publisher": (("authors",), _first_author(project.get("authors"))),
        "homepage": (("urls",), _homepage(project.get("urls"))),
        "license": (("license",), _license(project.get("license"))),
    }
    tree: dict[str, JSON] = {
        key: value for key, (_, value) in found.items() if isinstance(value, str)
    }
    moved: dict[KeyPath, KeyPath] = {(key,): ("project", *found[key][0]) for key in tree}
    return [Source(file=files.pyproject, text=text, tree=tree, moved=moved)]


def _files_in(root: Path) -> ProjectFiles | None:
    present = [root / name for name in (TOML_NAME, *JSON5_NAMES) if (root / name).is_file()]
    pyproject = root / PYPROJECT
    has_pyproject = pyproject.is_file()
    if has_pyproject and _pyproject_table(pyproject, _TABLE).tree:
        present.append(pyproject)
    if len(present) > 1:
        raise _two(present)
    if not present:
        return None
    return ProjectFiles(
        root=root, config=present[0], pyproject=pyproject if has_pyproject else None
    )


def _two(present: list[Path]) -> TwoConfigsError:
    names = " and ".join(file.name for file in present)
    return TwoConfigsError(f"{present[0].parent} is configured in {names}", help="keep one of them")


def _read_file(file: Path) -> Source:
    if file.suffix == ".toml":
        text, tree = read_toml(file)
        return Source(file=file, text=text, tree=_without_schema(tree))
    text, tree = read_json5(file)
    flat, moved = flatten(tree)
    return Source(file=file, text=text, tree=flat, moved=moved)


def _pyproject_table(file: Path, prefix: tuple[str, ...]) -> Source:
    text, tree = read_toml(file)
    for part in prefix:
        tree = _table(tree.get(part))
    return Source(file=file, text=text, tree=_without_schema(tree), prefix=prefix)


def _refuse_unknown_platforms(file: Path) -> None:
    table = _pyproject_table(file, (*_TABLE, "platform"))
    for name in table.tree:
        if name not in PLATFORMS:
            raise InvalidValueError(
                f"unknown platform {name!r}",
                help=f"one of {', '.join(PLATFORMS)}",
                location=table.locate((name,)),
            )


def _without_schema(tree: dict[str, JSON]) -> dict[str, JSON]:
    return {key: value for key, value in tree.items() if key != "$schema"}


def _table(tree: JSON) -> dict[str, JSON]:
    return tree if isinstance(tree, dict) else {}


def _first_author(authors: JSON) -> JSON:
    return _table(authors[0]).get("name") if isinstance(authors, list) and authors else None


def _homepage(urls: JSON) -> JSON:
    return next((url for name, url in _table(urls).items() if name.lower() == "homepage"), None)


def _license(value: JSON) -> JSON:
    return value if isinstance(value, str) else _table(value).get("text")
