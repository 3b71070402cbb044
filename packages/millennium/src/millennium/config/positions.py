"""Where in a TOML or JSON5 text a key stands, for messages that name line and column.

The text was parsed before by a real parser: this one only has to find keys in what is well-formed,
and finds fewer, never wrong ones, in what is not.
"""

from __future__ import annotations

import re

from millennium.config.tree import KeyPath

Positions = dict[KeyPath, int]
"""Path → offset of its key, or of the item of an array."""

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_BLANK_JSON5 = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', re.DOTALL
)
_VALUE = re.compile(r"[^,\[\]{}\"'#\n]+")
_VALUE_JSON5 = re.compile(r"[^\s,\[\]{}\"'/]+")
_CLOSING = re.compile(r"\s*\]{0,2}")
_KEY_JSON5 = re.compile(r"[^\s,\[\]{}=:\"'#/]+")
_KEY = re.compile(r"[^\s,.\[\]{}=:\"'#]+")


def find_positions(text: str, *, is_toml: bool) -> Positions:
    """Return the offset of each key and item in `text`."""
    scanner = _Scanner(text, is_toml=is_toml)
    if is_toml:
        scanner.scan_document()
    else:
        scanner.scan_value(())
    return scanner.found


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _Scanner:
    """Walks through a text once; stops where it does not understand."""

    def __init__(self, text: str, *, is_toml: bool) -> None:
        self.found: Positions = {}
        self._text = text
        self._at = 0
        self._blank = _BLANK if is_toml else _BLANK_JSON5
        self._key = _KEY if is_toml else _KEY_JSON5
        self._value = _VALUE if is_toml else _VALUE_JSON5
        self._tables: dict[KeyPath, int] = {}

    def scan_document(self) -> None:
        """Find the keys of a TOML document."""
        table: KeyPath = ()
        while self._skip():
            start = self._at
            if self._take("["):
                table = self._scan_header(start)
            elif not self._scan_pair(table):
                return

    def scan_value(self, path: KeyPath) -> None:
        """Find the keys inside one value."""
        self._skip()
        if self._take("{"):
            self._scan_table(path)
        elif self._take("["):
            self._scan_array(path)
        elif not self._match(_STRING):
            self._match(self._value)

    def _scan_header(self, start: int) -> KeyPath:
        is_array = self._take("[")
        keys = self._scan_key()
        self._match(_CLOSING)
        path = self._resolve(keys[:-1]) + keys[-1:]
        self.found.setdefault(path, start)
        if not is_array:
            return path
        self._tables[path] = self._tables.get(path, -1) + 1
        item = (*path, self._tables[path])
        self.found[item] = start
        return item

    def _resolve(self, keys: KeyPath) -> KeyPath:
        path: KeyPath = ()
        for key in keys:
            path = (*path, key)
            if path in self._tables:
                path = (*path, self._tables[path])
        return path

    def _scan_pair(self, table: KeyPath) -> bool:
        self._skip()
        start = self._at
        keys = self._scan_key()
        self._skip()
        if not keys or not (self._take("=") or self._take(":")):
            return False
        for depth in range(len(keys)):
            self.found.setdefault(table + keys[: depth + 1], start)
        self.scan_value(table + keys)
        return True

    def _scan_table(self, path: KeyPath) -> None:
        self._skip()
        while not self._take("}") and self._scan_pair(path):
            self._skip()
            self._take(",")
            self._skip()

    def _scan_array(self, path: KeyPath) -> None:
        index = 0
        self._skip()
        while not self._take("]"):
            start = self._at
            self.found[(*path, index)] = start
            self.scan_value((*path, index))
            self._skip()
            self._take(",")
            self._skip()
            index += 1
            if self._at == start:
                return

    def _scan_key(self) -> KeyPath:
        keys: list[str] = []
        while True:
            self._skip()
            quoted = self._match(_STRING)
            name = quoted[1:-1] if quoted else self._match(self._key)
            if not name:
                break
            keys.append(name)
            self._skip()
            if not self._take("."):
                break
        return tuple(keys)

    def _skip(self) -> bool:
        self._match(self._blank)
        return self._at < len(self._text)

    def _take(self, character: str) -> bool:
        is_there = self._text.startswith(character, self._at)
        self._at += len(character) if is_there else 0
        return is_there

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match.group()
