"""Set up this clone, then run nox sessions in it: ``python3 dev.py NAME``.

1. Install the system packages of packaging/apt.txt (as root on Debian or Ubuntu), or print
   the command that does and stop.
2. Make an environment of its own under .nox, with pinned PDM and nox.
3. Hand over to nox, and leave no child behind, however this ends.

Standard library only: it must work on a bare machine.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TOOLS = ("pdm[locked]==2.29.3", "nox==2026.10.20")
OLDEST_PYTHON = (3, 11)
SLOW_SESSIONS = {"install", "bench-bundle"}
"""Sessions that need packaging/apt-slow.txt too, unless they are asked for the .deb only."""

EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3
GRACE_SECONDS = 10
PR_SET_CHILD_SUBREAPER = 36


def main(arguments: list[str]) -> int:
    """Run the sessions that the arguments name; return the exit code."""
    system_only = "--system" in arguments
    if sys.version_info < OLDEST_PYTHON and not system_only:
        return _stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    names, options = split_arguments([word for word in arguments if word != "--system"])
    sessions = known_sessions()
    unknown = [name for name in names if name not in sessions]
    if unknown or not (names or system_only):
        _say(usage(sessions))
        _say(f"\nUnknown: {', '.join(unknown)}" if unknown else "")
        return EXIT_USAGE if unknown or options else 0
    missing = missing_packages(wanted_lists(names, options))
    if missing and not install_packages(missing):
        return EXIT_ENVIRONMENT
    if system_only and not names:
        return 0
    python = tools_python()
    command = [str(python), "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), "-s", *names]
    return run_to_the_end([*command, "--", *options] if options else command)


def split_arguments(words: list[str]) -> tuple[list[str], list[str]]:
    """Tell session names from what is passed on to them.

    Names come first; the rest begins at ``--`` or at the first word with a dash.
    """
    for index, word in enumerate(words):
        if word in {"-h", "--help"}:
            return [], []
        if word.startswith("-"):
            return words[:index], words[index + (word == "--") :]
    return words, []


def known_sessions() -> dict[str, str]:
    """Read names and one-line descriptions from noxfile.py without running it."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    sessions = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            text = ast.get_docstring(node) or ""
            sessions[node.name.replace("_", "-")] = text.split("\n")[0]
    return sessions


def usage(sessions: dict[str, str]) -> str:
    """Describe the command and every session."""
    lines = [
        "usage: python3 dev.py NAME... [-- OPTIONS]",
        "",
        "Sets up what is missing (system packages, tools, the locked environment), then runs:",
        *(f"  {name:<14}{text}" for name, text in sessions.items()),
        "",
        "  --system      installs the system packages and stops (for CI, with sudo)",
        "",
        "New here? python3 dev.py demo   then   python3 dev.py test",
    ]
    return "\n".join(lines)


def wanted_lists(names: list[str], options: list[str]) -> list[Path]:
    """Name the package lists that these sessions need."""
    lists = [ROOT / "packaging" / "apt.txt"]
    if SLOW_SESSIONS.intersection(names) and options != ["deb"]:
        lists.append(ROOT / "packaging" / "apt-slow.txt")
    return lists


def missing_packages(lists: list[Path]) -> list[str]:
    """List the Debian packages that are wanted and not installed.

    A line is a package, or a package and the commands it is wanted for: then it counts as
    there when all of them are on the PATH, wherever they came from.
    """
    if sys.platform != "linux":
        return []
    if not shutil.which("dpkg-query"):
        _say("dev.py: not a Debian or Ubuntu: see packaging/apt.txt for what must be installed")
        return []
    wanted = [line.split("#")[0].split() for path in lists for line in path.open(encoding="utf-8")]
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"]
    answer = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    installed = {line.split()[1] for line in answer.splitlines() if line.startswith("installed ")}
    return [
        words[0]
        for words in wanted
        if words
        and words[0] not in installed
        and not (words[1:] and all(map(shutil.which, words[1:])))
    ]


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages as root; otherwise say how, and return False."""
    steps = [
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", *packages],
    ]
    if os.geteuid() != 0:
        _say("dev.py: system packages are missing. Run this, then try again:\n")
        _say("  " + " && ".join(f"sudo {shlex.join(step)}" for step in steps))
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in steps:
        _say(f"dev.py: {shlex.join(step)}")
        status = run_to_the_end(step, environment)
        if status:
            _say(f"dev.py: {shlex.join(step[:2])} failed with exit code {status}")
            return False
    return True


def tools_python() -> Path:
    """Make the environment with PDM and nox unless it is there; return its Python."""
    folder = ROOT / ".nox" / f"tools-{sys.version_info[0]}.{sys.version_info[1]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "made-for.txt"
    wanted = "\n".join((*TOOLS, sys.version, sys.base_prefix, str(ROOT)))
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and python.exists():
        return python
    _say(f"dev.py: making {folder.relative_to(ROOT)} with {' and '.join(TOOLS)}")
    venv.create(folder, clear=True, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    status = run_to_the_end([*install, *TOOLS])
    if status:
        raise SystemExit(_stop(f"pip could not install the tools (exit code {status})."))
    stamp.write_text(wanted, encoding="utf-8")
    return python


def run_to_the_end(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run a command and end everything it started: on Ctrl-C, on SIGTERM and at its end."""
    if os.name == "nt":
        return subprocess.call(command, cwd=ROOT, env=environment)
    _adopt_orphans()
    received: list[int] = []
    groups: list[int] = []

    def pass_on(number: int, _frame: object) -> None:
        received.append(number)
        for group in groups:
            _signal_group(group, number)

    # Before the start: a child that inherits "ignored" could not be interrupted.
    previous = {number: signal.signal(number, pass_on) for number in _ENDING_SIGNALS}
    child = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    groups.append(child.pid)
    try:
        status = _wait(child, received)
    finally:
        _signal_group(child.pid, signal.SIGKILL)
        _end_orphans()
        for number, handler in previous.items():
            signal.signal(number, handler)
    if received:
        raise SystemExit(128 + received[0])
    return status if status >= 0 else 128 - status


_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if os.name != "nt" else ()))


def _wait(child: subprocess.Popen[bytes], received: list[int]) -> int:
    """Wait for the child; once a signal was passed on, for no longer than the grace time."""
    deadline = float("inf")
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(timeout=0.2)
        if received and deadline == float("inf"):
            deadline = time.monotonic() + GRACE_SECONDS
    child.kill()
    return child.wait()


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _adopt_orphans() -> None:
    """Ask Linux to make this process the parent of what its descendants leave behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_orphans() -> None:
    """Kill adopted children, then theirs, until none is left."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    for _ in range(100):
        left = children.read_text(encoding="ascii").split() if children.exists() else []
        if not left:
            return
        for pid in map(int, left):
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _stop(reason: str) -> int:
    _say(f"dev.py: {reason}")
    return EXIT_ENVIRONMENT


def _say(text: str) -> None:
    if text:
        print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
