"""What a runtime need not write: the promise has it already."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from millennium_runtime.runtime import Runtime, RuntimeHandle


class Keeping:
    """A handle that keeps what it is given to post."""

    def __init__(self) -> None:
        self.posted: list[Callable[[], None]] = []

    def post(self, task: Callable[[], None]) -> None:
        self.posted.append(task)


def test_what_may_wait_is_posted_where_a_runtime_cannot_tell() -> None:
    keeping = Keeping()

    def task() -> None: ...

    RuntimeHandle.post_later(cast("RuntimeHandle", keeping), task, 1.0)

    assert keeping.posted == [task]


def test_a_runtime_without_anything_to_load_loads_nothing() -> None:
    Runtime.preload()

    assert "preload" not in vars(type("Plain", (Runtime,), {}))
