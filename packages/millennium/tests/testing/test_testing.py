"""The tools for testing apps do what they promise, and do not lie."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from millennium import App, AppHandle, Channel, CommandError, Request
from millennium.assets.key import AssetKey
from millennium.config.schema import SecurityConfig
from millennium.context import Context
from millennium.errors import SealedCommandError
from millennium.testing import (
    InvokeError,
    MemoryAssets,
    assert_refused,
    invoke,
    mock_app,
    mock_context,
)
from millennium.testing.inbox import Inbox
from millennium.testing.page import Page


@pytest.fixture
def app() -> App:
    app = App()

    @app.command
    def echo(data: bytes, times: int = 1) -> bytes:
        return data * times

    @app.command
    def size(text: str) -> int:
        return len(text)

    @app.command
    def header(request: Request) -> str:
        return request.headers["x-mood"]

    @app.command
    async def count(to: Channel[int], until: int) -> str:
        for number in range(until):
            await to.send(number)
        to.close()
        return "done"

    @app.command
    async def sleep() -> None:
        import asyncio

        await asyncio.sleep(60)

    @app.command
    def large() -> str:
        return "x" * 300_000

    return app


def test_an_app_is_run_again_and_again(app: App) -> None:
    assert [invoke(app, "size", text="abc") for _ in range(3)] == [3, 3, 3]


def test_what_one_run_manages_another_does_not_see(app: App) -> None:
    @app.setup
    def prepare(handle: AppHandle) -> None:
        handle.manage({"fresh": True})

    assert [invoke(app, "size", text="abc") for _ in range(2)] == [3, 3]


@pytest.mark.parametrize("rotation", ["session", "call"])
def test_handles_of_both_kinds_are_understood(app: App, rotation: str) -> None:
    with mock_app(app, security={"handles": rotation}) as running:
        assert [invoke(running, "size", text="abc") for _ in range(30)] == [3] * 30


def test_bytes_travel_beside_arguments(app: App) -> None:
    assert invoke(app, "echo", data=b"ab", times=3) == b"ababab"


def test_large_arguments_and_results_travel_apart(app: App) -> None:
    assert invoke(app, "size", text="x" * 300_000) == 300_000
    assert invoke(app, "large") == "x" * 300_000


def test_headers_travel_too(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        assert page.wait(page.start("header", headers={"x-mood": "good"})) == "good"


def test_a_channel_brings_items_in_order(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        channel = page.channel()
        assert page.invoke("count", {"to": channel, "until": 3000}) == "done"
        page.wait_items(channel, 3000)
    assert channel.items == list(range(3000))
    assert channel.is_closed


def test_waiting_for_items_that_never_come_ends(app: App) -> None:
    with mock_app(app) as running, pytest.raises(TimeoutError, match="1 items"):
        running.page().wait_items(running.page().channel(), 1, seconds=0.01)


def test_waiting_for_an_event_that_never_comes_ends(app: App) -> None:
    with mock_app(app) as running, pytest.raises(TimeoutError, match="event nothing"):
        running.page().wait_event("nothing", seconds=0.01)


def test_waiting_for_an_answer_that_never_comes_ends(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        call = page.start("sleep")
        with pytest.raises(TimeoutError, match="call"):
            page.wait(call, seconds=0.01)


def test_a_cancelled_call_is_rejected(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        call = page.start("sleep")
        page.cancel(call)
        page.cancel(call)
        with assert_refused("command.aborted"):
            page.wait(call)


def test_a_new_document_greets_anew(app: App) -> None:
    with mock_app(app) as running:
        assert invoke(running, "size", text="a") == 1
        running.handle.window().reload()
        assert invoke(running, "size", text="ab") == 2


def test_a_replayed_token_is_refused(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        page.greet()
        page._pad.append(page._pad[-1])
        assert page.invoke("size", {"text": "a"}) == 1
        with assert_refused("ipc.not_allowed"):
            page.invoke("size", {"text": "a"})


def test_scripts_that_are_no_news_are_left_alone(app: App) -> None:
    with mock_app(app) as running:
        running.page().on_script("document.title")
        running.page().on_script("s00(99,'0\\n\\n')")
        assert invoke(running, "size", text="a") == 1


def test_news_that_overtakes_the_greeting_is_kept(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        page.on_script('s00(1,\'1\\n\\n[3,"early",{"payload":"\\x3c","source":""}]\')')
        assert page.wait_event("early").payload == "<"


def test_news_of_an_unknown_kind_is_not_swallowed(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        page.greet()
        with pytest.raises(AssertionError, match="does not understand"):
            page._hear(99, 1, None)


def test_a_window_that_never_was_has_no_page(app: App) -> None:
    with mock_app(app) as running, pytest.raises(LookupError):
        running.page("nobody")


def test_an_upload_is_not_taken_twice(app: App) -> None:
    with mock_app(app) as running:
        page = running.page()
        page.greet()
        call = page.start("echo", {"data": None}, body=b"x")
        page._wait_for(lambda: page._promises[call].ticket, "ticket", 5)
        page._promises[call].ticket = "forged"
        with assert_refused("ipc.not_allowed"):
            page.wait(call)


def test_a_failing_set_up_is_raised_where_the_test_begins(app: App) -> None:
    @app.setup
    def fail(handle: AppHandle) -> None:
        raise LookupError("no database")

    with pytest.raises(LookupError), mock_app(app):
        raise AssertionError("never reached")


def test_a_failing_test_is_not_hidden_by_the_app(app: App) -> None:
    with pytest.raises(ZeroDivisionError), mock_app(app):
        1 // 0  # noqa: B018 - it fails on purpose


def test_the_right_refusal_passes() -> None:
    with assert_refused("a.b"):
        raise InvokeError("a.b", "no")


def test_another_refusal_fails() -> None:
    with (
        pytest.raises(AssertionError, match=r"refused with 'a.b', not 'c.d'"),
        assert_refused("c.d"),
    ):
        raise InvokeError("a.b", "no")


def test_no_refusal_fails() -> None:
    with pytest.raises(AssertionError, match="answered"), assert_refused("a.b"):
        pass


def test_a_refusal_is_a_command_error() -> None:
    assert isinstance(InvokeError("a.b", "no"), CommandError)


def test_assets_are_kept_in_memory() -> None:
    assets = MemoryAssets({"b.txt": "b", "a/c.html": "<p>"})
    assert list(assets.keys()) == ["a/c.html", "b.txt"]
    found = assets.get(AssetKey.parse("b.txt"))
    assert found is not None
    assert found.data == b"b"


def test_a_wrong_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        mock_context({"identifer": "org.example.a"})


def test_messages_are_put_in_order() -> None:
    inbox = Inbox()
    assert list(inbox.take("1\n\n[3]")) == []
    assert [news for _, news in inbox.take("0\n\n[0]")] == [[0], [3]]


def test_a_page_is_the_windows(app: App) -> None:
    with mock_app(app) as running:
        assert isinstance(running.page(), Page)
        assert running.page() is running.page()


def test_an_argument_without_a_json_form_is_the_tests_own_mistake(app: App) -> None:
    with pytest.raises(NotImplementedError, match="object"):
        invoke(app, "size", text=object())


def test_waiting_for_a_dialog_that_never_comes_ends(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("millennium.testing.app.WAIT_SECONDS", 0.01)
    with pytest.raises(TimeoutError, match="showed no dialog"), mock_app(app) as running:
        running.answer_dialog("OK")


# ── encryption


def pay(amount: int) -> str:
    return f"paid {amount}"


def secured(*, hooks: tuple[str, ...] = (), sealed: bool = False) -> Context:
    context = mock_context()
    security = SecurityConfig(sealed_commands=sealed)
    config = msgspec.structs.replace(context.config, security=security)
    return replace(context, hooks=hooks, config=config)


@pytest.mark.parametrize(
    ("hooks", "sealed"),
    [((), True), (("hook",), False), (("hook",), True)],
    ids=["sealed", "isolated", "both"],
)
def test_encrypted_calls_can_be_tested(hooks: tuple[str, ...], sealed: bool) -> None:
    app = App()
    app.command(sealed=sealed)(pay)
    app.command(name="plain")(pay)
    with mock_app(app, context=secured(hooks=hooks, sealed=sealed)) as running:
        assert invoke(running, "pay", amount=5) == "paid 5"
        assert invoke(running, "plain", amount=6) == "paid 6"
        with assert_refused("command.bad_args"):
            invoke(running, "pay", sum=5)


def test_a_sealed_command_needs_its_configuration() -> None:
    app = App()
    app.command(sealed=True)(pay)

    with pytest.raises(SealedCommandError, match="'pay' is sealed"), mock_app(app):
        raise AssertionError
