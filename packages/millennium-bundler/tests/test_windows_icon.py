"""The .ico of an app."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PIL.IcoImagePlugin import IcoImageFile

from millennium_bundler.errors import IconError
from millennium_bundler.windows_icon import windows_icon, write_ico

Png = Callable[[int], bytes]


def test_an_ico_has_all_sizes_up_to_256(tmp_path: Path, png: Png):
    (tmp_path / "icon.png").write_bytes(png(512))
    found = Image.open(io.BytesIO(windows_icon((tmp_path / "icon.png",))), formats=("ICO",))
    sides = {side for side, _ in found.info["sizes"]}
    assert {16, 32, 48, 256} <= sides
    assert 512 not in sides


def test_each_size_can_be_read(png: Png):
    data = write_ico({16: png(16), 256: png(256)})
    found = Image.open(io.BytesIO(data), formats=("ICO",))
    assert isinstance(found, IcoImageFile)
    assert found.ico.getimage((16, 16)).size == (16, 16)
    assert found.ico.getimage((256, 256)).size == (256, 256)


def test_no_picture_is_no_icon():
    assert windows_icon(()) == b""


def test_an_ico_of_ones_own_is_taken(tmp_path: Path, png: Png):
    own = write_ico({32: png(32)})
    (tmp_path / "own.ICO").write_bytes(own)
    (tmp_path / "icon.png").write_bytes(png(64))
    assert windows_icon((tmp_path / "icon.png", tmp_path / "own.ICO")) == own


@pytest.mark.parametrize(
    ("data", "code"), [(b"PNG", "icon.unreadable"), (None, "icon.missing")], ids=["other", "none"]
)
def test_what_is_no_ico_is_refused(tmp_path: Path, data: bytes | None, code: str):
    path = tmp_path / "own.ico"
    path.write_bytes(data or b"")
    path.chmod(0o644)
    wanted = path if data else tmp_path / "none.ico"
    with pytest.raises(IconError) as caught:
        windows_icon((wanted,))
    assert caught.value.code == code
