"""How a loop comes to its end."""

from __future__ import annotations

import pytest

from millennium_runtime.exit_decision import ExitDecision
from millennium_runtime.run_event import ExitRequested


class Watched:
    """An app that may refuse, and a loop that counts how often it was stopped."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.asked: list[int | None] = []
        self.stops: list[int | None] = []
        self.decision = ExitDecision(self.answer, lambda: self.stops.append(self.decision.code))

    def answer(self, request: ExitRequested) -> None:
        self.asked.append(request.code)
        (request.veto.prevent if self.refuses else bool)()


@pytest.mark.parametrize(("code", "ends_with"), [(4, 4), (None, 0)], ids=["asked", "last-window"])
def test_what_nobody_prevents_is_decided(code: int | None, ends_with: int) -> None:
    watched = Watched()
    watched.decision.ask(code)
    assert (watched.asked, watched.stops) == ([code], [ends_with])


def test_what_is_prevented_is_not() -> None:
    watched = Watched(refuses=True)
    watched.decision.ask(4)
    assert (watched.asked, watched.stops, watched.decision.code) == ([4], [], None)


def test_after_the_decision_nobody_is_asked_again() -> None:
    watched = Watched()
    watched.decision.ask(4)
    watched.decision.ask(5)
    watched.decision.decide(6)
    assert (watched.asked, watched.stops) == ([4], [4])


def test_the_second_signal_cannot_be_prevented() -> None:
    watched = Watched(refuses=True)
    watched.decision.signal(130)
    assert watched.stops == []
    watched.decision.signal(143)
    assert (watched.asked, watched.stops) == ([130], [143])


def test_a_loop_that_looks_for_itself_needs_no_stop() -> None:
    decision = ExitDecision(lambda _request: None)
    decision.ask(3)
    assert decision.code == 3
