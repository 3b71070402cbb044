"""A program that is told to end removes its private folders first."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from millennium_bundler.sign.orderly_end import orderly_end

PROGRAM = """
import contextlib, signal, sys, time
from millennium_bundler.sign.orderly_end import orderly_end
from millennium_bundler.sign.secret import private_folder

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may have used nohup
with orderly_end() if sys.argv[1] == "orderly" else contextlib.nullcontext():
    with private_folder() as folder:
        print(folder, flush=True)
        time.sleep(60)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")


@contextmanager
def started(how: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start the program; yield it and its private folder."""
    command = [sys.executable, "-c", PROGRAM, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        yield program, Path(program.stdout.readline().strip())


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_private_folder_is_gone_after_a_signal_to_end(name: str, code: int):
    with started("orderly") as (program, folder):
        assert folder.is_dir()
        program.send_signal(signal.Signals[name])
        assert program.wait(30) == code
    assert not folder.exists()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_control_without_it_the_folder_stays(name: str):
    with started("otherwise") as (program, folder):
        program.send_signal(signal.Signals[name])
        assert program.wait(30) == -signal.Signals[name]
    assert folder.is_dir()
    folder.rmdir()


def test_a_hang_up_that_nohup_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with orderly_end():
        found = signal.getsignal(signal.SIGHUP)
    signal.signal(signal.SIGHUP, before)
    assert found is signal.SIG_IGN


def test_the_signal_means_afterwards_what_it_meant_before():
    before = signal.getsignal(signal.SIGTERM)
    with orderly_end():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_handler_of_the_programs_own_stays():
    def own(*_: object) -> None:
        """Do nothing."""

    before = signal.signal(signal.SIGTERM, own)
    with orderly_end():
        found = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, before)
    assert found is own


def test_in_another_thread_nothing_is_done():
    found: list[object] = []

    def look() -> None:
        with orderly_end():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(30)
    assert found == [signal.getsignal(signal.SIGTERM)]
