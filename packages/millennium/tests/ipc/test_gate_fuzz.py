"""Whatever a message holds, the gate admits what was granted by handle and token, and no more."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from millennium.errors import IpcError, NotAllowedError
from millennium.ipc.command import Command, CommandRegistry
from millennium.ipc.gate import Standing, admit
from millennium.ipc.wire import Batch, decode_batch
from millennium.security.handles import HandleTable
from millennium.security.tokens import TokenPad
from millennium_runtime.webview import MessageSource

SOURCE = MessageSource(label="main", url="millennium://localhost/", document=3)
REGISTRY = CommandRegistry()


def greet() -> int:
    return 1


def leave() -> int:
    return 2


GREET = REGISTRY.add(greet)
LEAVE = REGISTRY.add(leave)
ANY_TEXT = st.text(st.characters(codec=None), max_size=40)


def make_standing() -> tuple[Standing, dict[str, str]]:
    """Return a greeted document and its handles: one command is granted, one is not."""
    handles: HandleTable[Command] = HandleTable()
    issued = handles.issue([("greet", GREET), ("leave", LEAVE)])
    standing = Standing(
        label="main",
        document=3,
        is_trusted=True,
        pad=TokenPad(),
        handles=handles,
        granted=frozenset({"greet"}),
    )
    return standing, {name: values[0] for name, values in issued.items()}


@settings(deadline=None)
@given(
    names=st.lists(st.one_of(st.sampled_from(["greet", "leave", ""]), ANY_TEXT), max_size=8),
    is_token_right=st.booleans(),
    label=st.sampled_from(["main", "other", ""]),
    document=st.sampled_from([3, 2, 0]),
    is_trusted=st.booleans(),
)
@example(
    names=["greet", "leave", "", "x"],
    is_token_right=True,
    label="main",
    document=3,
    is_trusted=True,
)
def test_only_a_right_message_of_the_right_document_is_admitted(
    *, names: list[str], is_token_right: bool, label: str, document: int, is_trusted: bool
) -> None:
    standing, handles = make_standing()
    number, token = standing.pad.issue(1)[0].split(" ")
    shown = token if is_token_right else token[::-1] + "A"
    items = [(at, handles.get(name, name), Raw(b"{}")) for at, name in enumerate(names)]
    source = replace(SOURCE, label=label, document=document)
    is_right = (is_token_right, label, document, is_trusted) == (True, "main", 3, True)
    try:
        verdicts = admit(
            Batch(int(number), shown, items), source, replace(standing, is_trusted=is_trusted)
        )
    except NotAllowedError:
        assert not is_right
        return
    assert is_right
    admitted = [verdict for verdict in verdicts if isinstance(verdict, Command)]
    assert admitted == [GREET] * names.count("greet")
    assert [verdict is None for verdict in verdicts] == [name == "" for name in names]


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=200))
def test_no_text_without_a_token_is_admitted(text: str) -> None:
    standing, _ = make_standing()
    standing.pad.issue(4)
    is_admitted = False
    with suppress(IpcError):
        admit(decode_batch(text), SOURCE, standing)
        is_admitted = True
    assert not is_admitted


@settings(deadline=None)
@given(st.integers(), ANY_TEXT)
def test_no_guessed_token_is_taken(number: int, token: str) -> None:
    standing, _ = make_standing()
    standing.pad.issue(4)

    assert not standing.pad.burn(number, token)


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_guessed_handle_finds_a_command(handle: str) -> None:
    standing, handles = make_standing()

    assert handle in handles.values() or standing.handles.find(handle) is None
