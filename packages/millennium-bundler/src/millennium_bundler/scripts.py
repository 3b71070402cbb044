"""Scripts that a Linux package runs around its installation and removal.

1. They are for ``/bin/sh``, the one shell that every system has.
2. A first line ``#!/bin/sh`` may be there or not; any other interpreter is refused.
3. Each format puts them where its package manager looks. When which one runs is the same everywhere:
   those of the installation run for upgrades too, those of the removal do not.
4. A command in them that fails ends them: they run under ``set -e``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from millennium_bundler.errors import TreeError
from millennium_bundler.linux_settings import ScriptSettings
from millennium_bundler.settings import Manifest

SHELL = "/bin/sh"
MAX_SCRIPT_BYTES = 1024 * 1024
_FIRST_LINES = (f"#!{SHELL}", f"#! {SHELL}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """The scripts' texts without a first ``#!`` line; empty for none.

    Attributes:
        pre_install: Before files are unpacked.
        post_install: After they are there.
        pre_remove: Before they go.
        post_remove: After they are gone.
    """

    pre_install: str = ""
    post_install: str = ""
    pre_remove: str = ""
    post_remove: str = ""

    def guarded(self, guards: dict[str, str]) -> dict[str, str]:
        """Return those that are there, by name, each behind the condition that it runs under.

        Args:
            guards: Name → a test of ``$1`` that says whether the package manager means this script.
        """
        return {
            name: f"set -e\n{guards[name]} || exit 0\n{text}"
            if guards.get(name)
            else f"set -e\n{text}"
            for name, text in self.named().items()
        }

    def named(self) -> dict[str, str]:
        """Return those that are there, by name, in the order of the fields."""
        found = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: text for name, text in found if text}


def read_scripts(manifest: Manifest, settings: ScriptSettings) -> Scripts:
    """Read the files that a manifest names.

    Raises:
        TreeError: One cannot be read, is empty or too large, or is not for ``/bin/sh``.
    """
    paths = {item.name: getattr(settings, item.name) for item in fields(settings)}
    return Scripts(**{name: _read(manifest, path) for name, path in paths.items() if path})


def _read(manifest: Manifest, path: str) -> str:
    place = manifest.resolve(path)
    try:
        data = place.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        message = f"script {place} cannot be read"
        raise TreeError(
            message, code="tree.missing", help="correct the path, or leave it out"
        ) from exc
    first, _, rest = text.partition("\n")
    if first.startswith("#!"):
        if not first.rstrip().startswith(_FIRST_LINES):
            message = f"script {place} asks for {first[2:].strip()}"
            raise TreeError(message, code="tree.script", help=f"write it for {SHELL}")
        text = rest
    if not text.strip() or len(data) > MAX_SCRIPT_BYTES or "\0" in text:
        message = f"script {place} is empty, larger than {MAX_SCRIPT_BYTES} bytes, or no text"
        raise TreeError(message, code="tree.script", help="correct it, or leave it out")
    return text if text.endswith("\n") else f"{text}\n"
