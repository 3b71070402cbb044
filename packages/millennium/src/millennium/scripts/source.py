"""Find the JavaScript that ships with millennium: in the wheel, or in the checkout."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3] / "js"


def script_root() -> Traversable:
    """Return the folder with ``bootstrap`` and ``src``.

    A wheel has it inside the package (pdm_build.py copies it); a checkout beside ``src``.
    """
    packaged = resources.files("millennium").joinpath("js")
    return packaged if packaged.is_dir() else _CHECKOUT


def read_script(*path: str) -> str:
    """Return the text of one script.

    Args:
        *path: Below the root ("bootstrap", "page.js").

    Raises:
        FileNotFoundError: There is no such script.
    """
    return script_root().joinpath(*path).read_text(encoding="utf-8")


def api_module_names() -> tuple[str, ...]:
    """Return the names of the page's API modules ("core.js"), sorted."""
    files = script_root().joinpath("src").iterdir()
    return tuple(sorted(file.name for file in files if file.name.endswith(".js")))
