"""Whatever goes wrong has its code: on the command line with cause and help, in the page as two words.

The page's half runs in one real window; after all of it the app still answers a call.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60
SECRET = "xyzzy"

PROJECT = """
[project]
name = "clumsy"
version = "0.1.0"

[tool.millennium]
identifier = "net.lovelace.clumsy"

[[tool.millennium.windows]]
title = "Clumsy"
"""
MAIN = """
from millennium import App

app = App()

if __name__ == "__main__":
    app.run()
"""

CLUMSY = """
from __future__ import annotations

import json
import time

from millennium import App, AppHandle, CommandError, Window
from millennium.config.window import WindowConfig

app = App()


@app.command
def raises() -> None:
    raise RuntimeError("xyzzy")


@app.command
async def raises_later() -> None:
    raise RuntimeError("xyzzy")


@app.command(inline=True)
def raises_inline() -> None:
    raise RuntimeError("xyzzy")


@app.command
def refuses() -> None:
    raise CommandError("clumsy.refused", "not today")


@app.command
def unencodable() -> object:
    return object()


@app.command
def takes(number: int, text: str = "") -> int:
    return number + len(text)


@app.command
def speaks_to_a_closed_window(handle: AppHandle) -> str:
    window = handle.create_window(WindowConfig(label="late"))
    window.destroy()
    handle.run_on_main(lambda: None)
    return window.title()


@app.command
def outlives_its_window(window: Window) -> str:
    window.destroy()
    time.sleep(0.2)
    print("outlived", flush=True)
    return "for nobody"


@app.command
def opens_a_window_that_calls(handle: AppHandle) -> None:
    handle.create_window(WindowConfig(label="brief", url="brief.html"))


@app.command
def report(result: dict[str, object]) -> None:
    print(json.dumps(result), flush=True)
    app.handle.exit(0)


if __name__ == "__main__":
    app.run()
"""

PAGE = """
import { invoke } from "@millennium/api";

const outcome = (name, args) => invoke(name, args).then(
  (value) => ({ value }),
  (error) => ({ code: error.code, message: error.message, keys: Object.keys(error).join(), name: error.constructor.name }),
);
const fetched = async (path) => {
  const answer = await fetch(path);
  return { status: answer.status, body: answer.status === 200 ? "" : await answer.json() };
};
const result = {
  raises: await outcome("raises"),
  raisesLater: await outcome("raises_later"),
  raisesInline: await outcome("raises_inline"),
  refuses: await outcome("refuses"),
  unencodable: await outcome("unencodable"),
  wrong: await outcome("takes", { number: "xyzzy" }),
  missing: await outcome("takes", {}),
  extra: await outcome("takes", { number: 1, other: 2 }),
  large: await outcome("takes", { number: 1, text: "x".repeat(17 * 1024 * 1024) }),
  circular: await outcome("takes", (() => { const o = {}; o.o = o; return o; })()),
  unknown: await outcome("nothing"),
  forbidden: await outcome("app.exit"),
  closed: await outcome("speaks_to_a_closed_window"),
  climbing: await fetched("/..%2fpyproject.toml"),
  climbingBack: await fetched("/..%5cpyproject.toml"),
  nul: await fetched("/main.js%00"),
  absent: await fetched("/nothing.png"),
  own: await fetched("/main.js"),
};
await invoke("opens_a_window_that_calls");
await new Promise((done) => setTimeout(done, 2500));
result.alive = await outcome("takes", { number: 41, text: "x" });
await invoke("report", { result });
"""

CODES = {
    "raises": "command.failed",
    "raisesLater": "command.failed",
    "raisesInline": "command.failed",
    "refuses": "clumsy.refused",
    "unencodable": "command.bad_result",
    "wrong": "command.bad_args",
    "missing": "command.bad_args",
    "extra": "command.bad_args",
    "large": "ipc.too_large",
    "circular": "command.bad_args",
    "unknown": "ipc.not_allowed",
    "forbidden": "ipc.not_allowed",
}
CLIMBING = ["climbing", "climbingBack", "nul"]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project without a mistake."""
    folder = tmp_path / "clumsy"
    (folder / "ui").mkdir(parents=True)
    (folder / "ui" / "index.html").write_text("<!doctype html><title>Clumsy</title>Clumsy")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "main.py").write_text(MAIN)
    return folder


@pytest.fixture
def run(desk: Any, project: Path) -> Run:
    """Run Python in the project's folder; variables that are None are removed."""

    def run_it(*words: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
        environment = {**desk.environment, "NO_COLOR": "1", **variables}
        return subprocess.run(
            [sys.executable, *words],
            cwd=project,
            env={name: value for name, value in environment.items() if value is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    return run_it


# --- on the command line

UNKNOWN_KEY = PROJECT.replace("title", "tilte")


def spoil_key(project: Path) -> None:
    (project / "pyproject.toml").write_text(UNKNOWN_KEY)


def add_second_file(project: Path) -> None:
    (project / "millennium.toml").write_text('identifier = "org.example.other"\n')


def remove_page(project: Path) -> None:
    (project / "ui" / "index.html").unlink()
    (project / "ui").rmdir()


MISTAKES = [
    pytest.param(spoil_key, "M0105", "config.unknown_key", "title", id="unknown-key"),
    pytest.param(add_second_file, "M0103", "config.two_files", "millennium.toml", id="two-files"),
    pytest.param(remove_page, "M0108", "config.missing_assets", "ui", id="missing-assets"),
]


def assert_explained(text: str, number: str, word: str) -> None:
    """Check that an error names its number, its cause and what helps."""
    assert f"error[{number}]: " in text
    assert "  = help: " in text
    assert word in text


@pytest.mark.parametrize(("spoil", "number", "code", "word"), MISTAKES)
@pytest.mark.parametrize("command", ["check", "run"])
def test_the_command_explains_a_mistake_without_a_traceback(
    run: Run, project: Path, spoil: Any, number: str, code: str, word: str, command: str
) -> None:
    spoil(project)
    done = run("-m", "millennium", command)
    assert done.returncode == 1
    assert_explained(done.stderr, number, word)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("spoil", "number", "code", "word"), MISTAKES)
def test_the_app_explains_a_mistake_when_it_is_started(
    run: Run, project: Path, spoil: Any, number: str, code: str, word: str
) -> None:
    spoil(project)
    done = run("main.py")
    assert done.returncode == 1
    assert_explained(done.stderr, number, word)
    assert code in done.stderr


def test_a_project_without_a_mistake_passes(run: Run) -> None:
    done = run("-m", "millennium", "check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [["main.py"], ["-m", "millennium", "run"]], ids=["app", "run"])
def test_without_a_display_it_says_so(run: Run, words: list[str]) -> None:
    done = run(*words, DISPLAY=None, WAYLAND_DISPLAY=None)
    assert done.returncode != 0
    assert_explained(done.stderr, "M0208", "no display")


@pytest.mark.parametrize("words", [["main.py"], ["-m", "millennium", "run"]], ids=["app", "run"])
def test_without_the_systems_webview_it_says_what_to_install(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "gi").mkdir()
    (tmp_path / "gi" / "__init__.py").write_text(
        "def require_version(name, version):\n"
        "    raise ValueError(f'Namespace {name} not available for version {version}')\n"
    )
    done = run(*words, PYTHONPATH=str(tmp_path))
    assert done.returncode != 0
    assert_explained(done.stderr, "M0208", "apt install gir1.2-webkit2-4.1")


def test_an_annotation_that_cannot_be_resolved_names_its_parameter(run: Run, project: Path) -> None:
    bad = '\n\n@app.command\ndef greet(name: "Missing") -> str:\n    return name\n'
    (project / "main.py").write_text(MAIN.replace("\n\nif", bad + "\n\nif"))
    done = run("main.py")
    assert done.returncode == 1
    assert_explained(done.stderr, "M0156", "'name'")


# --- in the page


@pytest.fixture(scope="module")
def told(screen: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the page of a clumsy app was told, and what the terminal was."""
    folder = tmp_path_factory.mktemp("clumsy")
    (folder / "ui").mkdir()
    (folder / "ui" / "index.html").write_text(
        '<!doctype html><title>Clumsy</title><script type="module" src="main.js"></script>'
    )
    (folder / "ui" / "main.js").write_text(PAGE)
    (folder / "ui" / "brief.html").write_text(
        '<!doctype html><title>Brief</title><script type="module">'
        'import { invoke } from "@millennium/api"; invoke("outlives_its_window");</script>'
    )
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "main.py").write_text(CLUMSY)
    environment = {key: value for key, value in screen.items() if not key.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, "main.py"],
        cwd=folder,
        env=environment | {"HOME": str(folder), "NO_AT_BRIDGE": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *said, result = done.stdout.splitlines()
    return json.loads(result) | {"log": done.stderr, "said": said}


pytestmark = [pytest.mark.gui, pytest.mark.timeout(120)]


@pytest.mark.parametrize("call", CODES)
def test_a_call_that_comes_to_nothing_has_its_code(told: Any, call: str) -> None:
    assert told[call]["code"] == CODES[call]
    assert told[call]["message"]


@pytest.mark.parametrize("call", CODES)
def test_the_page_learns_code_and_message_and_nothing_else(told: Any, call: str) -> None:
    assert (told[call]["keys"], told[call]["name"]) == ("code", "MillenniumError")
    assert SECRET not in told[call]["message"]
    assert "Traceback" not in told[call]["message"]
    assert ".py" not in told[call]["message"]


def test_the_log_has_what_the_page_was_not_told(told: Any) -> None:
    assert told["log"].count(f"RuntimeError: {SECRET}") == 3
    assert told["raises"]["message"].split()[-1].strip(".)") in told["log"]


def test_a_command_that_speaks_to_a_closed_window_has_a_code(told: Any) -> None:
    assert told["closed"]["code"] == "runtime.window_closed"


def test_a_call_that_outlives_its_window_is_dropped_and_the_app_goes_on(told: Any) -> None:
    assert told["said"] == ["outlived"]
    assert "outlives_its_window" not in told["log"], "nothing went wrong"
    assert told["alive"] == {"value": 42}


@pytest.mark.parametrize("path", CLIMBING)
def test_a_path_that_climbs_out_of_the_assets_has_a_code(told: Any, path: str) -> None:
    assert (told[path]["status"], told[path]["body"]["code"]) == (403, "assets.outside")
    assert set(told[path]["body"]) == {"code", "message"}


def test_a_path_that_is_not_there_has_another(told: Any) -> None:
    assert (told["absent"]["status"], told["absent"]["body"]["code"]) == (404, "assets.not_found")


def test_a_path_that_is_there_is_served(told: Any) -> None:
    assert told["own"]["status"] == 200


def test_the_app_still_answers(told: Any) -> None:
    assert told["alive"] == {"value": 42}
