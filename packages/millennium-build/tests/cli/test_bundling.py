"""What `millennium bundle` asks for first: a build that is up to date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from millennium_build.build import BuildRequest, BuildResult
from millennium_build.cache import Cache, default_folder
from millennium_build.cli import bundling
from millennium_build.cli.bundling import current_manifest
from millennium_build.cli.main import main
from millennium_build.errors import HookError, StaleBuildError
from millennium_build.fingerprint import digest_inputs
from millennium_build.freeze.environment import Workshop
from millennium_build.native import triplet
from millennium_build.project import find_python
from millennium_build.verify import Verification


@pytest.fixture
def manifest(project: Path) -> Path:
    return project / "dist" / "net.lovelace.hello-you" / triplet() / "bundle-manifest.json"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, project: Path, manifest: Path) -> list[BuildRequest]:
    """Has every build write an up-to-date manifest at once; returns what was asked for."""
    asked: list[BuildRequest] = []

    def build(request: BuildRequest) -> BuildResult:
        asked.append(request)
        with Workshop(request.python, Cache(default_folder())) as workshop:
            digest = digest_inputs(project, workshop.interpreter.search)
        manifest.parent.mkdir(parents=True, exist_ok=True)
        manifest.write_text(json.dumps({"inputs_digest": digest}))
        return BuildResult(
            path=manifest.with_name("hello-you"),
            bytes=1,
            steps=(),
            manifest=manifest,
            verification=Verification(verified=True),
            freezer="native",
            warnings=("odd",),
        )

    monkeypatch.setattr(bundling, "build", build)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.chdir(project)
    return asked


def test_without_a_build_there_is_one_first(
    builds: list[BuildRequest], manifest: Path, capsys: pytest.CaptureFixture[str]
):
    assert current_manifest(False) == manifest
    assert [request.python for request in builds] == [find_python(Path.cwd()).path]
    assert "building first: there is no build yet" in capsys.readouterr().err


def test_a_build_that_is_up_to_date_is_taken(builds: list[BuildRequest], manifest: Path):
    current_manifest(False)
    assert current_manifest(True) == manifest
    assert len(builds) == 1


def test_a_saved_file_makes_it_old(
    builds: list[BuildRequest], project: Path, capsys: pytest.CaptureFixture[str]
):
    current_manifest(False)
    (project / "ui" / "main.js").write_text("// new")
    current_manifest(False)
    assert len(builds) == 2
    assert "the build is older than the project" in capsys.readouterr().err


@pytest.mark.parametrize("body", ["", "[]", "{}"], ids=["torn", "no object", "no digest"])
def test_a_damaged_manifest_is_as_good_as_none(
    builds: list[BuildRequest], manifest: Path, body: str
):
    manifest.parent.mkdir(parents=True)
    manifest.write_text(body)
    with pytest.raises(StaleBuildError, match="there is no build yet"):
        current_manifest(True)


def test_no_build_is_an_error_where_one_is_needed(
    builds: list[BuildRequest], capsys: pytest.CaptureFixture[str]
):
    assert main(["bundle", "--no-build"]) == 1
    assert capsys.readouterr().err.startswith("error[M0360]: there is no build yet, and --no-build")
    assert builds == []


def test_the_hook_before_bundling_may_stop_it(builds: list[BuildRequest], project: Path):
    path = project / "pyproject.toml"
    text = path.read_text()
    path.write_text(text.replace("dist-dir", 'before-bundle-command = "exit 4"\ndist-dir'))
    with pytest.raises(HookError, match="code 4"):
        current_manifest(False)
