"""Run the calls of an admitted batch, each in its own way, and collect what is ready at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec import Raw
from msgspec.structs import astuple

from millennium.errors import NotAllowedError, TooLargeError
from millennium.ipc.answer import COMMAND_EXCEPTIONS, failure, success
from millennium.ipc.arguments import Material, bind
from millennium.ipc.burden import LIGHT_BYTES
from millennium.ipc.call import Call
from millennium.ipc.command import Command, call_function
from millennium.ipc.document import Document
from millennium.ipc.gate import Verdict
from millennium.ipc.invoke import Invoke
from millennium.ipc.limits import INLINE_JSON_CHARS, MAX_RUNNING_CALLS
from millennium.ipc.transfer import Upload
from millennium.ipc.wire import Batch, Extended, Item, decode_extended, error_news, ticket_news
from millennium.ipc.workers import Share

Obey = Callable[[Document, int, Raw], None]
"""Does what an item without a handle says; raises an `IpcError` to reject it."""


@dataclass(slots=True)
class _Round:
    """Calls that came together: news that is ready, and calls that answer later."""

    document: Document
    ready: list[bytes] = field(default_factory=list)
    later: list[Call] = field(default_factory=list)
    is_heavy: bool = False

    def answer(self, call: int, news: bytes, command: Command | None) -> None:
        """Answer with this message; a sealed answer is queued, in the order of its counter."""
        if command is not None and command.is_sealed:
            self.document.answer(call, news, is_sealed=True, wake=False)
        else:
            self.ready.append(news)


class Dispatch:
    """Runs calls for one bridge. Thread: main."""

    def __init__(
        self, bridge: object, *, share: Share, obey: Obey, note: Callable[[str], None]
    ) -> None:
        self._bridge = bridge
        self._share = share
        self._obey = obey
        self._note = note

    def run(self, document: Document, batch: Batch, verdicts: list[Verdict]) -> list[bytes]:
        """Run or start every call; return the news of those that are answered already."""
        this = _Round(document, is_heavy=batch.average_chars > LIGHT_BYTES)
        for item, verdict in zip(batch.items, verdicts, strict=True):
            if isinstance(verdict, Command) and verdict.is_simple and not this.is_heavy:
                self._quickly(this, item, verdict)
            else:
                self._carefully(this, item, verdict)
        self._launch(this)
        return this.ready

    def receive(self, document: Document, upload: Upload, body: bytes) -> None:
        """Run the call whose bytes, or large JSON, have come; its news is posted."""
        this = _Round(document, is_heavy=True)
        try:
            if upload.extended.is_json:
                extended = Extended(upload.extended.headers, Raw(body))
                upload = Upload(call=upload.call, command=upload.command, extended=extended)
                self._start(this, upload, None)
            else:
                self._start(this, upload, body)
        except Exception as error:  # noqa: BLE001 - every call is answered
            news = failure(upload.call, upload.command.name, error)
            this.answer(upload.call, news, upload.command)
        for news in this.ready:
            document.post(None, news)
        self._launch(this)

    def _quickly(self, this: _Round, item: Item, command: Command) -> None:
        """Run a call that needs nothing but its JSON."""
        try:
            values = astuple(command.decode(item[2]))
        except Exception:  # noqa: BLE001 - wrong, or the long form: the careful way will say
            self._carefully(this, item, command)
            return
        if command.how == "inline":
            self._run_inline(this, item[0], command, values)
        else:
            self._schedule(this, item[0], command, values)

    def _carefully(self, this: _Round, item: Item, verdict: Verdict) -> None:
        """Run any item; whatever goes wrong answers it."""
        call, _, raw = item
        try:
            if verdict is None:
                self._obey(this.document, call, raw)
            elif isinstance(verdict, Command):
                self._begin(this, call, verdict, raw)
            else:
                raise verdict
        except NotAllowedError as refused:
            self._note(refused.message)
            this.ready.append(error_news(call, refused))
        except Exception as error:  # noqa: BLE001 - every call is answered
            command = verdict if isinstance(verdict, Command) else None
            name = "(no command)" if command is None else command.name
            this.answer(call, failure(call, name, error), command)

    def _begin(self, this: _Round, call: int, command: Command, raw: Raw) -> None:
        extended = decode_extended(raw) or Extended({}, raw)
        incoming = Upload(call=call, command=command, extended=extended)
        if extended.length < 0:
            self._start(this, incoming, None)
        elif command.is_sealed:
            raise TooLargeError(f"a sealed call carries {INLINE_JSON_CHARS} characters at most")
        else:
            this.ready.append(ticket_news(call, this.document.transfers.expect(incoming)))

    def _start(self, this: _Round, incoming: Upload, body: bytes | None) -> None:
        call, command, document = incoming.call, incoming.command, this.document
        invoke = Invoke(
            command=command.name,
            label=document.source.label,
            source=document.source,
            document=document.source.document,
            bridge=self._bridge,
        )
        material = Material(
            json=incoming.extended.args,
            body=body,
            headers=incoming.extended.headers,
            invoke=invoke,
            open_channel=document.channels.open,
        )
        values = bind(command, material)
        if command.how == "inline":
            self._run_inline(this, call, command, values)
        else:
            if this.is_heavy:
                _weigh(document, incoming, body)
            self._schedule(this, call, command, values)

    def _run_inline(
        self, this: _Round, call: int, command: Command, values: Sequence[object]
    ) -> None:
        try:
            value = call_function(command, values)
        except COMMAND_EXCEPTIONS as error:
            this.answer(call, failure(call, command.name, error), command)
        else:
            transfers = None if command.is_sealed else this.document.transfers
            this.answer(call, success(call, command.name, value, transfers), command)

    def _schedule(
        self, this: _Round, call: int, command: Command, values: Sequence[object]
    ) -> None:
        running = this.document.running
        if call in running or len(running) >= MAX_RUNNING_CALLS:
            error = TooLargeError(f"{MAX_RUNNING_CALLS} calls are unanswered, or one id twice")
            this.answer(call, error_news(call, error), command)
            return
        job = Call(call, command, values, this.document, self._share)
        running[call] = job.cancel
        this.later.append(job)

    def _launch(self, this: _Round) -> None:
        pool = [job for job in this.later if job.how == "pool"]
        if pool:
            self._share.submit(pool)
        if len(pool) < len(this.later):
            self._share.start([job for job in this.later if job.how == "async"])


def _weigh(document: Document, incoming: Upload, body: bytes | None) -> None:
    """Count the arguments of a call that will run later.

    Raises:
        TooLargeError: Those of all unanswered calls would be too large.
    """
    json = memoryview(incoming.extended.args).nbytes
    is_borne = document.json_burden.can_bear(incoming.call, json)
    if not is_borne or not document.body_burden.can_bear(incoming.call, len(body or b"")):
        raise TooLargeError("the arguments of the unanswered calls are too large together")
