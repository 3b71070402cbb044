"""examples/hello in a real window: the page is driven from inside and says what it shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELLO = ROOT / "examples" / "hello"
FROM_SOURCE = [sys.executable, str(HELLO / "src" / "hello" / "__main__.py")]
SECONDS = 40

PROBE = """
import threading, time
from hello.__main__ import app

PAGE = '''
(async () => {
  const { invoke, listen, emit } = {
    ...(await import("/__millennium/api/index.js")), ...(await import("/__millennium/api/event.js")),
  };
  const find = (id) => document.getElementById(id);
  const shows = async (id, text) => {
    while (!find(id).textContent.includes(text)) await new Promise((done) => setTimeout(done, 20));
    return find(id).textContent;
  };
  const refusal = (name, args) => invoke(name, args).then(() => "answered", (error) => error.code);
  const heard = new Promise((done) => listen("probe:pong", (event) => done([event.payload, event.source])));
  find("greet").click();
  const failure = await shows("failure", "name first");
  find("name").value = "Ada";
  find("greet").click();
  const greeting = await shows("greeting", "Ada");
  await emit("probe:ping", 41);
  await invoke("report", { report: {
    failure, greeting, heard: await heard, origin: location.origin,
    disabled: await refusal("app.exit"), unknown: await refusal("nothing"),
    wrong: await refusal("greet", { nam: "Ada" }),
    shell: await import("/__millennium/api/dialog.js").then(() => "there", () => "absent"),
    globals: Object.keys(window).filter((name) => /millennium/i.test(name)),
  } });
})().catch((error) => location.assign("/" + error));
'''

@app.command
def report(report: dict[str, object]) -> None:
    import json
    print(json.dumps(report), flush=True)
    app.handle.exit(7)

@app.setup
def drive(handle):
    handle.listen("probe:ping", lambda event: handle.emit("probe:pong", event.payload + 1))
    def wait_and_drive():
        while not handle.window().url():
            time.sleep(0.02)
        handle.window().dangerous_evaluate(PAGE)
    threading.Thread(target=wait_and_drive, daemon=True).start()

app.run()
"""

pytestmark = [pytest.mark.gui, pytest.mark.timeout(120)]


def run(desk: Any, argv: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    environment = desk.environment | {"PYTHONPATH": str(HELLO / "src")}
    return subprocess.run(
        argv,
        env=environment,
        cwd=HELLO,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        **options,
    )


@pytest.fixture
def probed(desk: Any) -> subprocess.CompletedProcess[str]:
    return run(desk, [sys.executable, "-c", PROBE])


def test_the_page_talks_to_python_and_is_refused_what_it_may_not(probed: Any) -> None:
    assert json.loads(probed.stdout) == {
        "failure": "Please type a name first.",
        "greeting": "Hello, Ada.",
        "heard": [42, ""],
        "origin": "millennium://localhost",
        "disabled": "ipc.not_allowed",
        "unknown": "ipc.not_allowed",
        "wrong": "command.bad_args",
        "shell": "absent",
        "globals": [],
    }


def test_the_exit_code_is_the_one_asked_for(probed: Any) -> None:
    assert probed.returncode == 7


@pytest.fixture(scope="module")
def executable(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the app and return the path of its executable."""
    argv = [sys.executable, "-m", "millennium", "build", "--json", "--no-verify"]
    output = ["--output", str(tmp_path_factory.mktemp("hello"))]
    done = subprocess.run([*argv, *output], cwd=HELLO, stdout=subprocess.PIPE, check=True)
    return str(json.loads(done.stdout)["executable"])


def greeted(
    desk: Any, command: list[str], picture: Path, wanted: bytes = b"", **environment: str
) -> bytes:
    """Return the pixels of the screen after a name was greeted, or the last when none was."""
    with desk.running(command, "Hello", **environment):
        desk.press("Tab")  # away from the field, whose caret blinks
        before = desk.pixels(picture, bool)
        desk.press("shift+Tab")
        desk.type("Ada")
        desk.press("Return", "Tab")
        after = desk.pixels(picture, lambda seen: seen == wanted if wanted else seen != before)
    assert before != after
    return bytes(after)


def test_the_executable_shows_what_the_source_shows(
    desk: Any, executable: str, tmp_path: Path
) -> None:
    after = greeted(desk, FROM_SOURCE, tmp_path / "source.png", PYTHONPATH=str(HELLO / "src"))
    assert greeted(desk, [executable], tmp_path / "frozen.png", after) == after


def test_the_verification_door_proves_a_start(desk: Any) -> None:
    reader, writer = os.pipe()
    done = run(desk, [*FROM_SOURCE, f"--millennium-verify={writer}"], pass_fds=(writer,))
    os.close(writer)
    with os.fdopen(reader) as pipe:
        proof = json.loads(pipe.read())
    assert (done.returncode, proof["version"], proof["url"]) == (
        0,
        "0.1.0",
        "millennium://localhost/index.html",
    )
    assert proof["engine"].startswith("WebKitGTK ")
    assert proof["milliseconds"] > 0


@pytest.mark.parametrize("text", ["1", "99", "x", "-1", ""], ids=str)
def test_the_verification_door_opens_for_nothing_but_a_pipe(desk: Any, text: str) -> None:
    done = run(desk, [*FROM_SOURCE, f"--millennium-verify={text}"])
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
