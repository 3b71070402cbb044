"""Which Debian package brings a shared library, and since which version.

Rules, the first that knows wins:

1. The manifest names the package (`linux.deb.packages`).
2. The system's dpkg data: `*.shlibs` names the package; its `*.symbols` gives the lowest version that
   defines the version nodes in use, or, where they are not known, all symbols of the library. Without
   symbols, shlibs' own version is taken.
3. On a system without dpkg, the built-in table of libraries that every Debian has.

Source: deb-shlibs(5), deb-symbols(5), dpkg-shlibdeps(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from millennium_bundler.debian_version import sort_key

DPKG_INFO = Path("/var/lib/dpkg/info")

_SYMBOL = re.compile(r" (?P<symbol>\S+)@(?P<node>\S+) (?P<version>[0-9]\S*)")
_NUMBER = re.compile(r"[0-9][0-9.]*$")
_GLIBC_NODE = re.compile(r"GLIBC_(?P<version>[0-9][0-9.]*)")
_RELATION = re.compile(r"(?P<name>\S+) \(>= (?P<version>[^)]+)\)")

# One package, one version: a bound on the first holds for all.
GLIBC = frozenset(
    {
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
        "libutil.so.1",
        "libresolv.so.2",
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
    }
)
# Libraries whose package has had one name for years; newer names provide the old ones.
_BUILT_IN = {
    **dict.fromkeys(GLIBC, "libc6"),
    "libgcc_s.so.1": "libgcc-s1",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
    "libbz2.so.1.0": "libbz2-1.0",
    "liblzma.so.5": "liblzma5",
    "libffi.so.8": "libffi8",
    "libexpat.so.1": "libexpat1",
    "libcrypto.so.3": "libssl3",
    "libssl.so.3": "libssl3",
    "libsqlite3.so.0": "libsqlite3-0",
    "libuuid.so.1": "libuuid1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgio-2.0.so.0": "libglib2.0-0",
    "libgmodule-2.0.so.0": "libglib2.0-0",
    "libgirepository-1.0.so.1": "libgirepository-1.0-1",
    "libgirepository-2.0.so.0": "libgirepository-2.0-0",
    "libcairo.so.2": "libcairo2",
    "libgtk-3.so.0": "libgtk-3-0",
    "libgdk-3.so.0": "libgtk-3-0",
    "libwebkit2gtk-4.1.so.0": "libwebkit2gtk-4.1-0",
    "libjavascriptcoregtk-4.1.so.0": "libjavascriptcoregtk-4.1-0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A library that must be there.

    Attributes:
        soname: "libc.so.6".
        nodes: Version nodes in use; None when unknown.
        version: Highest number of a version node in use ("2.34" of GLIBC_2.34), where that is all
            that is known. No version of a package: node 8.0 of libffi came with libffi 3.4.
    """

    soname: str
    nodes: tuple[str, ...] | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Symbols:
    """What a symbols file says of one library: versions of its nodes, and of its newest symbol."""

    nodes: dict[str, str]
    highest: str

    def lowest(self, need: Need) -> str:
        """Return the lowest package version that has what is needed; all of it when unknown."""
        used = list(need.nodes or ())
        if need.version:
            limit = sort_key(need.version)
            numbers = {node: match[0] for node in self.nodes if (match := _NUMBER.search(node))}
            used = [node for node, number in numbers.items() if sort_key(number) <= limit]
        is_known = need.nodes is not None or used
        if not is_known or not set(used) <= self.nodes.keys():
            return self.highest
        return highest(self.nodes[node] for node in used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dpkg:
    """The data of one system.

    Args:
        architecture: Debian's name of the machine ("amd64").
        folder: Where dpkg keeps it; need not exist.
    """

    architecture: str
    folder: Path = DPKG_INFO
    _libraries: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for path in sorted(self.folder.glob("*.shlibs")):
            if self._is_ours(path):
                self._libraries.update(_read_shlibs(path))

    def relation(self, need: Need) -> str | None:
        """Return the relation that brings a library ("libc6 (>= 2.34)"); None when unknown."""
        found = self._libraries.get(need.soname, _BUILT_IN.get(need.soname))
        if found is None:
            return None
        match = _RELATION.match(found)
        name = match["name"] if match else found.split()[0]
        if need.soname in GLIBC and (need.version or need.soname not in self._libraries):
            return _relation(name, _glibc(need))  # the one that numbers its nodes as its packages
        symbols = self._symbols(name, need.soname)
        return found if symbols is None else _relation(name, symbols.lowest(need))

    def _is_ours(self, path: Path) -> bool:
        _, _, architecture = path.stem.partition(":")
        return architecture in {"", self.architecture}

    def _symbols(self, package: str, soname: str) -> _Symbols | None:
        for name in (f"{package}:{self.architecture}.symbols", f"{package}.symbols"):
            path = self.folder / name
            if path.is_file():
                return _read_symbols(path, soname)
        return None


def merged(relations: Iterable[str]) -> list[str]:
    """Join relations to the same package, keeping the highest lower bound; sorted by name."""
    lowest: dict[str, str] = {}
    others: set[str] = set()
    for relation in relations:
        match = _RELATION.fullmatch(relation)
        if match is None and re.search(r"[\s(|]", relation):
            others.add(relation)
            continue
        name, version = (match["name"], match["version"]) if match else (relation, "")
        lowest[name] = highest((lowest.get(name, ""), version))
    return sorted(others | {_relation(name, version) for name, version in lowest.items()})


def highest(versions: Iterable[str]) -> str:
    """Return the highest of several versions; "" when there is none."""
    return max(versions, key=sort_key, default="")


def _relation(name: str, version: str) -> str:
    return f"{name} (>= {version})" if version else name


def _glibc(need: Need) -> str:
    matches = (_GLIBC_NODE.fullmatch(node) for node in need.nodes or ())
    return highest([need.version, *(match["version"] for match in matches if match)])


def _read_shlibs(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in path.read_text("utf-8", "replace").splitlines():
        library, _, rest = line.partition(" ")
        version, _, relation = rest.strip().partition(" ")
        if not relation or library.endswith(":") or library.startswith("#"):
            continue
        found[f"{library}.so.{version}"] = found[f"{library}-{version}.so"] = relation
    return found


def _read_symbols(path: Path, soname: str) -> _Symbols:
    nodes: dict[str, str] = {}
    own: dict[str, str] = {}
    versions: set[str] = set()
    is_ours = False
    for line in path.read_text("utf-8", "replace").splitlines():
        if line[:1] not in {" ", "|", "*"}:
            is_ours = line.partition(" ")[0] == soname
        match = _SYMBOL.match(line) if is_ours else None
        if match is None:
            continue
        versions.add(match["version"])
        node = match["node"]
        # The node's own line says it, else the newest of its symbols.
        if match["symbol"] == node:
            own[node] = match["version"]
        nodes[node] = highest((nodes.get(node, ""), match["version"]))
    return _Symbols(nodes={**nodes, **own}, highest=highest(versions))
