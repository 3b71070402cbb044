"""One process of the app: warm, running, ended."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from millennium_build.dev.process import AppProcess, Start, end_group, run_released
from millennium_build.errors import EnvironmentUnusableError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the process groups of POSIX")
MakeStart = Callable[..., Start]
Run = Callable[..., AppProcess]


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts apps that all end with the test."""
    with ExitStack() as stack:

        def start(how: Start, *modules: str) -> AppProcess:
            process = AppProcess(how, modules)
            stack.callback(process.end)
            return process

        yield start


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it is no more, perhaps only since the file was opened
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_until(is_true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not is_true() and time.monotonic() < end:
        time.sleep(0.02)
    return is_true()


def test_it_waits_until_it_may_go(run: Run, make_start: MakeStart):
    app = run(make_start())
    assert app.wait_for("started", 0.5) == {}
    app.go()
    assert app.wait_for("started", 10)["windows"] == []


def test_it_goes_to_the_places_of_another(run: Run, make_start: MakeStart):
    app = run(make_start())
    app.go([{"label": "main"}])
    assert app.wait_for("started", 10)["windows"] == [{"label": "main"}]


@pytest.mark.parametrize(("modules", "warm"), [((), False), (("colorsys", "gone"), True)], ids=str)
def test_it_imports_what_it_is_told_while_it_waits(
    run: Run, make_start: MakeStart, modules: tuple[str, ...], warm: bool
):
    app = run(make_start(), *modules)
    app.go()
    assert app.wait_for("started", 10)["warm"] is warm


def test_it_tells_where_its_windows_are(run: Run, make_start: MakeStart):
    app = run(make_start())
    app.go()
    pid = app.wait_for("started", 10)["pid"]
    assert app.windows(10) == [{"label": "main", "pid": pid}]


def test_an_app_that_does_not_answer_has_no_windows(run: Run, make_start: MakeStart):
    app = run(make_start("time.sleep(60)"))
    app.go()
    app.wait_for("shown", 10)
    assert app.windows(0.1) == []


def test_it_reloads(run: Run, make_start: MakeStart):
    app = run(make_start())
    app.go()
    app.reload()
    assert app.wait_for("reloaded", 10)["say"] == "reloaded"


def test_it_ends_when_asked(run: Run, make_start: MakeStart):
    app = run(make_start())
    app.go()
    app.wait_for("shown", 10)
    assert app.poll() is None
    app.end()
    assert app.poll() == 0


def test_an_app_that_hangs_is_ended_with_its_children(run: Run, make_start: MakeStart):
    child = "say(say='child', pid=subprocess.Popen(['sleep', '600']).pid); time.sleep(600)"
    app = run(make_start(child))
    app.go()
    pid = int(str(app.wait_for("child", 10)["pid"]))
    assert is_alive(pid)
    app.end()
    assert wait_until(lambda: not is_alive(pid))


def test_ending_twice_is_no_error(run: Run, make_start: MakeStart):
    app = run(make_start())
    app.end()
    app.end()
    app.go()
    assert app.poll() is not None


def test_it_ends_with_who_started_it(make_start: MakeStart):
    start = make_start()
    script = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from millennium_build.dev.process import AppProcess, Start\n"
        f"app = AppProcess(Start(python=Path(sys.executable), main=Path({str(start.main)!r})))\n"
        "app.go()\n"
        "print(app.wait_for('started', 20)['pid'], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=False)
    pid = int(done.stdout)
    assert wait_until(lambda: not is_alive(pid))


def test_a_module_of_a_package_keeps_its_package(make_start: MakeStart, tmp_path: Path):
    start = make_start(name="src/pkg/app.py", arguments=("--own", "x"))
    (tmp_path / "src" / "pkg" / "__init__.py").write_text("")
    done = subprocess.run(start.command("release"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "released ['--own', 'x'] pkg\n")


@pytest.mark.parametrize("with_init", [True, False], ids=["package", "loose"])
def test_a_main_file_runs_with_or_without_a_package(
    make_start: MakeStart, tmp_path: Path, with_init: bool
):
    start = make_start(name="src/pkg/__main__.py")
    (tmp_path / "src" / "pkg" / ("__init__.py" if with_init else "other.py")).write_text("")
    done = subprocess.run(start.command("release"), capture_output=True, text=True, check=False)
    assert done.stdout == f"released [] {'pkg' if with_init else 'no package'}\n"


def test_a_release_run_gives_the_exit_code(make_start: MakeStart):
    assert run_released(make_start()) == 7


SLOW_TO_END = """
import pathlib, signal, sys, time
def end(*_):
    time.sleep(0.4)
    pathlib.Path("ended").touch()
    sys.exit(5)
signal.signal(signal.SIGTERM, end)
pathlib.Path("started").touch()
time.sleep(30)
"""
RUN = """
import pathlib, sys
from millennium_build.dev.process import Start, run_released
sys.exit(run_released(Start(python=pathlib.Path(sys.executable), main=pathlib.Path(sys.argv[1]))))
"""


def test_a_release_run_that_is_ended_ends_after_its_app(tmp_path: Path):
    main = tmp_path / "slow.py"
    main.write_text(SLOW_TO_END)
    process = subprocess.Popen([sys.executable, "-c", RUN, str(main)], cwd=tmp_path)
    assert wait_until((tmp_path / "started").exists)
    process.terminate()
    assert process.wait(10) == 5
    assert (tmp_path / "ended").exists()


@pytest.mark.parametrize("starter", [AppProcess, run_released], ids=["dev", "run"])
def test_a_python_that_is_not_there_is_an_error(
    make_start: MakeStart, tmp_path: Path, starter: Callable[[Start], object]
):
    start = Start(python=tmp_path / "gone", main=make_start().main)
    with pytest.raises(EnvironmentUnusableError, match="gone"):
        starter(start)


def test_a_group_that_is_gone_is_no_error():
    process = subprocess.Popen(["true"], start_new_session=True)
    process.wait()
    end_group(process)
    assert process.returncode == 0
