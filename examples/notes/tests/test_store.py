"""The notes file: search, changes that are found at once, and undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes.store import (
    MAX_BODY_CHARS,
    NoteNotFoundError,
    Store,
    excerpt_of,
    match_expression,
    title_of,
)


@pytest.fixture
def store() -> Store:
    return Store(None)


def test_a_new_note_is_found_by_the_start_of_a_word(store: Store) -> None:
    added = store.add("# Shopping\n\nbread and marmalade")
    assert [note.id for note in store.search("marma")] == [added.id]


def test_a_changed_note_is_found_by_its_new_words_only(store: Store) -> None:
    added = store.add("old words")
    store.save(added.id, "new sentence")
    assert ([n.id for n in store.search("sentence")], store.search("words")) == ([added.id], [])


def test_accents_do_not_matter(store: Store) -> None:
    added = store.add("Crème brûlée")
    assert [note.id for note in store.search("creme brulee")] == [added.id]


def test_without_a_query_the_newest_comes_first(store: Store) -> None:
    first, second = store.add("first"), store.add("second")
    store.save(first.id, "first again")
    assert [note.id for note in store.search()] == [first.id, second.id]


def test_a_removed_note_can_be_put_back_as_it_was(store: Store) -> None:
    added = store.add("keep me")
    gone = store.remove(added.id)
    store.restore(gone)
    assert store.get(added.id) == added


@pytest.mark.parametrize("call", ["get", "remove"])
def test_a_note_that_is_not_there_is_said_so(store: Store, call: str) -> None:
    with pytest.raises(NoteNotFoundError):
        getattr(store, call)(7)


def test_saving_a_note_that_is_gone_is_said_so(store: Store) -> None:
    with pytest.raises(NoteNotFoundError):
        store.save(7, "text")


def test_a_note_that_is_too_long_is_refused_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(ValueError, match="at most"):
        store.add("x" * (MAX_BODY_CHARS + 1))
    assert store.search() == []


def test_notes_survive_a_restart(tmp_path: Path) -> None:
    first = Store(tmp_path / "app" / "notes.db")
    added = first.add("still here")
    first.close()
    assert Store(tmp_path / "app" / "notes.db").get(added.id) == added


def test_a_choice_is_remembered_and_replaced(store: Store) -> None:
    store.prefer("theme", "dark")
    store.prefer("theme", "light")
    assert (store.preference("theme", "system"), store.preference("font", "12")) == ("light", "12")


@pytest.mark.parametrize(
    ("body", "title", "excerpt"),
    [
        ("", "", ""),
        ("## Hello\n\nworld\nagain", "Hello", "world again"),
        ("\n\n  plain\n", "plain", ""),
        ("list\n- *one*\n2. `two`\n```\n> three", "list", "one two three"),
    ],
    ids=["empty", "heading", "plain", "marks"],
)
def test_title_and_excerpt_come_from_the_text(body: str, title: str, excerpt: str) -> None:
    assert (title_of(body), excerpt_of(body)) == (title, excerpt)


def test_an_empty_query_has_no_expression() -> None:
    assert match_expression("  ") == ""


@given(st.text(max_size=60))
def test_whatever_is_typed_the_search_answers(query: str) -> None:
    store = Store(None)
    store.add("some text")
    assert isinstance(store.search(query), list)
    store.close()
