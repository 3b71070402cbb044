"""A server that shows less, something else, or one thing to each: what a kept head and a name find."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.errors import BundleError, LedgerError
from millennium_bundler.ledger.entry import LedgerEntry
from millennium_bundler.ledger.log import HeadSigner, Ledger, append, read_head, read_ledger
from millennium_bundler.ledger.proof import (
    ReleasedFile,
    prove,
    prove_growth,
    verify_growth,
    verify_proof,
)
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner

Entry = Callable[..., LedgerEntry]
Log = Callable[..., Ledger]


@pytest.fixture
def log(secret: SecretKey, tmp_path: Path) -> Log:
    """Appends to a ledger in a folder of a name, as the publisher does."""
    signer = KeySigner(secret)

    def grow(folder: str, *entries: LedgerEntry, origin: str = "log", date: int = 9) -> Ledger:
        by = HeadSigner(
            key=secret.public,
            sign=lambda data: signer.sign_box(data, trusted_comment="file:head.json"),
            date=date,
        )
        return append(tmp_path / folder, entries, by=by, origin=origin)

    return grow


@pytest.fixture
def a_and_b(entry: Entry) -> tuple[LedgerEntry, LedgerEntry]:
    """Two releases."""
    return entry("a.deb"), entry("b.deb", version="2.0", content=b"b")


def grew(ledger: Ledger, kept: Path, secret: SecretKey) -> None:
    """Check as `ledger check --since` does."""
    verify_growth(prove_growth(ledger, read_head(kept)), secret.public)


def test_an_older_ledger_is_good_and_is_found_by_a_kept_head(
    log: Log, a_and_b: tuple[LedgerEntry, LedgerEntry], tmp_path: Path, secret: SecretKey
):
    log("ledger", a_and_b[0])
    shutil.copytree(tmp_path / "ledger", tmp_path / "older")
    grew(log("ledger", a_and_b[1]), tmp_path / "older/head.json", secret)
    older = read_ledger(tmp_path / "older", secret.public)
    assert len(older.entries) == 1
    with pytest.raises(LedgerError, match="fewer entries"):
        grew(older, tmp_path / "ledger/head.json", secret)


def test_two_ledgers_under_one_head_each_are_found_by_a_kept_head(
    log: Log, entry: Entry, tmp_path: Path, secret: SecretKey
):
    shown = log("shown", entry("a.deb"), entry("b.deb", content=b"good"))
    other = log("other", entry("a.deb"), entry("b.deb", content=b"evil"))
    grew(shown, tmp_path / "shown/head.json", secret)
    with pytest.raises(LedgerError, match="did not grow"):
        grew(other, tmp_path / "shown/head.json", secret)


def test_two_ledgers_that_went_apart_are_found_later_too(
    log: Log, entry: Entry, tmp_path: Path, secret: SecretKey
):
    log("shown", entry("a.deb"), entry("b.deb", content=b"good"))
    log("other", entry("a.deb"), entry("b.deb", content=b"evil"))
    other = log("other", entry("c.deb", content=b"c"))
    with pytest.raises(LedgerError, match="did not grow"):
        grew(other, tmp_path / "shown/head.json", secret)
    grew(log("shown", entry("c.deb", content=b"c")), tmp_path / "shown/head.json", secret)


def test_the_ledger_of_another_app_is_not_this_one(
    log: Log, entry: Entry, tmp_path: Path, secret: SecretKey
):
    own = log("own", entry("a.deb"), origin="org.example.Own")
    other = log("other", entry("a.deb"), origin="org.example.Other")
    assert (own.entries, own.leaves) == (other.entries, other.leaves)
    with pytest.raises(LedgerError) as caught:
        grew(other, tmp_path / "own/head.json", secret)
    assert caught.value.code == "ledger.other_log"
    file = ReleasedFile(name="a.deb", sha256=own.entries[0].sha256)
    proof = prove(other, file.sha256)
    assert verify_proof(proof, file, key=secret.public, origin="org.example.Other")
    with pytest.raises(LedgerError) as caught:
        verify_proof(proof, file, key=secret.public, origin="org.example.Own")
    assert caught.value.code == "ledger.other_log"


def test_an_entry_is_proved_under_its_own_name_alone(log: Log, entry: Entry, secret: SecretKey):
    made = log("ledger", entry("a-1.deb"))
    file = ReleasedFile(name="a-1.deb", sha256=made.entries[0].sha256)
    assert verify_proof(prove(made, file.sha256), file, key=secret.public).version == "1.0"
    with pytest.raises(LedgerError, match=r"released as a-1\.deb"):
        verify_proof(prove(made, file.sha256), replace(file, name="a-2.deb"), key=secret.public)


def cut(path: Path, bytes_: int) -> None:
    path.write_bytes(path.read_bytes()[:bytes_])


def cut_entries_within_a_line(ledger: Path) -> None:
    cut(ledger / "entries.jsonl", -10)


def cut_entries_at_a_line(ledger: Path) -> None:
    path = ledger / "entries.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def empty_entries(ledger: Path) -> None:
    cut(ledger / "entries.jsonl", 0)


def cut_the_head(ledger: Path) -> None:
    cut(ledger / "head.json", -10)


def cut_a_kept_head(ledger: Path) -> None:
    cut(ledger / "heads/2.json", -10)


def twice(ledger: Path) -> None:
    path = ledger / "entries.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0] * 2)


def other_order(ledger: Path) -> None:
    path = ledger / "entries.jsonl"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))


def windows_line_ends(ledger: Path) -> None:
    path = ledger / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def huge(ledger: Path) -> None:
    with (ledger / "heads/2.json").open("r+b") as file:
        file.truncate(1 << 30)


def a_line_without_end(ledger: Path) -> None:
    with (ledger / "entries.jsonl").open("r+b") as file:
        file.truncate(1 << 30)


@pytest.mark.parametrize(
    "damage",
    [
        cut_entries_within_a_line, cut_entries_at_a_line, empty_entries, cut_the_head, cut_a_kept_head, twice,
        other_order, windows_line_ends, huge, a_line_without_end,
    ],
)  # fmt: skip
def test_a_ledger_that_is_not_whole_is_refused(
    log: Log,
    a_and_b: tuple[LedgerEntry, LedgerEntry],
    tmp_path: Path,
    secret: SecretKey,
    damage: Callable[[Path], None],
):
    log("ledger", a_and_b[0])
    log("ledger", a_and_b[1])
    assert len(read_ledger(tmp_path / "ledger", secret.public).entries) == 2
    damage(tmp_path / "ledger")
    with pytest.raises(BundleError):
        read_ledger(tmp_path / "ledger", secret.public)
