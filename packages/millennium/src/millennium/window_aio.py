"""The methods of a window for coroutines: awaited, never blocking the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from millennium.ipc.question import read_answer
from millennium.main_thread import MainThread
from millennium.question import Questioner, late
from millennium_runtime.dispatcher import Dispatcher
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
from millennium_runtime.errors import RuntimeTimeoutError
from millennium_runtime.main_thread import MAX_WAIT_SECONDS
from millennium_runtime.monitor import Monitor
from millennium_runtime.theme import Theme

T = TypeVar("T")


async def ask_main(main: MainThread, question: Callable[[], T], *, timeout: float) -> T:
    """Run `question` on the main thread and return what it returned, raising what it raised.

    Args:
        main: The main thread.
        question: What to do there.
        timeout: Seconds to wait.

    Raises:
        RuntimeTimeoutError: The main thread did not answer in time.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(value)  # type: ignore[arg-type] # T itself may be None
        else:
            answer.set_exception(error)

    def act() -> None:
        try:
            value = question()
        except Exception as error:  # noqa: BLE001 - it is raised again, in the coroutine
            loop.call_soon_threadsafe(settle, None, error)
        else:
            loop.call_soon_threadsafe(settle, value, None)

    main.post(act)
    try:
        # not `wait_for`, which in 3.11 forgets a cancellation that meets the answer
        async with asyncio.timeout(timeout):
            return await answer
    except TimeoutError as exc:
        message = f"the main thread did not answer within {timeout} s"
        raise RuntimeTimeoutError(
            message, help="keep inline commands and event hooks short"
        ) from exc


class AsyncWindow:
    """Twin of `Window`: the same names, awaited.

    What never waits, such as `Window.emit`, has no twin.
    """

    def __init__(self, dispatcher: Dispatcher, main: MainThread, questions: Questioner) -> None:
        self._dispatcher = dispatcher
        self._main = main
        self._questions = questions

    async def run_on_main(self, question: Callable[[], T]) -> T:
        """Run `question` on the main thread and return what it returned."""
        return await ask_main(self._main, question, timeout=MAX_WAIT_SECONDS)

    async def ask_page(self, script: str, args: object = None, *, timeout: float = 30.0) -> object:
        """Have the page run a function, and return what it returned, or what its promise became.

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
        """
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[tuple[str, Exception | None]] = loop.create_future()

        def resolve(text: str, error: Exception | None) -> None:
            if not outcome.done():
                outcome.set_result((text, error))

        def settle(text: str, error: Exception | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(resolve, text, error)

        give_up = self._questions.begin(script, args, settle)
        try:
            async with asyncio.timeout(timeout):
                answer, error = await outcome
        except TimeoutError:
            raise late(timeout) from None
        finally:
            give_up()
        if error is not None:
            raise error
        return read_answer(answer)

    async def navigate(self, url: str) -> None:
        """Load `url` in the top frame, whatever the navigation rules say."""
        await self.run_on_main(lambda: self._dispatcher.navigate(url))

    async def title(self) -> str:
        """Return the title bar's text."""
        return await self.run_on_main(self._dispatcher.title)

    async def url(self) -> str:
        """Return the URL of the committed document, "" before the first."""
        return await self.run_on_main(self._dispatcher.url)

    async def scale_factor(self) -> float:
        """Return device pixels per CSS pixel."""
        return await self.run_on_main(self._dispatcher.scale_factor)

    async def inner_size(self) -> PhysicalSize:
        """Return the size of the content area."""
        return await self.run_on_main(self._dispatcher.inner_size)

    async def outer_size(self) -> PhysicalSize:
        """Return the size with title bar and borders."""
        return await self.run_on_main(self._dispatcher.outer_size)

    async def inner_position(self) -> PhysicalPosition:
        """Return the top left of the content area."""
        return await self.run_on_main(self._dispatcher.inner_position)

    async def outer_position(self) -> PhysicalPosition:
        """Return the top left with title bar and borders."""
        return await self.run_on_main(self._dispatcher.outer_position)

    async def current_monitor(self) -> Monitor | None:
        """Return the monitor it is on, None when the system cannot say."""
        return await self.run_on_main(self._dispatcher.current_monitor)

    async def theme(self) -> Theme:
        """Return "light" or "dark"."""
        return await self.run_on_main(self._dispatcher.theme)

    async def is_visible(self) -> bool:
        """Whether it is shown."""
        return await self.run_on_main(self._dispatcher.is_visible)

    async def is_focused(self) -> bool:
        """Whether it has the keyboard."""
        return await self.run_on_main(self._dispatcher.is_focused)

    async def is_minimized(self) -> bool:
        """Whether it is minimised."""
        return await self.run_on_main(self._dispatcher.is_minimized)

    async def is_maximized(self) -> bool:
        """Whether it is maximised."""
        return await self.run_on_main(self._dispatcher.is_maximized)

    async def is_fullscreen(self) -> bool:
        """Whether it covers the screen."""
        return await self.run_on_main(self._dispatcher.is_fullscreen)

    async def is_resizable(self) -> bool:
        """Whether the user may resize it."""
        return await self.run_on_main(self._dispatcher.is_resizable)

    async def is_decorated(self) -> bool:
        """Whether it has a title bar and borders."""
        return await self.run_on_main(self._dispatcher.is_decorated)

    async def set_title(self, title: str) -> None:
        """Set the title bar's text."""
        await self.run_on_main(lambda: self._dispatcher.set_title(title))

    async def reload(self) -> None:
        """Load the current document again."""
        await self.run_on_main(self._dispatcher.reload)

    async def set_size(self, size: Size) -> None:
        """Set the size of the content area."""
        await self.run_on_main(lambda: self._dispatcher.set_size(size))

    async def set_min_size(self, size: Size | None) -> None:
        """Limit how small the user may make it; None removes the limit."""
        await self.run_on_main(lambda: self._dispatcher.set_min_size(size))

    async def set_max_size(self, size: Size | None) -> None:
        """Limit how large the user may make it; None removes the limit."""
        await self.run_on_main(lambda: self._dispatcher.set_max_size(size))

    async def set_position(self, position: Position) -> None:
        """Move the outer top left."""
        await self.run_on_main(lambda: self._dispatcher.set_position(position))

    async def center(self) -> None:
        """Move to the middle of its monitor's work area."""
        await self.run_on_main(self._dispatcher.center)

    async def show(self) -> None:
        """Show it."""
        await self.run_on_main(self._dispatcher.show)

    async def hide(self) -> None:
        """Hide it; it lives on."""
        await self.run_on_main(self._dispatcher.hide)

    async def set_focus(self) -> None:
        """Bring it to the front and give it the keyboard."""
        await self.run_on_main(self._dispatcher.set_focus)

    async def minimize(self) -> None:
        """Minimise it."""
        await self.run_on_main(self._dispatcher.minimize)

    async def unminimize(self) -> None:
        """Bring it back from minimised."""
        await self.run_on_main(self._dispatcher.unminimize)

    async def maximize(self) -> None:
        """Maximise it."""
        await self.run_on_main(self._dispatcher.maximize)

    async def unmaximize(self) -> None:
        """Bring it back from maximised."""
        await self.run_on_main(self._dispatcher.unmaximize)

    async def set_fullscreen(self, fullscreen: bool) -> None:
        """Cover the screen, or stop."""
        await self.run_on_main(lambda: self._dispatcher.set_fullscreen(fullscreen))

    async def set_resizable(self, resizable: bool) -> None:
        """Let the user resize it, or not."""
        await self.run_on_main(lambda: self._dispatcher.set_resizable(resizable))

    async def set_decorations(self, decorations: bool) -> None:
        """Give it a title bar and borders, or none."""
        await self.run_on_main(lambda: self._dispatcher.set_decorations(decorations))

    async def set_always_on_top(self, always_on_top: bool) -> None:
        """Keep it above other windows, or not."""
        await self.run_on_main(lambda: self._dispatcher.set_always_on_top(always_on_top))

    async def set_skip_taskbar(self, skip: bool) -> None:
        """Leave it out of the taskbar, or not."""
        await self.run_on_main(lambda: self._dispatcher.set_skip_taskbar(skip))

    async def request_user_attention(self, critical: bool = False) -> None:
        """Ask for attention without taking the keyboard."""
        await self.run_on_main(lambda: self._dispatcher.request_user_attention(critical))

    async def start_dragging(self) -> None:
        """Let the pointer move the window until its button is released."""
        await self.run_on_main(self._dispatcher.start_dragging)

    async def open_devtools(self) -> None:
        """Open the inspector.

        Raises:
            millennium_runtime.errors.UnsupportedError: The window's ``devtools`` are off.
        """
        await self.run_on_main(self._dispatcher.open_devtools)

    async def close_devtools(self) -> None:
        """Close the inspector."""
        await self.run_on_main(self._dispatcher.close_devtools)

    async def close(self) -> None:
        """Ask it to close; a listener may prevent that."""
        await self.run_on_main(self._dispatcher.close)

    async def destroy(self) -> None:
        """Close without asking."""
        await self.run_on_main(self._dispatcher.destroy)
