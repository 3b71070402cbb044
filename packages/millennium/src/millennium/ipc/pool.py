"""The bounded pool of threads where plain commands run, shared fairly between windows.

1. Each window has a queue of its own. Free workers take from the queues in turn, a job each: what
   one window piles up does not wait in front of another's.
2. The last free worker goes only to a window that has none: while one holds the others with slow
   calls, the next one's call begins at once.
3. One queue alone is a plain queue: an app with one window has all workers and pays for no turns.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import TypeAlias

from millennium.ipc.bell import Bell

MAX_WORKERS = 8
EXTRA_WORKERS = 4  # beyond one per processor: commands mostly wait for files and networks

Job: TypeAlias = Callable[[], None]
"""Must not raise."""


class Queue:
    """The jobs of one window that no worker has taken yet; compared by identity."""

    __slots__ = ("jobs",)

    def __init__(self) -> None:
        self.jobs: deque[Job] = deque()


class Pool:
    """Runs jobs on threads that start when they are needed. Thread: any."""

    def __init__(self, size: int = 0) -> None:
        self.size: int = size or min(MAX_WORKERS, (os.cpu_count() or 1) + EXTRA_WORKERS)
        self._queues: tuple[Queue, ...] = ()
        self._turns: Iterator[Queue] = cycle(())
        self._only: deque[Job] = deque()
        self._serving: list[Queue | None] = [None] * self.size
        self._lock = threading.Lock()
        self._bell = Bell()
        self._idle = 0
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def submit(self, queue: Queue, jobs: Sequence[Job]) -> None:
        """Run each, in any order; after `stop` they are dropped."""
        with self._lock:
            if self._stopping:
                return
            if queue not in self._queues:
                self._share_between((*self._queues, queue))
            queue.jobs.extend(jobs)
            self._start_threads(len(queue.jobs) - self._idle)
            woken, bell = self._claim(len(jobs)), self._bell
        bell.ring(woken)

    def close(self, queue: Queue) -> None:
        """Drop what waits in a queue, and forget it."""
        with self._lock:
            queue.jobs.clear()
            self._share_between(tuple(each for each in self._queues if each is not queue))

    def stop(self, deadline: float) -> bool:
        """Drop what waits, wait for what runs until `deadline` of the monotonic clock.

        Returns:
            Whether all threads ended; a function that never returns cannot be stopped.
        """
        with self._lock:
            self._stopping = True
            for queue in self._queues:
                queue.jobs.clear()
            woken = self._claim(self._idle)
        self._bell.ring(woken)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            return False
        self._bell = Bell()
        return True

    def _share_between(self, queues: tuple[Queue, ...]) -> None:
        self._turns = cycle(queues)
        self._queues = queues
        self._only = queues[0].jobs if len(queues) == 1 else deque()

    def _claim(self, most: int) -> int:
        """Return for how many idle workers to ring; from now on they count as busy."""
        woken = min(most, self._idle)
        self._idle -= woken
        return woken

    def _start_threads(self, wanted: int) -> None:
        self._bell.open()
        for number in range(len(self._threads), min(self.size, len(self._threads) + wanted)):
            thread = threading.Thread(
                target=self._work, args=(number,), name=f"millennium-worker-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _work(self, worker: int) -> None:
        while True:
            try:
                job = self._only.popleft()  # (3)
            except IndexError:
                shared = self._next(worker)
                if shared is not None:
                    shared()
                elif not self._wait():
                    return
            else:
                job()

    def _next(self, worker: int) -> Job | None:
        """Return the job whose turn it is; without a lock, so another worker may be first."""
        self._serving[worker] = None
        try:
            for _ in self._queues:
                queue = next(self._turns, None)  # (1)
                if queue is not None and queue.jobs and self._may_serve(queue):
                    self._serving[worker] = queue
                    return queue.jobs.popleft()
        except IndexError:
            self._serving[worker] = None
        return None

    def _may_serve(self, queue: Queue) -> bool:
        return self._serving.count(None) > 1 or queue not in self._serving  # (2)

    def _wait(self) -> bool:
        """Wait until there may be a job; return False when there will be none."""
        with self._lock:
            if self._stopping or self._has_work():
                return not self._stopping
            self._idle += 1
        self._bell.wait()
        return True

    def _has_work(self) -> bool:
        queues = self._queues
        if len(queues) == 1:
            return bool(queues[0].jobs)
        return any(queue.jobs and self._may_serve(queue) for queue in queues)
