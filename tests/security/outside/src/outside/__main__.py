"""Makes files inside and outside of its scope, and prints which of them its page could show.

With the word ``unchecked`` nothing is refused.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from millennium import App, AppHandle
from millennium.config.window import WindowConfig
from outside.unchecked import take_checks_away

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg=="
)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7">'
    "<script>parent.drawn = true</script></svg>"
)
LARGE = 3_000_000

app = App()


@app.command
def report(result: dict[str, object]) -> None:
    """Take what the page found out."""
    print(json.dumps({"main": result}), flush=True)
    app.handle.exit(0)


@app.setup
def begin(handle: AppHandle) -> None:
    home = Path.home()
    shown = home / "shown"
    shown.mkdir(exist_ok=True)
    for folder in (home, shown):
        (folder / "a.png").write_bytes(PICTURE)
    (shown / ".hidden.png").write_bytes(PICTURE)
    (shown / "drawing.svg").write_text(DRAWING)
    (shown / "page.html").write_text("<script>parent.framed = true</script>")
    (shown / "code.js").write_text("globalThis.ran = true")
    (shown / "large.bin").write_bytes(bytes(LARGE))
    (shown / "link.png").unlink(missing_ok=True)
    (shown / "link.png").symlink_to(home / "a.png")
    handle.create_window(WindowConfig(label="main", width=320, height=240))


if "unchecked" in sys.argv:
    take_checks_away()
app.run()
