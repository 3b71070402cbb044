"""Embedded assets come back as they went in, one at a time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.assets.directory import DirectoryAssets
from millennium.assets.embedded import (
    INDEX_KEY,
    EmbeddedAssets,
    embed,
    pack_asset,
    unpack_asset,
)
from millennium.assets.key import AssetKey
from millennium.assets.resolver import Asset, AssetResolver
from millennium.errors import DamagedAssetError

ASSET = Asset(
    data=b"<p>" * 100,
    mime="text/html",
    etag="e",
    script_hashes=("'sha256-a'",),
    style_hashes=("'sha256-b'",),
    slots=(1, 2),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p nonce>", "utf-8")
    (tmp_path / "a.txt").write_text("a" * 1000, "utf-8")
    return tmp_path


@pytest.mark.parametrize("compression", ["", "zlib"], ids=["stored", "zlib"])
def test_a_folder_comes_back(folder: Path, compression: str) -> None:
    source = DirectoryAssets(folder)
    blobs = dict(embed(source, compression=compression, compress=zlib.compress))
    embedded = EmbeddedAssets(blobs.__getitem__)

    assert list(embedded.keys()) == ["a.txt", "index.html"]
    assert embedded.get(AssetKey("a.txt")) == source.get(AssetKey("a.txt"))
    assert embedded.get(AssetKey("index.html")) == source.get(AssetKey("index.html"))


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    assert dict(embed(DirectoryAssets(folder))) == dict(embed(DirectoryAssets(folder)))


def test_what_grows_when_compressed_is_stored() -> None:
    blob = pack_asset(
        Asset(data=b"x", mime="m", etag=""), compression="zlib", compress=zlib.compress
    )

    assert blob.endswith(b"x")


def test_another_compression_needs_what_undoes_it() -> None:
    blob = pack_asset(ASSET, compression="short", compress=lambda data: data[:3])

    assert unpack_asset(blob, {"short": lambda data: data * 100}, name="x") == ASSET
    with pytest.raises(DamagedAssetError):
        unpack_asset(blob, {}, name="x")


@pytest.mark.parametrize("error", [KeyError, OSError, FileNotFoundError])
def test_what_was_not_embedded_is_not_there(error: type[Exception]) -> None:
    def read(key: str) -> bytes:
        raise error(key)

    assert EmbeddedAssets(read).get(AssetKey("a")) is None
    assert list(EmbeddedAssets(read).keys()) == []


def test_the_list_of_keys_is_no_asset(folder: Path) -> None:
    blobs = dict(embed(DirectoryAssets(folder)))

    assert INDEX_KEY in blobs
    assert EmbeddedAssets(blobs.__getitem__).get(AssetKey(INDEX_KEY)) is None


def test_an_asset_is_read_once(folder: Path) -> None:
    blobs = dict(embed(DirectoryAssets(folder)))
    read: list[str] = []

    def read_blob(key: str) -> bytes:
        read.append(key)
        return blobs[key]

    embedded = EmbeddedAssets(read_blob)

    assert embedded.get(AssetKey("a.txt")) is embedded.get(AssetKey("a.txt"))
    assert read == ["a.txt"]


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"M1",
        b"XX" + pack_asset(ASSET)[2:],
        pack_asset(ASSET)[:-1],
        pack_asset(ASSET) + b"x",
        b"M1\xff\xff\xff\xff{}",
        pack_asset(ASSET, compression="zlib", compress=lambda data: data[:5]),
    ],
    ids=["empty", "short", "magic", "cut", "long", "header", "compressed"],
)
def test_a_damaged_blob_is_refused(blob: bytes) -> None:
    with pytest.raises(DamagedAssetError, match=r"a\.txt"):
        EmbeddedAssets(lambda key: blob).get(AssetKey("a.txt"))


def test_a_file_that_vanishes_while_embedding_is_said() -> None:
    class Vanishing(AssetResolver):
        def get(self, key: AssetKey) -> Asset | None:
            return None

        def keys(self) -> Iterator[str]:
            yield "a"

    with pytest.raises(DamagedAssetError, match="vanished"):
        list(embed(Vanishing()))


def test_twenty_thousand_assets_cost_nothing_at_start() -> None:
    blobs = {f"{number}.txt": pack_asset(ASSET) for number in range(20_000)}

    def seconds(_: int) -> float:
        started = time.process_time()
        assert EmbeddedAssets(blobs.__getitem__).get(AssetKey("19999.txt")) == ASSET
        return time.process_time() - started

    assert min(map(seconds, range(5))) < 0.01  # what else the machine does only adds


@given(st.binary(max_size=200), st.text(max_size=5), st.lists(st.integers(0, 9), max_size=3))
def test_any_asset_comes_back(data: bytes, mime: str, slots: list[int]) -> None:
    asset = Asset(data=data, mime=mime, etag="", slots=tuple(slots))
    blob = pack_asset(asset, compression="zlib", compress=zlib.compress)

    assert unpack_asset(blob, {"zlib": zlib.decompress}, name="x") == asset
