"""What is missing on this machine, as data: one line each, with the one command that mends it.

A check never raises: what it stumbles over is its answer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millennium.config.load import load_config, require_assets, require_main
from millennium.errors import ConfigNotFoundError, MillenniumError
from millennium_build.cache import Cache, default_folder
from millennium_build.display import open_displays
from millennium_build.errors import BuildError
from millennium_build.freeze.environment import Interpreter, Workshop
from millennium_build.native import native_artifacts
from millennium_build.project import ProjectPython, find_python

State = Literal["ok", "warning", "missing"]

PROBE = Path(__file__).with_name("doctor_probe.py")
MINIMUM_PYTHON = (3, 11)
MINIMUM_WEBKIT = (2, 40, 0)
_PROBE_SECONDS = 60
_INSTALL = 'pip install "millennium[all]"'
_RUN_TIME = ("millennium", "millennium-runtime", "millennium-runtime-webview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        state: "missing" keeps something from working; "warning" does so only sometimes.
        detail: What was found.
        fix: The command, or the setting, that mends it.
    """

    name: str
    state: State
    detail: str
    fix: str = ""


def examine(start: Path, *, python: str = "") -> list[Diagnosis]:
    """Look at the project in a folder, its Python and this machine.

    Args:
        start: A folder; need not be in a project.
        python: The project's interpreter; empty to look for one.
    """
    found = list(_project(start))
    try:
        chosen = find_python(_root(start), given=python)
    except BuildError as error:
        return [*found, _bad("python", error.message, error.help)]
    found += _python(chosen)
    answer = _ask(chosen.path)
    if isinstance(answer, Diagnosis):
        return [*found, answer]
    return [*found, *_packages(answer), *_engine(answer), *_display(), *_freezer(chosen), *_tools()]


def _root(start: Path) -> Path:
    try:
        return load_config(start).root
    except MillenniumError:
        return start


def _project(start: Path) -> Iterator[Diagnosis]:
    try:
        loaded = load_config(start)
        require_main(loaded)
        require_assets(loaded)
    except ConfigNotFoundError:
        detail = "this folder is in no project"
        yield Diagnosis(name="project", state="warning", detail=detail, fix="millennium init NAME")
    except MillenniumError as error:
        detail = f"{error.message} ({error.location})" if error.location else error.message
        yield _bad("project", detail, error.help)
    else:
        config = loaded.config
        yield _good("project", f"{config.identifier} {config.version} ({loaded.path.name})")
        for warning in loaded.warnings:
            yield Diagnosis(name="configuration", state="warning", detail=warning)


def _python(chosen: ProjectPython) -> Iterator[Diagnosis]:
    interpreter = _interpreter(chosen.path)
    if isinstance(interpreter, str):
        yield _bad("python", interpreter, "name another one: --python")
        return
    detail = f"{interpreter.version_text}, {chosen.reason}: {chosen.path}"
    if interpreter.version[:2] < MINIMUM_PYTHON:
        yield _bad("python", detail, "install Python 3.11 or newer")
    else:
        yield _good("python", detail)


def _interpreter(path: Path) -> Interpreter | str:
    try:
        with Workshop(path, Cache(default_folder())) as workshop:
            return workshop.interpreter
    except BuildError as error:
        return error.message


def _ask(python: Path) -> Mapping[str, object] | Diagnosis:
    try:
        done = subprocess.run(
            [str(python), "-X", "utf8", str(PROBE)],
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
        answer: Mapping[str, object] = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return _bad("packages", f"{python} gives no answer: {error}", _INSTALL)
    return answer


def _packages(answer: Mapping[str, object]) -> Iterator[Diagnosis]:
    versions = _table(answer.get("versions"))
    absent = [name for name in _RUN_TIME if not versions.get(name)]
    if absent:
        yield _bad("packages", f"not installed there: {', '.join(absent)}", _INSTALL)
        return
    different = {str(version) for version in versions.values() if version}
    detail = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    if len(different) > 1:
        yield _bad("packages", f"versions differ: {detail}", f"{_INSTALL} --upgrade")
    else:
        yield _good("packages", f"all {different.pop()}")


def _engine(answer: Mapping[str, object]) -> Iterator[Diagnosis]:
    engine = _table(answer.get("engine"))
    if "error" in engine:
        yield _bad("webview", str(engine["error"]), str(engine["help"]))
        return
    facts = _table(engine.get("facts"))
    numbers = facts.get("webkit")
    version = tuple(numbers) if isinstance(numbers, list) else ()
    shown = ".".join(str(number) for number in version)
    if version and version < MINIMUM_WEBKIT:
        yield _bad(
            "webview", f"WebKitGTK {shown}, 2.40 is needed", "apt install libwebkit2gtk-4.1-0"
        )
    elif version:
        yield _good("webview", f"WebKitGTK {shown}, gi from {facts.get('gi')}")
    else:
        yield _good("webview", ", ".join(map(str, _table(answer.get("runtimes")).values())))
    unsandboxed = engine.get("unsandboxed")
    if unsandboxed == "":
        yield _good("sandbox", "pages run in WebKit's sandbox")
    elif isinstance(unsandboxed, str):
        detail = f"pages run outside WebKit's sandbox here: {unsandboxed}"
        fix = "apt install bubblewrap xdg-dbus-proxy" if "installed" in unsandboxed else ""
        yield Diagnosis(name="sandbox", state="warning" if fix else "ok", detail=detail, fix=fix)
    problems = engine.get("problems")
    for problem in problems if isinstance(problems, list) else ():
        if problem["code"] != "display.none":  # said by our own check, with Xvfb in mind
            detail, fix = str(problem["cause"]), str(problem["fix"])
            yield Diagnosis(name=str(problem["code"]), state="warning", detail=detail, fix=fix)


def _display() -> Iterator[Diagnosis]:
    if sys.platform != "linux":
        return
    present = open_displays(os.environ)
    shown = present.get("WAYLAND_DISPLAY") or present.get("DISPLAY")
    if shown:
        yield _good("display", shown)
    elif shutil.which("Xvfb"):
        detail = "none; a private virtual one is used to verify builds"
        yield Diagnosis(
            name="display", state="warning", detail=detail, fix="xvfb-run -a millennium dev"
        )
    else:
        detail = "none, and no virtual one: builds cannot be verified"
        yield _bad("display", detail, "apt install xvfb")


def _freezer(chosen: ProjectPython) -> Iterator[Diagnosis]:
    if sys.platform != "linux":
        return
    interpreter = _interpreter(chosen.path)
    if isinstance(interpreter, str):
        return
    fallback = 'or set build.freezer = "pyinstaller"'
    try:
        native_artifacts(interpreter.minor)
    except BuildError as error:
        yield Diagnosis(name="freezer", state="warning", detail=error.message, fix=error.help)
        return
    library = interpreter.find_libpython()
    if library is None:
        detail = f"Python {interpreter.version_text} has no shared library for the native freezer"
        fix = f"install a Python with --enable-shared, {fallback}"
        yield Diagnosis(name="freezer", state="warning", detail=detail, fix=fix)
    else:
        yield _good("freezer", f"native, with {library.name}")


def _tools() -> Iterator[Diagnosis]:
    if shutil.which("lintian"):
        yield _good("lintian", "checks Debian packages")
    elif shutil.which("dpkg"):
        detail = "not installed: Debian packages are made, but not linted"
        yield Diagnosis(name="lintian", state="warning", detail=detail, fix="apt install lintian")


def _good(name: str, detail: str) -> Diagnosis:
    return Diagnosis(name=name, state="ok", detail=detail)


def _bad(name: str, detail: str, fix: str) -> Diagnosis:
    return Diagnosis(name=name, state="missing", detail=detail, fix=fix)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
