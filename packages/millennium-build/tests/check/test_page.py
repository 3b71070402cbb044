"""The app's page, read as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.scripts.source import api_module_names, read_script
from millennium_build.check import page as page_module
from millennium_build.check.page import read_pages


def names(folder: Path, kind: str) -> list[str]:
    return [mention.name for mention in read_pages(folder, folder) if mention.kind == kind]


def test_references_are_files_or_addresses(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.html").write_text(
        '<link href="../x.css"><script src="/y.js?v=1"></script><img src="z.png#f">'
        '<script src="https://cdn.example/a.js"></script><img src="//cdn.example/b.png">'
        '<img src="data:,"><img src><script src="/__millennium/api/core.js"></script>'
        '<link href="#top"><iframe src="../../out.html"></iframe>'
    )
    assert names(tmp_path, "file") == ["x.css", "y.js", "sub/z.png", "../../out.html"]
    assert names(tmp_path, "remote") == ["https://cdn.example/a.js", "//cdn.example/b.png"]


def test_modules_beside_a_script_are_files(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.js").write_text(
        "import { x } from './x.js';\nimport '../y.js?v=1'; export * from \"./z.js\";\n"
        "const late = import('./late.js');\nimport {\n  many,\n  more\n} from './many.js';\n"
        "import 'bare'; import(`./${name}.js`); say('from ./text.js'); // import './no.js'\n"
    )
    (tmp_path / "b.html").write_text("<script>import './c.js'</script>")
    assert names(tmp_path, "file") == [
        *("c.js", "sub/x.js", "y.js", "sub/z.js", "sub/late.js", "sub/many.js"),
    ]
    place = next(each.place for each in read_pages(tmp_path, tmp_path) if each.name == "y.js")
    assert str(place) == "sub/a.js:2:9"


def test_inline_handlers_are_found(tmp_path: Path):
    (tmp_path / "a.html").write_text('<p onclick="go()"><a href=" JavaScript:go()">x</a><p onload>')
    assert names(tmp_path, "inline") == ["onclick", "javascript:"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", ["window.title", "mine"]),
        ("/*! @millennium/api */", ["mine"]),
        ("const i = () => globalThis.__MILLENNIUM_INTERNALS__;", ["mine"]),
    ],
    ids=["plain", "marked", "bundled"],
)
def test_what_our_own_page_api_invokes_is_not_the_page_s(
    tmp_path: Path, head: str, expected: list[str]
):
    (tmp_path / "a.js").write_text(f"{head}\ninvoke('window.title'); invoke('mine')")
    assert names(tmp_path, "invoke") == expected


@pytest.mark.parametrize("module", api_module_names())
def test_each_module_of_our_page_api_is_marked(tmp_path: Path, module: str):
    (tmp_path / "a.js").write_text(read_script("src", module))
    assert names(tmp_path, "invoke") == []


def test_commands_and_modules_are_found_in_scripts(tmp_path: Path):
    (tmp_path / "a.js").write_text(
        "import { invoke } from '@millennium/api';\n"
        'import * as fs from "@millennium/api/fs";\n'
        "const d = await import('@millennium/api/dialog');\n"
        'invoke("one"); await invoke<string>( `two` , {});\n'
        "reinvoke('no'); x.invoke('no'); invoke(name); // invoke('no')\n"
        "/* invoke('no') */ const u = 'http://invoke'; invoke('three');\n"
    )
    assert names(tmp_path, "import") == [
        "@millennium/api",
        "@millennium/api/fs",
        "@millennium/api/dialog",
    ]
    assert names(tmp_path, "invoke") == ["one", "two", "three"]


def test_places_are_right_in_a_file_and_in_a_page(tmp_path: Path):
    (tmp_path / "a.js").write_text("\n  invoke('one')")
    (tmp_path / "b.html").write_text("<p>\n<script>invoke('two')\ninvoke('three')</script>text")
    places = [str(mention.place) for mention in read_pages(tmp_path, tmp_path)]
    assert places == ["a.js:2:11", "b.html:2:17", "b.html:3:9"]


def test_what_is_installed_or_huge_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_module, "MAX_SCRIPT_BYTES", 20)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a.js").write_text("invoke('no')")
    (tmp_path / "b.js").write_text("invoke('no')" + " " * 20)
    (tmp_path / "c.css").write_text("invoke('no')")
    assert read_pages(tmp_path, tmp_path) == []


def test_reading_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_module, "MAX_FILES", 1)
    (tmp_path / "a.js").write_text("invoke('one')")
    (tmp_path / "b.js").write_text("invoke('two')")
    assert names(tmp_path, "invoke") == ["one"]
