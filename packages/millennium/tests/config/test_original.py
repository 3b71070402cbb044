"""A ``.millenniumrc`` of the Rust original is read as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.load import load_config
from millennium.config.schema import Config


def read(root: Path, text: str) -> Config:
    (root / ".millenniumrc").write_text(text, "utf-8")
    return load_config(root, platform="linux").config


def test_the_original_s_nested_tables_are_accepted(tmp_path: Path) -> None:
    text = """{
      $schema: 'https://millennium.pyke.io/v1',
      package: { productName: 'Notes', version: '1.0.0' },
      build: { distDir: 'page', devPath: 'http://localhost:8080' },
      millennium: {
        bundle: { identifier: 'a.b', icon: ['a.png'], macOS: { minimumSystemVersion: '11' } },
        windows: [{ title: 'x', fileDropEnabled: false }],
        allowlist: { fs: { readFile: true } },
        pattern: { use: 'brownfield', options: { dir: 'iso' } },
        security: { freezePrototype: true },
        systemTray: { iconPath: 'x.png' },
      },
    }"""
    config = read(tmp_path, text)

    assert (config.identifier, config.version, config.product_name) == ("a.b", "1.0.0", "Notes")
    assert config.bundle.icon == ("a.png",)
    assert config.bundle.macos.minimum_system_version == "11"
    assert not config.windows[0].file_drop
    assert config.allowlist.fs.read_file
    assert config.security.pattern.options.dir == "iso"
    assert config.security.freeze_prototype
    assert config.tray is not None


@pytest.mark.parametrize(
    ("windows", "mode", "path"),
    [
        ("{ webviewFixedRuntimePath: 'runtime' }", "fixed-runtime", "runtime"),
        ("{ webviewFixedRuntimePath: null, wix: { skipWebviewInstall: true } }", "skip", ""),
        ("{ wix: { skipWebviewInstall: false } }", "download-bootstrapper", ""),
        ("{ webviewInstallMode: { type: 'embedBootstrapper' } }", "embed-bootstrapper", ""),
    ],
    ids=["runtime", "skip", "do not skip", "today's"],
)
def test_what_the_original_deprecates_is_said_in_today_s_words(
    tmp_path: Path, windows: str, mode: str, path: str
) -> None:
    bundle = f"{{ identifier: 'a.b', windows: {windows} }}"
    config = read(tmp_path, f"{{ millennium: {{ bundle: {bundle} }} }}")
    found = config.bundle.windows.webview_install_mode

    assert (found.type, found.path) == (mode, path)
