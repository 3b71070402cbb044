"""The Merkle tree of RFC 6962: one hash for a whole log, and short proofs about it.

1. A leaf's hash is SHA-256 of 0x00 and the entry; a node's of 0x01 and its two children. So no node
   can be passed off as an entry.
2. An inclusion proof shows that an entry is in a log of a size; a consistency proof, that a log is
   another one with more behind it: nothing was taken out, changed or put in between.
3. Verifying needs no log: hashes, sizes and proof are enough, and a proof that is too long or too short
   is refused.

Source: https://www.rfc-editor.org/rfc/rfc6962#section-2.1 and, for verifying, RFC 9162 sections 2.1.3.2
and 2.1.4.2
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

HASH_BYTES = 32
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(_LEAF + entry).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the hash of a whole log.

    Args:
        leaves: The hashes of its entries, in order.
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    # Complete subtrees from the left, each twice as large as what may follow; joined from the right.
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, value = 1, leaf
        while stack and stack[-1][0] == size:
            size, value = size * 2, _join(stack.pop()[1], value)
        stack.append((size, value))
    value = stack.pop()[1]
    while stack:
        value = _join(stack.pop()[1], value)
    return value


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes beside the way from an entry to the root, the nearest first.

    Args:
        leaves: The hashes of all entries.
        index: Of the entry, counted from 0.

    Raises:
        IndexError: There is no such entry.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*inclusion_proof(leaves[:half], index), root_hash(leaves[half:])]
    return [*inclusion_proof(leaves[half:], index - half), root_hash(leaves[:half])]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the hashes that lead from the root of the first entries to the root of all.

    Args:
        leaves: The hashes of all entries.
        old_size: How many there were; at least one.

    Raises:
        IndexError: There are fewer entries, or it is less than one.
    """
    if not 0 < old_size <= len(leaves):
        raise IndexError(old_size)
    return _consistency(leaves, old_size, is_whole=True)


def verify_inclusion(
    leaf: bytes, index: int, *, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether a proof shows that a leaf is at an index of the log with a size and a root."""
    steps = _climb(index, size - 1, proof) if 0 <= index < size else None
    if steps is None:
        return False
    value = leaf
    for other, is_left in steps:
        value = _join(other, value) if is_left else _join(value, other)
    return hmac.compare_digest(value, root)


def verify_consistency(
    old_size: int, old_root: bytes, *, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether a proof shows that a log grew from an older one by additions alone."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and hmac.compare_digest(old_root, root)
    # An old log that was a complete tree is its own first hash, and is not in the proof.
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not hashes:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    steps = _climb(place, last, hashes[1:])
    if steps is None:
        return False
    old, new = hashes[0], hashes[0]
    for other, is_left in steps:
        old = _join(other, old) if is_left else old
        new = _join(other, new) if is_left else _join(new, other)
    return hmac.compare_digest(old, old_root) and hmac.compare_digest(new, root)


def _climb(place: int, last: int, proof: Sequence[bytes]) -> list[tuple[bytes, bool]] | None:
    """Return each hash of a proof and whether it stands on the left, up to the root.

    Args:
        place: Of the node to begin with, in its row.
        last: Place of the row's last node.
        proof: The hashes.

    Returns:
        None when the proof is longer or shorter than the way.
    """
    steps: list[tuple[bytes, bool]] = []
    for other in proof:
        if last == 0:
            return None
        is_left = bool(place & 1) or place == last
        steps.append((other, is_left))
        # A last node without a sibling rises until it has one.
        while is_left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return steps if last == 0 else None


def _consistency(leaves: Sequence[bytes], old_size: int, *, is_whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if is_whole else [root_hash(leaves)]
    half = _half(len(leaves))
    if old_size <= half:
        inner = _consistency(leaves[:half], old_size, is_whole=is_whole)
        return [*inner, root_hash(leaves[half:])]
    inner = _consistency(leaves[half:], old_size - half, is_whole=False)
    return [*inner, root_hash(leaves[:half])]


def _half(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
