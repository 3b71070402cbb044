"""The standard library works inside one executable, in a process that reads nothing beside it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millennium_build.freeze.native.listing import list_artifact
from millennium_build.freeze.run import FrozenProgram

MAIN = Path(__file__).parent / "programs" / "standard" / "__main__.py"
METHOD = [[0, 1, 4, 9], True, True, 0]

EXPECTED: dict[str, Any] = {
    "asyncio": ["hi", 9, True],
    "ssl": ["ping", "TLSv1.3"],
    "sqlite3": [1],
    "hashlib": ["2d7116", "48b0"],
    "ctypes": [5, True, True],
    "compression": ["data", "data", "data"],
    "uuid": [1, 4],
    "spawn": METHOD,
    "forkserver": METHOD,
    "fork": METHOD,
    "process_pool": 27,
    "shared_memory": 7,
    "resources": ["a text", "a text", ["texts"], "a text", False],
    "metadata": [True, True],
    "zoneinfo": "2:00:00",
    "encodings": ["e9", "xn--bcher-kva", "e900", "80", "utf-8"],
    "logging": "__millennium_main__.py check_logging hey",
    "tracebacks": ['File "/millennium/standard/__millennium_main__.py"', "square"],
    "pkgutil": ["__millennium_main__", "texts", "work"],
    "parsers": ["b", "3.3", {"a": 1}],
    "process": [2, ""],
    "isolation": "not importable",
    "disk": [["/millennium"], []],
}


@pytest.fixture(scope="module")
def executable(
    freeze: Callable[..., FrozenProgram], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return freeze(MAIN, tmp_path_factory.mktemp("standard") / "app").result.executable


@pytest.fixture(scope="module")
def answers(executable: Path, run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "c.pem", folder / "k.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key)]
    command += ["-out", str(certificate), "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    (executable.parent / "planted.py").write_text("")
    done = run(executable, str(certificate), str(key), PYTHONPATH=str(executable.parent))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_part_of_the_standard_library_works(answers: dict[str, Any], name: str) -> None:
    assert answers[name] == EXPECTED[name]


def test_every_check_of_the_program_is_expected(answers: dict[str, Any]) -> None:
    assert answers.keys() == EXPECTED.keys()


def test_listing_names_what_is_in_and_not_what_is_out(executable: Path) -> None:
    listing = list_artifact(executable)
    assert listing.has_module("sqlite3")
    assert not listing.has_module("tkinter")
    assert not listing.has_module("test")


def test_same_program_gives_the_same_bytes(freeze, executable: Path, tmp_path: Path) -> None:
    again = freeze(MAIN, tmp_path / "app").result.executable
    assert again.read_bytes() == executable.read_bytes()
