"""The name of an asset: a path that was taken apart once and cannot climb."""

from __future__ import annotations

import re
from dataclasses import dataclass

from millennium.errors import OutsideAssetsError

MAX_KEY_CHARS = 4096
# Half characters are the bytes of a file's name that is no UTF-8.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AssetKey:
    """A normalised path: relative, ``/`` between parts, no empty part, no ``.`` and no ``..``.

    Make it with `parse`; the empty key is the folder of all assets.
    """

    path: str

    @classmethod
    def parse(cls, path: str) -> AssetKey:
        """Return the key of a path that is already percent-decoded.

        Args:
            path: With or without a leading slash; empty parts and ``.`` are dropped.

        Raises:
            OutsideAssetsError: It climbs (``..``, even if it would come back), is no UTF-8, or holds
                a backslash, a colon or a control character, which some system gives a meaning.
        """
        if len(path) > MAX_KEY_CHARS:
            raise OutsideAssetsError(f"a path of {len(path)} characters names no asset")
        if _FORBIDDEN.search(path) is not None:
            message = f"{path[:80]!r} holds a character that no asset's name may"
            help_line = "rename the file: no colon, backslash or control character, and in UTF-8"
            raise OutsideAssetsError(message, help=help_line)
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise OutsideAssetsError(f"{path[:80]!r} climbs out of the assets")
        return cls("/".join(parts))

    def __str__(self) -> str:
        """Return the path, without a leading slash."""
        return self.path

    @property
    def suffix(self) -> str:
        """The extension with its dot, in lower case; "" if there is none."""
        name = self.path.rpartition("/")[2]
        stem, dot, extension = name.rpartition(".")
        return f"{dot}{extension}".lower() if stem else ""

    def with_suffix_added(self, suffix: str) -> AssetKey:
        """Return the key with `suffix` behind it."""
        return AssetKey(self.path + suffix)

    def child(self, name: str) -> AssetKey:
        """Return the key of a file in this folder."""
        return AssetKey(f"{self.path}/{name}" if self.path else name)
