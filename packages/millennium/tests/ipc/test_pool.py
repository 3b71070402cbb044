"""Windows share the workers: what one piles up does not wait in front of another's."""

from __future__ import annotations

import threading
from asyncio import Task
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from millennium.ipc.limits import PIECE_CALLS
from millennium.ipc.pool import Job, Pool, Queue
from millennium.ipc.workers import Share, Workers

MANY = 200
SECONDS = 5


class Stage:
    """Jobs that note their name, and jobs that wait for the gate."""

    def __init__(self, size: int) -> None:
        self.workers = Workers(size)
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)
        self.names: list[str] = []
        self.done = threading.Semaphore(0)

    def note(self, name: str) -> Callable[[], None]:
        def job() -> None:
            self.names.append(name)
            self.done.release()

        return job

    def slow(self) -> None:
        self.begun.release()
        self.gate.wait(SECONDS)

    def begin(self, share: Share, count: int, *, wanted: int) -> bool:
        """Submit slow jobs; return whether as many began as are wanted, and no more."""
        share.submit([self.slow] * count)
        began = all(self.begun.acquire(timeout=SECONDS) for _ in range(wanted))
        return began and not (wanted < count and self.begun.acquire(timeout=0.2))

    def wait(self, count: int) -> bool:
        return all(self.done.acquire(timeout=SECONDS) for _ in range(count))


class Note:
    """A coroutine that notes its name."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.task: Task[None] | None = None
        self._stage = stage
        self._name = name

    async def run(self) -> None:
        self._stage.note(self._name)()


class Hold:
    """Keeps the loop busy until the gate opens."""

    def __init__(self, stage: Stage) -> None:
        self.task: Task[None] | None = None
        self._stage = stage

    async def run(self) -> None:
        self._stage.slow()


@pytest.fixture
def make_stage() -> Iterator[Callable[[int], Stage]]:
    stages: list[Stage] = []

    def make(size: int) -> Stage:
        stages.append(Stage(size))
        return stages[-1]

    yield make
    for stage in stages:
        stage.gate.set()
        stage.workers.stop()


def test_windows_take_turns_at_the_workers(make_stage) -> None:
    stage = make_stage(1)
    flood, calm = stage.workers.share(), stage.workers.share()
    assert stage.begin(flood, 1, wanted=1)
    flood.submit([stage.note("flood")] * MANY)
    calm.submit([stage.note("calm")])
    stage.gate.set()

    assert stage.wait(MANY + 1)
    assert "calm" in stage.names[:2]


def test_control_jobs_of_one_window_run_in_line(make_stage) -> None:
    stage = make_stage(1)
    one = stage.workers.share()
    assert stage.begin(one, 1, wanted=1)
    one.submit([stage.note("flood")] * MANY)
    one.submit([stage.note("calm")])
    stage.gate.set()

    assert stage.wait(MANY + 1)
    assert stage.names[-1] == "calm"


def test_slow_calls_of_one_window_leave_a_worker_to_the_next(make_stage) -> None:
    stage = make_stage(3)
    flood, calm = stage.workers.share(), stage.workers.share()
    calm.submit([stage.note("first")])
    assert stage.wait(1)

    assert stage.begin(flood, 5, wanted=2)
    calm.submit([stage.note("calm")])
    assert stage.wait(1)
    assert stage.names == ["first", "calm"]


def test_one_window_alone_has_all_workers(make_stage) -> None:
    stage = make_stage(3)

    assert stage.begin(stage.workers.share(), 5, wanted=3)


def test_the_share_of_a_closed_window_is_free_again(make_stage) -> None:
    stage = make_stage(3)
    closed, other = stage.workers.share(), stage.workers.share()
    closed.submit([stage.note("closed")])
    assert stage.wait(1)
    closed.close()

    assert stage.begin(other, 5, wanted=3)


def test_what_waits_for_a_closed_window_is_dropped(make_stage) -> None:
    stage = make_stage(1)
    closed, other = stage.workers.share(), stage.workers.share()
    assert stage.begin(other, 1, wanted=1)
    closed.submit([stage.note("closed")])
    closed.close()
    other.submit([stage.note("other")])
    stage.gate.set()

    assert stage.wait(1)
    assert stage.names == ["other"]


def test_all_jobs_of_many_windows_run(make_stage) -> None:
    stage = make_stage(4)
    shares = [stage.workers.share() for _ in range(8)]
    for _ in range(MANY):
        for number, share in enumerate(shares):
            share.submit([stage.note(str(number))])

    assert stage.wait(MANY * len(shares))
    assert {stage.names.count(str(number)) for number in range(8)} == {MANY}


def test_windows_take_turns_at_the_loop(make_stage) -> None:
    stage = make_stage(1)
    flood, calm = stage.workers.share(), stage.workers.share()
    flood.start([Hold(stage)])
    assert stage.begun.acquire(timeout=SECONDS)
    flood.start([Note(stage, "flood") for _ in range(MANY)])
    calm.start([Note(stage, "calm")])
    stage.gate.set()

    assert stage.wait(MANY + 1)
    assert "calm" in stage.names[: PIECE_CALLS + 1]
    assert stage.names.count("flood") == MANY


def test_after_stop_a_share_runs_nothing(make_stage) -> None:
    stage = make_stage(1)
    share = stage.workers.share()
    stage.workers.stop()
    share.submit([stage.note("late")])

    assert not stage.done.acquire(timeout=0.02)


class Taken(deque[Job]):
    """Jobs of which another worker takes the last between the look and the hand."""

    def __bool__(self) -> bool:
        return True


def test_a_job_that_another_worker_took_first_is_nobodys() -> None:
    pool, queue = Pool(2), Queue()
    queue.jobs = Taken()
    pool._share_between((queue, Queue()))

    assert pool._next(0) is None
    assert pool._serving == [None, None]
