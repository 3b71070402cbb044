"""Fair turns on the main thread: no window's work keeps another's waiting for long.

Each window has a lane; what it asks for is cut into pieces that take well below a millisecond.

1. A lane that used little of the main thread lately runs its work at once: a quiet page never
   waits.
2. One that used more than `BURST_SECONDS` waits. Lanes that wait take turns, a piece each, when the
   main thread has nothing more urgent to do, for at most `SLICE_SECONDS` at a time.
3. While another lane is active, a lane gets at most `SHARE` of the time; alone it gets all.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator

from millennium.ipc.limits import (
    ACTIVE_SECONDS,
    BURST_SECONDS,
    CHAR_SECONDS,
    SHARE,
    SLICE_SECONDS,
)
from millennium_runtime.errors import EventLoopClosedError

_log = logging.getLogger("millennium.ipc")

Work = Iterator[None]
"""Pauses where another lane may go on. Must not raise."""

PostLater = Callable[[Callable[[], None], float], None]
"""Runs a task on the main thread when nothing else is to do there, after so many seconds."""

_MIN_WAIT_SECONDS = 0.001
_DONE = object()


class Turns:
    """The lanes of one app. Thread: main."""

    def __init__(self, post: PostLater, clock: Callable[[], float] = time.perf_counter) -> None:
        self._post = post
        self.clock = clock
        self._lanes: deque[Lane] = deque()
        self._is_armed = False

    def lane(self) -> Lane:
        """Return a new lane."""
        lane = Lane(self)
        self._lanes.append(lane)
        return lane

    def close(self, lane: Lane) -> None:
        """Finish what waits in a lane, and forget it."""
        if lane in self._lanes:
            self._lanes.remove(lane)
        lane.finish()

    def is_shared(self, lane: Lane, now: float) -> bool:
        """Whether another lane than this one is active."""
        return len(self._lanes) > 1 and any(
            other is not lane and now - other.active < ACTIVE_SECONDS for other in self._lanes
        )

    def arm(self, seconds: float = 0.0) -> None:
        """Have the lanes that wait go on."""
        if self._is_armed:
            return
        self._is_armed = True
        try:
            self._post(self._turn, seconds)
        except EventLoopClosedError:
            _log.debug("work of windows dropped, the loop has ended")

    def _turn(self) -> None:
        self._is_armed = False
        now = self.clock()
        end = now + SLICE_SECONDS
        while now < end:
            waiting = [lane for lane in self._lanes if lane.waiting]
            if not waiting:
                return
            lane = min(waiting, key=lambda each: each.wait(now))
            wait = lane.wait(now)
            if wait > 0:
                self.arm(max(wait, _MIN_WAIT_SECONDS))
                return
            self._lanes.remove(lane)
            self._lanes.append(lane)  # round robin: `min` takes the first of equals
            lane.step()
            now = self.clock()
        self.arm()


class Lane:
    """What one window wants of the main thread.

    Attributes:
        waiting: Begun or not begun, in order.
        active: When something was last asked for.
    """

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.waiting: deque[Work] = deque()
        self.active: float = -ACTIVE_SECONDS
        self._credit = BURST_SECONDS
        self._seen = turns.clock()
        self._is_closed = False

    def take(self, work: Work, *, chars: int = 0) -> None:
        """Do this now, or as much as is fair and the rest in turns; the order is kept.

        Args:
            work: What to do.
            chars: Length of the message that asked for it: reading it took time already.
        """
        now = self._turns.clock()
        self.active = now
        self._refill(now)
        self._credit -= chars * CHAR_SECONDS
        self.waiting.append(work)
        while len(self.waiting) == 1 and self._credit > 0:
            if self.step():
                return
        self._turns.arm()

    def finish(self) -> None:
        """Do all that waits, and from now on everything at once: the window has closed."""
        self._is_closed = True
        while self.waiting:
            deque(self.waiting.popleft(), maxlen=0)

    def wait(self, now: float) -> float:
        """Return the seconds until the next piece may run."""
        self._refill(now)
        return -self._credit / SHARE if self._turns.is_shared(self, now) else 0.0

    def step(self) -> bool:
        """Run one piece; return whether that was the last of its work."""
        begin = self._turns.clock()
        work = self.waiting.popleft()  # not there while it runs: it may close its own window
        is_done = next(work, _DONE) is _DONE
        if self._is_closed:
            deque(work, maxlen=0)
            is_done = True
        if not is_done:
            self.waiting.appendleft(work)
        self._credit -= self._turns.clock() - begin
        return is_done

    def _refill(self, now: float) -> None:
        rate = SHARE if self._turns.is_shared(self, now) else 1.0
        self._credit = min(BURST_SECONDS, self._credit + (now - self._seen) * rate)
        self._seen = now
