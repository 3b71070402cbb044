"""One window, as the app's Python code sees it.

Every method may be called from any thread: on the main thread it acts at once, elsewhere it is
posted there and waited for, at most 5 s (`runtime.timeout`). In a coroutine use the twin in
`Window.aio`, which never blocks the loop. After the window closed, calls raise
`runtime.window_closed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from millennium.event_bus import EventBus, Listener
    from millennium.main_thread import MainThread
    from millennium.question import Questioner
    from millennium.window_aio import AsyncWindow
    from millennium_runtime.dialog import Dialog, DialogHandler
    from millennium_runtime.dispatcher import Dispatcher, WindowListener
    from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
    from millennium_runtime.monitor import Monitor
    from millennium_runtime.theme import Theme

T = TypeVar("T")


class Window:
    """A live window. Commands that annotate a parameter with it receive the calling one."""

    def __init__(
        self,
        label: str,
        dispatcher: Dispatcher,
        *,
        main: MainThread,
        events: EventBus,
        questions: Questioner,
    ) -> None:
        self._label = label
        self._dispatcher = dispatcher
        self._main = main
        self._events = events
        self._questions = questions

    def __repr__(self) -> str:
        """Show the label."""
        return f"Window({self._label!r})"

    @property
    def label(self) -> str:
        """Name of the window, unique while it lives."""
        return self._label

    @property
    def aio(self) -> AsyncWindow:
        """The same methods for coroutines: ``await window.aio.title()``."""
        # asyncio costs more than the rest of the façade: it is loaded with the first coroutine.
        from millennium.window_aio import AsyncWindow  # noqa: PLC0415

        return AsyncWindow(self._dispatcher, self._main, self._questions)

    # --- events

    def emit(self, name: str, payload: object = None) -> None:
        """Send an event to this window's page and to its Python listeners; never waits.

        Raises:
            EventNameError: The name is malformed.
            PayloadError: JSON cannot carry the payload.
            TooLargeError: The payload is over the limit.
        """
        self._events.send(name, payload, to=self._label)

    def listen(self, name: str, listener: Listener, *, once: bool = False) -> Callable[[], None]:
        """Hear each event `name`, or the next one, from this page or addressed to this window.

        Returns:
            What to call to stop.

        Raises:
            EventNameError: The name is malformed.
            TooManyListenersError: As many as may be listen already.
        """
        return self._events.listen(name, listener, window=self._label, once=once)

    def on_event(self, listener: WindowListener) -> Callable[[], None]:
        """Tell `listener` what happens to the window, as it happens; call the result to stop.

        A `CloseRequested` may be refused with ``event.veto.prevent()``.

        Thread: main. Must not block.
        """
        return self._dispatcher.add_listener(listener)

    # --- what it shows, where it is, its state

    def navigate(self, url: str) -> None:
        """Load `url` in the top frame, whatever the navigation rules say."""
        self._dispatcher.navigate(url)

    def dangerous_evaluate(self, script: str) -> None:
        """Run JavaScript in the page and drop its result; never waits.

        DANGER: text of others inside `script` becomes code. Send data with `emit` instead.
        """
        self._dispatcher.evaluate(script)

    def ask_page(self, script: str, args: object = None, *, timeout: float = 30.0) -> object:
        """Have the page run a function, and return what it returned, or what its promise became.

        Nothing of the question stays in the page. The page is who answers: believe it no more
        than any other word of a page.

        Args:
            script: JavaScript, one expression that is a function: ``"(id) => draw(id)"``. Your own
                code; what others wrote goes into `args`.
            args: The function's argument; whatever JSON can carry.
            timeout: Seconds to wait.

        Raises:
            AskFailedError: The function raised, with name and message of what it raised; or its
                result is over the limit, or no JSON.
            AskTimeoutError: There was no answer in time.
            DocumentGoneError: The window shows no page of the app, or no longer.
            PayloadError: JSON cannot carry `args`.
            TooLargeError: `args` is over the limit, or too much is asked at once.
            WouldDeadlockError: The caller is on the main thread; see `AsyncWindow.ask_page`.
        """
        return self._questions.wait(script, args, timeout)

    def show_dialog(self, dialog: Dialog, on_result: DialogHandler) -> None:
        """Show a dialog of this window; `on_result` is called once, on the main thread.

        `millennium.api.dialog` has the forms that return what the user chose.
        """
        self._dispatcher.show_dialog(dialog, on_result)

    # --- threads

    def is_main_thread(self) -> bool:
        """Whether the caller is on the main thread, where nobody may wait."""
        return self._main.is_current()

    def run_on_main(self, question: Callable[[], T]) -> T:
        """Run `question` on the main thread; return what it returned, raise what it raised."""
        return self._main.call(question)

    # --- what the dispatcher knows

    def title(self) -> str:
        """Return the title bar's text."""
        return self._dispatcher.title()

    def url(self) -> str:
        """Return the URL of the committed document, "" before the first."""
        return self._dispatcher.url()

    def scale_factor(self) -> float:
        """Return device pixels per CSS pixel."""
        return self._dispatcher.scale_factor()

    def inner_size(self) -> PhysicalSize:
        """Return the size of the content area."""
        return self._dispatcher.inner_size()

    def outer_size(self) -> PhysicalSize:
        """Return the size with title bar and borders."""
        return self._dispatcher.outer_size()

    def inner_position(self) -> PhysicalPosition:
        """Return the top left of the content area."""
        return self._dispatcher.inner_position()

    def outer_position(self) -> PhysicalPosition:
        """Return the top left with title bar and borders."""
        return self._dispatcher.outer_position()

    def current_monitor(self) -> Monitor | None:
        """Return the monitor it is on, None when the system cannot say."""
        return self._dispatcher.current_monitor()

    def theme(self) -> Theme:
        """Return "light" or "dark"."""
        return self._dispatcher.theme()

    def is_visible(self) -> bool:
        """Whether it is shown."""
        return self._dispatcher.is_visible()

    def is_focused(self) -> bool:
        """Whether it has the keyboard."""
        return self._dispatcher.is_focused()

    def is_minimized(self) -> bool:
        """Whether it is minimised."""
        return self._dispatcher.is_minimized()

    def is_maximized(self) -> bool:
        """Whether it is maximised."""
        return self._dispatcher.is_maximized()

    def is_fullscreen(self) -> bool:
        """Whether it covers the screen."""
        return self._dispatcher.is_fullscreen()

    def is_resizable(self) -> bool:
        """Whether the user may resize it."""
        return self._dispatcher.is_resizable()

    def is_decorated(self) -> bool:
        """Whether it has a title bar and borders."""
        return self._dispatcher.is_decorated()

    def set_title(self, title: str) -> None:
        """Set the title bar's text."""
        self._dispatcher.set_title(title)

    def reload(self) -> None:
        """Load the current document again."""
        self._dispatcher.reload()

    def set_size(self, size: Size) -> None:
        """Set the size of the content area."""
        self._dispatcher.set_size(size)

    def set_min_size(self, size: Size | None) -> None:
        """Limit how small the user may make it; None removes the limit."""
        self._dispatcher.set_min_size(size)

    def set_max_size(self, size: Size | None) -> None:
        """Limit how large the user may make it; None removes the limit."""
        self._dispatcher.set_max_size(size)

    def set_position(self, position: Position) -> None:
        """Move the outer top left."""
        self._dispatcher.set_position(position)

    def center(self) -> None:
        """Move to the middle of its monitor's work area."""
        self._dispatcher.center()

    def show(self) -> None:
        """Show it."""
        self._dispatcher.show()

    def hide(self) -> None:
        """Hide it; it lives on."""
        self._dispatcher.hide()

    def set_focus(self) -> None:
        """Bring it to the front and give it the keyboard."""
        self._dispatcher.set_focus()

    def minimize(self) -> None:
        """Minimise it."""
        self._dispatcher.minimize()

    def unminimize(self) -> None:
        """Bring it back from minimised."""
        self._dispatcher.unminimize()

    def maximize(self) -> None:
        """Maximise it."""
        self._dispatcher.maximize()

    def unmaximize(self) -> None:
        """Bring it back from maximised."""
        self._dispatcher.unmaximize()

    def set_fullscreen(self, fullscreen: bool) -> None:
        """Cover the screen, or stop."""
        self._dispatcher.set_fullscreen(fullscreen)

    def set_resizable(self, resizable: bool) -> None:
        """Let the user resize it, or not."""
        self._dispatcher.set_resizable(resizable)

    def set_decorations(self, decorations: bool) -> None:
        """Give it a title bar and borders, or none."""
        self._dispatcher.set_decorations(decorations)

    def set_always_on_top(self, always_on_top: bool) -> None:
        """Keep it above other windows, or not."""
        self._dispatcher.set_always_on_top(always_on_top)

    def set_skip_taskbar(self, skip: bool) -> None:
        """Leave it out of the taskbar, or not."""
        self._dispatcher.set_skip_taskbar(skip)

    def request_user_attention(self, critical: bool = False) -> None:
        """Ask for attention without taking the keyboard."""
        self._dispatcher.request_user_attention(critical)

    def start_dragging(self) -> None:
        """Let the pointer move the window until its button is released."""
        self._dispatcher.start_dragging()

    def open_devtools(self) -> None:
        """Open the inspector.

        Raises:
            millennium_runtime.errors.UnsupportedError: The window's ``devtools`` are off.
        """
        self._dispatcher.open_devtools()

    def close_devtools(self) -> None:
        """Close the inspector."""
        self._dispatcher.close_devtools()

    def close(self) -> None:
        """Ask it to close; a listener may prevent that."""
        self._dispatcher.close()

    def destroy(self) -> None:
        """Close without asking."""
        self._dispatcher.destroy()
