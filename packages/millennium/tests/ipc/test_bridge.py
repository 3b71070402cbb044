"""A window's bridge as its pages see it: hello, batches, order, carriers, events, ends."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import replace

import pytest

from millennium.ipc.bridge import Bridge
from millennium.ipc.channel import Channel
from millennium.ipc.command import CommandRegistry
from millennium.ipc.encoding import encode
from millennium.ipc.limits import MAX_CARRIERS, MAX_NEWS_ITEMS
from millennium.ipc.wire import event_news
from millennium.security.origin import Origin
from millennium_runtime.errors import EventLoopClosedError
from millennium_runtime.webview import MessageSource, PageLoad, World

HOME = "millennium://localhost/"


def echo(n: int) -> int:
    return n


async def nap(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "woken"


def event(topic: str, payload: object) -> bytes:
    return event_news(topic, encode(payload))


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


# ── carriers and order


def test_a_reply_with_nothing_ready_carries_what_is_ready_first(make_room) -> None:
    page = make_room(echo, nap, inline=False).open()
    held = page.call(1, "nap", {"seconds": 0.01})
    assert held.status == "pending"

    assert page.result(1) == "woken"
    assert held.status == "answered"


def test_the_fast_do_not_wait_for_the_slow(make_room) -> None:
    page = make_room(echo, nap, inline=False).open()
    page.batch([1, page.handles["nap"][0], {"seconds": 30}], [2, page.handles["echo"][0], {"n": 2}])

    assert page.result(2) == 2
    assert not page.settled(1)


def test_at_most_four_replies_are_held(make_room) -> None:
    page = make_room(nap, inline=False).open()
    replies = [page.call(number, "nap", {"seconds": 30}) for number in range(7)]

    assert [reply.status for reply in replies].count("pending") == MAX_CARRIERS


def test_without_a_carrier_news_are_evaluated_in_the_private_world(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge.emit(event("a", 1))
    room.bridge.emit(event("b", {"x": "it's </script> \u2028"}))
    room.loop.turn()

    assert len(room.screen.evaluated) == 1
    assert "<" not in room.screen.evaluated[0]
    page.read()
    assert page.news == [(3, "a", heard(1)), (3, "b", heard({"x": "it's </script> \u2028"}))]


def test_a_flood_of_news_leaves_in_pieces_and_in_order(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    for number in range(MAX_NEWS_ITEMS + 5):
        room.bridge.emit(event("n", number))
    room.loop.turn()
    page.read()
    page.read()

    assert [told["payload"] for _, _, told in page.news] == [*range(MAX_NEWS_ITEMS + 5)]


def test_a_result_does_not_overtake_a_flood(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    for number in range(MAX_NEWS_ITEMS + 5):
        room.bridge.emit(event("n", number))
    page.call(1, "echo", {"n": 1})
    page.wait(lambda: page.settled(1))

    assert page.news[-1] == (0, 1, 1)


# ── events


def test_events_before_the_hello_wait_for_it(make_room) -> None:
    room = make_room(echo)
    page = room.commit()
    room.bridge.emit(event("early", 1))
    page.hello()

    assert page.news == [(3, "early", heard(1))]


def test_events_for_a_page_that_never_greets_are_dropped_at_some_point(make_room) -> None:
    room = make_room(echo)
    page = room.commit()
    for number in range(MAX_NEWS_ITEMS + 5):
        room.bridge.emit(event("n", number))
    page.hello()

    assert len(page.news) == MAX_NEWS_ITEMS


def test_events_do_not_reach_a_foreign_page(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.commit("https://evil.example/")
    room.bridge.emit(event("secret", 1))
    room.loop.turn()

    assert room.screen.evaluated == []


def test_events_do_not_reach_the_next_document(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.bridge.emit(event("old", 1))
    page = room.open()
    page.read()

    assert page.news == []


def test_news_of_a_closed_window_are_dropped(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.bridge.emit(event("late", 1))
    room.screen.is_closed = True
    room.loop.turn()

    assert room.screen.evaluated == []


def test_news_after_the_end_of_the_loop_are_dropped(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.loop.error = EventLoopClosedError("ended")

    room.bridge.emit(event("late", 1))


def test_news_before_the_window_was_made_wait_for_it(make_room) -> None:
    room = make_room(echo)
    room.bridge._handle = None
    page = room.open()
    room.bridge.emit(event("early", 1))
    room.bridge.attach(room.screen, room.loop)
    page.read()

    assert page.news == [(3, "early", heard(1))]


def test_attaching_without_news_wakes_nobody(make_room) -> None:
    room = make_room(echo)

    assert room.loop.tasks == []


def test_a_drain_without_a_window_keeps_quiet(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.bridge._dispatcher = None
    room.bridge.emit(event("x", 1))
    room.loop.turn()

    assert room.screen.evaluated == []


# ── channels


def test_a_promise_settles_after_all_items_sent_before(make_room) -> None:
    def count(to: Channel[int]) -> str:
        for number in range(500):
            to.send_nowait(number)
        return "done"

    page = make_room(count, inline=False).open()
    page.call(1, "count", {"to": "channel:9"})
    page.wait(lambda: page.settled(1))

    assert page.news == [*((2, 9, n) for n in range(500)), (0, 1, "done")]


def test_an_inline_commands_items_precede_its_result(make_room) -> None:
    def count(to: Channel[int]) -> str:
        to.send_nowait(1)
        return "done"

    page = make_room(count).open()
    page.call(1, "count", {"to": "channel:9"})

    assert page.news[:2] == [(2, 9, 1), (0, 1, "done")]


def test_back_pressure_ends_when_the_page_has_taken_the_items(make_room) -> None:
    async def count(to: Channel[int]) -> int:
        for number in range(5000):
            await to.send(number)
        return 5000

    page = make_room(count, inline=False).open()
    page.call(1, "count", {"to": "channel:9"})
    page.wait(lambda: page.settled(1))

    assert [value for kind, _, value in page.news if kind == 2] == [*range(5000)]


def test_one_channel_in_two_calls_is_one_channel(make_room) -> None:
    kept: list[Channel[int]] = []

    def keep(to: Channel[int]) -> None:
        kept.append(to)

    page = make_room(keep).open()
    page.call(1, "keep", {"to": "channel:9"})
    page.call(2, "keep", {"to": "channel:9"})

    assert kept[0] is kept[1]


def test_the_page_closing_a_channel_tells_the_sender(make_room) -> None:
    kept: list[Channel[int]] = []

    def keep(to: Channel[int]) -> None:
        kept.append(to)

    page = make_room(keep).open()
    page.call(1, "keep", {"to": "channel:9"})
    page.batch([9, "", ["close"]], [10, "", ["close"]])

    assert kept[0].is_closed


def test_a_channel_nobody_holds_any_more_ends_in_the_page(make_room) -> None:
    def drop(to: Channel[int]) -> None: ...

    page = make_room(drop).open()
    page.call(1, "drop", {"to": "channel:9"})
    page.call(2, "drop", {"to": "channel:8"})

    assert (5, 9, None) in page.news


@pytest.mark.parametrize(
    "end",
    [
        lambda room: room.commit(),
        lambda room: room.bridge.close(),
        lambda room: room.bridge.on_page_load(
            PageLoad(stage="terminated", source=MessageSource(label="main", url="", document=0))
        ),
    ],
    ids=["navigation", "window-closed", "web-process-died"],
)
def test_the_end_of_a_document_closes_cancels_and_refuses(make_room, end) -> None:
    cancelled = threading.Event()
    kept: list[Channel[int]] = []

    async def wait(to: Channel[int]) -> None:
        kept.append(to)
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    room = make_room(wait, inline=False)
    page = room.open()
    held = page.call(1, "wait", {"to": "channel:9"})
    page.wait(lambda: kept)
    end(room)

    assert held.text == "ipc.document_gone"
    assert kept[0].is_closed
    assert cancelled.wait(5)


@pytest.mark.parametrize("stage", ["started", "finished", "failed"])
def test_other_steps_of_a_load_change_nothing(make_room, stage) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge.on_page_load(PageLoad(stage=stage, source=page.source))
    page.call(1, "echo", {"n": 1})

    assert page.result(1) == 1


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
