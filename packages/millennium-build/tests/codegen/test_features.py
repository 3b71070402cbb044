"""What the allowlist leaves off is not in, with its JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.schema import (
    AssetProtocolConfig,
    Config,
    Pattern,
    PatternOptions,
    SecurityConfig,
)
from millennium.security.allowlist import Allowlist, DialogAllowlist
from millennium_build.codegen.features import (
    ENCRYPTION,
    ISOLATION,
    OUTSIDE,
    SEALING,
    disabled_modules,
    enabled_api_modules,
    find_framework,
    replaced_modules,
    script_files,
)
from millennium_build.errors import PlanError

DIALOG = Config(
    identifier="org.example.app", allowlist=Allowlist(dialog=DialogAllowlist(open=True))
)

ISOLATED = Config(
    identifier="org.example.app",
    security=SecurityConfig(
        pattern=Pattern(use="isolation", options=PatternOptions(dir="isolation"))
    ),
)

SEALED = Config(identifier="org.example.app", security=SecurityConfig(sealed_commands=True))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "src" / "millennium"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    return folder


def _write_scripts(folder: Path) -> None:
    (folder / "src").mkdir(parents=True)
    (folder / "bootstrap").mkdir()
    for name in ("src/core.js", "src/fs.js", "src/dialog.js", "bootstrap/fs.js"):
        (folder / name).write_text("")


SHIPPED = [
    "millennium/js/bootstrap/fs.js",
    "millennium/js/src/core.js",
    "millennium/js/src/dialog.js",
]


def test_disabled_api_is_out_and_enabled_is_in() -> None:
    assert "millennium.api.fs" in disabled_modules(DIALOG)
    assert "millennium.api.dialog" not in disabled_modules(DIALOG)
    assert "millennium.api.dialog" in enabled_api_modules(DIALOG)
    assert "millennium.api.fs" not in enabled_api_modules(DIALOG)


def test_what_only_development_needs_is_out() -> None:
    assert {"millennium.config.load", "millennium_build"} <= disabled_modules(DIALOG)


def test_files_outside_the_app_are_in_where_they_are_shown() -> None:
    shown = SecurityConfig(asset_protocol=AssetProtocolConfig(enable=True))

    assert OUTSIDE in disabled_modules(DIALOG)
    assert OUTSIDE not in disabled_modules(Config(identifier="org.example.app", security=shown))


def test_encryption_is_in_for_isolation_and_sealed_commands_only() -> None:
    assert disabled_modules(DIALOG) >= {ISOLATION, SEALING, ENCRYPTION}
    assert {ISOLATION, SEALING, ENCRYPTION} & disabled_modules(ISOLATED) == {SEALING}
    assert {ISOLATION, SEALING, ENCRYPTION} & disabled_modules(SEALED) == {ISOLATION}


def test_scripts_of_encryption_ship_where_they_are_used_only(package: Path) -> None:
    _write_scripts(package / "js")
    for name in ("envelope.js", "frame.js", "isolation.js", "sealed.js"):
        (package / "js" / "bootstrap" / name).write_text("")

    assert list(script_files(DIALOG, package)) == SHIPPED
    assert "millennium/js/bootstrap/frame.js" in script_files(ISOLATED, package)
    assert "millennium/js/bootstrap/sealed.js" not in script_files(ISOLATED, package)
    assert "millennium/js/bootstrap/sealed.js" in script_files(SEALED, package)
    assert "millennium/js/bootstrap/envelope.js" in script_files(ISOLATED, package)
    assert "millennium/js/bootstrap/envelope.js" in script_files(SEALED, package)


def test_scripts_of_a_checkout_are_found(package: Path) -> None:
    _write_scripts(package.parents[1] / "js")
    assert list(script_files(DIALOG, package)) == SHIPPED


def test_scripts_of_a_wheel_are_found(package: Path) -> None:
    _write_scripts(package / "js")
    assert list(script_files(DIALOG, package)) == SHIPPED


def test_framework_without_scripts_has_none(package: Path) -> None:
    assert script_files(DIALOG, package) == {}


def test_framework_is_found_on_the_search_path(package: Path, tmp_path: Path) -> None:
    assert find_framework([tmp_path / "absent", package.parent]) == package


def test_missing_framework_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="not installed"):
        find_framework([tmp_path])


def test_runtime_replaces_the_server() -> None:
    assert "webview.http" in replaced_modules("millennium_runtime_webview:WebviewRuntime")
    assert replaced_modules("other.module:Class") == frozenset()
