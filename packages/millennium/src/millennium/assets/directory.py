"""Assets in a folder, prepared when they are read: for development, and for build.

A released app has neither this module nor a parser of HTML: its pages were prepared before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from millennium.assets.key import AssetKey
from millennium.assets.mime import is_html, mime_of
from millennium.assets.resolver import OWN_FOLDER, Asset, AssetCache, AssetResolver
from millennium.errors import TooLargeAssetsError

MAX_ASSET_BYTES = 1024 * 1024 * 1024  # of one file of the page
MAX_ASSETS = 100_000  # files of one page's folder

_VISIBLE = frozenset({".well-known"})


class DirectoryAssets(AssetResolver):
    """Assets in a folder, read anew whenever they change: for development, and for build.

    Hidden files, links that lead out of the folder and what is no regular file are not there:
    a build embeds exactly what development serves.

    Args:
        root: The folder.
        in_global: API modules of its pages' ``window.__MILLENNIUM__``; see `prepare_html`.
    """

    def __init__(self, root: Path, *, in_global: tuple[str, ...] = ()) -> None:
        self.root: Path = root.resolve()
        self._in_global = in_global
        self._cache = AssetCache()

    def get(self, key: AssetKey) -> Asset | None:
        """Return the file of this name, prepared if it is a page.

        Raises:
            TooLargeAssetsError: It is larger than `MAX_ASSET_BYTES`.
        """
        if not _is_public(key.path):
            return None
        path = os.path.realpath(self.root / key.path)
        if not path.startswith(f"{str(self.root).rstrip(os.sep)}{os.sep}"):
            return None
        try:
            status = Path(path).stat()
            if not stat.S_ISREG(status.st_mode):
                return None
            if status.st_size > MAX_ASSET_BYTES:
                raise TooLargeAssetsError(
                    f"the file {key.path[:80]!r} is larger than {MAX_ASSET_BYTES} bytes",
                    help="ship it beside the app and let it be read from there",
                )
            name = (key, path, status.st_mtime_ns, status.st_size, status.st_ino)
            return self._cache.get(name) or self._read(key, Path(path), name)
        except OSError:
            return None

    def keys(self) -> Iterator[str]:
        """Yield the path of every file that `get` returns, sorted.

        Raises:
            TooLargeAssetsError: There are more than `MAX_ASSETS`.
        """
        count = 0
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            prefix = Path(folder).relative_to(self.root).as_posix().removeprefix(".")
            folders[:] = [name for name in folders if _is_public(f"{prefix}/{name}".strip("/"))]
            for name in sorted(names):
                path = f"{prefix}/{name}".removeprefix("/")
                if self._is_listed(path):
                    count += 1
                    if count > MAX_ASSETS:
                        raise TooLargeAssetsError(
                            f"the folder {self.root.name!r} has more than {MAX_ASSETS} files",
                            help="set build.dist-dir to the folder that holds only the page",
                        )
                    yield path

    def _is_listed(self, path: str) -> bool:
        real = os.path.realpath(self.root / path)
        return _is_public(path) and Path(real).is_file() and Path(real).is_relative_to(self.root)

    def _read(self, key: AssetKey, path: Path, name: object) -> Asset:
        asset = make_asset(key, path.read_bytes(), in_global=self._in_global)
        self._cache.put(name, asset)
        return asset


def make_asset(key: AssetKey, data: bytes, *, in_global: tuple[str, ...] = ()) -> Asset:
    """Return the asset made of a file's content: typed, named by its hash, a page prepared."""
    mime = mime_of(key.suffix)
    if not is_html(mime):
        return Asset(data=data, mime=mime, etag=_etag(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Asset(data=data, mime=mime, etag=_etag(data))
    from millennium.assets.html import prepare_html  # noqa: PLC0415 - not before the first page

    page = prepare_html(text, in_global=in_global)
    return Asset(
        data=page.data,
        mime=mime,
        etag=_etag(page.data),
        script_hashes=page.script_hashes,
        style_hashes=page.style_hashes,
        slots=page.slots,
    )


def _etag(data: bytes) -> str:
    import hashlib  # noqa: PLC0415 - links a large library; see `millennium.early`

    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _is_public(path: str) -> bool:
    parts = path.split("/")
    if parts[0] == OWN_FOLDER:
        return False
    return all(not part.startswith(".") or part in _VISIBLE for part in parts)
