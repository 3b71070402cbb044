"""Where commands run off the UI thread: a bounded pool, and one asyncio loop on its own thread.

Both start at first use. Each window has a `Share` of them, and the shares take turns.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from millennium.ipc.bell import Bell
from millennium.ipc.limits import PIECE_CALLS
from millennium.ipc.pool import Job, Pool, Queue

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task

_log = logging.getLogger("millennium.ipc")

_ALONE = 2  # shares, if there is one window: the app's own and its


class AsyncJob(Protocol):
    """Something to await on the loop's thread."""

    task: Task[None] | None

    async def run(self) -> None:
        """Do it; must not raise."""


class Share:
    """What one window wants of pool and loop. Thread: any."""

    __slots__ = ("_workers", "inbox", "queue")

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.queue: Queue = Queue()
        self.inbox: deque[AsyncJob] = deque()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Run each on the pool, in any order. After `Workers.stop` they are dropped."""
        self._workers.pool.submit(self.queue, jobs)

    def start(self, jobs: Sequence[AsyncJob]) -> None:
        """Start each on the loop, in this order. After `Workers.stop` they are dropped."""
        self.inbox.extend(jobs)
        self._workers.empty_inboxes()

    def cancel(self, job: AsyncJob) -> None:
        """Cancel a started job; does nothing to one that ended."""
        self._workers.cancel(job)

    def close(self) -> None:
        """Drop what waits: the window has closed, nobody wants it."""
        self._workers.leave(self)


class Workers:
    """Runs jobs off the UI thread. Thread: any.

    Attributes:
        app: The share of what no window asked for.
        pool: The threads.
    """

    def __init__(self, size: int = 0) -> None:
        self.pool: Pool = Pool(size)
        self._stopping = False
        self._loop_lock = threading.Lock()
        self._loop: AbstractEventLoop | None = None
        self._loop_thread: threading.Thread | None = None
        self._bell = Bell()
        self._shares: tuple[Share, ...] = ()
        self._is_armed = False
        self.app: Share = self.share()

    def share(self) -> Share:
        """Return a share for one more window."""
        share = Share(self)
        self._shares = (*self._shares, share)
        return share

    def leave(self, share: Share) -> None:
        """Drop what waits in a share, and forget it."""
        self.pool.close(share.queue)
        self._shares = tuple(each for each in self._shares if each is not share)

    def submit(self, jobs: Sequence[Job]) -> None:
        """Run each on the pool: no window asked for it."""
        self.app.submit(jobs)

    def start(self, jobs: Sequence[AsyncJob]) -> None:
        """Start each on the loop: no window asked for it."""
        self.app.start(jobs)

    def empty_inboxes(self) -> None:
        """Have the loop start what waits."""
        if not self._is_armed:
            self._is_armed = True
            if sys.platform != "win32":
                self._ring()
            else:  # pragma: no cover on linux - its loop watches no pipes
                self._in_loop(self._start_some)

    def cancel(self, job: AsyncJob) -> None:
        """Cancel what a job awaits; one that has not begun, or has ended, is left alone."""
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
        with self._loop_lock:
            self._stopping = True
            loop, thread = self._loop, self._loop_thread
        if loop is not None and thread is not None:
            self._in_loop(loop.stop)
        is_stopped = self.pool.stop(deadline)
        if thread is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
        return is_stopped and not (thread is not None and thread.is_alive())

    def _start_loop(self) -> AbstractEventLoop:
        import asyncio  # noqa: PLC0415 - 37 ms that an app without async commands does not pay

        loop = asyncio.new_event_loop()
        if sys.platform != "win32":  # pragma: no branch - a loop of Windows watches no pipes
            self._bell.open()
            loop.add_reader(self._bell.descriptor, self._answer_bell)

        def run() -> None:
            asyncio.set_event_loop(loop)
            loop.run_forever()
            _finish(loop)
            self._bell = Bell()

        self._loop_thread = threading.Thread(target=run, name="millennium-asyncio", daemon=True)
        self._loop_thread.start()
        return loop

    def _in_loop(self, task: Callable[[], object]) -> None:
        try:
            self.loop().call_soon_threadsafe(task)
        except RuntimeError:  # stopped in the meantime: nobody waits for an answer any more
            _log.debug("dropped a task: the workers have been stopped")

    def _ring(self) -> None:
        try:
            self.loop()
        except RuntimeError:  # see `_in_loop`
            _log.debug("dropped a task: the workers have been stopped")
        self._bell.ring()

    def _answer_bell(self) -> None:
        self._bell.wait()
        self._start_some()

    def _start_some(self) -> None:
        """Start a piece's worth of each share, all of them if there is one window."""
        self._is_armed = False
        loop, shares = self.loop(), self._shares
        busy = [share for share in shares if share.inbox]
        for share in busy:
            quota = max(1, PIECE_CALLS // len(busy)) if len(shares) > _ALONE else len(share.inbox)
            for _ in range(min(quota, len(share.inbox))):
                job = share.inbox.popleft()
                job.task = loop.create_task(job.run())
        if any(share.inbox for share in busy) and not self._is_armed:
            self._is_armed = True
            loop.call_soon(self._start_some)


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
