"""What holds for every example that has a window: it is sound, strict, and starts as a release."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
APPS = sorted(
    path.parent.name for path in EXAMPLES.glob("*/pyproject.toml") if (path.parent / "ui").is_dir()
)
SECONDS = 60

SINK = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    r"|\son[a-z]+=|javascript:|style="
)
"""Ways in which text becomes markup or code."""

CONTROLS = [
    *('node.innerHTML = "x"', 'eval("x")', '<b onclick="x">', '<a href="javascript:x">'),
    *('<b style="x">', "document.write(x)", "new Function(x)"),
]

each_app = pytest.mark.parametrize("name", APPS)


def pages(name: str) -> str:
    """Return everything an example's page is made of, comments left out."""
    files = sorted((EXAMPLES / name / "ui").rglob("*"))
    text = "\n".join(file.read_text() for file in files if file.suffix in {".js", ".html"})
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


def test_every_example_with_a_window_is_here() -> None:
    assert {"hello", "notes"} <= set(APPS)
    assert {path.parent.name for path in EXAMPLES.glob("*/ui")} - {*APPS} == {"tutorial"}, (
        "tests/docs follows the tutorial"
    )


@each_app
def test_it_is_sound(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "millennium", "check", "--strict"],
        cwd=EXAMPLES / name,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@each_app
def test_it_makes_neither_markup_nor_code_of_text(name: str) -> None:
    assert SINK.findall(pages(name)) == []


@pytest.mark.parametrize("text", CONTROLS)
def test_what_would_is_found(text: str) -> None:
    assert SINK.search(text)


@pytest.mark.gui
@pytest.mark.timeout(120)
@each_app
def test_it_starts_as_a_release_would(name: str, screen: dict[str, str], tmp_path: Path) -> None:
    example = EXAMPLES / name
    reader, writer = os.pipe()
    environment = {key: value for key, value in screen.items() if not key.startswith("XDG_")}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(example / "src"), "NO_AT_BRIDGE": "1"}
    done = subprocess.run(
        [
            *(sys.executable, str(example / "src" / name / "__main__.py")),
            *("--millennium-source=release", f"--millennium-verify={writer}"),
        ],
        env=environment,
        pass_fds=(writer,),
        timeout=SECONDS,
        check=False,
    )
    os.close(writer)
    with os.fdopen(reader) as pipe:
        proof = json.loads(pipe.read())
    assert (done.returncode, proof["url"]) == (0, "millennium://localhost/index.html")
