"""Finds an asset by its key: the promise, and the folder that keeps it in development."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from millennium.assets.html import prepare_html
from millennium.assets.key import AssetKey
from millennium.assets.mime import is_html, mime_of

OWN_FOLDER = "__millennium"
"""Keys in this folder are the framework's; an app's file there is not served."""

CACHE_BYTES = 8 * 1024 * 1024
_VISIBLE = frozenset({".well-known"})


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
    """Keeps the assets used last, up to a number of bytes. Thread: any."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._assets: OrderedDict[object, Asset] = OrderedDict()

    def get(self, name: object) -> Asset | None:
        """Return what was put under `name`, if it is still here."""
        with self._lock:
            asset = self._assets.get(name)
            if asset is not None:
                self._assets.move_to_end(name)
            return asset

    def put(self, name: object, asset: Asset) -> None:
        """Keep `asset`, unless it alone is too large; let go what was used longest ago."""
        size = len(asset.data)
        if size > self._max_bytes:
            return
        with self._lock:
            if name not in self._assets:
                self._bytes += size
            self._assets[name] = asset
            while self._bytes > self._max_bytes:
                _, oldest = self._assets.popitem(last=False)
                self._bytes -= len(oldest.data)


class DirectoryAssets(AssetResolver):
    """Assets in a folder, read anew whenever they change: for development, and for build.

    Hidden files, links that lead out of the folder and what is no regular file are not there:
    a build embeds exactly what development serves.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._cache = AssetCache()

    def get(self, key: AssetKey) -> Asset | None:
        """Return the file of this name, prepared if it is a page."""
        if not _is_public(key.path):
            return None
        path = os.path.realpath(self.root / key.path)
        if not path.startswith(f"{str(self.root).rstrip(os.sep)}{os.sep}"):
            return None
        try:
            status = Path(path).stat()
            if not stat.S_ISREG(status.st_mode):
                return None
            name = (key, path, status.st_mtime_ns, status.st_size, status.st_ino)
            return self._cache.get(name) or self._read(key, Path(path), name)
        except OSError:
            return None

    def keys(self) -> Iterator[str]:
        """Yield the path of every file that `get` returns, sorted."""
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            prefix = Path(folder).relative_to(self.root).as_posix().removeprefix(".")
            folders[:] = [name for name in folders if _is_public(f"{prefix}/{name}".strip("/"))]
            for name in sorted(names):
                path = f"{prefix}/{name}".removeprefix("/")
                if self._is_listed(path):
                    yield path

    def _is_listed(self, path: str) -> bool:
        real = os.path.realpath(self.root / path)
        return _is_public(path) and Path(real).is_file() and Path(real).is_relative_to(self.root)

    def _read(self, key: AssetKey, path: Path, name: object) -> Asset:
        asset = make_asset(key, path.read_bytes())
        self._cache.put(name, asset)
        return asset


def make_asset(key: AssetKey, data: bytes) -> Asset:
    """Return the asset made of a file's content: typed, named by its hash, a page prepared."""
    mime = mime_of(key.suffix)
    if not is_html(mime):
        return Asset(data=data, mime=mime, etag=_etag(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Asset(data=data, mime=mime, etag=_etag(data))
    page = prepare_html(text)
    return Asset(
        data=page.data,
        mime=mime,
        etag=_etag(page.data),
        script_hashes=page.script_hashes,
        style_hashes=page.style_hashes,
        slots=page.slots,
    )


def _etag(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _is_public(path: str) -> bool:
    parts = path.split("/")
    if parts[0] == OWN_FOLDER:
        return False
    return all(not part.startswith(".") or part in _VISIBLE for part in parts)
