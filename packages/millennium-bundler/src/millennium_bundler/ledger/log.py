"""A ledger in a folder, as any static host can serve it.

* ``entries.jsonl``: one entry a line, the oldest first.
* ``head.json``: the newest head, signed.
* ``heads/N.json``: every head that was ever signed, by its size.

Appending checks the whole ledger first, and that it grew from every head that was signed; it writes entries
before heads, each file whole or not at all, so that an append that was cut off either counts or does not;
and no two appends run at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.errors import LedgerError
from millennium_bundler.ledger.entry import (
    MAX_ENTRY_BYTES,
    LedgerEntry,
    malformed,
    parse_entry,
)
from millennium_bundler.ledger.head import (
    HEAD,
    MAX_ENTRIES,
    MAX_SIGNED_BYTES,
    LedgerHead,
    SignedHead,
    check_origin,
    is_origin,
    parse_signed_head,
    sign_head,
    wrong,
)
from millennium_bundler.ledger.merkle import leaf_hash, root_hash
from millennium_bundler.sign.minisign import PublicKey

ENTRIES, HEADS = "entries.jsonl", "heads"
MAX_LEDGER_BYTES = 256 * 1024 * 1024
_LOCK = ".lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A ledger that was read; it may be empty.

    Attributes:
        entries: The oldest first.
        head: The newest; None when nothing was ever appended.
    """

    entries: tuple[LedgerEntry, ...] = ()
    head: SignedHead | None = None

    @property
    def leaves(self) -> list[bytes]:
        """The hashes of the entries."""
        return [leaf_hash(entry.to_bytes()) for entry in self.entries]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSigner:
    """Who signs heads.

    Attributes:
        key: Public half of what signs.
        sign: Takes bytes and returns the text of a signature box, whose trusted comment says ``file:head.json``.
        date: Of heads, seconds since 1970.
    """

    key: PublicKey
    sign: Callable[[bytes], bytes]
    date: int


def read_ledger(folder: Path, key: PublicKey, *, origin: str = "") -> Ledger:
    """Read a ledger and check all of it: entries, every head, every signature.

    Args:
        folder: Of the ledger.
        key: That has signed its heads.
        origin: What it must be called; empty for any name, the same in all heads.

    Raises:
        LedgerError: It cannot be read, is malformed, was changed, or is another one.
        SignError: A head is not signed by the key.
    """
    paths = sorted((folder / HEADS).glob("*.json"))
    if not paths:
        if (folder / HEAD).exists():
            raise malformed(f"{folder} has a {HEAD} and no {HEADS}")
        if (folder / ENTRIES).is_file():  # an empty ledger would be begun anew, under the same name
            raise malformed(f"{folder} has {ENTRIES} and no {HEADS}")
        return Ledger()
    entries = tuple(_read_entries(folder / ENTRIES))
    leaves = Ledger(entries=entries).leaves
    heads = {head.head.size: head for head in (_checked(path, leaves, key) for path in paths)}
    if (folder / HEAD).exists() and read_head(folder / HEAD) not in heads.values():
        raise wrong(f"{HEAD} is none of {HEADS}")
    newest = heads[max(heads)]
    for head in heads.values():
        check_origin(head.head, origin or newest.head.origin)
    return Ledger(entries=entries[: newest.head.size], head=newest)


def read_head(path: Path) -> SignedHead:
    """Read a head whose signature is not looked at yet.

    Raises:
        LedgerError: It cannot be read, or is malformed.
    """
    return parse_signed_head(_read(path, MAX_SIGNED_BYTES))


def append(folder: Path, entries: Sequence[LedgerEntry], *, by: HeadSigner, origin: str) -> Ledger:
    """Append entries and sign the new head; files that are in already are left out.

    Args:
        folder: Of the ledger; made when it is not there.
        entries: What was released.
        by: Who signs.
        origin: What the ledger is called; one that is there must be called so.

    Raises:
        LedgerError: The ledger was changed or is another one, another append runs, or the file of a name changed.
        SignError: Nobody can sign, or the old head is not the key's.
    """
    if not is_origin(origin):
        message = f"a ledger cannot be called {origin!r}"
        raise LedgerError(
            message,
            code="ledger.origin",
            help="use no spaces, as in example.org/notes: --origin NAME",
        )
    _make(folder)
    with _locked(folder):
        old = read_ledger(folder, by.key, origin=origin)
        fresh = _fresh(old, entries)
        if not fresh:
            return old
        whole = (*old.entries, *fresh)
        if len(whole) > MAX_ENTRIES:
            raise LedgerError(
                f"a ledger has at most {MAX_ENTRIES} entries",
                code="ledger.full",
                help="begin a new one",
            )
        ledger = Ledger(entries=whole)
        root = root_hash(ledger.leaves)
        head = LedgerHead(origin=origin, size=len(whole), root=root, date=by.date)
        signed = sign_head(head, by.sign)
        signed.verified(by.key)
        _write_all(folder, whole, signed)
        return Ledger(entries=whole, head=signed)


def _fresh(old: Ledger, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    known = {entry.file for entry in old.entries}
    names = {entry.file[:3]: entry.sha256 for entry in old.entries}
    fresh: list[LedgerEntry] = []
    for entry in entries:
        if entry.file in known:
            continue
        if entry.file[:3] in names:
            raise LedgerError(
                f"{entry.name} of version {entry.version} is in the ledger with other content",
                code="ledger.changed",
                help="release a changed file under a new version",
            )
        parse_entry(entry.to_bytes())
        known.add(entry.file)
        names[entry.file[:3]] = entry.sha256
        fresh.append(entry)
    return fresh


def _write_all(folder: Path, entries: Sequence[LedgerEntry], signed: SignedHead) -> None:
    heads = folder / HEADS
    _make(heads)
    is_first = next(heads.glob("*.json"), None) is None
    try:
        _replace(folder / ENTRIES, b"".join(entry.to_bytes() + b"\n" for entry in entries))
        _replace(heads / f"{signed.head.size}.json", signed.to_bytes())
    except BaseException:
        if is_first:  # entries without any head are no ledger
            with suppress(OSError):
                (folder / ENTRIES).unlink()
        raise
    _replace(folder / HEAD, signed.to_bytes())


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise _unwritable(folder, exc) from exc


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.unlink(missing_ok=True)
        with partial.open("xb") as file:  # never through a link that somebody put there
            file.write(data)
        partial.replace(path)
    except OSError as exc:
        raise _unwritable(path, exc) from exc
    finally:
        with suppress(OSError):
            partial.unlink()


def _unwritable(path: Path, error: OSError) -> LedgerError:
    message = f"{path} cannot be written: {error.strerror}"
    return LedgerError(message, code="ledger.write", help="may you write there?")


def _read_entries(path: Path) -> Iterator[LedgerEntry]:
    data = _read(path, MAX_LEDGER_BYTES)
    if data and not data.endswith(b"\n"):
        raise malformed(f"{path.name} does not end with a line")
    lines = data.split(b"\n")[:-1]
    if len(lines) > MAX_ENTRIES or any(len(line) > MAX_ENTRY_BYTES for line in lines):
        raise malformed(f"{path.name} is larger than a ledger can be")
    return (parse_entry(line) for line in lines)


def _checked(path: Path, leaves: list[bytes], key: PublicKey) -> SignedHead:
    signed = read_head(path)
    head = signed.verified(key)
    if head.size > len(leaves) or root_hash(leaves[: head.size]) != head.root:
        raise wrong(f"its entries are not those that {HEADS}/{path.name} was signed for")
    return signed


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as exc:
        message = f"{path} cannot be read: {exc.strerror}"
        raise LedgerError(message, code="ledger.missing", help="name a ledger's folder") from exc
    if len(data) > limit:
        raise malformed(f"{path.name} is longer than {limit} bytes")
    return data


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = folder / _LOCK
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError as exc:
        message = f"another append to {folder} is under way"
        help_line = f"wait for it; if there is none, remove {lock}"
        raise LedgerError(message, code="ledger.locked", help=help_line) from exc
    except OSError as exc:
        raise _unwritable(folder, exc) from exc
    try:
        yield
    finally:
        lock.unlink()
