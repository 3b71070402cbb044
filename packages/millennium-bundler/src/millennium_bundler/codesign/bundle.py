"""Find the bundles of an application, and say in which order its code must be signed: from the inside out.

The seal of a bundle names the code inside it by its hash, so what lies inside must be signed first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from millennium_bundler.errors import FormatError
from millennium_bundler.info_plist import EXECUTABLE, IDENTIFIER, read_plist
from millennium_bundler.macho import Kind, is_macho, read_macho
from millennium_bundler.tree import Link, Tree

_INFO = re.compile(
    r"^(?P<outer>(?:.*\.(?:app|xpc|appex|bundle|plugin|qlgenerator|mdimporter)/)?)Contents/Info\.plist$"
)
_FRAMEWORK_INFO = re.compile(
    r"^(?P<outer>.*\.framework/)Versions/(?P<version>[^/]+)/Resources/Info\.plist$"
)


Contents = dict[str, bytes | str]
"""Path → content of a file, or target of a link."""


class Part(Enum):
    """What a piece of code is."""

    LIBRARY = "library"
    HELPER = "helper"
    FRAMEWORK = "framework"
    BUNDLE = "bundle"
    APP = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A folder with code and a seal.

    Attributes:
        outer: The folder that people see, without a slash at the end; empty for the app itself.
        root: The folder that paths of the seal begin at, with a slash at the end.
        info: Path of its Info.plist.
        executable: Path of its main program or library.
        identifier: CFBundleIdentifier.
    """

    outer: str
    root: str
    info: str
    executable: str
    identifier: str
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One signature to make.

    Attributes:
        path: Of the code; of a bundle its outer folder.
        identifier: What the signature calls it.
        bundle: The bundle whose main code it is; None for code that stands alone.
    """

    path: str
    part: Part
    identifier: str
    bundle: Bundle | None = None


def find_bundles(app: Tree) -> list[Bundle]:
    """Return the bundles with code of an application, innermost first, the app last.

    Args:
        app: What lies in the ``.app`` folder.

    Raises:
        FormatError: An Info.plist is none, or the app itself has no main program.
    """
    files = {file.path: file.data for file in app.files()}
    found = [
        bundle
        for path in files
        if (match := _INFO.match(path) or _FRAMEWORK_INFO.match(path))
        and (bundle := _bundle(files, path, match)) is not None
    ]
    if not any(bundle.part is Part.APP for bundle in found):
        message = "the application has no Info.plist with a main program"
        raise FormatError(
            message, code="macos.plist", help=f"{EXECUTABLE} must name a file in MacOS"
        )
    return sorted(found, key=lambda bundle: (-bundle.root.count("/"), bundle.root))


def signing_steps(app: Tree) -> list[Step]:
    """Return every signature that an application takes, in order.

    Raises:
        FormatError: See `find_bundles`.
        ExecutableError: A file of code is not well-formed.
    """
    bundles = find_bundles(app)
    mains = {bundle.executable for bundle in bundles}
    loose = {
        file.path: _part(file.data, file.path)
        for file in app.files()
        if file.path not in mains and is_macho(file.data)
    }
    steps: list[Step] = []
    for bundle in bundles:
        inside = sorted(path for path in loose if path.startswith(bundle.root))
        for path in inside:
            name = path.rpartition("/")[2].partition(".")[0] or path.rpartition("/")[2]
            steps.append(Step(path=path, part=loose.pop(path), identifier=name))
        steps.append(
            Step(
                path=bundle.outer,
                part=bundle.part,
                identifier=bundle.identifier,
                bundle=bundle,
            )
        )
    return steps


def _bundle(files: dict[str, bytes], path: str, match: re.Match[str]) -> Bundle | None:
    info = read_plist(files[path], place=path)
    outer = match["outer"].rstrip("/")
    is_framework = "version" in match.groupdict()
    root = path.removesuffix("Resources/Info.plist" if is_framework else "Info.plist")
    name = str(info.get(EXECUTABLE, ""))
    executable = f"{root}{name}" if is_framework else f"{root}MacOS/{name}"
    if not name or executable not in files or not is_macho(files[executable]):
        return None
    part = Part.FRAMEWORK if is_framework else Part.BUNDLE if outer else Part.APP
    return Bundle(
        outer=outer,
        root=root,
        info=path,
        executable=executable,
        identifier=str(info.get(IDENTIFIER, "")) or name,
        part=part,
    )


def _part(data: bytes, path: str) -> Part:
    kinds = {item.kind for item in read_macho(data, place=path)}
    return Part.HELPER if kinds == {Kind.EXECUTABLE} else Part.LIBRARY


def contents_of(app: Tree) -> Contents:
    """Return path → content of the files, and target of the links, of a tree."""
    found: Contents = {file.path: file.data for file in app.files()}
    found.update({entry.path: entry.target for entry in app if isinstance(entry, Link)})
    return found
