"""A hook of mkdocs: writes the pages of the reference that the code itself can tell.

Nothing of it is on disk, so it cannot lag behind. `python tools/reference.py PAGE` prints one page.

1. Configuration: the types of `millennium.config`, their docstrings, what the code reads.
2. Errors: the numbers and classes of all packages, and the help given where they are raised.
3. Permissions: the allowlist and the commands its keys turn on.
4. JavaScript: the functions of ``@millennium/api`` and their JSDoc.
5. Budgets: what the benchmark holds us to.
6. Limits: the constants that bound what others may ask for.
7. Python: one page for each public module, filled by mkdocstrings.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import reference_budgets
import reference_configuration
import reference_errors
import reference_javascript
import reference_limits
import reference_permissions
import reference_python

PAGES: dict[str, Callable[[], str]] = {
    "reference/configuration.md": reference_configuration.render,
    "reference/errors.md": reference_errors.render,
    "reference/permissions.md": reference_permissions.render,
    "reference/commands-js.md": reference_javascript.render,
    "reference/budgets.md": reference_budgets.render,
    "reference/limits.md": reference_limits.render,
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those in the folder."""
    texts = {path: render() for path, render in PAGES.items()} | reference_python.pages()
    for path, text in texts.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_content(html: str, **_: object) -> str:
    """Drop the marks that announce code in docstrings: it is shown as code."""
    return html.replace("<p>::</p>", "")


if __name__ == "__main__":
    sys.stdout.write(PAGES[sys.argv[1]]())
