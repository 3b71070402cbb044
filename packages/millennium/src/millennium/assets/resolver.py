"""Finds an asset by its key: the promise, and what every kept promise needs."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from millennium.assets.key import AssetKey

OWN_FOLDER = "__millennium"
"""Keys in this folder are the framework's; an app's file there is not served."""

API_PREFIX = f"/{OWN_FOLDER}/api/"
"""Where the page's API modules are."""

OUTSIDE_PREFIX = f"/{OWN_FOLDER}/asset/"
"""Where files outside the app are, if it shows any; see `millennium.assets.outside`."""

CACHE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of the page, ready to be served.

    Attributes:
        data: Pages are prepared (`millennium.assets.html`).
        mime: Media type.
        etag: Changes when `data` does; without quotes.
        script_hashes: CSP sources of a page's inline scripts.
        style_hashes: The same of its inline styles.
        slots: Offsets in `data` for a nonce.
    """

    data: bytes = field(repr=False)
    mime: str
    etag: str
    script_hashes: tuple[str, ...] = ()
    style_hashes: tuple[str, ...] = ()
    slots: tuple[int, ...] = ()


class AssetResolver(ABC):
    """Where an app's assets are. Thread: any."""

    @abstractmethod
    def get(self, key: AssetKey) -> Asset | None:
        """Return the asset, or None if there is none of this name."""

    @abstractmethod
    def keys(self) -> Iterator[str]:
        """Yield the path of every asset, sorted."""


class AssetCache:
    """Keeps the assets used last, up to a number of bytes. Thread: any.

    Of those that are larger than that, the last one stays: a player asks for many parts of it.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._assets: OrderedDict[object, Asset] = OrderedDict()
        self._large: tuple[object, Asset] | None = None

    def get(self, name: object) -> Asset | None:
        """Return what was put under `name`, if it is still here."""
        with self._lock:
            if self._large is not None and self._large[0] == name:
                return self._large[1]
            asset = self._assets.get(name)
            if asset is not None:
                self._assets.move_to_end(name)
            return asset

    def put(self, name: object, asset: Asset) -> None:
        """Keep `asset` and let go what was used longest ago."""
        size = len(asset.data)
        with self._lock:
            if size > self._max_bytes:
                self._large = (name, asset)
                return
            if name not in self._assets:
                self._bytes += size
            self._assets[name] = asset
            while self._bytes > self._max_bytes:
                _, oldest = self._assets.popitem(last=False)
                self._bytes -= len(oldest.data)


def fill_slots(page: bytes, slots: tuple[int, ...], nonce: str) -> bytes:
    """Return a page with `nonce` in each of its slots."""
    value = nonce.encode()
    parts: list[bytes] = []
    start = 0
    for slot in slots:
        parts += [page[start:slot], value]
        start = slot
    return b"".join((*parts, page[start:]))
