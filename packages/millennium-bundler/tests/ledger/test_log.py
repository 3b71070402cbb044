"""A ledger in a folder: it grows, and every change of what is in it is found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.errors import BundleError, LedgerError, SignError
from millennium_bundler.ledger import log
from millennium_bundler.ledger.entry import LedgerEntry
from millennium_bundler.ledger.log import HeadSigner, Ledger, append, read_ledger
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner

Entry = Callable[..., LedgerEntry]
Grow = Callable[..., Ledger]


def test_an_empty_folder_is_an_empty_ledger(tmp_path: Path, secret: SecretKey):
    assert read_ledger(tmp_path, secret.public) == Ledger()


def test_what_was_appended_is_read(grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey):
    grow(entry("a.deb"), entry("b.rpm", content=b"b"))
    made = grow(entry("c.msi", content=b"c"))
    assert [one.name for one in made.entries] == ["a.deb", "b.rpm", "c.msi"]
    assert read_ledger(tmp_path / "ledger", secret.public) == made
    assert sorted(path.name for path in (tmp_path / "ledger/heads").iterdir()) == [
        "2.json",
        "3.json",
    ]


def test_what_is_in_already_is_not_appended_again(grow: Grow, entry: Entry):
    first = grow(entry())
    assert grow(entry()) == first


def test_a_changed_file_of_the_same_version_is_refused(grow: Grow, entry: Entry):
    grow(entry())
    with pytest.raises(LedgerError) as caught:
        grow(entry(content=b"other"))
    assert caught.value.code == "ledger.changed"


def test_a_changed_file_of_a_new_version_passes(grow: Grow, entry: Entry):
    grow(entry())
    assert len(grow(entry(version="2.0", content=b"other")).entries) == 2


def test_an_entry_that_could_not_be_read_back_is_refused(grow: Grow, entry: Entry, tmp_path: Path):
    with pytest.raises(LedgerError):
        grow(entry("two\nlines"))
    assert not (tmp_path / "ledger/entries.jsonl").exists()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("entries.jsonl", '"name":"a.deb"', '"name":"z.deb"'),
        ("entries.jsonl", '"date":7', '"date": 7'),
        ("entries.jsonl", "}\n", "}"),
        ("heads/2.json", '\\"size\\":2', '\\"size\\":1'),
        ("heads/2.json", '"head"', '"Head"'),
        ("head.json", '\\"size\\":2', '\\"size\\":1'),
    ],
    ids=["a name", "another form", "an end", "a size", "a key", "the head's size"],
)
def test_every_change_is_found(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey, name: str, old: str, new: str
):
    grow(entry("a.deb"), entry("b.rpm", content=b"b"))
    change(tmp_path / "ledger" / name, old, new)
    with pytest.raises(BundleError):
        read_ledger(tmp_path / "ledger", secret.public)


def test_an_entry_taken_out_is_found(grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey):
    grow(entry("a.deb"), entry("b.rpm", content=b"b"))
    path = tmp_path / "ledger/entries.jsonl"
    path.write_text(path.read_text().splitlines(keepends=True)[1])
    with pytest.raises(LedgerError) as caught:
        read_ledger(tmp_path / "ledger", secret.public)
    assert caught.value.code == "ledger.not_valid"


def test_an_older_head_in_front_does_not_hide_what_came_later(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    grow(entry("a.deb"))
    old = (tmp_path / "ledger/head.json").read_bytes()
    grow(entry("b.rpm", content=b"b"))
    (tmp_path / "ledger/head.json").write_bytes(old)
    assert len(read_ledger(tmp_path / "ledger", secret.public).entries) == 2


def test_a_head_nobody_kept_is_refused(grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey):
    grow(entry("a.deb"))
    old = (tmp_path / "ledger/head.json").read_bytes()
    grow(entry("b.rpm", content=b"b"))
    (tmp_path / "ledger/heads/1.json").unlink()
    (tmp_path / "ledger/head.json").write_bytes(old)
    with pytest.raises(LedgerError, match="none of heads"):
        read_ledger(tmp_path / "ledger", secret.public)


def test_a_ledger_without_its_old_heads_is_refused(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    grow(entry())
    (tmp_path / "ledger/heads/1.json").unlink()
    with pytest.raises(LedgerError, match="no heads"):
        read_ledger(tmp_path / "ledger", secret.public)


def test_entries_without_any_head_are_no_empty_ledger(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    """Else whoever takes the heads away makes the next append begin another ledger of that name."""
    grow(entry(), entry("b.rpm", content=b"b"))
    kept = (tmp_path / "ledger/entries.jsonl").read_bytes()
    (tmp_path / "ledger/head.json").unlink()
    (tmp_path / "ledger/heads/2.json").unlink()
    with pytest.raises(LedgerError, match="no heads"):
        grow(entry("c.msi", content=b"c"))
    with pytest.raises(LedgerError, match="no heads"):
        read_ledger(tmp_path / "ledger", secret.public)
    assert (tmp_path / "ledger/entries.jsonl").read_bytes() == kept


def test_a_first_append_that_writes_no_head_leaves_no_entries(
    grow: Grow, entry: Entry, tmp_path: Path
):
    (tmp_path / "ledger/heads/.1.json.part").mkdir(parents=True)
    with pytest.raises(LedgerError) as caught:
        grow(entry())
    assert caught.value.code == "ledger.write"
    assert not (tmp_path / "ledger/entries.jsonl").exists()


def test_a_later_append_that_writes_no_head_keeps_what_was_there(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    first = grow(entry())
    (tmp_path / "ledger/heads/.2.json.part").mkdir()
    with pytest.raises(LedgerError):
        grow(entry("b.rpm", content=b"b"))
    assert read_ledger(tmp_path / "ledger", secret.public) == first


def test_a_first_append_that_cannot_write_its_head_can_be_tried_again(
    grow: Grow, entry: Entry, tmp_path: Path
):
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger/heads").write_text("in the way")
    with pytest.raises(LedgerError):
        grow(entry())
    (tmp_path / "ledger/heads").unlink()
    assert len(grow(entry()).entries) == 1


@pytest.mark.parametrize("letter", ["\x9b", "\u2028", "\u202e", "\u2066"], ids=ascii)
def test_a_name_that_a_terminal_would_not_show_is_refused(grow: Grow, entry: Entry, letter: str):
    with pytest.raises(LedgerError) as caught:
        grow(entry(f"a{letter}b.deb"))
    assert caught.value.code == "ledger.malformed"


def test_a_ledger_without_its_entries_is_refused(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    grow(entry())
    (tmp_path / "ledger/entries.jsonl").unlink()
    with pytest.raises(LedgerError) as caught:
        read_ledger(tmp_path / "ledger", secret.public)
    assert caught.value.code == "ledger.missing"


def test_somebody_elses_key_is_refused(grow: Grow, entry: Entry, tmp_path: Path):
    grow(entry())
    with pytest.raises(SignError):
        read_ledger(tmp_path / "ledger", SecretKey.generate().public)


def test_an_append_that_was_cut_off_does_not_count(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    first = grow(entry())
    with (tmp_path / "ledger/entries.jsonl").open("ab") as file:
        file.write(entry("b.rpm", content=b"b").to_bytes() + b"\n")
    assert read_ledger(tmp_path / "ledger", secret.public) == first
    assert len(grow(entry("c.msi", content=b"c")).entries) == 2


def test_two_appends_at_once_are_refused(grow: Grow, entry: Entry, tmp_path: Path):
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger/.lock").write_text("")
    with pytest.raises(LedgerError) as caught:
        grow(entry())
    assert caught.value.code == "ledger.locked"


def test_the_lock_goes_when_an_append_fails(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    def fail(_data: bytes) -> bytes:
        raise SignError("no", code="sign.settings")

    by = HeadSigner(key=secret.public, sign=fail, date=1)
    with pytest.raises(SignError):
        append(tmp_path / "ledger", [entry()], by=by, origin="org.example.Hello")
    assert len(grow(entry()).entries) == 1


def by_other_key(data: bytes) -> bytes:
    signer = KeySigner(SecretKey.generate())
    return signer.sign_box(data, trusted_comment="file:head.json")


def test_a_signer_of_another_key_writes_nothing(entry: Entry, tmp_path: Path, secret: SecretKey):
    by = HeadSigner(key=secret.public, sign=by_other_key, date=1)
    with pytest.raises(SignError):
        append(tmp_path / "ledger", [entry()], by=by, origin="org.example.Hello")
    assert list((tmp_path / "ledger").iterdir()) == []


@pytest.mark.parametrize("comment", ["head", "file:other.json", "file:head.json\tfile:other.json"])
def test_a_signature_of_something_else_is_none_of_a_head(
    entry: Entry, tmp_path: Path, secret: SecretKey, comment: str
):
    signer = KeySigner(secret)
    by = HeadSigner(
        key=secret.public,
        sign=lambda data: signer.sign_box(data, trusted_comment=comment),
        date=1,
    )
    with pytest.raises(SignError) as caught:
        append(tmp_path / "ledger", [entry()], by=by, origin="org.example.Hello")
    assert caught.value.code == "minisign.other_name"


@pytest.mark.parametrize(
    "origin",
    ["", "two words", "a+b", "ä", "x" * 256],
    ids=["none", "a space", "a plus", "ä", "long"],
)
def test_a_ledger_that_cannot_be_called_so_is_not_begun(
    grow: Grow, entry: Entry, tmp_path: Path, origin: str
):
    with pytest.raises(LedgerError) as caught:
        grow(entry(), origin=origin)
    assert caught.value.code == "ledger.origin"
    assert not (tmp_path / "ledger").exists()


def test_a_ledger_keeps_its_name(grow: Grow, entry: Entry):
    grow(entry())
    with pytest.raises(LedgerError) as caught:
        grow(entry("b.rpm", content=b"b"), origin="org.example.Other")
    assert caught.value.code == "ledger.other_log"


def test_a_ledger_is_read_under_its_name_and_no_other(
    grow: Grow, entry: Entry, tmp_path: Path, secret: SecretKey
):
    made = grow(entry())
    assert read_ledger(tmp_path / "ledger", secret.public, origin="org.example.Hello") == made
    with pytest.raises(LedgerError) as caught:
        read_ledger(tmp_path / "ledger", secret.public, origin="org.example.Other")
    assert caught.value.code == "ledger.other_log"


def test_a_full_ledger_is_refused(grow: Grow, entry: Entry, monkeypatch: pytest.MonkeyPatch):
    grow(entry())
    monkeypatch.setattr(log, "MAX_ENTRIES", 1)
    with pytest.raises(LedgerError) as caught:
        grow(entry("b.rpm", content=b"b"))
    assert caught.value.code == "ledger.full"


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MAX_ENTRIES", 1), ("MAX_ENTRY_BYTES", 10), ("MAX_LEDGER_BYTES", 10)],
    ids=["too many", "too long", "too large"],
)
def test_a_ledger_over_a_limit_is_not_read(
    grow: Grow,
    entry: Entry,
    tmp_path: Path,
    secret: SecretKey,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: int,
):
    grow(entry("a.deb"), entry("b.rpm", content=b"b"))
    monkeypatch.setattr(log, limit, value)
    with pytest.raises(LedgerError) as caught:
        read_ledger(tmp_path / "ledger", secret.public)
    assert caught.value.code == "ledger.malformed"


def test_what_cannot_be_written_leaves_nothing(grow: Grow, entry: Entry, tmp_path: Path):
    (tmp_path / "ledger/entries.jsonl/in-the-way").mkdir(parents=True)
    with pytest.raises(LedgerError) as caught:
        grow(entry())
    assert caught.value.code == "ledger.write"
    assert sorted(path.name for path in (tmp_path / "ledger").iterdir()) == [
        "entries.jsonl",
        "heads",
    ]


def test_a_folder_that_cannot_be_locked_is_named(
    grow: Grow, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_words: object) -> int:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(LedgerError) as caught:
        grow(entry())
    assert caught.value.code == "ledger.write"


def test_files_are_json_that_people_can_read(grow: Grow, entry: Entry, tmp_path: Path):
    grow(entry())
    [line] = (tmp_path / "ledger/entries.jsonl").read_text().splitlines()
    assert json.loads(line)["name"] == "a.deb"
    assert set(json.loads((tmp_path / "ledger/head.json").read_text())) == {"head", "signature"}
