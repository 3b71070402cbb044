"""Asking outside tools about packages: as they were built, and once more where a signature went inside.

A tool gets a package under its own name in a folder that is gone afterwards: nothing stands in the output
that was not signed yet.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.output import write_package

Findings = tuple[Finding, ...] | None


class Inspection:
    """What outside tools say of one format's packages.

    Args:
        format_: That makes them, and knows the tools.
        on_step: Told what is being done.
        is_wanted: Whether tools are asked at all.
    """

    def __init__(
        self, format_: Format[Any], on_step: Callable[[str], None], *, is_wanted: bool
    ) -> None:
        self._format = format_
        self._on_step = on_step
        self._is_wanted = is_wanted
        self._built: dict[str, tuple[Package, Findings]] = {}
        self.seconds = 0.0

    def before_signing(self, package: Package) -> None:
        """Ask about a package that was built and is not signed yet."""
        if self._is_wanted:
            self._built[package.file_name] = package, self._ask(package, self._format.lint, "lint")

    def findings(self, package: Package) -> Findings:
        """Return what was said of a package; ask again when signing has changed it.

        What is said twice is returned once.
        """
        if not self._is_wanted:
            return None
        built, before = self._built[package.file_name]
        if package.data == built.data:
            return before
        after = self._ask(package, self._format.lint_signed, "lint as signed")
        if before is None or after is None:
            return before if after is None else after
        return tuple(dict.fromkeys((*before, *after)))

    def _ask(self, package: Package, lint: Callable[[Path], Findings], step: str) -> Findings:
        """Ask a tool; one that breaks down says nothing about the package, which is good."""
        self._on_step(step)
        started = time.perf_counter()
        try:
            with TemporaryDirectory(prefix="millennium-lint-") as folder:
                return lint(write_package(package, Path(folder)))
        except (OSError, subprocess.SubprocessError, FormatError) as exc:
            said, tool = f"no answer: {exc}", self._format.name
            return (Finding(tool=tool, severity="warning", tag="no-answer", message=said),)
        finally:
            self.seconds += time.perf_counter() - started
