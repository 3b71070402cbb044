"""Icon files: written, read back, read by others."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from millennium_bundler.errors import IconError
from millennium_bundler.icns import read_icns, write_icns

Draw = Callable[[int], bytes]


def test_what_was_written_is_read(png: Draw):
    pictures = {side: png(side) for side in (32, 128, 256)}
    assert read_icns(write_icns(pictures)) == pictures


def test_sizes_that_apple_does_not_know_are_left_out(png: Draw):
    assert read_icns(write_icns({32: png(32), 48: png(48)})) == {32: png(32)}


def test_no_picture_makes_no_file(png: Draw):
    assert write_icns({48: png(48)}) == b""


def test_pillow_reads_the_largest(png: Draw):
    image = Image.open(io.BytesIO(write_icns({side: png(side) for side in (32, 256, 512)})))
    assert image.format == "ICNS"
    assert max(size[0] * size[2] for size in image.info["sizes"]) == 512


def test_icnsutil_finds_nothing_wrong(png: Draw, tmp_path: Path):
    other = pytest.importorskip("icnsutil", reason="needs icnsutil")
    path = tmp_path / "a.icns"
    path.write_bytes(write_icns({side: png(side) for side in (32, 64, 128, 256, 512)}))
    assert list(other.IcnsFile.verify(str(path))) == []
    assert "ic09" in str(list(other.IcnsFile(str(path)).media))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d[:-1],
        lambda d: b"icnx" + d[4:],
        lambda d: d[:12] + b"\0\0\0\1" + d[16:],
        lambda d: d[:12] + b"\x7f\0\0\0" + d[16:],
        lambda d: b"icns",
        lambda d: b"icns" + (len(d) + 3).to_bytes(4, "big") + d[8:] + b"abc",
    ],
    ids=["cut", "magic", "small", "large", "head", "rest"],
)
def test_what_is_not_well_formed_is_refused(png: Draw, change: Callable[[bytes], bytes]):
    with pytest.raises(IconError, match="not well-formed"):
        read_icns(change(write_icns({32: png(32)})))
