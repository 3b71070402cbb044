"""A bell wakes as many as it was rung for, and nobody once it is down."""

from __future__ import annotations

import os
import threading

import pytest

from millennium.ipc.bell import Bell

SECONDS = 5


@pytest.fixture
def bell() -> Bell:
    bell = Bell()
    bell.open()
    return bell


class Waiter:
    """Waits for one ring on a thread of its own."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self.heard = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        self._bell.wait()
        self.heard.set()


def test_a_ring_wakes_who_waits(bell: Bell) -> None:
    waiter = Waiter(bell)
    is_early = waiter.heard.wait(0.02)
    bell.ring()

    assert not is_early
    assert waiter.heard.wait(SECONDS)


def test_a_ring_is_kept_for_who_comes_later(bell: Bell) -> None:
    bell.ring()

    assert Waiter(bell).heard.wait(SECONDS)


def test_each_ring_wakes_one(bell: Bell) -> None:
    waiters = [Waiter(bell) for _ in range(3)]
    bell.ring(3)

    assert all(waiter.heard.wait(SECONDS) for waiter in waiters)


def test_opening_twice_hangs_up_one_bell(bell: Bell) -> None:
    before = bell.descriptor
    bell.open()

    assert bell.descriptor == before


def test_the_descriptors_go_with_who_has_the_bell() -> None:
    bell = Bell()
    bell.open()
    descriptor = bell.descriptor
    del bell

    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)


def test_a_bell_that_does_not_hang_rings_for_nobody() -> None:
    bell = Bell()
    bell.ring()

    assert bell.descriptor == -1


def test_no_ring_wakes_nobody(bell: Bell) -> None:
    waiter = Waiter(bell)
    bell.ring(0)
    is_heard = waiter.heard.wait(0.02)
    bell.ring()

    assert not is_heard
