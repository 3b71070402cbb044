"""What is missing on a machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from millennium_build import doctor as doctor_module
from millennium_build.doctor import Diagnosis, examine
from millennium_build.freeze.environment import Interpreter
from millennium_build.native import native_artifacts

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux to look at")
Edit = Callable[[Path, str, str], None]

VERSIONS = {"millennium": "1", "millennium-runtime": "1", "millennium-runtime-webview": "1"}
GOOD = {
    "versions": VERSIONS,
    "runtimes": {"webview": "a:B"},
    "engine": {"facts": {"webkit": [2, 50, 1], "gi": "environment"}, "problems": []},
}


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Decides what the project's Python answers."""

    def decide(**changes: object) -> None:
        found = {**GOOD, **changes}
        monkeypatch.setattr(doctor_module, "_ask", lambda _python: found)

    return decide


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Leaves only some tools on the path."""

    def leave(*names: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in names:
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))

    return leave


def find(name: str, found: list[Diagnosis]) -> Diagnosis:
    return next(diagnosis for diagnosis in found if diagnosis.name == name)


def test_a_sound_project_is_said(project: Path, answer: Callable[..., None]):
    answer()
    found = examine(project)
    assert find("project", found).detail == "net.lovelace.hello-you 0.1.0 (pyproject.toml)"
    assert find("webview", found).detail == "WebKitGTK 2.50.1, gi from environment"
    assert find("packages", found).detail == "all 1"


def test_no_project_is_only_a_warning(tmp_path: Path, answer: Callable[..., None]):
    answer()
    assert find("project", examine(tmp_path)).state == "warning"


def test_a_broken_configuration_is_shown_with_its_place(
    project: Path, answer: Callable[..., None], edit: Edit
):
    answer()
    edit(project / "pyproject.toml", "product-name", "produkt-name")
    found = find("project", examine(project))
    assert (found.state, "pyproject.toml:" in found.detail) == ("missing", True)


def test_an_error_without_a_place_is_shown_too(project: Path, answer: Callable[..., None]):
    answer()
    (project / "millennium.toml").write_text('identifier = "a.b"\n')
    assert find("project", examine(project)).detail.endswith("pyproject.toml")


def test_warnings_of_the_configuration_are_repeated(project: Path, answer: Callable[..., None]):
    answer()
    with (project / "pyproject.toml").open("a") as file:
        file.write("\n[tool.millennium.allowlist]\nall = true\n")
    assert find("configuration", examine(project)).state == "warning"


@pytest.mark.parametrize(
    ("changes", "name", "state", "words"),
    [
        ({"versions": {"millennium": "1"}}, "packages", "missing", "millennium-runtime"),
        (
            {"versions": {**VERSIONS, "millennium-build": "2"}},
            "packages",
            "missing",
            "versions differ",
        ),
        ({"versions": []}, "packages", "missing", "not installed"),
        ({"engine": {"error": "no gi", "help": "get it"}}, "webview", "missing", "no gi"),
        (
            {"engine": {"facts": {"webkit": [2, 38, 0]}, "problems": []}},
            "webview",
            "missing",
            "2.40 is needed",
        ),
        ({"engine": {}}, "webview", "ok", "a:B"),
        ({"engine": {"unsandboxed": ""}}, "sandbox", "ok", "WebKit's sandbox"),
        ({"engine": {"unsandboxed": "the app runs as root"}}, "sandbox", "ok", "as root"),
        (
            {"engine": {"unsandboxed": "not installed: bwrap"}},
            "sandbox",
            "warning",
            "not installed: bwrap",
        ),
        (
            {"engine": {"facts": {}, "problems": [
                {"code": "display.none", "cause": "c", "fix": "f"},
                {"code": "blank.nvidia", "cause": "blank windows", "fix": "f"},
            ]}},
            "blank.nvidia",
            "warning",
            "blank windows",
        ),
    ],
    ids=["absent", "different", "nothing", "no gi", "old webkit", "another runtime",
         "sandbox", "no sandbox", "sandbox not installed", "known trouble"],
)  # fmt: skip
def test_what_the_python_answers_is_judged(
    project: Path,
    answer: Callable[..., None],
    changes: dict[str, object],
    name: str,
    state: str,
    words: str,
):
    answer(**changes)
    found = find(name, examine(project))
    assert (found.state, words in found.detail) == (state, True)


def script(folder: Path, text: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_python_that_gives_no_answer_is_said(project: Path, tmp_path: Path):
    answers = 'case "$*" in *version_info*) echo millennium 3;; *) exit 1;; esac'
    found = examine(project, python=script(tmp_path, answers))
    assert find("python", found).state == "missing"
    assert find("packages", found).state == "missing"


def test_what_is_no_python_is_said(project: Path, tmp_path: Path):
    found = examine(project, python=script(tmp_path, "exit 1"))
    assert "is no Python 3" in find("python", found).detail


def test_an_old_python_is_said(
    project: Path, answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    answer()
    monkeypatch.setattr(doctor_module, "MINIMUM_PYTHON", (4, 0))
    assert find("python", examine(project)).fix == "install Python 3.11 or newer"


@pytest.mark.parametrize(
    ("display", "tools", "state"),
    [
        ("elsewhere:7", [], "ok"),
        (":65000", ["Xvfb"], "warning"),
        ("", ["Xvfb"], "warning"),
        ("", [], "missing"),
    ],
    ids=["there", "gone", "virtual", "none"],
)
def test_a_display_is_looked_for(
    project: Path,
    answer: Callable[..., None],
    only: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    display: str,
    tools: list[str],
    state: str,
):
    answer()
    only(*tools)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert find("display", examine(project, python=sys.executable)).state == state


@pytest.mark.parametrize(
    ("tools", "state"), [(["lintian"], "ok"), (["dpkg"], "warning")], ids=["there", "missing"]
)
def test_lintian_is_looked_for_on_debian(
    project: Path,
    answer: Callable[..., None],
    only: Callable[..., None],
    tools: list[str],
    state: str,
):
    answer()
    only(*tools)
    assert find("lintian", examine(project, python=sys.executable)).state == state


def test_elsewhere_nobody_asks_for_lintian(
    project: Path, answer: Callable[..., None], only: Callable[..., None]
):
    answer()
    only()
    names = {diagnosis.name for diagnosis in examine(project, python=sys.executable)}
    assert "lintian" not in names


def test_a_python_without_shared_library_has_a_way_out(
    project: Path, answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    answer()
    monkeypatch.setattr(Interpreter, "find_libpython", lambda _self: None)
    found = find("freezer", examine(project))
    assert (found.state, 'build.freezer = "pyinstaller"' in found.fix) == ("warning", True)


def test_a_freezer_without_its_parts_is_said(
    project: Path, answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    answer()
    store = tmp_path / "gone"
    missing = partial(native_artifacts, store=store)
    monkeypatch.setattr(doctor_module, "native_artifacts", missing)
    assert find("freezer", examine(project)).state == "warning"


def test_other_systems_have_no_display_and_no_native_freezer(
    project: Path, answer: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    answer()
    monkeypatch.setattr("sys.platform", "darwin")
    names = {diagnosis.name for diagnosis in examine(project, python=sys.executable)}
    assert not {"display", "freezer"} & names


def test_a_python_that_only_this_check_cannot_ask_skips_the_freezer(
    project: Path, answer: Callable[..., None], tmp_path: Path
):
    answer()
    found = examine(project, python=script(tmp_path, "exit 1"))
    assert "freezer" not in {diagnosis.name for diagnosis in found}


def test_the_probe_answers_in_json():
    found = doctor_module._ask(Path(sys.executable))
    assert isinstance(found, dict)
    assert json.dumps(found)
    assert found["versions"]["millennium"] == "0.1.0"
