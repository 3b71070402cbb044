"""How one check is made, here and in a process of its own."""

from __future__ import annotations

import subprocess
import threading

import pytest

from millennium_runtime.request import Request, Response
from millennium_runtime.runtime import Runtime
from millennium_runtime.testing import MockRuntime
from millennium_runtime.testing.conformance import (
    CannotCheckError,
    RuntimeProbe,
    run_check,
    verdict,
)
from millennium_runtime.testing.conformance.__main__ import load_factory, main
from millennium_runtime.testing.conformance.check import check
from millennium_runtime.testing.conformance.log import CheckFailedError
from millennium_runtime.testing.conformance.mock_probe import MockProbe
from millennium_runtime.testing.conformance.probe import ABORTED
from millennium_runtime.testing.conformance.site import Site
from millennium_runtime.testing.conformance.stage_window import StageWindow, WindowPlan
from millennium_runtime.testing.conformance.suite import all_checks
from millennium_runtime.testing.conformance.verdict import judge, judge_here, target_of
from millennium_runtime.testing.mock_runtime import ATTRIBUTES

CHECKS = {check.name: check for check in all_checks()}
EASY = CHECKS["no_window_is_needed"]


class ApartProbe(MockProbe):
    one_loop_per_process = True
    patience = 2.0


class BrokenApartProbe(ApartProbe):
    def new_runtime(self, attributes):
        raise OSError("no display")


class EndlessRuntime(MockRuntime):
    def run(self, on_event):
        self.run_over = threading.Event()
        self.run_over.wait(10)
        return 0


class EndlessProbe(MockProbe):
    patience = 0.1
    kind = EndlessRuntime

    def abort(self, runtime):
        runtime.run_over.set()


class EndlessApartProbe(EndlessProbe):
    one_loop_per_process = True
    abort = RuntimeProbe.abort


class FallingRuntime(MockRuntime):
    def run(self, on_event):
        raise OSError("the display went away")


class NoMock(Runtime):
    @classmethod
    def new(cls, attributes):
        return cls()

    def handle(self):
        raise NotImplementedError

    def run(self, on_event):
        raise NotImplementedError


class FallingProbe(MockProbe):
    patience = 0.1
    kind = FallingRuntime


@check("runtime 1", starts_itself=True)
def never_ends(stage):
    """It blocks beside a loop that ends."""
    stage.start()
    stage.finish()
    threading.Event().wait(3)


class HastyProbe(MockProbe):
    patience = 0.2


def test_a_check_in_its_own_process_passes():
    assert judge(EASY, ApartProbe).status == "passed"


def test_a_check_in_its_own_process_fails_with_what_it_said():
    failed = judge(EASY, BrokenApartProbe)
    assert failed.status == "failed"
    assert "no display" in failed.reason


def test_a_loop_that_does_not_end_is_aborted():
    failed = judge_here(EASY, EndlessProbe())
    assert failed.status == "failed"
    assert "no Ready" in failed.reason


def test_a_process_whose_loop_does_not_end_is_aborted():
    failed = judge(EASY, EndlessApartProbe)
    assert failed.status == "failed"
    assert "did not end: the process is aborted" in failed.reason


def test_a_run_that_raises_fails_the_check():
    failed = judge_here(EASY, FallingProbe())
    assert failed.status == "failed"
    assert failed.reason == "OSError: the display went away"


def test_a_check_that_never_ends_fails():
    failed = judge_here(never_ends, HastyProbe())
    assert failed.reason == "it never came to an end"


def test_a_process_that_hangs_fails(monkeypatch):
    def hang(*_arguments, timeout, **_options):
        raise subprocess.TimeoutExpired("python", timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    assert "did not end within" in judge(EASY, ApartProbe).reason


def test_a_process_that_says_nothing_is_told_by_its_code(monkeypatch):
    done = subprocess.CompletedProcess([], ABORTED, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_options: done)
    assert judge(EASY, ApartProbe).reason == "its process ended with 70"


def test_a_process_that_cannot_says_so(monkeypatch):
    done = subprocess.CompletedProcess([], verdict.CANNOT, "", "needs a display")
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_options: done)
    with pytest.raises(CannotCheckError, match="needs a display"):
        run_check(EASY, ApartProbe)


def test_off_pythons_main_thread_signals_are_left_alone():
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(judge_here(EASY, MockProbe())))
    thread.start()
    thread.join(10)
    assert verdicts[0].status == "passed"


def test_a_probe_that_cannot_crash_pages_says_so():
    with pytest.raises(NotImplementedError, match="cannot crash the page of 'main'"):
        RuntimeProbe.crash_page(MockProbe(), MockRuntime.new(), "main")


def test_the_mocks_probe_wants_a_mock():
    with pytest.raises(TypeError, match="is not a MockRuntime"):
        MockProbe().crash_page(NoMock.new(ATTRIBUTES), "main")


def test_the_mocks_probe_ends_a_loop_without_asking():
    runtime = MockRuntime.new()
    MockProbe().abort(runtime)
    assert runtime.run(lambda event: None) == 0


def test_a_path_that_is_not_there_is_a_miss():
    answers: list[Response] = []
    Site(1).serve(Request(method="GET", uri="millennium://localhost/missing"), answers.append)
    assert answers[0].status == 404


def test_a_probe_without_a_module_is_found_by_its_code():
    lonely = type("Lonely", (ApartProbe,), {"__module__": "nowhere"})
    assert target_of(lonely).endswith("mock_probe.py:Lonely")


def test_a_window_that_was_not_created_has_no_dispatcher():
    window = StageWindow(WindowPlan(), patience=1, note=lambda callback: None)
    with pytest.raises(CheckFailedError, match="was not created"):
        _ = window.dispatcher


# --- the command line

MOCK = "millennium_runtime.testing.conformance.mock_probe:MockProbe"


def test_a_factory_is_found_by_module_or_by_file():
    assert load_factory(MOCK) is MockProbe
    assert load_factory(target_of(ApartProbe))().one_loop_per_process


def test_what_is_no_python_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_factory(f"{tmp_path / 'missing.py'}:Probe")


def test_one_check_passes(capsys):
    assert main([MOCK, "--check", EASY.name]) == verdict.PASSED
    assert capsys.readouterr() == ("", "")


def test_one_check_fails(capsys):
    assert main([target_of(FallingProbe), "--check", EASY.name]) == verdict.FAILED
    assert "the display went away" in capsys.readouterr().err


def test_an_unknown_check_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as caught:
        main([MOCK, "--check", "no_such_check"])
    assert caught.value.code == 2
    assert "there is no check 'no_such_check'" in capsys.readouterr().err


def test_all_checks_make_a_table(capsys):
    assert main([MOCK]) == verdict.PASSED
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "passed runtime 1    ready_comes_first_and_once"
    assert lines[-1] == f"{len(CHECKS)} checks, 0 failed"


def test_failed_checks_are_counted(capsys, monkeypatch):
    monkeypatch.setattr(
        "millennium_runtime.testing.conformance.__main__.all_checks", lambda: (EASY,)
    )
    assert main([target_of(FallingProbe)]) == verdict.FAILED
    assert capsys.readouterr().out.splitlines()[-1] == "1 checks, 1 failed"
