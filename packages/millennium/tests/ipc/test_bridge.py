"""A window's bridge as its pages see it: hello, batches, tokens, handles, the door."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from millennium.ipc.bridge import Bridge
from millennium.ipc.command import CommandRegistry
from millennium.security.origin import Origin
from millennium_runtime.webview import World


def echo(n: int) -> int:
    return n


async def nap(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "woken"


def heard(payload: object) -> dict[str, object]:
    return {"payload": payload, "source": ""}


# ── hello


def test_a_trusted_document_is_greeted_with_tokens_and_handles(make_room) -> None:
    page = make_room(echo).open()

    assert len(page.pad) == 128
    assert [*page.handles] == ["echo"]
    assert "once" not in page.heads[0]
    assert "verify" not in page.heads[0]


def test_a_second_hello_is_refused(make_room) -> None:
    page = make_room(echo).open()

    assert page.hello().text == "ipc.not_allowed"


def test_a_hello_before_any_commit_is_refused(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge.close()

    assert page.hello().status == "refused"


@pytest.mark.parametrize(
    "url",
    ["about:blank", "data:text/html,x", "https://evil.example/", "millennium://other/", ""],
    ids=["blank", "data", "foreign", "other-host", "empty"],
)
def test_a_foreign_document_is_not_greeted(make_room, url: str) -> None:
    page = make_room(echo).commit(url)

    assert page.hello().text == "ipc.not_allowed"


def test_a_remote_origin_that_is_trusted_is_greeted(make_room) -> None:
    assert make_room(echo).open("https://good.example/app").call(1, "echo", {"n": 1})


@pytest.mark.parametrize(
    "change", [{"label": "other"}, {"document": 9}], ids=["window", "document"]
)
def test_a_hello_from_elsewhere_is_refused(make_room, change: dict[str, object]) -> None:
    page = make_room(echo).commit()

    assert page.send("hello 1", replace(page.source, **change)).status == "refused"
    assert page.hello().status == "answered"


def test_another_version_of_the_wire_is_refused(make_room) -> None:
    assert make_room(echo).commit().send("hello 2").status == "refused"


def test_only_granted_commands_get_a_handle(make_room) -> None:
    page = make_room(echo, nap, inline=False, granted=frozenset({"nap"})).open()

    assert [*page.handles] == ["nap"]


def test_a_permit_cannot_invent_commands(make_room) -> None:
    room = make_room(echo)
    room.bridge._policy = replace(room.bridge._policy, permit=lambda *a: frozenset({"ghost"}))

    assert room.open().handles == {}


def test_an_error_while_deciding_refuses(make_room, caplog: pytest.LogCaptureFixture) -> None:
    room = make_room(echo)
    room.bridge._policy = replace(room.bridge._policy, permit=lambda *a: 1 / 0)

    assert room.commit().hello().text == "ipc.not_allowed"
    assert "ZeroDivisionError" in caplog.text


# ── batches: the attacks, each beside its accepted control


def test_a_batch_is_answered_in_one_reply(make_room) -> None:
    page = make_room(echo).open()
    handle = page.handles["echo"][0]
    reply = page.batch([1, handle, {"n": 5}], [2, handle, {"n": 6}])

    assert reply.text.endswith("[0,1,5,0,2,6]")
    assert (page.result(1), page.result(2)) == (5, 6)


def test_a_replayed_message_is_refused(make_room) -> None:
    page = make_room(echo).open()
    text = f'{page.pad[0]} [[1,"{page.handles["echo"][0]}",{{"n":1}}]]'

    assert page.send(text).status == "answered"
    assert page.send(text).text == "ipc.not_allowed"


def test_tokens_are_accepted_in_any_order(make_room) -> None:
    page = make_room(echo).open()
    tokens = [page.pad[5], page.pad[0], page.pad[127]]
    calls = [f'{token} [[1,"{page.handles["echo"][0]}",{{"n":1}}]]' for token in tokens]

    assert [page.send(text).status for text in calls] == ["answered"] * 3


@pytest.mark.parametrize(
    "head",
    ["0 " + "A" * 22, "5 " + "-" * 22, "99999 " + "A" * 22, "0 " + "é" * 22, "0 ", "x y"],
    ids=["guess", "placeholder", "beyond", "non-ascii", "empty", "garbage"],
)
def test_a_forged_token_is_refused_and_burns_nothing(make_room, head: str) -> None:
    page = make_room(echo).open()

    assert page.send(f"{head} []").status == "refused"
    assert page.send(f"{page.pad[0]} []").status != "refused"


def test_a_token_under_another_number_is_refused(make_room) -> None:
    page = make_room(echo).open()
    number, token = page.pad[0].split(" ")[0], page.pad[1].split(" ")[1]

    assert page.send(f"{number} {token} []").text == "ipc.not_allowed"


def test_an_old_documents_message_is_refused(make_room) -> None:
    room = make_room(echo)
    old, new = room.open(), room.open()
    text = f'{old.pad[0]} [[1,"{old.handles["echo"][0]}",{{"n":1}}]]'

    assert old.send(text).text == "ipc.not_allowed"
    assert new.send(text).text == "ipc.not_allowed"
    assert new.call(1, "echo", {"n": 1}).status == "answered"


def test_an_old_documents_source_is_refused_with_a_new_documents_token(make_room) -> None:
    room = make_room(echo)
    old, new = room.open(), room.open()

    assert new.send(f"{new.pad[0]} []", old.source).text == "ipc.not_allowed"


def test_another_windows_source_is_refused(make_room) -> None:
    page = make_room(echo).open()
    stranger = replace(page.source, label="other")

    assert page.send(f"{page.pad[0]} []", stranger).text == "ipc.not_allowed"


def test_a_batch_before_the_hello_is_refused(make_room) -> None:
    assert make_room(echo).commit().send("0 x []").text == "ipc.not_allowed"


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "malformed"), ("[[1,", "malformed"), ("[" * 2_000_000, "too_large")],
    ids=["empty", "cut", "long"],
)
def test_garbage_is_refused_with_its_own_code(make_room, body: str, code: str) -> None:
    page = make_room(echo).open()

    assert page.send(f"{page.pad[0]} {body}").text == f"ipc.{code}"


def test_a_name_on_the_wire_is_refused_and_its_neighbour_is_not(make_room) -> None:
    page = make_room(echo).open()
    page.batch([1, "echo", {"n": 1}], [2, page.handles["echo"][0], {"n": 2}])

    assert page.error(1)["code"] == "ipc.not_allowed"
    assert page.result(2) == 2


def test_unknown_and_ungranted_commands_are_denied_alike(
    make_room, caplog: pytest.LogCaptureFixture
) -> None:
    page = make_room(
        echo, granted=frozenset(), explain=lambda label, origin, name: f"allow app:{name}"
    ).open()
    page.batch([1, "", ["unknown", "ghost"]], [2, "", ["unknown", "echo"]])

    assert page.error(1) == page.error(2)
    assert page.error(1) == {"code": "ipc.not_allowed", "message": "this page may not do that"}
    assert "'ghost'" in caplog.text
    assert "allow app:echo" in caplog.text


def test_a_denied_name_without_an_explanation_is_logged_in_one_line(
    make_room, caplog: pytest.LogCaptureFixture
) -> None:
    make_room(echo).open().batch([1, "", ["unknown", "ghost"]])

    assert caplog.messages[-1].endswith("granted to this document")


def test_an_unknown_verb_answers_its_item_only(make_room) -> None:
    page = make_room(echo).open()
    page.batch([1, "", ["explode"]], [2, page.handles["echo"][0], {"n": 2}])

    assert page.error(1)["code"] == "ipc.malformed"
    assert page.result(2) == 2


def test_refusals_never_show_token_handle_or_payload(
    make_room, caplog: pytest.LogCaptureFixture
) -> None:
    page = make_room(echo).open()
    page.send(f"{page.pad[0]} [[1,")
    page.batch([1, "secret-handle", {"n": "secret-payload"}])
    page.batch([2, page.handles["echo"][0], {"n": "secret-payload"}])

    assert "secret" not in caplog.text
    assert page.pad[0].split(" ")[1] not in caplog.text


# ── tokens and handles run out, and are filled up


def test_tokens_are_filled_up_before_they_run_out(make_room) -> None:
    page = make_room(echo).open()
    answers = [page.call(number, "echo", {"n": number}) for number in range(300)]

    assert {answer.status for answer in answers} == {"answered"}
    assert len(page.pad) >= 64


def test_in_call_mode_a_used_handle_never_works_again(make_room) -> None:
    page = make_room(echo, handles="call").open()
    first = page.handles["echo"].pop(0)
    page.batch([1, first, {"n": 1}], [2, first, {"n": 2}])

    assert page.heads[0]["once"] == 1
    assert page.result(1) == 1
    assert page.error(2)["code"] == "ipc.not_allowed"


def test_in_call_mode_used_handles_are_replaced(make_room) -> None:
    page = make_room(echo, handles="call").open()
    used = [page.handles["echo"].pop(0) for _ in range(8)]
    page.batch(*([at, handle, {"n": at}] for at, handle in enumerate(used)))

    assert len(page.handles["echo"]) == 16
    assert not {*used} & {*page.handles["echo"]}


def test_in_call_mode_a_waiting_call_does_not_hold_back_the_refill(make_room) -> None:
    page = make_room(nap, inline=False, handles="call").open()
    used = [page.handles["nap"].pop(0) for _ in range(8)]
    page.batch(*([at, handle, {"seconds": 30}] for at, handle in enumerate(used)))

    assert len(page.handles["nap"]) == 16


# ── the verification door


def test_the_door_hears_as_many_knocks_as_it_wants(make_room) -> None:
    heard: list[float] = []

    def hear(milliseconds: float) -> bool:
        heard.append(milliseconds)
        return len(heard) < 2

    page = make_room(echo, verify=hear).open()
    for milliseconds in (12.5, 13, 14):
        page.batch([0, "", ["verify", milliseconds]])

    assert [head.get("verify") for head in page.heads[:2]] == [True, True]
    assert heard == [12.5, 13]


def test_without_the_door_nobody_gets_in(make_room, caplog: pytest.LogCaptureFixture) -> None:
    make_room(echo).open().batch([0, "", ["verify", 12.5]])

    assert "door" in caplog.text


# ── what the runtime is given


def test_no_two_bridges_share_a_name(make_room) -> None:
    bridges = [make_room(echo).bridge for _ in range(50)]

    assert len({bridge.message_handler for bridge in bridges}) == 50
    assert len({bridge.private_world for bridge in bridges}) == 50


def test_both_worlds_get_a_script_for_the_trusted_origins_only(make_room) -> None:
    origins = ("millennium://localhost", "https://good.example")
    private, page = make_room(echo).bridge.init_scripts(origins)

    assert (private.world, page.world) == (World.PRIVATE, World.PAGE)
    assert private.origins == page.origins == origins


def test_the_native_handler_is_named_in_the_private_world_only(make_room) -> None:
    bridge = make_room(echo).bridge
    private, page = bridge.init_scripts(("millennium://localhost",))

    assert bridge.message_handler in private.source
    assert bridge.message_handler not in page.source


def test_the_bootstrap_fits_in_8_kib(make_room) -> None:
    registry, room = CommandRegistry(), make_room(echo)
    label = "w" * 64
    bridge = Bridge(label, registry=registry, workers=room.workers, policy=room.bridge._policy)
    scripts = bridge.init_scripts((f"millennium://{label}.localhost",))

    assert sum(len(script.source.encode()) for script in scripts) <= 8 * 1024


def test_refusals_are_logged_as_warnings(make_room, caplog: pytest.LogCaptureFixture) -> None:
    make_room(echo).open().send("garbage")

    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_origins_are_compared_whole(make_room) -> None:
    assert Origin.parse("https://good.example:8443/") is not None
    assert make_room(echo).commit("https://good.example:8443/").hello().status == "refused"
