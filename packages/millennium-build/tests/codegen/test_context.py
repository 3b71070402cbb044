"""The baked package gives the context back, from data beside its code."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from millennium.assets.directory import DirectoryAssets
from millennium.assets.key import AssetKey
from millennium.config.schema import BuildConfig, Config
from millennium.context import Context
from millennium_build.codegen.context import released_config, write_context_package


@pytest.fixture
def baked(monkeypatch, tmp_path: Path):
    page = tmp_path / "ui"
    (page / "deep").mkdir(parents=True)
    (page / "index.html").write_text("<p>hello")
    (page / "deep" / "a.py").write_text("not code here")
    config = Config(identifier="org.example.app", version="1.2")
    context = Context(config=config, assets=DirectoryAssets(page), runtime="r:C")
    written = write_context_package(tmp_path / "generated", context)
    monkeypatch.syspath_prepend(tmp_path / "generated")
    yield written, importlib.import_module("_millennium_context").load()
    sys.modules.pop("_millennium_context")


def test_context_comes_back(baked) -> None:
    _, context = baked
    assert (context.config.version, context.runtime, context.mode) == ("1.2", "r:C", "release")


def test_assets_come_back_whatever_their_names(baked) -> None:
    _, context = baked
    assert set(context.assets.keys()) == {"deep/a.py", "index.html"}
    assert context.assets.get(AssetKey.parse("deep/a.py")).data == b"not code here"
    assert context.assets.get(AssetKey.parse("absent")) is None


def test_every_file_is_listed_under_its_place(baked) -> None:
    written, _ = baked
    assert "_millennium_context/context.json" in written
    assert "_millennium_context/assets/index.html" in written
    assert all(path.is_file() for path in written.values())


def test_what_only_builds_read_does_not_ship() -> None:
    build = BuildConfig(
        dev_path="http://localhost:5173", before_build_command="make", features=("x",)
    )
    config = released_config(Config(identifier="org.example.app", build=build))
    assert config.build == BuildConfig(features=("x",))
