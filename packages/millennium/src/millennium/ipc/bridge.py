"""One window's bridge: takes its messages in, runs its calls, sends its news out.

* ``on_page_load``: a commit makes a new `Document`, the old one ends.
* ``on_message``: hello ▸ handles and tokens; batch ▸ decode ▸ admit ▸ run ▸ reply or carrier.
* ``serve``: bytes and large JSON, by ticket.
* ``emit``: events; everything that leaves joins one queue per document.
* ``ask``: a question to the page, see `millennium.ipc.question`.
"""

from __future__ import annotations

import logging
from collections import deque
from functools import partial

from millennium.errors import DocumentGoneError, IpcError, NotAllowedError
from millennium.ipc.command import CommandRegistry
from millennium.ipc.dispatch import Dispatch
from millennium.ipc.document import NOWHERE, Document
from millennium.ipc.gate import Standing, admit
from millennium.ipc.limits import (
    BYTES_PATH,
    FRAME_MILLISECONDS,
    MAX_BATCH_CHARS,
    MAX_ISOLATED_CHARS,
    MAX_JSON_BYTES,
    PAGE_VALUES,
    PIECE_CALLS,
    WIRE_VERSION,
)
from millennium.ipc.policy import BridgePolicy
from millennium.ipc.question import GiveUp, Question, Settle
from millennium.ipc.refusals import RefusalLog
from millennium.ipc.serve import ByteService
from millennium.ipc.turns import Turns, Work
from millennium.ipc.verbs import Verbs
from millennium.ipc.wire import HELLO, Batch, decode_batch
from millennium.ipc.workers import Workers
from millennium.scripts.render import (
    BridgeNames,
    render_bootstrap,
    render_isolation,
    render_sealed,
    sink_call,
)
from millennium.security.handles import HandleTable
from millennium.security.headers import BARE_HEADERS
from millennium.security.origin import Origin
from millennium.security.tokens import TokenPad
from millennium_runtime.dispatcher import Dispatcher
from millennium_runtime.errors import EventLoopClosedError, WindowClosedError
from millennium_runtime.request import Request, Responder, Response
from millennium_runtime.runtime import RuntimeHandle
from millennium_runtime.webview import InitScript, MessageSource, PageLoad, Reply, World

_log = logging.getLogger("millennium.ipc")

NO_FRAME = Response(status=404, headers=BARE_HEADERS)


class Bridge:
    """Between one window's page and the commands. Thread: main, except `emit`.

    Attributes:
        label: The window.
        message_handler: For `WebviewAttributes`; unpredictable.
        private_world: For `WebviewAttributes`; unpredictable.
    """

    def __init__(
        self,
        label: str,
        *,
        registry: CommandRegistry,
        workers: Workers,
        policy: BridgePolicy,
        turns: Turns | None = None,
    ) -> None:
        self.label = label
        self._turns = turns
        self._lane = None if turns is None else turns.lane()
        self._names = BridgeNames.fresh()
        self.message_handler: str = self._names.handler
        self.private_world: str = self._names.world
        self._registry = registry
        self._policy = policy
        self._refusals = RefusalLog(label)
        self._dispatcher: Dispatcher | None = None
        self._handle: RuntimeHandle | None = None
        self._document = self._nobody()
        note = self._refusals.note
        self._share = workers.share()
        self._dispatch = Dispatch(self, share=self._share, obey=Verbs(policy).obey, note=note)
        self._bytes = ByteService(label, self._dispatch, note)

    @property
    def origin(self) -> Origin | None:
        """The origin of the document that is there, if it may use this bridge."""
        return self._document.origin if self._document.standing.is_trusted else None

    def init_scripts(self, origins: tuple[str, ...]) -> tuple[InitScript, ...]:
        """Return the bootstrap of both worlds, for documents of these origins; our own first."""
        values = {**PAGE_VALUES, "LABEL": self.label, "URL": f"{origins[0]}{BYTES_PATH}"}
        guards: tuple[str, ...] = ()
        if self._policy.isolate is not None:  # large JSON passes the frame too
            values["INLINE_JSON"] = MAX_JSON_BYTES
            guards = (render_isolation(self._names, {"FRAME_MILLISECONDS": FRAME_MILLISECONDS}),)
        if self._policy.seal is not None:
            place = {"LABEL": self.label, "VERSION": WIRE_VERSION}
            guards = (*guards, render_sealed(self._names, place))
        page, world = render_bootstrap(self._names, values)
        return (
            *(InitScript(source=each, world=World.PRIVATE, origins=origins) for each in guards),
            InitScript(source=world, world=World.PRIVATE, origins=origins),
            InitScript(source=page, world=World.PAGE, origins=origins),
        )

    def attach(self, dispatcher: Dispatcher, handle: RuntimeHandle) -> None:
        """Let news out: the window was made."""
        self._dispatcher = dispatcher
        self._handle = handle
        if self._document.has_news:
            self._wake(self._document)

    def close(self) -> None:
        """End with the window: calls are cancelled, channels closed, late results dropped."""
        self._replace(self._nobody())
        if self._turns is not None and self._lane is not None:
            self._turns.close(self._lane)
        self._share.close()

    def on_page_load(self, load: PageLoad) -> None:
        """Follow the life of the window's documents; a `PageLoadHandler`."""
        if load.stage == "committed":
            self._replace(self._document_of(load.source, Origin.parse(load.source.url)))
        elif load.stage == "terminated":
            self._replace(self._nobody())

    def on_message(self, source: MessageSource, text: str, reply: Reply) -> None:
        """Answer one message of the private world; an `IpcHandler`. Every message is answered."""
        self._take(self._work(source, text, reply), chars=len(text))

    def _work(self, source: MessageSource, text: str, reply: Reply) -> Work:
        try:
            if text == HELLO:
                reply.answer(self._greet(source))
            else:
                yield from self._answer(source, text, reply)
        except IpcError as refused:
            self._refusals.note(refused.message)
            reply.refuse(refused.code)
        except Exception:  # noqa: BLE001 - fail closed: an error in deciding is a refusal
            _log.exception("window %s: a message could not be handled", self.label)
            reply.refuse(NotAllowedError.code)

    def serve(self, request: Request, responder: Responder) -> None:
        """Serve ``/__millennium/ipc/`` on our scheme; a `UriSchemeProtocol`."""
        self._take(self._serve(request, responder))

    def _serve(self, request: Request, responder: Responder) -> Work:
        yield from ()
        self._bytes.serve(self._document, request, responder)

    def serve_frame(self, request: Request, responder: Responder) -> None:
        """Serve the isolation frame of the document that is there; a `UriSchemeProtocol`."""
        frame = self._document.standing.frame
        is_ours = self._document.is_greeted and request.window in ("", self.label)
        responder(frame.serve(request) if frame and is_ours else NO_FRAME)

    def emit(self, news: bytes) -> None:
        """Send an event's news to the page; dropped when no trusted document is there. Thread: any.

        Args:
            news: See `millennium.ipc.wire.event_news`; made once for all windows that hear it.
        """
        self._document.offer(news)

    def ask(self, question: Question, settle: Settle) -> GiveUp:
        """Ask the page; `settle` is told its answer, or that it went away.

        Returns:
            What to call when nobody waits any more.

        Raises:
            DocumentGoneError: The window shows no page that may use its bridge.
            TooLargeError: Too many questions are unanswered, or too much news waits.
        """
        document = self._document
        if not document.standing.is_trusted:
            raise DocumentGoneError("the window shows no page of the app")
        ask = partial(self._evaluate, world=World.PAGE)
        return document.questions.ask(question, ask, settle)

    def _greet(self, source: MessageSource) -> str:
        document = self._document
        if source.label != self.label or source.document != document.source.document:
            raise NotAllowedError("a hello from another window or document")
        if not document.standing.is_trusted:
            raise NotAllowedError("a hello from an origin that may not use this window's bridge")
        if document.is_greeted:
            raise NotAllowedError("a second hello of one document")
        names = self._registry.names()
        granted = self._policy.permit(self.label, document.origin, names) & names
        commands = [command for command in self._registry if command.name in granted]
        handles = document.standing.handles.issue((each.name, each) for each in commands)
        pad = document.standing.pad.issue()
        head: dict[str, object] = {"pad": pad, "handles": handles}
        if self._policy.handles == "call":
            head["once"] = 1
        if self._policy.verify is not None:
            head["verify"] = True
        seals = document.standing.seals
        if seals is not None:
            head["seal"] = seals.begin(pad[0].partition(" ")[2])
            head["sealed"] = [command.name for command in commands if command.is_sealed]
        if document.standing.frame is not None:
            head["frame"] = document.standing.frame.url
        document.greet(granted, head)
        return f"{source.document}\n{document.compose()}"

    def _take(self, work: Work, *, chars: int = 0) -> None:
        if self._lane is None:
            deque(work, maxlen=0)
        else:
            self._lane.take(work, chars=chars)

    def _answer(self, source: MessageSource, text: str, reply: Reply) -> Work:
        document = self._document
        if not document.is_greeted:
            raise NotAllowedError("a batch before the hello")
        is_isolated = document.standing.frame is not None
        is_large = is_isolated or len(document.questions) > 0
        max_chars = MAX_ISOLATED_CHARS if is_large else MAX_BATCH_CHARS
        batch = decode_batch(text, max_chars=max_chars)
        verdicts = admit(batch, source, document.standing)
        ready: list[bytes] = []
        for at in range(0, len(batch.items), PIECE_CALLS):
            if at:
                yield
            if document is not self._document:
                raise DocumentGoneError("a message outlived its document")
            items = batch.items[at : at + PIECE_CALLS]
            piece = Batch(batch.number, batch.token, items, batch.average_chars)
            ready += self._dispatch.run(document, piece, verdicts[at : at + PIECE_CALLS])
        if ready or document.has_news or document.must_answer:
            reply.answer(document.compose(ready))
        else:  # whatever is ready first leaves with it
            document.carriers.append(reply)

    def _wake(self, document: Document) -> None:
        """Have the news drained on the UI thread. Thread: any."""
        if self._handle is None:
            return
        try:
            self._handle.post(lambda: self._take(self._drain(document)))
        except EventLoopClosedError:
            _log.debug("window %s: news dropped, the loop has ended", self.label)

    def _drain(self, document: Document) -> Work:
        yield from ()
        document.has_wake = False
        if document is not self._document or not document.has_news:
            return
        if document.carriers:
            document.carriers.popleft().answer(document.compose())
        elif self._dispatcher is not None:
            message = document.push()
            if message:
                script = sink_call(self._names, document.source.document, message)
                self._evaluate(script, World.PRIVATE)

    def _evaluate(self, script: str, world: World) -> None:
        if self._dispatcher is None:
            return
        try:
            self._dispatcher.evaluate(script, world)
        except WindowClosedError:
            _log.debug("window %s: news dropped, it is closed", self.label)

    def _replace(self, document: Document) -> None:
        old, self._document = self._document, document
        old.end()

    def _nobody(self) -> Document:
        source = MessageSource(label=self.label, url="", document=0)
        return self._document_of(source, None)

    def _document_of(self, source: MessageSource, origin: Origin | None) -> Document:
        is_trusted = origin is not None and self._policy.is_trusted(origin)
        isolate = self._policy.isolate if is_trusted else None
        seal = self._policy.seal if is_trusted else None
        standing = Standing(
            label=self.label,
            document=source.document,
            is_trusted=is_trusted,
            pad=TokenPad(),
            handles=HandleTable(self._policy.handles),
            granted=frozenset(),
            seals=seal(self.label, source.document) if seal else None,
            frame=isolate(self.label, source.document, origin) if isolate and origin else None,
        )
        return Document(source, origin or NOWHERE, standing=standing, wake=self._wake)
