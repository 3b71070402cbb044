"""Keeps notes in one SQLite file, with a full-text index that never lags behind."""

from __future__ import annotations

import re
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MAX_BODY_CHARS = 1_000_000
MAX_RESULTS = 500
EXCERPT_CHARS = 120

_MARKS = re.compile(r"^\s*(?:#{1,6}\s|[-*>]\s|\d+[.)]\s|```.*)|[*`]")
"""Markdown's marks: at the start of a line, and around words."""

_SCHEMA = """
create table if not exists note(
    id integer primary key,
    body text not null,
    created text not null,
    updated text not null
);
create virtual table if not exists note_text using fts5(
    body, content='note', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
create trigger if not exists note_added after insert on note begin
    insert into note_text(rowid, body) values (new.id, new.body);
end;
create trigger if not exists note_removed after delete on note begin
    insert into note_text(note_text, rowid, body) values ('delete', old.id, old.body);
end;
create trigger if not exists note_changed after update of body on note begin
    insert into note_text(note_text, rowid, body) values ('delete', old.id, old.body);
    insert into note_text(rowid, body) values (new.id, new.body);
end;
create table if not exists preference(name text primary key, value text not null);
"""


Row = tuple[Any, ...]


class NoteNotFoundError(LookupError):
    """No note has this id."""


class NoteTooLongError(ValueError):
    """A note has more than `MAX_BODY_CHARS` characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note; times are UTC."""

    id: int
    body: str
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the list shows of a note."""

    id: int
    title: str
    excerpt: str
    updated: datetime


def title_of(body: str) -> str:
    """Return the first line that says something, without Markdown's heading marks."""
    for line in body.splitlines():
        text = line.lstrip("#").strip()
        if text:
            return text[:200]
    return ""


def excerpt_of(body: str) -> str:
    """Return the start of what follows the title, on one line."""
    lines = [_MARKS.sub("", line).strip() for line in body.splitlines() if line.strip("# \t")]
    return " ".join(line for line in lines[1:] if line)[:EXCERPT_CHARS]


def match_expression(query: str) -> str:
    """Turn what somebody typed into an FTS5 expression: every word, the last one as a prefix."""
    words = query.replace('"', " ").replace("\0", " ").split()
    return " ".join(f'"{word}"' for word in words) + "*" if words else ""


class Store:
    """All notes of one person. Thread-safe: one connection behind one lock."""

    def __init__(self, path: Path | None) -> None:
        """Open or make the file; None keeps everything in memory."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.Lock()
        place = ":memory:" if path is None else path
        self._db = sqlite3.connect(place, check_same_thread=False, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; nothing works afterwards."""
        with self._lock:
            self._db.close()

    def search(self, query: str = "") -> list[Summary]:
        """Return matching notes, best first; without a query all of them, newest first."""
        expression = match_expression(query)
        if expression:
            sql = (
                "select id, note.body, updated from note_text join note on note.id = note_text.rowid"
                " where note_text match ? order by rank limit ?"
            )
            rows = self._rows(sql, expression, MAX_RESULTS)
        else:
            sql = "select id, body, updated from note order by updated desc, id desc limit ?"
            rows = self._rows(sql, MAX_RESULTS)
        return [_summary(number, body, updated) for number, body, updated in rows]

    def get(self, number: int) -> Note:
        """Return one note, or raise `NoteNotFoundError`."""
        rows = self._rows("select id, body, created, updated from note where id = ?", number)
        if not rows:
            raise NoteNotFoundError(number)
        return _note(*rows[0])

    def add(self, body: str) -> Note:
        """Add a note and return it."""
        now = _now()
        sql = "insert into note(body, created, updated) values (?, ?, ?) returning id, body, created, updated"
        return _note(*self._rows(sql, _limited(body), now, now)[0])

    def save(self, number: int, body: str) -> Summary:
        """Replace a note's text, or raise `NoteNotFoundError`."""
        sql = "update note set body = ?, updated = ? where id = ? returning id, body, updated"
        rows = self._rows(sql, _limited(body), _now(), number)
        if not rows:
            raise NoteNotFoundError(number)
        return _summary(*rows[0])

    def remove(self, number: int) -> Note:
        """Remove a note and return what it was, so that it can be put back."""
        rows = self._rows(
            "delete from note where id = ? returning id, body, created, updated", number
        )
        if not rows:
            raise NoteNotFoundError(number)
        return _note(*rows[0])

    def restore(self, note: Note) -> None:
        """Put a removed note back where it was."""
        sql = "insert into note(id, body, created, updated) values (?, ?, ?, ?)"
        times = note.created.isoformat(), note.updated.isoformat()
        self._rows(sql, note.id, _limited(note.body), *times)

    def preference(self, name: str, default: str) -> str:
        """Return a remembered choice."""
        rows = self._rows("select value from preference where name = ?", name)
        return str(rows[0][0]) if rows else default

    def prefer(self, name: str, value: str) -> None:
        """Remember a choice."""
        self._rows("insert or replace into preference(name, value) values (?, ?)", name, value)

    def _rows(self, sql: str, *values: object) -> list[Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _limited(body: str) -> str:
    if len(body) > MAX_BODY_CHARS:
        raise NoteTooLongError(f"a note has at most {MAX_BODY_CHARS} characters")
    return body


def _note(number: int, body: str, created: str, updated: str) -> Note:
    return Note(
        id=number,
        body=body,
        created=datetime.fromisoformat(created),
        updated=datetime.fromisoformat(updated),
    )


def _summary(number: int, body: str, updated: str) -> Summary:
    return Summary(
        id=number,
        title=title_of(body),
        excerpt=excerpt_of(body),
        updated=datetime.fromisoformat(updated),
    )
