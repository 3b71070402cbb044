"""Prepares a page once: import map in, inline code hashed, places for a nonce found.

1. The import map that makes ``import … from "@millennium/api"`` work is put before the first
   script, in the head. A page's own import map keeps its entries and gets ours. Where the app
   wants ``window.__MILLENNIUM__``, a module script that defines it follows the import map.
2. Each inline script and style is hashed as browsers hash it, so that the policy can name it.
   What does not run (data blocks such as ``application/json``) is not hashed.
3. A ``nonce`` attribute that the author wrote becomes a slot: its value is left out here and put
   in anew for each response. Pages without one are the same bytes each time and can be cached.
4. Everything else stays byte for byte: the page is cut at offsets, never printed from a tree.
5. A page that is read here in another way than by the engine loses scripts, and wins none.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import msgspec

from millennium.assets.resolver import API_PREFIX

API_MODULES = ("core", "event", "app", "window", "dialog", "fs")
IMPORTS = {
    "@millennium/api": f"{API_PREFIX}index.js",
    **{
        f"@millennium/api/{name}{suffix}": f"{API_PREFIX}{name}.js"
        for name in API_MODULES
        for suffix in ("", ".js")
    },
}
"""What our import map maps. Each name has one address, else a module would be loaded twice."""

_CODE_TYPES = frozenset(
    {"", "module", "importmap", "speculationrules", "text/javascript", "application/javascript"}
)
_ATTRIBUTE = re.compile(
    r"""[\s/]+(?P<name>[^\s/>="']+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*))?"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPage:
    """A page as it is embedded and served.

    Attributes:
        data: UTF-8.
        script_hashes: CSP sources (``'sha256-…'``) of its inline scripts.
        style_hashes: The same of its inline styles.
        slots: Offsets in `data` where the nonce of a response goes, ascending.
    """

    data: bytes
    script_hashes: tuple[str, ...] = ()
    style_hashes: tuple[str, ...] = ()
    slots: tuple[int, ...] = ()


def prepare_html(
    text: str, *, imports: dict[str, str] | None = None, in_global: tuple[str, ...] = ()
) -> PreparedPage:
    """Prepare a whole page or a fragment of one.

    Args:
        text: As the author wrote it.
        imports: Import map entries; `IMPORTS` if None, no import map if empty.
        in_global: API modules of ``window.__MILLENNIUM__``; no such object if empty.
    """
    entries = IMPORTS if imports is None else imports
    scan = _scan(text)
    edits = list(scan.nonces)
    scripts, styles = list(scan.scripts), list(scan.styles)
    place = scan.insertion
    if entries and scan.own_map is not None:
        edits.append(scan.own_map.replaced(entries))
        scripts = [code for code in scripts if code.start != scan.own_map.start]
        scripts.append(_Code(0, edits[-1].text))
        place = text.index(">", edits[-1].end) + 1  # a map behind a module would be ignored
    elif entries:
        content = _encode_map({}, entries)
        edits.append(_Edit(place, place, f'<script type="importmap">{content}</script>'))
        scripts.append(_Code(0, content))
    if in_global:
        content = _global_script(in_global)
        edits.append(_Edit(place, place, f'<script type="module">{content}</script>'))
        scripts.append(_Code(0, content))
    data, slots = _apply(text, edits)
    return PreparedPage(
        data=data,
        script_hashes=tuple(dict.fromkeys(code.hash() for code in scripts)),
        style_hashes=tuple(dict.fromkeys(code.hash() for code in styles)),
        slots=slots,
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replace ``text[start:end]``; a slot is at `slot` characters into the new text."""

    start: int
    end: int
    text: str
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class _Code:
    """An inline script or style, and where its content starts."""

    start: int
    content: str

    def hash(self) -> str:
        """Return the CSP source that names the content.

        Source: https://www.w3.org/TR/CSP3/#match-element-to-source-list; line ends as in
        https://html.spec.whatwg.org/multipage/parsing.html#preprocessing-the-input-stream
        """
        text = self.content.replace("\r\n", "\n").replace("\r", "\n")
        digest = hashlib.sha256(text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    def replaced(self, entries: dict[str, str]) -> _Edit:
        """Return the edit that adds `entries` to this import map, if it is one."""
        try:
            own = msgspec.json.decode(self.content, type=dict[str, dict[str, object]])
        except (msgspec.DecodeError, RecursionError):
            own = {}
        return _Edit(self.start, self.start + len(self.content), _encode_map(own, entries))


@dataclass(slots=True)
class _Scan:
    """What was found in a page."""

    insertion: int = 0
    scripts: list[_Code] = field(default_factory=list)
    styles: list[_Code] = field(default_factory=list)
    nonces: list[_Edit] = field(default_factory=list)
    own_map: _Code | None = None


class BrowserParser(HTMLParser):
    """Reads what is odd as browsers do; Python's parser gives up there, or its versions differ."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)

    def parse_html_declaration(self, i: int) -> int:
        """Read ``<![`` as browsers do outside of XML: as a comment up to the next ``>``.

        Python versions differ in what they make of ``<![CDATA[``.
        """
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)


class _PageReader(BrowserParser):
    """Notes offsets; keeps no tree."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scan = _Scan()
        self._text = text
        self._lines = _line_starts(text)
        self._open = ""
        self._kind = ""
        self._content_start = 0
        self._is_placed = False

    def handle_decl(self, decl: str) -> None:
        """Put the import map behind the doctype, at least."""
        self._note_insertion(self._offset() + len(decl) + 3)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note places for the import map and nonces, and where inline code starts."""
        start_text = self.get_starttag_text() or ""
        start, end = self._offset(), self._offset() + len(start_text)
        values = {name: value or "" for name, value in reversed(attrs)}
        if tag in ("html", "head"):
            self._note_insertion(end)
        self._is_placed = self._is_placed or tag != "html"
        if "nonce" in values:
            self._note_nonce(start, start_text)
        if tag in ("script", "style") and "src" not in values:
            self._open, self._content_start = tag, end
            self._kind = values.get("type", "").strip().lower()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat ``<x/>`` as ``<x>``: in HTML the slash means nothing."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Note the inline code that ends here."""
        if tag == self._open:
            code = _Code(self._content_start, self._text[self._content_start : self._offset()])
            self._note_code(code)
            self._open = ""

    def _note_code(self, code: _Code) -> None:
        if self._open == "style":
            self.scan.styles.append(code)
        elif self._kind == "importmap" and self.scan.own_map is None:
            self.scan.own_map = code
            self.scan.scripts.append(code)
        elif self._kind in _CODE_TYPES:
            self.scan.scripts.append(code)

    def _note_insertion(self, offset: int) -> None:
        if not self._is_placed:
            self.scan.insertion = offset

    def _note_nonce(self, start: int, start_text: str) -> None:
        for match in _ATTRIBUTE.finditer(start_text):
            name = match["name"]
            if name.lower() == "nonce":
                first, last = start + match.start("name"), start + match.end()
                self.scan.nonces.append(_Edit(first, last, f'{name}=""', len(name) + 2))
                return  # of two, browsers take the first

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def _scan(text: str) -> _Scan:
    reader = _PageReader(text)
    reader.feed(text)
    reader.close()
    return reader.scan


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _encode_map(own: dict[str, dict[str, object]], entries: dict[str, str]) -> str:
    combined = {**own, "imports": {**entries, **own.get("imports", {})}}
    return msgspec.json.encode(combined).decode().replace("<", "\\u003c")


def _global_script(modules: tuple[str, ...]) -> str:
    """Return the module that defines ``window.__MILLENNIUM__``: the core's names, then modules."""
    lines = [f'import * as {name} from "{API_PREFIX}{name}.js";' for name in ("core", *modules)]
    content = ", ".join(("...core", *modules))
    value = f"{{ value: Object.freeze({{ {content} }}), enumerable: true }}"
    return "".join((*lines, f'Object.defineProperty(globalThis, "__MILLENNIUM__", {value});'))


def _apply(text: str, edits: list[_Edit]) -> tuple[bytes, tuple[int, ...]]:
    parts: list[bytes] = []
    slots: list[int] = []
    length = at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        before = text[at : edit.start].encode()
        if edit.slot is not None:
            slots.append(length + len(before) + edit.slot)
        parts += [before, edit.text.encode()]
        length += len(before) + len(parts[-1])
        at = edit.end
    return b"".join((*parts, text[at:].encode())), tuple(slots)
