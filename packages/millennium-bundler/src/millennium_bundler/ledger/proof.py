"""A proof that a file was released: all that is needed to check it, in one small file.

A proof holds the entry, its place, the way to the root, and the signed head. Checking it needs the file, the
proof and the publisher's public key, and no network.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from millennium_bundler.errors import LedgerError
from millennium_bundler.ledger.entry import LedgerEntry, malformed, parse_entry, parse_object
from millennium_bundler.ledger.head import MAX_ENTRIES, SignedHead, check_origin, parse_head, wrong
from millennium_bundler.ledger.log import Ledger
from millennium_bundler.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from millennium_bundler.sign.minisign import PublicKey

MAX_PROOF_BYTES = 64 * 1024
# Of a log of MAX_ENTRIES, with room.
MAX_PROOF_HASHES = 64

_HASH = re.compile(r"[0-9a-f]{64}")
_KEYS = {"schema", "entry", "index", "path", "head", "signature"}
_GROWTH_KEYS = {"schema", "old", "old_signature", "path", "head", "signature"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That an entry is in a ledger.

    Attributes:
        entry: What was released.
        index: Of the entry, counted from 0.
        path: Hashes from the entry to the root.
        signed: The head.
    """

    entry: LedgerEntry
    index: int
    path: tuple[bytes, ...]
    signed: SignedHead

    def to_bytes(self) -> bytes:
        """Return the proof as a JSON file."""
        document = {
            "schema": 1,
            "entry": self.entry.to_bytes().decode(),
            "index": self.index,
            "path": [value.hex() for value in self.path],
            "head": self.signed.head.to_bytes().decode(),
            "signature": self.signed.signature,
        }
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFile:
    """A file at hand, of which somebody wants to know whether it was released.

    Attributes:
        name: What it is called.
        sha256: Of its content, hexadecimal.
    """

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """That a ledger grew from an older head by additions alone."""

    old: SignedHead
    path: tuple[bytes, ...]
    signed: SignedHead

    def to_bytes(self) -> bytes:
        """Return the proof as a JSON file."""
        document = {
            "schema": 1,
            "old": self.old.head.to_bytes().decode(),
            "old_signature": self.old.signature,
            "path": [value.hex() for value in self.path],
            "head": self.signed.head.to_bytes().decode(),
            "signature": self.signed.signature,
        }
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def prove(ledger: Ledger, sha256: str, *, name: str = "") -> Proof:
    """Return the proof for the newest entry of a file, of one with a name if there is one.

    Raises:
        LedgerError: The file is not in the ledger.
    """
    found = [i for i, entry in enumerate(ledger.entries) if entry.sha256 == sha256]
    found.sort(key=lambda i: ledger.entries[i].name == name)
    if not found or ledger.head is None:
        raise LedgerError(
            "the file is not in the ledger",
            code="ledger.no_entry",
            help="append it first: millennium ledger append",
        )
    index = found[-1]
    path = tuple(inclusion_proof(ledger.leaves, index))
    return Proof(entry=ledger.entries[index], index=index, path=path, signed=ledger.head)


def prove_growth(ledger: Ledger, old: SignedHead) -> Growth:
    """Return the proof that a ledger grew from a head.

    Raises:
        LedgerError: The ledger is empty, or smaller than the head.
    """
    if ledger.head is None or old.head.size > len(ledger.entries):
        raise wrong("it has fewer entries than the older head")
    path = tuple(consistency_proof(ledger.leaves, old.head.size))
    return Growth(old=old, path=path, signed=ledger.head)


def verify_proof(
    proof: Proof, file: ReleasedFile, *, key: PublicKey, origin: str = ""
) -> LedgerEntry:
    """Return the entry, if the proof shows that a file was released under its name.

    Args:
        proof: Read by `parse_proof`.
        file: The one at hand.
        key: Of the publisher.
        origin: The ledger that it must be in; empty for any of the publisher.

    Raises:
        LedgerError: It is another file or ledger, or the proof does not lead to the head.
        SignError: The head is not signed by the key.
    """
    if proof.entry.sha256 != file.sha256:
        raise wrong("the proof is for another file")
    head = proof.signed.verified(key)
    check_origin(head, origin or head.origin)
    leaf = leaf_hash(proof.entry.to_bytes())
    if not verify_inclusion(leaf, proof.index, size=head.size, proof=proof.path, root=head.root):
        raise wrong("the proof does not lead to the signed head")
    if proof.entry.name != file.name:
        raise wrong(f"{file.name} was released as {proof.entry.name}, {proof.entry.version}")
    return proof.entry


def verify_growth(growth: Growth, key: PublicKey) -> None:
    """Check that a ledger grew by additions alone.

    Raises:
        LedgerError: It did not, it is not shown, or one head is of another ledger.
        SignError: A head is not signed by the key.
    """
    old, new = growth.old.verified(key), growth.signed.verified(key)
    check_origin(new, old.origin)
    is_good = verify_consistency(
        old.size, old.root, size=new.size, proof=growth.path, root=new.root
    )
    if not is_good:
        raise wrong("the newer head did not grow from the older one")


def parse_proof(data: bytes) -> Proof:
    """Read a proof of `Proof.to_bytes`.

    Raises:
        LedgerError: Malformed.
    """
    value = parse_object(data, keys=_KEYS, limit=MAX_PROOF_BYTES)
    index = value["index"]
    if value["schema"] != 1 or type(index) is not int or not 0 <= index < MAX_ENTRIES:
        raise malformed("its schema or index is not known")
    return Proof(
        entry=parse_entry(_text(value, "entry").encode()),
        index=index,
        path=_hashes(value),
        signed=_signed(value, "head", "signature"),
    )


def parse_growth(data: bytes) -> Growth:
    """Read a proof of `Growth.to_bytes`.

    Raises:
        LedgerError: Malformed.
    """
    value = parse_object(data, keys=_GROWTH_KEYS, limit=MAX_PROOF_BYTES)
    if value["schema"] != 1:
        raise malformed("its schema is not known")
    return Growth(
        old=_signed(value, "old", "old_signature"),
        path=_hashes(value),
        signed=_signed(value, "head", "signature"),
    )


def _signed(value: dict[str, object], head: str, signature: str) -> SignedHead:
    return SignedHead(
        head=parse_head(_text(value, head).encode()), signature=_text(value, signature)
    )


def _hashes(value: dict[str, object]) -> tuple[bytes, ...]:
    path = value["path"]
    if not isinstance(path, list) or len(path) > MAX_PROOF_HASHES:
        raise malformed("its path is no list of hashes")
    if not all(isinstance(item, str) and _HASH.fullmatch(item) for item in path):
        raise malformed("its path is no list of hashes")
    return tuple(bytes.fromhex(item) for item in path)


def _text(value: dict[str, object], key: str) -> str:
    found = value[key]
    if not isinstance(found, str):
        raise malformed(f"its {key} is no text")
    return found
