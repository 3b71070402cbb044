"""The verification door: proves that an executable starts, and does nothing else.

``--millennium-verify=FD`` names a pipe inherited from the process that started us.

1. The number must be that of a pipe, open for writing, above the standard streams. Anything else
   ends the program with code 2, without a word to whoever is listening there.
2. The door opens once: after the first committed load the page's bootstrap knocks `KNOCKS` times,
   each time when the last knock was answered; then one line of JSON is written, and the app ends
   with code 0. What lies between two knocks is one round trip.
3. Nothing is read from the pipe, and nothing else becomes possible because of it.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

OPTION = "--millennium-verify"
USAGE_EXIT_CODE = 2
FIRST_DESCRIPTOR = 3
MAX_DIGITS = 7
KNOCKS = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the started app says about itself.

    Attributes:
        version: Of the app.
        engine: Name and version of the webview, as its page knows it.
        milliseconds: From the start of `App.run` to the call of the first page.
        url: Of the document that called.
    """

    version: str
    engine: str
    milliseconds: int
    url: str


def take_descriptor(arguments: list[str]) -> int | None:
    """Remove the option from `arguments` and return its pipe, None if the option is not there.

    Raises:
        SystemExit: With code 2; the option names no pipe that we could write to, or stands there
            twice.
    """
    found = [text for text in arguments if text == OPTION or text.startswith(OPTION + "=")]
    if not found:
        return None
    arguments[:] = [text for text in arguments if text not in found]
    digits = found[0].partition("=")[2]
    if len(found) > 1 or not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS):
        raise SystemExit(USAGE_EXIT_CODE)
    number = int(digits)
    if not _is_writable_pipe(number):  # (1)
        raise SystemExit(USAGE_EXIT_CODE)
    os.set_inheritable(number, False)
    return number


class Door:
    """Takes one proof, when the page has knocked often enough. Thread: main."""

    def __init__(self, descriptor: int, leave: Callable[[], None]) -> None:
        self._descriptor: int | None = descriptor
        self._leave = leave
        self._proof: Proof | None = None
        self._knocks: list[float] = []

    def knock(self, prove: Callable[[], Proof]) -> bool:
        """Note one knock and return whether another is wanted; the last one ends the app.

        Args:
            prove: Makes the proof; asked at the first knock.
        """  # (2)
        self._knocks.append(time.perf_counter())
        if self._proof is None:
            self._proof = prove()
        if len(self._knocks) < KNOCKS:
            return True
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            self._write(descriptor, self._proof)
        return False

    def _write(self, descriptor: int, proof: Proof) -> None:
        import json  # noqa: PLC0415 - no part of a start

        gaps = [later - earlier for earlier, later in pairwise(self._knocks)]
        line = json.dumps(
            {
                "version": proof.version,
                "engine": proof.engine,
                "milliseconds": proof.milliseconds,
                "round_trip_us": round(sorted(gaps)[len(gaps) // 2] * 1e6),
                "url": proof.url,
            }
        )
        try:
            os.write(descriptor, line.encode() + b"\n")
        finally:
            os.close(descriptor)
            self._leave()


def _is_writable_pipe(number: int) -> bool:
    if number < FIRST_DESCRIPTOR:
        return False
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(number).st_mode)
        os.write(number, b"")
    except OSError:
        return False
    return is_pipe
