"""One run with marked secrets: they are in no command line, variable, output or file that is left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from millennium_bundler.sign.minisign import wrapped
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.secret import Secret

MARKER = "sesame-4711-marker"
TOOLS = ("gpg", "osslsigncode", "gpgconf")
WRAPPER = """#!/bin/sh
{ tr '\\0' ' ' < /proc/$$/cmdline; echo; tr '\\0' ' ' < /proc/$$/environ; echo; } >> LOG
PATH=REST exec NAME "$@"
"""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs /proc"),
    pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg"),
    pytest.mark.skipif(shutil.which("osslsigncode") is None, reason="needs osslsigncode"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A folder with keys, tools that write down how they are called, and a program to sign.

    Attributes:
        folder: Holds all of it.
        log: Command lines and variables of every tool.
        secrets: What must not be found: the password, and lines of each key.
    """

    folder: Path
    log: Path
    secrets: tuple[str, ...]

    def sign(self, *words: str, password: str = MARKER) -> subprocess.CompletedProcess[str]:
        """Run the command as a user does, with everything it needs in variables."""
        variables = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(self.folder / "tmp"),
            "MILLENNIUM_PRIVATE_KEY": (self.folder / "minisign.key").read_text(),
            "MILLENNIUM_KEY_PASSWORD": MARKER,
            "OPENPGP_KEY": (self.folder / "openpgp.asc").read_text(),
            "CODE_KEY": (self.folder / "code.pem").read_text(),
            "PASSWORD": password,
        }
        command = [sys.executable, "-m", "millennium_bundler", "sign", *words]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def found(self, text: str) -> list[str]:
        """Return the secrets that a text holds."""
        return [secret for secret in self.secrets if secret in text]


@pytest.fixture
def desk(tmp_path: Path, authority, openpgp_key: Path, program: bytes) -> Iterator[Desk]:
    folder = tmp_path / "desk"
    (folder / "bin").mkdir(parents=True)
    (folder / "tmp").mkdir()
    log = tmp_path / "log"
    log.touch()
    _wrap_tools(folder / "bin", log)
    keys = {
        "minisign.key": wrapped(
            SecretKey.generate().locked(Secret(MARKER.encode())).reveal().decode()
        ),
        "openpgp.asc": openpgp_key.read_text(),
        "code.pem": authority.locked.read_text(),
    }
    lines: list[str] = [MARKER]
    for name, text in keys.items():
        (folder / name).write_text(text)
        lines.append(text.split("\n")[3 if "\n" in text else 0][:60])
    (folder / "a.exe").write_bytes(program)
    _write_manifest(folder, authority)
    shared = set(Path("/dev/shm").glob("millennium-*"))
    yield Desk(folder=folder, log=log, secrets=tuple(lines))
    assert set(Path("/dev/shm").glob("millennium-*")) <= shared


def _wrap_tools(folder: Path, log: Path) -> None:
    for name in TOOLS:
        text = (
            WRAPPER.replace("LOG", str(log))
            .replace("REST", os.environ["PATH"])
            .replace("NAME", name)
        )
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)


def _write_manifest(folder: Path, authority) -> None:
    password = {"variable": "PASSWORD"}
    manifest = {
        "schema": 1,
        "identifier": "org.example.Hello",
        "product_name": "Hello",
        "binary_name": "hello",
        "version": "1.0.0",
        "target": "x86_64-linux-gnu",
        "executable": "hello",
        "signing": {
            "authenticode": {
                "certificate": str(authority.chain),
                "key": {"variable": "CODE_KEY"},
                "password": password,
                "roots": str(authority.roots),
            },
            "gpg": {"key": {"variable": "OPENPGP_KEY"}, "password": password},
        },
    }
    (folder / "bundle-manifest.json").write_text(json.dumps(manifest))


def _left_behind(desk: Desk) -> str:
    own = {"minisign.key", "openpgp.asc", "code.pem"}
    files = (path for path in desk.folder.rglob("*") if path.is_file() and path.name not in own)
    return "".join(path.read_bytes().decode("latin-1") for path in files)


@pytest.fixture
def signed(desk: Desk) -> tuple[Desk, subprocess.CompletedProcess[str]]:
    return desk, desk.sign("a.exe", "--manifest", "bundle-manifest.json")


def test_everything_is_signed_and_no_secret_is_seen(signed):
    desk, done = signed
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in desk.folder.glob("a.exe*")) == [
        "a.exe",
        "a.exe.asc",
        "a.exe.minisig",
    ]
    called = desk.log.read_text()
    assert ("osslsigncode sign" in called, "--detach-sign" in called) == (True, True)
    assert desk.found(called) == []
    assert desk.found(done.stdout + done.stderr) == []
    assert desk.found(_left_behind(desk)) == []
    assert list((desk.folder / "tmp").iterdir()) == []


def test_a_failure_shows_no_secret_either(desk: Desk):
    done = desk.sign("a.exe", "--manifest", "bundle-manifest.json", password="wrong-4711-marker")
    assert done.returncode == 1
    assert "osslsigncode failed" in done.stderr
    assert "wrong-4711-marker" not in done.stdout + done.stderr + desk.log.read_text()
    assert desk.found(done.stdout + done.stderr + desk.log.read_text() + _left_behind(desk)) == []
    assert list((desk.folder / "tmp").iterdir()) == []


@pytest.mark.parametrize("how", ["word", "variable"])
def test_control_a_tool_that_is_given_a_secret_is_caught(desk: Desk, how: str):
    words, variables = (["gpg", MARKER], {}) if how == "word" else (["gpg"], {"LEAK": MARKER})
    tool = str(desk.folder / "bin" / words[0])
    subprocess.run(
        [tool, "--version", *words[1:]],
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
    )
    assert desk.found(desk.log.read_text()) == [MARKER]


def test_control_a_file_with_a_secret_is_found(desk: Desk):
    (desk.folder / "tmp" / "forgotten").write_text(f"password={MARKER}")
    assert desk.found(_left_behind(desk)) == [MARKER]


def test_a_dry_run_lists_and_signs_nothing(desk: Desk):
    before = (desk.folder / "a.exe").read_bytes()
    done = desk.sign("a.exe", "--manifest", "bundle-manifest.json", "--dry-run", "--json")
    assert [one["how"] for one in json.loads(done.stdout)["signatures"]] == [
        "authenticode",
        "minisign",
        "gpg",
    ]
    assert (desk.folder / "a.exe").read_bytes() == before
    assert list(desk.folder.glob("a.exe.*")) == []


def test_only_what_is_wanted_signs(desk: Desk):
    done = desk.sign("a.exe", "--manifest", "bundle-manifest.json", "--only", "minisign")
    assert done.stdout.split() == ["minisign", "a.exe", "->", "a.exe.minisig"]
    assert "osslsigncode" not in desk.log.read_text()


def test_an_unknown_signer_is_wrong_usage(desk: Desk):
    done = desk.sign("a.exe", "--only", "wax")
    assert (done.returncode, "wax" in done.stderr) == (2, True)


def test_without_a_manifest_variables_alone_sign(desk: Desk):
    done = desk.sign("a.exe")
    assert done.stdout.split() == ["minisign", "a.exe", "->", "a.exe.minisig"]
