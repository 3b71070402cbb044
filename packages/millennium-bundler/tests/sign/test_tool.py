"""Tools: no secret on their command line, in their variables, or in what is shown of them."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.tool import ToolCall, ask_tool, run_tool

MARKER = "sesame-4711-marker"
SECRET = Secret(MARKER.encode())
ECHO_ENVIRONMENT = "import os, sys; sys.stdout.write(repr(dict(os.environ)))"


def python(code: str, *words: str, **changes: object) -> ToolCall:
    values = {"hidden": frozenset(), **changes}
    return ToolCall(words=(sys.executable, "-c", code, *words), **values)  # type: ignore[arg-type]


def is_gone(pid: int) -> bool:
    """Tell whether a process ends within a few seconds; a dead one has no program."""
    end = time.monotonic() + 10
    while Path(f"/proc/{pid}/exe").exists() and time.monotonic() < end:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}/exe").exists()


def test_a_tool_reads_and_writes():
    assert (
        run_tool(python("import sys; sys.stdout.write(sys.stdin.read()[::-1])", stdin=b"abc"))
        == b"cba"
    )


def test_a_tool_runs_where_it_is_told_with_what_it_is_given(tmp_path: Path):
    code = "import os; print(os.getcwd() + os.environ['GIVEN'])"
    printed = run_tool(python(code, folder=tmp_path, environment={"GIVEN": "x"}))
    assert printed.decode().strip() == f"{tmp_path}x"


def test_a_failure_is_told_with_its_last_words():
    code = "import sys; sys.stderr.write('cannot find the token\\n'); sys.exit(3)"
    with pytest.raises(SignError, match="exit code 3: cannot find the token") as caught:
        run_tool(python(code))
    assert caught.value.code == "sign.tool_failed"


def test_a_silent_failure_is_told_to_be_one():
    with pytest.raises(SignError, match="it said nothing"):
        run_tool(python("raise SystemExit(1)"))


def test_a_failure_can_be_asked_for():
    assert ask_tool(python("raise SystemExit(1)")).code == 1


@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["same", "line", "dos"])
def test_a_variable_that_a_key_file_was_written_from_is_not_passed_on(
    monkeypatch: pytest.MonkeyPatch, end: str
):
    monkeypatch.setenv("KEY_OF_THE_WORKFLOW", f"first\n{MARKER}")
    secret = Secret(f"first\n{MARKER}".replace("\n", end or "\n").encode() + end.encode())
    assert MARKER.encode() not in run_tool(python(ECHO_ENVIRONMENT, secrets=(secret,)))


def test_a_word_that_holds_the_content_of_a_key_file_is_refused():
    secret = Secret(f"{MARKER}\n".encode())
    with pytest.raises(SignError, match="would be seen") as caught:
        run_tool(python("", MARKER, secrets=(secret,)))
    assert caught.value.code == "sign.settings"


def test_a_missing_tool_is_named_with_its_package():
    with pytest.raises(SignError, match="no-such-tool") as caught:
        run_tool(ToolCall(words=("no-such-tool",), hidden=frozenset(), package="signing-tools"))
    assert (caught.value.code, "signing-tools" in caught.value.help) == ("sign.no_tool", True)


def test_a_missing_tool_without_package_is_named_too():
    with pytest.raises(SignError, match="no-such-tool") as caught:
        run_tool(ToolCall(words=("no-such-tool",), hidden=frozenset()))
    assert "Debian" not in caught.value.help


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to look for the children")
def test_what_waits_for_ever_is_ended_with_its_children(tmp_path: Path):
    code = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid))\n"
        "time.sleep(60)"
    )
    started = time.monotonic()
    with pytest.raises(SignError, match="did not end within 5 s"):
        run_tool(python(code, timeout_s=5.0))
    assert time.monotonic() - started < 30
    pid = int((tmp_path / "pid").read_text())
    assert is_gone(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the sessions of POSIX")
def test_a_tool_has_no_terminal():
    code = "import os; os.open('/dev/tty', os.O_RDWR)"
    assert ask_tool(python(code)).code != 0


def test_a_secret_on_the_command_line_is_refused():
    with pytest.raises(SignError, match="would be seen") as caught:
        run_tool(python("pass", f"-pass={MARKER}", secrets=(SECRET,)))
    assert (caught.value.code, MARKER in caught.value.message) == ("sign.settings", False)


def test_variables_that_are_named_are_not_passed_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_OWN_PLACE", "another-secret")
    printed = run_tool(python(ECHO_ENVIRONMENT, hidden=frozenset({"MY_OWN_PLACE"})))
    assert b"another-secret" not in printed


def test_an_empty_secret_is_in_no_word():
    assert run_tool(python("pass", secrets=(Secret(b""),))) == b""


def test_variables_with_secrets_are_not_passed_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_OWN_PLACE", f"prefix {MARKER}")
    monkeypatch.setenv("MILLENNIUM_PRIVATE_KEY", "another-key")
    monkeypatch.setenv("MILLENNIUM_CONTROL", "passed")
    printed = run_tool(python(ECHO_ENVIRONMENT, secrets=(SECRET,))).decode()
    assert (MARKER in printed, "another-key" in printed, "passed" in printed) == (
        False,
        False,
        True,
    )


def test_secrets_that_a_tool_prints_are_masked():
    code = "import sys; sys.stderr.write('bad password: ' + sys.stdin.read()); sys.exit(1)"
    with pytest.raises(SignError, match="bad password") as caught:
        run_tool(python(code, stdin=SECRET.reveal(), secrets=(SECRET,)))
    assert MARKER not in str(caught.value)


def test_a_secret_that_a_failing_command_prints_is_not_shown():
    code = f"import sys; print({MARKER!r}); sys.stderr.write('locked'); sys.exit(1)"
    with pytest.raises(SignError, match="locked") as caught:
        run_tool(python(code, is_secret=True))
    assert MARKER not in str(caught.value)


def test_control_what_is_no_secret_is_shown():
    code = f"import sys; print({MARKER!r}); sys.exit(1)"
    with pytest.raises(SignError, match=MARKER):
        run_tool(python(code))


def test_letters_that_move_the_cursor_are_not_shown():
    with pytest.raises(SignError) as caught:
        run_tool(python("import sys; sys.stderr.write('\\x1b[2Jgone'); sys.exit(1)"))
    assert "\x1b" not in str(caught.value)


INTERRUPTED = """
import os, pathlib, signal, sys, threading, time
sys.path.insert(0, sys.argv[1])
from millennium_bundler.sign.tool import ToolCall, run_tool

started = pathlib.Path(sys.argv[2])

def interrupt():
    while not started.exists():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
child = "import os, pathlib, sys, time; p = pathlib.Path(sys.argv[1] + '.new'); p.write_text(str(os.getpid()));"
child += "p.rename(sys.argv[1]); time.sleep(60)"
run_tool(ToolCall(words=(sys.executable, "-c", child, sys.argv[2]), hidden=frozenset()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc to look for the tool")
def test_interrupting_leaves_no_tool_behind(tmp_path: Path):
    source = str(Path(__file__).resolve().parents[2] / "src")
    done = ask_tool(python(INTERRUPTED, source, str(tmp_path / "pid"), timeout_s=40))
    assert "KeyboardInterrupt" in done.said
    assert is_gone(int((tmp_path / "pid").read_text()))
