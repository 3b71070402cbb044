"""Running a signing tool: secrets by pipe, a clean environment, an end in any case.

Rules:

1. No word of a command line holds a secret: it is refused before the tool starts.
2. Variables that hold a key or a password of any signer, or whose value contains one of the given secrets, are
   not passed on. Tools that sign nothing get a few variables by name, and no other: `plain_environment`.
3. The tool has no terminal: what asks for a password fails instead of waiting.
4. What it printed may be shown, with all secrets masked, and at most its last lines.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret, masked

KEY_VARIABLES = frozenset(
    {
        "MILLENNIUM_PRIVATE_KEY",
        "MILLENNIUM_KEY_PASSWORD",
        "TAURI_PRIVATE_KEY",
        "TAURI_KEY_PASSWORD",
        "TAURI_SIGNING_PRIVATE_KEY",
        "TAURI_SIGNING_PRIVATE_KEY_PASSWORD",
        "APPLE_CERTIFICATE",
        "APPLE_CERTIFICATE_PASSWORD",
        "APPLE_PASSWORD",
    }
)
"""Variables that signing reads for itself; no tool gets them."""

# Where programs, folders and fonts are.
_PLAIN_VARIABLES = (
    *("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "SYSTEMROOT", "COMSPEC", "PATHEXT"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS"),
    *("FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH"),
)
_TIMEOUT_S = 300.0
_SHOWN_LINES = 5
_SHOWN_CHARS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One run of a tool.

    Attributes:
        words: The command line; the first word is found on the PATH.
        hidden: Variables that it must not get.
        stdin: What it reads.
        secrets: What must not be seen in what it prints or gets.
        environment: Variables to set.
        folder: Where it runs; here when None.
        package: Debian package that brings it, for the error.
        is_secret: What it writes to stdout is a secret, and never shown.
    """

    words: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    stdin: bytes = b""
    secrets: tuple[Secret, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    package: str = ""
    is_secret: bool = False
    timeout_s: float = _TIMEOUT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool answered.

    Attributes:
        code: Its exit code.
        stdout: What it printed, unmasked: it may be a signature.
        said: The last lines of stderr and stdout, masked.
    """

    code: int
    stdout: bytes
    said: str


def plain_environment() -> dict[str, str]:
    """Return the variables of a tool that signs nothing: no key, whatever variable holds it."""
    kept = {name: os.environ[name] for name in _PLAIN_VARIABLES if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def ask_tool(call: ToolCall) -> ToolResult:
    """Run a tool to its end.

    Raises:
        SignError: It is not installed, or does not end in time.
    """
    program = shutil.which(call.words[0])
    if program is None:
        brought = f"; Debian has it in {call.package}" if call.package else ""
        raise SignError(
            f"the program {call.words[0]!r} is not on the PATH",
            code="sign.no_tool",
            help=f"install it{brought}",
        )
    _refuse_secret_words(call)
    process = subprocess.Popen(
        [program, *call.words[1:]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=call.folder,
        env=_environment(call),
        start_new_session=True,  # (3)
    )
    try:
        out, err = process.communicate(call.stdin, timeout=call.timeout_s)
    except subprocess.TimeoutExpired:
        message = f"{call.words[0]} did not end within {call.timeout_s:.0f} s"
        raise SignError(message, code="sign.tool_failed", help="see what it waits for") from None
    finally:
        _end(process)
    return ToolResult(code=process.returncode, stdout=out, said=_said(out, err, call))


def run_tool(call: ToolCall) -> bytes:
    """Run a tool that must succeed; return what it wrote to stdout.

    Raises:
        SignError: It is not installed, does not end in time, or fails; with its last words.
    """
    done = ask_tool(call)
    if done.code:
        message = f"{call.words[0]} failed with exit code {done.code}: {done.said}"
        raise SignError(message, code="sign.tool_failed", help="see what the tool says")
    return done.stdout


def _refuse_secret_words(call: ToolCall) -> None:
    for secret in call.secrets:
        value = _compared(os.fsdecode(secret.reveal()))
        if value and any(value in _compared(word) for word in call.words):  # (1)
            raise SignError(
                f"a secret would be seen on the command line of {call.words[0]}",
                code="sign.settings",
                help="give keys and passwords as key settings, not as words of a command",
            )


def _environment(call: ToolCall) -> dict[str, str]:
    hidden = [
        value for secret in call.secrets if (value := _compared(os.fsdecode(secret.reveal())))
    ]
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in KEY_VARIABLES | call.hidden
        and not any(part in _compared(value) for part in hidden)  # (2)
    }
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC", **call.environment}


def _compared(text: str) -> str:
    """Return a text without what changes where a variable is written to a file: line ends."""
    return text.replace("\r", "").strip("\n")


def _said(out: bytes, err: bytes, call: ToolCall) -> str:
    printed = err if call.is_secret else err + b"\n" + out
    text = masked(printed, call.secrets).decode("utf-8", "replace")  # (4)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shown = "; ".join(lines[-_SHOWN_LINES:])[-_SHOWN_CHARS:]
    return "".join(letter if letter.isprintable() else "�" for letter in shown) or "it said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a tool, and what it started, that still runs: after a time-out or Ctrl-C."""
    if process.poll() is None:
        if sys.platform == "win32":  # pragma: no cover on linux
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
