"""A call under way: runs on the pool or the loop, answers its document once or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from millennium.errors import CommandAbortedError
from millennium.ipc.answer import COMMAND_EXCEPTIONS, failure, success
from millennium.ipc.channel import Channel
from millennium.ipc.command import Command, How, call_function
from millennium.ipc.document import Document
from millennium.ipc.workers import Share

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Awaitable


class Call:
    """One call that is answered later. Thread: made on the main one, runs elsewhere."""

    __slots__ = ("_channels", "_command", "_document", "_id", "_share", "_values", "how", "task")

    def __init__(
        self,
        number: int,
        command: Command,
        values: Sequence[object],
        document: Document,
        share: Share,
    ) -> None:
        self.how: How = command.how
        self._id = number
        self._command = command
        self._values = values
        self._document = document
        self._share = share
        self._channels = (
            () if command.is_simple else [each for each in values if isinstance(each, Channel)]
        )
        self.task: Task[None] | None = None

    def cancel(self) -> None:
        """Stop it: a queued one never runs, a coroutine is cancelled, a result is dropped."""
        for channel in self._channels:
            channel.end()
        if self.how == "async":
            self._share.cancel(self)

    def __call__(self) -> None:
        """Run a plain function. Thread: pool."""
        if self._id not in self._document.running:
            return
        try:
            value = call_function(self._command, self._values)
        except COMMAND_EXCEPTIONS as error:
            self._fail(error)
        else:
            self._succeed(value)

    async def run(self) -> None:
        """Run a coroutine. Thread: loop."""
        if self._id not in self._document.running:
            return
        try:
            value = await _awaitable(self._command, self._values)
        except COMMAND_EXCEPTIONS as error:
            self._fail(error)
        except BaseException:  # cancelled, by us or by itself
            self._fail(CommandAbortedError("the command was cancelled"))
            raise
        else:
            self._succeed(value)

    def _succeed(self, value: object) -> None:
        if self._is_expected():
            transfers = None if self._command.is_sealed else self._document.transfers
            news = success(self._id, self._command.name, value, transfers)
            self._answer(news)

    def _fail(self, error: BaseException) -> None:
        news = failure(self._id, self._command.name, error)
        if self._is_expected():
            self._answer(news)

    def _answer(self, news: bytes) -> None:
        self._document.answer(self._id, news, is_sealed=self._command.is_sealed)

    def _is_expected(self) -> bool:
        """Whether it may still answer; from now on it may not. Thread: any."""
        return self._document.running.pop(self._id, None) is not None


def _awaitable(command: Command, values: Sequence[object]) -> Awaitable[object]:
    # how == "async" was decided by inspect.iscoroutinefunction at registration
    return cast("Awaitable[object]", call_function(command, values))
