"""A page that cannot use modules: one frozen global, with what the allowlist turns on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.gui, pytest.mark.timeout(120)]
SECONDS = 60

PROJECT = """
[project]
name = "classic"
version = "0.1.0"

[tool.millennium]
identifier = "net.lovelace.classic"

[tool.millennium.build]
with-global-millennium = {wanted}

[tool.millennium.allowlist.window]
set-title = true
"""
MAIN = """
from __future__ import annotations

import json

from millennium import App, AppHandle

app = App()


@app.command
def tell(app: AppHandle, found: dict[str, object]) -> None:
    print(json.dumps(found))
    app.exit(0)


app.run()
"""
PAGE = """<!doctype html><title>Classic</title>
<script defer src="page.js"></script>
<script type="module" src="sender.js"></script>
"""
CLASSIC = """
const api = window.__MILLENNIUM__;
const found = { type: typeof api };
globalThis.found = found;
if (api) {
  const { writable, configurable } = Object.getOwnPropertyDescriptor(window, "__MILLENNIUM__");
  Object.assign(found, {
    names: Object.keys(api).sort(),
    isFrozen: Object.isFrozen(api),
    isFixed: !writable && !configurable,
    setTitle: typeof api.window.setTitle,
  });
}
"""
SENDER = """
import { invoke } from "@millennium/api";
const { found } = globalThis;
found.isTheModules = window.__MILLENNIUM__?.invoke === invoke;
await (window.__MILLENNIUM__?.invoke ?? invoke)("tell", { found });
"""


@pytest.fixture
def ask(desk: Any, tmp_path: Path) -> Any:
    """Run the app and return what its page found."""

    def ask_it(wanted: str, *words: str) -> Any:
        (tmp_path / "ui").mkdir()
        for name, text in {"index.html": PAGE, "page.js": CLASSIC, "sender.js": SENDER}.items():
            (tmp_path / "ui" / name).write_text(text)
        (tmp_path / "pyproject.toml").write_text(PROJECT.format(wanted=wanted))
        (tmp_path / "main.py").write_text(MAIN)
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env={**desk.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask_it


@pytest.mark.parametrize("words", [["main.py"], ["-m", "millennium", "run"]], ids=["app", "run"])
def test_a_script_that_is_no_module_finds_the_api(ask: Any, words: list[str]) -> None:
    found = ask("true", *words)
    core = [
        "Channel",
        "MillenniumError",
        "convertFileSrc",
        "currentLabel",
        "invoke",
        "listen",
        "once",
    ]
    assert found == {
        "type": "object",
        "names": sorted([*core, "app", "event", "window"]),
        "isFrozen": True,
        "isFixed": True,
        "setTitle": "function",
        "isTheModules": True,
    }


def test_without_the_key_there_is_nothing(ask: Any) -> None:
    assert ask("false", "main.py") == {"type": "undefined", "isTheModules": False}
