"""The tree of RFC 6962, against the RFC's own definitions and published hashes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

# The entries that Certificate Transparency's reference tests use, and their roots.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def defined_root(found: list[bytes]) -> bytes:
    """Return the root as section 2.1 of the RFC defines it, word for word."""
    if len(found) == 1:
        return found[0]
    half = 1
    while half * 2 < len(found):
        half *= 2
    left, right = defined_root(found[:half]), defined_root(found[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots_come_out(size: int):
    assert root_hash([leaf_hash(entry) for entry in ENTRIES[:size]]).hex() == ROOTS[size - 1]


def test_an_empty_log_has_the_hash_of_nothing():
    assert root_hash([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 70))
def test_every_root_is_as_defined(size: int):
    assert root_hash(leaves(size)) == defined_root(leaves(size))


@given(st.integers(1, 70), st.data())
def test_every_entry_can_be_proved(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    found = leaves(size)
    proof = inclusion_proof(found, index)
    root = root_hash(found)
    assert verify_inclusion(found[index], index, size=size, proof=proof, root=root)


@given(st.integers(2, 70), st.data())
def test_no_other_entry_place_size_or_proof_passes(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda value: value != index))
    found = leaves(size)
    proof, root = inclusion_proof(found, index), root_hash(found)
    step = data.draw(st.integers(0, len(proof) - 1))
    broken = [*proof]
    broken[step] = hashlib.sha256(broken[step]).digest()
    assert not verify_inclusion(found[other], index, size=size, proof=proof, root=root)
    assert not verify_inclusion(found[index], other, size=size, proof=proof, root=root)
    assert not verify_inclusion(found[index], index, size=size, proof=broken, root=root)
    assert not verify_inclusion(found[index], index, size=size, proof=proof[:-1], root=root)
    assert not verify_inclusion(found[index], index, size=size, proof=[*proof, root], root=root)
    assert not verify_inclusion(found[index], index, size=index, proof=proof, root=root)


@given(st.integers(1, 70), st.data())
def test_every_growth_can_be_proved(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size))
    found = leaves(size)
    proof = consistency_proof(found, old)
    roots = root_hash(found[:old]), root_hash(found)
    assert verify_consistency(old, roots[0], size=size, proof=proof, root=roots[1])


@given(st.integers(2, 70), st.data())
def test_no_changed_history_passes(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size - 1))
    found = leaves(size)
    changed = data.draw(st.integers(0, old - 1))
    others = [*found]
    others[changed] = leaf_hash(b"another")
    old_root = root_hash(found[:old])
    proof = consistency_proof(others, old)
    assert not verify_consistency(old, old_root, size=size, proof=proof, root=root_hash(others))
    good = consistency_proof(found, old)
    root = root_hash(found)
    assert not verify_consistency(old, old_root, size=size, proof=good[:-1], root=root)
    assert not verify_consistency(old, old_root, size=size, proof=[*good, root], root=root)
    assert not verify_consistency(size + 1, old_root, size=size, proof=good, root=root)


def test_the_same_log_needs_no_proof_and_takes_none():
    root = root_hash(leaves(5))
    assert verify_consistency(5, root, size=5, proof=[], root=root)
    assert not verify_consistency(5, root, size=5, proof=[root], root=root)
    assert not verify_consistency(5, leaf_hash(b""), size=5, proof=[], root=root)


def test_growth_without_any_hash_is_not_shown():
    assert not verify_consistency(
        3, root_hash(leaves(3)), size=5, proof=[], root=root_hash(leaves(5))
    )


@pytest.mark.parametrize("index", [-1, 3], ids=["before", "behind"])
def test_an_entry_that_is_not_there_has_no_proof(index: int):
    with pytest.raises(IndexError):
        inclusion_proof(leaves(3), index)


@pytest.mark.parametrize("size", [0, 4], ids=["nothing", "more than all"])
def test_a_log_that_never_was_has_no_proof(size: int):
    with pytest.raises(IndexError):
        consistency_proof(leaves(3), size)
