"""What a package format promises.

A format is a class named by an entry point of the group `millennium.formats`. It builds packages, reads
them back with a reader of its own, signs them, and may ask an outside tool for an opinion.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Literal, TypeVar, final

from millennium_bundler.settings import BundleSettings, Manifest, System
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Tree

Severity = Literal["error", "warning"]
Plan = TypeVar("Plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One complaint of an outside tool about a finished package."""

    tool: str
    severity: Severity
    tag: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package: a file as bytes, or a folder as a tree.

    Attributes:
        file_name: Name without folder, such as "notes_1.0.0_amd64.deb".
        data: The whole file; or what lies in the folder that has this name.
        warnings: What the maker should know, one line each.
        is_signed: Whether it carries a signature inside.
        is_program: Whether users start the file itself.
    """

    file_name: str
    data: bytes | Tree
    warnings: tuple[str, ...] = ()
    is_signed: bool = False
    is_program: bool = False

    @property
    def file(self) -> bytes:
        """The whole file.

        Raises:
            TypeError: The package is a folder.
        """
        if isinstance(self.data, Tree):
            message = f"{self.file_name} is a folder"
            raise TypeError(message)
        return self.data


class Format(ABC, Generic[Plan]):
    """One kind of OS package.

    Subclasses say what goes in (`_plan`), write it (`_build`) and read it back (`_verify`); those that
    can carry a signature put it in (`_sign`). Callers use `make`, which never returns a package that its
    own reader has not accepted. A complete example:

    ```python
    from millennium_bundler.errors import PackageError
    from millennium_bundler.formats.interface import Format, Package
    from millennium_bundler.formats.tarball import read_tar, write_tar
    from millennium_bundler.layout import linux_tree, read_executable
    from millennium_bundler.settings import Manifest
    from millennium_bundler.tree import Tree


    class PlainTarFormat(Format[Tree]):
        name = "plain-tar"

        def _plan(self, manifest: Manifest) -> Tree:
            return linux_tree(manifest, read_executable(manifest))

        def _build(self, manifest: Manifest, plan: Tree) -> Package:
            return Package(file_name=f"{manifest.settings.binary_name}.tar", data=write_tar(plan))

        def _verify(self, package: Package, plan: Tree) -> None:
            if list(read_tar(package.file)) != list(plan):
                raise PackageError("the files differ", code="package.corrupt")
    ```

    ```toml
    [project.entry-points."millennium.formats"]
    plain-tar = "my_package:PlainTarFormat"
    ```

    Attributes:
        name: What `--targets` takes.
        systems: Those whose executables it carries; `--targets all` takes it for these.
        machines: Those of them, first words of targets; none means that all are carried.
    """

    name: ClassVar[str]
    systems: ClassVar[tuple[System, ...]] = ("linux",)
    machines: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def carries(cls, settings: BundleSettings) -> bool:
        """Tell whether system and machine of an executable are among those of this format."""
        machine = settings.target.split("-")[0]
        return settings.system in cls.systems and (not cls.machines or machine in cls.machines)

    def check(self, manifest: Manifest) -> None:
        """Refuse settings that this format cannot carry; asked before any work starts.

        Raises:
            BundleError: A setting of this format is wrong; nothing was made.
        """
        del manifest

    @final
    def make(
        self, manifest: Manifest, *, inspect: Callable[[Package], None] = lambda _package: None
    ) -> tuple[Package, ...]:
        """Build the packages, prove each with the format's own reader, and sign it.

        Args:
            manifest: What they are made from; its signers sign.
            inspect: Given each package when it was proved and is not signed yet.

        Raises:
            BundleError: One cannot be built or signed, or the reader refuses it.
        """
        return tuple(self._make_one(manifest, plan, inspect) for plan in self._plans(manifest))

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask an outside tool about a package before it is signed.

        None when the tool is not installed (the default: there is none).
        """
        del path
        return None

    def lint_signed(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask again when a signature was put inside; the default asks the same tool."""
        return self.lint(path)

    def _make_one(
        self, manifest: Manifest, plan: Plan, inspect: Callable[[Package], None]
    ) -> Package:
        package = self._build(manifest, plan)
        self._verify(package, plan)
        inspect(package)
        return self._sign(package, plan, manifest.signing)

    def _plans(self, manifest: Manifest) -> tuple[Plan, ...]:
        """Return one plan a package; most formats make one (an .msi is made for each language)."""
        return (self._plan(manifest),)

    def _sign(self, package: Package, plan: Plan, signing: Signing) -> Package:
        """Return the package with its signature inside; the default carries none."""
        del plan, signing
        return package

    @abstractmethod
    def _plan(self, manifest: Manifest) -> Plan:
        """Return what the package shall hold."""

    @abstractmethod
    def _build(self, manifest: Manifest, plan: Plan) -> Package:
        """Return the package; the same plan gives the same bytes."""

    @abstractmethod
    def _verify(self, package: Package, plan: Plan) -> None:
        """Read the package and compare it with the plan; raise PackageError."""
