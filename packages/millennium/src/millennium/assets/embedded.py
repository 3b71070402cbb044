"""Assets inside the executable: each one a blob that says itself what it is.

A blob is ``M1``, the length of a header in four bytes (little-endian), the header as JSON, and the
data, possibly compressed. There is no index to read at start: 20 000 assets cost what one costs.
A list of all keys is one more blob, read only when somebody asks for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping

import msgspec

from millennium.assets.key import AssetKey
from millennium.assets.resolver import OWN_FOLDER, Asset, AssetCache, AssetResolver
from millennium.errors import DamagedAssetError

INDEX_KEY = f"{OWN_FOLDER}/index"
"""Where the list of all keys is; no asset can have this key."""

Decompressors = Mapping[str, Callable[[bytes], bytes]]
"""Name of a compression → what undoes it."""

_MAGIC = b"M1"
_FIXED = 6
_MAX_HEADER_BYTES = 1024 * 1024


class _Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    mime: str
    etag: str
    size: int
    compression: str = ""
    script_hashes: tuple[str, ...] = ()
    style_hashes: tuple[str, ...] = ()
    slots: tuple[int, ...] = ()


class EmbeddedAssets(AssetResolver):
    """Assets read from the executable one by one, the ones used last kept in memory.

    Args:
        read: Returns the blob of a key; raises `OSError` or `KeyError` if there is none.
        decompressors: Besides ``zlib``.
    """

    def __init__(
        self, read: Callable[[str], bytes], decompressors: Decompressors | None = None
    ) -> None:
        self._read = read
        self._decompressors = {"zlib": zlib.decompress, **(decompressors or {})}
        self._cache = AssetCache()

    def get(self, key: AssetKey) -> Asset | None:
        """Return the asset, from memory if it was asked for lately.

        Raises:
            DamagedAssetError: The blob is not what `pack_asset` made.
        """
        if key.path.partition("/")[0] == OWN_FOLDER:
            return None
        asset = self._cache.get(key)
        if asset is None:
            blob = self._blob(key.path)
            if blob is None:
                return None
            asset = unpack_asset(blob, self._decompressors, name=key.path)
            self._cache.put(key, asset)
        return asset

    def keys(self) -> Iterator[str]:
        """Yield the path of every asset, sorted."""
        blob = self._blob(INDEX_KEY)
        if blob is not None:
            index = unpack_asset(blob, self._decompressors, name=INDEX_KEY)
            yield from msgspec.json.decode(index.data, type=list[str])

    def _blob(self, path: str) -> bytes | None:
        try:
            return self._read(path)
        except (OSError, KeyError):
            return None


def embed(
    assets: AssetResolver,
    *,
    compression: str = "",
    compress: Callable[[bytes], bytes] = bytes,
) -> Iterator[tuple[str, bytes]]:
    """Yield key and blob of every asset, then of the list of all keys: what build stores.

    Args:
        assets: Where the files are.
        compression: Name of what `compress` does; "" stores the data as they are.
        compress: Kept only where it makes the data smaller.
    """
    keys = list(assets.keys())
    for key in keys:
        asset = assets.get(AssetKey.parse(key))
        if asset is None:
            raise DamagedAssetError(f"the asset {key!r} vanished while it was embedded")
        yield key, pack_asset(asset, compression=compression, compress=compress)
    index = Asset(data=msgspec.json.encode(keys), mime="application/json", etag="")
    yield INDEX_KEY, pack_asset(index, compression=compression, compress=compress)


def pack_asset(
    asset: Asset, *, compression: str = "", compress: Callable[[bytes], bytes] = bytes
) -> bytes:
    """Return the blob of an asset; see `embed`."""
    packed = compress(asset.data)
    is_smaller = bool(compression) and len(packed) < len(asset.data)
    header = _Header(
        mime=asset.mime,
        etag=asset.etag,
        size=len(asset.data),
        compression=compression if is_smaller else "",
        script_hashes=asset.script_hashes,
        style_hashes=asset.style_hashes,
        slots=asset.slots,
    )
    encoded = msgspec.json.encode(header)
    body = packed if is_smaller else asset.data
    return b"".join((_MAGIC, len(encoded).to_bytes(4, "little"), encoded, body))


def unpack_asset(blob: bytes, decompressors: Decompressors, *, name: str) -> Asset:
    """Return the asset of a blob.

    Raises:
        DamagedAssetError: It is not what `pack_asset` made, or nobody can decompress it.
    """
    length = int.from_bytes(blob[2:_FIXED], "little")
    if blob[:2] != _MAGIC or length > _MAX_HEADER_BYTES:
        raise DamagedAssetError(f"the embedded asset {name!r} is damaged")
    try:
        header = msgspec.json.decode(blob[_FIXED : _FIXED + length], type=_Header)
        data = blob[_FIXED + length :]
        if header.compression:
            data = decompressors[header.compression](data)
    except Exception as error:  # a decompressor raises what it likes
        raise DamagedAssetError(f"the embedded asset {name!r} is damaged") from error
    if len(data) != header.size:
        raise DamagedAssetError(f"the embedded asset {name!r} has another length than before")
    return Asset(
        data=data,
        mime=header.mime,
        etag=header.etag,
        script_hashes=header.script_hashes,
        style_hashes=header.style_hashes,
        slots=header.slots,
    )
