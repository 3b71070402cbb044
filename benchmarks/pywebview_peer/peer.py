"""Stock pywebview: its own server and js_api bridge."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import webview

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from recorder import Recorder, config  # noqa: E402

PAGE = """<!doctype html><meta charset="utf-8"><title>Bench</title><h1>Bench</h1>
<script src="bench.js"></script><script>
addEventListener("pywebviewready", () => runBench({
  call: (name, args) => pywebview.api.call(name, args) }, CONFIG));
</script>"""


class Api:
    """What the page may call."""

    def __init__(self) -> None:
        self._recorder = Recorder()

    def call(self, name: str, args: dict[str, Any]) -> object:
        """Answer the harness."""
        if name == "noop":
            return self._recorder.noop(args["n"])
        if name == "report":
            self._recorder.print(args["report"])
        elif name == "quit":
            os._exit(0)
        else:
            getattr(self._recorder, name)()
        return 1


def main() -> None:
    """Serve the page from a folder of its own and run."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.joinpath("bench.js").write_bytes(HERE.parent.joinpath("bench.js").read_bytes())
        root.joinpath("index.html").write_text(PAGE.replace("CONFIG", json.dumps(config())))
        webview.create_window("Bench", str(root / "index.html"), js_api=Api())
        webview.start()


if __name__ == "__main__":
    main()
