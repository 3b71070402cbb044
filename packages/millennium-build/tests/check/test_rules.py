"""What does not fit together: each rule refuses one thing and lets its neighbour pass."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from millennium.config.load import load_config
from millennium.errors import MissingAssetsError
from millennium_build.check.rules import check_project

COMMAND = "\n\n@app.command\ndef {name}(): pass\n"


def codes(project: Path) -> list[str]:
    return [finding.code for finding in check_project(load_config(project))]


def add(
    project: Path, *, toml: str = "", python: str = "", script: str = "", page: str = ""
) -> None:
    targets = {
        "pyproject.toml": toml,
        "src/hello_you/__main__.py": python,
        "ui/main.js": script,
        "ui/index.html": page,
    }
    for name, text in targets.items():
        with (project / name).open("a") as file:
            file.write("\n" + text)


def capability(project: Path, *permissions: str, windows: str = "main") -> None:
    (project / "capabilities").mkdir(exist_ok=True)
    names = ", ".join(f'"{name}"' for name in permissions)
    (project / "capabilities" / "main.toml").write_text(
        f'windows = ["{windows}"]\npermissions = [{names}]\n'
    )


def test_a_fresh_project_is_sound(project: Path):
    assert codes(project) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("verify", ["command.reserved_name"]), ("verified", [])],
    ids=["refused", "passes"],
)
def test_a_built_in_name_is_reserved(project: Path, name: str, expected: list[str]):
    add(project, python=COMMAND.format(name=name))
    assert codes(project) == expected


def test_a_name_is_given_once(project: Path):
    add(project, python=COMMAND.format(name="greet"))
    assert codes(project) == ["command.duplicate", "command.duplicate"]


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        (["app:greet"], []),
        (["app:*"], []),
        (["app:greet", "window:set-title"], []),
        (["app:greet", "app:great"], ["check.unknown_permission"]),
        (["window:set-title"], ["check.not_granted"]),
    ],
    ids=["named", "all", "another module", "unknown", "not granted"],
)
def test_permissions_name_commands(project: Path, permissions: list[str], expected: list[str]):
    capability(project, *permissions)
    assert codes(project) == expected


@pytest.mark.parametrize(
    ("windows", "expected"),
    [("m*", []), ("editor", ["check.no_window"])],
    ids=["passes", "warned"],
)
def test_a_capability_covers_some_window(project: Path, windows: str, expected: list[str]):
    capability(project, "app:*", windows=windows)
    assert codes(project) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("invoke('greet')", []),
        ("invoke('app.name')", []),
        ("invoke('weather:today')", []),
        ("invoke('great')", ["check.unknown_command"]),
        ("invoke('fs.read_text')", ["api.disabled"]),
        ("invoke('window.title')", ["api.disabled"]),
    ],
    ids=["own", "built-in", "plug-in", "unknown", "disabled", "getter"],
)
def test_a_page_invokes_what_there_is(project: Path, script: str, expected: list[str]):
    add(project, script=script)
    assert codes(project) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import '@millennium/api/event'", []),
        ("import '@millennium/api/dialog'", ["api.disabled"]),
        ("import '@millennium/api/toaster'", ["check.unknown_module"]),
    ],
    ids=["always there", "disabled", "unknown"],
)
def test_a_page_imports_what_is_on(project: Path, script: str, expected: list[str]):
    add(project, script=script)
    assert codes(project) == expected


def test_the_help_is_the_line_that_turns_it_on(project: Path):
    add(
        project,
        script="invoke('fs.read_text'); import('@millennium/api/dialog'); invoke('window.title')",
    )
    helps = [finding.help for finding in check_project(load_config(project))]
    assert helps == [
        "[tool.millennium.allowlist.dialog] all = true",
        "[tool.millennium.allowlist.window] read = true",
        "[tool.millennium.allowlist.fs] read-file = true",
    ]


@pytest.mark.parametrize(
    ("toml", "expected"),
    [("", ["api.disabled"]), ("[tool.millennium.allowlist.fs]\nall = true", [])],
    ids=["refused", "passes"],
)
def test_python_imports_what_is_on(project: Path, toml: str, expected: list[str]):
    add(project, toml=toml, python="from millennium.api import fs\nimport millennium.api.app\n")
    assert codes(project) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<img src="gone.png">', ["check.missing_file"]),
        ('<img src="style.css">', []),
        ('<p onclick="x()">', ["check.inline_handler"]),
        ('<script src="https://cdn.example/x.js"></script>', ["check.remote_file"]),
    ],
    ids=["missing", "there", "inline", "remote"],
)
def test_a_page_has_what_it_names(project: Path, page: str, expected: list[str]):
    add(project, page=page)
    assert codes(project) == expected


def test_a_policy_that_names_an_origin_lets_it_load(project: Path):
    add(
        project,
        toml='[tool.millennium.security]\ncsp = "img-src https://cdn.example"\n',
        page='<img src="https://cdn.example/x.png">',
    )
    assert codes(project) == []


def test_windows_and_icons_name_files(project: Path):
    text = (project / "pyproject.toml").read_text()
    text = text.replace("width = 720", 'url = "gone.html?x#y"\nwidth = 720')
    (project / "pyproject.toml").write_text(text.replace("icons/icon.png", "icons/gone.png"))
    findings = check_project(load_config(project))
    assert [finding.code for finding in findings] == ["check.missing_file"] * 2
    assert {finding.place.path for finding in findings} == {"pyproject.toml"}


@pytest.mark.parametrize(
    ("python", "count"),
    [
        ("import http.server", 1),
        ("from http import server", 1),
        ("import flask", 1),
        ("from aiohttp import web", 1),
        ("import asyncio\nasyncio.start_server(None)", 1),
        ("import http.client\nimport asyncio\nasyncio.sleep(1)", 0),
    ],
    ids=["module", "from", "package", "part", "call", "client"],
)
def test_nobody_listens(project: Path, python: str, count: int):
    add(project, python=python)
    assert codes(project) == ["check.server"] * count


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("net.lovelace", "com.example", "check.identifier"),
        ("[tool.millennium.build]", "[tool.millennium.allowlist]\nall = true\n[tool.millennium.build]",
         "check.configuration"),
    ],
    ids=["identifier", "allowlist"],
)  # fmt: skip
def test_what_is_probably_not_meant_is_a_warning(project: Path, old: str, new: str, expected: str):
    path = project / "pyproject.toml"
    path.write_text(path.read_text().replace(old, new))
    findings = check_project(load_config(project))
    assert [(finding.code, finding.severity) for finding in findings] == [(expected, "warning")]


def test_an_app_that_never_runs_is_a_warning(project: Path):
    path = project / "src" / "hello_you" / "__main__.py"
    path.write_text(path.read_text().replace("app.run()", "print(app)"))
    assert codes(project) == ["check.no_run"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a system that takes such names")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"a:b.txt", ["assets.outside"]),
        (b"a\xe4.txt", ["assets.outside"]),
        ("ä 🚀.txt".encode(), []),
        (b".a:b.txt", []),
    ],
    ids=["colon", "no text", "letters", "hidden"],
)
def test_a_file_whose_name_no_asset_may_have_is_told(
    project: Path, name: bytes, expected: list[str]
):
    (project / "ui" / os.fsdecode(name)).write_text("x")
    assert codes(project) == expected


def test_without_a_page_there_is_nothing_to_check(project: Path):
    (project / "ui").rename(project / "page")
    with pytest.raises(MissingAssetsError):
        codes(project)
