"""The host's half of the measurement, the same for every Python peer."""

from __future__ import annotations

import itertools
import json
import os
import statistics
import sys
import threading
import time
from typing import Any


class Recorder:
    """Answers the harness and prints one JSON object per line, as the C floor does."""

    def __init__(self) -> None:
        self._arrivals: list[float] | None = None
        self._blobs: dict[int, bytes] = {}
        if os.environ.get("BENCH_BUSY"):
            threading.Thread(target=_burn, daemon=True).start()

    def noop(self, n: int) -> dict[str, int]:
        """Echo, noting when the call arrived."""
        if self._arrivals is not None:
            self._arrivals.append(time.perf_counter())
        return {"n": n}

    def first(self) -> int:
        """Print how long the start took, in ms since BENCH_START (seconds, monotonic clock)."""
        start = float(os.environ.get("BENCH_START", "0"))
        self.print({"first_ms": (time.monotonic() - start) * 1000})
        return 1

    def start(self) -> int:
        """Begin noting arrivals."""
        self._arrivals = []
        return 1

    def end(self) -> int:
        """Print the intervals between arrivals: full round trips of strictly sequential calls."""
        arrivals, self._arrivals = self._arrivals or [], None
        gaps = sorted(b - a for a, b in itertools.pairwise(arrivals))
        self.print(
            {
                "median_us": statistics.median(gaps) * 1e6,
                "p95_us": gaps[int(len(gaps) * 0.95)] * 1e6,
                "minimum_us": gaps[0] * 1e6,
            }
        )
        return 1

    def blob(self, size: int) -> bytes:
        """Return `size` bytes, made once."""
        return self._blobs.setdefault(size, b"y" * size)

    def print(self, values: dict[str, Any]) -> None:
        """Print one line."""
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()


def config() -> dict[str, Any]:
    """Return what the harness in the page shall do."""
    values = {"calls": 2000, "total": 10_000, "bytes": 0, "events": 0, "cold": False, "assets": ""}
    given: dict[str, Any] = json.loads(os.environ.get("BENCH_CONFIG", "{}"))
    return values | given


def _burn() -> None:
    count = 0
    while True:
        count += 1
