"""`bundle.active`: a build that ends with its packages."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest

from millennium.config.bundle import BundleConfig
from millennium.config.schema import BuildConfig, Config
from millennium_build.build import BuildRequest, BuildResult
from millennium_build.cli import build as build_module
from millennium_build.cli import packages as packages_module
from millennium_build.cli.main import main
from millennium_build.cli.packages import make_packages
from millennium_build.errors import BundlerMissingError, HookError
from millennium_build.verify import Verification

Install = Callable[[object], None]


class Point(EntryPoint):
    """An entry point whose object is at hand."""

    found: object = None

    def load(self) -> object:
        return self.found


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs one bundler; without a call there is none."""
    points: list[Point] = []
    monkeypatch.setattr(packages_module, "entry_points", lambda **_which: points)

    def add(found: object) -> None:
        class Bundler(Point):
            pass

        Bundler.found = found
        points.append(Bundler("bundle", "x:y", "millennium.cli"))

    return add


@pytest.fixture
def build_at_once(monkeypatch: pytest.MonkeyPatch, project: Path) -> Path:
    """Has every build succeed at once; returns the configuration to change."""

    def build(_request: BuildRequest) -> BuildResult:
        return BuildResult(
            path=project / "dist" / "hello-you",
            bytes=1,
            steps=(),
            manifest=project / "dist" / "bundle-manifest.json",
            verification=Verification(verified=True),
            freezer="native",
        )

    monkeypatch.setattr(build_module, "build", build)
    monkeypatch.chdir(project)
    return project / "pyproject.toml"


@click.command()
@click.option("--manifest")
def bundler(manifest: str) -> None:
    """Say what it was asked for."""
    click.echo(f"bundled {Path(manifest).name}")


@click.command()
@click.option("--manifest")
def failing(manifest: str) -> None:
    """Fail as the bundler does."""
    sys.exit(4)


def config(before: str = "") -> Config:
    bundle = BundleConfig(active=True)
    return Config(
        identifier="org.example.notes",
        bundle=bundle,
        build=BuildConfig(before_bundle_command=before),
    )


def activate(path: Path) -> None:
    text = path.read_text()
    assert "[tool.millennium.bundle]" in text
    path.write_text(
        text.replace("[tool.millennium.bundle]", "[tool.millennium.bundle]\nactive = true")
    )


def test_an_active_bundle_is_made_after_the_build(
    install: Install, build_at_once: Path, capsys: pytest.CaptureFixture[str]
):
    install(bundler)
    activate(build_at_once)
    assert main(["build"]) == 0
    assert capsys.readouterr().out.endswith("bundled bundle-manifest.json\n")


def test_an_active_bundle_may_be_left_out(
    install: Install, build_at_once: Path, capsys: pytest.CaptureFixture[str]
):
    install(bundler)
    activate(build_at_once)
    assert main(["build", "--no-bundle"]) == 0
    assert "bundled" not in capsys.readouterr().out


def test_a_bundle_that_is_not_active_is_not_made(
    install: Install, build_at_once: Path, capsys: pytest.CaptureFixture[str]
):
    install(bundler)
    assert main(["build"]) == 0
    assert "bundled" not in capsys.readouterr().out


def test_json_of_the_build_stays_alone_on_stdout(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    install(bundler)
    make_packages(config(), tmp_path, tmp_path / "bundle-manifest.json", is_quiet=True)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "bundled bundle-manifest.json\n")


def test_a_package_that_fails_decides_the_exit_code(install: Install, tmp_path: Path):
    install(failing)
    with pytest.raises(SystemExit) as caught:
        make_packages(config(), tmp_path, tmp_path / "m.json", is_quiet=False)
    assert caught.value.code == 4


def test_the_command_before_runs_first(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    install(bundler)
    with pytest.raises(HookError):
        make_packages(config("exit 3"), tmp_path, tmp_path / "m.json", is_quiet=False)
    assert capsys.readouterr().out == ""


def test_without_a_bundler_it_says_how_to_get_one(install: Install, tmp_path: Path):
    with pytest.raises(BundlerMissingError) as caught:
        make_packages(config(), tmp_path, tmp_path / "m.json", is_quiet=False)
    assert "millennium[all]" in caught.value.help


def test_something_else_of_its_name_is_no_bundler(install: Install, tmp_path: Path):
    install("no command")
    with pytest.raises(BundlerMissingError):
        make_packages(config(), tmp_path, tmp_path / "m.json", is_quiet=False)
