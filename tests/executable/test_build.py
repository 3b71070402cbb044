"""An app becomes one verified executable; what is disabled is not in it; failures leave nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build import verify
from millennium_build.build import BuildRequest, BuildResult, BuildStep, build
from millennium_build.errors import AppEndedError, BuildError, VerificationError
from millennium_build.freeze.native.listing import list_artifact
from millennium_bundler.settings import load_manifest

PROJECT = Path(__file__).parent / "programs" / "hello"
MAX_HELLO_BYTES = 4_200_000
MAX_WARM_SECONDS = 6.0

pytestmark = pytest.mark.gui


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return shutil.copytree(PROJECT, tmp_path / "hello")


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    folder = shutil.copytree(PROJECT, tmp_path_factory.mktemp("build") / "hello")
    return build(BuildRequest(root=folder))


def _build(root: Path, **options: object) -> BuildResult:
    return build(BuildRequest(root=root, **options))  # type: ignore[arg-type]


def test_hello_is_verified_and_small(hello: BuildResult, built_in_bytes: int) -> None:
    assert hello.verification.verified
    assert hello.verification.engine.startswith("WebKitGTK")
    assert hello.freezer == "native"
    assert hello.path.stat().st_size == hello.bytes <= MAX_HELLO_BYTES + built_in_bytes
    assert hello.warnings == ()


def test_warm_build_is_quick(project: Path, hello: BuildResult) -> None:
    del hello  # has filled the caches
    steps = _build(project, verify=False).steps
    assert [step.name for step in steps] == ["config", "context", "plan", "freeze", "manifest"]
    assert sum(step.seconds or 0 for step in steps) <= MAX_WARM_SECONDS


def test_disabled_api_is_absent_and_the_enabled_one_is_present(hello: BuildResult) -> None:
    listing = list_artifact(hello.path)
    assert listing.has_module("millennium.api.window")
    assert not listing.has_module("millennium.api.fs")
    assert not listing.has_module("wcmatch.glob")
    assert "millennium/js/src/window.js" in listing.data
    assert "millennium/js/src/fs.js" not in listing.data


def test_enabling_an_api_brings_it(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as file:
        file.write("\n[tool.millennium.allowlist.fs]\nread-file = true\nscope = ['$DOCUMENT/**']\n")
    listing = list_artifact(_build(project, verify=False).path)
    assert listing.has_module("millennium.api.fs")
    assert listing.has_module("wcmatch.glob")
    assert "millennium/js/src/fs.js" in listing.data


def test_files_outside_the_app_are_shown_by_nothing_that_is_inside(hello: BuildResult) -> None:
    assert not list_artifact(hello.path).has_module("millennium.assets.outside")


def test_control_an_app_that_shows_them_has_what_does(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as file:
        file.write("\n[tool.millennium.allowlist.protocol]\nasset = true\n")
    listing = list_artifact(_build(project, verify=False).path)
    assert listing.has_module("millennium.assets.outside")
    assert listing.has_module("millennium.security.path_pattern"), "which its scope needs"


def test_what_only_development_needs_does_not_ship(hello: BuildResult) -> None:
    listing = list_artifact(hello.path)
    present = [
        "cryptography",
        "millennium.plugins.localhost",
        "millennium.config.load",
        "millennium_build",
        "webview.http",
    ]
    assert [name for name in present if listing.has_module(name)] == []
    assert listing.has_module("millennium.config.schema")


def test_page_is_inside_prepared(hello: BuildResult) -> None:
    assert "_millennium_context/assets/index.html" in list_artifact(hello.path).data


def test_bundler_reads_the_manifest(hello: BuildResult) -> None:
    settings = load_manifest(hello.manifest).settings
    assert (settings.product_name, settings.version, settings.verified) == ("Hello", "0.3.0", True)
    assert "libglib-2.0.so.0" in settings.sonames
    assert settings.symbol_versions["libc.so.6"].startswith("2.")


def test_bill_of_materials_names_what_was_frozen(hello: BuildResult) -> None:
    document = json.loads((hello.path.parent / "sbom.cdx.json").read_text())
    names = {component["name"] for component in document["components"]}
    assert {"CPython", "millennium", "msgspec", "pywebview"} <= names
    assert "cryptography" not in names


def test_same_project_gives_the_same_bytes(project: Path, hello: BuildResult) -> None:
    assert _build(project, verify=False).path.read_bytes() == hello.path.read_bytes()


def test_every_step_is_told_twice(project: Path) -> None:
    told: list[BuildStep] = []
    _build(project, verify=False, on_step=told.append)
    assert [(step.name, step.seconds is None) for step in told[:4]] == [
        ("config", True),
        ("config", False),
        ("context", True),
        ("context", False),
    ]


def test_fallback_makes_a_working_executable(project: Path) -> None:
    result = _build(project, freezer="pyinstaller")
    assert (result.freezer, result.verification.verified) == ("pyinstaller", True)


def test_app_that_does_not_start_fails_the_build_and_keeps_the_last(project: Path) -> None:
    path = _build(project, verify=False).path
    last = path.read_bytes()
    (project / "src" / "hello" / "__main__.py").write_text("import millennium\nraise SystemExit(9)")
    with pytest.raises(VerificationError, match="code 9"):
        _build(project, freezer="native")
    assert path.read_bytes() == last
    assert [path.name for path in (project / "dist" / "org.example.hello").iterdir()] == [
        "x86_64-linux-gnu"
    ]


def test_an_app_that_never_runs_is_frozen_once(project: Path) -> None:
    (project / "src" / "hello" / "__main__.py").write_text("import millennium\n")
    told: list[BuildStep] = []
    with pytest.raises(AppEndedError, match="code 0 before its page answered"):
        _build(project, on_step=told.append)
    assert [step.name for step in told if step.seconds is not None].count("freeze") == 1


def test_what_native_cannot_start_is_frozen_again_and_the_reason_told(project: Path) -> None:
    main = project / "src" / "hello" / "__main__.py"
    only_there = "import sys\nif not hasattr(sys, '_MEIPASS'):\n    raise SystemExit(9)\n"
    main.write_text(only_there + main.read_text().replace("from __future__ import annotations", ""))
    told: list[BuildStep] = []
    result = _build(project, on_step=told.append)
    assert (result.freezer, result.verification.verified) == ("pyinstaller", True)
    assert "code 9" in result.warnings[0]
    reasons = [step.detail for step in told if step.name == "freeze" and step.seconds is not None]
    assert "what native made did not verify; the executable grows by about 5 MB" in reasons[1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda root: shutil.rmtree(root / "ui"), "ui"),
        (lambda root: (root / "src/hello/__main__.py").unlink(), "__main__"),
        (lambda root: (root / "src/hello/__main__.py").write_text("def"), "__main__"),
    ],
    ids=["no-page", "no-main", "syntax-error"],
)
def test_broken_project_is_told_and_leaves_nothing(
    project: Path, change: Callable[[Path], object], told: str
) -> None:
    change(project)
    with pytest.raises(Exception, match=told) as caught:
        _build(project, verify=False)
    assert hasattr(caught.value, "help")
    assert list((project / "dist").rglob("*hello")) in (
        [],
        [project / "dist" / "org.example.hello"],
    )


def test_interrupted_build_leaves_nothing(project: Path) -> None:
    def interrupt(step: BuildStep) -> None:
        if step.name == "freeze":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _build(project, verify=False, on_step=interrupt)
    assert list((project / "dist" / "org.example.hello").iterdir()) == []


def test_without_a_display_the_manifest_says_not_verified(monkeypatch, project: Path) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    result = _build(project)
    assert not result.verification.verified
    assert "not verified: there is no display" in result.warnings[0]
    assert load_manifest(result.manifest).settings.verified is False


def test_failing_hook_ends_the_build(project: Path) -> None:
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(
        text.replace(
            "[tool.millennium.build]", "[tool.millennium.build]\nbefore-build-command = 'exit 4'"
        )
    )
    with pytest.raises(BuildError, match="code 4"):
        _build(project, verify=False)


def test_unknown_freezer_is_refused(project: Path) -> None:
    with pytest.raises(BuildError, match="no freezer 'other'"):
        _build(project, freezer="other", verify=False)


def test_artifact_of_another_version_does_not_verify(hello: BuildResult) -> None:
    with pytest.raises(VerificationError, match=r"version 0\.3\.0, not 9"):
        verify.verify_artifact(hello.path, version="9")
