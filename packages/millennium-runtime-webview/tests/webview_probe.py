"""How the suite of `millennium_runtime.testing.conformance` reaches the real engine."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from millennium_runtime.runtime import Runtime, RuntimeAttributes
from millennium_runtime.testing.conformance import RuntimeProbe
from millennium_runtime_webview import WebviewRuntime


class WebviewProbe(RuntimeProbe):
    """Runs each check in a process of its own: the process is what the promise ends with."""

    one_loop_per_process = True
    patience = 15.0

    def new_runtime(self, attributes: RuntimeAttributes) -> Runtime:
        """Make the real thing."""
        return WebviewRuntime.new(attributes)

    def crash_page(self, runtime: Runtime, label: str) -> None:
        """Kill the web process, as the system would."""
        for process in descendants(os.getpid(), "WebKitWebProces"):
            os.kill(process, signal.SIGKILL)

    def cannot(self) -> Mapping[str, str]:
        """Every check can be made here."""
        return {}


def descendants(parent: int, name: str) -> list[int]:
    """Return the living processes below `parent` of this kernel name; a sandbox lies between."""
    children: dict[int, list[tuple[int, str]]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = entry.read_text().rpartition(")")
        except OSError:  # it has ended since
            continue
        if tail.split()[0] == "Z":
            continue
        process = (int(entry.parent.name), head.partition("(")[2])
        children.setdefault(int(tail.split()[1]), []).append(process)
    found, rest = [], children.get(parent, [])
    while rest:
        process = rest.pop()
        found.append(process)
        rest += children.get(process[0], [])
    return [number for number, called in found if called == name]
