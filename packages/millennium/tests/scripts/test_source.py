"""Scripts are found in the checkout, and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.scripts.source import api_module_names, read_script


def test_the_bootstrap_is_found_in_the_checkout() -> None:
    assert "__MILLENNIUM_INTERNALS__" in read_script("bootstrap", "page.js")


def test_the_modules_of_the_page_are_known() -> None:
    assert {"core.js", "event.js", "index.js"} <= {*api_module_names()}


def test_a_script_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        read_script("bootstrap", "ghost.js")


def test_the_scripts_of_a_wheel_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "js" / "src").mkdir(parents=True)
    (tmp_path / "js" / "src" / "only.js").write_text("packed", encoding="utf-8")
    (tmp_path / "js" / "src" / "only.txt").write_text("no script", encoding="utf-8")
    monkeypatch.setattr("importlib.resources.files", lambda package: tmp_path)

    assert read_script("src", "only.js") == "packed"
    assert api_module_names() == ("only.js",)
