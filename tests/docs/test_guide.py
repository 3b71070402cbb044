"""The code of the how-to pages, run by a real page in a real window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "examples" / "guide"
SECONDS = 60

DRIVER = """
import json, sys, threading, time
import __main__
__main__.__file__ = sys.argv[0] = sys.argv.pop()
from guide.app import app
import guide.__main__

PAGE = '''import("/guide.js").then(async (guide) => {
  const { invoke } = await import("/__millennium/api/index.js");
  await invoke("report", { results: await guide.results });
})'''

@app.command
def report(results: dict[str, object]) -> None:
    print(json.dumps(results), flush=True)
    app.handle.exit(0)

@app.setup
def drive(handle):
    def wait_and_drive():
        while not handle.window().url():
            time.sleep(0.02)
        handle.window().dangerous_evaluate(PAGE)
    threading.Thread(target=wait_and_drive, daemon=True).start()

app.run()
"""

EXPECTED = {
    "words": {"be": 2, "not": 1, "or": 1, "to": 2},
    "impatient": "command.aborted",
    "time": True,
    "search": [{"title": "First note", "changed": "2026-01-02T00:00:00Z"}],
    "convert": "20 files converted",
    "bar": 1,
    "firstThree": 3,
    "renamed": "A new name",
    "whispered": "psst",
    "tell": None,
    "fingerprint": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "draw": 512,
    "upload": "zeros.bin: 1000 bytes",
    "rich": 70,
    "poor": "There are only 100 left.",
    "wrong": ["command.bad_args", "withdraw: Object contains unknown field `sum`"],
    "counted": 2,
    "letters": 14,
    "draft": "# Draft",
    "forbidden": "fs.out_of_scope",
    "headings": ["Guide"],
    "marked": True,
    "pageFails": ["RangeError: too far", "ask.timeout"],
    "forecast": "Oslo: 70 F",
}

pytestmark = [
    pytest.mark.gui,
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has an engine yet"),
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each piece of the pages' JavaScript came to."""
    home = tmp_path_factory.mktemp("home")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(GUIDE / "src" / "guide" / "__main__.py")],
        env=kept | {"HOME": str(home), "PYTHONPATH": str(GUIDE / "src")},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize("name", EXPECTED)
def test_the_page_gets_what_the_docs_say(shown: dict[str, Any], name: str) -> None:
    assert shown[name] == EXPECTED[name]


def test_a_bug_is_a_code_and_a_log_id_for_the_page(shown: dict[str, Any]) -> None:
    code, message = shown["divide"]
    assert code == "command.failed"
    assert "ZeroDivisionError" not in message


def test_nothing_of_the_guide_is_left_out(shown: dict[str, Any]) -> None:
    assert shown.keys() - EXPECTED.keys() == {"divide"}
