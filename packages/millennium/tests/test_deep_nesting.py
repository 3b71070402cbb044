"""What is nested too deeply is refused with a code, whoever reads it; it is never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Raw

from millennium.assets.html import prepare_html
from millennium.config.capabilities import load_capabilities
from millennium.config.load import load_config
from millennium.errors import ConfigSyntaxError, VersionFileError, WireError
from millennium.ipc.wire import decode_batch, decode_extended, decode_verb

DEPTH = 20_000
DEEP = "[" * DEPTH + "]" * DEPTH


def test_in_a_message(tmp_path: Path) -> None:
    with pytest.raises(WireError, match="not a batch"):
        decode_batch(f'1 token [[1,"handle",{DEEP}]]')


def test_in_the_long_form_of_a_call() -> None:
    with pytest.raises(WireError, match="malformed"):
        decode_extended(Raw(f"[{{}},{DEEP}]".encode()))


def test_in_a_verb() -> None:
    with pytest.raises(WireError, match="unknown verb"):
        decode_verb(Raw(f'["cancel",{DEEP}]'.encode()))


@pytest.mark.parametrize(
    ("name", "text"),
    [("millennium.toml", f"a = {DEEP}"), (".millenniumrc", f"{{a: {DEEP}}}")],
    ids=["TOML", "JSON5"],
)
def test_in_a_configuration(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigSyntaxError):
        load_config(tmp_path, platform="linux")


def test_in_the_file_with_the_version(tmp_path: Path) -> None:
    (tmp_path / "millennium.toml").write_text('identifier = "a.b"\nversion = "package.json"')
    (tmp_path / "package.json").write_text(DEEP)
    with pytest.raises(VersionFileError):
        load_config(tmp_path, platform="linux")


def test_in_a_capability(tmp_path: Path) -> None:
    (tmp_path / "capabilities").mkdir()
    (tmp_path / "capabilities" / "a.toml").write_text(f"a = {DEEP}")
    with pytest.raises(ConfigSyntaxError):
        load_capabilities(tmp_path, platform="linux")


def test_an_import_map_like_that_is_none() -> None:
    page = prepare_html(f'<script type="importmap">{DEEP}</script>')
    assert b"@millennium/api" in page.data
