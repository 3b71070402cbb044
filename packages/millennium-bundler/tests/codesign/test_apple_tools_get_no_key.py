"""Apple's tools are asked without any key in their reach: not in a word, not in a variable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mac_apps import contents
from millennium_bundler.codesign.codesign_tool import CodesignTool
from millennium_bundler.codesign.notary import ApiKey, NotaryTool
from millennium_bundler.codesign.own import moved
from millennium_bundler.errors import SignError

MARKER = "sesame-4711-marker"
SECRETS = (
    *("APPLE_CERTIFICATE", "APPLE_CERTIFICATE_PASSWORD", "APPLE_PASSWORD"),
    *("MILLENNIUM_PRIVATE_KEY", "MILLENNIUM_KEY_PASSWORD", "KEY_OF_MY_OWN", "GITHUB_TOKEN"),
)
KEPT = {"DEVELOPER_DIR": "/Applications/Xcode.app", "HTTPS_PROXY": "http://proxy", "HOME": "/home"}
TOOL = """#!/bin/sh
{ echo "$0 $*"; /usr/bin/env; } >> LOG
echo '{"id": "7", "status": "STATUS"}'
exit CODE
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

Ask = Callable[[NotaryTool, Path], object]
ASKS: dict[str, Ask] = {
    "submit": lambda notary, path: notary.submit(path),
    "wait": lambda notary, path: notary.wait("7"),
    "staple": lambda notary, path: notary.staple(path),
    "app": lambda notary, path: CodesignTool(identity="Ada", entitlements=b"<plist/>").sign_app(
        moved(contents(), "", "Hello.app/")
    ),
    "image": lambda notary, path: CodesignTool(identity="Ada").sign_image(b"", identifier="own"),
}


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts tools on the PATH that write down how they were called; gives their log."""

    def make(*, code: int = 0, status: str = "Accepted") -> Path:
        log = tmp_path / "log"
        text = TOOL.replace("LOG", str(log)).replace("CODE", str(code)).replace("STATUS", status)
        for name in ("codesign", "xcrun"):
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        for name in SECRETS:
            monkeypatch.setenv(name, MARKER)
        for name, value in KEPT.items():
            monkeypatch.setenv(name, value)
        return log

    return make


@pytest.fixture
def notary(tmp_path: Path) -> NotaryTool:
    key = tmp_path / "AuthKey.p8"
    key.write_text(MARKER)
    return NotaryTool(access=ApiKey(path=key, id="KEYID", issuer="issuer"))


@pytest.mark.parametrize("name", ASKS)
def test_no_key_is_in_reach_of_a_tool(
    name: str, tools: Callable[..., Path], notary: NotaryTool, tmp_path: Path
):
    log = tools()
    ASKS[name](notary, tmp_path / "own.dmg")
    said = log.read_text()
    assert all(f"{key}={value}\n" in said for key, value in KEPT.items())  # the control
    assert MARKER not in said


def test_a_refusal_asks_for_the_log_without_a_key(tools: Callable[..., Path], notary: NotaryTool):
    log = tools(status="Invalid")
    assert not notary.wait("7").is_accepted
    assert "notarytool log 7 --key" in log.read_text()
    assert MARKER not in log.read_text()


@pytest.mark.parametrize("name", ASKS)
def test_an_error_shows_no_key(
    name: str, tools: Callable[..., Path], notary: NotaryTool, tmp_path: Path
):
    tools(code=3)
    with pytest.raises(SignError) as caught:
        ASKS[name](notary, tmp_path / "own.dmg")
    assert "exit code 3" in caught.value.message
    assert MARKER not in f"{caught.value.message}{caught.value.help}"
