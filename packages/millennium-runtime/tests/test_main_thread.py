"""The thread policy, without any runtime."""

from __future__ import annotations

import threading

import pytest

from millennium_runtime.errors import (
    EventLoopClosedError,
    RuntimeTimeoutError,
    WouldDeadlockError,
)
from millennium_runtime.main_thread import MainThread


class Beside:
    """A call made on another thread, and what came of it."""

    def __init__(self, call):
        self.value = self.error = None
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()

    def _run(self, call):
        try:
            self.value = call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error

    def end(self):
        self._thread.join(5)
        return self


@pytest.fixture
def woken():
    return threading.Semaphore(0)


@pytest.fixture
def main(woken):
    return MainThread(woken.release, timeout_seconds=0.05)


def test_the_thread_that_made_it_is_the_main_one(main):
    assert main.is_current()
    assert Beside(main.is_current).end().value is False


def test_a_call_on_the_main_thread_acts_at_once(main):
    assert main.call(lambda: 7) == 7


def test_a_call_from_beside_acts_when_the_loop_gets_to_it(main, woken):
    beside = Beside(lambda: main.call(threading.get_ident))
    woken.acquire(timeout=5)
    main.run_pending()
    assert beside.end().value == threading.get_ident()


def test_what_a_call_raises_is_raised_where_it_is_waited_for(main, woken):
    beside = Beside(lambda: main.call(lambda: int("no number")))
    woken.acquire(timeout=5)
    main.run_pending()
    assert isinstance(beside.end().error, ValueError)


def test_a_call_nobody_gets_to_times_out_and_is_not_made_later(main):
    done = []
    beside = Beside(lambda: main.call(lambda: done.append("late"))).end()
    main.run_pending()
    assert isinstance(beside.error, RuntimeTimeoutError)
    assert "did not get to the call" in beside.error.message
    assert done == []


def test_a_call_that_takes_too_long_times_out_though_it_goes_on(main, woken):
    release, done = threading.Event(), []

    def slow():
        release.wait(5)
        done.append("finished")

    beside = Beside(lambda: main.call(slow))
    woken.acquire(timeout=5)
    threading.Timer(0.1, release.set).start()
    main.run_pending()
    assert "did not finish the call" in beside.end().error.message
    assert done == ["finished"]


def test_posted_tasks_keep_their_order_and_survive_a_failing_one(main):
    done = []
    main.post(lambda: done.append(1))
    main.post(lambda: done.append(int("no number")))
    main.post(lambda: done.append(3))
    main.run_pending()
    assert done == [1, 3]


def test_a_task_posted_by_a_task_waits_for_the_next_time(main):
    done = []
    main.post(lambda: main.post(lambda: done.append("second")))
    main.run_pending()
    assert done == []
    main.run_pending()
    assert done == ["second"]


def test_a_task_that_closes_drops_those_behind_it(main):
    done = []
    main.post(main.close)
    main.post(lambda: done.append("dropped"))
    main.run_pending()
    assert done == []


def test_nothing_is_accepted_after_close(main):
    main.close()
    with pytest.raises(EventLoopClosedError):
        main.post(lambda: None)
    assert isinstance(Beside(lambda: main.call(lambda: 1)).end().error, EventLoopClosedError)


def test_close_releases_who_waits(woken):
    main = MainThread(woken.release, timeout_seconds=5)
    beside = Beside(lambda: main.call(lambda: 1))
    woken.acquire(timeout=5)
    main.close()
    assert isinstance(beside.end().error, EventLoopClosedError)


def test_close_inside_a_call_lets_that_call_finish(woken):
    main = MainThread(woken.release, timeout_seconds=5)

    def close():
        main.close()
        return "done"

    beside = Beside(lambda: main.call(close))
    woken.acquire(timeout=5)
    main.run_pending()
    assert beside.end().value == "done"


def test_waiting_on_the_main_thread_is_forbidden(main):
    with pytest.raises(WouldDeadlockError, match="an answer would make the main thread wait"):
        main.forbid_wait("an answer")


def test_waiting_beside_is_allowed(main):
    assert Beside(lambda: main.forbid_wait("an answer")).end().error is None
