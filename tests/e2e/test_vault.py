"""examples/vault in a real window: what is secret is sealed, what destroys passes the hook."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
VAULT = ROOT / "examples" / "vault"
SECONDS = 40

PROBE = """
import json, threading, time
from vault.__main__ import app
from millennium.ipc.bridge import Bridge

crossed = []
take = Bridge.on_message

def taking(self, source, text, reply):
    crossed.append(text)
    take(self, source, text, reply)

Bridge.on_message = taking

PAGE = '''
(async () => {
  const { invoke } = await import("/__millennium/api/index.js");
  const find = (id) => document.getElementById(id);
  const shows = async (text) => {
    while (!find("said").textContent.includes(text)) await new Promise((done) => setTimeout(done, 20));
    return find("said").textContent;
  };
  const pick = async (name) => {
    const item = () => [...find("names").children].find((each) => each.textContent === name);
    while (!item()) await new Promise((done) => setTimeout(done, 20));
    item().click();
  };
  const ask = async (passphrase, text) => {
    find("passphrase").value = passphrase;
    find("reveal").click();
    return shows(text);
  };
  const forget = (forgotten) => invoke("forget", { forgotten }).then((left) => left.length, (e) => e.message);
  await pick("Mail");
  const wrong = await ask("guess", "not the passphrase"), right = await ask("open sesame", "blue-horse");
  const all = await forget(["Mail", "Bank", "Garden gate"]);
  const one = await forget(["Bank"]), soon = await forget(["Mail"]);
  await invoke("report", { report: { wrong, right, all, one, soon } });
})().catch((error) => location.assign("/" + error));
'''

@app.command
def report(report: dict[str, object]) -> None:
    whole = chr(10).join(crossed)
    report["read"] = [word for word in ("open sesame", "Garden", "echo") if word in whole]
    report["messages"] = len(crossed)
    print(json.dumps(report), flush=True)
    app.handle.exit(7)

@app.setup
def drive(handle):
    def wait_and_drive():
        while not handle.window().url():
            time.sleep(0.02)
        handle.window().dangerous_evaluate(PAGE)
    threading.Thread(target=wait_and_drive, daemon=True).start()

app.run()
"""


NO_FRAME = """
from millennium.ipc.bridge import Bridge
from millennium_runtime.request import Response

Bridge.serve_frame = lambda self, request, responder: responder(Response(status=404))
from vault.__main__ import app

app.run()
"""
"""Vault, whose frame is never served: the control."""


@pytest.fixture(scope="module")
def report(screen: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    environment = {key: value for key, value in screen.items() if not key.startswith("XDG_")}
    environment |= {"HOME": str(home), "PYTHONPATH": str(VAULT / "src"), "NO_AT_BRIDGE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=environment,
        cwd=VAULT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.gui
def test_the_page_shows_a_secret_for_the_passphrase_only(report: dict[str, Any]) -> None:
    assert report["wrong"] == "That is not the passphrase."
    assert report["right"] == "Mail: blue-horse-42"


@pytest.mark.gui
def test_the_hook_lets_one_secret_go_at_a_time(report: dict[str, Any]) -> None:
    assert (report["all"], report["one"], report["soon"]) == (
        "One secret at a time.",
        2,
        "Not so fast.",
    )


@pytest.mark.gui
def test_nothing_of_a_call_can_be_read_on_the_way(report: dict[str, Any]) -> None:
    assert report["messages"] > 5
    assert report["read"] == []


def picture(desk: Any, command: list[str], file: Path, is_wanted: Callable[[bytes], bool]) -> bytes:
    """Return the pixels of the screen once they stay and are wanted."""
    path = str(VAULT / "src")
    with desk.running(command, "Vault", folder=VAULT, PYTHONPATH=path):
        time.sleep(2)  # names that come need no longer
        return bytes(desk.pixels(file, is_wanted))


@pytest.mark.gui
@pytest.mark.timeout(300)
def test_the_executable_shows_what_the_source_shows(desk: Any, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "millennium", "build", "--json", "--no-verify"]
    built = subprocess.run(
        [*argv, "--output", str(tmp_path / "vault")],
        cwd=VAULT,
        stdout=subprocess.PIPE,
        check=True,
    )
    main = str(VAULT / "src" / "vault" / "__main__.py")
    hidden = picture(desk, [sys.executable, "-c", NO_FRAME], tmp_path / "none.png", bool)
    source = picture(
        desk, [sys.executable, main], tmp_path / "source.png", lambda seen: seen != hidden
    )
    assert hidden != source  # without the frame no name ever comes
    executable = [str(json.loads(built.stdout)["executable"])]
    frozen = picture(desk, executable, tmp_path / "frozen.png", lambda seen: seen == source)
    assert frozen == source
