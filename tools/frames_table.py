"""The page of frames, workers and popups, made of a run of tests/security/matrix.

`python tools/frames_table.py` runs it and prints the page; with `--write` it goes to
docs/reference/frames.md. tests/security/test_matrix.py compares that page with its own run.

1. An attack that nobody saw running has no verdict: `Verdicts.of` raises.
2. What the page saw and what reached Python must both say that an attack failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk import private_display
from reference_sources import ROOT, table

APP = ROOT / "tests" / "security" / "matrix"
PAGE = ROOT / "docs" / "reference" / "frames.md"
SECONDS = 150

REFUSED = "refused"
IS_PAGE = "**is the page**"
NOTHING = "nothing there"
NO_ROW = "cannot be made"
SUCCEEDED = "SUCCEEDED"

SAME_ORIGIN = {
    "same-origin": "a frame of the page's origin",
    "sandboxed-same-origin": 'the same, `sandbox="allow-scripts allow-same-origin"`',
    "srcdoc": "`srcdoc`",
    "blob": "a frame of a `blob:` address",
    "about-blank": "`about:blank`, filled by the page",
    "nested": "a frame in a frame of the page's origin",
    "nested-in-cross-origin": "a frame of the page's origin in one of another",
    "object": "`<object>` of the page's origin",
    "embed": "`<embed>` of the page's origin",
}
APART = {
    "cross-origin": "a frame of another origin",
    "sandboxed": 'a frame of the page\'s origin, `sandbox="allow-scripts"`',
    "sandboxed-srcdoc": '`srcdoc`, `sandbox="allow-scripts"`',
    "sandboxed-blob": '`blob:`, `sandbox="allow-scripts"`',
    "data": "a frame of a `data:` address",
    "nested-cross-origin": "a frame of another origin in one of the page's",
    "object-cross-origin": "`<object>` of another origin",
    "embed-cross-origin": "`<embed>` of another origin",
}
WORKERS = {
    "worker": "a worker",
    "worker-module": "a module worker",
    "worker-blob": "a worker of a `blob:` address",
    "shared-worker": "a shared worker",
    "shared-worker-blob": "a shared worker of a `blob:` address",
}
UNMADE = {
    "service-worker": "a service worker",
    "popup": "a popup (`window.open`)",
}
ROWS = {**SAME_ORIGIN, **APART, **WORKERS, **UNMADE}

COLUMNS = {
    "handler": "native handler",
    "event": "private world",
    "fetch": "byte path",
    "sink": "sink",
    "parent": "the page's API",
}
CONTROLS = {
    "handler": ("shared", "the bridge lives in the page's own world"),
    "event": ("welcoming", "the private side takes a second line"),
    "fetch": ("trusting", "bytes need no ticket"),
    "sink": ("shared", "the bridge lives in the page's own world"),
    "parent": ("unguarded", "the engine's same-origin policy is off"),
}
"""Column → the window in which its own check is off, and what that means."""

HEAD = f"""# Frames, workers and popups

What can speak to Python besides the page itself? This table is made of a run of real windows
(`python tools/frames_table.py --write`); `tests/security/test_matrix.py` runs it again and compares.

Every frame and worker runs the same attack, and knows **all random names** of its window's bridge:

- **native handler**: post to the message handler, by its name and by usual ones
- **private world**: dispatch the events with which the two worlds find each other, on its own
  document and on the page's, offer a line, and send a call on it
- **byte path**: `fetch` below `/__millennium/ipc/`, with and without a guessed ticket
- **sink**: call the function that takes Python's news, and put one of that name where news might go
- **the page's API**: call a command with what `window.top` (`opener` of a popup) has

"{REFUSED}" means: it ran, and got nothing; nothing of it reached a command. "{NOTHING}" means: a
worker has no document, no parent and no handlers. {IS_PAGE} means: the web itself lets a frame of
the page's origin use everything of the page, so its call is the page's call. Nothing in the bridge
can tell the two apart; three things help:

- the **default policy** of the app's pages lets none of them run a script (second column); an app
  that frames its own pages says `frame-ancestors 'self'`
- a window with **`isolated-origin`** has an origin of its own: what comes from the app's other
  origin is a stranger there. What the page itself fills (`srcdoc`, `blob:`, `about:blank`) stays
  the page
- under the **isolation pattern** the call meets the app's hook, which refuses it here

All columns after the second were seen **without any policy**, so that only the bridge refuses.
"""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a run says, window by window."""

    report: Mapping[str, Any]

    def cell(self, label: str, row: str) -> Mapping[str, Any]:
        """Return what a frame saw.

        Raises:
            LookupError: It never ran.
        """
        cells = self.report[label]["cells"]
        if row not in cells:
            message = f"{row} never ran in window {label}"
            raise LookupError(message)
        found: Mapping[str, Any] = cells[row]
        return found

    def ran(self, label: str, row: str) -> bool:
        """Whether a script of this row ran."""
        return row in self.report[label]["cells"]

    def has_succeeded(self, label: str, row: str, column: str) -> bool:
        """Whether an attack won anything: by its own word, or by what reached Python.

        Raises:
            LookupError: It never ran.
        """
        window = self.report[label]
        if f"{row} {column}" in window["marks"]:
            return True
        cell = self.cell(label, row)
        match column:
            case "fetch":
                return any(status not in (403, 404, "TypeError") for status in cell["fetch"])
            case "sink":
                return bool(cell.get("sink") or cell.get("captured") or row in window["forged"])
            case "parent":
                return cell.get("parent") not in (None, "SecurityError", "Error")
        return bool(cell.get(column))

    def of(self, row: str, column: str, label: str = "open") -> str:
        """Return the verdict of one cell.

        Raises:
            LookupError: It never ran, although it can.
        """
        if row in UNMADE and not self.ran(label, row):
            return NO_ROW
        if self.has_succeeded(label, row, column):
            return IS_PAGE if column == "parent" and row in SAME_ORIGIN else SUCCEEDED
        has_document = self.cell(label, row)["document"] == "object"
        return REFUSED if has_document or column == "fetch" else NOTHING

    def counts(self) -> Counter[str]:
        """Count the verdicts."""
        return Counter(self.of(row, column) for row in ROWS for column in COLUMNS)

    def found(self, column: str) -> list[str]:
        """List the rows whose attack succeeds where its own check is off."""
        label, _ = CONTROLS[column]
        return [row for row in ROWS if row not in UNMADE and self._succeeds(label, row, column)]

    def _succeeds(self, label: str, row: str, column: str) -> bool:
        try:
            return self.has_succeeded(label, row, column)
        except LookupError:  # a call on a stolen line never comes back to who made it
            return False


def render(report: Mapping[str, Any]) -> str:
    """Return the page."""
    verdicts = Verdicts(report)
    counts = verdicts.counts()
    head = ("", "default policy", *COLUMNS.values(), "API, `isolated-origin`", "API, isolation")
    rows = (
        (
            text,
            "runs" if verdicts.ran("policy", row) else NO_ROW if row in UNMADE else "runs nothing",
            *(verdicts.of(row, column) for column in COLUMNS),
            verdicts.of(row, "parent", "isolated"),
            verdicts.of(row, "parent", "hooked"),
        )
        for row, text in ROWS.items()
    )
    total = ", ".join(f"{counts[kind]} {kind}" for kind in (REFUSED, IS_PAGE, NOTHING, NO_ROW))
    controls = (
        (text, CONTROLS[column][1], str(len(verdicts.found(column))))
        for column, text in COLUMNS.items()
    )
    return "\n".join(
        (
            HEAD,
            table(head, rows),
            f"{sum(counts.values())} cells of the five attacks: {total}.\n",
            _unmade(report),
            "## Would it have been found?\n",
            "The same run has windows in which one check is off. There the attack succeeds:\n",
            table(("attack", "what is off", "rows in which it succeeds"), controls),
        )
    )


def run() -> Mapping[str, Any]:
    """Run the app and return what its pages report.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryDirectory() as home, private_display() as screen:
        environment = {k: v for k, v in screen.items() if not k.startswith("XDG_")}
        done = subprocess.run(
            [sys.executable, "src/matrix/__main__.py", "--millennium-source=release"],
            env={**environment, "HOME": home, "PYTHONPATH": "src", "NO_AT_BRIDGE": "1"},
            cwd=APP,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    report: Mapping[str, Any] = json.loads(done.stdout)
    return report


def main(arguments: list[str]) -> int:
    """Print the page, or write it."""
    text = render(run())
    if "--write" in arguments:
        Path(PAGE).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _unmade(report: Mapping[str, Any]) -> str:
    notes = report["open"]["notes"]
    return (
        "- **Service workers**: the engine registers none on a scheme of an app. It says: "
        f"*{notes['service-worker'].partition(': ')[2]}*.\n"
        "- **Popups**: a page opens no window; `window.open` returns `null`. Where it could, the "
        "popup would have no handler, no names and no bytes, and would be the page by its "
        "`opener`.\n"
        "- **Shared workers** run, in an opaque origin, from which our scheme cannot be asked.\n"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
