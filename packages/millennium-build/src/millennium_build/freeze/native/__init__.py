"""The native freezer: a prebuilt stub with everything else appended, nothing ever unpacked."""

from __future__ import annotations

from millennium_build.freeze.native.freezer import NativeFreezer

__all__ = ["NativeFreezer"]
