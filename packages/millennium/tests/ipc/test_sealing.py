"""Sealed commands on the host's side: what is opened, what is refused, how answers leave."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Mapping

import pytest
from msgspec import Raw

from millennium.errors import NotAllowedError, SealedCommandError
from millennium.ipc.channel import Channel
from millennium.ipc.command import CommandRegistry
from millennium.ipc.invoke import Request
from millennium.ipc.limits import INLINE_JSON_CHARS
from millennium.ipc.sealing import Sealing
from millennium.security.envelope import Opener, Place, Sealer, derive_key
from millennium.security.secret import Secret

PLACE = Place(version=1, label="main", document=1)


class PrivateWorld:
    """The other end, in Python."""

    def __init__(self, secret: str, first: str, place: Place = PLACE) -> None:
        found = Secret(base64.b64decode(secret))
        self.up, self.down = derive_key(found, first, "up"), derive_key(found, first, "down")
        self.sealer = Sealer(place)
        self.opener = Opener(place)

    def seal(self, token: str, handle: str, args: object) -> str:
        return self.sealer.seal(self.up, f"{handle} {token}", json.dumps(args).encode())

    def open(self, call: int, envelope: str) -> str:
        return self.opener.open(self.down, str(call), envelope).decode()


@pytest.fixture
def sealing() -> Sealing:
    return Sealing("main", 1)


@pytest.fixture
def world(sealing: Sealing) -> PrivateWorld:
    return PrivateWorld(sealing.begin("first"), "first")


def test_what_the_private_world_sealed_is_opened(sealing: Sealing, world: PrivateWorld) -> None:
    envelope = world.seal("t", "h", {"n": 1})

    assert sealing.open("t", "h", Raw(json.dumps(envelope).encode())) == Raw(b'{"n": 1}')


@pytest.mark.parametrize(("token", "handle"), [("other", "h"), ("t", "other")])
def test_another_token_or_handle_does_not_open_it(
    sealing: Sealing, world: PrivateWorld, token: str, handle: str
) -> None:
    envelope = world.seal("t", "h", {})

    with pytest.raises(NotAllowedError, match="does not open"):
        sealing.open(token, handle, Raw(json.dumps(envelope).encode()))


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"1"])
def test_a_call_in_clear_is_refused(sealing: Sealing, raw: bytes) -> None:
    with pytest.raises(NotAllowedError, match="called in clear"):
        sealing.open("t", "h", Raw(raw))


def test_an_answer_is_sealed_for_its_call(sealing: Sealing, world: PrivateWorld) -> None:
    news = json.loads(b"[%b]" % sealing.conceal(1, b"0,1,5"))

    assert news[:2] == [7, 1]
    assert world.open(1, news[2]) == "0,1,5"


def test_no_two_documents_share_a_secret() -> None:
    assert len({Sealing("main", 1).begin("first") for _ in range(50)}) == 50


# ── in a bridge


def echo(n: int) -> int:
    return n


def broken(n: int) -> int:
    raise ValueError("marked")


async def later(n: int) -> int:
    return n


async def paused(n: int) -> int:
    await asyncio.sleep(0.1)
    return n


def octets() -> object:
    return b"x"


def plain(n: int) -> int:
    return n


@pytest.fixture
def room(make_room):
    registry = CommandRegistry()
    for function in (echo, broken, octets):
        registry.add(function, sealed=True, inline=True)
    registry.add(echo, name="pool", sealed=True)
    registry.add(later, sealed=True)
    registry.add(paused, sealed=True)
    return make_room(plain, registry=registry, seal=Sealing)


class Caller:
    """A page whose private world seals."""

    def __init__(self, room) -> None:
        self.page = room.open()
        head = self.page.heads[0]
        self.world = PrivateWorld(head["seal"], head["pad"][0].split(" ")[1])

    def call(self, number: int, name: str, args: Mapping[str, object]) -> None:
        token, handle = self.page.pad[0].split(" ")[1], self.page.handles[name][0]
        self.page.batch([number, handle, self.world.seal(token, handle, args)])

    def answer(self, number: int) -> str:
        page = self.page
        page.wait(lambda: any(kind == 7 and key == number for kind, key, _ in page.news))
        envelope = next(v for kind, key, v in page.news if kind == 7 and key == number)
        return self.world.open(number, envelope)


@pytest.mark.parametrize("name", ["echo", "pool", "later"])
def test_a_sealed_call_is_answered_sealed(room, name: str) -> None:
    caller = Caller(room)
    caller.call(1, name, {"n": 5})

    assert caller.answer(1) == "0,1,5"


def test_the_hello_names_the_sealed_commands(room) -> None:
    assert set(Caller(room).page.heads[0]["sealed"]) == {
        "echo",
        "broken",
        "octets",
        "pool",
        "later",
        "paused",
    }


def test_without_sealed_commands_no_secret_is_told(make_room) -> None:
    head = make_room(plain).open().heads[0]

    assert not {"seal", "sealed"} & set(head)


def test_a_plain_command_beside_it_stays_plain(room) -> None:
    caller = Caller(room)
    caller.page.call(1, "plain", {"n": 5})

    assert caller.page.result(1) == 5


def test_an_id_that_is_used_twice_shows_no_sealed_answer(room) -> None:
    caller = Caller(room)
    caller.call(1, "paused", {"n": 5})
    caller.page.call(1, "plain", {"n": 6})

    assert caller.page.result(1) == 6
    assert caller.answer(1) == "0,1,5"


def test_a_sealed_text_for_a_plain_command_is_no_arguments(room) -> None:
    caller = Caller(room)
    caller.call(1, "plain", {"n": 5})

    assert caller.page.error(1)["code"] == "command.bad_args"


def test_a_sealed_command_called_in_clear_is_refused(room) -> None:
    caller = Caller(room)
    caller.page.call(1, "echo", {"n": 5})

    assert caller.page.error(1)["code"] == "ipc.not_allowed"


def test_wrong_arguments_are_told_sealed(room) -> None:
    caller = Caller(room)
    caller.call(1, "echo", {"m": 5})

    assert caller.answer(1).startswith('1,1,{"code":"command.bad_args"')


def test_an_exception_is_told_sealed(room) -> None:
    caller = Caller(room)
    caller.call(1, "broken", {"n": 5})

    assert caller.answer(1).startswith('1,1,{"code":"command.failed"')


def test_bytes_cannot_be_returned(room) -> None:
    caller = Caller(room)
    caller.call(1, "octets", {})

    assert caller.answer(1).startswith('1,1,{"code":"command.bad_result"')


def test_what_would_be_uploaded_is_refused(room) -> None:
    caller = Caller(room)
    token, handle = caller.page.pad[0].split(" ")[1], caller.page.handles["echo"][0]
    long_form = [{}, {}, INLINE_JSON_CHARS + 1, True]
    caller.page.batch([1, handle, caller.world.seal(token, handle, long_form)])

    assert caller.answer(1).startswith('1,1,{"code":"ipc.too_large"')


def test_answers_from_many_threads_arrive_in_the_order_of_their_counters(room) -> None:
    caller = Caller(room)
    for number in range(1, 101):
        caller.call(number, "pool", {"n": number})
    caller.page.wait(lambda: sum(kind == 7 for kind, _, _ in caller.page.news) == 100)
    counters = [int(value.split(".")[0]) for kind, _, value in caller.page.news if kind == 7]

    assert counters == sorted(counters)


def test_the_lock_is_one(sealing: Sealing) -> None:
    assert sealing.lock is sealing.lock
    assert isinstance(sealing.lock, type(threading.Lock()))


def test_a_sealed_command_without_its_encryption_is_refused(make_room) -> None:
    registry = CommandRegistry()
    registry.add(echo, sealed=True, inline=True)
    page = make_room(registry=registry).open()
    page.call(1, "echo", {"n": 5})

    assert page.error(1)["code"] == "ipc.not_allowed"


def test_the_private_world_gets_its_part_first(room) -> None:
    script = room.bridge.init_scripts(("millennium://localhost",))[0].source

    assert "AES-GCM" in script
    assert len(script.encode()) <= 3 * 1024


# ── registration


def takes_bytes(data: bytes) -> None: ...


def takes_channel(to: Channel[int]) -> None: ...


def takes_request(request: Request) -> None: ...


@pytest.mark.parametrize("function", [takes_bytes, takes_channel, takes_request])
def test_what_would_travel_in_clear_is_refused(function) -> None:
    registry = CommandRegistry()

    with pytest.raises(SealedCommandError, match="would travel in clear"):
        registry.add(function, sealed=True)
    assert registry.names() == frozenset()


def test_a_registry_without_sealed_commands_is_plain() -> None:
    registry = CommandRegistry()
    registry.add(plain)
    registry.require_plain()
    registry.add(echo, sealed=True)

    with pytest.raises(SealedCommandError, match="'echo' is sealed, but"):
        registry.require_plain()
