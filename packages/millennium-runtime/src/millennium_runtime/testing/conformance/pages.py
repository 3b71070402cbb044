"""Checks of `millennium_runtime.webview`: documents, messages, scripts and policies."""

from __future__ import annotations

import contextlib

from millennium_runtime.testing.conformance.check import check
from millennium_runtime.testing.conformance.log import expect
from millennium_runtime.testing.conformance.scripts import ORIGIN, Action
from millennium_runtime.testing.conformance.stage import Stage
from millennium_runtime.testing.conformance.stage_window import Message, StageWindow, WindowPlan
from millennium_runtime.webview import MessageSource, World


@check("webview 1")
def a_load_is_told_in_order(stage: Stage) -> None:
    """A document is started, committed and finished, once each and in this order."""
    window = stage.open()
    stages = [load.stage for load in window.loads.items]
    expect(stages == ["started", "committed", "finished"], f"these stages were told: {stages}")


@check("webview 1")
def documents_are_numbered(stage: Stage) -> None:
    """The serial is 0 before the first commit, and each commit adds one; the URL goes with it."""
    window = stage.open()
    window.dispatcher.navigate(f"{ORIGIN}/a")
    window.wait_loaded(2)
    window.dispatcher.reload()
    window.wait_loaded(3)
    wanted = [("", 0), (f"{ORIGIN}/", 1), (f"{ORIGIN}/", 1), (f"{ORIGIN}/", 1)]
    wanted += [(f"{ORIGIN}/a", 2)] * 3 + [(f"{ORIGIN}/a", 3)] * 2
    told = [(load.source.url, load.source.document) for load in window.loads.items]
    expect(told == wanted, f"the sources were {told}")


@check("webview 1")
def the_url_is_the_committed_one(stage: Stage) -> None:
    """`url` returns the URL of the committed document, from any thread."""
    window = stage.open()
    window.dispatcher.navigate(f"{ORIGIN}/a?b=c")
    window.wait_loaded(2)
    wanted = f"{ORIGIN}/a?b=c"
    expect(window.dispatcher.url() == wanted, f"url is {window.dispatcher.url()}")
    expect(stage.on_main(window.dispatcher.url) == wanted, "the main thread reads another url")


@check("webview 1")
def windows_count_their_own_documents(stage: Stage) -> None:
    """Each window numbers its documents from 1."""
    stage.open()
    second = stage.open(WindowPlan(label="second"))
    source = second.loads.items[-1].source
    wanted = MessageSource(label="second", url=f"{ORIGIN}/", document=1)
    expect(source == wanted, f"the second window's source is {source}")


@check("webview 2")
def a_message_names_its_document(stage: Stage) -> None:
    """A message comes with label, committed URL and serial, after its document committed."""
    window = stage.open()
    window.dispatcher.navigate(f"{ORIGIN}/b")
    window.wait_loaded(2)
    window.send("hello")
    (message,) = window.messages.items
    wanted = MessageSource(label="main", url=f"{ORIGIN}/b", document=2)
    expect(message.source == wanted, f"the source is {message.source}")
    expect(message.text == "hello", f"the text is {message.text!r}")


@check("webview 3")
def a_message_is_answered(stage: Stage) -> None:
    """The page's promise resolves with the text of the answer, whatever is in it."""
    window = stage.open()
    text = "quote ' \" back \\ line \n tab \t ünïcödé ✓ \U0001f600 \u2028"
    answer = window.send(text)[-1]
    expect(answer == f"answered re: {text}", f"the page got {answer!r}")


@check("webview 3")
def a_message_is_refused(stage: Stage) -> None:
    """The page's promise rejects with the text of the refusal."""
    window = stage.open()
    window.on_message = lambda message: message.reply.refuse("not allowed")
    trace = window.send("hello")
    expect(trace[-1] == "refused not allowed", f"the page got {trace[-1]!r}")


@check("webview 3")
def a_reply_can_come_late(stage: Stage) -> None:
    """A reply that was kept can be settled long after the handler returned, out of order."""
    window = stage.open()
    window.on_message = _keep
    first, second = window.number(), window.number()
    window.run(Action(do="send", text="first", number=first), World.PRIVATE)
    window.run(Action(do="send", text="second", number=second), World.PRIVATE)
    window.messages.wait(lambda _: True, "second message", count=2)
    one, two = window.messages.items
    stage.on_main(lambda: two.reply.answer("two"))
    window.report(second)
    stage.on_main(lambda: one.reply.answer("one"))
    trace = window.report(first).trace
    expect(trace[-2:] == ("answered two", "answered one"), f"the page got {trace}")


@check("webview 3")
def a_message_is_settled_once(stage: Stage) -> None:
    """A second answer, or a refusal after it, changes nothing for the page."""
    window = stage.open()
    window.on_message = _settle_thrice
    trace = window.send("hello")
    again = window.trace(World.PRIVATE)
    settled = [line for line in again if line.startswith(("answered", "refused"))]
    expect(settled == ["answered first"], f"the page got {settled} after {trace}")


@check("webview 3")
def many_messages_keep_their_order(stage: Stage) -> None:
    """Messages arrive in the order the page sent them, none lost, none twice."""
    window = stage.open()
    wanted = [f"message {number}" for number in range(100)]
    for text in wanted:
        window.run(Action(do="send", text=text, number=window.number()), World.PRIVATE)
    window.messages.wait(lambda _: True, "hundredth message", count=100)
    stage.settle()
    got = [message.text for message in window.messages.items]
    expect(got == wanted, "messages arrived out of order, twice, or not at all")


@check("webview 3")
def a_reply_to_a_gone_document_is_harmless(stage: Stage) -> None:
    """A reply settled after its document or its window is gone does no harm."""
    window = stage.open()
    window.on_message = _keep
    window.run(Action(do="send", text="hello", number=window.number()), World.PRIVATE)
    message = window.messages.wait(lambda _: True, "message")
    window.dispatcher.navigate(f"{ORIGIN}/a")
    window.wait_loaded(2)
    stage.on_main(lambda: _settle_quietly(message))
    expect(
        "answered late" not in window.trace(World.PRIVATE), "the new document got the old answer"
    )
    window.dispatcher.destroy()
    window.wait_destroyed()
    stage.settle()


@check("webview 4")
def the_page_cannot_see_the_private_world(stage: Stage) -> None:
    """The message handler and what private scripts leave are invisible to the page."""
    window = stage.open()
    for world in World:
        window.run(Action(do="look"), world)
    window.run(Action(do="record", text="secret"), World.PRIVATE)
    private, page = window.trace(World.PRIVATE), window.trace()
    expect("visible" in private, "the private world cannot see the message handler")
    expect("hidden" in page, "the page can see the message handler")
    expect("secret" not in page, "the page can see what the private world recorded")


@check("webview 4")
def the_private_world_is_apart_from_the_page(stage: Stage) -> None:
    """What the page leaves in its globals is invisible to the private world."""
    window = stage.open()
    window.run(Action(do="record", text="from the page"))
    expect("from the page" in window.trace(), "the page lost its own line")
    expect("from the page" not in window.trace(World.PRIVATE), "the private world saw it")


@check("webview 5")
def scripts_run_in_order(stage: Stage) -> None:
    """Scripts evaluated in one world run in order, on either thread."""
    window = stage.open()
    wanted = tuple(f"line {number}" for number in range(100))
    for world in World:
        for line in wanted:
            window.run(Action(do="record", text=line), world)
        expect(window.trace(world)[-100:] == wanted, f"out of order in the {world.value} world")
    stage.on_main(lambda: _run_all(window, wanted))
    expect(window.trace()[-100:] == wanted, "out of order from the main thread")


@check("webview 5")
def init_scripts_run_before_the_page(stage: Stage) -> None:
    """Init scripts run in each document before its own scripts."""
    window = stage.open()
    expect(window.trace() == ("document /",), f"the first document recorded {window.trace()}")
    window.dispatcher.navigate(f"{ORIGIN}/a")
    window.wait_loaded(2)
    expect(window.trace() == ("document /a",), f"the second document recorded {window.trace()}")


@check("webview 5")
def init_scripts_run_only_where_allowed(stage: Stage) -> None:
    """Init scripts do not run in a document of an origin they do not name."""
    window = stage.open()
    window.dispatcher.navigate("about:blank")
    window.wait_loaded(2)
    window.run(Action(do="send", text="from a foreign page", number=window.number()), World.PRIVATE)
    window.dispatcher.navigate(f"{ORIGIN}/a")
    window.wait_loaded(3)
    window.send("from our own page")
    texts = [message.text for message in window.messages.items]
    expect(texts == ["from our own page"], f"these messages arrived: {texts}")


@check("webview 6")
def the_page_may_be_kept_from_leaving(stage: Stage) -> None:
    """The navigation handler is asked when the page leaves, and may refuse."""
    asked: list[str] = []

    def allow(url: str) -> bool:
        asked.append(url)
        return url != f"{ORIGIN}/b"

    window = stage.open(WindowPlan(navigation=allow))
    window.run(Action(do="navigate", url=f"{ORIGIN}/b"))
    window.trace()
    window.run(Action(do="navigate", url=f"{ORIGIN}/a"))
    window.loads.wait(lambda load: load.source.url == f"{ORIGIN}/a", f"load of {ORIGIN}/a")
    urls = {load.source.url for load in window.loads.items}
    expect(f"{ORIGIN}/b" not in urls, "the page went where it was refused")
    expect(f"{ORIGIN}/a" in asked and f"{ORIGIN}/b" in asked, f"it was asked about {asked}")


@check("webview 6")
def navigate_asks_nobody(stage: Stage) -> None:
    """`navigate` loads although the navigation handler would refuse."""
    window = stage.open(WindowPlan(navigation=lambda url: url == f"{ORIGIN}/"))
    window.dispatcher.navigate(f"{ORIGIN}/b")
    window.wait_loaded(2)
    expect(window.dispatcher.url() == f"{ORIGIN}/b", f"url is {window.dispatcher.url()}")


@check("webview 6")
def only_a_refused_link_is_told(stage: Stage) -> None:
    """A refused navigation is told to the new-window handler if the user clicked a link."""
    window = stage.open(WindowPlan(navigation=lambda url: url == f"{ORIGIN}/"))
    window.run(Action(do="navigate", url=f"{ORIGIN}/a"))
    window.trace()
    stage.settle()
    expect(not window.popups.items, f"a script's navigation was told: {window.popups.items}")
    window.run(Action(do="follow", url=f"{ORIGIN}/b"))
    url = window.popups.wait(lambda _: True, "refused link")
    expect(url == f"{ORIGIN}/b", f"it was told {url}")


@check("webview 6")
def popups_are_refused_and_told(stage: Stage) -> None:
    """A pop-up is never opened; the handler is told its URL."""
    window = stage.open()
    window.run(Action(do="open", url=f"{ORIGIN}/a"))
    url = window.popups.wait(lambda _: True, "new window")
    expect(url == f"{ORIGIN}/a", f"it was told {url}")
    urls = {load.source.url for load in window.loads.items}
    expect(f"{ORIGIN}/a" not in urls, "it was loaded in the window that asked")


@check("webview 7")
def a_crashed_page_is_told_and_reloaded(stage: Stage) -> None:
    """When the web process dies, "terminated" is told and the document is loaded again."""
    window = stage.open()
    window.run(Action(do="record", text="before"))
    stage.probe.crash_page(stage.runtime, window.label)
    window.loads.wait(lambda load: load.stage == "terminated", "terminated load")
    window.wait_loaded(2)
    before, after = (
        load.source.document for load in window.loads.items if load.stage == "committed"
    )
    expect(after == before + 1, f"the document after the crash is number {after}")
    expect("before" not in window.trace(), "the old document lived on")


def _keep(_message: Message) -> None:
    """Settle nothing now."""


def _settle_thrice(message: Message) -> None:
    message.reply.answer("first")
    with contextlib.suppress(Exception):
        message.reply.answer("second")
    with contextlib.suppress(Exception):
        message.reply.refuse("third")


def _settle_quietly(message: Message) -> None:
    with contextlib.suppress(Exception):
        message.reply.answer("late")


def _run_all(window: StageWindow, lines: tuple[str, ...]) -> None:
    for line in lines:
        window.run(Action(do="record", text=line))
