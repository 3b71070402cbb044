"""What an RPM package needs, provides and refuses, in RPM's words.

1. Shared libraries are needed by name and version node, as rpm's own generator writes them:
   ``libc.so.6(GLIBC_2.34)(64bit)``. No package name is guessed, so one file fits Fedora and openSUSE.
2. What the manifest says is taken as it is: ``name``, ``name >= 1.2``, or a condition in parentheses.
3. What the package's own form asks of rpm is added: ``rpmlib(…)``.

Source: https://rpm-software-management.github.io/rpm/manual/dependencies.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from millennium_bundler.elf import is_elf, read_elf
from millennium_bundler.errors import FormatError
from millennium_bundler.settings import BundleSettings
from millennium_bundler.tree import Tree

# https://github.com/rpm-software-management/rpm include/rpm/rpmds.h
LESS, GREATER, EQUAL = 2, 4, 8
RPMLIB = 1 << 24
INTERPRETER = 1 << 8
_SIGNS = {"<": LESS, "<=": LESS | EQUAL, "=": EQUAL, ">=": GREATER | EQUAL, ">": GREATER}
_RELATION = re.compile(
    r"(?P<name>[^\s<>=()][^\s<>=]*)(?:\s*(?P<sign><=|>=|<|>|=)\s*(?P<version>\S+))?"
)
_BITS_64 = frozenset({"x86_64", "aarch64", "ppc64le", "s390x", "riscv64"})
_LIBC = "libc.so.6"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Relation:
    """A name, perhaps with a version, that a package needs or has.

    Attributes:
        name: A package, a file, a library or a condition.
        flags: Comparison and kind, as rpm's ``rpmsenseFlags``.
        version: Empty for any.
    """

    name: str
    flags: int = 0
    version: str = ""


def parse_relation(text: str) -> Relation:
    """Read ``name``, ``name >= 1.2`` or a condition in parentheses.

    Raises:
        FormatError: It is none of these.
    """
    if text.startswith("(") and text.endswith(")"):
        return Relation(name=text)
    match = _RELATION.fullmatch(text)
    if match is None:
        message = f"{text!r} is no relation that rpm knows"
        raise FormatError(message, code="rpm.relation", help='write "name" or "name >= 1.2"')
    flags = _SIGNS.get(match["sign"] or "", 0)
    return Relation(name=match["name"], flags=flags, version=match["version"] or "")


def requirements(settings: BundleSettings, tree: Tree, *, machine: str) -> list[Relation]:
    """Return what the installed files and the manifest ask for, sorted, each once.

    Raises:
        FormatError: A relation of the manifest is none.
    """
    found = {*parse_all(settings.engine.rpm, key="engine.rpm")}
    found.update(parse_all(settings.linux.rpm.depends, key="linux.rpm.depends"))
    found.update(Relation(name=name) for name in _libraries(settings, tree, machine))
    found.update(
        Relation(name=f"rpmlib({feature})", flags=RPMLIB | LESS | EQUAL, version=version)
        for feature, version in _features(found)
    )
    return sorted(found)


def parse_all(texts: Iterable[str], *, key: str) -> list[Relation]:
    """Return relations sorted, each once.

    Raises:
        FormatError: One is none; the message names the key.
    """
    try:
        return sorted({parse_relation(text) for text in texts})
    except FormatError as error:
        message = f"key {key!r}: {error.message}"
        raise FormatError(message, code=error.code, help=error.help) from None


def _features(found: Iterable[Relation]) -> Iterator[tuple[str, str]]:
    yield "CompressedFileNames", "3.0.4-1"
    yield "FileDigests", "4.6.0-1"
    yield "PayloadFilesHavePrefix", "4.0-1"
    yield "PayloadIsXz", "5.2-1"
    if any(relation.name.startswith("(") for relation in found):
        yield "RichDependencies", "4.12.0-1"
    if any("~" in relation.version for relation in found):
        yield "TildeInVersions", "4.10.0-1"


def _libraries(settings: BundleSettings, tree: Tree, machine: str) -> set[str]:
    bits = "(64bit)" if machine in _BITS_64 else ""
    carried = {file.path.rpartition("/")[2] for file in tree.files()}
    found: set[str] = set()
    for soname, nodes in _needed(settings, tree):
        if soname in carried:
            continue
        mark = f"(){bits}" if bits else ""
        found.add(f"{soname}{mark}")
        found.update(f"{soname}({node}){bits}" for node in nodes)
    return found


def _needed(settings: BundleSettings, tree: Tree) -> Iterator[tuple[str, tuple[str, ...]]]:
    for soname in settings.sonames:
        version = settings.symbol_versions.get(soname, "") if soname == _LIBC else ""
        yield soname, ((f"GLIBC_{version}",) if version else ())
    for file in tree.files():
        if is_elf(file.data):
            elf = read_elf(file.data, place=file.path)
            for soname in elf.needed:
                # The loader's own nodes are no promise of the C library to others.
                nodes = elf.versions.get(soname, ())
                yield soname, tuple(node for node in nodes if not node.startswith("GLIBC_PRIVATE"))
