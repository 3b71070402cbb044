"""Waiting for what was observed."""

from __future__ import annotations

import threading

import pytest

from millennium_runtime.testing.conformance.log import (
    CheckFailedError,
    Log,
    eventually,
    expect,
    refuses,
)


def test_what_is_there_is_returned():
    log: Log[object] = Log("things", 1)
    log.append(1)
    log.append(2)
    assert log.wait(lambda item: item == 2, "two") == 2


def test_what_comes_later_is_waited_for():
    log: Log[object] = Log("things", 5)
    threading.Timer(0.02, log.append, (1,)).start()
    assert log.wait(lambda item: True, "anything") == 1


def test_what_never_comes_fails_and_shows_what_did():
    log: Log[object] = Log("things", 0.01)
    log.append("apple")
    with pytest.raises(CheckFailedError, match=r"no pear among the things .* only: apple"):
        log.wait(lambda item: item == "pear", "pear")


def test_an_empty_log_says_nothing_came():
    with pytest.raises(CheckFailedError, match="only: nothing"):
        Log[object]("things", 0.01).wait(lambda item: True, "anything")


def test_expect_passes_what_holds():
    expect(True, "never said")


def test_expect_fails_what_does_not():
    with pytest.raises(CheckFailedError, match="said"):
        expect(False, "said")


def test_a_refusal_is_the_error_that_was_named():
    assert refuses(ValueError, lambda: int("no number"))


def test_no_refusal_is_noticed():
    assert not refuses(ValueError, lambda: 1)


def test_eventually_returns_the_last_answer():
    answers = iter([1, 2, 3])
    assert eventually(lambda: next(answers), lambda answer: answer == 3, 5) == 3
    assert eventually(lambda: 1, lambda answer: answer == 2, 0.02) == 1
