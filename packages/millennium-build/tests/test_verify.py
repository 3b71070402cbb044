"""Verification believes one line on the pipe and a clean end, and leaves no process."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from millennium_build import verify
from millennium_build.errors import AppEndedError, VerificationError
from millennium_build.verify import verify_artifact

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="needs Linux: artifacts are started there"
)

ANSWER = {"version": "1.2", "engine": "WebKitGTK 2.50", "milliseconds": 7, "url": "x"}
OF_ANOTHER_VERSION = f"os.write(fd, {json.dumps(ANSWER | {'version': '9'}).encode()!r})"
HEAD = f"""#!{sys.executable}
import json, os, sys, time
fd = int(sys.argv[1].removeprefix("--millennium-verify="))
"""


@pytest.fixture(autouse=True)
def display(monkeypatch) -> None:
    monkeypatch.setenv("DISPLAY", "elsewhere:1234")


def _artifact(folder: Path, body: str) -> Path:
    path = folder / "app"
    path.write_text(HEAD + body)
    path.chmod(0o755)
    return path


def test_answer_and_clean_end_verify(tmp_path: Path) -> None:
    path = _artifact(tmp_path, f"os.write(fd, {json.dumps(ANSWER).encode()!r})")
    found = verify_artifact(path, version="1.2")
    assert (found.verified, found.engine, found.milliseconds) == (True, "WebKitGTK 2.50", 7)
    assert found.wall_milliseconds > 0


@pytest.mark.parametrize(
    ("body", "told", "seconds"),
    [
        ("sys.exit('broken pieces')", "broken pieces", 30),
        ("pass", "code 0 before its page answered", 30),
        ("os.write(fd, b'{}')", "no proper answer", 30),
        ("os.write(fd, b'no json')", "no proper answer", 30),
        (OF_ANOTHER_VERSION, "version 9, not 1.2", 30),
        (f"os.write(fd, {json.dumps(ANSWER).encode()!r}); sys.exit(3)", "code 3 after", 30),
        ("time.sleep(60)", "did not end", 2),
    ],
    ids=["crash", "silent", "keys", "no-json", "other-version", "bad-end", "hangs"],
)
def test_anything_else_is_refused(tmp_path: Path, body: str, told: str, seconds: float) -> None:
    path = _artifact(tmp_path, body)
    with pytest.raises(VerificationError, match=told):
        verify_artifact(path, version="1.2", timeout_seconds=seconds)


EXPLAINED = """
sys.stderr.write('''Traceback (most recent call last):
  File "/x/app.py", line 4, in <module>
millennium.errors.command.BadSignatureError: command 'greet': no type 'Strr'
error[M0156]: command.bad_signature
  --> app.py:4
  = help: import it
''')
sys.exit(1)
"""


def test_an_app_that_explains_itself_is_quoted_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(AppEndedError) as caught:
        verify_artifact(_artifact(tmp_path, EXPLAINED), version="1.2")
    assert caught.value.message == (
        "the app ended with code 1 before its page answered: command 'greet': no type 'Strr'"
    )
    assert caught.value.help == "import it"


def test_an_app_that_never_runs_hears_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AppEndedError) as caught:
        verify_artifact(_artifact(tmp_path, "pass"), version="1.2")
    assert caught.value.help == "call app.run() at the end of the main file"


@pytest.mark.parametrize(
    "body",
    [EXPLAINED.replace("M0156", "M0207"), "sys.exit('broken')", "time.sleep(60)"],
    ids=["of the runtime", "crash", "hangs"],
)
def test_what_another_freezer_may_mend_is_no_fault_of_the_app(tmp_path: Path, body: str) -> None:
    with pytest.raises(VerificationError) as caught:
        verify_artifact(_artifact(tmp_path, body), version="1.2", timeout_seconds=2)
    assert not isinstance(caught.value, AppEndedError)


def test_what_cannot_be_started_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app").write_bytes(b"\x7fELF nothing")
    (tmp_path / "app").chmod(0o755)
    with pytest.raises(VerificationError, match="cannot be started"):
        verify_artifact(tmp_path / "app", version="1.2")


def test_artifact_gets_an_empty_home_and_no_other_variables(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET", "x")
    body = (
        "home = os.environ['HOME']\n"
        "told = json.dumps({'version': '1.2', 'milliseconds': 1, 'url': '',\n"
        " 'engine': [sorted(os.listdir(home)), os.getcwd() == home, 'SECRET' in os.environ]})\n"
        "os.write(fd, told.encode())"
    )
    found = verify_artifact(_artifact(tmp_path, body), version="1.2")
    assert found.engine == "[['verify.log'], True, False]"


def test_no_process_of_the_artifact_is_left(tmp_path: Path) -> None:
    body = f"""
child = os.fork()
if child == 0:
    os.close(fd)
    time.sleep(60)
open({str(tmp_path / "pid")!r}, "w").write(str(child))
os.write(fd, {json.dumps(ANSWER).encode()!r})
"""
    verify_artifact(_artifact(tmp_path, body), version="1.2")
    end = time.monotonic() + 10
    while is_alive((tmp_path / "pid").read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive((tmp_path / "pid").read_text())


def is_alive(pid: str) -> bool:
    try:
        stat = Path("/proc", pid, "stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_without_a_display_nothing_is_started(monkeypatch, tmp_path: Path) -> None:
    @contextmanager
    def no_display():
        yield None

    monkeypatch.setattr(verify, "find_display", no_display)
    found = verify_artifact(tmp_path / "absent", version="1.2")
    assert (found.verified, "no display" in found.reason) == (False, True)


def test_on_another_system_nothing_is_started(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert verify_artifact(tmp_path / "absent", version="1.2").verified is False


def test_users_display_rights_are_kept(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XAUTHORITY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".Xauthority").write_bytes(b"")
    body = (
        "told = json.dumps({'version': '1.2', 'milliseconds': 1, 'url': '',\n"
        " 'engine': os.environ['XAUTHORITY']})\nos.write(fd, told.encode())"
    )
    found = verify_artifact(_artifact(tmp_path, body), version="1.2")
    assert found.engine == str(tmp_path / ".Xauthority")
    assert os.environ["HOME"] == str(tmp_path)
