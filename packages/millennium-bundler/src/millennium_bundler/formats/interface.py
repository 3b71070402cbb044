"""What a package format promises.

A format is a class named by an entry point of the group `millennium.formats`. It builds bytes, reads
them back with a reader of its own, and may ask an outside tool for an opinion.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Literal, TypeVar, final

from millennium_bundler.settings import Manifest

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
    """A package as bytes.

    Attributes:
        file_name: Name without folder, such as "notes_1.0.0_amd64.deb".
        data: The whole file.
        warnings: What the maker should know, one line each.
    """

    file_name: str
    data: bytes
    warnings: tuple[str, ...] = ()


class Format(ABC, Generic[Plan]):
    """One kind of OS package.

    Subclasses say what goes in (`_plan`), write it (`_build`) and read it back (`_verify`); callers use
    `make`, which never returns a package that its own reader has not accepted. A complete example:

    ```python
    from millennium_bundler.errors import PackageError
    from millennium_bundler.formats.interface import Format, Package
    from millennium_bundler.formats.tarball import read_tar, write_tar
    from millennium_bundler.layout import linux_tree, read_executable
    from millennium_bundler.settings import Manifest
    from millennium_bundler.tree import Tree


    class TarFormat(Format[Tree]):
        name = "tar"

        def _plan(self, manifest: Manifest) -> Tree:
            return linux_tree(manifest, read_executable(manifest))

        def _build(self, manifest: Manifest, plan: Tree) -> Package:
            return Package(file_name=f"{manifest.settings.binary_name}.tar", data=write_tar(plan))

        def _verify(self, package: Package, plan: Tree) -> None:
            if list(read_tar(package.data)) != list(plan):
                raise PackageError("the files differ", code="package.corrupt")
    ```

    ```toml
    [project.entry-points."millennium.formats"]
    tar = "my_package:TarFormat"
    ```

    Attributes:
        name: What `--targets` takes.
    """

    name: ClassVar[str]

    @final
    def make(self, manifest: Manifest) -> Package:
        """Build the package and prove it with the format's own reader.

        Raises:
            BundleError: It cannot be built, or the reader refuses it.
        """
        plan = self._plan(manifest)
        package = self._build(manifest, plan)
        self._verify(package, plan)
        return package

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask an outside tool; None when it is not installed (the default: there is none)."""
        del path
        return None

    @abstractmethod
    def _plan(self, manifest: Manifest) -> Plan:
        """Return what the package shall hold."""

    @abstractmethod
    def _build(self, manifest: Manifest, plan: Plan) -> Package:
        """Return the package; the same plan gives the same bytes."""

    @abstractmethod
    def _verify(self, package: Package, plan: Plan) -> None:
        """Read the package and compare it with the plan; raise PackageError."""
