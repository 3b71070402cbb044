"""Each numbered check of the gate: one message that passes, one that is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import Raw

from millennium.errors import NotAllowedError
from millennium.ipc.command import Command, CommandRegistry
from millennium.ipc.gate import Standing, admit
from millennium.ipc.wire import Batch
from millennium.security.handles import HandleTable
from millennium.security.tokens import TokenPad
from millennium_runtime.webview import MessageSource

SOURCE = MessageSource(label="main", url="millennium://localhost/", document=3)
REGISTRY = CommandRegistry()


def greet() -> int:
    return 1


GREET = REGISTRY.add(greet)


@pytest.fixture
def standing() -> Standing:
    return Standing(
        label="main",
        document=3,
        is_trusted=True,
        pad=TokenPad(),
        handles=HandleTable(),
        granted=frozenset({"greet"}),
    )


def batch(standing: Standing, *handles: str) -> Batch:
    number, token = standing.pad.issue(1)[0].split(" ")
    return Batch(int(number), token, [(1, handle, Raw(b"{}")) for handle in handles])


def handle_of(standing: Standing) -> str:
    return standing.handles.issue([("greet", GREET)])["greet"][0]


def test_a_call_that_passes_every_check_gets_its_command(standing: Standing) -> None:
    assert admit(batch(standing, handle_of(standing)), SOURCE, standing) == [GREET]


def test_1_a_replayed_message_is_refused(standing: Standing) -> None:
    message = batch(standing, handle_of(standing))
    admit(message, SOURCE, standing)

    with pytest.raises(NotAllowedError, match="gate 1"):
        admit(message, SOURCE, standing)


def test_2_a_message_of_another_window_is_refused(standing: Standing) -> None:
    with pytest.raises(NotAllowedError, match="gate 2"):
        admit(batch(standing), replace(SOURCE, label="other"), standing)


def test_2_a_message_of_another_document_is_refused(standing: Standing) -> None:
    with pytest.raises(NotAllowedError, match="gate 2"):
        admit(batch(standing), replace(SOURCE, document=2), standing)


def test_3_a_document_of_a_foreign_origin_is_refused(standing: Standing) -> None:
    with pytest.raises(NotAllowedError, match="gate 3"):
        admit(batch(standing), SOURCE, replace(standing, is_trusted=False))


def test_5_a_name_on_the_wire_is_refused(standing: Standing) -> None:
    handle_of(standing)

    (verdict,) = admit(batch(standing, "greet"), SOURCE, standing)

    assert isinstance(verdict, NotAllowedError)
    assert "gate 5" in verdict.message


def test_5_a_handle_of_another_document_is_refused(standing: Standing) -> None:
    other: HandleTable[Command] = HandleTable()
    foreign = other.issue([("greet", GREET)])["greet"][0]

    (verdict,) = admit(batch(standing, foreign), SOURCE, standing)

    assert isinstance(verdict, NotAllowedError)


def test_6_a_handle_without_a_grant_is_refused(standing: Standing) -> None:
    message = batch(standing, handle_of(standing))

    (verdict,) = admit(message, SOURCE, replace(standing, granted=frozenset()))

    assert isinstance(verdict, NotAllowedError)
    assert "gate 6" in verdict.message


def test_one_refused_call_does_not_refuse_its_neighbours(standing: Standing) -> None:
    first, _, third = admit(batch(standing, handle_of(standing), "x", ""), SOURCE, standing)

    assert first is GREET
    assert third is None


def test_a_refused_message_has_spent_its_token(standing: Standing) -> None:
    message = batch(standing)
    with pytest.raises(NotAllowedError, match="gate 2"):
        admit(message, replace(SOURCE, label="other"), standing)

    with pytest.raises(NotAllowedError, match="gate 1"):
        admit(message, SOURCE, standing)


def test_every_denial_tells_the_page_the_same(standing: Standing) -> None:
    unknown, denied = admit(
        batch(standing, "x", handle_of(standing)), SOURCE, replace(standing, granted=frozenset())
    )

    assert isinstance(unknown, NotAllowedError)
    assert isinstance(denied, NotAllowedError)
    assert unknown.to_page() == denied.to_page()
