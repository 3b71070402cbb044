"""The head of a ledger: how many entries it has, and the one hash of all; signed.

The signature is minisign's, over the head's canonical JSON. Its trusted comment says ``file:head.json``, so no
signature of another file is one of a head. The head says which ledger it is of, its origin: two ledgers of one
publisher cannot be shown for each other. Who has seen a head can demand of every later one that it grew from
this.

Source: https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md, whose origin, size and root these are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from millennium_bundler.errors import LedgerError
from millennium_bundler.ledger.entry import canonical, malformed, parse_object
from millennium_bundler.sign.minisign import PublicKey, parse_box, verify
from millennium_bundler.sign.minisign_signer import check_name

HEAD = "head.json"
MAX_HEAD_BYTES = 4096
MAX_SIGNED_BYTES = 64 * 1024
MAX_ENTRIES = 1_000_000

_HASH = re.compile(r"[0-9a-f]{64}")
# As the names of checkpoints: no space and no plus. In letters that everybody sees the same way.
_ORIGIN = re.compile(r"[!-*,-~]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """A head.

    Attributes:
        origin: What the ledger is called, as ``example.org/notes``; an app's identifier will do.
        size: How many entries.
        root: Hash of all.
        date: When it was signed, seconds since 1970.
    """

    origin: str
    size: int
    root: bytes
    date: int

    def to_bytes(self) -> bytes:
        """Return the head's one form."""
        value = {"size": self.size, "root": self.root.hex(), "date": self.date}
        return canonical({"origin": self.origin, **value})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """A head with its signature box."""

    head: LedgerHead
    signature: str

    def to_bytes(self) -> bytes:
        """Return both as a JSON file."""
        document = {"head": self.head.to_bytes().decode(), "signature": self.signature}
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"

    def verified(self, key: PublicKey) -> LedgerHead:
        """Return the head, if the key has signed it.

        Raises:
            SignError: It has not, or has signed it as something else.
        """
        comment = verify(parse_box(self.signature), [key], self.head.to_bytes())
        check_name(comment, HEAD, is_demanded=True)
        return self.head


def sign_head(head: LedgerHead, sign: Callable[[bytes], bytes]) -> SignedHead:
    """Sign a head.

    Args:
        head: What is signed.
        sign: Takes bytes and returns the text of a signature box.
    """
    return SignedHead(head=head, signature=sign(head.to_bytes()).decode())


def parse_signed_head(data: bytes) -> SignedHead:
    """Read a file of `SignedHead.to_bytes`.

    Raises:
        LedgerError: Malformed.
    """
    value = parse_object(data, keys={"head", "signature"}, limit=MAX_SIGNED_BYTES)
    head, signature = value["head"], value["signature"]
    if not isinstance(head, str) or not isinstance(signature, str):
        raise malformed("a head and its signature are texts")
    return SignedHead(head=parse_head(head.encode()), signature=signature)


def parse_head(data: bytes) -> LedgerHead:
    """Read a head.

    Raises:
        LedgerError: Not in its one form.
    """
    value = parse_object(data, keys={"origin", "size", "root", "date"}, limit=MAX_HEAD_BYTES)
    origin, size, root, date = (value[key] for key in ("origin", "size", "root", "date"))
    is_good = (
        is_origin(origin)
        and type(size) is int
        and type(date) is int
        and 0 < size <= MAX_ENTRIES
        and date >= 0
        and isinstance(root, str)
        and _HASH.fullmatch(root) is not None
    )
    if not is_good or canonical(value) != data:
        raise malformed("a head is not in its one form")
    return LedgerHead(
        origin=str(origin),
        size=int(str(size)),
        root=bytes.fromhex(str(root)),
        date=int(str(date)),
    )


def is_origin(value: object) -> bool:
    """Tell whether a ledger can be called so."""
    return isinstance(value, str) and _ORIGIN.fullmatch(value) is not None


def check_origin(head: LedgerHead, origin: str) -> None:
    """Refuse a head of another ledger.

    Raises:
        LedgerError: It is not of the one with this name.
    """
    if head.origin != origin:
        raise LedgerError(
            f"it is of the ledger {head.origin}, not {origin}",
            code="ledger.other_log",
            help="name the right ledger: --origin NAME",
        )


def wrong(why: str) -> LedgerError:
    """Return the error for what is well-formed and does not hold."""
    return LedgerError(
        f"the ledger does not hold: {why}",
        code="ledger.not_valid",
        help="do not trust this file; ask its publisher",
    )
