"""One request to a custom scheme and its answer, without an engine in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from millennium_runtime.request import Request, Response, UriSchemeProtocol

__all__ = ["Exchange", "Fetched"]

log: logging.Logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole answer, as a page gets it: header names in lower case, all chunks joined."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()


class Exchange:
    """Carries one request to its protocol and keeps the first answer.

    Attributes:
        request: What was asked.
        is_answered_twice: Whether the protocol answered again; that is also logged.
    """

    def __init__(
        self,
        request: Request,
        *,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
        when_done: Callable[[Fetched], None] | None = None,
    ) -> None:
        self.request = request
        self.is_answered_twice: bool = False
        self._wait = wait
        self._when_done = when_done
        self._lock = threading.Lock()
        self._is_answered = False
        self._is_done = threading.Event()
        self._fetched: Fetched | None = None

    def start(self, protocol: UriSchemeProtocol) -> None:
        """Ask the protocol; one that raises instead of answering is answered with 500."""
        try:
            protocol(self.request, self._answer)
        except Exception:
            log.exception("the protocol failed at %s", self.request.uri)
            if not self._is_answered:
                self._answer(Response(status=500))

    def wait(self, seconds: float = 5.0) -> Fetched:
        """Wait for the whole answer.

        Raises:
            TimeoutError: The protocol did not answer.
            ConnectionError: The chunks of its answer ended in an exception.
        """
        if not self._wait(self._is_done, seconds):
            raise TimeoutError(f"{self.request.uri} was not answered within {seconds:g} s")
        if self._fetched is None:
            raise ConnectionError(f"the answer to {self.request.uri} broke off")
        return self._fetched

    def _answer(self, response: Response) -> None:
        with self._lock:
            if self._is_answered:
                self.is_answered_twice = True
                log.error("%s was answered twice", self.request.uri)
                return
            self._is_answered = True
        if isinstance(response.body, bytes | memoryview):
            self._finish(response, bytes(response.body))
        else:
            reader = threading.Thread(
                target=self._read, args=(response, response.body), daemon=True
            )
            reader.start()

    def _read(self, response: Response, chunks: Iterable[bytes]) -> None:
        """Read a streamed body on a thread of its own, as the promise says."""
        try:
            body = b"".join(chunks)
        except Exception:
            log.exception("the body of %s broke off", self.request.uri)
            self._is_done.set()
        else:
            self._finish(response, body)

    def _finish(self, response: Response, body: bytes) -> None:
        headers = {name.lower(): value for name, value in response.headers}
        self._fetched = Fetched(status=response.status, headers=headers, body=body)
        self._is_done.set()
        if self._when_done is not None:
            self._when_done(self._fetched)
