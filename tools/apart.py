"""Environments apart from the shared one: other interpreters, another PyGObject, clean ones."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import workspace
from steps import Part, Steps
from suites import private_display

PURE = ("millennium-runtime", "millennium")
"""Their unit tests run on every supported interpreter that is found."""

_GIREPOSITORY_2 = "girepository-2.0"
_NEW_GI = "PyGObject>=3.52"
_ON_NEW_GI = ("packages/millennium-runtime-webview/tests", "tests/executable/test_window.py")
_TESTING = ("pytest", "pytest-timeout", "hypothesis", "json5", "zstandard")
_PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "install")
_NO_COMPILER = {
    "CC": "false",
    "CXX": "false",
    "RUSTC": "false",
    "PIP_CACHE_DIR": str(workspace.ROOT / "build" / "no-compiler-cache"),
}
"""The usual cache may keep wheels that were compiled here once, PyGObject's for one."""


def test_on(part: Steps, minor: str, python: Path | None, packages: list[str]) -> None:
    """Run unit tests of pure packages on another interpreter, if it is here."""
    if python is None:
        part.add(Part(name=f"Python {minor}", status="cannot", reason="no such interpreter here"))
        return
    own = _make_ready(part, minor, python)
    for package in packages if own else ():
        name = f"Python {minor} {package}"
        part.pytest(name, f"packages/{package}/tests", "-m", "not gui", python=own)


def test_on_girepository_2(part: Steps) -> None:
    """Run the engine and frozen windows on the girepository that the lock keeps away."""
    asked = ("pkg-config", "--exists", _GIREPOSITORY_2)
    if shutil.which("pkg-config") is None or subprocess.run(asked, check=False).returncode:
        reason = "needs libgirepository-2.0-dev, of GLib 2.80 and later"
        part.add(Part(name=_GIREPOSITORY_2, status="cannot", reason=reason))
        return
    pins = workspace.constraints().read_text(encoding="utf-8").splitlines()
    constraints = workspace.ROOT / "build" / "constraints-girepository-2.txt"
    kept = (f"{pin}\n" for pin in pins if not pin.startswith("pygobject=="))
    constraints.write_text("".join(kept), encoding="utf-8")
    own = workspace.make_environment(workspace.ROOT / ".nox" / _GIREPOSITORY_2)
    members = [word for package in workspace.PACKAGES for word in ("-e", f"packages/{package}")]
    wanted = (*members, *_TESTING, _NEW_GI)
    if part.run(f"{_GIREPOSITORY_2} set-up", own, *_PIP, "-c", constraints, *wanted):
        for folder in _ON_NEW_GI:
            name = f"{_GIREPOSITORY_2} {folder.split('/')[1]}"
            part.pytest(name, folder, prefix=private_display(), python=own)


def install(part: Steps, package: str, wheels: Path) -> None:
    """Install one wheel into a clean environment where no compiler works, and use it."""
    folder = workspace.ROOT / "build" / "clean" / package.replace("[", "-").strip("]")
    python = workspace.make_environment(folder)
    own = _own_wheels(wheels)
    pins = ("-c", workspace.constraints(), "-c", _constraints(own))
    wanted = f"{package} @ {own.get(package.split('[', 1)[0], 'file:///no-such-wheel')}"
    if part.run(f"install {package}", python, *_PIP, *pins, wanted, environment=_NO_COMPILER):
        part.run(f"use {package}", python, "-I", "tools/check_installed.py", package)
    shutil.rmtree(folder, ignore_errors=True)


def _own_wheels(wheels: Path) -> dict[str, str]:
    """Find the wheels just built, by name."""
    found = {wheel.name.split("-", 1)[0]: wheel for wheel in sorted(wheels.glob("*.whl"))}
    return {name.replace("_", "-"): path.resolve().as_uri() for name, path in found.items()}


def _constraints(own: dict[str, str]) -> Path:
    """Tie our five names to our five wheels.

    A registry may know the same names and versions: other people's packages, which must not be
    taken for ours.
    """
    path = workspace.ROOT / "build" / "own-wheels.txt"
    text = "".join(f"{name} @ {address}\n" for name, address in own.items())
    path.write_text(text, encoding="utf-8")
    return path


def _make_ready(part: Steps, minor: str, python: Path) -> str:
    """Make the environment of another interpreter unless it is there; return its Python."""
    folder = workspace.ROOT / ".nox" / f"unit-{minor}"
    stamp = folder / "made-for.txt"
    own = workspace.python_of(folder)
    constraints = workspace.constraints()
    wanted = "\n".join((*_TESTING, constraints.read_text(encoding="utf-8")))
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return own
    workspace.make_environment(folder, python)
    members = [word for package in PURE for word in ("-e", f"packages/{package}")]
    name = f"Python {minor} set-up"
    if not part.run(name, own, *_PIP, "-c", constraints, *members, *_TESTING):
        return ""
    stamp.write_text(wanted, encoding="utf-8")
    return own
