"""The runtime is the configured one, or the only one installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.schema import Config
from millennium_build.codegen.runtime import find_runtime
from millennium_build.errors import PlanError

CONFIG = Config(identifier="org.example.app")


def _install(folder: Path, name: str, value: str) -> Path:
    info = folder / name / f"{name}-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    text = f"[millennium.runtimes]\nx{name} = {value}\n[other]\ny = z:f\n"
    (info / "entry_points.txt").write_text(text)
    return folder / name


def test_only_one_is_taken(tmp_path: Path) -> None:
    assert find_runtime(CONFIG, [_install(tmp_path, "a", "a:A")]) == "a:A"


def test_configured_one_is_taken(tmp_path: Path) -> None:
    config = Config(identifier="org.example.app", runtime="own:Runtime")
    assert find_runtime(config, [_install(tmp_path, "a", "a:A")]) == "own:Runtime"


def test_none_is_told_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        find_runtime(CONFIG, [tmp_path])
    assert "millennium[webview]" in caught.value.help


def test_two_are_told_by_name(tmp_path: Path) -> None:
    search = [_install(tmp_path, "a", "a:A"), _install(tmp_path, "b", "b:B")]
    with pytest.raises(PlanError, match="xa, xb"):
        find_runtime(CONFIG, search)
