"""What the app's page says: files it wants, modules it imports, commands it invokes.

HTML is read by its own parser, JavaScript by patterns that find literal names only: a name that is
computed is nobody's to check. A script that holds our page API, as a bundler writes it or as a
copy, names all of its built-in commands: they are left out there, the app's own ones are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from millennium.errors import Location
from millennium_build.check.finding import place_in

MAX_FILES = 20_000
MAX_SCRIPT_BYTES = 2_000_000
_SCRIPTS = frozenset({".js", ".mjs"})
_PAGES = frozenset({".html", ".htm"})
_REFERENCES = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src"}
_IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)(["'])(?P<name>@millennium/api[^"']*)\1""")
_BESIDE = re.compile(
    r"""(?:\bimport\b(?:[\w\s{},*$]{0,2000}\bfrom)?|\bexport\b[\w\s{},*$]{0,2000}\bfrom)\s*\(?\s*"""
    r"""(["'])(?P<name>\.{1,2}/[^"'\\\n]*)\1"""
)
_INVOKE = re.compile(r"""(?<![\w$.])invoke\s*(?:<[^>]*>)?\(\s*(["'`])(?P<name>[\w.:-]+)\1""")
_API_MARKS = ("/*! @millennium/api */", "__MILLENNIUM_INTERNALS__")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", re.DOTALL)

Kind = Literal["file", "remote", "inline", "import", "invoke"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One thing a page names.

    Attributes:
        kind: A file of the app, an address elsewhere, an inline handler, a module of the API, or a
            command.
        name: For a file, its path below the folder of the page.
    """

    kind: Kind
    name: str
    place: Location


def read_pages(folder: Path, root: Path) -> list[Mention]:
    """Read all HTML and JavaScript below a folder.

    Args:
        folder: The folder with the page.
        root: The project's folder; places are shown relative to it.
    """
    mentions: list[Mention] = []
    for file in _files(folder):
        text = file.read_text("utf-8", "replace")
        if file.suffix in _PAGES:
            reader = _PageReader(file, folder, root)
            reader.feed(text)
            mentions += reader.mentions
        else:
            mentions += _scan_script(text, file, folder, root)
    return mentions


def _files(folder: Path) -> Iterator[Path]:
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in _SCRIPTS | _PAGES)
    for count, path in enumerate(found):
        if count >= MAX_FILES:
            return
        is_own = "node_modules" not in path.parts and path.is_file()
        if is_own and path.stat().st_size <= MAX_SCRIPT_BYTES:
            yield path


class _PageReader(HTMLParser):
    """Collects what one page names."""

    def __init__(self, file: Path, folder: Path, root: Path) -> None:
        super().__init__()
        self._file = file
        self._folder = folder
        self._root = root
        self._in_script = False
        self.mentions: list[Mention] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note references and inline handlers."""
        self._in_script = tag == "script"
        wanted = _REFERENCES.get(tag)
        for name, value in attrs:
            if name == wanted and value:
                self._reference(value.strip())
            elif name.startswith("on") and value:
                self._note("inline", name)
            elif name in {"href", "src"} and (value or "").strip().lower().startswith(
                "javascript:"
            ):
                self._note("inline", "javascript:")

    def handle_endtag(self, tag: str) -> None:
        """Note that a script ended."""
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        """Read an inline script."""
        if self._in_script:
            line, column = self.getpos()
            first = (line, column)
            self.mentions += _scan_script(data, self._file, self._folder, self._root, first=first)

    def _reference(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} or url.startswith("//"):
            self._note("remote", url)
        elif not parts.scheme and parts.path and not parts.path.startswith("/__millennium/"):
            self._note("file", _below(self._folder, self._file, url))

    def _note(self, kind: Kind, name: str) -> None:
        line, column = self.getpos()
        place = place_in(self._file, self._root, line, column + 1)
        self.mentions.append(Mention(kind=kind, name=name, place=place))


def _below(folder: Path, file: Path, url: str) -> str:
    """Return where a relative address in a file leads: below the folder of the page, if it stays there."""
    path = urlsplit(url).path
    base = folder if path.startswith("/") else file.parent
    target = (base / path.lstrip("/")).resolve()
    inside = target.is_relative_to(folder.resolve())
    return str(target.relative_to(folder.resolve())) if inside else url


def _scan_script(
    text: str, file: Path, folder: Path, root: Path, *, first: tuple[int, int] = (1, 0)
) -> list[Mention]:
    # Comments become spaces of the same length, so that places stay right.
    code = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    holds_api = any(mark in text for mark in _API_MARKS)
    found: list[Mention] = []
    patterns: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("import", _IMPORT),
        ("file", _BESIDE),
        ("invoke", _INVOKE),
    )
    for kind, pattern in patterns:
        for match in pattern.finditer(code):
            if kind == "invoke" and "." in match["name"] and holds_api:
                continue
            line = code.count("\n", 0, match.start("name"))
            column = match.start("name") - (code.rfind("\n", 0, match.start("name")) + 1)
            shift = first[1] if line == 0 else 0
            place = place_in(file, root, first[0] + line, column + shift + 1)
            name = _below(folder, file, match["name"]) if kind == "file" else match["name"]
            found.append(Mention(kind=kind, name=name, place=place))
    return found
