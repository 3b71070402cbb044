"""The one environment that all sessions share, and what is in this workspace."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
MEMBERS = sorted((ROOT / "packages").glob("*/pyproject.toml"))
PACKAGES = tuple(path.parent.name for path in MEMBERS)
GROUPS = ("test", "lint", "types", "docs", "wheels", "executable")
"""What every session may use; `bench` and `audit` bring their own in addition."""

MINORS = ("3.11", "3.12", "3.13", "3.14")
_BIN = "Scripts" if os.name == "nt" else "bin"
_STAMP = ENVIRONMENT / "synced.json"


def environment() -> dict[str, str]:
    """Describe the shared environment to a child process."""
    variables = {key: value for key, value in os.environ.items() if key not in _UNWANTED}
    variables["PATH"] = os.pathsep.join([str(ENVIRONMENT / _BIN), variables.get("PATH", "")])
    variables["VIRTUAL_ENV"] = str(ENVIRONMENT)
    variables |= {"PDM_CHECK_UPDATE": "0", "PDM_IGNORE_SAVED_PYTHON": "1"}
    return variables


_UNWANTED = {"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"}


def synchronise(*extra_groups: str) -> None:
    """Bring the shared environment to what pdm.lock says, unless it is there already.

    Raises:
        SystemExit: PDM could not.
    """
    wanted = _fingerprint()
    done = _read_stamp()
    groups = {*GROUPS, *extra_groups}
    if done.get("inputs") == wanted and groups <= set(done.get("groups", "").split()):
        return
    if not _is_usable():
        print(f"making {ENVIRONMENT.name} for Python {_minor(sys.version_info)}", flush=True)
        subprocess.run([_base_python(), "-m", "venv", "--clear", ENVIRONMENT], check=True)
        done = {}
    groups |= set(done.get("groups", "").split()) if done.get("inputs") == wanted else set()
    options = [word for group in sorted(groups) for word in ("-G", group)]
    if pdm("sync", "--no-self", *options):
        raise SystemExit("pdm sync failed")
    if sys.platform == "linux":  # what the wheels of these two carry
        for package in ("millennium_build", "millennium_bundler"):
            compiler = (python_of(ENVIRONMENT), "-m", f"{package}.native")
            subprocess.run(compiler, cwd=ROOT, env=environment(), check=True)
    _STAMP.write_text(json.dumps({"inputs": wanted, "groups": " ".join(sorted(groups))}))


def pdm(*arguments: str) -> int:
    """Run this clone's own PDM on the shared environment; return the exit code."""
    return subprocess.call([sys.executable, "-m", "pdm", *arguments], cwd=ROOT, env=environment())


def python_of(folder: Path) -> str:
    """Name the interpreter of a virtual environment."""
    return str(folder / _BIN / ("python.exe" if os.name == "nt" else "python"))


def other_interpreters() -> dict[str, Path | None]:
    """Find the supported interpreters besides our own; None for what is not here."""
    ours = _minor(sys.version_info)
    return {minor: find_interpreter(minor) for minor in MINORS if minor != ours}


def find_interpreter(minor: str) -> Path | None:
    """Find a working interpreter of one minor version on the PATH or under pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{minor}")]
    candidates += [str(path) for path in sorted(pyenv.glob(f"{minor}.*/bin/python{minor}"))]
    found = (name for name in candidates if name and _answers(name, minor))
    return next(map(Path, found), None)


def make_environment(folder: Path, python: str | Path | None = None) -> str:
    """Make a fresh virtual environment with pip; return its Python."""
    subprocess.run([python or _base_python(), "-m", "venv", "--clear", folder], check=True)
    return python_of(folder)


def constraints() -> Path:
    """Write pdm.lock as constraints for pip, so that other environments agree with it."""
    lock = tomllib.loads((ROOT / "pdm.lock").read_text(encoding="utf-8"))
    pins = {
        f"{package['name']}=={package['version']}"
        for package in lock["package"]
        if package["name"] not in PACKAGES and not package.get("extras")
    }
    path = ROOT / "build" / "constraints.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{pin}\n" for pin in sorted(pins)), encoding="utf-8")
    return path


def _base_python() -> str:
    """Name the interpreter that dev.py was started with, outside any environment."""
    return getattr(sys, "_base_executable", sys.executable)


def _is_usable() -> bool:
    python = python_of(ENVIRONMENT)
    return Path(python).exists() and _answers(python, _minor(sys.version_info))


def _answers(python: str, minor: str) -> bool:
    """Tell whether an interpreter starts, can make environments and is of this minor."""
    probe = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == minor


def _minor(version: tuple[int | str, ...]) -> str:
    return f"{version[0]}.{version[1]}"


def _fingerprint() -> str:
    inputs = [ROOT / "pdm.lock", *MEMBERS, *sorted((ROOT / "packages").glob("*/native/*.[ch]"))]
    digest = hashlib.sha256(f"{ROOT}\n{sys.version}\n{_base_python()}\n".encode())
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_stamp() -> dict[str, str]:
    if not (_STAMP.exists() and _is_usable()):
        return {}
    stamp: dict[str, str] = json.loads(_STAMP.read_text(encoding="utf-8"))
    return stamp
