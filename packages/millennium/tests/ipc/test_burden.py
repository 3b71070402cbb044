"""Arguments of unanswered calls may weigh so much and no more; those of answered ones weigh nothing."""

from __future__ import annotations

import threading

import pytest

from millennium.ipc import document
from millennium.ipc.burden import LIGHT_BYTES, Burden

HEAVY = "x" * 10_000


def test_light_arguments_are_not_weighed() -> None:
    burden = Burden({1}, LIGHT_BYTES)
    assert burden.can_bear(1, LIGHT_BYTES + 1) is False
    assert [burden.can_bear(1, LIGHT_BYTES) for _ in range(100)] == [True] * 100


def test_what_was_answered_weighs_nothing() -> None:
    running = {1, 2}
    burden = Burden(running, 5000)
    assert burden.can_bear(1, 3000)
    assert not burden.can_bear(2, 3000)
    running.remove(1)
    assert burden.can_bear(2, 3000)


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


def test_json_of_unanswered_calls_has_a_limit(
    make_room, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    monkeypatch.setattr(document, "MAX_RUNNING_JSON_BYTES", 25_000)

    def keep(text: str) -> int:
        gate.wait(5)
        return len(text)

    page = make_room(keep, inline=False).open()
    for number in range(1, 4):
        page.call(number, "keep", {"text": HEAVY})
    assert page.error(3)["code"] == "ipc.too_large"
    gate.set()
    assert [page.result(1), page.result(2)] == [len(HEAVY)] * 2
    page.call(4, "keep", {"text": HEAVY})
    assert page.result(4) == len(HEAVY)


def test_bytes_of_unanswered_calls_have_a_limit(
    make_room, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    monkeypatch.setattr(document, "MAX_RUNNING_BODY_BYTES", 25_000)

    def keep(data: bytes) -> int:
        gate.wait(5)
        return len(data)

    page = make_room(keep, inline=False).open()
    for number in range(1, 4):
        page.call(number, "keep", [{}, {}, len(HEAVY)])
        page.fetch("POST", page.ticket(number), HEAVY.encode())
    assert page.error(3)["code"] == "ipc.too_large"
    gate.set()
    assert [page.result(1), page.result(2)] == [len(HEAVY)] * 2


def test_arguments_of_inline_commands_are_gone_at_once(
    make_room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "MAX_RUNNING_JSON_BYTES", 2000)

    def measure(text: str) -> int:
        return len(text)

    page = make_room(measure).open()
    page.call(1, "measure", {"text": HEAVY})
    assert page.result(1) == len(HEAVY)
