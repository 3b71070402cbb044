"""`millennium build`: what it shows. That a real app comes out is for `nox -s executable`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.build import BuildRequest, BuildResult, BuildStep
from millennium_build.cli import build as build_module
from millennium_build.cli.build import step_printer
from millennium_build.cli.main import main
from millennium_build.verify import Verification

Typed = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch, project: Path) -> list[BuildRequest]:
    """Has every build succeed at once; returns what was asked for."""
    asked: list[BuildRequest] = []

    def build(request: BuildRequest) -> BuildResult:
        asked.append(request)
        step = BuildStep(name="freeze", seconds=1.5, detail="native")
        request.on_step(step)
        return BuildResult(
            path=project / "dist" / "hello-you",
            bytes=4_200_000,
            steps=(step,),
            manifest=project / "dist" / "bundle-manifest.json",
            verification=Verification(verified=True, engine="WebKitGTK 2.50", milliseconds=300),
            freezer="native",
            warnings=("something is odd",),
        )

    monkeypatch.setattr(build_module, "build", build)
    monkeypatch.chdir(project)
    return asked


def test_the_result_is_a_table_and_the_steps_are_talk(
    requests: list[BuildRequest], project: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["build"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].split() == ["size", "time", "freezer", "verified", "executable"]
    assert out.splitlines()[1].split()[:2] == ["4.20", "MB"]
    assert str(project / "dist" / "hello-you") in out
    assert "✔ freeze" in err
    assert "warning: something is odd" in err


def test_json_is_all_there_is_on_stdout(
    requests: list[BuildRequest], project: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["build", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["executable"] == str(project / "dist" / "hello-you")
    assert (found["verified"], found["bytes"], found["seconds"]) == (True, 4_200_000, 1.5)
    assert found["steps"] == [{"name": "freeze", "seconds": 1.5, "detail": "native"}]


def test_options_reach_the_build(requests: list[BuildRequest], tmp_path: Path):
    words = ["build", "--freezer", "pyinstaller", "--no-verify", "--output", str(tmp_path / "out")]
    assert main(words) == 0
    [request] = requests
    assert (request.freezer, request.verify) == ("pyinstaller", False)
    assert request.output == tmp_path / "out"


def test_a_terminal_sees_what_is_being_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(build_module, "is_plain", lambda _stream: False)
    show = step_printer()
    show(BuildStep(name="plan"))
    show(BuildStep(name="custom", seconds=0.1))
    assert "find modules …" in capsys.readouterr().err


def test_a_pipe_hears_only_of_what_is_done(capsys: pytest.CaptureFixture[str]):
    step_printer()(BuildStep(name="plan"))
    assert capsys.readouterr().err == ""


def test_without_a_project_it_says_how_to_begin(typed: Typed, tmp_path: Path):
    done = typed("build", cwd=tmp_path)
    assert (done.returncode, "millennium init" in done.stderr) == (1, True)
    assert done.stdout == ""


def test_an_unknown_freezer_lists_the_known(typed: Typed, project: Path):
    done = typed("build", "--freezer", "icebox", "--no-verify", cwd=project)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-2].startswith("error[M0321]: ")
    assert "✔" not in done.stderr
    assert not (project / "dist" / "net.lovelace.hello-you" / "x86_64-linux-gnu").exists()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('resources = ["nope/*"]', "bundle.resources names 'nope/*', which matches no file"),
        ('external-bin = ["bin/nope"]', "bundle.external-bin names 'bin/nope', which is not there"),
    ],
    ids=["resources", "sidecar"],
)
def test_what_packages_lack_is_named_before_any_work(
    typed: Typed, project: Path, edit: Callable[[Path, str, str], None], setting: str, said: str
):
    edit(project / "pyproject.toml", 'category = "Utility"', setting)
    done = typed("build", cwd=project)
    assert done.returncode == 1
    assert f"error[M0340]: {said}" in done.stderr
    assert "find modules" not in done.stderr
    assert not (project / "dist").exists()
