"""Where commands run off the UI thread: a bounded pool, and one asyncio loop on its own thread.

Both start at first use. Calls that arrive together go to the pool together and wake one free
worker each; a slow call holds only its own worker, the others take what is left.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task

_log = logging.getLogger("millennium.ipc")

MAX_WORKERS = 8
EXTRA_WORKERS = 4  # beyond one per processor: commands mostly wait for files and networks


class AsyncJob(Protocol):
    """Something to await on the loop's thread."""

    task: Task[None] | None

    async def run(self) -> None:
        """Do it; must not raise."""


class Workers:
    """Runs jobs off the UI thread. Thread: any."""

    def __init__(self, size: int = 0) -> None:
        self._size = size or min(MAX_WORKERS, (os.cpu_count() or 1) + EXTRA_WORKERS)
        self._jobs: deque[Callable[[], None]] = deque()
        self._more = threading.Condition()
        self._idle = 0
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._loop_lock = threading.Lock()
        self._loop: AbstractEventLoop | None = None
        self._loop_thread: threading.Thread | None = None
        self._inbox: deque[AsyncJob] = deque()
        self._inbox_armed = False

    def submit(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Run each on the pool, in any order. A job must not raise; after `stop` it is dropped."""
        with self._more:
            if self._stopping:
                return
            self._jobs.extend(jobs)
            self._start_threads(len(self._jobs) - self._idle)
            self._more.notify(len(jobs))

    def start(self, jobs: Sequence[AsyncJob]) -> None:
        """Start each on the loop, in this order. After `stop` they are dropped."""
        self._inbox.extend(jobs)
        if not self._inbox_armed:
            self._inbox_armed = True
            self._in_loop(self._empty_inbox)

    def cancel(self, job: AsyncJob) -> None:
        """Cancel a started job; does nothing to one that ended."""
        self._in_loop(lambda: job.task.cancel() if job.task is not None else None)

    def loop(self) -> AbstractEventLoop:
        """Return the loop, started if need be.

        Raises:
            RuntimeError: `stop` was called.
        """
        with self._loop_lock:
            if self._loop is None:
                if self._stopping:
                    raise RuntimeError("the workers have been stopped")
                self._loop = self._start_loop()
            return self._loop

    def stop(self, timeout: float = 2.0) -> bool:
        """Cancel what runs on the loop, drop what waits, wait at most `timeout` seconds.

        Returns:
            Whether all threads ended; a plain ``def`` that never returns cannot be stopped.
        """
        deadline = time.monotonic() + timeout
        with self._more:
            self._stopping = True
            self._jobs.clear()
            self._more.notify_all()
        with self._loop_lock:
            loop, thread = self._loop, self._loop_thread
        threads = [*self._threads]
        if loop is not None and thread is not None:
            self._in_loop(loop.stop)
            threads.append(thread)
        for each in threads:
            each.join(max(0.0, deadline - time.monotonic()))
        return not any(each.is_alive() for each in threads)

    def _start_threads(self, wanted: int) -> None:
        for number in range(len(self._threads), min(self._size, len(self._threads) + wanted)):
            name = f"millennium-worker-{number}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.popleft()
            except IndexError:
                if not self._wait():
                    return
                continue
            job()

    def _wait(self) -> bool:
        """Wait for a job; return False when there will be none."""
        with self._more:
            self._idle += 1
            self._more.wait_for(lambda: self._jobs or self._stopping)
            self._idle -= 1
            return not self._stopping

    def _start_loop(self) -> AbstractEventLoop:
        import asyncio  # noqa: PLC0415 - 37 ms that an app without async commands does not pay

        loop = asyncio.new_event_loop()

        def run() -> None:
            asyncio.set_event_loop(loop)
            loop.run_forever()
            _finish(loop)

        self._loop_thread = threading.Thread(target=run, name="millennium-asyncio", daemon=True)
        self._loop_thread.start()
        return loop

    def _in_loop(self, task: Callable[[], object]) -> None:
        try:
            self.loop().call_soon_threadsafe(task)
        except RuntimeError:  # stopped in the meantime: nobody waits for an answer any more
            _log.debug("dropped a task: the workers have been stopped")

    def _empty_inbox(self) -> None:
        self._inbox_armed = False
        create_task = self.loop().create_task
        while self._inbox:
            job = self._inbox.popleft()
            job.task = create_task(job.run())


def _finish(loop: AbstractEventLoop) -> None:
    """Cancel what is left and let it clean up, then close. Thread: the loop's."""
    import asyncio  # noqa: PLC0415 - loaded already

    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=1.0))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
