"""Errors of what the build embeds: the assets and the context."""

from __future__ import annotations

from millennium.errors.root import MillenniumError


class OutsideAssetsError(MillenniumError):
    """A path climbs out of the assets, or is no path at all."""

    code = "assets.outside"


class DamagedAssetError(MillenniumError):
    """An embedded asset is not what was embedded."""

    code = "assets.damaged"


class TooLargeAssetsError(MillenniumError):
    """A file of the page is too large, or there are too many."""

    code = "assets.too_large"


class ContextError(MillenniumError):
    """The baked context cannot be read."""

    code = "context.damaged"
