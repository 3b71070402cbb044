"""One window of a check: how it is asked for, and everything observed of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from millennium_runtime.dispatcher import Dispatcher
from millennium_runtime.request import Request, Responder
from millennium_runtime.run_event import Destroyed, WindowEventKind
from millennium_runtime.runtime import RuntimeHandle
from millennium_runtime.testing.conformance import scripts
from millennium_runtime.testing.conformance.log import CheckFailedError, Log
from millennium_runtime.testing.conformance.scripts import Action
from millennium_runtime.testing.conformance.site import Report, Site
from millennium_runtime.webview import (
    MessageSource,
    NavigationHandler,
    PageLoad,
    Reply,
    WebviewAttributes,
    World,
)
from millennium_runtime.window import PendingWindow, WindowAttributes

__all__ = ["Message", "StageWindow", "WindowPlan"]

LOOK = WindowAttributes(title="conformance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of the page, as the runtime handed it over."""

    source: MessageSource
    text: str
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPlan:
    """What a check wants of a window."""

    label: str = "main"
    url: str = f"{scripts.ORIGIN}/"
    look: WindowAttributes = LOOK
    navigation: NavigationHandler | None = None


class StageWindow:
    """Records what the runtime tells about one window; calls of the check's thread.

    Attributes:
        site: What its scheme serves.
        loads: Steps of its documents.
        messages: What its page sent.
        popups: URLs of refused pop-ups.
        heard: What a listener heard.
        on_message: What is done with a message; answers "re: …" unless a check sets another.
    """

    def __init__(self, plan: WindowPlan, *, patience: float, note: Callable[[str], None]) -> None:
        self.plan = plan
        self.site: Site = Site(patience)
        self.loads: Log[PageLoad] = Log("page loads", patience)
        self.messages: Log[Message] = Log("messages", patience)
        self.popups: Log[str] = Log("pop-ups", patience)
        self.heard: Log[WindowEventKind] = Log("window events", patience)
        self.on_message: Callable[[Message], None] = _answer
        self._note = note
        self._numbers = itertools.count(1)
        self._dispatcher: Dispatcher | None = None

    @property
    def label(self) -> str:
        """Its name."""
        return self.plan.label

    @property
    def dispatcher(self) -> Dispatcher:
        """The handle under test, once the window was created."""
        if self._dispatcher is None:
            raise CheckFailedError(f"window {self.label!r} was not created")
        return self._dispatcher

    def create(self, handle: RuntimeHandle) -> StageWindow:
        """Have the runtime make it, on whatever thread this is."""
        detached = handle.create_window(self.pending())
        self._dispatcher = detached.dispatcher
        self._dispatcher.add_listener(self._hear)
        return self

    def pending(self) -> PendingWindow:
        """Describe the window to the runtime."""
        return PendingWindow(
            label=self.label,
            window=self.plan.look,
            webview=WebviewAttributes(
                url=self.plan.url,
                init_scripts=scripts.init_scripts(),
                message_handler=scripts.HANDLER,
                private_world=scripts.PRIVATE_WORLD,
            ),
            protocols={"millennium": self._serve},
            ipc_handler=self._take_message,
            page_load_handler=self._take_load,
            navigation_handler=self.plan.navigation,
            new_window_handler=self._take_popup,
        )

    # --- what a check does with the page

    def wait_loaded(self, count: int = 1) -> StageWindow:
        """Wait until so many documents have finished loading."""
        self.loads.wait(lambda load: load.stage == "finished", "finished load", count=count)
        return self

    def run(self, action: Action, world: World = World.PAGE) -> None:
        """Evaluate an action in one world."""
        self.dispatcher.evaluate(action.script(), world)

    def trace(self, world: World = World.PAGE) -> tuple[str, ...]:
        """Return the lines a world has recorded in this document."""
        number = self.number()
        self.run(Action(do="report", number=number), world)
        return self.report(number).trace

    def send(self, text: str) -> tuple[str, ...]:
        """Post a message from the private world, wait until it is settled, return the trace."""
        number = self.number()
        self.run(Action(do="send", text=text, number=number), World.PRIVATE)
        return self.report(number).trace

    def report(self, number: str) -> Report:
        """Wait for one report."""
        return self.site.reports.wait(lambda report: report.number == number, f"report {number}")

    def number(self) -> str:
        """Return a number no report has yet."""
        return str(next(self._numbers))

    def wait_destroyed(self) -> None:
        """Wait for the last event of all."""
        self.heard.wait(lambda event: isinstance(event, Destroyed), "Destroyed")

    # --- what the runtime calls

    def _serve(self, request: Request, respond: Responder) -> None:
        self._note("protocol")
        self.site.serve(request, respond)

    def _take_message(self, source: MessageSource, text: str, reply: Reply) -> None:
        self._note("message handler")
        message = Message(source=source, text=text, reply=reply)
        self.on_message(message)
        self.messages.append(message)

    def _take_load(self, load: PageLoad) -> None:
        self._note("page load handler")
        self.loads.append(load)

    def _take_popup(self, url: str) -> None:
        self._note("new window handler")
        self.popups.append(url)

    def _hear(self, event: WindowEventKind) -> None:
        self._note("listener")
        self.heard.append(event)


def _answer(message: Message) -> None:
    message.reply.answer(f"re: {message.text}")
