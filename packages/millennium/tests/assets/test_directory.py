"""A folder of assets serves its files and nothing that leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from millennium.assets import directory
from millennium.assets.directory import DirectoryAssets
from millennium.assets.key import AssetKey
from millennium.assets.resolver import Asset
from millennium.errors import TooLargeAssetsError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "ui"
    (root / "css").mkdir(parents=True)
    (root / "index.html").write_text("<script>a</script>", "utf-8")
    (root / "css" / "a.css").write_text("a{}", "utf-8")
    return root


def get(root: Path, path: str) -> Asset | None:
    return DirectoryAssets(root).get(AssetKey.parse(path))


def test_a_file_is_an_asset(folder: Path) -> None:
    found = get(folder, "css/a.css")

    assert found is not None
    assert (found.data, found.mime) == (b"a{}", "text/css; charset=utf-8")


def test_a_page_is_prepared(folder: Path) -> None:
    found = get(folder, "index.html")

    assert found is not None
    assert b"importmap" in found.data
    assert len(found.script_hashes) == 2


def test_a_page_that_is_not_utf_8_is_served_as_it_is(folder: Path) -> None:
    (folder / "old.html").write_bytes(b"\xe4")
    found = get(folder, "old.html")

    assert found is not None
    assert found.data == b"\xe4"


def test_a_byte_order_mark_does_not_hide_the_doctype(folder: Path) -> None:
    (folder / "bom.html").write_bytes(b"\xef\xbb\xbf<!doctype html>")
    found = get(folder, "bom.html")

    assert found is not None
    assert found.data.startswith(b"<!doctype html><script")


@pytest.mark.parametrize("path", ["", "css", "missing.js", "css/a.css/x"])
def test_what_is_no_file_is_no_asset(folder: Path, path: str) -> None:
    assert get(folder, path) is None


@pytest.mark.parametrize("path", [".env", "css/.git/x", "__millennium/x.js"])
def test_hidden_and_reserved_files_are_not_served(folder: Path, path: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text("x", "utf-8")

    assert get(folder, path) is None
    assert path not in DirectoryAssets(folder).keys()  # noqa: SIM118 - not a mapping


def test_well_known_files_are_served(folder: Path) -> None:
    (folder / ".well-known").mkdir()
    (folder / ".well-known" / "x").write_text("x", "utf-8")

    assert get(folder, ".well-known/x") is not None


def test_a_link_that_leads_out_is_not_served(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s", "utf-8")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "up").symlink_to(tmp_path)
    (tmp_path / "ui-other").mkdir()
    (tmp_path / "ui-other" / "x").write_text("s", "utf-8")
    (folder / "beside").symlink_to(tmp_path / "ui-other")

    assert get(folder, "link") is None
    assert get(folder, "up/secret") is None
    assert get(folder, "beside/x") is None


def test_a_link_inside_is_served(folder: Path) -> None:
    (folder / "link.css").symlink_to(folder / "css" / "a.css")

    assert get(folder, "link.css") is not None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_not_served(folder: Path) -> None:
    os.mkfifo(folder / "pipe")

    assert get(folder, "pipe") is None


def test_a_changed_file_is_read_again(folder: Path) -> None:
    assets = DirectoryAssets(folder)
    before = assets.get(AssetKey("css/a.css"))
    again = assets.get(AssetKey("css/a.css"))
    (folder / "css" / "a.css").write_text("b{color:red}", "utf-8")
    after = assets.get(AssetKey("css/a.css"))

    assert before is again
    assert before is not None
    assert after is not None
    assert after.data == b"b{color:red}"
    assert before.etag != after.etag


def test_all_keys_are_listed(folder: Path, tmp_path: Path) -> None:
    (folder / "up").symlink_to(tmp_path)
    (folder / "broken").symlink_to(tmp_path / "nothing")

    assert sorted(DirectoryAssets(folder).keys()) == ["css/a.css", "index.html"]


def test_a_folder_that_does_not_exist_has_no_assets(tmp_path: Path) -> None:
    assets = DirectoryAssets(tmp_path / "nowhere")

    assert list(assets.keys()) == []
    assert assets.get(AssetKey("a")) is None


def test_a_file_has_a_size(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MAX_ASSET_BYTES", 10)
    (folder / "fits.txt").write_text("x" * 10)
    (folder / "large.txt").write_text("x" * 11)
    assets = DirectoryAssets(folder)

    assert assets.get(AssetKey("fits.txt")) is not None
    with pytest.raises(TooLargeAssetsError, match=r"large\.txt"):
        assets.get(AssetKey("large.txt"))


def test_a_folder_has_so_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = len([*DirectoryAssets(folder).keys()])
    monkeypatch.setattr(directory, "MAX_ASSETS", count)
    assert len([*DirectoryAssets(folder).keys()]) == count
    (folder / "more.txt").touch()
    with pytest.raises(TooLargeAssetsError, match="more than"):
        [*DirectoryAssets(folder).keys()]
