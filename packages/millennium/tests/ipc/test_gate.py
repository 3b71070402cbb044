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
from millennium_runtime.request import Request, Response
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


class Frame:
    """An isolation frame that lets one call through."""

    url = "millennium://i0.localhost/x"

    def serve(self, request: Request) -> Response:
        return Response(status=404)

    def open(self, call: int, envelope: Raw) -> tuple[str, Raw]:
        if bytes(envelope) != b'"sealed"':
            raise NotAllowedError("it skipped the frame")
        return "greet", Raw(b'{"name":"Ada"}')


def test_4_what_the_envelope_holds_takes_its_place(standing: Standing) -> None:
    message = batch(standing, handle_of(standing))
    message.items[0] = (1, message.items[0][1], Raw(b'"sealed"'))

    assert admit(message, SOURCE, replace(standing, frame=Frame())) == [GREET]
    assert bytes(message.items[0][2]) == b'{"name":"Ada"}'


def test_4_a_call_that_skipped_the_frame_is_refused_and_uses_no_handle(
    standing: Standing,
) -> None:
    once = replace(standing, handles=HandleTable("call"), frame=Frame())
    handle = handle_of(once)

    (verdict,) = admit(batch(once, handle), SOURCE, once)

    assert isinstance(verdict, NotAllowedError)
    assert "gate 4" in verdict.message
    assert once.handles.find(handle) is GREET


def test_5_an_envelope_that_names_another_command_is_refused(standing: Standing) -> None:
    other = REGISTRY.get("part") or REGISTRY.add(greet, name="part")
    handle = standing.handles.issue([("part", other)])["part"][0]
    message = batch(standing, handle)
    message.items[0] = (1, handle, Raw(b'"sealed"'))

    (verdict,) = admit(message, SOURCE, replace(standing, frame=Frame()))

    assert isinstance(verdict, NotAllowedError)
    assert "names another command" in verdict.message


def test_4_a_control_verb_needs_no_envelope(standing: Standing) -> None:
    assert admit(batch(standing, ""), SOURCE, replace(standing, frame=Frame())) == [None]


def sealed_call(standing: Standing) -> tuple[Command, Batch]:
    secret = CommandRegistry().add(greet, sealed=True)
    handle = standing.handles.issue([("greet", secret)])["greet"][0]
    message = batch(standing, handle)
    message.items[0] = (1, handle, Raw(b'"sealed"'))
    return secret, message


def test_7_behind_the_isolation_frame_a_sealed_command_needs_no_second_envelope(
    standing: Standing,
) -> None:
    secret, message = sealed_call(standing)

    assert admit(message, SOURCE, replace(standing, frame=Frame())) == [secret]


def test_7_without_anything_that_opens_it_a_sealed_command_is_refused(standing: Standing) -> None:
    _, message = sealed_call(standing)

    (verdict,) = admit(message, SOURCE, standing)

    assert isinstance(verdict, NotAllowedError)
    assert "gate 7" in verdict.message
