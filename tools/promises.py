"""The table of SECURITY.md: promise, mechanism, tests; made of tests/security/promises.toml.

`python tools/promises.py` prints it, with `--write` it goes into SECURITY.md between its two marks.
tests/security/test_promises.py compares the two.
"""

from __future__ import annotations

import sys
import tomllib
from typing import Any

from reference_sources import ROOT

SOURCE = ROOT / "tests" / "security" / "promises.toml"
PAGE = ROOT / "SECURITY.md"
BEGIN = "<!-- made by tools/promises.py of tests/security/promises.toml -->\n"
END = "<!-- until here -->\n"


def read_promises() -> list[dict[str, Any]]:
    """Return the promises in order, each with `promise`, `mechanism` and `tests`."""
    promises: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["promise"]
    return promises


def render(promises: list[dict[str, Any]]) -> str:
    """Return the table as Markdown."""
    rows = [
        f"| {each['promise']} | {each['mechanism']} | "
        + ", ".join(f"`{test}`" for test in each["tests"])
        + " |"
        for each in promises
    ]
    return "\n".join(["| we say | how | where it is tested |", "|---|---|---|", *rows, ""])


def replaced(page: str, table: str) -> str:
    """Return a page with the table between the marks.

    Raises:
        ValueError: A mark is missing.
    """
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table}{END}{after}"


def main(words: list[str]) -> int:
    """Print the table, or write it."""
    table = render(read_promises())
    if "--write" not in words:
        print(table)
        return 0
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(page, table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
