"""The pool is bounded and shares its work; the loop runs and cancels; both stop."""

from __future__ import annotations

import asyncio
import threading
import time
from asyncio import Task
from collections.abc import Callable, Iterator

import pytest

from millennium.ipc.pool import MAX_WORKERS
from millennium.ipc.workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(3)
    yield workers
    workers.stop()


class Job:
    """Awaits what it is given."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.task: Task[None] | None = None
        self.seconds = seconds
        self.begun = threading.Event()
        self.ended = threading.Event()
        self.was_cancelled = False

    async def run(self) -> None:
        self.begun.set()
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        finally:
            self.ended.set()


def test_all_jobs_run(workers: Workers) -> None:
    done: list[int] = []
    every = threading.Semaphore(0)

    def job(number: int) -> Callable[[], None]:
        def run() -> None:
            done.append(number)
            every.release()

        return run

    workers.submit([job(number) for number in range(50)])
    arrived = [every.acquire(timeout=5) for _ in range(50)]

    assert all(arrived)
    assert sorted(done) == [*range(50)]


def test_a_slow_job_holds_only_its_own_worker(workers: Workers) -> None:
    slow, fast = threading.Event(), threading.Semaphore(0)

    workers.submit([lambda: assert_set(slow), *([fast.release] * 20)])
    arrived = [fast.acquire(timeout=5) for _ in range(20)]
    slow.set()

    assert all(arrived)


def assert_set(event: threading.Event) -> None:
    assert event.wait(5)


def test_the_pool_is_bounded(workers: Workers) -> None:
    gate, running = threading.Event(), threading.Semaphore(0)

    def job() -> None:
        running.release()
        gate.wait(5)

    workers.submit([job] * 20)
    first = [running.acquire(timeout=5) for _ in range(3)]
    fourth = running.acquire(timeout=0.05)
    gate.set()

    assert all(first)
    assert not fourth


def test_idle_workers_are_used_again(workers: Workers) -> None:
    names: list[str] = []
    done = threading.Semaphore(0)

    def job() -> None:
        names.append(threading.current_thread().name)
        done.release()

    for _ in range(30):
        workers.submit([job])
        assert done.acquire(timeout=5)
        time.sleep(0.001)

    assert len({*names}) <= 3


def test_the_size_follows_the_machine_within_bounds() -> None:
    assert 1 <= Workers().pool.size <= MAX_WORKERS


def test_coroutines_run_on_one_loop(workers: Workers) -> None:
    jobs = [Job(), Job()]
    workers.start(jobs)

    assert [job.ended.wait(5) for job in jobs] == [True, True]
    assert workers.loop() is workers.loop()


def test_a_started_job_is_cancelled(workers: Workers) -> None:
    job = Job(30)
    workers.start([job])
    assert job.begun.wait(5)
    workers.cancel(job)

    assert job.ended.wait(5)
    assert job.was_cancelled


def test_cancelling_what_never_started_does_nothing(workers: Workers) -> None:
    job = Job()
    workers.cancel(job)
    workers.start([job])

    assert job.ended.wait(5)
    assert not job.was_cancelled


def test_stop_ends_all_threads_and_cancels_what_runs() -> None:
    workers, job = Workers(2), Job(30)
    workers.start([job])
    workers.submit([lambda: None])
    assert job.begun.wait(5)

    assert workers.stop()
    assert job.was_cancelled


def test_stop_says_when_a_function_does_not_end() -> None:
    workers, gate = Workers(1), threading.Event()
    workers.submit([lambda: assert_set(gate)])

    assert not workers.stop(timeout=0.05)
    gate.set()
    assert workers.stop()


def test_stop_before_anything_started_is_fine() -> None:
    assert Workers().stop()


def test_after_stop_nothing_runs() -> None:
    workers, job = Workers(1), Job()
    workers.stop()
    workers.submit([lambda: pytest.fail("ran")])
    workers.start([job])
    workers.cancel(job)

    assert not job.begun.wait(0.02)
    with pytest.raises(RuntimeError, match="stopped"):
        workers.loop()
